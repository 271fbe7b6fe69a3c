//! `documents.jsonl`: a line for each document that could be opened, with all that `documents/<name>.json` has.
//!
//! The tables in long form are better had as CSV or Parquet; what those do not have is the document as a whole: its
//! grids, notes, checks and ledger. One file of them is what Spark, DuckDB and `jq` take, and spares file systems that
//! suffer from ten thousand small ones.

use super::super::folder::{EmitError, Folder};
use super::super::sheets::Fragment;
use super::Exporter;
use super::draft::{Draft, DraftFile};
use std::io::{BufWriter, Write};

pub(super) const FILE: &str = "documents.jsonl";

/// The documents as lines of JSON.
pub(super) struct Lines {
    draft: Draft,
    file: BufWriter<DraftFile>,
}

impl Lines {
    pub(super) fn open(folder: &Folder) -> Result<Lines, EmitError> {
        let draft = Draft::new(folder, FILE);
        let file = draft.create()?;
        Ok(Lines { draft, file })
    }
}

impl Exporter for Lines {
    fn append(&mut self, fragment: &Fragment) -> Result<(), EmitError> {
        self.draft.named(self.file.write_all(&fragment.json))
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, EmitError> {
        self.draft.named(self.file.flush())?;
        drop(self.file);
        self.draft.place()?;
        Ok(Vec::new())
    }
}
