//! What a file is that is no PDF: publishers put many things behind a name that ends in `.pdf`.

use serde::Serialize;

/// The header of a PDF, and any tag of a web page, stand within so many bytes.
const HEAD: usize = 1024;

/// So far into an office document the names of its parts are looked for.
const PARTS: usize = 4 << 20;

/// What a file looks like from its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FileKind {
    /// A PDF document.
    Pdf,
    /// A web page, often the publisher's error page.
    Html,
    /// A text document (.doc, .docx, .wps, .rtf).
    Word,
    /// A spreadsheet (.xls, .xlsx, .et).
    Excel,
    /// A page document of the Chinese standard GB/T 33190 (版式文档, .ofd).
    Ofd,
    /// Another office document.
    Office,
    /// Another zip container.
    Zip,
    /// A packed archive (RAR, 7z, gzip).
    Archive,
    /// A picture.
    Image,
    /// Plain text of some sort.
    Text,
    /// No bytes at all, or nothing but zeros and blanks.
    Empty,
    /// None of these.
    Unknown,
}

/// What files of a kind begin with.
const MAGIC: &[(&[u8], FileKind)] = &[
    (b"\xD0\xCF\x11\xE0", FileKind::Office),
    (b"PK\x03\x04", FileKind::Zip),
    (b"PK\x05\x06", FileKind::Zip),
    (b"{\\rtf", FileKind::Word),
    (b"MIME-Version:", FileKind::Html),
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

/// A part that tells what the office document around it is. In old containers names are in UTF-16.
const PART_NAMES: &[(FileKind, &[u8], FileKind)] = &[
    (FileKind::Zip, b"word/", FileKind::Word),
    (FileKind::Zip, b"xl/", FileKind::Excel),
    (FileKind::Zip, b"OFD.xml", FileKind::Ofd),
    (FileKind::Zip, b"ppt/", FileKind::Office),
    (FileKind::Office, b"W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0", FileKind::Word),
    (FileKind::Office, b"W\0o\0r\0k\0b\0o\0o\0k\0", FileKind::Excel),
    (FileKind::Office, b"B\0o\0o\0k\0\0\0", FileKind::Excel),
];

impl FileKind {
    /// Tells the kind of a file from its bytes.
    pub fn of(bytes: &[u8]) -> FileKind {
        let head = beginning(bytes, HEAD);
        if contains(head, b"%PDF-") {
            return FileKind::Pdf;
        }
        if bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
            return FileKind::Empty;
        }
        if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
            let parts = beginning(bytes, PARTS);
            let told = PART_NAMES.iter().find(|(outer, name, _)| outer == kind && contains(parts, name));
            return told.map_or(*kind, |(_, _, inner)| *inner);
        }
        let text = String::from_utf8_lossy(head).to_ascii_lowercase();
        if ["<!doctype html", "<html", "<head", "<body", "<script", "<div"].iter().any(|tag| text.contains(tag)) {
            return FileKind::Html;
        }
        // A character cut at the end of the head is no sign of binary data.
        let binary = head.iter().filter(|byte| **byte < 32 && !byte.is_ascii_whitespace()).count();
        if binary == 0 { FileKind::Text } else { FileKind::Unknown }
    }

    /// What the user can do about it.
    pub(super) fn hint(self) -> &'static str {
        match self {
            FileKind::Html => "the publisher sent a web page instead of the file; open its address in a browser",
            FileKind::Word | FileKind::Excel | FileKind::Ofd | FileKind::Office => "save the document as PDF first",
            FileKind::Zip | FileKind::Archive => "unpack the archive first",
            FileKind::Image => "the page is a picture; it needs text recognition (OCR) first",
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
            FileKind::Word => "a Word document (.doc, .docx or .wps)",
            FileKind::Excel => "an Excel workbook (.xls, .xlsx or .et)",
            FileKind::Ofd => "an OFD document (.ofd)",
            FileKind::Office => "an office document",
            FileKind::Zip => "a zip archive",
            FileKind::Archive => "a packed archive",
            FileKind::Image => "a picture",
            FileKind::Text => "plain text",
            FileKind::Empty => "an empty file",
            FileKind::Unknown => "unknown data",
        })
    }
}

fn beginning(bytes: &[u8], length: usize) -> &[u8] {
    bytes.get(..bytes.len().min(length)).unwrap_or_default()
}

fn contains(bytes: &[u8], name: &[u8]) -> bool {
    bytes.windows(name.len()).any(|window| window == name)
}
