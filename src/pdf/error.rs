//! Why a file cannot be opened, and what to do about it.
//!
//! Only what makes the whole file unreadable is an [`OpenError`]; whatever can be read round is told
//! as a [`DocumentWarning`] or a [`super::PageWarning`].

use serde::Serialize;

/// A file that cannot be opened as a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The bytes are something else.
    #[error("not a PDF file but {looks_like}")]
    NotPdf {
        /// What the bytes look like.
        looks_like: FileKind,
    },
    /// The file is encrypted and the empty password does not open it.
    #[error("the file is encrypted and needs a password")]
    NeedsPassword,
    /// The file is encrypted and the password given does not open it.
    #[error("the password does not open the file")]
    WrongPassword,
    /// The file is encrypted in a way that cannot be undone here.
    #[error("the encryption cannot be undone: {0}")]
    UnknownEncryption(String),
    /// Neither the file's own index nor a search for its objects leads to a page tree.
    #[error("the file is damaged beyond repair: {0}")]
    Damaged(String),
    /// The page tree is there but holds no page.
    #[error("the document has no pages")]
    NoPages,
    /// The file is larger than any report.
    #[error("the file has {bytes} bytes, more than the {limit} that are read")]
    TooLarge {
        /// Size of the file.
        bytes: usize,
        /// Largest size that is read.
        limit: usize,
    },
}

impl OpenError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            OpenError::NotPdf { looks_like } => looks_like.hint(),
            OpenError::NeedsPassword => "give the password with --password",
            OpenError::WrongPassword => "check the password; it is case-sensitive",
            OpenError::UnknownEncryption(_) => "open the file in a PDF viewer and print it to a new PDF",
            OpenError::Damaged(_) => {
                "download the file again; if it stays damaged, print it to a new PDF from a viewer"
            }
            OpenError::NoPages => "download the file again; the publisher may have replaced it",
            OpenError::TooLarge { .. } => "split the file, or remove its pictures",
        }
    }
}

/// What a file looks like from its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FileKind {
    /// A PDF document.
    Pdf,
    /// A web page, often the publisher's error page.
    Html,
    /// An old Office document (OLE container: .doc, .xls, .wps, .et).
    OldOffice,
    /// A zip container (.docx, .xlsx, .ofd, .zip).
    Zip,
    /// A RAR or 7z archive.
    Archive,
    /// A picture.
    Image,
    /// Plain text of some sort.
    Text,
    /// No bytes at all.
    Empty,
    /// None of these.
    Unknown,
}

impl FileKind {
    /// Tells the kind of a file from its bytes.
    pub fn of(bytes: &[u8]) -> FileKind {
        let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
        if head.windows(5).any(|window| window == b"%PDF-") {
            return FileKind::Pdf;
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return FileKind::Empty;
        }
        const MAGIC: &[(&[u8], FileKind)] = &[
            (b"\xD0\xCF\x11\xE0", FileKind::OldOffice),
            (b"PK\x03\x04", FileKind::Zip),
            (b"PK\x05\x06", FileKind::Zip),
            (b"Rar!", FileKind::Archive),
            (b"7z\xBC\xAF", FileKind::Archive),
            (b"\x1F\x8B", FileKind::Archive),
            (b"\x89PNG", FileKind::Image),
            (b"\xFF\xD8\xFF", FileKind::Image),
            (b"GIF8", FileKind::Image),
            (b"BM", FileKind::Image),
            (b"II*\0", FileKind::Image),
            (b"MM\0*", FileKind::Image),
        ];
        if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
            return *kind;
        }
        let text = String::from_utf8_lossy(head).to_ascii_lowercase();
        if text.contains("<!doctype html")
            || text.contains("<html")
            || text.contains("<head")
            || text.contains("<script")
        {
            return FileKind::Html;
        }
        // A character cut at the end of the head is no sign of binary data.
        let binary = head.iter().filter(|byte| **byte < 32 && !byte.is_ascii_whitespace()).count();
        if binary == 0 { FileKind::Text } else { FileKind::Unknown }
    }

    fn hint(self) -> &'static str {
        match self {
            FileKind::Html => "the publisher sent a web page instead of the file; open its address in a browser",
            FileKind::OldOffice | FileKind::Zip => "save the document as PDF first",
            FileKind::Archive => "unpack the archive first",
            FileKind::Image => "the page is a picture; it needs text recognition first",
            FileKind::Empty => "the download broke off; fetch the file again",
            FileKind::Pdf | FileKind::Text | FileKind::Unknown => "check what the file is",
        }
    }
}

impl std::fmt::Display for FileKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            FileKind::Pdf => "a PDF document",
            FileKind::Html => "a web page",
            FileKind::OldOffice => "an office document (.doc, .xls or .wps)",
            FileKind::Zip => "a zip container (.docx, .xlsx, .ofd or .zip)",
            FileKind::Archive => "a packed archive",
            FileKind::Image => "a picture",
            FileKind::Text => "plain text",
            FileKind::Empty => "an empty file",
            FileKind::Unknown => "unknown data",
        })
    }
}

/// What was wrong with a file that was opened all the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DocumentWarning {
    /// The index of objects was unusable; the objects were found by searching. Pages that stood in
    /// a missing part of the file are missing.
    #[error("the file is damaged; its objects were found by searching, and pages may be missing")]
    Rebuilt,
    /// The index of objects stood at another place than the file says.
    #[error("the file's index was not where the file says, but was found")]
    IndexMoved,
    /// The page tree counts another number of pages than it holds.
    #[error("the page tree announces {announced} pages and holds {found}")]
    PageCount {
        /// What the root of the page tree says.
        announced: i64,
        /// How many pages were found.
        found: usize,
    },
    /// The page tree was unusable; every object that is a page was taken, by number.
    #[error("the page tree is unusable; the pages were found by searching")]
    PageTree,
    /// The page tree has more nodes, or more within each other, than are followed.
    #[error("the page tree is deeper or larger than is read; pages may be missing")]
    PageTreeTooLarge,
    /// The page tree holds more pages than are read.
    #[error("the document has more than {0} pages; the rest is skipped")]
    TooManyPages(usize),
}
