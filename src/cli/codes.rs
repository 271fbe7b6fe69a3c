//! `kemu codes`: what a subject code means in a year, and which codes have a name.

use super::terminal::{Told, fail, say, unwritable};
use clap::Args;
use kemu::catalog::changes::{Change, ChangeKind, Changes};
use kemu::catalog::subjects::{Level, Subject, Subjects, System, parent};
use kemu::catalog::text::fold;
use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

pub(super) const CODES_EXAMPLES: &str = "\
The names are gathered from published reports and from the ministry's books as far as they are public; years are
those in which a name was seen. That a code is not known here does not mean that there is none.

Examples:
  kemu codes 2010550 --year 2019     what a code means in a fiscal year
  kemu codes 30311 --year 2017       a code that meant something else then
  kemu codes 离退休                   all codes with a word in their name

Exit code: 0 something is known, 1 nothing is, 2 that is neither a code nor a name.";

#[derive(Args)]
pub(super) struct Codes {
    /// A code of 3, 5 or 7 digits, or a word of a name.
    #[arg(value_name = "CODE|NAME")]
    wanted: String,
    /// The fiscal year; the latest known unless given.
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(u16).range(2000..=2100))]
    year: Option<u16>,
}

pub(super) fn codes(arguments: Codes) -> ExitCode {
    let wanted = fold(&arguments.wanted);
    let mut out = BufWriter::new(Told::new(io::stdout().lock()));
    let is_code = wanted.bytes().all(|byte| byte.is_ascii_digit());
    let told = if is_code {
        let Some(system) = System::of_code(&wanted) else {
            let message = format!("{} is no subject code", arguments.wanted);
            return fail(&message, "codes have 3, 5 or 7 digits and begin with 2, 3 or 5");
        };
        tell_code(system, &wanted, arguments.year, &mut out)
    } else {
        tell_names(&wanted, arguments.year, &mut out)
    };
    match told.and_then(|known| out.flush().map(|()| known)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            let what = if is_code { "no name is known" } else { "no code with this in its name is known" };
            say(format_args!("{wanted}: {what}"));
            ExitCode::from(1)
        }
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            // What is still buffered must not be tried again.
            let _ = out.into_parts();
            ExitCode::SUCCESS
        }
        Err(error) => unwritable(&error),
    }
}

/// Tells all that is known of a code; whether that is anything.
fn tell_code(system: System, code: &str, year: Option<u16>, out: &mut impl Write) -> io::Result<bool> {
    let subjects = Subjects::standard();
    let Some(subject) = subjects.lookup(system, code, year) else {
        return Ok(false);
    };
    writeln!(out, "{code} {}", subject.name)?;
    writeln!(out, "  classification: {}", classification(system))?;
    if let Some(level) = Level::of_code(code) {
        writeln!(out, "  level: {}", level_name(level))?;
    }
    if let Some(year) = year {
        match subject.covers(year) {
            true => writeln!(out, "  fiscal year {year}: this name ({})", years(subject))?,
            false => writeln!(out, "  fiscal year {year}: not known; the nearest name is of {}", years(subject))?,
        }
        if let Some(since) = Changes::standard().meaning_since(system, code, year) {
            writeln!(out, "  in this meaning since {since}")?;
        }
    } else {
        writeln!(out, "  years: {}", years(subject))?;
    }
    let above: Vec<&str> = std::iter::successors(parent(code), |code| parent(code)).collect();
    for code in above.into_iter().rev() {
        let name = subjects.lookup(system, code, year).map_or("?", |subject| subject.name);
        writeln!(out, "  under: {code} {name}")?;
    }
    for other in subjects.names(code).filter(|other| other.system == system && other.name != subject.name) {
        writeln!(out, "  other name: {} ({})", other.name, years(other))?;
    }
    for change in Changes::standard().of(system, code) {
        writeln!(out, "  {}", changed(change))?;
    }
    let below: BTreeSet<&str> =
        subjects.iter().filter(|s| s.system == system && parent(s.code) == Some(code)).map(|s| s.code).collect();
    for code in below {
        if let Some(child) = subjects.lookup(system, code, year) {
            writeln!(out, "  below: {code} {}", child.name)?;
        }
    }
    Ok(true)
}

/// Tells which codes have a word in their name; whether there are any.
fn tell_names(word: &str, year: Option<u16>, out: &mut impl Write) -> io::Result<bool> {
    let named = |subject: &&Subject| fold(subject.name).contains(word) && year.is_none_or(|year| subject.covers(year));
    let mut known = false;
    for subject in Subjects::standard().iter().filter(named) {
        known = true;
        writeln!(out, "{:<7} {} ({}, {})", subject.code, subject.name, subject.system, years(subject))?;
    }
    Ok(known)
}

fn classification(system: System) -> &'static str {
    match system {
        System::Functional => "expenditure by function (支出功能分类)",
        System::EconomicDept => "departments' expenditure by economic nature (部门预算支出经济分类)",
        System::EconomicGov => "governments' expenditure by economic nature (政府预算支出经济分类)",
    }
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::Class => "class (类)",
        Level::Section => "section (款)",
        Level::Item => "item (项)",
    }
}

/// The years a name was seen in: 2018–2024, 2020– where it is in use, ? where nobody knows.
fn years(subject: &Subject) -> String {
    match (subject.since, subject.until) {
        (None, None) => "years not known".to_owned(),
        (since, until) => {
            let year = |year: Option<u16>| year.map(|year| year.to_string()).unwrap_or_default();
            format!("{}–{}", year(since), year(until))
        }
    }
}

fn changed(change: &Change) -> String {
    let Change { year, before, after, .. } = change;
    match change.kind {
        ChangeKind::Renamed => format!("renamed in {year}: {before} became {after}"),
        ChangeKind::Rescoped => format!("with another scope since {year}: {before} became {after}"),
        ChangeKind::Redefined => format!("given out anew in {year}: {before} before, {after} since"),
    }
}
