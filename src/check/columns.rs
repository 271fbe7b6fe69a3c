//! Identities between the columns of a row: a whole and its parts, and balances.

use super::figures::{Figures, Terms};
use super::{Evidence, Family, Ledger, Statement};
use crate::catalog::identities::{Identities, Partition, Rule};
use crate::table::{Role, Table};
use std::cmp::Reverse;
use std::collections::HashMap;

/// The amount columns of one group, by key.
struct Keys<'t>(HashMap<&'t str, usize>);

/// A sum of columns: the whole first.
struct ColumnSum {
    whole: usize,
    whole_may_be_blank: bool,
    /// What is added; where such a column is blank, its own parts.
    plus: Vec<(usize, Vec<usize>)>,
    minus: Vec<usize>,
}

/// Checks every row of a table.
pub(super) fn check(table_index: usize, table: &Table, figures: &Figures, ledger: &mut Ledger) {
    let known = Identities::standard();
    let groups = table.columns.last().map_or(0, |column| column.group);
    for group in 1..=groups {
        let keys = Keys::of(table, group);
        if keys.0.len() < 2 {
            continue;
        }
        // A column nobody understands may be one of the parts.
        let understood =
            !table.columns.iter().any(|c| c.group == group && matches!(c.role, Role::Amount { key: None }));
        let rule = if understood { Rule::Law } else { Rule::Repeat };
        for (prefix, suffix) in affixes(known) {
            let mut tried: Vec<(&str, &str)> = Vec::new();
            for partition in &known.partitions {
                let question = (partition.whole.as_str(), partition.view.as_str());
                if tried.contains(&question) {
                    continue;
                }
                tried.push(question);
                let candidates = known.partitions.iter().filter(|p| (p.whole.as_str(), p.view.as_str()) == question);
                let best = candidates
                    .filter_map(|candidate| {
                        let sum = keys.partition(known, candidate, prefix, suffix)?;
                        Some((evidence(table_index, table, group, &sum, figures), candidate, sum))
                    })
                    // Of equals the one that names the fewest parts: what it names is what the table has.
                    .reduce(|best, other| {
                        let rank = |(found, candidate, _): &(Evidence, &Partition, ColumnSum)| {
                            (found.score(), Reverse(candidate.parts.len()))
                        };
                        if rank(&other) > rank(&best) { other } else { best }
                    });
                if let Some((found, candidate, sum)) = best
                    && found.supports()
                {
                    let statement =
                        Statement { id: &candidate.id, says: &candidate.says, rule, family: Family::Columns };
                    enter(table_index, table, group, &sum, figures, statement, ledger);
                }
            }
        }
        for balance in &known.balances {
            for sum in keys.balances(balance) {
                if evidence(table_index, table, group, &sum, figures).supports() {
                    let (id, says) = (balance.id.as_str(), balance.says.as_str());
                    let statement = Statement { id, says, rule: Rule::Law, family: Family::Columns };
                    enter(table_index, table, group, &sum, figures, statement, ledger);
                }
            }
        }
    }
}

fn affixes(known: &Identities) -> impl Iterator<Item = (&str, &str)> {
    let prefixes = std::iter::once("").chain(known.prefixes.iter().map(String::as_str));
    let prefixed = prefixes.map(|prefix| (prefix, ""));
    prefixed.chain(known.suffixes.iter().map(|suffix| ("", suffix.as_str())))
}

impl<'t> Keys<'t> {
    fn of(table: &'t Table, group: usize) -> Keys<'t> {
        let columns = table.columns.iter().enumerate().filter(|(_, column)| column.group == group);
        let keyed = columns.filter_map(|(index, column)| match &column.role {
            Role::Amount { key: Some(key) } => Some((key.as_str(), index)),
            _ => None,
        });
        Keys(keyed.collect())
    }

    /// The columns of a partition; `None` where the table has not the whole, or none of the parts.
    fn partition(&self, known: &Identities, partition: &Partition, prefix: &str, suffix: &str) -> Option<ColumnSum> {
        let whole = *self.0.get(format!("{prefix}{}{suffix}", partition.whole).as_str())?;
        let mut plus = Vec::new();
        self.frontier(known, partition, prefix, suffix, &mut plus);
        let whole_may_be_blank = partition.may_be_blank;
        (!plus.is_empty()).then_some(ColumnSum { whole, whole_may_be_blank, plus, minus: Vec::new() })
    }

    /// The columns that make up the parts: each itself, or its own parts.
    fn frontier(
        &self,
        known: &Identities,
        partition: &Partition,
        prefix: &str,
        suffix: &str,
        out: &mut Vec<(usize, Vec<usize>)>,
    ) {
        for part in &partition.parts {
            let inner = known.partitions.iter().find(|inner| inner.whole == *part);
            let mut inside = Vec::new();
            if let Some(inner) = inner {
                self.frontier(known, inner, prefix, suffix, &mut inside);
            }
            match self.0.get(format!("{prefix}{part}{suffix}").as_str()) {
                Some(&column) => out.push((column, inside.into_iter().map(|(column, _)| column).collect())),
                None => out.extend(inside),
            }
        }
    }

    /// The ways in which a balance holds in this table.
    fn balances(&self, balance: &crate::catalog::identities::Balance) -> Vec<ColumnSum> {
        let sum = |any: &str| {
            let column = |key: &String| self.0.get(key.replace("{}", any).as_str()).copied();
            Some(ColumnSum {
                whole: column(&balance.whole)?,
                whole_may_be_blank: true,
                plus: balance.plus.iter().map(|key| Some((column(key)?, Vec::new()))).collect::<Option<_>>()?,
                minus: balance.minus.iter().map(column).collect::<Option<_>>()?,
            })
        };
        let Some((front, back)) = balance.whole.split_once("{}") else { return sum("").into_iter().collect() };
        let mut any: Vec<&str> = self.0.keys().filter_map(|key| key.strip_prefix(front)?.strip_suffix(back)).collect();
        any.sort_unstable();
        any.into_iter().filter_map(sum).collect()
    }
}

/// The terms of a sum in every row of a group.
fn instances(
    table_index: usize,
    table: &Table,
    group: usize,
    sum: &ColumnSum,
    figures: &Figures,
) -> impl Iterator<Item = Terms> {
    table.rows.iter().enumerate().filter(move |(_, row)| row.group == group).filter_map(move |(index, row)| {
        let term = |column: &usize, sign: i8| {
            let amount = row.amounts.iter().position(|cell| cell.column == *column)?;
            Some((figures.at(table_index, index, amount), sign))
        };
        let whole = term(&sum.whole, -1)?;
        if sum.whole_may_be_blank && !figures.get(whole.0).printed {
            return None;
        }
        let mut terms = vec![whole];
        for (column, inside) in &sum.plus {
            let Some(part) = term(column, 1) else { continue };
            match figures.get(part.0).printed || inside.is_empty() {
                true => terms.push(part),
                false => terms.extend(inside.iter().filter_map(|column| term(column, 1))),
            }
        }
        terms.extend(sum.minus.iter().filter_map(|column| term(column, -1)));
        Some(terms)
    })
}

fn evidence(table_index: usize, table: &Table, group: usize, sum: &ColumnSum, figures: &Figures) -> Evidence {
    let mut evidence = Evidence::default();
    for terms in instances(table_index, table, group, sum, figures) {
        evidence.count(figures.add_up(&terms).map(|result| result.outcome));
    }
    evidence
}

fn enter(
    table_index: usize,
    table: &Table,
    group: usize,
    sum: &ColumnSum,
    figures: &Figures,
    statement: Statement,
    ledger: &mut Ledger,
) {
    for terms in instances(table_index, table, group, sum, figures) {
        ledger.enter(figures, statement, terms);
    }
}
