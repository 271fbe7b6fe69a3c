//! The tables of the output in the words of Table Schema, version 2 (<https://datapackage.org/standard/table-schema/>).

use crate::catalog::schema::{self, Column, Kind, Reference, Table};
use serde::Serialize;

/// A table's columns, keys and references, to be written as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TableSchema {
    #[serde(rename = "$schema")]
    profile: &'static str,
    fields: Vec<Field>,
    missing_values: [&'static str; 1],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    primary_key: &'static [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    foreign_keys: Vec<ForeignKey>,
}

#[derive(Debug, Serialize)]
struct Field {
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    description: &'static str,
    description_zh: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'static str>,
    #[serde(skip_serializing_if = "Constraints::is_empty")]
    constraints: Constraints,
}

#[derive(Debug, Serialize)]
struct Constraints {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    required: bool,
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    values: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct ForeignKey {
    fields: &'static [String],
    reference: Target,
}

#[derive(Debug, Serialize)]
struct Target {
    resource: String,
    fields: &'static [String],
}

/// The schema of a table of the output (`amounts`, `tables`, `findings`, `documents`, `panel`, `panel_notes`); `None` where
/// there is no such table.
pub fn table_schema(name: &str) -> Option<TableSchema> {
    let table = schema::all_tables().find(|table| table.name == name)?;
    Some(describe(table, str::to_owned))
}

/// A table's schema in a package that calls the resource of each table by a name of its own.
pub(super) fn describe(table: &'static Table, resource: impl Fn(&str) -> String) -> TableSchema {
    let foreign_key = |reference: &'static Reference| ForeignKey {
        fields: &reference.columns,
        reference: Target { resource: resource(&reference.table), fields: &reference.to },
    };
    TableSchema {
        profile: "https://datapackage.org/profiles/2.0/tableschema.json",
        fields: table.columns.iter().map(Field::new).collect(),
        missing_values: [""],
        // No column of a primary key may be empty.
        primary_key: if table.key_is_whole() { &table.key } else { &[] },
        foreign_keys: table.references.iter().map(foreign_key).collect(),
    }
}

impl Field {
    fn new(column: &'static Column) -> Field {
        let set = column.set();
        Field {
            name: &column.name,
            kind: match column.kind {
                Kind::Text => "string",
                Kind::Integer => "integer",
                Kind::Decimal | Kind::Measure => "number",
                Kind::Boolean => "boolean",
            },
            description: &column.en,
            description_zh: &column.zh,
            unit: column.unit.as_deref(),
            constraints: Constraints {
                required: column.required,
                values: set.iter().flat_map(|set| &set.values).map(|value| value.value.as_str()).collect(),
            },
        }
    }
}

impl Constraints {
    fn is_empty(&self) -> bool {
        !self.required && self.values.is_empty()
    }
}
