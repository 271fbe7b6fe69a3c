//! What is to be read: each input with its name in the output, the hash of its bytes where that is needed before it
//! is read, and whether an earlier input has the same bytes.

use super::read::read_file;
use crate::emit::{Entry, Status, hex, stems};
use crate::pdf::MAX_FILE_BYTES;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// One input of a run.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) path: PathBuf,
    /// The name under which its output is filed.
    pub(super) stem: String,
    /// The SHA-256 of its bytes in hexadecimal, as far as it is known before it is read.
    pub(super) sha256: Option<String>,
    /// The earlier input with the same bytes.
    pub(super) first: Option<usize>,
    /// Its size, as far as it is known.
    pub(super) bytes: Option<u64>,
}

/// Looks at the inputs. Two files can only be the same if they have the same size, so few files need to be read for
/// that; but all are hashed where what was read before is to be recognised (`hash_all`). What comes of it when the run
/// is stopped is of no use. Works on the current rayon pool.
pub(super) fn plan(paths: &[PathBuf], hash_all: bool, is_stopped: impl Fn() -> bool + Sync) -> Vec<Job> {
    let sizes: Vec<Option<u64>> = paths.par_iter().map(|path| size(path)).collect();
    let mut same_size: HashMap<u64, usize> = HashMap::new();
    for size in sizes.iter().flatten() {
        *same_size.entry(*size).or_default() += 1;
    }
    let hashes: Vec<Option<String>> = paths
        .par_iter()
        .zip(&sizes)
        .map(|(path, size)| {
            let wanted = hash_all || size.is_some_and(|size| same_size.get(&size).is_some_and(|files| *files > 1));
            if wanted && size.is_some() && !is_stopped() { hash(path).ok() } else { None }
        })
        .collect();
    let mut firsts: HashMap<String, usize> = HashMap::new();
    let inputs = paths.iter().zip(stems(paths)).zip(hashes.into_iter().zip(sizes)).enumerate();
    inputs
        .map(|(index, ((path, stem), (sha256, bytes)))| {
            let first = sha256.as_ref().map(|hash| *firsts.entry(hash.clone()).or_insert(index));
            Job { path: path.clone(), stem, sha256, first: first.filter(|first| *first < index), bytes }
        })
        .collect()
}

/// The size of a file that can be read twice and will be read at all: no pipe, no device, not too large.
fn size(path: &Path) -> Option<u64> {
    let file = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    u64::try_from(MAX_FILE_BYTES).is_ok_and(|limit| file.len() <= limit).then_some(file.len())
}

fn hash(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hex(&hasher.finalize())),
            Ok(read) => hasher.update(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

impl Job {
    /// Reads the input.
    pub(super) fn read(&self, options: &crate::Options) -> Entry {
        read_file(&self.path, self.stem.clone(), options)
    }

    /// What is said of an input that has the bytes of an earlier one.
    pub(super) fn duplicate(&self, first: &Job) -> Entry {
        let message = format!("the same content as {}", first.path.display());
        let hint = format!("it was read once, as the document {}", first.stem);
        self.unread(Status::Duplicate, message, hint)
    }

    /// What is said of an input that had the bytes of an earlier one, which has others now.
    pub(super) fn left_behind(&self) -> Entry {
        let message = "an earlier input had the same content, and was changed before it was read";
        self.unread(Status::Unreadable, message.to_owned(), "read it with --resume".to_owned())
    }

    /// What is said of an input that was not read, or not to its end.
    pub(super) fn unread(&self, status: Status, message: String, hint: String) -> Entry {
        let bytes = size(&self.path);
        let hashed = || bytes.and_then(|_| hash(&self.path).ok());
        Entry {
            sha256: self.sha256.clone().or_else(hashed),
            bytes,
            ..Entry::unread(&self.path, self.stem.clone(), status, message, hint)
        }
    }
}
