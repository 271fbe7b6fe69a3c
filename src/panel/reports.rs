//! The documents of a run as reports: whose they are, and which is the latest version of each.

use super::notes::{Note, NoteKind, Notes};
use crate::batch::{ReportError, Rows};
use crate::catalog::text::fold;
use crate::emit::Status;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// A row of `documents.csv`, as far as the panel needs it. Runs of older kemu have no regions and dates.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct DocumentRow {
    document: String,
    status: Status,
    #[serde(default)]
    sha256: String,
    report_kind: String,
    report_level: String,
    fiscal_year: Option<u16>,
    department: String,
    unit_name: String,
    #[serde(default)]
    region_code: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    created: String,
    #[serde(default)]
    modified: String,
}

/// A document as a version of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) document: String,
    pub(super) sha256: String,
    pub(super) region_code: String,
    pub(super) region: String,
    pub(super) department: String,
    pub(super) unit_name: String,
    pub(super) level: String,
    pub(super) kind: String,
    pub(super) fiscal_year: Option<u16>,
    /// The facts that make it this report; of its own where some are not known.
    pub(super) key: String,
    /// The date of the file: its last change, else its creation.
    dated: String,
    /// From 1, the oldest.
    pub(super) version: usize,
    pub(super) versions: usize,
    pub(super) basis: Basis,
    /// The facts it does not tell.
    pub(super) unknown: Vec<&'static str>,
}

/// What tells which version is the latest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Basis {
    /// There is one alone.
    #[default]
    Only,
    /// The dates in the files.
    FileDate,
    /// The order of the inputs, for want of dates that differ.
    InputOrder,
}

impl Report {
    fn new(row: DocumentRow) -> Report {
        let unknown = [
            ("region", row.region_code.is_empty()),
            ("department", row.department.is_empty() && row.unit_name.is_empty()),
            ("level", row.report_level.is_empty()),
            ("year", row.fiscal_year.is_none()),
            ("kind", row.report_kind.is_empty()),
        ];
        let unknown: Vec<&'static str> = unknown.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect();
        let year = row.fiscal_year.map(|year| year.to_string()).unwrap_or_default();
        let (department, unit) = (fold(&row.department), fold(&row.unit_name));
        let key = match unknown.is_empty() {
            true => [&row.region_code, &department, &unit, &row.report_level, &year, &row.report_kind]
                .map(String::as_str)
                .join("|"),
            false => format!("document|{}", row.document),
        };
        Report {
            document: row.document,
            sha256: row.sha256,
            region_code: row.region_code,
            region: row.region,
            department: row.department,
            unit_name: row.unit_name,
            level: row.report_level,
            kind: row.report_kind,
            fiscal_year: row.fiscal_year,
            key,
            dated: if row.modified.is_empty() { row.created } else { row.modified },
            version: 1,
            versions: 1,
            basis: Basis::Only,
            unknown,
        }
    }

    pub(super) fn is_latest(&self) -> bool {
        self.version == self.versions
    }
}

/// The reports of a run, by document.
pub(super) struct Reports {
    by_document: HashMap<String, Report>,
}

impl Reports {
    pub(super) fn read(rows: Rows<DocumentRow>, notes: &mut Notes) -> Result<Reports, ReportError> {
        let mut reports: Vec<Report> = Vec::new();
        for row in rows {
            let row = row?;
            // A duplicate is read under the name of the first, and has no amounts of its own.
            if row.status.is_read() {
                reports.push(Report::new(row));
            }
        }
        let mut same: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, report) in reports.iter().enumerate() {
            same.entry(report.key.clone()).or_default().push(index);
        }
        for versions in same.into_values().filter(|versions| versions.len() > 1) {
            number(&mut reports, versions);
        }
        for report in &reports {
            tell(report, notes);
        }
        Ok(Reports { by_document: reports.into_iter().map(|report| (report.document.clone(), report)).collect() })
    }

    pub(super) fn get(&self, document: &str) -> Option<&Report> {
        self.by_document.get(document)
    }

    pub(super) fn documents(&self) -> usize {
        self.by_document.len()
    }

    pub(super) fn latest(&self) -> usize {
        self.by_document.values().filter(|report| report.is_latest()).count()
    }
}

/// Numbers the versions of a report: by the dates of the files where each has one and no two are the same, else by
/// the order of the inputs.
fn number(reports: &mut [Report], mut versions: Vec<usize>) {
    let mut dates: Vec<&str> = versions.iter().map(|index| reports[*index].dated.as_str()).collect();
    dates.sort_unstable();
    dates.dedup();
    let dated = dates.len() == versions.len() && dates.iter().all(|date| !date.is_empty());
    if dated {
        versions.sort_by(|a, b| reports[*a].dated.cmp(&reports[*b].dated));
    }
    let count = versions.len();
    for (index, version) in versions.into_iter().zip(1..) {
        reports[index].version = version;
        reports[index].versions = count;
        reports[index].basis = if dated { Basis::FileDate } else { Basis::InputOrder };
    }
}

fn tell(report: &Report, notes: &mut Notes) {
    let mut note = |kind, message| notes.add(Note { message, ..Note::of(kind, report) });
    if !report.unknown.is_empty() {
        let facts = report.unknown.join(", ");
        note(NoteKind::FactsUnknown, format!("the report does not tell its {facts}; it is compared with no other"));
    }
    if report.versions > 1 {
        let by = match report.basis {
            Basis::InputOrder => "by the order of the inputs, for want of dates that differ: check which is the latest",
            _ => "by the dates in the files",
        };
        let date = if report.dated.is_empty() { "no date" } else { report.dated.as_str() };
        let (version, versions) = (report.version, report.versions);
        note(NoteKind::Reissued, format!("version {version} of {versions} ({date}), {by}"));
    }
}
