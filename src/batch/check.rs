//! `kemu check`: what the documents themselves say of their figures, for people. Nothing is written.

use super::RunError;
use super::read::read_file;
use super::readers::Readers;
use crate::check::{Counts, FindingKind};
use crate::emit::{Entry, Status, message, stems};
use rayon::prelude::*;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;

/// Documents per thread that are read before they are told of. Larger gives less idle time at the end of each round,
/// smaller less memory.
const ROUND: usize = 16;

/// Findings about names and codes that are shown for one document; figures are always shown.
const NAMES_SHOWN: usize = 5;

/// What a check of many documents came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct CheckSummary {
    /// Documents read.
    pub read: usize,
    /// Documents that failed.
    pub failed: usize,
    /// Documents with figures that contradict one another.
    pub contradicted: usize,
}

/// Why a check stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The threads cannot be started.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The report cannot be written.
    #[error("the report cannot be written: {0}")]
    Write(#[from] io::Error),
}

/// Reads the documents and tells of each what is proven and what is contradicted, in their order.
pub fn check(
    paths: &[PathBuf],
    options: &crate::Options,
    threads: Option<usize>,
    out: &mut impl Write,
) -> Result<CheckSummary, CheckError> {
    let readers = Readers::new(threads)?;
    let mut summary = CheckSummary::default();
    let mut counts = Counts::default();
    let documents: Vec<(&PathBuf, String)> = paths.iter().zip(stems(paths)).collect();
    for round in documents.chunks(readers.count() * ROUND) {
        let work = |(path, stem): &(&PathBuf, String)| told(&read_file(path, stem.clone(), options));
        let results: Vec<Told> = readers.work(|| round.par_iter().with_max_len(1).map(work).collect());
        for told in results {
            out.write_all(told.text.as_bytes())?;
            counts += told.counts;
            summary.failed += usize::from(told.failed);
            summary.read += usize::from(!told.failed);
            summary.contradicted += usize::from(told.contradicted);
        }
    }
    if documents.len() > 1 {
        writeln!(out, "all {} documents: {}", documents.len(), shares(&counts))?;
    }
    out.flush()?;
    Ok(summary)
}

/// What is told of one document.
struct Told {
    text: String,
    counts: Counts,
    failed: bool,
    contradicted: bool,
}

fn told(entry: &Entry) -> Told {
    let Some(extraction) = entry.extraction.as_ref().filter(|_| !entry.status.is_failure()) else {
        let text = format!("{}: {}\n  hint: {}\n", entry.stem, entry.message, entry.hint);
        return Told { text, counts: Counts::default(), failed: true, contradicted: false };
    };
    let counts = extraction.checks.count(&extraction.document);
    let mut text = format!("{}: {}\n", entry.stem, shares(&counts));
    if entry.status == Status::Incomplete {
        let _ = writeln!(text, "  {}", entry.message);
    }
    let findings = &extraction.checks.findings;
    let figures = FindingKind::is_about_figures;
    let (about_figures, others): (Vec<_>, Vec<_>) = findings.iter().partition(|finding| figures(finding.kind));
    for finding in about_figures.iter().chain(others.iter().take(NAMES_SHOWN)) {
        let table = extraction.document.tables.get(finding.table).map_or("", |table| table.title.as_str());
        let _ = writeln!(text, "  page {}, {table}: {}", finding.page, message(finding, &extraction.document));
    }
    if others.len() > NAMES_SHOWN {
        let _ = writeln!(text, "  … and {} more about names and codes", others.len() - NAMES_SHOWN);
    }
    Told { text, counts, failed: false, contradicted: !about_figures.is_empty() }
}

/// Verdicts as shares of all amounts.
fn shares(counts: &Counts) -> String {
    let total = counts.total();
    if total == 0 {
        return "no amounts in standard tables".to_owned();
    }
    let share = |part: usize| {
        let tenths = (part * 2000 + total) / (2 * total);
        format!("{part} ({}.{} %)", tenths / 10, tenths % 10)
    };
    format!(
        "{total} amounts: {} proven, {} within rounding, {} contradicted, {} unchecked",
        share(counts.proven),
        share(counts.rounding),
        share(counts.contradicted),
        share(counts.unchecked)
    )
}
