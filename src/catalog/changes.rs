//! What a subject code came to mean: `data/changes.csv` says of each code that had several names one after the other
//! whether it was only renamed, whether its scope changed, or whether it was given out anew for something else.
//!
//! `year` is the first fiscal year of the new meaning; 2011 and 2018, when codes were given out anew, stand where the
//! exact year is not known. A code given out anew takes those below it along.

use super::subjects::System;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The first year of the classifications in force; meanings that are known from then on bear it.
pub const FIRST_SCHEME: u16 = 2007;

/// What kind of change it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Another name for the same.
    Renamed,
    /// Something was added or taken away: figures can be followed, with care.
    Rescoped,
    /// Another meaning: figures before and after have nothing to do with each other.
    Redefined,
}

/// A change of a code's meaning or name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The classification.
    pub system: System,
    /// The code.
    pub code: &'static str,
    /// The first fiscal year of what came after.
    pub year: u16,
    /// What kind it was.
    pub kind: ChangeKind,
    /// The name before.
    pub before: &'static str,
    /// The name after.
    pub after: &'static str,
}

/// All changes that are known.
#[derive(Debug)]
pub struct Changes {
    by_code: HashMap<&'static str, Vec<Change>>,
}

impl Changes {
    /// The table compiled in, parsed at first use.
    ///
    /// # Panics
    ///
    /// If the compiled-in table is broken, which a test rules out.
    pub fn standard() -> &'static Changes {
        static STANDARD: LazyLock<Changes> = LazyLock::new(|| {
            Changes::parse(include_str!("data/changes.csv"))
                .unwrap_or_else(|error| panic!("catalog/data/changes.csv: {error}"))
        });
        &STANDARD
    }

    /// Reads a table with the columns `system,code,year,kind,before,after`, in the order of time for each code.
    pub fn parse(table: &'static str) -> Result<Changes, String> {
        let mut lines = table.lines();
        if lines.next() != Some("system,code,year,kind,before,after") {
            return Err("line 1: unexpected header".to_owned());
        }
        let mut by_code: HashMap<_, Vec<Change>> = HashMap::new();
        for (line, number) in lines.zip(2..) {
            let change = change(line).map_err(|error| format!("line {number}: {error}"))?;
            by_code.entry(change.code).or_default().push(change);
        }
        Ok(Changes { by_code })
    }

    /// The changes of a code itself, the oldest first.
    pub fn of(&self, system: System, code: &str) -> impl Iterator<Item = &Change> {
        self.by_code.get(code).into_iter().flatten().filter(move |change| change.system == system)
    }

    /// All changes.
    pub fn iter(&self) -> impl Iterator<Item = &Change> {
        self.by_code.values().flatten()
    }

    /// The first fiscal year of the meaning that a code has in a year, where it has or had another one in other
    /// years; `None` where it always meant the same, as far as is known.
    pub fn meaning_since(&self, system: System, code: &str, fiscal_year: u16) -> Option<u16> {
        let lengths = [3, 5, 7].into_iter().filter_map(|length| code.get(..length));
        let redefined = lengths.flat_map(|code| self.of(system, code)).filter(|c| c.kind == ChangeKind::Redefined);
        let years: Vec<u16> = redefined.map(|change| change.year).collect();
        let latest = years.iter().copied().filter(|year| *year <= fiscal_year).max();
        (!years.is_empty()).then(|| latest.unwrap_or(FIRST_SCHEME))
    }
}

fn change(line: &'static str) -> Result<Change, String> {
    let fields: Vec<&'static str> = line.split(',').collect();
    let [system, code, year, kind, before, after] = fields[..] else {
        return Err(format!("{} fields instead of 6", fields.len()));
    };
    Ok(Change {
        system: System::of_key(system).ok_or_else(|| format!("no classification {system:?}"))?,
        code,
        year: year.parse().map_err(|_| format!("{year:?} is no year"))?,
        kind: match kind {
            "renamed" => ChangeKind::Renamed,
            "rescoped" => ChangeKind::Rescoped,
            "redefined" => ChangeKind::Redefined,
            _ => return Err(format!("{kind:?} is no kind of change")),
        },
        before,
        after,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::subjects::Subjects;

    #[test]
    fn every_code_with_names_one_after_the_other_is_judged() {
        let subjects = Subjects::standard();
        for subject in subjects.iter() {
            let later = subjects.names(subject.code).filter(|other| {
                other.system == subject.system
                    && subject.until.zip(other.since).is_some_and(|(until, since)| until < since)
            });
            let mut changes = Changes::standard().of(subject.system, subject.code);
            assert!(
                later.count() == 0 || changes.any(|change| change.before == subject.name),
                "{} {} has a later name and no row in changes.csv",
                subject.code,
                subject.name
            );
        }
        for change in Changes::standard().iter() {
            let mut names = subjects.names(change.code).map(|subject| subject.name);
            assert!(names.any(|name| name == change.after), "{}: {} is no name of it", change.code, change.after);
        }
    }

    #[test]
    fn a_code_given_out_anew_means_something_else() {
        let since = |system, code, year| Changes::standard().meaning_since(system, code, year);
        assert_eq!(since(System::EconomicDept, "30311", 2017), Some(2007));
        assert_eq!(since(System::EconomicDept, "30311", 2018), Some(2018));
        assert_eq!(since(System::EconomicDept, "30302", 2018), None);
        assert_eq!(since(System::EconomicDept, "310", 2018), None, "its scope changed, that is all");
        assert_eq!(since(System::Functional, "2160299", 2024), Some(2011), "it goes with 216");
        assert_eq!(since(System::EconomicGov, "30311", 2018), None);
    }
}
