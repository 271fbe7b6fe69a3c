//! Identities between tables, and between the halves of one.

use super::figures::{Figures, Terms};
use super::outline::{Outline, by_code};
use super::{Family, Ledger, Outcome, Statement};
use crate::catalog::identities::{Across, Identities, Reference, RowReference, Rule};
use crate::catalog::line_items::{Block, LineItems};
use crate::catalog::subjects::System;
use crate::catalog::text::fold;
use crate::table::{Role, Table};
use std::collections::BTreeMap;

/// A table with its outline.
pub(super) struct Known<'d> {
    pub index: usize,
    pub table: &'d Table,
    pub outline: Outline,
}

/// Checks all identities between tables.
pub(super) fn check(tables: &[Known], figures: &Figures, ledger: &mut Ledger) {
    for identity in &Identities::standard().across {
        for (left, right) in pairs(identity, tables) {
            let left_sides = sides(left, &identity.left, figures);
            let right_sides = sides(right, &identity.right, figures);
            for left in &left_sides {
                for right in &right_sides {
                    compare(identity, left, right, figures, ledger);
                }
            }
        }
    }
}

/// The tables an identity speaks of. Where a form occurs more than once (a department and its units in one
/// report), the first goes with the first, the second with the second.
fn pairs<'t, 'd>(identity: &Across, tables: &'t [Known<'d>]) -> Vec<(&'t Known<'d>, &'t Known<'d>)> {
    let of = |reference: &Reference| -> Vec<Vec<&'t Known<'d>>> {
        let of_form = |form: &String| tables.iter().filter(|t| t.table.form.is_some_and(|f| f.id == *form)).collect();
        reference.forms.iter().map(of_form).collect()
    };
    let mut pairs = Vec::new();
    for left in of(&identity.left) {
        for right in of(&identity.right) {
            if left.len() == right.len() {
                pairs.extend(left.iter().copied().zip(right));
            }
        }
    }
    pairs
}

/// The figures of one side: by subject code, or all under the empty code. Blocks side by side are sides of
/// their own.
type Side = BTreeMap<String, Vec<usize>>;

fn sides(known: &Known, reference: &Reference, figures: &Figures) -> Vec<Side> {
    let table = known.table;
    let groups = table.columns.last().map_or(0, |column| column.group);
    let mut sides = Vec::new();
    for rows in &reference.rows {
        for group in 1..=groups {
            let Some(column) = reference.columns.iter().find_map(|key| column_of(table, group, key)) else { continue };
            let mut side = Side::new();
            for (code, row) in rows_of(known, rows, group) {
                // Rows of groups that go on with one another have the column of their own group.
                let key = table.amount_key(column);
                let same = |cell: &crate::table::AmountCell| {
                    cell.column == column || (table.rows[row].group != group && table.amount_key(cell.column) == key)
                };
                if let Some(amount) = table.rows[row].amounts.iter().position(same) {
                    side.entry(code).or_default().push(figures.at(known.index, row, amount));
                }
            }
            if !side.is_empty() {
                sides.push(side);
            }
        }
    }
    sides
}

/// The figures a sentence's reference means, in the one table that has them; `before` is the text before the
/// sentence's figure.
pub(super) fn figures_of(
    tables: &[Known],
    reference: &Reference,
    before: &str,
    figures: &Figures,
) -> Option<Vec<usize>> {
    for form in &reference.forms {
        let mut known = tables.iter().filter(|known| known.table.form.is_some_and(|found| found.id == *form));
        // In a report of several departments it cannot be told whose figure is meant.
        let (Some(known), None) = (known.next(), known.next()) else { continue };
        let sides = if reference.rows.contains(&RowReference::Named) {
            let rows = known.table.rows.iter().enumerate().filter(|(_, row)| {
                let name = row.name.as_deref().map(fold).unwrap_or_default();
                row.code.as_ref().is_some_and(|code| code.len() == 3)
                    && before.trim_end_matches("(类)").ends_with(&name)
            });
            let rows: Vec<usize> = rows.map(|(row, _)| row).collect();
            let [row] = rows[..] else { continue };
            let column =
                reference.columns.iter().find_map(|key| column_of(known.table, known.table.rows[row].group, key));
            let amount = known.table.rows[row].amounts.iter().position(|cell| Some(cell.column) == column);
            return amount.map(|amount| vec![figures.at(known.index, row, amount)]);
        } else {
            sides(known, reference, figures)
        };
        if let Some(found) = sides.into_iter().next().and_then(|side| side.into_values().next()) {
            let usable = |figure: &usize| figures.get(*figure).readable && figures.get(*figure).unit_known;
            return found.iter().all(usable).then_some(found);
        }
    }
    None
}

fn column_of(table: &Table, group: usize, key: &str) -> Option<usize> {
    table.columns.iter().position(|column| {
        column.group == group && matches!(&column.role, Role::Amount { key: Some(known) } if known == key)
    })
}

/// The rows a reference means in a group, with their codes.
fn rows_of(known: &Known, reference: &RowReference, group: usize) -> Vec<(String, usize)> {
    let table = known.table;
    let bare = |row: usize| (String::new(), row);
    match reference {
        RowReference::Total => known.outline.total.map(bare).into_iter().collect(),
        RowReference::Single => match &table.rows[..] {
            [_] => vec![bare(0)],
            _ => known.outline.total.map(bare).into_iter().collect(),
        },
        RowReference::Named => Vec::new(),
        RowReference::Name(name) => {
            let named = |row: &crate::table::Row| row.name.as_deref().map(fold).as_ref() == Some(name);
            table.rows.iter().position(named).map(bare).into_iter().collect()
        }
        RowReference::Grand if group > 1 => Vec::new(),
        RowReference::Grand => match known.outline.total {
            Some(total) => vec![bare(total)],
            None => known.outline.classes.iter().copied().map(bare).collect(),
        },
        RowReference::Codes => by_code(table).into_iter().map(|(code, row)| (code.to_owned(), row)).collect(),
        RowReference::Classes => {
            let functional = |code: &str| code.len() == 3 && System::of_code(code) == Some(System::Functional);
            let coded = by_code(table).into_iter().filter(|(code, _)| functional(code));
            let mut rows: BTreeMap<String, usize> = coded.map(|(code, row)| (code.to_owned(), row)).collect();
            if rows.is_empty() {
                for (index, row) in table.rows.iter().enumerate().filter(|(_, row)| row.group == group) {
                    let block = Some(Block::Expenditure(Some(System::Functional)));
                    let item = row.name.as_deref().and_then(|name| LineItems::standard().find_printed(name, block));
                    if let Some(code) = item.and_then(|item| item.code.as_deref())
                        && functional(code)
                    {
                        rows.entry(code.to_owned()).or_insert(index);
                    }
                }
            }
            rows.into_iter().collect()
        }
        RowReference::Item(key) => {
            let named = |(_, row): &(usize, &crate::table::Row)| {
                let name = row.name.as_deref().unwrap_or("");
                row.group == group
                    && [Block::Income, Block::Expenditure(None)].into_iter().any(|block| {
                        LineItems::standard().find_printed(name, Some(block)).is_some_and(|item| item.key == *key)
                    })
            };
            let mut rows = table.rows.iter().enumerate().filter(named).map(|(index, _)| index);
            rows.next().map(bare).into_iter().collect()
        }
    }
}

fn compare(identity: &'static Across, left: &Side, right: &Side, figures: &Figures, ledger: &mut Ledger) {
    let mut all = Vec::new();
    for (code, left) in left {
        let Some(right) = right.get(code) else { continue };
        // A figure is not compared with itself, nor a blank cell with a figure.
        let printed = |side: &[usize]| side.iter().any(|figure| figures.get(*figure).printed);
        let comparable = left.iter().chain(right).all(|figure| figures.get(*figure).unit_known)
            || left.iter().chain(right).all(|figure| !figures.get(*figure).unit_known);
        if left.iter().any(|figure| right.contains(figure)) || !printed(left) || !printed(right) || !comparable {
            continue;
        }
        let terms: Terms = left.iter().map(|&f| (f, -1)).chain(right.iter().map(|&f| (f, 1))).collect();
        all.push(terms);
    }
    // Where two tables agree in all, they list the same money and must agree code by code.
    let in_all: Terms = all.iter().flatten().copied().collect();
    let same_money = all.len() > 1 && figures.add_up(&in_all).is_some_and(|sum| sum.outcome == Outcome::Exact);
    let rule = if same_money { Rule::Law } else { identity.rule };
    for terms in all {
        let statement = Statement { id: &identity.id, says: &identity.says, rule, family: Family::Other };
        ledger.enter(figures, statement, terms);
    }
}
