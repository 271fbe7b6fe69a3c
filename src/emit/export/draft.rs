//! A file under a temporary name, until it is whole.

use super::super::folder::{EmitError, Folder};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// So much of a file is written before it is made safe on the disk.
const STRIDE: usize = 8 << 20;

/// A file that is being made.
#[derive(Debug)]
pub struct Draft {
    path: PathBuf,
    temporary: PathBuf,
    placed: bool,
}

impl Draft {
    /// A file of the output folder.
    pub(super) fn new(folder: &Folder, name: &str) -> Draft {
        Draft { path: folder.root().join(name), temporary: folder.temporary(), placed: false }
    }

    /// A file elsewhere, made beside its place.
    pub fn beside(path: PathBuf) -> Draft {
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(".unfinished");
        Draft { temporary: path.with_file_name(name), path, placed: false }
    }

    /// Where it is for now.
    pub(super) fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// Begins it.
    pub fn create(&self) -> Result<BufWriter<DraftFile>, EmitError> {
        let file = self.named(File::create(&self.temporary))?;
        Ok(BufWriter::new(DraftFile { file, unsafe_bytes: 0 }))
    }

    /// A failure with the file's name.
    pub fn named<T>(&self, result: Result<T, impl Into<io::Error>>) -> Result<T, EmitError> {
        result.map_err(|error| EmitError { path: self.path.clone(), source: error.into() })
    }

    /// Makes it safe on the disk. All that was written must have been handed to the system.
    pub fn make_safe(&self) -> Result<(), EmitError> {
        self.named(File::options().append(true).open(&self.temporary).and_then(|file| file.sync_all()))
    }

    /// Makes it safe on the disk and gives it its name.
    pub fn place(mut self) -> Result<(), EmitError> {
        self.make_safe()?;
        let placed = fs::rename(&self.temporary, &self.path);
        self.placed = placed.is_ok();
        self.named(placed)
    }
}

impl Drop for Draft {
    /// A run that stops leaves no half a file behind.
    fn drop(&mut self) {
        if !self.placed {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// What is written of a draft. It is made safe on the disk as it grows, while documents are still read: left to the end,
/// nobody would have anything to do but wait for it.
#[derive(Debug)]
pub struct DraftFile {
    file: File,
    unsafe_bytes: usize,
}

impl Write for DraftFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.unsafe_bytes += written;
        if self.unsafe_bytes >= STRIDE {
            self.file.sync_data()?;
            self.unsafe_bytes = 0;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
