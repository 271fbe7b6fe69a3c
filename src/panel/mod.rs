//! The panel: the amounts of a run as one tidy table over departments and years.
//!
//! [`build`] reads `documents.csv` and `amounts.csv` of an output folder and writes three files:
//! `panel.csv` has one row for each amount of the latest version of each report, keyed; `panel_versions.csv` the same
//! of the earlier versions; `panel_notes.csv` what a reader must know before comparing rows. docs/panel.md has the
//! rules. Amounts are streamed: in memory are the facts of the documents, the amounts of one document, and the
//! subject codes met.

mod notes;
mod reports;
mod rows;
mod series;

use crate::batch::{ReportError, report};
use crate::catalog::schema::{self, Table};
use crate::emit::{BOM, Draft, DraftFile, EmitError, Format, Sheet, guarded};
use csv::StringRecord;
use notes::Notes;
use reports::{Report, Reports};
use rows::{AmountRow, Keyed, PanelRow};
use serde::Serialize;
use std::collections::HashSet;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// What a panel came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Documents that were read in the run.
    pub documents: usize,
    /// Reports: documents that are not an earlier version of another.
    pub reports: usize,
    /// Rows of `panel.csv`.
    pub rows: usize,
    /// Rows of `panel_versions.csv`.
    pub version_rows: usize,
    /// Rows of `panel_notes.csv`.
    pub notes: usize,
}

/// Why there is no panel.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PanelError {
    /// There is no finished run, or its files cannot be read.
    #[error(transparent)]
    Run(#[from] ReportError),
    /// The run has its amounts in other formats alone.
    #[error("{}: the run has no amounts.csv", .0.display())]
    NoAmounts(PathBuf),
    /// The amounts of a document do not stand together.
    #[error("{}: the amounts of {document} do not stand together", path.display())]
    Order {
        /// The file.
        path: PathBuf,
        /// The document.
        document: String,
    },
    /// Amounts are of a document that is not in the list.
    #[error("{}: {document} is not in documents.csv", path.display())]
    Stranger {
        /// The file.
        path: PathBuf,
        /// The document.
        document: String,
    },
    /// The panel cannot be written.
    #[error(transparent)]
    Write(#[from] EmitError),
}

impl PanelError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            PanelError::Run(error) => error.hint(),
            PanelError::NoAmounts(_) => {
                "run `kemu extract … --resume` again with csv added to its --format; no document is read anew"
            }
            PanelError::Order { .. } | PanelError::Stranger { .. } => {
                "run `kemu extract … --resume` again to have the files written anew"
            }
            PanelError::Write(_) => "choose a folder you may write to with --out",
        }
    }
}

/// Builds the panel of a run into a folder. Where that fails, files that are there stay as they are.
pub fn build(run: &Path, out: &Path, bom: bool) -> Result<Outcome, PanelError> {
    let summary = report(run)?;
    if !summary.has(Format::Csv) {
        return Err(PanelError::NoAmounts(run.to_path_buf()));
    }
    let mut notes = Notes::default();
    let reports = Reports::read(summary.rows(run, Sheet::Documents)?, &mut notes)?;
    let mut outcome = Outcome { documents: reports.documents(), reports: reports.latest(), ..Outcome::default() };
    fs::create_dir_all(out).map_err(|source| EmitError { path: out.to_path_buf(), source })?;
    let create = |name, table| Output::create(out.join(name), schema::table(table), bom, summary.is_raw());
    let mut panel = create("panel.csv", "panel")?;
    let mut versions = create("panel_versions.csv", "panel")?;
    let mut flush = |report: &Report, amounts: &mut Vec<AmountRow>, notes: &mut Notes| {
        let keyed = Keyed::all(report, amounts.drain(..), notes);
        let (output, count) = match report.is_latest() {
            true => (&mut panel, &mut outcome.rows),
            false => (&mut versions, &mut outcome.version_rows),
        };
        *count += keyed.len();
        output.write(keyed.iter().map(|keyed| PanelRow::new(report, keyed)))
    };
    let rows = summary.rows::<AmountRow>(run, Sheet::Amounts)?;
    let path = rows.path().to_path_buf();
    let mut done: HashSet<String> = HashSet::new();
    let mut current: Option<&Report> = None;
    let mut amounts: Vec<AmountRow> = Vec::new();
    for amount in rows {
        let amount = amount?;
        if current.is_none_or(|report| report.document != amount.document) {
            if let Some(report) = current {
                flush(report, &mut amounts, &mut notes)?;
            }
            let document = amount.document.clone();
            if !done.insert(document.clone()) {
                return Err(PanelError::Order { path, document });
            }
            current = reports.get(&document);
            if current.is_none() {
                return Err(PanelError::Stranger { path, document });
            }
        }
        amounts.push(amount);
    }
    if let Some(report) = current {
        flush(report, &mut amounts, &mut notes)?;
    }
    notes.tell_of_codes();
    let mut list = create("panel_notes.csv", "panel_notes")?;
    list.write(notes.all())?;
    outcome.notes = notes.all().len();
    // All three get their names only when all are complete.
    let drafts = [panel.finish()?, versions.finish()?, list.finish()?];
    drafts.into_iter().try_for_each(Draft::place)?;
    Ok(outcome)
}

/// A CSV file that is written beside its place, and put there when it is whole.
struct Output {
    rows: csv::Writer<BufWriter<DraftFile>>,
    draft: Draft,
    /// Leaves text as it is printed, even if a spreadsheet would run it.
    raw: bool,
}

impl Output {
    fn create(path: PathBuf, table: &Table, bom: bool, raw: bool) -> Result<Output, EmitError> {
        let draft = Draft::beside(path);
        let mut file = draft.create()?;
        draft.named(file.write_all(if bom { BOM } else { b"" }))?;
        let mut rows = csv::WriterBuilder::new().has_headers(false).from_writer(file);
        draft.named(rows.write_record(table.header()))?;
        Ok(Output { rows, draft, raw })
    }

    fn write(&mut self, rows: impl IntoIterator<Item = impl Serialize>) -> Result<(), EmitError> {
        let written = lines(rows).and_then(|lines| {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&lines[..]);
            let mut row = StringRecord::new();
            while reader.read_record(&mut row)? {
                match self.raw {
                    true => self.rows.write_record(&row)?,
                    false => self.rows.write_record(row.iter().map(|text| guarded(text).into_owned()))?,
                }
            }
            Ok(())
        });
        self.draft.named(written)
    }

    /// Ends the file, which is then safe on the disk and wants but its name.
    fn finish(self) -> Result<Draft, EmitError> {
        let Output { mut rows, draft, .. } = self;
        draft.named(rows.flush())?;
        drop(rows);
        draft.make_safe()?;
        Ok(draft)
    }
}

/// Rows as lines of CSV.
fn lines(rows: impl IntoIterator<Item = impl Serialize>) -> csv::Result<Vec<u8>> {
    let mut lines = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    rows.into_iter().try_for_each(|row| lines.serialize(row))?;
    Ok(lines.into_inner().map_err(|error| io::Error::other(error.to_string()))?)
}
