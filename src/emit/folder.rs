//! The output folder: documents written whole or not at all, and the run's files, which get their names only when
//! they are complete.
//!
//! Besides what is for people, the folder has a `journal/`: what is done ([`Folder::write_journal`], whose lines
//! are the business of the batch), and `journal/rows/`, each document's part of the run's files. From these a run that
//! was killed goes on, and the files are put together. A file is written in `journal/tmp/`, made
//! safe on the disk, and renamed to its place.

use super::export::{Format, Formats, Sheets};
use super::parcel::{Parcel, Record};
use super::sheets::Fragment;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// By this Excel knows that a CSV file is UTF-8.
pub const BOM: &[u8] = b"\xEF\xBB\xBF";

/// What is written, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// The formats of the run's files.
    pub formats: Formats,
    /// Begins CSV files with a byte order mark, by which Excel knows UTF-8.
    pub bom: bool,
    /// Writes also a CSV file for each table as printed.
    pub wide: bool,
    /// Leaves text in CSV as it is printed, even where a spreadsheet would run it as a formula.
    pub raw_csv: bool,
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
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> EmitError + '_ {
        |source| EmitError { path: path.to_path_buf(), source }
    }

    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self.source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                "choose a folder you may write to with --out"
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                "free some space and go on with --resume, or choose another disk with --out"
            }
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => {
                "something else is in the way; choose another folder with --out"
            }
            io::ErrorKind::WouldBlock => "wait for it to end, or choose another folder with --out",
            _ => "check the folder given with --out; what is done is kept, and --resume goes on from it",
        }
    }
}

/// The output folder of a run. No other run can have it at the same time.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    journal: PathBuf,
    options: Options,
    /// Names of temporary files.
    written: AtomicUsize,
    /// Locked by the one that made or took the folder.
    lock: Option<File>,
}

/// How long a folder is waited for: a run that was just killed may have left a process that is about to end.
const PATIENCE: Duration = Duration::from_secs(3);

impl Folder {
    /// Makes the folder, where it is not there yet, and takes hold of it.
    pub fn create(root: &Path, options: Options) -> Result<Folder, EmitError> {
        let journal = root.join("journal");
        spare_others(root, &journal)?;
        let documents = options.formats.has(Format::Json).then(|| root.join("documents"));
        for folder in documents.into_iter().chain([journal.join("rows"), journal.join("tmp")]) {
            fs::create_dir_all(&folder).map_err(EmitError::at(&folder))?;
        }
        let path = journal.join("lock");
        let lock = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(EmitError::at(&path))?;
        take(&lock).map_err(EmitError::at(root))?;
        let folder = Folder { lock: Some(lock), ..Folder::join(root, options) };
        folder.clear_temporary()?;
        Ok(folder)
    }

    /// The folder that another process of the same run has made, and has hold of.
    pub fn join(root: &Path, options: Options) -> Folder {
        Folder {
            root: root.to_path_buf(),
            journal: root.join("journal"),
            options,
            written: AtomicUsize::default(),
            lock: None,
        }
    }

    /// The file by which the folder is taken. Whoever has it open has hold of the folder. It may be written to.
    pub fn lock(&self) -> io::Result<File> {
        self.lock.as_ref().ok_or(io::ErrorKind::NotFound)?.try_clone()
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What is written there, and how.
    pub(super) fn options(&self) -> &Options {
        &self.options
    }

    /// Writes what belongs to one document, in place of what it may have had before.
    pub fn store(&self, parcel: &Parcel) -> Result<(), EmitError> {
        let stem = &parcel.record.stem;
        let json = self.json_path(stem);
        match &parcel.json {
            Some(bytes) => self.write_whole(&json, |file| file.write_all(bytes))?,
            None => removed(&json)?,
        }
        if self.options.wide {
            let folder = self.root.join("wide").join(stem);
            removed(&folder)?;
            if !parcel.wide.is_empty() {
                fs::create_dir_all(&folder).map_err(EmitError::at(&folder))?;
            }
            for (name, bytes) in &parcel.wide {
                self.write_whole(&folder.join(name), |file| file.write_all(bytes))?;
            }
        }
        self.write_whole(&self.rows_path(stem), |file| parcel.fragment.write_to(file))
    }

    /// Is all there that was written for a document?
    pub fn holds(&self, record: &Record) -> bool {
        let has =
            |path: PathBuf, bytes: u64| fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() == bytes);
        let tables_are_there = !self.options.wide
            || record.tables == 0
            || fs::read_dir(self.root.join("wide").join(&record.stem)).is_ok_and(|dir| dir.count() == record.tables);
        has(self.rows_path(&record.stem), record.row_bytes)
            && record.json_bytes.is_none_or(|bytes| has(self.json_path(&record.stem), bytes))
            && tables_are_there
    }

    /// Removes what was written for a document.
    pub fn remove(&self, stem: &str) -> Result<(), EmitError> {
        removed(&self.json_path(stem))?;
        self.remove_wide(stem)?;
        removed(&self.rows_path(stem))
    }

    /// Removes its tables as printed.
    pub fn remove_wide(&self, stem: &str) -> Result<(), EmitError> {
        let wide = self.root.join("wide");
        removed(&wide.join(stem))?;
        // It goes with the last of them, and only then.
        let _ = fs::remove_dir(wide);
        Ok(())
    }

    /// Fills a fragment with the rows that were written for a document.
    pub fn rows(&self, stem: &str, fragment: &mut Fragment) -> Result<(), EmitError> {
        let path = self.rows_path(stem);
        let read = File::open(&path).and_then(|file| fragment.read_from(&mut BufReader::new(file)));
        read.map_err(|error| {
            let source = io::Error::new(error.kind(), format!("what was written cannot be read again: {error}"));
            EmitError { path, source }
        })
    }

    /// Removes the rows of all documents but these.
    pub fn keep_rows(&self, stems: &HashSet<&str>) -> Result<(), EmitError> {
        let folder = self.journal.join("rows");
        for file in fs::read_dir(&folder).map_err(EmitError::at(&folder))?.filter_map(Result::ok) {
            let known =
                file.file_name().to_str().and_then(|name| name.strip_suffix(".rows")).map(|s| stems.contains(s));
            if known != Some(true) {
                removed(&file.path())?;
            }
        }
        Ok(())
    }

    /// The journal's text, as far as there is any.
    pub fn read_journal(&self) -> Option<String> {
        fs::read(self.journal_path()).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Begins the journal anew, and opens it for what comes after.
    pub fn write_journal(&self, text: &str) -> Result<Log, EmitError> {
        let path = self.journal_path();
        self.write_whole(&path, |file| file.write_all(text.as_bytes()))?;
        let file = File::options().append(true).open(&path).map_err(EmitError::at(&path))?;
        Ok(Log { file, path })
    }

    /// Writes a file of the run. The names of all files written before it are safe on the disk when it gets its own.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), EmitError> {
        for folder in [self.root.join("documents"), self.journal.join("rows"), self.journal.clone(), self.root.clone()]
        {
            keep_names(&folder);
        }
        self.write_whole(&self.root.join(name), |file| file.write_all(bytes))?;
        keep_names(&self.root);
        Ok(())
    }

    /// Removes a file of the run, for good.
    pub fn withdraw(&self, name: &str) -> Result<(), EmitError> {
        let path = self.root.join(name);
        if path.symlink_metadata().is_ok() {
            removed(&path)?;
            keep_names(&self.root);
        }
        Ok(())
    }

    /// Opens the run's files of all documents.
    pub fn sheets(&self) -> Result<Sheets<'_>, EmitError> {
        Sheets::open(self)
    }

    /// Ends the run: nothing temporary is left.
    pub fn finish(self) -> Result<(), EmitError> {
        // It may hold what a process said as it died; a file that cannot be emptied does no harm.
        let _ = self.lock.as_ref().map(|lock| lock.set_len(0));
        removed(&self.journal.join("tmp"))
    }

    fn journal_path(&self) -> PathBuf {
        self.journal.join("journal.jsonl")
    }

    fn json_path(&self, stem: &str) -> PathBuf {
        self.root.join("documents").join(format!("{stem}.json"))
    }

    fn rows_path(&self, stem: &str) -> PathBuf {
        self.journal.join("rows").join(format!("{stem}.rows"))
    }

    /// Removes what a run that was killed had begun to write.
    fn clear_temporary(&self) -> Result<(), EmitError> {
        let folder = self.journal.join("tmp");
        removed(&folder)?;
        fs::create_dir_all(&folder).map_err(EmitError::at(&folder))
    }

    /// A name for a file that is being written, by no other process.
    pub(super) fn temporary(&self) -> PathBuf {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        self.journal.join("tmp").join(format!("{}-{number}", std::process::id()))
    }

    /// Writes a file elsewhere, makes it safe on the disk and renames it, so that nobody ever sees a part of it.
    fn write_whole(&self, path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), EmitError> {
        let temporary = self.temporary();
        let written = File::create(&temporary)
            .and_then(|mut file| fill(&mut file).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&temporary, path));
        written.map_err(|source| {
            // The message about the failure matters more than that of a failed clean-up.
            let _ = fs::remove_file(&temporary);
            EmitError { path: path.to_path_buf(), source }
        })
    }
}

/// Refuses a folder in which files that no run has written have the names of a run's files.
fn spare_others(root: &Path, journal: &Path) -> Result<(), EmitError> {
    if journal.exists() || root.join("run.json").exists() {
        return Ok(());
    }
    let mut names = Format::ALL.into_iter().flat_map(Format::files);
    match names.find_map(|name| Some(root.join(name)).filter(|path| path.exists())) {
        Some(path) => {
            let source = io::Error::new(io::ErrorKind::AlreadyExists, "it is there already, and not of a run of kemu");
            Err(EmitError { path, source })
        }
        None => Ok(()),
    }
}

/// Makes the names of the files in a folder safe on the disk, where the system can. This is done once a run, not for
/// each document: a name lost with the power is missed by [`Folder::holds`], and the document is read again.
fn keep_names(folder: &Path) {
    if cfg!(unix) {
        // A file system that cannot is no reason to write nothing.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// Locks a file, or waits until it can be.
fn take(lock: &File) -> io::Result<()> {
    let since = Instant::now();
    loop {
        match lock.try_lock() {
            // A file system without locks is no reason to write nothing.
            Ok(()) | Err(fs::TryLockError::Error(_)) => return Ok(()),
            Err(fs::TryLockError::WouldBlock) if since.elapsed() < PATIENCE => thread::sleep(PATIENCE / 100),
            Err(fs::TryLockError::WouldBlock) => {
                return Err(io::Error::new(io::ErrorKind::WouldBlock, "another run is writing there"));
            }
        }
    }
}

/// The journal, open for more lines.
#[derive(Debug)]
pub struct Log {
    file: File,
    path: PathBuf,
}

impl Log {
    /// Adds a line, at once. It is not waited for until it is safe on the disk: a line lost with the power costs
    /// reading one document again.
    pub fn append(&mut self, line: &str) -> Result<(), EmitError> {
        self.file.write_all(line.as_bytes()).map_err(EmitError::at(&self.path))
    }
}

/// Removes a file, or a folder with what is in it, if it is there.
fn removed(path: &Path) -> Result<(), EmitError> {
    let gone = match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(_) if path.is_dir() => fs::remove_dir_all(path),
        other => other,
    };
    gone.map_err(EmitError::at(path))
}
