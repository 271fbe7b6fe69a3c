//! Formulas printed in the notes: `24行＝（1＋2＋3＋4＋5＋6＋7）行`, `1栏各行＝（2＋3）栏各行`.

use super::figures::{Figures, Terms};
use super::{Family, Ledger, Statement};
use crate::catalog::formulas::{Axis, Formula, read};
use crate::catalog::identities::Rule;
use crate::table::{Role, Table};
use std::collections::HashMap;

/// The id of checks that the report itself prints.
const PRINTED: Statement =
    Statement { id: "printed", says: "表下注明的公式", rule: Rule::Law, family: Family::Other };

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
