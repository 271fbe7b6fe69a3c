//! The tables that a run writes (`data/schema.toml`): their columns with types, units and meaning, their keys, and the
//! sets of values that columns draw from.

use serde::Deserialize;
use std::sync::LazyLock;

/// A table of the output.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its name: that of its file, and of its table in a database.
    pub name: String,
    /// What it holds, in English.
    pub en: String,
    /// What it holds, in Chinese.
    pub zh: String,
    /// The columns that tell one row from all others.
    pub key: Vec<String>,
    /// The rows of other tables that its rows belong to.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// Its columns, in their order.
    pub columns: Vec<Column>,
}

/// Columns that name a row of another table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The columns here.
    pub columns: Vec<String>,
    /// The other table.
    pub table: String,
    /// The columns there.
    pub to: Vec<String>,
}

/// A column of a table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its cells hold.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Whether every row has a value.
    #[serde(default)]
    pub required: bool,
    /// The set its values are from.
    #[serde(default)]
    pub values: Option<String>,
    /// The unit of its numbers.
    #[serde(default)]
    pub unit: Option<String>,
    /// What it says, in English.
    pub en: String,
    /// What it says, in Chinese.
    pub zh: String,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// An exact decimal.
    Decimal,
    /// A place or length on the page, a tenth of a point fine.
    Measure,
    /// Yes or no.
    Boolean,
}

/// The values that some columns draw from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: Vec<Value>,
}

/// One of a set of values.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Value {
    /// As it stands in the output.
    pub value: String,
    /// What it means, in English.
    pub en: String,
    /// What it means, in Chinese.
    pub zh: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    table: Vec<Table>,
    panel: Vec<Table>,
    set: Vec<Set>,
}

static SCHEMA: LazyLock<Data> =
    LazyLock::new(|| toml::from_str(include_str!("data/schema.toml")).expect("data/schema.toml is well formed"));

/// The tables of a run.
pub fn tables() -> &'static [Table] {
    &SCHEMA.table
}

/// The tables that are made of a run afterwards.
pub fn panel_tables() -> &'static [Table] {
    &SCHEMA.panel
}

/// The tables of a run and those made of it.
pub fn all_tables() -> impl Iterator<Item = &'static Table> {
    tables().iter().chain(panel_tables())
}

/// All sets of values.
pub fn sets() -> &'static [Set] {
    &SCHEMA.set
}

/// The table of this name, which the schema must have.
pub fn table(name: &str) -> &'static Table {
    all_tables().find(|table| table.name == name).expect("data/schema.toml has the tables that are written")
}

impl Table {
    /// The names of its columns.
    pub fn header(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }

    /// Do the columns of its key have a value in every row?
    pub fn key_is_whole(&self) -> bool {
        self.key.iter().all(|name| self.columns.iter().any(|column| column.name == *name && column.required))
    }

    /// Where a column stands, which the schema must have.
    pub fn position(&self, name: &str) -> usize {
        let found = self.columns.iter().position(|column| column.name == name);
        found.expect("data/schema.toml has the columns that are written")
    }
}

impl Column {
    /// The values it may have, where they are a set.
    pub fn set(&self) -> Option<&'static Set> {
        let name = self.values.as_ref()?;
        sets().iter().find(|set| set.name == *name)
    }
}
