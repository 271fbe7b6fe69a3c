//! What one document adds to the output, made up ready to be written: it can be sent from one process to another.

use super::export::Format;
use super::folder::{BOM, Options};
use super::report::{Entry, Status};
use super::sheets::Fragment;
use super::{json, lines, wide};
use crate::check::Counts;
use crate::extract::Extraction;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};

/// All that is written for a document.
#[derive(Debug, Default)]
pub struct Parcel {
    /// What became of it.
    pub record: Record,
    /// Its rows of the run's CSV files.
    pub fragment: Fragment,
    /// Its JSON, where it could be opened and JSON is asked for.
    pub json: Option<Vec<u8>>,
    /// Its tables as printed, where asked for: names and contents of files.
    pub wide: Vec<(String, Vec<u8>)>,
}

/// What became of a document, in short: a line of the journal, and its part of `run.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The name under which its output is filed.
    pub stem: String,
    /// The path by which it was found.
    pub path: String,
    /// The SHA-256 of what was read, in hexadecimal.
    pub sha256: Option<String>,
    /// What became of it.
    pub status: Status,
    /// Tables found.
    pub tables: usize,
    /// Standard ones among them.
    pub standard_tables: usize,
    /// Amounts printed.
    pub amounts: usize,
    /// Of the amounts of standard tables that are not zero: proven by the document's own arithmetic.
    pub proven: usize,
    /// Contradicted by it.
    pub contradicted: usize,
    /// What does not add up or is not as it should be.
    pub findings: usize,
    /// The size of its JSON; `None` where there is none.
    pub json_bytes: Option<u64>,
    /// The size of its rows.
    pub row_bytes: u64,
}

impl Parcel {
    /// Makes up what is written for a document.
    pub fn new(entry: &Entry, options: &Options) -> Parcel {
        let mut fragment = Fragment::new(entry);
        let (laid_out, line) = (options.formats.has(Format::Json), options.formats.has(Format::Jsonl));
        let compact = if laid_out || line { json::compact(entry) } else { None };
        if let Some(compact) = compact.as_ref().filter(|_| line) {
            fragment.json = [compact, &b"\n"[..]].concat();
        }
        let json = compact.filter(|_| laid_out).map(|compact| lines::lay_out(&compact));
        let mut sheets = Vec::new();
        if options.wide {
            let tables = entry.extraction.as_ref().map_or(&[][..], |extraction| &extraction.document.tables);
            for (index, table) in (1..).zip(tables) {
                let mark = if options.bom { BOM } else { b"" };
                sheets.push((wide::file_name(index, table), [mark, &wide::sheet(table, options.raw_csv)].concat()));
            }
        }
        let extraction = entry.extraction.as_ref();
        let counts: Counts = extraction.map(|read| read.checks.count(&read.document)).unwrap_or_default();
        let record = Record {
            stem: entry.stem.clone(),
            path: entry.path.clone(),
            sha256: entry.sha256.clone(),
            status: entry.status,
            tables: extraction.map_or(0, |read| read.document.tables.len()),
            standard_tables: extraction.map_or(0, Extraction::standard_tables),
            amounts: extraction.map_or(0, Extraction::amounts),
            proven: counts.proven,
            contradicted: counts.contradicted,
            findings: extraction.map_or(0, |read| read.checks.findings.len()),
            json_bytes: json.as_ref().map(|json| json.len() as u64),
            row_bytes: fragment.bytes(),
        };
        Parcel { record, fragment, json, wide: sheets }
    }
}

impl Fragment {
    /// How many bytes [`Fragment::write_to`] writes.
    pub fn bytes(&self) -> u64 {
        let rows: usize = self.parts().iter().map(|part| part.len()).sum();
        (self.head().len() + rows) as u64
    }

    /// The fragment as one file: a line with the lengths of its parts, then the parts.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(self.head().as_bytes())?;
        self.parts().iter().try_for_each(|part| out.write_all(part))
    }

    /// Takes the place of what it held by what [`Fragment::write_to`] wrote, in the memory it has already.
    pub fn read_from(&mut self, input: &mut impl Read) -> io::Result<()> {
        let lengths: [usize; 5] = serde_json::from_slice(&line(input)?)?;
        let parts = [&mut self.amounts, &mut self.tables, &mut self.document, &mut self.findings, &mut self.json];
        parts.into_iter().zip(lengths).try_for_each(|(part, length)| bytes(input, length, part))
    }

    fn parts(&self) -> [&[u8]; 5] {
        [&self.amounts, &self.tables, &self.document, &self.findings, &self.json]
    }

    fn head(&self) -> String {
        let [amounts, tables, document, findings, json] = self.parts().map(<[u8]>::len);
        format!("[{amounts},{tables},{document},{findings},{json}]\n")
    }
}

/// Reads up to a line feed, byte by byte: nothing after it may be taken from the input.
fn line(input: &mut impl Read) -> io::Result<Vec<u8>> {
    const LONGEST: usize = 1000;
    let mut line = Vec::new();
    let mut byte = [0];
    while line.len() < LONGEST {
        input.read_exact(&mut byte)?;
        if byte == [b'\n'] {
            return Ok(line);
        }
        line.extend(byte);
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "no lengths at the beginning"))
}

/// Reads exactly so many bytes into a buffer, in place of what was there.
fn bytes(input: &mut impl Read, length: usize, buffer: &mut Vec<u8>) -> io::Result<()> {
    buffer.clear();
    let read = input.by_ref().take(length as u64).read_to_end(buffer)?;
    if read == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}
