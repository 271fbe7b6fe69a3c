//! What the user names → the documents of a run: files, folders, patterns and lists of these.

use std::collections::HashSet;
use std::fmt::Display;
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// The documents of a run.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Paths in the order in which they were named; what lies in a folder is sorted. Each path once.
    pub paths: Vec<PathBuf>,
    /// What was named and yields nothing, as messages.
    pub notes: Vec<String>,
}

/// Inputs that cannot be made out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// No document at all.
    #[error("no input found{}", if .0.is_empty() { String::new() } else { format!(": {}", .0.join("; ")) })]
    Nothing(Vec<String>),
    /// A list of paths cannot be read.
    #[error("{}: the list cannot be read: {source}", path.display())]
    List {
        /// The list.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A list of paths is not in UTF-8.
    #[error("{}: line {line} is not UTF-8", path.display())]
    ListEncoding {
        /// The list.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// A pattern makes no sense.
    #[error("{text}: {source}")]
    Pattern {
        /// As given.
        text: String,
        /// What is wrong with it.
        source: glob::PatternError,
    },
}

impl InputError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            InputError::Nothing(_) => "give PDF files, folders, patterns such as 'reports/*.pdf', or @list.txt",
            InputError::List { .. } => "check the path of the list",
            InputError::ListEncoding { .. } => "save the list as UTF-8, one path a line",
            InputError::Pattern { .. } => "in a pattern, * stands for any text, ? for one character, [ab] for a or b",
        }
    }
}

/// Finds the documents that the user names: files (whatever their ending), folders (all `*.pdf` in
/// them and below), patterns, and `@list` for a file with one path a line; `lists` are more of these.
/// `-` is standard input. A file that is not there is taken too, for the run report, as long as there
/// is any other.
pub fn find_inputs(named: &[PathBuf], lists: &[PathBuf]) -> Result<Inputs, InputError> {
    let mut found = Found::default();
    for input in named {
        match input.to_str().and_then(|text| text.strip_prefix('@')).filter(|_| !input.exists()) {
            Some(list) => found.list(Path::new(list))?,
            None => found.named(input)?,
        }
    }
    for list in lists {
        found.list(list)?;
    }
    if found.existing == 0 {
        return Err(InputError::Nothing(found.notes));
    }
    Ok(Inputs { paths: found.paths, notes: found.notes })
}

#[derive(Default)]
struct Found {
    paths: Vec<PathBuf>,
    seen: HashSet<PathBuf>,
    existing: usize,
    notes: Vec<String>,
}

impl Found {
    /// Takes what is named on the command line.
    fn named(&mut self, input: &Path) -> Result<(), InputError> {
        let pattern = input.to_str().filter(|text| text.contains(['*', '?', '[']) && !input.exists());
        let Some(text) = pattern else {
            self.path(input);
            return Ok(());
        };
        let options =
            glob::MatchOptions { case_sensitive: true, require_literal_separator: true, ..Default::default() };
        let matches = glob::glob_with(text, options);
        let matches = matches.map_err(|source| InputError::Pattern { text: text.to_owned(), source })?;
        let mut any = false;
        for found in matches {
            match found {
                Ok(path) => self.path(&path),
                Err(error) => {
                    let folder = self.unreadable(error.path(), error.error());
                    self.file(folder);
                }
            }
            any = true;
        }
        if !any {
            self.notes.push(format!("{text}: nothing fits the pattern"));
        }
        Ok(())
    }

    /// Takes a file or a folder.
    fn path(&mut self, path: &Path) {
        if path.is_dir() {
            let mut files = Vec::new();
            self.folder(path, &mut files);
            if files.is_empty() {
                self.notes.push(format!("{}: no PDF file in the folder", path.display()));
            }
            files.sort();
            files.into_iter().for_each(|file| self.file(file));
        } else {
            if is_missing(path) {
                self.notes.push(format!("{}: no such file", path.display()));
            }
            self.file(path.to_path_buf());
        }
    }

    fn file(&mut self, path: PathBuf) {
        // Without the `.` parts, by which one path has several spellings.
        let path: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
        if self.seen.insert(path.clone()) {
            self.existing += usize::from(!is_missing(&path));
            self.paths.push(path);
        }
    }

    /// Collects the PDF files in and below a folder. Hidden files are left out (among them the shadows
    /// that macOS leaves beside real ones); links to folders are not followed, as they may go round.
    fn folder(&mut self, folder: &Path, files: &mut Vec<PathBuf>) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return files.push(self.unreadable(folder, &error)),
        };
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => return files.push(self.unreadable(folder, &error)),
            };
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                self.folder(&path, files);
            } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("pdf")) && !path.is_dir() {
                files.push(path);
            }
        }
    }

    /// Takes a folder for a document that cannot be read: so it is told of like one, and the run counts as failed.
    fn unreadable(&mut self, folder: &Path, error: &dyn Display) -> PathBuf {
        self.notes.push(format!("{}: the folder cannot be read: {error}", folder.display()));
        folder.to_path_buf()
    }

    /// Takes the paths in a list, one a line; blank lines are skipped.
    fn list(&mut self, list: &Path) -> Result<(), InputError> {
        let read = || {
            if list.as_os_str() != "-" {
                return fs::read(list);
            }
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
        };
        let bytes = read().map_err(|source| InputError::List { path: list.to_path_buf(), source })?;
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        for (line, bytes) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
            let text = std::str::from_utf8(bytes)
                .map_err(|_| InputError::ListEncoding { path: list.to_path_buf(), line })?
                .trim_end_matches('\r');
            if !text.trim().is_empty() {
                self.path(Path::new(text));
            }
        }
        Ok(())
    }
}

/// Is nothing there? What is there and cannot be looked at is not missing.
fn is_missing(path: &Path) -> bool {
    fs::metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}
