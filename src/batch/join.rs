//! Puts the run's files together while documents are still being read, on a thread of its own: each document's rows as
//! soon as those of all before it are there, when the system still has them at hand.

use super::journal::Journal;
use super::plan::Job;
use super::summary::{FILE, Summary};
use super::{Config, RunError};
use crate::emit::{EmitError, Folder, Fragment, Parcel, Record, Sheets};
use crate::timings::{Station, Timings};
use std::sync::mpsc::Receiver;

/// The run's files in the making. They get their names from [`Joiner::finish`] alone.
pub(super) struct Joiner<'a> {
    folder: &'a Folder,
    config: &'a Config,
    jobs: &'a [Job],
    /// What became of each job, as far as it is known.
    done: Vec<Option<Record>>,
    sheets: Sheets<'a>,
    /// The rows of the last document that was added; each takes the memory of the one before.
    rows: Fragment,
    summary: Summary,
    /// How many jobs are in, the first ones.
    joined: usize,
    timings: Timings,
}

impl<'a> Joiner<'a> {
    /// Begins with what an earlier run has done.
    pub(super) fn new(
        folder: &'a Folder,
        config: &'a Config,
        jobs: &'a [Job],
        done: Vec<Option<Record>>,
    ) -> Result<Joiner<'a>, EmitError> {
        let (sheets, summary) = (folder.sheets()?, Summary::new(config));
        Ok(Joiner {
            folder,
            config,
            jobs,
            done,
            sheets,
            rows: Fragment::default(),
            summary,
            joined: 0,
            timings: Timings::default(),
        })
    }

    /// Takes what becomes of the jobs until no more comes.
    pub(super) fn join(mut self, ended: &Receiver<(usize, Record)>) -> Result<Joiner<'a>, RunError> {
        let mut timings = Timings::default();
        timings.time(Station::Join, || self.advance())?;
        while let Ok((job, record)) = ended.recv() {
            self.done[job] = Some(record);
            timings.time(Station::Join, || self.advance())?;
        }
        self.timings = timings;
        Ok(self)
    }

    /// Adds the documents that are next and done.
    fn advance(&mut self) -> Result<(), RunError> {
        while let Some(job) = self.jobs.get(self.joined) {
            if self.config.is_stopped() {
                return Err(RunError::Stopped);
            }
            if let Some(record) = &self.done[self.joined] {
                self.folder.rows(&job.stem, &mut self.rows)?;
                self.sheets.append(&self.rows)?;
                self.summary.add(record);
            } else if let Some(first) = job.first {
                let entry = match &self.done[first] {
                    Some(read) if read.sha256.is_some() && read.sha256 != job.sha256 => job.left_behind(),
                    _ => job.duplicate(&self.jobs[first]),
                };
                let Parcel { record, fragment, .. } = Parcel::new(&entry, &self.config.emit);
                self.sheets.append(&fragment)?;
                self.summary.add(&record);
            } else {
                break;
            }
            self.joined += 1;
        }
        Ok(())
    }

    /// Gives the files their names and puts the journal in order, the run's summary last.
    pub(super) fn finish(mut self, journal: &Journal) -> Result<Timings, RunError> {
        match self.jobs.len() - self.joined {
            0 => {}
            left => return Err(RunError::Left(left)),
        }
        let mut timings = self.timings;
        timings.time(Station::Join, || {
            self.summary.notes = self.sheets.finish()?;
            journal.finish(self.folder, self.done.iter().flatten())?;
            self.folder.write(FILE, &self.summary.json())
        })?;
        Ok(timings)
    }
}
