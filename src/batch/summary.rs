//! What a run came to: `run.json`, and the same in words for the person who started it.

use super::Config;
use super::rows::Rows;
use crate::emit::{Format, Record, Sheet, Status};
use crate::timings::Timings;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The name of the file in the output folder.
pub(super) const FILE: &str = "run.json";

/// Failures listed by name; the rest stand in `documents.csv`.
const LISTED: usize = 10;

/// What a run came to. There are no times in it: the same run writes the same file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Name and version of the schema.
    pub schema: String,
    /// The version of kemu.
    pub version: String,
    /// What it was asked for.
    pub options: BTreeMap<String, String>,
    /// Inputs.
    pub documents: usize,
    /// Documents read, from whole or damaged files.
    pub read: usize,
    /// Documents that failed.
    pub failed: usize,
    /// Documents of each status.
    pub status: BTreeMap<Status, usize>,
    /// Tables found, standard and other.
    pub tables: usize,
    /// Standard tables among them.
    pub standard_tables: usize,
    /// Amounts printed in the tables.
    pub amounts: usize,
    /// Of the amounts of standard tables that are not zero: proven by the documents' own arithmetic.
    pub proven: usize,
    /// Contradicted by it.
    pub contradicted: usize,
    /// What does not add up or is not as it should be.
    pub findings: usize,
    /// What the reader of the output should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// How long the stations took; nothing where it is read from `run.json`, which holds no times.
    #[serde(skip)]
    pub timings: Timings,
    /// The first failures, from `documents.csv`.
    #[serde(skip)]
    failures: Vec<Failure>,
}

/// A row of `documents.csv`, as far as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Failure {
    path: String,
    status: Status,
    message: String,
    hint: String,
}

/// A run of which nothing can be told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// No run was finished there.
    #[error("{}: no finished run is there", .0.display())]
    NoRun(PathBuf),
    /// The files of the run cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
}

impl ReportError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            ReportError::NoRun(_) => {
                "give the folder that `kemu extract` wrote to; `kemu extract … --resume` finishes a run that was stopped"
            }
            ReportError::Unreadable { .. } => "run `kemu extract … --resume` again to have the file written anew",
        }
    }
}

/// Reads what a finished run came to from its output folder.
pub fn report(out: &Path) -> Result<Summary, ReportError> {
    let path = out.join(FILE);
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(ReportError::NoRun(out.to_path_buf())),
        other => other.map_err(|source| ReportError::Unreadable { path: path.clone(), source })?,
    };
    let mut summary: Summary =
        serde_json::from_slice(&bytes).map_err(|error| ReportError::Unreadable { path, source: error.into() })?;
    if summary.failed > 0 {
        let failed = |row: &Result<Failure, ReportError>| row.as_ref().map_or(true, |row| row.status.is_failure());
        let failures = summary.rows(out, Sheet::Documents)?.filter(failed).take(LISTED);
        summary.failures = failures.collect::<Result<_, _>>()?;
    }
    Ok(summary)
}

impl Summary {
    /// Was the run asked for a format?
    pub fn has(&self, format: Format) -> bool {
        self.options.get("format").is_some_and(|formats| formats.split(',').any(|name| name == format.key()))
    }

    /// Does its CSV have text as it is printed, even where a spreadsheet would run it?
    pub fn is_raw(&self) -> bool {
        self.options.get("raw_csv").is_some_and(|raw| raw == "yes")
    }

    /// The rows of one of the CSV files of the run in a folder, with their text as it is printed.
    pub fn rows<T: DeserializeOwned>(&self, out: &Path, sheet: Sheet) -> Result<Rows<T>, ReportError> {
        Rows::open(out.join(format!("{}.csv", sheet.schema().name)), !self.is_raw())
    }

    pub(super) fn new(config: &Config) -> Summary {
        let options = [
            ("wide", config.emit.wide),
            ("bom", config.emit.bom),
            ("raw_csv", config.emit.raw_csv),
            ("second_reader", config.read.second_reader),
            ("password", config.read.open.password.is_some()),
        ];
        let yes = |given: bool| if given { "yes" } else { "no" };
        Summary {
            schema: "kemu.run/1".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            options: options
                .map(|(name, given)| (name.to_owned(), yes(given).to_owned()))
                .into_iter()
                .chain([("format".to_owned(), config.emit.formats.to_string())])
                .collect(),
            ..Summary::default()
        }
    }

    pub(super) fn add(&mut self, record: &Record) {
        self.documents += 1;
        *self.status.entry(record.status).or_default() += 1;
        self.failed += usize::from(record.status.is_failure());
        self.read += usize::from(!record.status.is_failure() && record.status != Status::Duplicate);
        self.tables += record.tables;
        self.standard_tables += record.standard_tables;
        self.amounts += record.amounts;
        self.proven += record.proven;
        self.contradicted += record.contradicted;
        self.findings += record.findings;
    }

    /// The text of `run.json`.
    pub(super) fn json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).map(|json| [&json[..], b"\n"].concat()).unwrap_or_default()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} read, {} failed", counted(self.read, "document"), self.failed)?;
        for (status, count) in &self.status {
            writeln!(f, "  {:<17} {count:>7}", status.key())?;
        }
        write!(
            f,
            "{} ({} standard), {}, {}",
            counted(self.tables, "table"),
            self.standard_tables,
            counted(self.amounts, "amount"),
            counted(self.findings, "finding")
        )?;
        for note in &self.notes {
            write!(f, "\nnote: {note}")?;
        }
        for failure in &self.failures {
            write!(f, "\n\n{}: {}\n  hint: {}", failure.path, failure.message, failure.hint)?;
        }
        match self.failed - self.failures.len().min(self.failed) {
            0 => Ok(()),
            more => write!(f, "\n\n… and {more} more, see documents.csv"),
        }
    }
}

/// A number with the noun it counts.
pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
