//! `kemu schema`: the form of what is written, for programs: JSON Schema of the documents, Table Schema of the tables.

use super::terminal::{fail, print};
use clap::Args;
use kemu::emit;
use serde_json::{Map, Value};
use std::process::ExitCode;

pub(super) const SCHEMA_EXAMPLES: &str = "\
`document` is the JSON Schema of documents/<name>.json; the others are Table Schemas (Frictionless) of the CSV files.

Examples:
  kemu schema                          all of them, as one JSON object
  kemu schema document > kemu.schema.json
  kemu schema amounts | jq -r '.fields[].name'";

#[derive(Args)]
pub(super) struct Schema {
    /// Which: document, amounts, tables, findings, documents, panel or panel_notes; all unless given.
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// What is written, in the order of the output folder.
const NAMES: [&str; 7] = ["document", "amounts", "tables", "findings", "documents", "panel", "panel_notes"];

pub(super) fn schema(arguments: Schema) -> ExitCode {
    let shown = match &arguments.name {
        None => {
            let all = NAMES.iter().filter_map(|name| Some(((*name).to_owned(), of(name)?)));
            Some(Value::Object(all.collect::<Map<_, _>>()))
        }
        Some(name) => of(name),
    };
    match shown {
        Some(schema) => print(format!("{schema:#}\n").as_bytes()),
        None => {
            let message = format!("{} is nothing that is written", arguments.name.unwrap_or_default());
            fail(&message, &format!("there are {}", NAMES.join(", ")))
        }
    }
}

/// The schema of something that is written.
fn of(name: &str) -> Option<Value> {
    if name == "document" {
        return serde_json::from_str(emit::DOCUMENT_SCHEMA).ok();
    }
    serde_json::to_value(emit::table_schema(name)?).ok()
}
