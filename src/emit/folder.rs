//! The output folder: documents written whole or not at all, and the run's CSV files, which get their
//! names only when they are complete.

use super::findings::FINDING_COLUMNS;
use super::report::Entry;
use super::sheets::{AMOUNT_COLUMNS, DOCUMENT_COLUMNS, Fragment, TABLE_COLUMNS};
use super::{json, wide};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// What is written, and how.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Begins CSV files with a byte order mark, by which Excel knows UTF-8.
    pub bom: bool,
    /// Writes also a CSV file for each table as printed.
    pub wide: bool,
}

/// Output that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{}: cannot be written: {source}", path.display())]
pub struct EmitError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

impl EmitError {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> EmitError + '_ {
        |source| EmitError { path: path.to_path_buf(), source }
    }

    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self.source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                "choose a folder you may write to with --out"
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "free some space, or choose another disk with --out"
            }
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                "a file is in the way; choose another folder with --out"
            }
            _ => "check the folder given with --out",
        }
    }
}

/// The output folder of a run.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    options: Options,
}

impl Folder {
    /// Makes the folder, where it is not there yet.
    pub fn create(root: &Path, options: Options) -> Result<Folder, EmitError> {
        let documents = root.join("documents");
        fs::create_dir_all(&documents).map_err(EmitError::at(&documents))?;
        Ok(Folder { root: root.to_path_buf(), options })
    }

    /// Writes what belongs to one document alone: its JSON and, if asked for, its wide tables.
    pub fn write_document(&self, entry: &Entry) -> Result<(), EmitError> {
        let Some(extraction) = &entry.extraction else { return Ok(()) };
        if let Some(json) = json::document_json(entry) {
            write_whole(&self.root.join("documents").join(format!("{}.json", entry.stem)), &[&json])?;
        }
        if self.options.wide && !extraction.document.tables.is_empty() {
            let folder = self.root.join("wide").join(&entry.stem);
            fs::create_dir_all(&folder).map_err(EmitError::at(&folder))?;
            for (index, table) in (1..).zip(&extraction.document.tables) {
                let mark = if self.options.bom { BOM } else { b"" };
                write_whole(&folder.join(wide::file_name(index, table)), &[mark, &wide::sheet(table)])?;
            }
        }
        Ok(())
    }

    /// Opens the run's CSV files.
    pub fn sheets(&self) -> Result<Sheets, EmitError> {
        let open = |name: &str, columns: &[&str]| Sheet::open(self.root.join(name), columns, self.options.bom);
        Ok(Sheets {
            amounts: open("amounts.csv", AMOUNT_COLUMNS)?,
            tables: open("tables.csv", TABLE_COLUMNS)?,
            documents: open("documents.csv", DOCUMENT_COLUMNS)?,
            findings: open("findings.csv", FINDING_COLUMNS)?,
        })
    }
}

/// The run's CSV files. They stand under temporary names until [`Sheets::finish`].
pub struct Sheets {
    amounts: Sheet,
    tables: Sheet,
    documents: Sheet,
    findings: Sheet,
}

impl Sheets {
    /// Adds a document's rows.
    pub fn append(&mut self, fragment: &Fragment) -> Result<(), EmitError> {
        self.amounts.append(&fragment.amounts)?;
        self.tables.append(&fragment.tables)?;
        self.findings.append(&fragment.findings)?;
        self.documents.append(&fragment.document)
    }

    /// Gives the files their names.
    pub fn finish(self) -> Result<(), EmitError> {
        self.amounts.finish()?;
        self.tables.finish()?;
        self.findings.finish()?;
        self.documents.finish()
    }
}

struct Sheet {
    path: PathBuf,
    temporary: PathBuf,
    file: BufWriter<File>,
    finished: bool,
}

impl Drop for Sheet {
    /// A run that stops leaves no half a file behind.
    fn drop(&mut self) {
        if !self.finished {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

impl Sheet {
    fn open(path: PathBuf, columns: &[&str], bom: bool) -> Result<Sheet, EmitError> {
        let temporary = temporary(&path);
        let file = File::create(&temporary).map_err(EmitError::at(&path))?;
        let mut sheet = Sheet { path, temporary, file: BufWriter::new(file), finished: false };
        if bom {
            sheet.append(BOM)?;
        }
        sheet.append(format!("{}\n", columns.join(",")).as_bytes())?;
        Ok(sheet)
    }

    fn append(&mut self, rows: &[u8]) -> Result<(), EmitError> {
        self.file.write_all(rows).map_err(EmitError::at(&self.path))
    }

    fn finish(mut self) -> Result<(), EmitError> {
        let named = self.file.flush().and_then(|()| fs::rename(&self.temporary, &self.path));
        self.finished = named.is_ok();
        named.map_err(EmitError::at(&self.path))
    }
}

/// Writes a file under a temporary name and renames it, so that nobody ever sees a part of it.
fn write_whole(path: &Path, parts: &[&[u8]]) -> Result<(), EmitError> {
    let temporary = temporary(path);
    let written = File::create(&temporary)
        .and_then(|mut file| parts.iter().try_for_each(|part| file.write_all(part)))
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|source| {
        // The message about the failure matters more than that of a failed clean-up.
        let _ = fs::remove_file(&temporary);
        EmitError { path: path.to_path_buf(), source }
    })
}

/// The name a file has while it is written.
fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.part"))
}
