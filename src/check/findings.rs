//! What is reported: mistakes in the figures, and codes and names that are not as the catalogue has them.

use super::figures::Figures;
use super::narrative::{self, Contrary};
use super::suspects::{self, Mistake};
use super::{Check, Entry, Outcome, Place, Term, formulas, subjects};
use crate::geometry::Rect;
use crate::table::{Document, Row};
use rust_decimal::Decimal;
use serde::Serialize;

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Figures that do not add up.
    Mismatch,
    /// A total that its printed rows do not add up to, though each of them agrees with itself: rows are
    /// missing, or there are too many.
    MissingRows,
    /// A sentence that gives another figure than the table.
    NarrativeDiffers,
    /// A share in a sentence that its amounts do not give.
    ShareDiffers,
    /// A subject code whose parent is not printed above it, though those of its neighbours are.
    CodeWithoutParent,
    /// A part of a code without its leading zero.
    CodeLostZero,
    /// A name the code had in earlier years.
    OldName,
    /// A name that is cut short, by its cell or in print.
    CutName,
    /// A name the catalogue does not have for the code.
    OtherName,
    /// A formula in a note that names rows or columns the table does not have.
    FormulaNotUnderstood,
}

impl FindingKind {
    /// Is it about amounts, not about names and codes?
    pub fn is_about_figures(self) -> bool {
        use FindingKind::{Mismatch, MissingRows, NarrativeDiffers, ShareDiffers};
        matches!(self, Mismatch | MissingRows | NarrativeDiffers | ShareDiffers)
    }
}

/// Whose mistake a mismatch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The figures stand on the page like that: two readers agree, and no ink is left over.
    PrintedSo,
    /// The page may say something else.
    ExtractionDoubtful,
    /// Not looked into.
    Unknown,
}

/// Something to be looked at, with its place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What kind of thing.
    pub kind: FindingKind,
    /// Index of the table.
    pub table: usize,
    /// Index of the row, where it is about one.
    pub row: Option<usize>,
    /// Page number, counted from 1.
    pub page: usize,
    /// Its box on the page, in points.
    pub bbox: Rect,
    /// What is printed there.
    pub printed: String,
    /// What would agree with everything else, where only one figure would repair what fails, or what the
    /// catalogue has. Never put in the place of what is printed.
    pub expected: Option<String>,
    /// The unit of both, where a sentence gives one (万元, 元, 亿元).
    pub unit: Option<&'static str>,
    /// How the printed figure may have come about, where that decided.
    pub slip: Option<&'static str>,
    /// The only amount that would repair all that fails.
    pub suspect: Option<Place>,
    /// The checks that fail.
    pub checks: Vec<Check>,
    /// Whose mistake it is.
    pub source: Source,
}

impl Finding {
    /// A finding about the labels of a row.
    pub(super) fn of_row(
        table: usize,
        index: usize,
        row: &Row,
        kind: FindingKind,
        printed: &str,
        expected: Option<String>,
    ) -> Finding {
        Finding {
            kind,
            table,
            row: Some(index),
            page: row.page,
            bbox: row.bbox,
            printed: printed.to_owned(),
            expected,
            unit: None,
            slip: None,
            suspect: None,
            checks: Vec::new(),
            source: Source::Unknown,
        }
    }

    /// All amounts it is about, in reading order.
    pub fn places(&self) -> Vec<Place> {
        let terms = self.checks.iter().flat_map(|check| check.whole.iter().chain(&check.parts));
        let mut places: Vec<Place> = terms.map(|term| term.place).collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// All findings, in the order of the tables.
pub(super) fn collect(
    document: &Document,
    figures: &Figures,
    entries: &[Entry],
    missing_rows: &[bool],
    contrary: Vec<Contrary>,
    shares: Vec<Finding>,
) -> Vec<Finding> {
    let mistakes = suspects::find(entries, missing_rows, &contrary, figures);
    let blamed: Vec<usize> = mistakes.iter().filter_map(|mistake| Some(mistake.suspect.as_ref()?.figure)).collect();
    let mut findings: Vec<Finding> = mistakes
        .into_iter()
        .map(|mistake| {
            let of_rows = mistake.suspect.is_none() && mistake.checks.first().is_some_and(|&check| missing_rows[check]);
            let kind = if of_rows { FindingKind::MissingRows } else { FindingKind::Mismatch };
            mismatch(document, figures, entries, mistake, kind)
        })
        .collect();
    findings.extend(narrative::findings(contrary, &blamed));
    findings.extend(shares);
    findings.extend(subjects::check(document));
    for (index, table) in document.tables.iter().enumerate() {
        let (printed, understood) = formulas::count(table);
        if let Some(note) = table.notes.first().filter(|_| understood < printed) {
            findings.push(Finding {
                kind: FindingKind::FormulaNotUnderstood,
                table: index,
                row: None,
                page: note.page,
                bbox: note.bbox,
                printed: format!("{understood} of {printed} formulas"),
                expected: None,
                unit: None,
                slip: None,
                suspect: None,
                checks: Vec::new(),
                source: Source::Unknown,
            });
        }
    }
    findings.sort_by(|one, other| {
        let place = |finding: &Finding| (finding.table, finding.row, finding.kind);
        place(one).cmp(&place(other))
    });
    findings
}

fn mismatch(document: &Document, figures: &Figures, entries: &[Entry], mistake: Mistake, kind: FindingKind) -> Finding {
    let suspect = mistake.suspect.as_ref().map(|suspect| figures.get(suspect.figure).place);
    // Where nobody can be named, the first sum that fails.
    let shown = suspect.or_else(|| {
        let (figure, _) = entries.get(*mistake.checks.first()?)?.terms.first()?;
        Some(figures.get(*figure).place)
    });
    let place = shown.unwrap_or(Place { table: 0, row: 0, amount: 0 });
    let row = document.tables.get(place.table).and_then(|table| table.rows.get(place.row));
    let cell = row.and_then(|row| row.amounts.get(place.amount));
    Finding {
        kind,
        table: place.table,
        row: Some(place.row),
        page: cell.map_or(0, |cell| cell.page),
        bbox: cell.map(|cell| cell.bbox).unwrap_or_default(),
        printed: cell.map(|cell| cell.amount.raw.clone()).unwrap_or_default(),
        expected: mistake.suspect.as_ref().and_then(|suspect| suspect.would_be).map(|value| value.to_string()),
        unit: None,
        slip: mistake.suspect.as_ref().and_then(|suspect| suspect.slip),
        suspect,
        checks: mistake.checks.iter().map(|&check| public(&entries[check], figures)).collect(),
        source: Source::Unknown,
    }
}

/// The checks that do not hold exactly.
pub(super) fn inexact(figures: &Figures, entries: &[Entry]) -> Vec<Check> {
    let inexact = entries.iter().filter(|entry| entry.result.outcome != Outcome::Exact);
    inexact.map(|entry| public(entry, figures)).collect()
}

/// A check as it is told of outside.
pub(super) fn public(entry: &Entry, figures: &Figures) -> Check {
    // The terms taken away before the first that is added are the whole.
    let whole = entry.terms.iter().take_while(|(_, sign)| *sign < 0).count();
    let term = |&(figure, sign): &(usize, i8), turned: bool| Term {
        place: figures.get(figure).place,
        negative: (sign < 0) != turned,
    };
    let factor = entry.terms.first().map_or(Decimal::ONE, |(figure, _)| figures.get(*figure).factor);
    Check {
        identity: entry.statement.id,
        says: entry.statement.says.to_owned(),
        whole: entry.terms[..whole].iter().map(|t| term(t, true)).collect(),
        parts: entry.terms[whole..].iter().map(|t| term(t, false)).collect(),
        difference: (entry.result.difference / factor).normalize(),
        bound: (entry.result.bound / factor).normalize(),
        outcome: entry.result.outcome,
    }
}
