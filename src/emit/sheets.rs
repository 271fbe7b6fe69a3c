//! The tables of a run, and the part of them that comes from one document.

use super::guard::text;
use super::report::{Entry, Status};
use super::{findings, header_path, mapped_columns, printed_amounts, tenth};
use crate::catalog::columns::LabelRole;
use crate::catalog::forms::ReportKind;
use crate::catalog::text::fold;
use crate::catalog::{schema, sums, units};
use crate::check::{Place, Verdict};
use crate::extract::{Extraction, Warning, name_pages, page_ranges};
use crate::segment::{PageAccount, ReportLevel};
use crate::table::{AmountCell, AmountState, Role, Row, RowKind, Table, Text};
use rust_decimal::Decimal;
use serde::Serialize;

/// One of the tables of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sheet {
    /// Every input.
    Documents,
    /// Every table.
    Tables,
    /// Every printed amount.
    Amounts,
    /// Everything that does not add up.
    Findings,
}

impl Sheet {
    /// All of them, each after those that its rows belong to.
    pub const ALL: [Sheet; 4] = [Sheet::Documents, Sheet::Tables, Sheet::Amounts, Sheet::Findings];

    /// Its columns and what they mean.
    pub fn schema(self) -> &'static schema::Table {
        schema::table(match self {
            Sheet::Documents => "documents",
            Sheet::Tables => "tables",
            Sheet::Amounts => "amounts",
            Sheet::Findings => "findings",
        })
    }
}

/// One document's part of the run's files: its rows of the four sheets as lines of CSV, without headers, formulas
/// made harmless ([`guarded`](super::guarded)), and its line of `documents.jsonl`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fragment {
    /// Rows of `amounts.csv`.
    pub amounts: Vec<u8>,
    /// Rows of `tables.csv`.
    pub tables: Vec<u8>,
    /// The row of `documents.csv`.
    pub document: Vec<u8>,
    /// Rows of `findings.csv`.
    pub findings: Vec<u8>,
    /// The document as one line of JSON; empty where that is not asked for, or nothing was read.
    pub json: Vec<u8>,
}

impl Fragment {
    /// Makes a document's rows.
    pub fn new(entry: &Entry) -> Fragment {
        let tables = entry.extraction.as_ref().map_or(&[][..], |extraction| &extraction.document.tables);
        let numbered = || (1..).zip(tables);
        Fragment {
            amounts: rows(numbered().flat_map(|(index, table)| amounts(entry, index, table))),
            tables: rows(numbered().map(|(index, table)| TableRecord::new(entry, index, table))),
            document: rows([DocumentRecord::new(entry)]),
            findings: rows(findings::records(entry)),
            json: Vec::new(),
        }
    }

    /// Its rows of a sheet.
    pub fn rows(&self, sheet: Sheet) -> &[u8] {
        match sheet {
            Sheet::Documents => &self.document,
            Sheet::Tables => &self.tables,
            Sheet::Amounts => &self.amounts,
            Sheet::Findings => &self.findings,
        }
    }
}

#[derive(Serialize)]
struct AmountRecord<'a> {
    #[serde(serialize_with = "text")]
    document: &'a str,
    document_id: Option<&'a str>,
    #[serde(serialize_with = "text")]
    department: Option<&'a str>,
    #[serde(serialize_with = "text")]
    unit_name: Option<&'a str>,
    report_level: Option<ReportLevel>,
    report_kind: Option<ReportKind>,
    fiscal_year: Option<u16>,
    table_index: usize,
    table_id: Option<&'a str>,
    #[serde(serialize_with = "text")]
    table_title: &'a str,
    #[serde(serialize_with = "text")]
    table_number: Option<&'a str>,
    row_index: usize,
    row_kind: RowKind,
    line_no: Option<u32>,
    code_system: Option<&'static str>,
    #[serde(serialize_with = "text")]
    code_raw: Option<&'a str>,
    #[serde(serialize_with = "text")]
    code: Option<&'a str>,
    #[serde(serialize_with = "text")]
    name_raw: Option<&'a str>,
    #[serde(serialize_with = "text")]
    name: Option<&'a str>,
    group: usize,
    column_index: usize,
    column_key: Option<&'a str>,
    #[serde(serialize_with = "text")]
    header_path: String,
    value: Option<Decimal>,
    #[serde(serialize_with = "text")]
    unit: Option<&'a str>,
    value_yuan: Option<Decimal>,
    decimals: Option<u32>,
    #[serde(serialize_with = "text")]
    raw_text: &'a str,
    cell_state: AmountState,
    verdict: Verdict,
    page: usize,
    x0: f64,
    y0: f64,
    x1: f64,
    y1: f64,
    #[serde(serialize_with = "text")]
    row_unit: Option<&'a str>,
    #[serde(serialize_with = "text")]
    row_labels: String,
}

/// A table's amounts in reading order. Blank cells count only in total rows, where a figure is due.
fn amounts<'a>(entry: &'a Entry, index: usize, table: &'a Table) -> impl Iterator<Item = AmountRecord<'a>> {
    let verdict = move |row, amount| {
        let place = Place { table: index - 1, row, amount };
        entry.extraction.as_ref().map_or(Verdict::Unchecked, |extraction| extraction.checks.verdict(place))
    };
    table.rows.iter().enumerate().flat_map(move |(row_at, row)| {
        let due = move |(_, cell): &(usize, &AmountCell)| {
            row.kind == RowKind::Total || cell.amount.state != AmountState::Blank
        };
        row.amounts.iter().enumerate().filter(due).map(move |(amount, cell)| {
            AmountRecord::new(entry, (index, table), (row_at + 1, row), cell, verdict(row_at, amount))
        })
    })
}

impl<'a> AmountRecord<'a> {
    fn new(
        entry: &'a Entry,
        (table_index, table): (usize, &'a Table),
        (row_index, row): (usize, &'a Row),
        cell: &'a AmountCell,
        verdict: Verdict,
    ) -> Self {
        let facts = entry.extraction.as_ref().map(|extraction| &extraction.document.facts);
        let unit = table.unit_of(row, cell.column);
        let value = cell.amount.value;
        AmountRecord {
            document: &entry.stem,
            document_id: entry.sha256.as_deref(),
            department: facts.and_then(|facts| facts.department.as_deref()),
            unit_name: facts.and_then(|facts| facts.unit.as_deref()),
            report_level: facts.and_then(|facts| facts.report_level),
            report_kind: facts.and_then(|facts| facts.report_kind),
            fiscal_year: facts.and_then(|facts| facts.fiscal_year),
            table_index,
            table_id: table.form.map(|form| form.id.as_str()),
            table_title: &table.title,
            table_number: table.number.as_deref(),
            row_index,
            row_kind: row.kind,
            line_no: row.line_number,
            code_system: row.code_system.map(|system| system.key()),
            code_raw: row.code_raw.as_deref(),
            code: row.code.as_deref(),
            name_raw: row.name_raw.as_deref(),
            name: row.name.as_deref(),
            group: row.group,
            column_index: cell.column,
            column_key: table.amount_key(cell.column),
            header_path: table.columns.get(cell.column).map(header_path).unwrap_or_default(),
            value,
            value_yuan: value.zip(unit).and_then(|(value, unit)| units::in_yuan(value, unit)),
            unit,
            decimals: value.map(|value| value.scale()),
            raw_text: &cell.amount.raw,
            cell_state: cell.amount.state,
            verdict,
            page: cell.page,
            x0: tenth(cell.bbox.x0),
            y0: tenth(cell.bbox.y0),
            x1: tenth(cell.bbox.x1),
            y1: tenth(cell.bbox.y1),
            row_unit: row.texts.iter().find(|text| names_unit(table, text)).map(|text| text.raw.as_str()),
            row_labels: labels(table, row),
        }
    }
}

/// Does a text of a row say which unit's it is? 合计 in the column of units makes the row a total and names none.
fn names_unit(table: &Table, text: &Text) -> bool {
    !sums::is_sum(&fold(&text.raw))
        && table.columns.get(text.column).is_some_and(|column| column.role == Role::Label(LabelRole::UnitName))
}

/// What else is printed in a row besides its unit, code and name: second codes, projects, remarks.
fn labels(table: &Table, row: &Row) -> String {
    let is_name = |text: &Text| sums::is_sum(&fold(&text.raw)) && row.name_raw.as_ref() == Some(&text.raw);
    let tells = |text: &&Text| !names_unit(table, text) && !text.raw.is_empty() && !is_name(text);
    let others = row.texts.iter().filter(tells);
    let labels = others.map(|text| match table.columns.get(text.column).map(header_path) {
        Some(header) if !header.is_empty() => format!("{header}: {}", text.raw),
        _ => text.raw.clone(),
    });
    labels.collect::<Vec<_>>().join("; ")
}

#[derive(Serialize)]
struct TableRecord<'a> {
    #[serde(serialize_with = "text")]
    document: &'a str,
    table_index: usize,
    table_id: Option<&'a str>,
    standard: bool,
    #[serde(serialize_with = "text")]
    title: &'a str,
    #[serde(serialize_with = "text")]
    number: Option<&'a str>,
    #[serde(serialize_with = "text")]
    unit: Option<&'a str>,
    #[serde(serialize_with = "text")]
    department: Option<&'a str>,
    pages: String,
    columns: usize,
    columns_mapped: usize,
    rows: usize,
    amounts: usize,
    proven: usize,
    rounding: usize,
    contradicted: usize,
    unchecked: usize,
    unexplained: usize,
}

impl<'a> TableRecord<'a> {
    fn new(entry: &'a Entry, table_index: usize, table: &'a Table) -> Self {
        let accounts = entry.extraction.as_ref().map_or(&[][..], |extraction| &extraction.document.accounts);
        let extraction = entry.extraction.as_ref();
        let counts = extraction.map(|e| e.checks.count_table(&e.document, table_index - 1)).unwrap_or_default();
        TableRecord {
            document: &entry.stem,
            table_index,
            table_id: table.form.map(|form| form.id.as_str()),
            standard: table.form.is_some_and(|form| form.standard),
            title: &table.title,
            number: table.number.as_deref(),
            unit: table.unit.as_deref(),
            department: table.department.as_deref(),
            pages: page_ranges(&table.pages),
            columns: table.columns.len(),
            columns_mapped: mapped_columns(table),
            rows: table.rows.len(),
            amounts: printed_amounts(table),
            proven: counts.proven,
            rounding: counts.rounding,
            contradicted: counts.contradicted,
            unchecked: counts.unchecked,
            unexplained: unexplained(accounts.iter().filter(|account| table.pages.contains(&account.page))),
        }
    }
}

#[derive(Serialize)]
struct DocumentRecord<'a> {
    #[serde(serialize_with = "text")]
    document: &'a str,
    #[serde(serialize_with = "text")]
    file: &'a str,
    #[serde(serialize_with = "text")]
    path: &'a str,
    status: Status,
    #[serde(serialize_with = "text")]
    message: &'a str,
    #[serde(serialize_with = "text")]
    hint: &'a str,
    sha256: Option<&'a str>,
    bytes: Option<u64>,
    pages: Option<usize>,
    report_kind: Option<ReportKind>,
    report_level: Option<ReportLevel>,
    fiscal_year: Option<u16>,
    #[serde(serialize_with = "text")]
    department: Option<&'a str>,
    #[serde(serialize_with = "text")]
    unit_name: Option<&'a str>,
    tables: usize,
    standard_tables: usize,
    amounts: usize,
    proven: usize,
    rounding: usize,
    contradicted: usize,
    unchecked: usize,
    findings: usize,
    unexplained: usize,
    #[serde(serialize_with = "text")]
    warnings: String,
    region_code: Option<&'static str>,
    region: Option<&'a str>,
    created: Option<&'a str>,
    modified: Option<&'a str>,
}

impl<'a> DocumentRecord<'a> {
    fn new(entry: &'a Entry) -> Self {
        let extraction = entry.extraction.as_ref();
        let document = extraction.map(|extraction| &extraction.document);
        let facts = document.map(|document| &document.facts);
        let counts = extraction.map(|extraction| extraction.checks.count(&extraction.document)).unwrap_or_default();
        DocumentRecord {
            document: &entry.stem,
            file: &entry.file,
            path: &entry.path,
            status: entry.status,
            message: &entry.message,
            hint: &entry.hint,
            sha256: entry.sha256.as_deref(),
            bytes: entry.bytes,
            pages: extraction.map(|extraction| extraction.page_count),
            report_kind: facts.and_then(|facts| facts.report_kind),
            report_level: facts.and_then(|facts| facts.report_level),
            fiscal_year: facts.and_then(|facts| facts.fiscal_year),
            department: facts.and_then(|facts| facts.department.as_deref()),
            unit_name: facts.and_then(|facts| facts.unit.as_deref()),
            tables: document.map_or(0, |document| document.tables.len()),
            standard_tables: extraction.map_or(0, Extraction::standard_tables),
            amounts: extraction.map_or(0, Extraction::amounts),
            proven: counts.proven,
            rounding: counts.rounding,
            contradicted: counts.contradicted,
            unchecked: counts.unchecked,
            findings: extraction.map_or(0, |extraction| extraction.checks.findings.len()),
            unexplained: document.map_or(0, |document| unexplained(&document.accounts)),
            warnings: extraction.map(|extraction| warnings(&extraction.warnings)).unwrap_or_default(),
            region_code: facts.and_then(|facts| facts.region.as_ref()).map(|region| region.code),
            region: facts.and_then(|facts| facts.region.as_ref()).map(|region| region.name.as_str()),
            created: extraction.and_then(|extraction| extraction.created.as_deref()),
            modified: extraction.and_then(|extraction| extraction.modified.as_deref()),
        }
    }
}

fn unexplained<'a>(accounts: impl IntoIterator<Item = &'a PageAccount>) -> usize {
    accounts.into_iter().map(|account| account.unexplained).sum()
}

/// Warnings as one text; what is said of several pages is said once.
fn warnings(warnings: &[Warning]) -> String {
    let mut said: Vec<(&str, Vec<usize>)> = Vec::new();
    for warning in warnings {
        match said.iter_mut().find(|(text, _)| *text == warning.text) {
            Some((_, pages)) => pages.extend(warning.page),
            None => said.push((&warning.text, warning.page.into_iter().collect())),
        }
    }
    let located = said.into_iter().map(|(text, pages)| match pages.len() {
        0 => text.to_owned(),
        _ => format!("{}: {text}", name_pages(&pages)),
    });
    located.collect::<Vec<_>>().join("; ")
}

/// Records as lines of CSV, without a header.
fn rows<T: Serialize>(records: impl IntoIterator<Item = T>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    for record in records {
        writer.serialize(record).expect("flat records are written to memory");
    }
    writer.into_inner().expect("memory can be flushed")
}
