//! What became of one document of a run: a row of `documents.csv`.

use crate::extract::Extraction;
use crate::timings::Timings;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What became of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// Read, with standard tables.
    Ok,
    /// Read, with standard tables, in which something does not add up or is not as it should be.
    Findings,
    /// The same bytes as an earlier document of the run; read once, there.
    Duplicate,
    /// Read, with standard tables, but pages, text or tables may be missing: a damaged file, scanned pages, amounts that are
    /// not read as a table.
    Incomplete,
    /// Read, but no standard table was found.
    NoTable,
    /// Its pages are pictures without text.
    NoTextLayer,
    /// Not a PDF file at all.
    NotPdf,
    /// Encrypted, and not opened by the password given.
    Encrypted,
    /// Damaged, and nothing of use is left.
    Damaged,
    /// A PDF file without pages.
    NoPages,
    /// Larger than what is read, or needs more memory than it may take.
    TooLarge,
    /// Takes longer than it may.
    Timeout,
    /// The file could not be read from the disk.
    Unreadable,
    /// Takes the process down that reads it.
    Crashed,
    /// Our own fault.
    #[default]
    InternalError,
}

impl Status {
    /// The name used in the files.
    pub fn key(self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::Findings => "findings",
            Status::Duplicate => "duplicate",
            Status::Incomplete => "incomplete",
            Status::NoTable => "no_table",
            Status::NoTextLayer => "no_text_layer",
            Status::NotPdf => "not_pdf",
            Status::Encrypted => "encrypted",
            Status::Damaged => "damaged",
            Status::NoPages => "no_pages",
            Status::TooLarge => "too_large",
            Status::Timeout => "timeout",
            Status::Unreadable => "unreadable",
            Status::Crashed => "crashed",
            Status::InternalError => "internal_error",
        }
    }

    /// Was it opened and its text looked at, so that there is something of it to show?
    pub fn is_read(self) -> bool {
        matches!(self, Status::Ok | Status::Findings | Status::Incomplete | Status::NoTable | Status::NoTextLayer)
    }

    /// May the document have taken its reader down?
    pub(crate) fn is_deadly(self) -> bool {
        matches!(self, Status::TooLarge | Status::Timeout | Status::Crashed)
    }

    /// Did the document yield none of what it was read for? A duplicate is judged where it is read.
    pub fn is_failure(self) -> bool {
        !matches!(self, Status::Ok | Status::Findings | Status::Duplicate | Status::Incomplete)
    }
}

/// What became of one document.
#[derive(Debug)]
pub struct Entry {
    /// The name under which its output is filed.
    pub stem: String,
    /// The file's name.
    pub file: String,
    /// The path by which it was found.
    pub path: String,
    /// What became of it.
    pub status: Status,
    /// What went wrong, in words; empty where nothing did.
    pub message: String,
    /// What can be done about it.
    pub hint: String,
    /// The file's SHA-256 in hexadecimal; `None` where its bytes could not be read.
    pub sha256: Option<String>,
    /// The file's size.
    pub bytes: Option<u64>,
    /// What was read; `None` where the file could not be opened.
    pub extraction: Option<Extraction>,
    /// How long it took.
    pub timings: Timings,
}

impl Entry {
    /// A document of which nothing was read.
    pub fn unread(path: &Path, stem: String, status: Status, message: String, hint: String) -> Entry {
        Entry {
            stem,
            file: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            path: path.to_string_lossy().into_owned(),
            status,
            message,
            hint,
            sha256: None,
            bytes: None,
            extraction: None,
            timings: Timings::default(),
        }
    }
}
