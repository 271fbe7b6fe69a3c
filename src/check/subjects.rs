//! Subject codes against the catalogue and against the rows they stand under.

use super::findings::{Finding, FindingKind};
use crate::catalog::subjects::{Agreement, Level, Subjects, parent};
use crate::catalog::text::skeleton;
use crate::table::{Document, Row, Table};
use std::collections::{HashMap, HashSet};

/// All findings about the codes of a document.
pub(super) fn check(document: &Document) -> Vec<Finding> {
    let year = document.facts.fiscal_year;
    let mut findings = Vec::new();
    let standard = document.tables.iter().enumerate().filter(|(_, table)| table.form.is_some_and(|form| form.standard));
    for (index, table) in standard {
        let strangers = strangers(table, year);
        for (row_index, row) in table.rows.iter().enumerate() {
            let Some(code) = row.code.as_deref() else { continue };
            let mut find = |kind, printed: &str, expected: Option<String>| {
                findings.push(Finding::of_row(index, row_index, row, kind, printed, expected));
            };
            if let Some(raw) = row.code_raw.as_deref().filter(|raw| lost_zero(raw, code)) {
                find(FindingKind::CodeLostZero, raw, Some(code.to_owned()));
            }
            match strangers.get(&row_index) {
                Some(expected) => {
                    let raw = row.code_raw.as_deref().unwrap_or(code);
                    find(FindingKind::CodeWithoutParent, raw, expected.clone());
                }
                None => name(row, code, year, &mut find),
            }
        }
    }
    findings
}

/// The rows whose code has no parent's row above it, though the codes around it have; with the code that
/// would stand under the parent they stand under, where the row's name bears that out.
pub(super) fn strangers(table: &Table, year: Option<u16>) -> HashMap<usize, Option<String>> {
    let with_parents = levels_with_parents(table);
    let mut strangers = HashMap::new();
    let mut above: HashSet<&str> = HashSet::new();
    let mut last: Option<&str> = None;
    for (index, row) in table.rows.iter().enumerate() {
        let Some(code) = row.code.as_deref() else { continue };
        let own_parent =
            parent(code).filter(|_| Level::of_code(code).is_some_and(|level| with_parents.contains(&level)));
        if own_parent.is_some_and(|parent| !above.contains(parent)) {
            strangers.insert(index, neighbour(row, code, last, year));
            continue;
        }
        above.insert(code);
        last = Some(code);
    }
    strangers
}

/// The code under the parent of the row above that has this row's name.
fn neighbour(row: &Row, code: &str, above: Option<&str>, year: Option<u16>) -> Option<String> {
    let parent = above?.get(..code.len().checked_sub(2)?)?;
    let expected = format!("{parent}{}", code.get(code.len() - 2..)?);
    let agrees = Subjects::standard().name_agrees(row.code_system?, &expected, year, row.name.as_deref()?);
    (expected != code && agrees == Agreement::Same).then_some(expected)
}

/// The levels at which codes stand under their parents' rows, by most of the table.
fn levels_with_parents(table: &Table) -> Vec<Level> {
    let codes: Vec<&str> = table.rows.iter().filter_map(|row| row.code.as_deref()).collect();
    let known: HashSet<&str> = codes.iter().copied().collect();
    let follows = |level: &Level| {
        let at: Vec<&&str> = codes.iter().filter(|code| Level::of_code(code) == Some(*level)).collect();
        let under = at.iter().filter(|code| parent(code).is_some_and(|parent| known.contains(parent))).count();
        under > 0 && under * 2 > at.len()
    };
    [Level::Section, Level::Item].into_iter().filter(follows).collect()
}

/// Does a part of a split code lack its leading zero: 301 2 for 30102?
fn lost_zero(raw: &str, code: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    raw.contains(' ') && digits(raw) < code.len() && raw.split(' ').skip(1).any(|part| digits(part) == 1)
}

fn name(row: &Row, code: &str, year: Option<u16>, find: &mut impl FnMut(FindingKind, &str, Option<String>)) {
    let (Some(name), Some(system)) = (row.name.as_deref(), row.code_system) else { return };
    let known = Subjects::standard();
    match known.name_agrees(system, code, year, name) {
        Agreement::Same | Agreement::Unknown => {}
        Agreement::OldName => {
            let now = known.lookup(system, code, year).map(|subject| subject.name.to_owned());
            find(FindingKind::OldName, name, now);
        }
        Agreement::Different { expected } => {
            let cut = skeleton(expected).starts_with(&skeleton(name));
            let kind = if cut { FindingKind::CutName } else { FindingKind::OtherName };
            find(kind, name, Some(expected.to_owned()));
        }
    }
}
