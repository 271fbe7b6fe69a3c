//! The subject codes (科目): what a code means in a given fiscal year.
//!
//! Three classifications share the printed tables, told apart by the first
//! digit: functions (支出功能分类, 2xx), the economic classification of
//! departments (部门预算支出经济分类, 3xx) and that of governments
//! (政府预算支出经济分类, 5xx). A name alone identifies nothing (行政运行
//! stands under fifty sections) and a code is renamed or even reused between
//! years (30311), so the key is code and fiscal year, and the name a check.
//!
//! The table in `data/subjects.csv` is gathered from published reports, not
//! from the ministry's book. `since` and `until` are the years a name was
//! *seen* or is known to hold, `weight` is the number of documents it was seen
//! in; 0 marks what is known from the rules or from the scheme of 2007-2010.
//! An absent code is therefore no error.
//!
//! From the ministry's books themselves, as far as public pages hold them: 20809 (scheme of 2023, 财预〔2022〕107号),
//! 21305 (2024, 财预〔2023〕83号), 22006 and 2300412 (added in 2024, 财预〔2024〕22号).

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use super::text::{fold, skeleton};

/// A classification of expenditure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum System {
    /// Functions (支出功能分类), government-fund and state-capital ones too.
    Functional,
    /// Economic classification of department budgets (部门预算支出经济分类).
    EconomicDept,
    /// Economic classification of government budgets (政府预算支出经济分类).
    EconomicGov,
}

impl System {
    /// The classification a code belongs to, if it has the shape of a code:
    /// 3, 5 or (functions only) 7 digits, the first three of a possible class.
    pub fn of_code(code: &str) -> Option<System> {
        let level = Level::of_code(code)?;
        let system = match code.get(..3)?.parse().ok()? {
            201..=299 => System::Functional,
            301..=399 => System::EconomicDept,
            501..=599 => System::EconomicGov,
            _ => return None,
        };
        (level != Level::Item || system == System::Functional).then_some(system)
    }

    /// The name used in our data and output.
    pub fn key(self) -> &'static str {
        match self {
            System::Functional => "functional",
            System::EconomicDept => "economic_dept",
            System::EconomicGov => "economic_gov",
        }
    }

    /// The classification with this [`key`](System::key).
    pub fn of_key(key: &str) -> Option<System> {
        [System::Functional, System::EconomicDept, System::EconomicGov].into_iter().find(|system| system.key() == key)
    }

    /// The fiscal year from which codes were given out anew.
    fn break_year(self) -> u16 {
        match self {
            System::Functional => 2011,
            System::EconomicDept => 2018,
            System::EconomicGov => 0,
        }
    }
}

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// The level of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Class (类), 3 digits.
    Class,
    /// Section (款), 5 digits.
    Section,
    /// Item (项), 7 digits.
    Item,
}

impl Level {
    /// The level of a string of digits, whether or not such a code exists.
    pub fn of_code(code: &str) -> Option<Level> {
        let level = match code.len() {
            3 => Level::Class,
            5 => Level::Section,
            7 => Level::Item,
            _ => return None,
        };
        code.bytes().all(|b| b.is_ascii_digit()).then_some(level)
    }
}

/// The code one level up: 2010550 → 20105 → 201 → none.
pub fn parent(code: &str) -> Option<&str> {
    match Level::of_code(code)? {
        Level::Class => None,
        Level::Section | Level::Item => code.get(..code.len() - 2),
    }
}

/// One name of one code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The classification.
    pub system: System,
    /// The code, 3, 5 or 7 digits.
    pub code: &'static str,
    /// The name as it is officially written.
    pub name: &'static str,
    /// The first fiscal year the name was seen, if any is known.
    pub since: Option<u16>,
    /// The last fiscal year it was seen; `None` if unknown or still in force.
    pub until: Option<u16>,
    /// The number of documents it was seen in.
    pub weight: u32,
    folded: String,
}

impl Subject {
    /// Whether the name was seen in this fiscal year or on both sides of it.
    pub fn covers(&self, fiscal_year: u16) -> bool {
        self.distance(fiscal_year) == 0
    }

    /// Undated names come from recent documents.
    fn first_year(&self) -> u16 {
        self.since.unwrap_or(self.system.break_year())
    }

    fn distance(&self, year: u16) -> u16 {
        let last = self.until.unwrap_or(u16::MAX);
        self.first_year().saturating_sub(year).max(year.saturating_sub(last))
    }

    /// Whether the name and the year lie on the same side of the break.
    fn same_scheme(&self, year: u16) -> bool {
        let break_year = self.system.break_year();
        if year < break_year {
            self.first_year() < break_year
        } else {
            self.until.is_none_or(|until| until >= break_year)
        }
    }

    /// Whether a folded printed name is this name. Functional items may carry
    /// their section in brackets: 行政运行（财政事务）.
    fn is_named(&self, printed: &str) -> bool {
        self.folded == printed
            || skeleton(&self.folded) == skeleton(printed)
            || (self.code.len() == 7
                && printed
                    .strip_suffix(')')
                    .and_then(|head| head.split_once('('))
                    .is_some_and(|(head, _)| head == self.folded))
    }
}

/// How a printed name compares with the names known for its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// The name of that year.
    Same,
    /// A name the code had before that year.
    OldName,
    /// Nothing certain is known about the code in that year.
    Unknown,
    /// Another name.
    Different {
        /// The name that was expected.
        expected: &'static str,
    },
}

/// The table of subjects.
#[derive(Debug)]
pub struct Subjects {
    subjects: Vec<Subject>,
    by_code: HashMap<&'static str, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Subjects {
    /// The table compiled in, parsed at first use.
    ///
    /// # Panics
    ///
    /// If the compiled-in table is broken, which a test rules out.
    pub fn standard() -> &'static Subjects {
        static STANDARD: LazyLock<Subjects> = LazyLock::new(|| {
            Subjects::parse(include_str!("data/subjects.csv"))
                .unwrap_or_else(|error| panic!("catalog/data/subjects.csv: {error}"))
        });
        &STANDARD
    }

    /// Reads a table with the columns `system,code,name,since,until,weight`.
    /// No field may hold a comma or quotes.
    pub fn parse(table: &'static str) -> Result<Subjects, String> {
        let mut lines = table.lines();
        if lines.next() != Some("system,code,name,since,until,weight") {
            return Err("line 1: unexpected header".to_owned());
        }
        let mut subjects = Vec::new();
        for (line, number) in lines.zip(2..) {
            subjects.push(subject(line).map_err(|error| format!("line {number}: {error}"))?);
        }
        let mut by_code: HashMap<_, Vec<_>> = HashMap::new();
        let mut by_name: HashMap<_, Vec<_>> = HashMap::new();
        for (index, subject) in subjects.iter().enumerate() {
            by_code.entry(subject.code).or_default().push(index);
            by_name.entry(subject.folded.clone()).or_default().push(index);
        }
        Ok(Subjects { subjects, by_code, by_name })
    }

    /// All names of all codes, ordered by classification and code.
    pub fn iter(&self) -> impl Iterator<Item = &Subject> {
        self.subjects.iter()
    }

    /// All names of a code, the oldest first.
    pub fn names(&self, code: &str) -> impl Iterator<Item = &Subject> {
        self.by_code.get(code).into_iter().flatten().map(|&index| &self.subjects[index])
    }

    /// Whether the code is known in any year.
    pub fn known(&self, code: &str) -> bool {
        self.by_code.contains_key(code)
    }

    /// The subject of a code in a fiscal year: of the names in the scheme of
    /// that year the nearest in time, then the best attested. If only another
    /// scheme has the code, its name is given; [`Subject::covers`] tells.
    /// Without a year, the name in use.
    pub fn lookup(&self, system: System, code: &str, fiscal_year: Option<u16>) -> Option<&Subject> {
        let year = fiscal_year.unwrap_or(u16::MAX);
        self.names(code).filter(|subject| subject.system == system).min_by_key(|subject| {
            let when = (!subject.same_scheme(year), subject.distance(year));
            (when, Reverse(subject.weight), Reverse(subject.since))
        })
    }

    /// The codes that have or had this name, in order.
    pub fn by_name(&self, system: System, name: &str) -> Vec<&'static str> {
        let found = self.by_name.get(&fold(name)).into_iter().flatten();
        let subjects = found.map(|&index| &self.subjects[index]);
        let mut codes: Vec<_> =
            subjects.filter(|subject| subject.system == system).map(|subject| subject.code).collect();
        codes.dedup();
        codes
    }

    /// Compares a printed name with the names of its code. Brackets, blanks
    /// and punctuation are disregarded.
    pub fn name_agrees(&self, system: System, code: &str, fiscal_year: Option<u16>, printed: &str) -> Agreement {
        let Some(expected) = self.lookup(system, code, fiscal_year) else {
            return Agreement::Unknown;
        };
        let printed = fold(printed);
        if printed.is_empty() {
            return Agreement::Unknown;
        }
        if expected.is_named(&printed) {
            return Agreement::Same;
        }
        let year = fiscal_year.unwrap_or(u16::MAX);
        let different = Agreement::Different { expected: expected.name };
        let named = self.names(code).filter(|s| s.system == system && s.is_named(&printed));
        match named.min_by_key(|subject| subject.distance(year)) {
            // A later name before the break is a code of another meaning;
            // after it, our first year is only the first one seen.
            Some(subject) if subject.first_year() > year => {
                if subject.same_scheme(year) {
                    Agreement::Same
                } else {
                    different
                }
            }
            Some(subject) => match subject.until {
                Some(until) if until < year && expected.first_year() <= year => Agreement::OldName,
                Some(until) if until < year && !subject.same_scheme(year) => Agreement::OldName,
                _ => Agreement::Same,
            },
            None if expected.same_scheme(year) => different,
            None => Agreement::Unknown,
        }
    }
}

fn subject(line: &'static str) -> Result<Subject, String> {
    let fields: Vec<&'static str> = line.split(',').collect();
    let [system, code, name, since, until, weight] = fields[..] else {
        return Err(format!("{} fields instead of 6", fields.len()));
    };
    let system = System::of_key(system).ok_or_else(|| format!("no classification {system:?}"))?;
    if System::of_code(code) != Some(system) {
        return Err(format!("{code:?} is no {system} code"));
    }
    let year = |field: &str| match field {
        "" => Ok(None),
        _ => field.parse().map(Some).map_err(|_| format!("{field:?} is no year")),
    };
    Ok(Subject {
        system,
        code,
        name,
        since: year(since)?,
        until: year(until)?,
        weight: weight.parse().map_err(|_| format!("{weight:?} is no weight"))?,
        folded: fold(name),
    })
}
