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

use csv::StringRecord;
use notes::Notes;
use reports::{Report, Reports};
use rows::{AmountRow, Keyed, PanelRow};
use serde::Serialize;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

pub use notes::NOTE_COLUMNS;
pub use rows::PANEL_COLUMNS;

const PANEL: &str = "panel.csv";
const VERSIONS: &str = "panel_versions.csv";
const NOTES: &str = "panel_notes.csv";

const BOM: &[u8] = b"\xEF\xBB\xBF";

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
    /// There is no run to read.
    #[error("{}: no finished run is there", .0.display())]
    NoRun(PathBuf),
    /// A file of the run cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: csv::Error,
    },
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
    #[error("{}: cannot be written: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl PanelError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            PanelError::NoRun(_) => "give the folder that `kemu extract` wrote to, with csv among its formats",
            PanelError::Read { .. } | PanelError::Order { .. } | PanelError::Stranger { .. } => {
                "run `kemu extract … --resume` again to have the files written anew"
            }
            PanelError::Write { .. } => "choose a folder you may write to with --out",
        }
    }
}

/// Builds the panel of a run into a folder. Where that fails, files that are there stay as they are.
pub fn build(run: &Path, out: &Path, bom: bool) -> Result<Outcome, PanelError> {
    let outcome = join(run, out, bom);
    if outcome.is_err() {
        for name in [PANEL, VERSIONS, NOTES] {
            // It may not have been begun.
            let _ = fs::remove_file(unfinished(out, name));
        }
    }
    outcome
}

fn join(run: &Path, out: &Path, bom: bool) -> Result<Outcome, PanelError> {
    let mut notes = Notes::default();
    let reports = Reports::read(open(run, "documents.csv")?, &mut notes)?;
    let mut outcome = Outcome { documents: reports.documents(), reports: reports.latest(), ..Outcome::default() };
    fs::create_dir_all(out).map_err(|source| PanelError::Write { path: out.to_path_buf(), source })?;
    let mut panel = Output::create(out, PANEL, PANEL_COLUMNS, bom)?;
    let mut versions = Output::create(out, VERSIONS, PANEL_COLUMNS, bom)?;
    let mut flush = |report: &Report, amounts: &mut Vec<AmountRow>, notes: &mut Notes| {
        for keyed in Keyed::all(report, amounts.drain(..), notes) {
            let row = PanelRow::new(report, &keyed);
            if report.is_latest() {
                panel.write(&row)?;
                outcome.rows += 1;
            } else {
                versions.write(&row)?;
                outcome.version_rows += 1;
            }
        }
        Ok(())
    };
    let Input { mut rows, path } = open(run, "amounts.csv")?;
    let headers = rows.headers().cloned().map_err(|source| PanelError::Read { path: path.clone(), source })?;
    let mut done: HashSet<String> = HashSet::new();
    let mut current: Option<&Report> = None;
    let mut amounts: Vec<AmountRow> = Vec::new();
    let mut record = StringRecord::new();
    while rows.read_record(&mut record).map_err(|source| PanelError::Read { path: path.clone(), source })? {
        let amount: AmountRow =
            record.deserialize(Some(&headers)).map_err(|source| PanelError::Read { path: path.clone(), source })?;
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
    let mut list = Output::create(out, NOTES, NOTE_COLUMNS, bom)?;
    for note in notes.all() {
        list.write(note)?;
        outcome.notes += 1;
    }
    // All three get their names only when all are complete.
    for output in [panel, versions, list] {
        output.finish()?;
    }
    Ok(outcome)
}

/// A file of the run.
struct Input {
    rows: csv::Reader<File>,
    path: PathBuf,
}

fn open(run: &Path, name: &str) -> Result<Input, PanelError> {
    let path = run.join(name);
    let mut file = match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(PanelError::NoRun(run.to_path_buf())),
        Err(error) => return Err(PanelError::Read { path, source: error.into() }),
        Ok(file) => file,
    };
    let begins = skip_mark(&mut file);
    begins.map_err(|error| PanelError::Read { path: path.clone(), source: error.into() })?;
    Ok(Input { rows: csv::Reader::from_reader(file), path })
}

/// Goes past a byte order mark, if there is one.
fn skip_mark(file: &mut File) -> io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};
    let mut begin = Vec::new();
    file.take(3).read_to_end(&mut begin)?;
    let start = if begin == BOM { 3 } else { 0 };
    file.seek(SeekFrom::Start(start)).map(|_| ())
}

/// Where a file stands until it is whole.
fn unfinished(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.unfinished"))
}

/// A file that is written beside its place, and put there when it is whole.
struct Output {
    rows: csv::Writer<BufWriter<File>>,
    unfinished: PathBuf,
    path: PathBuf,
}

impl Output {
    fn create(folder: &Path, name: &str, columns: &[&str], bom: bool) -> Result<Output, PanelError> {
        let (path, unfinished) = (folder.join(name), unfinished(folder, name));
        let begin = || {
            let mut file = BufWriter::new(File::create(&unfinished)?);
            if bom {
                file.write_all(BOM)?;
            }
            let mut rows = csv::WriterBuilder::new().has_headers(false).from_writer(file);
            rows.write_record(columns)?;
            Ok(rows)
        };
        match begin() {
            Ok(rows) => Ok(Output { rows, unfinished, path }),
            Err(source) => Err(PanelError::Write { path, source }),
        }
    }

    fn write(&mut self, row: &impl Serialize) -> Result<(), PanelError> {
        self.rows.serialize(row).map_err(|error| PanelError::Write { path: self.path.clone(), source: error.into() })
    }

    fn finish(self) -> Result<(), PanelError> {
        let Output { rows, unfinished, path } = self;
        let whole = || {
            let file = rows.into_inner().map_err(|error| io::Error::new(error.error().kind(), error.to_string()))?;
            file.into_inner().map_err(|error| error.into_error())?.sync_all()?;
            fs::rename(&unfinished, &path)
        };
        whole().map_err(|source| PanelError::Write { path: path.clone(), source })
    }
}
