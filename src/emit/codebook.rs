//! The codebook: every table, column, value, form and column key of the output in English and Chinese, as Markdown.

use crate::catalog::forms::{self, Form, RowAxis};
use crate::catalog::schema::{self, Column, Kind};
use crate::catalog::{columns, keys};

/// The text of `docs/codebook.md`.
pub fn codebook() -> String {
    let mut out = String::from(
        "# Codebook\n\nEvery table, column, value, form and column key that kemu writes. This file is made by `kemu codebook` from the \
         catalogue (`src/catalog/data`); `output.md` tells how the files hang together.\n",
    );
    for table in schema::all_tables() {
        out += &format!("\n## {}\n\n{}\n{}\n\n", table.name, table.en, table.zh);
        if !table.key.is_empty() {
            out += &format!("Key: {}.\n\n", named(&table.key));
        }
        let rows =
            table.columns.iter().map(|column| [code(&column.name), kind(column), column.en.clone(), column.zh.clone()]);
        out += &grid(["column", "type", "meaning", "说明"], rows);
    }
    out += "\n## Values\n";
    for set in schema::sets() {
        out += &format!("\n### {}\n\n", set.name);
        let rows = set.values.iter().map(|value| [code(&value.value), value.en.clone(), value.zh.clone()]);
        out += &grid(["value", "meaning", "说明"], rows);
    }
    out += "\n## Forms\n\nWhat `table_id` says. Forms that are not standard are kept as printed; few of their columns have keys.\n\n";
    let rows = forms::all()
        .iter()
        .map(|form| [code(&form.id), form.english.clone(), form.name.clone(), axis(form), own_keys(form)]);
    out += &grid(["form", "meaning", "名称", "rows", "keys of its own"], rows);
    out += "\n## Column keys\n\nWhat `column_key` says, in the order in which tables list them.\n\n";
    let words = |list: &'static [keys::Key], shown: fn(&str) -> String| {
        list.iter().map(move |key| [code(&shown(&key.key)), key.en.clone(), key.zh.clone()])
    };
    out += &grid(["key", "meaning", "说明"], words(keys::all(), str::to_owned));
    out += "\nAny key may have one of these in front or behind:\n\n";
    let affixes =
        words(keys::prefixes(), |key| format!("{key}…")).chain(words(keys::suffixes(), |key| format!("…{key}")));
    out += &grid(["part", "meaning", "说明"], affixes);
    out
}

fn kind(column: &Column) -> String {
    let kind = match column.kind {
        Kind::Text => "text",
        Kind::Integer => "integer",
        Kind::Decimal => "decimal",
        Kind::Measure => "number",
        Kind::Boolean => "boolean",
    };
    let set = column.values.as_ref().map(|set| format!(", one of [{set}](#{set})"));
    let unit = column.unit.as_ref().map(|unit| format!(", {unit}"));
    let empty = if column.required { "" } else { ", may be empty" };
    [kind, &set.unwrap_or_default(), &unit.unwrap_or_default(), empty].concat()
}

fn axis(form: &Form) -> String {
    let axis = match form.rows {
        RowAxis::Functional => "functional codes",
        RowAxis::Economic => "economic codes",
        RowAxis::LineItems => "line items",
        RowAxis::Items => "named figures",
        RowAxis::Free => "free",
    };
    if form.standard { axis.to_owned() } else { format!("{axis}; not standard") }
}

/// The keys that only the form's own set of columns gives; any form may have those that all have.
fn own_keys(form: &Form) -> String {
    let own = form.columns.as_deref().map(columns::keys_of_set).unwrap_or_default();
    let mut own: Vec<String> = own.into_iter().map(str::to_owned).collect();
    keys::sort(&mut own);
    own.dedup();
    named(&own)
}

fn named(names: &[String]) -> String {
    names.iter().map(|name| code(name)).collect::<Vec<_>>().join(", ")
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn grid<const N: usize>(header: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let line = |cells: [String; N]| format!("| {} |\n", cells.join(" | "));
    let rows: String =
        rows.map(|cells| line(cells.map(|cell| cell.replace('|', "\\|").replace('<', "&lt;")))).collect();
    [line(header.map(str::to_owned)), line(header.map(|_| "---".to_owned())), rows].concat()
}
