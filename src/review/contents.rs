//! What the pages of one document show, as the scripts of the site take it: `data.js`.
//!
//! Amounts are numbered through, in the order of the tables, and the checks refer to them by these numbers. Boxes are
//! in tenths of a point.

use super::run::Row;
use crate::check::{self, Check, Finding, FindingKind, Outcome, Place, Source, Term, Verdict};
use crate::emit::message;
use crate::extract::Extraction;
use crate::geometry::Rect;
use crate::table::{AmountState, Document, Table};
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};

/// Everything about a document.
#[derive(Serialize)]
pub(super) struct Contents<'a> {
    pub row: &'a Row,
    pub notes: Vec<Note>,
    /// What was read; `None` where it cannot be shown.
    pub shown: Option<Shown<'a>>,
}

/// What is to be said of a document as a whole: a key of the scripts' words, and what is put into them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Note(&'static str, Vec<String>);

impl Note {
    pub(super) fn new(key: &'static str, about: &str) -> Note {
        Note(key, vec![about.to_owned()])
    }

    pub(super) fn with(key: &'static str, about: &str, more: &str) -> Note {
        Note(key, vec![about.to_owned(), more.to_owned()])
    }
}

/// What was read of a document.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    /// Width and height in points, and whether there is a picture.
    pages: Vec<(f32, f32, PictureState)>,
    tables: Vec<TableJson<'a>>,
    cells: Vec<Cell<'a>>,
    checks: Vec<CheckJson>,
    findings: Vec<FindingJson<'a>>,
    /// Page, box and text of what is unexplained.
    unexplained: Vec<(usize, Tenths, &'a str)>,
    /// The words of the checks, each once.
    says: Vec<String>,
}

/// Whether a page has a picture.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum PictureState {
    Drawn,
    Failed,
    NotAskedFor,
}

type Tenths = [i32; 4];

#[derive(Serialize)]
struct TableJson<'a> {
    title: &'a str,
    number: Option<&'a str>,
    id: Option<&'a str>,
    standard: bool,
    unit: Option<&'a str>,
    inferred: bool,
    pages: &'a [usize],
    header: Vec<String>,
    keys: Vec<Option<&'a str>>,
    /// Code, name and line number of each row.
    rows: Vec<(Option<&'a str>, Option<&'a str>, Option<u32>)>,
}

/// An amount: table and row from 1, column from 0, page, box, verdict, state, raw text, value, and its unit where
/// that is not the table's.
#[derive(Serialize)]
struct Cell<'a>(usize, usize, usize, usize, Tenths, Verdict, AmountState, &'a str, Option<Decimal>, Option<&'a str>);

/// A check: its words and its identity by number, outcome, difference, bound, and the amounts of the whole and of its
/// parts: numbers from 1, negative where taken away.
#[derive(Serialize)]
struct CheckJson(usize, usize, Outcome, Decimal, Decimal, Vec<i64>, Vec<i64>);

#[derive(Serialize)]
struct FindingJson<'a> {
    kind: FindingKind,
    source: Source,
    figures: bool,
    table: usize,
    row: Option<usize>,
    page: usize,
    bbox: Tenths,
    printed: &'a str,
    expected: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    slip: Option<&'a str>,
    message: String,
    /// The number of the amount it is about, from 1.
    cell: Option<usize>,
    checks: Vec<CheckJson>,
}

impl<'a> Shown<'a> {
    /// Puts together what is shown, with the pages that have been drawn and those that could not be.
    pub(super) fn new(extraction: &'a Extraction, drawn: &BTreeSet<usize>, failed: &BTreeSet<usize>) -> Self {
        let document = &extraction.document;
        let numbers = Numbers::new(document);
        let mut words = Words::default();
        let state = |page: usize| match (drawn.contains(&page), failed.contains(&page)) {
            (true, _) => PictureState::Drawn,
            (_, true) => PictureState::Failed,
            _ => PictureState::NotAskedFor,
        };
        let explained = check::explain(document);
        let checks = explained.iter().map(|check| CheckJson::new(check, &numbers, &mut words)).collect();
        let findings = extraction.checks.findings.iter();
        let findings = findings.map(|finding| FindingJson::new(finding, document, &numbers, &mut words)).collect();
        Shown {
            pages: (1..).zip(&extraction.page_sizes).map(|(page, (w, h))| (*w, *h, state(page))).collect(),
            tables: document.tables.iter().map(TableJson::new).collect(),
            cells: (0..).zip(&document.tables).flat_map(|(at, table)| cells(at, table, extraction)).collect(),
            checks,
            findings,
            unexplained: document
                .accounts
                .iter()
                .flat_map(|account| {
                    let lines = account.unexplained_boxes.iter().zip(&account.unexplained_text);
                    lines.map(|(bbox, text)| (account.page, tenths(bbox), text.as_str()))
                })
                .collect(),
            says: words.list,
        }
    }
}

impl<'a> TableJson<'a> {
    fn new(table: &'a Table) -> Self {
        TableJson {
            title: &table.title,
            number: table.number.as_deref(),
            id: table.form.map(|form| form.id.as_str()),
            standard: table.form.is_some_and(|form| form.standard),
            unit: table.unit.as_deref(),
            inferred: table.inferred,
            pages: &table.pages,
            header: table.columns.iter().map(|column| column.header.join(" / ")).collect(),
            keys: (0..table.columns.len()).map(|column| table.amount_key(column)).collect(),
            rows: table.rows.iter().map(|row| (row.code.as_deref(), row.name.as_deref(), row.line_number)).collect(),
        }
    }
}

fn cells<'a>(at: usize, table: &'a Table, extraction: &'a Extraction) -> impl Iterator<Item = Cell<'a>> {
    (0..).zip(&table.rows).flat_map(move |(row_at, row)| {
        (0..).zip(&row.amounts).map(move |(amount, cell)| {
            let verdict = extraction.checks.verdict(Place { table: at, row: row_at, amount });
            let unit = table.unit_of(row, cell.column).filter(|unit| Some(*unit) != table.unit.as_deref());
            let printed = &cell.amount;
            let bbox = tenths(&cell.bbox);
            let raw = printed.raw.as_str();
            Cell(at + 1, row_at + 1, cell.column, cell.page, bbox, verdict, printed.state, raw, printed.value, unit)
        })
    })
}

impl CheckJson {
    fn new(check: &Check, numbers: &Numbers, words: &mut Words) -> Self {
        let terms = |terms: &[Term]| terms.iter().filter_map(|term| numbers.of_term(term)).collect();
        CheckJson(
            words.number(&check.says),
            words.number(check.identity),
            check.outcome,
            check.difference,
            check.bound,
            terms(&check.whole),
            terms(&check.parts),
        )
    }
}

impl<'a> FindingJson<'a> {
    fn new(finding: &'a Finding, document: &Document, numbers: &Numbers, words: &mut Words) -> Self {
        let place = finding.suspect.or_else(|| finding.checks.first()?.whole.first().map(|term| term.place));
        FindingJson {
            kind: finding.kind,
            source: finding.source,
            figures: finding.kind.is_about_figures(),
            table: finding.table + 1,
            row: finding.row.map(|row| row + 1),
            page: finding.page,
            bbox: tenths(&finding.bbox),
            printed: &finding.printed,
            expected: finding.expected.as_deref(),
            unit: finding.unit,
            slip: finding.slip,
            message: message(finding, document),
            cell: place.and_then(|place| numbers.of(place)),
            checks: finding.checks.iter().map(|check| CheckJson::new(check, numbers, words)).collect(),
        }
    }
}

/// The numbers of the amounts, from 1.
struct Numbers {
    /// For each table and row the amounts before it.
    before: Vec<Vec<usize>>,
}

impl Numbers {
    fn new(document: &Document) -> Numbers {
        let mut count = 0;
        let mut row = |amounts: usize| {
            count += amounts;
            count - amounts
        };
        let rows = document.tables.iter().map(|table| &table.rows);
        Numbers { before: rows.map(|rows| rows.iter().map(|typed| row(typed.amounts.len())).collect()).collect() }
    }

    fn of(&self, place: Place) -> Option<usize> {
        self.before.get(place.table)?.get(place.row).map(|before| before + place.amount + 1)
    }

    fn of_term(&self, term: &Term) -> Option<i64> {
        let number = i64::try_from(self.of(term.place)?).ok()?;
        Some(if term.negative { -number } else { number })
    }
}

/// Texts that many checks share, each kept once.
#[derive(Default)]
struct Words {
    list: Vec<String>,
    known: HashMap<String, usize>,
}

impl Words {
    fn number(&mut self, text: &str) -> usize {
        if let Some(number) = self.known.get(text) {
            return *number;
        }
        let number = self.list.len();
        self.list.push(text.to_owned());
        self.known.insert(text.to_owned(), number);
        number
    }
}

fn tenths(bbox: &Rect) -> Tenths {
    [bbox.x0, bbox.y0, bbox.x1, bbox.y1].map(|value| (value * 10.0).round() as i32)
}
