//! `documents/<stem>.json`: all that was read from one document, in the schema [`SCHEMA`].
//!
//! The structs below *are* the schema, apart from the types of the stations before, so that these can
//! change without the files changing in silence. Fields may be added within a version; a field that
//! goes away or means something else makes a new version.

use super::report::Entry;
use super::{findings, header_path, lines, rounded, tenth};
use crate::catalog::columns::LabelRole;
use crate::catalog::forms::ReportKind;
use crate::catalog::regions::Region;
use crate::check::{Check, Checks, Counts, Finding, FindingKind, Place, Source, Term, Verdict};
use crate::extract::{Extraction, Warning};
use crate::segment::{Facts, Note, PageAccount, ReportLevel};
use crate::table::{AmountCell, AmountState, Document, Role, Row, RowKind, Table};
use rust_decimal::Decimal;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::collections::HashSet;

/// Name and version of the schema.
pub const SCHEMA: &str = "kemu.document/1";

/// The schema as JSON Schema.
pub const DOCUMENT_SCHEMA: &str = include_str!("data/document.schema.json");

/// The JSON text of a document, or `None` where the file could not be opened.
pub fn document_json(entry: &Entry) -> Option<Vec<u8>> {
    compact(entry).map(|compact| lines::lay_out(&compact))
}

/// The same without line ends.
pub(super) fn compact(entry: &Entry) -> Option<Vec<u8>> {
    let extraction = entry.extraction.as_ref()?;
    serde_json::to_vec(&DocumentJson::new(entry, extraction)).ok()
}

#[derive(serde::Serialize)]
struct DocumentJson<'a> {
    schema: &'static str,
    source: SourceJson<'a>,
    document: FactsJson<'a>,
    checks: ChecksJson,
    tables: Vec<TableJson<'a>>,
    findings: Vec<FindingJson<'a>>,
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
    region: Option<&'a Region>,
}

/// How the checks came out; amounts other than zero in standard tables.
#[derive(serde::Serialize)]
struct ChecksJson {
    exact: usize,
    rounding: usize,
    mismatches: usize,
    amounts: Counts,
}

#[derive(serde::Serialize)]
struct FindingJson<'a> {
    kind: FindingKind,
    source: Source,
    table: usize,
    row: Option<usize>,
    column: Option<usize>,
    page: usize,
    bbox: [f64; 4],
    printed: &'a str,
    expected: Option<&'a str>,
    slip: Option<&'a str>,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<CheckJson<'a>>,
}

#[derive(serde::Serialize)]
struct CheckJson<'a> {
    identity: &'a str,
    says: &'a str,
    difference: Decimal,
    bound: Decimal,
    whole: Vec<TermJson>,
    parts: Vec<TermJson>,
}

/// An amount of a check: table and row counted from 1, the column from 0.
#[derive(serde::Serialize)]
struct TermJson {
    table: usize,
    row: usize,
    column: usize,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    negative: bool,
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
    verdict: Verdict,
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
            checks: ChecksJson::new(extraction),
            tables: (0..)
                .zip(&document.tables)
                .map(|(at, table)| TableJson::new(at, table, &extraction.checks))
                .collect(),
            findings: extraction.checks.findings.iter().map(|f| FindingJson::new(f, document)).collect(),
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
            region: facts.region.as_ref(),
        }
    }
}

impl ChecksJson {
    fn new(extraction: &Extraction) -> Self {
        let checks = &extraction.checks;
        let mismatches = checks.mismatches();
        ChecksJson {
            exact: checks.exact,
            rounding: checks.inexact.len() - mismatches,
            mismatches,
            amounts: checks.count(&extraction.document),
        }
    }
}

impl<'a> FindingJson<'a> {
    fn new(finding: &'a Finding, document: &Document) -> Self {
        let term = |term: &Term| TermJson {
            table: term.place.table + 1,
            row: term.place.row + 1,
            column: document.tables[term.place.table].rows[term.place.row].amounts[term.place.amount].column,
            negative: term.negative,
        };
        let check = |check: &'a Check| CheckJson {
            identity: check.identity,
            says: &check.says,
            difference: check.difference,
            bound: check.bound,
            whole: check.whole.iter().map(term).collect(),
            parts: check.parts.iter().map(term).collect(),
        };
        FindingJson {
            kind: finding.kind,
            source: finding.source,
            table: finding.table + 1,
            row: finding.row.map(|row| row + 1),
            column: findings::column(finding, document),
            page: finding.page,
            bbox: rounded(&finding.bbox),
            printed: &finding.printed,
            expected: finding.expected.as_deref(),
            slip: finding.slip,
            message: findings::message(finding, document),
            checks: finding.checks.iter().map(check).collect(),
        }
    }
}

impl<'a> TableJson<'a> {
    fn new(at: usize, table: &'a Table, checks: &Checks) -> Self {
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
            rows: (0..)
                .zip(&table.rows)
                .map(|(row_at, row)| RowJson::new((at, row_at), row, table, &header, checks))
                .collect(),
            notes: table.notes.iter().map(NoteJson::new).collect(),
            header,
        }
    }
}

impl<'a> RowJson<'a> {
    fn new((at, row_at): (usize, usize), row: &'a Row, table: &'a Table, header: &[String], checks: &Checks) -> Self {
        let verdict = |amount| checks.verdict(Place { table: at, row: row_at, amount });
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
            amounts: (0..).zip(&row.amounts).map(|(at, cell)| AmountJson::new(cell, table, verdict(at))).collect(),
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
    fn new(cell: &'a AmountCell, table: &'a Table, verdict: Verdict) -> Self {
        AmountJson {
            column: cell.column,
            key: table.amount_key(cell.column),
            raw: &cell.amount.raw,
            state: cell.amount.state,
            value: cell.amount.value,
            verdict,
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
