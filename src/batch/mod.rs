//! Many documents at once: inputs found ([`find_inputs`]), read in parallel, told of in their order ([`run`]).
//!
//! One bad document is a row of the run report and never more: files that cannot be opened, and even a panic of our
//! own, cost only themselves; with [`Isolation`] also those that overflow the stack, take all memory or never end. What
//! is written depends on the inputs alone, not on the number of threads, nor on whether the run was killed on the way
//! and resumed. Memory holds the documents that are being read, one a thread, and the output of as many, never the run.

mod check;
mod child;
mod inputs;
mod inspect;
mod join;
mod journal;
mod plan;
mod progress;
mod read;
mod readers;
mod rows;
mod summary;
mod supervisor;
mod wire;
mod worker;

pub use check::{CheckError, CheckSummary, check};
pub use inputs::{InputError, Inputs, find_inputs};
pub use inspect::{InspectError, inspect};
pub use read::read_file;
pub use rows::Rows;
pub use summary::{ReportError, Summary, report};
pub use worker::{WorkError, work};

use crate::emit::{self, EmitError, Folder, Record};
use crate::lang::Language;
use crate::timings::{Station, Timings};
use join::Joiner;
use journal::{Begun, Journal, Settings};
use plan::Job;
use progress::Progress;
use readers::Readers;
use std::cmp::Reverse;
use std::collections::{HashSet, VecDeque};
use std::ffi::OsString;
use std::io;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;
use supervisor::Supervisor;

/// A document is large that is more than one part in so many of what a thread has to read.
const LARGE: u64 = 32;

/// Stack of a reading thread.
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
    /// Has the documents read by another process; `None` reads them in this one, where a stack overflow, or a document
    /// that takes all memory or never ends, ends the run.
    pub isolation: Option<Isolation>,
    /// Number of threads; `None` is one per processor.
    pub threads: Option<usize>,
    /// Shows no progress. Nor is any shown where stderr is not a terminal.
    pub quiet: bool,
    /// The language of the progress shown.
    pub language: Language,
    /// Stops the run when it becomes true, with [`RunError::Stopped`].
    pub stop: Arc<AtomicBool>,
}

impl Config {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// How documents are read by a process of their own.
#[derive(Clone, Debug)]
pub struct Isolation {
    /// A program that calls [`work`].
    pub program: PathBuf,
    /// What it is started with.
    pub arguments: Vec<OsString>,
    /// Variables of its environment, where they are not set already.
    pub environment: Vec<(OsString, OsString)>,
    /// How long a document may take.
    pub timeout: Duration,
    /// Bytes of memory that a document may take, with what the program itself takes.
    pub max_memory: u64,
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
    /// The process that reads cannot be started.
    #[error("the process that reads cannot be started: {0}")]
    Worker(io::Error),
    /// It dies as soon as it is started, again and again.
    #[error("the process that reads does not work: {death}{}", words.lines().map(|line| format!("\n  {line}")).collect::<String>())]
    NoWorker {
        /// What the last one died of.
        death: String,
        /// What it said.
        words: String,
    },
    /// It was asked to stop.
    #[error("stopped; what is done is kept")]
    Stopped,
    /// Documents that nobody has read: a bug of ours.
    #[error("{0} documents were not read")]
    Left(usize),
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
            RunError::Worker(_) | RunError::NoWorker { .. } => "try --in-process, and please report it",
            RunError::Stopped => "go on with --resume",
            RunError::Left(_) => "go on with --resume, and please report it",
            RunError::Report(error) => error.hint(),
        }
    }
}

/// Reads the documents and writes what they yield; the run's files tell of them in the order of their paths here.
pub fn run(paths: &[PathBuf], config: &Config) -> Result<Summary, RunError> {
    let mut timings = Timings::default();
    let readers = Readers::new(config.threads)?;
    let folder = Folder::create(&config.out, config.emit.clone())?;
    let jobs =
        timings.time(Station::Plan, || readers.work(|| plan::plan(paths, config.resume, || config.is_stopped())));
    if config.is_stopped() {
        folder.finish()?;
        return Err(RunError::Stopped);
    }
    let Begun { journal, done, suspects, notes } =
        Journal::begin(&folder, Settings::new(config), &jobs, config.resume)?;
    let progress = Progress::new(jobs.len(), config.quiet, config.language);
    notes.iter().for_each(|note| progress.note(note));
    // A duplicate is not read, and nobody waits for it.
    progress.skip(jobs.iter().zip(&done).filter(|(job, done)| done.is_some() || job.first.is_some()).count());
    let alone: HashSet<usize> = suspects.iter().copied().collect();
    let open = |job: &usize| done[*job].is_none() && jobs[*job].first.is_none();
    let mut waiting = in_turn((0..jobs.len()).filter(open).collect(), &jobs, readers.count());
    let joiner = Joiner::new(&folder, config, &jobs, done)?;
    let (tell, told) = mpsc::channel();
    let joined = thread::scope(|scope| {
        let joining = scope.spawn(move || joiner.join(&told));
        let (journal, progress, timings) = (&journal, &progress, &mut timings);
        // It goes when all is read, and with it the last that the joiner waits for.
        let ended = move |job: usize, record: Record, took: Timings| {
            journal.note(&record)?;
            progress.step(record.status);
            *timings += took;
            // Where nobody listens any more, the joiner knows why.
            tell.send((job, record)).map_err(|_| RunError::Stopped)
        };
        let read = match &config.isolation {
            None => read_here(config, &readers, &folder, &jobs, waiting.into(), ended),
            Some(isolation) => {
                waiting.retain(|job| !alone.contains(job));
                let mut supervisor = Supervisor::new(config, isolation, &folder, &jobs, readers.count());
                supervisor.read(waiting.into(), suspects, ended)
            }
        };
        let joined = joining.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        read.map(|()| joined)
    });
    progress.finish();
    let written = joined.and_then(|joined| joined.finish(&journal));
    // Nothing temporary is left, whatever became of the run; but why it stopped matters more.
    let cleared = folder.finish();
    timings += written?;
    cleared?;
    let mut summary = report(&config.out)?;
    summary.timings = timings;
    Ok(summary)
}

/// The jobs in the order in which they are begun: that of the inputs, in which the run's files are put together; but
/// first those that are so large that, begun last, one thread would read on when all others have nothing left to do.
fn in_turn(mut jobs: Vec<usize>, inputs: &[Job], threads: usize) -> Vec<usize> {
    let bytes = |job: usize| inputs[job].bytes.unwrap_or_default();
    let fair = jobs.iter().map(|job| bytes(*job)).sum::<u64>() / u64::try_from(threads).unwrap_or(u64::MAX).max(1);
    jobs.sort_by_key(|job| Reverse(Some(bytes(*job)).filter(|bytes| *bytes > fair / LARGE)));
    jobs
}

/// Threads to read with, as many as wanted or one per processor. A panic on one of them costs a document, not the program.
pub fn reading_pool(
    threads: Option<usize>,
    stack_bytes: usize,
) -> Result<rayon::ThreadPool, rayon::ThreadPoolBuildError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.unwrap_or(0))
        .stack_size(stack_bytes)
        .thread_name(|index| format!("{READER}{index}"))
        .build()
}

/// Reads in this process what is waiting.
fn read_here(
    config: &Config,
    readers: &Readers,
    folder: &Folder,
    jobs: &[Job],
    waiting: VecDeque<usize>,
    ended: impl FnMut(usize, Record, Timings) -> Result<(), RunError> + Send,
) -> Result<(), RunError> {
    let (waiting, ended) = (Mutex::new(waiting), Mutex::new(ended));
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front().filter(|_| !config.is_stopped());
    let read = |job: usize| {
        let entry = jobs[job].read(&config.read);
        let mut timings = entry.timings;
        (job, timings.time(Station::Emit, || read::parcel(&entry, &config.emit)), timings)
    };
    readers.each(next, read, |(job, parcel, mut timings)| {
        timings.time(Station::Store, || folder.store(&parcel))?;
        let mut ended = ended.lock().unwrap_or_else(PoisonError::into_inner);
        (*ended)(job, parcel.record, timings)
    })?;
    if config.is_stopped() { Err(RunError::Stopped) } else { Ok(()) }
}
