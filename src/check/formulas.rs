//! Formulas printed in the notes: `24行＝（1＋2＋3＋4＋5＋6＋7）行`, `1栏各行＝（2＋3）栏各行`.

use super::figures::{Figures, Terms};
use super::{Family, Ledger, Statement};
use crate::catalog::identities::Rule;
use crate::catalog::text::fold;
use crate::table::{Role, Table};
use regex::Regex;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The id of checks that the report itself prints.
const PRINTED: Statement =
    Statement { id: "printed", says: "表下注明的公式", rule: Rule::Law, family: Family::Other };

/// What a formula counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Axis {
    /// Line numbers, 行次.
    Rows,
    /// Column numbers, 栏次.
    Columns,
}

/// A printed formula.
#[derive(Debug, PartialEq, Eq)]
struct Formula {
    axis: Axis,
    whole: u32,
    parts: Vec<(u32, i8)>,
}

/// Runs the formulas in a table's notes.
pub(super) fn check(table_index: usize, table: &Table, figures: &Figures, ledger: &mut Ledger) {
    for note in &table.notes {
        for formula in read(&note.text) {
            let instances = match formula.axis {
                Axis::Rows => by_rows(table_index, table, &formula, figures),
                Axis::Columns => by_columns(table_index, table, &formula, figures),
            };
            for terms in instances {
                ledger.enter(figures, PRINTED, terms);
            }
        }
    }
}

/// How many formulas the notes of a table print, and how many of them name rows or columns it has.
pub(super) fn count(table: &Table) -> (usize, usize) {
    let formulas: Vec<Formula> = table.notes.iter().flat_map(|note| read(&note.text)).collect();
    let lines: Vec<u32> = table.rows.iter().filter_map(|row| row.line_number).collect();
    let columns = amount_columns(table).len() as u32;
    let known = |formula: &&Formula| {
        let mut numbers = std::iter::once(formula.whole).chain(formula.parts.iter().map(|(number, _)| *number));
        match formula.axis {
            Axis::Rows => numbers.all(|number| lines.contains(&number)),
            Axis::Columns => numbers.all(|number| (1..=columns).contains(&number)),
        }
    };
    (formulas.len(), formulas.iter().filter(known).count())
}

/// All formulas in a note.
fn read(note: &str) -> Vec<Formula> {
    static FORMULA: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(\d+)(行|栏)(?:各行)?=\(?(\d+(?:(?:[+-]|\.{3,6})+\d+)*)\)?(行|栏)?").expect("a valid pattern")
    });
    let folded = fold(note);
    FORMULA
        .captures_iter(&folded)
        .filter_map(|found| {
            let axis = if &found[2] == "行" { Axis::Rows } else { Axis::Columns };
            Some(Formula { axis, whole: found[1].parse().ok()?, parts: parts(&found[3])? })
        })
        .collect()
}

/// The terms on the right: `1+2+…+7`, a range where dots stand.
fn parts(text: &str) -> Option<Vec<(u32, i8)>> {
    static TERM: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"([+.-]*)(\d+)").expect("a valid pattern"));
    let mut parts: Vec<(u32, i8)> = Vec::new();
    for term in TERM.captures_iter(text) {
        let number: u32 = term[2].parse().ok()?;
        let sign = if term[1].contains('-') { -1 } else { 1 };
        if term[1].contains('.') {
            let (last, _) = *parts.last()?;
            // A range may not be longer than any table.
            if number <= last || number - last > 200 {
                return None;
            }
            parts.extend((last + 1..number).map(|between| (between, sign)));
        }
        parts.push((number, sign));
    }
    Some(parts)
}

fn by_rows(table_index: usize, table: &Table, formula: &Formula, figures: &Figures) -> Vec<Terms> {
    let rows: HashMap<u32, usize> =
        table.rows.iter().enumerate().filter_map(|(index, row)| Some((row.line_number?, index))).collect();
    let Some(&whole) = rows.get(&formula.whole) else { return Vec::new() };
    let instance = |(amount, cell): (usize, &crate::table::AmountCell)| {
        let mut terms = vec![(figures.at(table_index, whole, amount), -1)];
        for (number, sign) in &formula.parts {
            let row = *rows.get(number)?;
            let amount = table.rows[row].amounts.iter().position(|other| other.column == cell.column)?;
            terms.push((figures.at(table_index, row, amount), *sign));
        }
        Some(terms)
    };
    table.rows[whole].amounts.iter().enumerate().filter_map(instance).collect()
}

/// The amount columns: 栏次 counts them from 1, left to right.
fn amount_columns(table: &Table) -> Vec<usize> {
    let columns = table.columns.iter().enumerate();
    columns.filter(|(_, column)| matches!(column.role, Role::Amount { .. })).map(|(index, _)| index).collect()
}

fn by_columns(table_index: usize, table: &Table, formula: &Formula, figures: &Figures) -> Vec<Terms> {
    let columns = amount_columns(table);
    let column = |number: u32| columns.get((number as usize).checked_sub(1)?).copied();
    let instance = |(index, row): (usize, &crate::table::Row)| {
        let term = |number: u32, sign: i8| {
            let column = column(number)?;
            let amount = row.amounts.iter().position(|cell| cell.column == column)?;
            Some((figures.at(table_index, index, amount), sign))
        };
        let mut terms = vec![term(formula.whole, -1)?];
        for (number, sign) in &formula.parts {
            terms.push(term(*number, *sign)?);
        }
        Some(terms)
    };
    table.rows.iter().enumerate().filter_map(instance).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(note: &str) -> Vec<String> {
        let sign = |sign: i8| if sign < 0 { '-' } else { '+' };
        let show = |formula: Formula| {
            let parts: String = formula.parts.iter().map(|(number, s)| format!("{}{number}", sign(*s))).collect();
            format!("{:?} {} = {parts}", formula.axis, formula.whole)
        };
        read(note).into_iter().map(show).collect()
    }

    #[test]
    fn formulas_of_lines_in_mixed_widths() {
        assert_eq!(
            shown("24 行＝（1＋2＋3＋4＋5＋6+7）行；27行＝（24＋25＋26）行；"),
            ["Rows 24 = +1+2+3+4+5+6+7", "Rows 27 = +24+25+26"]
        );
    }

    #[test]
    fn dots_stand_for_a_range() {
        assert_eq!(shown("51行＝（28＋29＋…＋32）行。"), ["Rows 51 = +28+29+30+31+32"]);
    }

    #[test]
    fn formulas_of_columns_with_a_minus() {
        assert_eq!(
            shown("6栏各行＝（1＋2－3）栏各行；3栏各行＝（4＋5）栏各行。"),
            ["Columns 6 = +1+2-3", "Columns 3 = +4+5"]
        );
    }

    #[test]
    fn prose_is_no_formula() {
        assert_eq!(shown("本表反映部门本年度的总收支情况，共24行。"), Vec::<String>::new());
    }
}
