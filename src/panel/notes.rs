//! `panel_notes.csv`: what a reader must know before comparing rows of the panel.

use super::reports::Report;
use super::rows::AmountRow;
use crate::catalog::changes::{ChangeKind, Changes, FIRST_SCHEME};
use crate::catalog::subjects::System;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};

/// What a note is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum NoteKind {
    /// There are several versions of the report.
    #[default]
    Reissued,
    /// The report does not tell whose it is, or of which year.
    FactsUnknown,
    /// A code that means something else in other years of the panel.
    CodeRedefined,
    /// A code whose scope differs in other years of the panel.
    CodeRescoped,
    /// A code is printed with another name than the one it is known by.
    OtherName,
    /// Amounts of one table have the same key.
    RepeatedKey,
    /// Amounts of tables or columns that are not known, which the panel leaves out.
    NoKey,
}

/// A row of the file.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Note {
    pub(super) kind: NoteKind,
    pub(super) report_key: String,
    pub(super) document: String,
    pub(super) fiscal_year: Option<u16>,
    pub(super) table_id: String,
    pub(super) series: String,
    pub(super) page: Option<usize>,
    pub(super) message: String,
}

impl Note {
    /// About a report.
    pub(super) fn of(kind: NoteKind, report: &Report) -> Note {
        Note {
            kind,
            report_key: report.key.clone(),
            document: report.document.clone(),
            fiscal_year: report.fiscal_year,
            ..Note::default()
        }
    }

    /// About an amount of a report.
    pub(super) fn at(kind: NoteKind, report: &Report, amount: &AmountRow) -> Note {
        Note { table_id: amount.table_id.clone(), page: Some(amount.page), ..Note::of(kind, report) }
    }
}

/// The notes of a panel.
#[derive(Default)]
pub(super) struct Notes {
    notes: Vec<Note>,
    /// What is said once: of a document, a series.
    said: HashSet<(String, String)>,
    /// The first and last fiscal year of each code.
    codes: BTreeMap<(System, String), (u16, u16)>,
}

impl Notes {
    pub(super) fn add(&mut self, note: Note) {
        self.notes.push(note);
    }

    /// Adds a note, unless the document's series has one.
    pub(super) fn once(&mut self, note: Note) {
        if self.said.insert((note.document.clone(), note.series.clone())) {
            self.add(note);
        }
    }

    /// Remembers that the panel has a code in a year.
    pub(super) fn met(&mut self, system: System, code: &str, year: u16) {
        match self.codes.get_mut(&(system, code.to_owned())) {
            Some((first, last)) => (*first, *last) = ((*first).min(year), (*last).max(year)),
            None => {
                self.codes.insert((system, code.to_owned()), (year, year));
            }
        }
    }

    /// Tells of codes that changed between years that the panel has.
    pub(super) fn tell_of_codes(&mut self) {
        let changes = Changes::standard();
        for ((system, code), (first, last)) in std::mem::take(&mut self.codes) {
            let lengths = [3, 5, 7].into_iter().filter_map(|length| code.get(..length));
            let all = lengths.flat_map(|part| changes.of(system, part));
            for change in all.filter(|change| first < change.year && change.year <= last) {
                let own = change.code == code;
                let (kind, series, what) = match change.kind {
                    ChangeKind::Redefined => {
                        let since = |year| changes.meaning_since(system, &code, year).unwrap_or(FIRST_SCHEME);
                        let before = since(change.year - 1);
                        let series = format!("{system}:{code}@{before} {system}:{code}@{}", change.year);
                        (NoteKind::CodeRedefined, series, "two series")
                    }
                    ChangeKind::Rescoped if own => {
                        (NoteKind::CodeRescoped, format!("{system}:{code}"), "one series, with another scope")
                    }
                    _ => continue,
                };
                let (before, after, year) = (change.before, change.after, change.year);
                let message = match own {
                    true => format!("{code} was {before} before {year} and is {after} since: {what}"),
                    false => format!(
                        "{code} belongs to {}, which was {before} before {year} and is {after} since: {what}",
                        change.code
                    ),
                };
                self.add(Note { kind, series, message, ..Note::default() });
            }
        }
    }

    pub(super) fn all(&self) -> &[Note] {
        &self.notes
    }
}
