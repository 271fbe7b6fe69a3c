//! The documents of a finished run, as its `documents.csv` tells of them.

use crate::batch::{ReportError, Summary};
use crate::emit::{Sheet, Status, is_name};
use crate::extract::Extraction;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io;
use std::path::Path;

/// A row of `documents.csv`, as far as it is shown. The scripts of the site know its fields by these names.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Row {
    pub document: String,
    pub file: String,
    pub path: String,
    pub status: Status,
    pub message: String,
    pub hint: String,
    pub sha256: Option<String>,
    pub pages: Option<usize>,
    pub report_kind: Option<String>,
    pub report_level: Option<String>,
    pub fiscal_year: Option<u16>,
    pub department: Option<String>,
    pub unit_name: Option<String>,
    pub amounts: usize,
    pub proven: usize,
    pub rounding: usize,
    pub contradicted: usize,
    pub unchecked: usize,
    pub findings: usize,
    pub unexplained: usize,
    /// The document under whose name a duplicate was read.
    #[serde(skip)]
    pub same_as: Option<String>,
}

impl Row {
    /// Does a document, read again, come to the same as in the run?
    pub(super) fn agrees(&self, extraction: &Extraction) -> bool {
        let counts = extraction.checks.count(&extraction.document);
        let now = [counts.proven, counts.rounding, counts.contradicted, counts.unchecked];
        now == [self.proven, self.rounding, self.contradicted, self.unchecked]
            && extraction.amounts() == self.amounts
            && extraction.checks.findings.len() == self.findings
    }
}

/// The documents of the run in a folder, in their order.
pub(super) fn rows(run: &Path, summary: &Summary) -> Result<Vec<Row>, ReportError> {
    let file = summary.rows(run, Sheet::Documents)?;
    let path = file.path().to_path_buf();
    let mut rows: Vec<Row> = file.collect::<Result<_, _>>()?;
    // Folders of the site are called by these names; none may lead out of it.
    if let Some(row) = rows.iter().find(|row| !is_name(&row.document)) {
        let reason = format!("{:?} is no name of a document", row.document);
        return Err(ReportError::Unreadable { path, source: io::Error::new(io::ErrorKind::InvalidData, reason) });
    }
    let firsts: HashMap<String, String> = rows
        .iter()
        .filter(|row| row.status != Status::Duplicate)
        .filter_map(|row| Some((row.sha256.clone()?, row.document.clone())))
        .collect();
    for row in rows.iter_mut().filter(|row| row.status == Status::Duplicate) {
        row.same_as = row.sha256.as_ref().and_then(|hash| firsts.get(hash)).cloned();
    }
    Ok(rows)
}
