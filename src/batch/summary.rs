//! What a run came to, for the person who started it.

use crate::emit::{Entry, Status};
use crate::extract::Extraction;
use std::fmt;

/// Failures listed by name; the rest stand in `documents.csv`.
const LISTED: usize = 10;

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Documents read, from whole or damaged files.
    pub read: usize,
    /// Of these, documents whose files are damaged: pages or text may be missing.
    pub incomplete: usize,
    /// Documents that failed.
    pub failed: usize,
    /// Tables found, standard and other.
    pub tables: usize,
    /// Standard tables among them.
    pub standard_tables: usize,
    /// Amounts printed in the tables.
    pub amounts: usize,
    /// The first failures.
    failures: Vec<Failure>,
}

#[derive(Clone, Debug)]
struct Failure {
    path: String,
    message: String,
    hint: String,
}

/// What one document adds to the summary.
pub(super) struct Line {
    status: Status,
    tables: usize,
    standard_tables: usize,
    amounts: usize,
    failure: Option<Failure>,
}

impl Line {
    pub(super) fn new(entry: &Entry) -> Line {
        let extraction = entry.extraction.as_ref();
        let failure = Failure { path: entry.path.clone(), message: entry.message.clone(), hint: entry.hint.clone() };
        Line {
            status: entry.status,
            tables: extraction.map_or(0, |extraction| extraction.document.tables.len()),
            standard_tables: extraction.map_or(0, Extraction::standard_tables),
            amounts: extraction.map_or(0, Extraction::amounts),
            failure: entry.status.is_failure().then_some(failure),
        }
    }
}

impl Summary {
    pub(super) fn add(&mut self, line: Line) {
        self.incomplete += usize::from(line.status == Status::Incomplete);
        self.tables += line.tables;
        self.standard_tables += line.standard_tables;
        self.amounts += line.amounts;
        match line.failure {
            None => self.read += 1,
            Some(failure) => {
                self.failed += 1;
                if self.failures.len() < LISTED {
                    self.failures.push(failure);
                }
            }
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let incomplete = match self.incomplete {
            0 => String::new(),
            count => format!(" ({count} incomplete)"),
        };
        writeln!(f, "{} read{incomplete}, {} failed", counted(self.read, "document"), self.failed)?;
        write!(
            f,
            "{} ({} standard), {}",
            counted(self.tables, "table"),
            self.standard_tables,
            counted(self.amounts, "amount")
        )?;
        for failure in &self.failures {
            write!(f, "\n\n{}: {}\n  hint: {}", failure.path, failure.message, failure.hint)?;
        }
        match self.failed - self.failures.len() {
            0 => Ok(()),
            more => write!(f, "\n\n… and {more} more, see documents.csv"),
        }
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
