//! What a row of a table is about, as an identifier that stays the same over years and departments, and differs where
//! a code means something else.

use super::notes::{Note, NoteKind, Notes};
use super::reports::Report;
use super::rows::AmountRow;
use crate::catalog::changes::Changes;
use crate::catalog::forms::{self, RowAxis};
use crate::catalog::line_items::{Block, LineItems};
use crate::catalog::subjects::{Agreement, Subjects, System};
use crate::catalog::text::{fold, skeleton, without_ordinals};

/// A name that is cut short by the edge of its cell agrees if as many characters are left.
const SHORTEST_CUT: usize = 4;

/// What a row is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Subject {
    /// `functional:2080501`, `economic_dept:30311@2018`, `item:fiscal_appropriation`, `total`, `name:…`.
    pub(super) id: String,
    /// The first year of the code's meaning, where it has several.
    pub(super) code_since: Option<u16>,
    /// The key of the line item.
    pub(super) line_item: Option<&'static str>,
    /// The printed name is not what the code is known as.
    pub(super) other_name: bool,
}

impl Subject {
    pub(super) fn of(row: &AmountRow, report: &Report, notes: &mut Notes) -> Subject {
        match System::of_key(&row.code_system) {
            Some(system) if !row.code.is_empty() => coded(system, row, report, notes),
            _ => named(row),
        }
    }
}

/// A row with a subject code.
fn coded(system: System, row: &AmountRow, report: &Report, notes: &mut Notes) -> Subject {
    let year = report.fiscal_year;
    let code_since = year.and_then(|year| Changes::standard().meaning_since(system, &row.code, year));
    if let Some(year) = year {
        notes.met(system, &row.code, year);
    }
    let mut id = format!("{system}:{}", row.code);
    if let Some(since) = code_since {
        id.push_str(&format!("@{since}"));
    }
    let subjects = Subjects::standard();
    let agreement = subjects.name_agrees(system, &row.code, year, &row.name);
    let expected = match agreement {
        Agreement::Different { expected } if !is_cut(&row.name, expected) => Some(expected),
        _ => None,
    };
    // Where it is not known what the code means in that year, the name belongs to it.
    if expected.is_some() || (agreement == Agreement::Unknown && !row.name.is_empty()) {
        id.push('=');
        id.push_str(&skeleton(&row.name));
    }
    if let Some(expected) = expected {
        let message = format!("{} is printed {}, and known as {expected}: a series of its own", row.code, row.name);
        notes.once(Note { series: id.clone(), message, ..Note::at(NoteKind::OtherName, report, row) });
    }
    Subject { id, code_since, line_item: None, other_name: expected.is_some() }
}

fn is_cut(printed: &str, expected: &str) -> bool {
    let printed = skeleton(printed);
    printed.chars().count() >= SHORTEST_CUT && skeleton(expected).starts_with(&printed)
}

/// A row known by its name, or by its place at the end.
fn named(row: &AmountRow) -> Subject {
    let is_summary = forms::all().iter().any(|form| form.id == row.table_id && form.rows == RowAxis::LineItems);
    let block = match row.group {
        1 => Block::Income,
        _ => Block::Expenditure(None),
    };
    let item = LineItems::standard().find_printed(&row.name, Some(block)).filter(|_| is_summary);
    let id = match item {
        Some(item) => format!("item:{}", item.key),
        None if row.row_kind == "total" && !is_summary => "total".to_owned(),
        None if row.name.is_empty() => row.row_kind.clone(),
        None => format!("name:{}", without_ordinals(&fold(&row.name))),
    };
    Subject { id, line_item: item.map(|item| item.key.as_str()), ..Subject::default() }
}
