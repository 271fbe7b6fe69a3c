//! The run's files in each format: put together, document by document, from what is stored.
//!
//! Every format is an [`Exporter`], which takes the documents' fragments in the order of the inputs and holds no more
//! of them than a buffer. All formats hold the same four tables with the same columns (`catalog::schema`), apart from
//! `documents.jsonl`, which holds all that was read.

mod cells;
mod csv;
mod draft;
mod jsonl;
mod package;
mod parquet;
mod sqlite;
mod workbook;

pub use draft::{Draft, DraftFile};

use super::folder::{EmitError, Folder};
use super::sheets::{Fragment, Sheet};
use serde::{Deserialize, Serialize};
use std::fmt::{self, Display};
use std::str::FromStr;

/// One way to write the run.
pub(super) trait Exporter: Send {
    /// Adds a document.
    fn append(&mut self, fragment: &Fragment) -> Result<(), EmitError>;

    /// Ends the files and gives them their names. Answers what their reader should know, in sentences.
    fn finish(self: Box<Self>) -> Result<Vec<String>, EmitError>;
}

/// A format of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Format {
    /// Four CSV files.
    Csv,
    /// A JSON file for each document, with all that was read.
    Json,
    /// The same, one document a line, in one file.
    Jsonl,
    /// Four Parquet files.
    Parquet,
    /// A SQLite database.
    Sqlite,
    /// An Excel workbook.
    Xlsx,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 6] =
        [Format::Csv, Format::Json, Format::Jsonl, Format::Parquet, Format::Sqlite, Format::Xlsx];

    /// The name used on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Parquet => "parquet",
            Format::Sqlite => "sqlite",
            Format::Xlsx => "xlsx",
        }
    }

    /// The files of the run it makes.
    pub(in crate::emit) fn files(self) -> Vec<String> {
        let of_sheets = |ending: &str| Sheet::ALL.map(|sheet| format!("{}.{ending}", sheet.schema().name)).to_vec();
        match self {
            Format::Csv => of_sheets("csv"),
            Format::Json => Vec::new(),
            Format::Jsonl => vec![jsonl::FILE.to_owned()],
            Format::Parquet => of_sheets("parquet"),
            Format::Sqlite => vec![sqlite::FILE.to_owned(), sqlite::METADATA_FILE.to_owned()],
            Format::Xlsx => vec![workbook::FILE.to_owned()],
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Format, String> {
        let known = || Format::ALL.map(Format::key).join(", ");
        let found = Format::ALL.into_iter().find(|format| format.key().eq_ignore_ascii_case(text.trim()));
        found.ok_or_else(|| format!("there is no format {text:?}, only {}", known()))
    }
}

/// The formats that are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Format>")]
pub struct Formats(Vec<Format>);

impl Formats {
    /// Is this one written?
    pub fn has(&self, format: Format) -> bool {
        self.0.contains(&format)
    }
}

impl Default for Formats {
    fn default() -> Formats {
        Formats(vec![Format::Csv, Format::Json])
    }
}

impl From<Vec<Format>> for Formats {
    /// Each once, in one order, however they were asked for.
    fn from(mut formats: Vec<Format>) -> Formats {
        formats.sort();
        formats.dedup();
        Formats(formats)
    }
}

impl Display for Formats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(|format| format.key()).collect::<Vec<_>>().join(","))
    }
}

/// The run's files. They stand under temporary names until [`Sheets::finish`].
pub struct Sheets<'f> {
    exporters: Vec<Box<dyn Exporter + 'f>>,
}

impl<'f> Sheets<'f> {
    /// Opens the files of the formats asked for, and removes those of all others that an earlier run may have left.
    pub(super) fn open(folder: &'f Folder) -> Result<Sheets<'f>, EmitError> {
        let formats = &folder.options().formats;
        let has_csv = formats.has(Format::Csv);
        // What became of each input is always told.
        let kept = if has_csv { &Sheet::ALL[..] } else { &[Sheet::Documents] };
        for format in Format::ALL.into_iter().filter(|format| !formats.has(*format)) {
            for file in format.files() {
                folder.withdraw(&file)?;
            }
        }
        let mut exporters: Vec<Box<dyn Exporter + 'f>> = vec![Box::new(csv::Csv::open(folder, kept)?)];
        for format in &formats.0 {
            match format {
                Format::Csv | Format::Json => {}
                Format::Jsonl => exporters.push(Box::new(jsonl::Lines::open(folder)?)),
                Format::Parquet => exporters.push(Box::new(parquet::Parquet::open(folder)?)),
                Format::Sqlite => exporters.push(Box::new(sqlite::Database::open(folder)?)),
                Format::Xlsx => exporters.push(Box::new(workbook::Workbook::open(folder)?)),
            }
        }
        // It tells of the others' files, so these must be there first.
        exporters.push(Box::new(package::Package::new(folder)));
        Ok(Sheets { exporters })
    }

    /// Adds a document.
    pub fn append(&mut self, fragment: &Fragment) -> Result<(), EmitError> {
        self.exporters.iter_mut().try_for_each(|exporter| exporter.append(fragment))
    }

    /// Gives the files their names. Answers what their reader should know, in sentences.
    pub fn finish(self) -> Result<Vec<String>, EmitError> {
        let mut notes = Vec::new();
        for exporter in self.exporters {
            notes.extend(exporter.finish()?);
        }
        Ok(notes)
    }
}
