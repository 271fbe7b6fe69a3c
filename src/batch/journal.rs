//! What a run has done so far, in `journal/journal.jsonl` of the output folder: a line with what it was started with,
//! a line with what it is to read, then a line for each document that is read and stored, in the order in which they
//! came to an end.
//!
//! A document's line is added when all its files are in place, so that whatever has a line can be relied on. A line
//! cut short by a kill is no line. When the run is finished, the lines are put in the order of the inputs, and nothing
//! is left to read.

use super::Config;
use super::plan::Job;
use super::wire::BUILD;
use crate::emit::{self, EmitError, Folder, Format, Log, Record, Status, hex, is_name};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

/// What decides, besides the inputs, what is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Settings {
    journal: u32,
    build: String,
    emit: emit::Options,
    second_reader: bool,
    /// Tells one password from another without giving it away: only the beginning of its hash.
    password: Option<String>,
}

impl Settings {
    pub(super) fn new(config: &Config) -> Settings {
        let mark = |password: &String| hex(&Sha256::digest(format!("kemu {password}")).as_slice()[..2]);
        Settings {
            journal: 2,
            build: BUILD.to_owned(),
            emit: config.emit.clone(),
            second_reader: config.read.second_reader,
            password: config.read.open.password.as_ref().map(mark),
        }
    }

    /// The formats that each document is stored in; all others are put together from what is stored.
    fn is_stored(&self) -> [bool; 2] {
        [Format::Json, Format::Jsonl].map(|format| self.emit.formats.has(format))
    }

    /// What of it differs, in words.
    fn differences(&self, past: &Settings) -> Vec<&'static str> {
        let pairs = [
            (self.journal != past.journal || self.build != past.build, "another build of kemu"),
            (self.emit.wide != past.emit.wide, "--wide"),
            (self.emit.bom != past.emit.bom, "--bom"),
            (self.emit.raw_csv != past.emit.raw_csv, "--raw-csv"),
            (self.is_stored() != past.is_stored(), "--format"),
            (self.second_reader != past.second_reader, "--second-reader"),
            (self.password != past.password, "--password"),
        ];
        pairs.into_iter().filter(|(differs, _)| *differs).map(|(_, what)| what).collect()
    }
}

/// The journal of a run.
#[derive(Debug)]
pub(super) struct Journal {
    settings: Settings,
    log: Mutex<Log>,
}

/// What a run begins with.
pub(super) struct Begun {
    pub(super) journal: Journal,
    /// For each job, what an earlier run has already done for it.
    pub(super) done: Vec<Option<Record>>,
    /// The jobs whose document took its reader down.
    pub(super) suspects: Vec<usize>,
    /// What the user should know about that.
    pub(super) notes: Vec<String>,
}

impl Journal {
    /// Begins a run: what an earlier one has left of documents that are no input any more is removed, and what it did
    /// is taken over, if `resume` is asked for and it was the same run.
    pub(super) fn begin(folder: &Folder, settings: Settings, jobs: &[Job], resume: bool) -> Result<Begun, EmitError> {
        let mut done: Vec<Option<Record>> = vec![None; jobs.len()];
        let mut suspects = Vec::new();
        let mut note = None;
        let mut past = folder.read_journal().map(|text| Past::parse(&text)).unwrap_or_default();
        let read: HashSet<&str> = jobs.iter().filter(|job| job.first.is_none()).map(|job| &*job.stem).collect();
        let mut gone = 0;
        for stem in past.stems() {
            if !read.contains(stem) {
                folder.remove(stem)?;
                gone += usize::from(past.records.contains_key(stem));
            } else if !settings.emit.wide {
                folder.remove_wide(stem)?;
            }
        }
        if resume {
            let differences = past.settings.as_ref().map(|past| settings.differences(past)).unwrap_or_default();
            if past.settings.is_none() {
                note = Some("there is nothing to resume; all documents are read".to_owned());
            } else if !differences.is_empty() {
                let what = differences.join(", ");
                note = Some(format!("what was read before cannot be used ({what}); all documents are read again"));
            }
            let same = past.settings.is_some() && differences.is_empty();
            for (index, job) in jobs.iter().enumerate().filter(|(_, job)| same && job.first.is_none()) {
                let record = past.records.remove(&job.stem);
                suspects.extend(record.as_ref().filter(|record| record.status.is_deadly()).map(|_| index));
                done[index] = record.filter(|record| is_settled(record, job) && folder.holds(record));
            }
            if same {
                let count = done.iter().flatten().count();
                note = Some(format!("{count} of {} documents were read before", read.len()));
            }
        }
        let mut notes: Vec<String> = note.into_iter().collect();
        if gone > 0 {
            notes.push(format!("{gone} documents of the run before are no input any more, and removed"));
        }
        folder.withdraw("run.json")?;
        let open = jobs.iter().zip(&done).filter(|(job, done)| done.is_none() && job.first.is_none());
        let to_read = open.map(|(job, _)| &*job.stem).collect();
        let log = folder.write_journal(&text(&settings, &ToRead { to_read }, done.iter().flatten()))?;
        folder.keep_rows(&done.iter().flatten().map(|record| &*record.stem).collect())?;
        Ok(Begun { journal: Journal { settings, log: Mutex::new(log) }, done, suspects, notes })
    }

    /// Notes that a document is read and stored.
    pub(super) fn note(&self, record: &Record) -> Result<(), EmitError> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).append(&line(record))
    }

    /// Puts the journal of a finished run in order.
    pub(super) fn finish<'r>(
        &self,
        folder: &Folder,
        records: impl Iterator<Item = &'r Record>,
    ) -> Result<(), EmitError> {
        folder.write_journal(&text(&self.settings, &ToRead::default(), records)).map(|_| ())
    }
}

/// May what was read before stand? What failed for want of time, memory or access may come out differently today.
fn is_settled(record: &Record, job: &Job) -> bool {
    record.sha256.is_some()
        && record.sha256 == job.sha256
        && record.path == job.path.to_string_lossy()
        && !record.status.is_deadly()
        && !matches!(record.status, Status::Unreadable | Status::InternalError)
}

/// The documents a run has yet to read. Of each of them there may be output that no line tells of.
#[derive(Debug, Default, Serialize, Deserialize)]
struct ToRead<S> {
    to_read: Vec<S>,
}

fn text<'r>(settings: &Settings, to_read: &ToRead<&str>, records: impl Iterator<Item = &'r Record>) -> String {
    [line(settings), line(to_read)].into_iter().chain(records.map(line)).collect()
}

fn line(value: &impl Serialize) -> String {
    // Plain structs of texts and numbers can always be written.
    serde_json::to_string(value).map(|line| line + "\n").unwrap_or_default()
}

/// A journal read again.
#[derive(Debug, Default)]
struct Past {
    settings: Option<Settings>,
    to_read: Vec<String>,
    /// By the names of the documents; of several for one the last counts.
    records: HashMap<String, Record>,
}

impl Past {
    fn parse(text: &str) -> Past {
        let mut lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let settings = lines.next().and_then(|line| serde_json::from_str(line).ok());
        let to_read = lines.next().and_then(|line| serde_json::from_str(line).ok());
        let records = lines.filter_map(|line| serde_json::from_str(line).ok());
        Past {
            settings,
            to_read: to_read.map(|list: ToRead<String>| list.to_read).unwrap_or_default(),
            records: records.map(|record: Record| (record.stem.clone(), record)).collect(),
        }
    }

    /// The documents of which there may be output. A journal that was tampered with leads to no other files.
    fn stems(&self) -> impl Iterator<Item = &str> {
        self.to_read.iter().chain(self.records.keys()).map(String::as_str).filter(|stem| is_name(stem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(stem: &str, amounts: usize) -> Record {
        Record { stem: stem.to_owned(), amounts, ..Record::default() }
    }

    #[test]
    fn a_line_cut_short_is_no_line() {
        let settings = Settings::new(&Config::default());
        let to_read = ToRead { to_read: vec!["a", "c"] };
        let whole = text(&settings, &to_read, [record("a", 1), record("b", 2), record("a", 3)].iter());
        let past = Past::parse(&whole);
        assert_eq!(past.settings, Some(settings));
        assert_eq!((past.records.len(), past.records["a"].amounts), (2, 3));
        assert_eq!(past.stems().collect::<HashSet<_>>(), HashSet::from(["a", "b", "c"]));
        for end in 0..whole.len() {
            let cut = Past::parse(&whole[..end]);
            let lines = whole[..end].matches('\n').count();
            assert_eq!(cut.settings.is_some(), lines > 0, "cut at {end}");
            assert_eq!(cut.to_read.is_empty(), lines < 2, "cut at {end}");
            assert_eq!(cut.records.len(), lines.saturating_sub(2).min(2), "cut at {end}");
        }
    }

    #[test]
    fn other_settings_are_named() {
        let mut config = Config::default();
        let plain = Settings::new(&config);
        config.emit.wide = true;
        config.read.open.password = Some("secret".to_owned());
        let other = Settings::new(&config);
        assert_eq!(other.differences(&plain), ["--wide", "--password"]);
        assert!(!line(&other).contains("secret"));
    }
}
