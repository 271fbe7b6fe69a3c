//! `documents/<stem>.json`: all that was read from one document, in the schema [`SCHEMA`].
//!
//! The structs below *are* the schema, apart from the types of the stations before, so that these can
//! change without the files changing in silence. Fields may be added within a version; a field that
//! goes away or means something else makes a new version.

use super::report::Entry;
use super::{header_path, lines, rounded, tenth};
use crate::catalog::columns::LabelRole;
use crate::catalog::forms::ReportKind;
use crate::extract::{Extraction, Warning};
use crate::segment::{Facts, Note, PageAccount, ReportLevel};
use crate::table::{AmountCell, AmountState, Role, Row, RowKind, Table};
use rust_decimal::Decimal;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::collections::HashSet;

/// Name and version of the schema.
pub const SCHEMA: &str = "kemu.document/1";

/// The JSON text of a document, or `None` where the file could not be opened.
pub fn document_json(entry: &Entry) -> Option<Vec<u8>> {
    let extraction = entry.extraction.as_ref()?;
    let compact = serde_json::to_vec(&DocumentJson::new(entry, extraction)).ok()?;
    Some(lines::lay_out(&compact))
}

#[derive(serde::Serialize)]
struct DocumentJson<'a> {
    schema: &'static str,
    source: SourceJson<'a>,
    document: FactsJson<'a>,
    tables: Vec<TableJson<'a>>,
    pages: &'a [PageAccount],
    warnings: &'a [Warning],
}

#[derive(serde::Serialize)]
struct SourceJson<'a> {
    file: &'a str,
    sha256: Option<&'a str>,
    bytes: Option<u64>,
    pages: usize,
}

#[derive(serde::Serialize)]
struct FactsJson<'a> {
    report_kind: Option<ReportKind>,
    report_level: Option<ReportLevel>,
    fiscal_year: Option<u16>,
    department: Option<&'a str>,
    unit: Option<&'a str>,
}

#[derive(serde::Serialize)]
struct TableJson<'a> {
    id: Option<&'a str>,
    standard: bool,
    title: &'a str,
    number: Option<&'a str>,
    unit: Option<&'a str>,
    department: Option<&'a str>,
    pages: &'a [usize],
    inferred: bool,
    header: Vec<String>,
    columns: Vec<ColumnJson<'a>>,
    grid: Vec<Vec<&'a str>>,
    grid_pages: Vec<usize>,
    rows: Vec<RowJson<'a>>,
    notes: Vec<NoteJson<'a>>,
}

#[derive(serde::Serialize)]
struct ColumnJson<'a> {
    group: usize,
    role: RoleName,
    key: Option<&'a str>,
}

/// A role's name: `amount`, or what labels the row.
#[derive(serde::Serialize)]
#[serde(untagged)]
enum RoleName {
    Label(LabelRole),
    Amount(&'static str),
}

#[derive(serde::Serialize)]
struct RowJson<'a> {
    group: usize,
    kind: RowKind,
    code_system: Option<&'static str>,
    code_raw: Option<&'a str>,
    code: Option<&'a str>,
    line_no: Option<u32>,
    name_raw: Option<&'a str>,
    name: Option<&'a str>,
    indent: f64,
    page: usize,
    #[serde(skip_serializing_if = "Texts::is_empty")]
    texts: Texts<'a>,
    amounts: Vec<AmountJson<'a>>,
}

#[derive(serde::Serialize)]
struct AmountJson<'a> {
    column: usize,
    key: Option<&'a str>,
    raw: &'a str,
    state: AmountState,
    value: Option<Decimal>,
    page: usize,
    bbox: [f64; 4],
}

#[derive(serde::Serialize)]
struct NoteJson<'a> {
    text: &'a str,
    page: usize,
    bbox: [f64; 4],
}

/// Other text of a row by the header of its column. A header that is blank or met before in the row is
/// followed by `#` and the number of its column, so that no text is lost.
struct Texts<'a>(Vec<(String, &'a str)>);

impl Texts<'_> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (header, raw) in &self.0 {
            map.serialize_entry(header, raw)?;
        }
        map.end()
    }
}

impl<'a> DocumentJson<'a> {
    fn new(entry: &'a Entry, extraction: &'a Extraction) -> Self {
        let document = &extraction.document;
        DocumentJson {
            schema: SCHEMA,
            source: SourceJson {
                file: &entry.file,
                sha256: entry.sha256.as_deref(),
                bytes: entry.bytes,
                pages: extraction.page_count,
            },
            document: FactsJson::new(&document.facts),
            tables: document.tables.iter().map(TableJson::new).collect(),
            pages: &document.accounts,
            warnings: &extraction.warnings,
        }
    }
}

impl<'a> FactsJson<'a> {
    fn new(facts: &'a Facts) -> Self {
        FactsJson {
            report_kind: facts.report_kind,
            report_level: facts.report_level,
            fiscal_year: facts.fiscal_year,
            department: facts.department.as_deref(),
            unit: facts.unit.as_deref(),
        }
    }
}

impl<'a> TableJson<'a> {
    fn new(table: &'a Table) -> Self {
        let header: Vec<String> = table.columns.iter().map(header_path).collect();
        TableJson {
            id: table.form.map(|form| form.id.as_str()),
            standard: table.form.is_some_and(|form| form.standard),
            title: &table.title,
            number: table.number.as_deref(),
            unit: table.unit.as_deref(),
            department: table.department.as_deref(),
            pages: &table.pages,
            inferred: table.inferred,
            columns: table
                .columns
                .iter()
                .map(|column| match &column.role {
                    Role::Label(role) => ColumnJson { group: column.group, role: RoleName::Label(*role), key: None },
                    Role::Amount { key } => {
                        ColumnJson { group: column.group, role: RoleName::Amount("amount"), key: key.as_deref() }
                    }
                })
                .collect(),
            grid: table.body.iter().map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect()).collect(),
            grid_pages: table.body.iter().map(|row| row.page).collect(),
            rows: table.rows.iter().map(|row| RowJson::new(row, table, &header)).collect(),
            notes: table.notes.iter().map(NoteJson::new).collect(),
            header,
        }
    }
}

impl<'a> RowJson<'a> {
    fn new(row: &'a Row, table: &'a Table, header: &[String]) -> Self {
        RowJson {
            group: row.group,
            kind: row.kind,
            code_system: row.code_system.map(|system| system.key()),
            code_raw: row.code_raw.as_deref(),
            code: row.code.as_deref(),
            line_no: row.line_number,
            name_raw: row.name_raw.as_deref(),
            name: row.name.as_deref(),
            indent: tenth(row.indent),
            page: row.page,
            texts: texts(row, header),
            amounts: row.amounts.iter().map(|cell| AmountJson::new(cell, table)).collect(),
        }
    }
}

fn texts<'a>(row: &'a Row, header: &[String]) -> Texts<'a> {
    let mut seen = HashSet::new();
    let named = row.texts.iter().map(|text| {
        let label = header.get(text.column).map_or("", String::as_str);
        let fresh = !label.is_empty() && seen.insert(label.to_owned());
        (if fresh { label.to_owned() } else { format!("{label}#{}", text.column) }, text.raw.as_str())
    });
    Texts(named.collect())
}

impl<'a> AmountJson<'a> {
    fn new(cell: &'a AmountCell, table: &'a Table) -> Self {
        AmountJson {
            column: cell.column,
            key: table.amount_key(cell.column),
            raw: &cell.amount.raw,
            state: cell.amount.state,
            value: cell.amount.value,
            page: cell.page,
            bbox: rounded(&cell.bbox),
        }
    }
}

impl<'a> NoteJson<'a> {
    fn new(note: &'a Note) -> Self {
        NoteJson { text: &note.text, page: note.page, bbox: rounded(&note.bbox) }
    }
}
