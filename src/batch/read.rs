//! One file → one entry of the run report, whatever the file is.

use crate::emit::{Entry, Status};
use crate::extract::{Extraction, Options, extract};
use crate::pdf::{MAX_FILE_BYTES, OpenError};
use sha2::{Digest, Sha256};
use std::any::Any;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Reads a file; `stem` is the name under which its output is filed. Never fails and never panics:
/// what went wrong stands in the entry.
pub fn read_file(path: &Path, stem: String, options: &Options) -> Entry {
    let mut entry = Entry {
        stem,
        file: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        path: path.to_string_lossy().into_owned(),
        status: Status::InternalError,
        message: String::new(),
        hint: String::new(),
        sha256: None,
        bytes: None,
        extraction: None,
    };
    // A document that makes us panic must not take the others with it; the entry is whole at any time.
    let outcome = catch_unwind(AssertUnwindSafe(|| read(path, options, &mut entry)));
    let verdict = outcome.unwrap_or_else(|panic| Verdict {
        status: Status::InternalError,
        message: format!("internal error: {}", panic_text(panic.as_ref())),
        hint: "please report it, with the file".to_owned(),
    });
    if verdict.status == Status::InternalError {
        entry.extraction = None;
    }
    Entry { status: verdict.status, message: verdict.message, hint: verdict.hint, ..entry }
}

/// What became of a file.
struct Verdict {
    status: Status,
    message: String,
    hint: String,
}

impl Verdict {
    fn new(status: Status, message: impl Into<String>, hint: &str) -> Verdict {
        Verdict { status, message: message.into(), hint: hint.to_owned() }
    }
}

fn read(path: &Path, options: &Options, entry: &mut Entry) -> Verdict {
    let bytes = match load(path, entry) {
        Ok(bytes) => bytes,
        Err(verdict) => return verdict,
    };
    entry.sha256 = Some(crate::emit::hex(&Sha256::digest(&bytes)));
    match extract(&bytes, options) {
        Ok(extraction) => {
            let verdict = judge(&extraction);
            entry.extraction = Some(extraction);
            verdict
        }
        Err(error) => Verdict::new(status_of(&error), error.to_string(), error.hint()),
    }
}

/// Reads the bytes of a file, if it has not too many.
fn load(path: &Path, entry: &mut Entry) -> Result<Vec<u8>, Verdict> {
    let unreadable = |error: io::Error| {
        let hint = match error.kind() {
            io::ErrorKind::NotFound => "check the path",
            io::ErrorKind::PermissionDenied => "make the file readable for you",
            io::ErrorKind::IsADirectory => "give the folder itself as an input",
            _ => "copy the file to another disk and try again",
        };
        Verdict::new(Status::Unreadable, format!("the file cannot be read: {error}"), hint)
    };
    let size = fs::metadata(path).map_err(unreadable)?.len();
    entry.bytes = Some(size);
    if usize::try_from(size).is_ok_and(|size| size <= MAX_FILE_BYTES) {
        return fs::read(path).map_err(unreadable);
    }
    let error = OpenError::TooLarge { bytes: usize::try_from(size).unwrap_or(usize::MAX), limit: MAX_FILE_BYTES };
    Err(Verdict::new(Status::TooLarge, error.to_string(), error.hint()))
}

fn status_of(error: &OpenError) -> Status {
    match error {
        OpenError::NotPdf { .. } => Status::NotPdf,
        OpenError::NeedsPassword | OpenError::WrongPassword | OpenError::UnknownEncryption(_) => Status::Encrypted,
        OpenError::NoPages => Status::NoPages,
        OpenError::TooLarge { .. } => Status::TooLarge,
        _ => Status::Damaged,
    }
}

/// What became of a document that could be opened.
fn judge(extraction: &Extraction) -> Verdict {
    let damage = if extraction.repaired { "; the file is damaged, and pages may be missing" } else { "" };
    if extraction.standard_tables() > 0 {
        return match extraction.repaired {
            true => Verdict::new(
                Status::Repaired,
                format!("the file is damaged; {} were found, and others may be missing", pages(extraction.page_count)),
                "download the file again and compare",
            ),
            false => Verdict::new(Status::Ok, "", ""),
        };
    }
    let accounts = &extraction.document.accounts;
    let scanned = &extraction.scanned_pages;
    let hidden: usize = accounts.iter().filter(|a| scanned.contains(&a.page)).map(|account| account.hidden).sum();
    if !scanned.is_empty() && scanned.len() * 2 >= extraction.page_count {
        let layer = if hidden > 0 { ", with a hidden text layer that is not used" } else { " without a text layer" };
        return Verdict::new(
            Status::NoTextLayer,
            format!(
                "scanned: {} of {} {} of pictures{layer} (page {}){damage}",
                scanned.len(),
                pages(extraction.page_count),
                if scanned.len() == 1 { "consists" } else { "consist" },
                crate::emit::page_ranges(scanned)
            ),
            "find the publisher's original, or run text recognition (OCR) first",
        );
    }
    if accounts.iter().all(|account| account.visible == 0) {
        let text = format!("no text on its {}{damage}", pages(extraction.page_count));
        return Verdict::new(Status::NoTable, text, "look at it in a viewer; if there are tables, run `kemu inspect`");
    }
    let other = match extraction.document.tables.len() {
        0 => String::new(),
        1 => ", but 1 other table".to_owned(),
        count => format!(", but {count} other tables"),
    };
    Verdict::new(
        Status::NoTable,
        format!("no standard table was found on its {}{other}{damage}", pages(extraction.page_count)),
        "is it a department budget or final account? `kemu inspect` shows what was read",
    )
}

fn pages(count: usize) -> String {
    if count == 1 { "1 page".to_owned() } else { format!("{count} pages") }
}

/// What a panic says.
fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message")
}
