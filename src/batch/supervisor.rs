//! Has the documents read by another process, so that one that takes its reader down costs only itself.
//!
//! One worker reads all documents on as many threads as it is given. When it dies, or a document takes too long, it is
//! replaced; those it had in hand are read again when all others are done, each alone in a worker of its own. What
//! takes down that one too is recorded with what it died of, and the run goes on.

use super::child::{Child, Death, Heard};
use super::plan::Job;
use super::wire::{BUILD, Event, Order, Setup};
use super::{Config, Isolation, RunError};
use crate::emit::{Entry, Folder, Parcel, Record, Status};
use crate::timings::Timings;
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

/// How many documents a worker knows of before it begins with them: enough that it never waits for the next.
const AHEAD: usize = 64;

/// How often time and the wish to stop are looked at where nothing is heard.
const GLANCE: Duration = Duration::from_millis(50);

/// What one more document in hand may take beside one that takes all it may.
const ORDINARY_DOCUMENT: u64 = 256 << 20;

/// So many workers that die one after the other before they begin with a document are more than bad luck.
const BAD_STARTS: usize = 10;

pub(super) struct Supervisor<'a> {
    config: &'a Config,
    isolation: &'a Isolation,
    folder: &'a Folder,
    jobs: &'a [Job],
    threads: usize,
    bad_starts: usize,
}

/// A worker that is dead, and the documents it had in hand.
struct Fallen {
    in_hand: Vec<usize>,
    death: Death,
}

impl<'a> Supervisor<'a> {
    pub(super) fn new(
        config: &'a Config,
        isolation: &'a Isolation,
        folder: &'a Folder,
        jobs: &'a [Job],
        threads: usize,
    ) -> Supervisor<'a> {
        Supervisor { config, isolation, folder, jobs, threads, bad_starts: 0 }
    }

    /// Has these jobs done, the suspects each alone, and tells of each that has ended.
    pub(super) fn read(
        &mut self,
        mut waiting: VecDeque<usize>,
        mut suspects: Vec<usize>,
        mut ended: impl FnMut(usize, Record, Timings) -> Result<(), RunError>,
    ) -> Result<(), RunError> {
        let others = u64::try_from(self.threads).unwrap_or(u64::MAX).saturating_sub(1);
        let together = self.isolation.max_memory.saturating_add(ORDINARY_DOCUMENT.saturating_mul(others));
        while !waiting.is_empty() {
            suspects
                .extend(self.shift(&mut waiting, together, &mut ended)?.into_iter().flat_map(|fallen| fallen.in_hand));
        }
        for suspect in suspects {
            let mut alone = VecDeque::from([suspect]);
            while !alone.is_empty() {
                let fallen = self.shift(&mut alone, self.isolation.max_memory, &mut ended)?;
                if let Some(fallen) = fallen.filter(|fallen| !fallen.in_hand.is_empty()) {
                    let entry = self.obituary(&self.jobs[suspect], &fallen.death);
                    let parcel = Parcel::new(&entry, &self.config.emit);
                    self.folder.store(&parcel)?;
                    ended(suspect, parcel.record, Timings::default())?;
                }
            }
        }
        Ok(())
    }

    /// The work of one worker, from its start until all are done or it is dead. It takes from those waiting; those it
    /// knew of and did not begin with wait on.
    fn shift(
        &mut self,
        waiting: &mut VecDeque<usize>,
        max_memory: u64,
        ended: &mut impl FnMut(usize, Record, Timings) -> Result<(), RunError>,
    ) -> Result<Option<Fallen>, RunError> {
        let setup = self.setup(max_memory);
        let mut worker = Child::start(self.isolation, self.folder, &setup).map_err(RunError::Worker)?;
        let mut given: VecDeque<usize> = VecDeque::new();
        let mut in_hand: BTreeMap<usize, Instant> = BTreeMap::new();
        let mut heard_at = Instant::now();
        let mut knows_all = false;
        loop {
            while given.len() < AHEAD
                && let Some(job) = waiting.pop_front()
            {
                worker.give(self.order(job));
                given.push_back(job);
            }
            if waiting.is_empty() && !knows_all {
                worker.give_no_more();
                knows_all = true;
            }
            if given.is_empty() && in_hand.is_empty() {
                return Ok(None);
            }
            match worker.hear(GLANCE) {
                Heard::Event(event) => {
                    heard_at = Instant::now();
                    match event {
                        Event::Began(job) => {
                            self.bad_starts = 0;
                            if let Some(place) = given.iter().position(|other| *other == job) {
                                given.remove(place);
                                in_hand.insert(job, heard_at);
                            }
                        }
                        Event::Ended(job, record, timings) => {
                            if in_hand.remove(&job).is_some() {
                                ended(job, *record, timings)?;
                            }
                        }
                        Event::CannotWrite(trouble) => return Err(RunError::Emit(trouble.into())),
                        Event::TooMuchMemory => {}
                    }
                }
                Heard::Nothing => {}
                Heard::Dead => break,
            }
            // A worker that has begun with nothing must at least do that in time.
            let since = in_hand.values().min().copied().unwrap_or(heard_at);
            if since.elapsed() > self.isolation.timeout {
                worker.end(Death::Timeout);
            }
            if self.config.is_stopped() {
                return Err(RunError::Stopped);
            }
        }
        given.into_iter().rev().for_each(|job| waiting.push_front(job));
        let (death, words) = worker.autopsy();
        if in_hand.is_empty() {
            self.bad_starts += 1;
            if self.bad_starts >= BAD_STARTS {
                return Err(RunError::NoWorker { death: death.to_string(), words });
            }
        }
        Ok(Some(Fallen { in_hand: in_hand.into_keys().collect(), death }))
    }

    fn setup(&self, max_memory: u64) -> Setup {
        Setup {
            build: BUILD.to_owned(),
            out: self.folder.root().as_os_str().to_owned(),
            emit: self.config.emit.clone(),
            read: self.config.read.clone(),
            threads: self.threads,
            max_memory,
        }
    }

    fn order(&self, job: usize) -> Order {
        let Job { path, stem, .. } = &self.jobs[job];
        Order { job, path: path.clone().into(), stem: stem.clone() }
    }

    /// What is said of a document that took its worker down.
    fn obituary(&self, job: &Job, death: &Death) -> Entry {
        let Isolation { timeout, max_memory, .. } = self.isolation;
        let (status, message, hint) = match death {
            Death::Timeout => (
                Status::Timeout,
                format!("reading it takes longer than {} s", timeout.as_secs()),
                "give it more time with --timeout; if it never ends, please report it, with the file",
            ),
            Death::OutOfMemory => (
                Status::TooLarge,
                format!("reading it takes more than {} MB of memory", max_memory >> 20),
                "allow more with --max-memory, or split the file",
            ),
            Death::NoMemory => (
                Status::TooLarge,
                "reading it takes more memory than the system gives".to_owned(),
                "free some memory and try again with --resume, or split the file",
            ),
            Death::Crash(what) => (
                Status::Crashed,
                format!("reading it crashed: {what}"),
                "try again with --resume; if it crashes again, please report it, with the file",
            ),
        };
        job.unread(status, message, hint.to_owned())
    }
}
