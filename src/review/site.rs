//! The folder of the site and its files.
//!
//! A page that is opened from the disk may load scripts but no other data, so all data are scripts: a call with JSON.

use super::ReviewError;
use super::contents::Contents;
use super::run::Row;
use crate::batch::Summary;
use crate::emit::EmitError;
use crate::pdf::Picture;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The files that are the same in every site.
const APP: &[(&str, &str)] = &[
    ("style.css", include_str!("site/style.css")),
    ("words.js", include_str!("site/words.js")),
    ("elements.js", include_str!("site/elements.js")),
    ("index.js", include_str!("site/index.js")),
    ("document.js", include_str!("site/document.js")),
    ("pages.js", include_str!("site/pages.js")),
    ("inspector.js", include_str!("site/inspector.js")),
];

const INDEX: &str = include_str!("site/index.html");
const DOCUMENT: &str = include_str!("site/document.html");

/// Where a document's name goes in its page.
const NAME: &str = "{{name}}";

/// By this file a site is known as one.
const MARK: &str = "data/run.js";

/// Documents in one file of the index.
const CHUNK: usize = 1000;

/// The folder of a site.
pub(super) struct Site {
    root: PathBuf,
}

impl Site {
    /// Makes the folder, or clears the site that is there.
    pub(super) fn create(root: &Path) -> Result<Site, ReviewError> {
        let occupied = fs::read_dir(root).is_ok_and(|mut files| files.next().is_some());
        if occupied && !root.join(MARK).exists() {
            return Err(ReviewError::Occupied(root.to_path_buf()));
        }
        let site = Site { root: root.to_path_buf() };
        for folder in ["documents", "data", "app"] {
            let path = root.join(folder);
            match fs::remove_dir_all(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&path, error).into()),
                _ => {}
            }
        }
        // A site that is not finished is known as one too, so that it can be written anew.
        site.write(Path::new(MARK), b"")?;
        for (name, text) in APP {
            site.write(&Path::new("app").join(name), text.as_bytes())?;
        }
        Ok(site)
    }

    /// The page to begin with.
    pub(super) fn index_path(&self) -> PathBuf {
        self.root.join("index.html")
    }

    /// Writes the index.
    pub(super) fn index(&self, summary: &Summary, rows: &[Row]) -> Result<(), EmitError> {
        let chunks = rows.chunks(CHUNK);
        let run = Run { version: &summary.version, documents: rows.len(), chunks: chunks.len() };
        for (number, chunk) in chunks.enumerate() {
            let lines: Vec<Line> = chunk.iter().map(Line::new).collect();
            let script = call("documents", &(number, lines));
            self.write(&Path::new("data").join(format!("documents-{number}.js")), script.as_bytes())?;
        }
        self.write(Path::new("index.html"), INDEX.as_bytes())?;
        self.write(Path::new(MARK), call("run", &(run,)).as_bytes())?;
        Ok(())
    }

    /// Writes the page of a document; answers how many bytes.
    pub(super) fn document(&self, contents: &Contents) -> Result<u64, EmitError> {
        let folder = Path::new("documents").join(&contents.row.document);
        let page = DOCUMENT.replace(NAME, &escaped(&contents.row.document));
        let written = self.write(&folder.join("index.html"), page.as_bytes())?;
        Ok(written + self.write(&folder.join("data.js"), call("document", &(contents,)).as_bytes())?)
    }

    /// Writes the picture of a page; answers how many bytes. A script holds it compressed: it is a quarter of the SVG,
    /// and a browser does not undo compression of what it opens from the disk.
    pub(super) fn picture(&self, document: &str, page: usize, picture: &Picture) -> Result<u64, EmitError> {
        let script = call("picture", &(page, STANDARD.encode(picture.compressed())));
        let path = Path::new("documents").join(document).join("pictures").join(format!("{page}.js"));
        self.write(&path, script.as_bytes())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<u64, EmitError> {
        let path = self.root.join(path);
        let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
        folder.and_then(|()| fs::write(&path, bytes)).map_err(|error| at(&path, error))?;
        Ok(bytes.len() as u64)
    }
}

fn at(path: &Path, source: io::Error) -> EmitError {
    EmitError { path: path.to_path_buf(), source }
}

#[derive(Serialize)]
struct Run<'a> {
    version: &'a str,
    documents: usize,
    chunks: usize,
}

/// A document in the index: name, whom it is about, year, kind, level, status, message, pages, the amounts of each
/// verdict, findings, unexplained glyphs, and the document it is a duplicate of.
#[derive(Serialize)]
struct Line<'a>(
    &'a str,
    Option<&'a str>,
    Option<u16>,
    Option<&'a str>,
    Option<&'a str>,
    crate::emit::Status,
    &'a str,
    Option<usize>,
    [usize; 4],
    usize,
    usize,
    Option<&'a str>,
);

impl<'a> Line<'a> {
    fn new(row: &'a Row) -> Self {
        Line(
            &row.document,
            row.unit_name.as_deref().or(row.department.as_deref()),
            row.fiscal_year,
            row.report_kind.as_deref(),
            row.report_level.as_deref(),
            row.status,
            &row.message,
            row.pages,
            [row.proven, row.rounding, row.contradicted, row.unchecked],
            row.findings,
            row.unexplained,
            row.same_as.as_deref(),
        )
    }
}

/// A script that hands values to a function of the site. Nothing in a value can end the script or the page it may be
/// put into.
fn call(function: &str, values: &impl Serialize) -> String {
    let json = serde_json::to_string(values).unwrap_or_else(|_| "[]".to_owned());
    let json = json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    format!("kemu.{function}(...{json});\n")
}

/// Text for HTML, within an element or an attribute.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_script() {
        let script = call("document", &("</script><script>alert(1)</script>", "\u{2028}'\"\\"));
        assert!(!script.contains(['<', '\u{2028}']), "{script}");
        assert_eq!(
            script,
            "kemu.document(...[\"\\u003c/script>\\u003cscript>alert(1)\\u003c/script>\",\"\\u2028'\\\"\\\\\"]);\n"
        );
    }

    #[test]
    fn names_are_text() {
        assert_eq!(escaped("a<b>&\"c'"), "a&lt;b&gt;&amp;&quot;c&#39;");
    }
}
