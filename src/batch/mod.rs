//! Many documents at once: inputs found ([`find_inputs`]), read in parallel, written in order ([`run`]).
//!
//! One bad document is a row of the run report and never more: files that cannot be opened, and even a
//! panic of our own, cost only themselves. What is written depends on the inputs alone, not on the
//! number of threads. Memory holds a few documents per thread, never the run.

mod check;
mod inputs;
mod inspect;
mod progress;
mod read;
mod summary;

pub use check::{CheckError, CheckSummary, check};
pub use inputs::{InputError, Inputs, find_inputs};
pub use inspect::{InspectError, inspect};
pub use read::read_file;
pub use summary::Summary;

use crate::emit::{self, EmitError, Folder, Fragment, stems};
use progress::Progress;
use rayon::prelude::*;
use std::path::PathBuf;

/// Documents per thread that are read before the next rows are written. Larger gives less idle time at
/// the end of each round, smaller less memory.
const ROUND: usize = 16;

/// Stack of a reading thread. While a thread waits for the pages of one document it may begin another.
const STACK_BYTES: usize = 16 << 20;

/// The names of reading threads begin with this.
pub const READER: &str = "reader-";

/// How to run a batch.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The output folder.
    pub out: PathBuf,
    /// What is written there.
    pub emit: emit::Options,
    /// How documents are read.
    pub read: crate::Options,
    /// Number of threads; `None` is one per processor.
    pub threads: Option<usize>,
    /// Shows no progress. Nor is any shown where stderr is not a terminal.
    pub quiet: bool,
}

/// Why a run stopped as a whole.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The output cannot be written.
    #[error(transparent)]
    Emit(#[from] EmitError),
    /// The threads cannot be started.
    #[error("the threads cannot be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

impl RunError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            RunError::Emit(error) => error.hint(),
            RunError::Threads(_) => "ask for fewer with --threads",
        }
    }
}

/// Reads the documents and writes what they yield, in their order.
pub fn run(paths: &[PathBuf], config: &Config) -> Result<Summary, RunError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(config.threads.unwrap_or(0))
        .stack_size(STACK_BYTES)
        .thread_name(|index| format!("{READER}{index}"))
        .build()?;
    let folder = Folder::create(&config.out, config.emit)?;
    let mut sheets = folder.sheets()?;
    let mut summary = Summary::default();
    let progress = Progress::new(paths.len(), config.quiet);

    let names = stems(paths);
    let documents: Vec<(&PathBuf, String)> = paths.iter().zip(names).collect();
    for round in documents.chunks(pool.current_num_threads() * ROUND) {
        let work = |(path, stem): &(&PathBuf, String)| {
            let entry = read_file(path, stem.clone(), &config.read);
            let written = folder.write_document(&entry);
            progress.step(&entry);
            written.map(|()| (Fragment::new(&entry), summary::Line::new(&entry)))
        };
        let results: Vec<_> = pool.install(|| round.par_iter().with_max_len(1).map(work).collect());
        for result in results {
            let (fragment, line) = result?;
            sheets.append(&fragment)?;
            summary.add(line);
        }
    }
    sheets.finish()?;
    progress.finish();
    Ok(summary)
}
