//! Why a file cannot be opened, and what to do about it.
//!
//! Only what makes the whole file unreadable is an [`OpenError`]; whatever can be read round is told
//! as a [`DocumentWarning`] or a [`super::PageWarning`].

use super::kind::FileKind;
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
