//! One file → one entry of the run report, whatever the file is.

use super::summary::counted;
use crate::emit::{self, Entry, Parcel, Status};
use crate::extract::{Extraction, Options, extract, name_pages};
use crate::pdf::{MAX_FILE_BYTES, OpenError};
use crate::timings::Station;
use sha2::{Digest, Sha256};
use std::any::Any;
use std::fs::File;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;

/// Reads a file; `stem` is the name under which its output is filed. Never fails and never panics:
/// what went wrong stands in the entry.
pub fn read_file(path: &Path, stem: String, options: &Options) -> Entry {
    let mut entry = Entry::unread(path, stem, Status::InternalError, String::new(), String::new());
    let verdict = shielded(|| read(path, options, &mut entry));
    Entry { status: verdict.status, message: verdict.message, hint: verdict.hint, ..entry }
}

/// What an entry comes to in the output. Never panics either.
pub(super) fn parcel(entry: &Entry, options: &emit::Options) -> Parcel {
    let made = catch_unwind(AssertUnwindSafe(|| Parcel::new(entry, options)));
    made.unwrap_or_else(|panic| {
        let Verdict { status, message, hint } = Verdict::of_panic(panic.as_ref());
        let file = Path::new(&entry.path);
        let unread = Entry::unread(file, entry.stem.clone(), status, message, hint);
        Parcel::new(&Entry { sha256: entry.sha256.clone(), bytes: entry.bytes, ..unread }, options)
    })
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

    fn of_panic(panic: &(dyn Any + Send)) -> Verdict {
        let message = format!("internal error: {}", panic_text(panic));
        Verdict::new(Status::InternalError, message, "please report it, with the file")
    }
}

/// Does the work; a panic becomes a verdict like any other, so that it costs this document alone.
fn shielded(work: impl FnOnce() -> Verdict) -> Verdict {
    // What the work may leave half done is the entry, and that is whole at any time.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Verdict::of_panic(panic.as_ref()))
}

fn read(path: &Path, options: &Options, entry: &mut Entry) -> Verdict {
    let start = Instant::now();
    let bytes = match load(path, entry) {
        Ok(bytes) => bytes,
        Err(verdict) => return verdict,
    };
    entry.sha256 = Some(emit::hex(&Sha256::digest(&bytes)));
    entry.timings.add(Station::Load, start.elapsed());
    match extract(&bytes, options) {
        Ok(extraction) => {
            let verdict = judge(&extraction);
            entry.timings += extraction.timings;
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
    let too_large = |size: u64| {
        let error = OpenError::TooLarge { bytes: usize::try_from(size).unwrap_or(usize::MAX), limit: MAX_FILE_BYTES };
        Verdict::new(Status::TooLarge, error.to_string(), error.hint())
    };
    let limit = u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX);
    let file = File::open(path).map_err(unreadable)?;
    let announced = file.metadata().map_err(unreadable)?.len();
    entry.bytes = Some(announced);
    if announced > limit {
        return Err(too_large(announced));
    }
    // A pipe or device announces nothing, and may never end.
    let mut bytes = Vec::with_capacity(usize::try_from(announced).unwrap_or_default());
    let size = file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    let size = u64::try_from(size).unwrap_or(u64::MAX);
    entry.bytes = Some(size);
    if size > limit { Err(too_large(size)) } else { Ok(bytes) }
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
    let damage = extraction.damage.join("; ");
    if extraction.standard_tables() > 0 {
        return tables_found(extraction, damage);
    }
    let (status, message, hint) = nothing_found(extraction);
    if damage.is_empty() {
        return Verdict::new(status, message, hint);
    }
    let hint = "download the file again; if it stays damaged, print it to a new PDF from a viewer";
    Verdict::new(Status::Damaged, format!("{damage}; {message}"), hint)
}

/// How far a document with standard tables can be relied on.
fn tables_found(extraction: &Extraction, damage: String) -> Verdict {
    if !damage.is_empty() {
        return Verdict::new(Status::Incomplete, damage, "download the file again and compare");
    }
    if !extraction.scanned_pages.is_empty() {
        let pages = name_pages(&extraction.scanned_pages);
        let message = format!("scanned pictures without a text layer, not read: {pages} of {}", extraction.page_count);
        return Verdict::new(Status::Incomplete, message, "look whether these pages hold tables");
    }
    let mut unread: Vec<usize> = extraction.document.unread.iter().map(|unread| unread.page).collect();
    unread.dedup();
    if !unread.is_empty() {
        let message =
            format!("amounts under the heading of a standard table, not read as one: {}", name_pages(&unread));
        return Verdict::new(
            Status::Incomplete,
            message,
            "take them from the page; `kemu inspect` shows what was read",
        );
    }
    let findings = &extraction.checks.findings;
    if findings.is_empty() {
        return Verdict::new(Status::Ok, "", "");
    }
    let hint = "findings.csv has each with its place on the page; `kemu check` tells them";
    let figures = findings.iter().filter(|finding| finding.kind.is_about_figures()).count();
    let message = match (figures, findings.len() - figures) {
        (0, others) => format!("names or codes are not as they should be: {}", counted(others, "finding")),
        (figures, 0) => format!("figures do not add up: {}", counted(figures, "finding")),
        (figures, others) => {
            format!("figures do not add up: {}; names or codes: {others}", counted(figures, "finding"))
        }
    };
    Verdict::new(Status::Findings, message, hint)
}

/// Why no standard table may have been found.
fn nothing_found(extraction: &Extraction) -> (Status, String, &'static str) {
    let accounts = &extraction.document.accounts;
    let scanned = &extraction.scanned_pages;
    let all = counted(extraction.page_count, "page");
    if !scanned.is_empty() && scanned.len() * 2 >= extraction.page_count {
        let hidden = accounts.iter().any(|account| account.hidden > 0 && scanned.contains(&account.page));
        let layer = if hidden { "with a hidden text layer that is not used" } else { "without a text layer" };
        let message = format!("scanned pictures {layer}: {} of {}", name_pages(scanned), extraction.page_count);
        return (Status::NoTextLayer, message, "find the publisher's original, or run text recognition (OCR) first");
    }
    if accounts.iter().all(|account| account.visible == 0) {
        return (Status::NoTable, format!("no text on its {all}"), "look at it in a viewer; it may be blank");
    }
    let message = match extraction.document.tables.len() {
        0 => format!("no standard table was found on its {all}"),
        count => format!("no standard table was found on its {all}, but {count} of other kinds"),
    };
    (Status::NoTable, message, "is it a department budget or final account? `kemu inspect` shows what was read")
}

/// What a panic says.
fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_verdict() {
        let verdict = shielded(|| panic!("page {} makes no sense", 3));
        assert_eq!(verdict.status, Status::InternalError);
        assert_eq!(verdict.message, "internal error: page 3 makes no sense");
    }

    #[test]
    fn a_missing_file_is_an_entry() {
        let entry = read_file(Path::new("no/such.pdf"), "such".to_owned(), &Options::default());
        assert_eq!((entry.status, entry.file.as_str()), (Status::Unreadable, "such.pdf"));
        assert!(entry.message.starts_with("the file cannot be read: ") && entry.sha256.is_none());
    }

    #[test]
    fn a_file_without_bytes_is_an_entry() {
        let folder = std::env::temp_dir().join(format!("kemu-read-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("empty.pdf");
        std::fs::write(&path, b"").unwrap();
        let entry = read_file(&path, "empty".to_owned(), &Options::default());
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!((entry.status, entry.bytes), (Status::NotPdf, Some(0)));
        assert_eq!(entry.message, "not a PDF file but an empty file");
    }
}
