//! Many documents at once: inputs found ([`find_inputs`]), read in parallel, written in order ([`run`]).
//!
//! One bad document is a row of the run report and never more: files that cannot be opened, and even a
//! panic of our own, cost only themselves. What is written depends on the inputs alone, not on the
//! number of threads, nor on whether the run was killed on the way and resumed. Memory holds one document per
//! thread, never the run.

mod check;
mod inputs;
mod inspect;
mod journal;
mod plan;
mod progress;
mod read;
mod summary;

pub use check::{CheckError, CheckSummary, check};
pub use inputs::{InputError, Inputs, find_inputs};
pub use inspect::{InspectError, inspect};
pub use read::read_file;
pub use summary::{ReportError, Summary, report};

use crate::emit::{self, EmitError, Folder, Fragment, Parcel, Record};
use crate::lang::Language;
use journal::{Begun, Journal, Settings};
use plan::Job;
use progress::Progress;
use rayon::prelude::*;
use std::path::PathBuf;

/// Documents per thread that `check` reads before it tells of them. Larger gives less idle time at the end of each
/// round, smaller less memory.
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
    /// Goes on from what an earlier run has done in the output folder.
    pub resume: bool,
    /// Number of threads; `None` is one per processor.
    pub threads: Option<usize>,
    /// Shows no progress. Nor is any shown where stderr is not a terminal.
    pub quiet: bool,
    /// The language of the progress shown.
    pub language: Language,
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
    /// What was written cannot be read again.
    #[error(transparent)]
    Report(#[from] ReportError),
}

impl RunError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            RunError::Emit(error) => error.hint(),
            RunError::Threads(_) => "ask for fewer with --threads",
            RunError::Report(error) => error.hint(),
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
    let jobs = pool.install(|| plan::plan(paths, config.resume));
    let Begun { journal, mut done, note } = Journal::begin(&folder, Settings::new(config), &jobs, config.resume)?;
    let progress = Progress::new(jobs.len(), config.quiet, config.language);
    if let Some(note) = note {
        progress.note(&note);
    }
    progress.skip(done.iter().flatten().count());
    let work = |(job, done): (&Job, &mut Option<Record>)| {
        if done.is_none() && job.first.is_none() {
            let parcel = Parcel::new(&job.read(&config.read), &config.emit);
            folder.store(&parcel)?;
            journal.note(&parcel.record)?;
            progress.step(parcel.record.status);
            *done = Some(parcel.record);
        }
        Ok(())
    };
    pool.install(|| jobs.par_iter().zip(&mut done).with_max_len(1).try_for_each(work)).map_err(RunError::Emit)?;
    progress.finish();
    assemble(folder, &journal, config, &jobs, &done)
}

/// Puts the run's files together from what is stored of each document.
fn assemble(
    folder: Folder,
    journal: &Journal,
    config: &Config,
    jobs: &[Job],
    done: &[Option<Record>],
) -> Result<Summary, RunError> {
    let mut summary = Summary::new(config);
    let mut sheets = folder.sheets()?;
    for (job, done) in jobs.iter().zip(done) {
        if let Some(record) = done {
            sheets.append(&folder.rows(&job.stem)?)?;
            summary.add(record);
        } else if let Some(first) = job.first.and_then(|first| jobs.get(first)) {
            let duplicate = job.duplicate(first);
            sheets.append(&Fragment::new(&duplicate))?;
            summary.add(&Parcel::new(&duplicate, &config.emit).record);
        }
    }
    sheets.finish()?;
    journal.finish(&folder, done.iter().flatten())?;
    folder.write(summary::FILE, &summary.json())?;
    folder.finish()?;
    Ok(report(&config.out)?)
}
