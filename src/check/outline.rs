//! Which rows of a table add up to which: its outline, told by subject codes, by unit codes, or by
//! ordinals and indentation.
//!
//! Codes leave no doubt. Ordinals and indentation do, so several readings are tried and the one that the
//! figures bear out is taken; where none is, the rows stay unchecked.

use super::figures::{Figures, Terms};
use super::{Evidence, Family, Ledger, Statement, subjects};
use crate::catalog::columns::LabelRole;
use crate::catalog::identities::{Identities, Rule};
use crate::catalog::line_items::{Block, LineItems, Side};
use crate::catalog::text::{OrdinalKind, fold, ordinal, without_ordinals};
use crate::table::{AmountCell, AmountState, Role, Row, RowKind, Table};
use std::collections::HashMap;

const ITEMS_OF_CODE: (&str, &str) = ("I-01", "上级科目 = Σ下级科目");
const TOTAL_OF_CODES: (&str, &str) = ("I-01", "合计 = Σ各类");
const UNIT: (&str, &str) = ("rows.unit", "单位合计 = Σ其各科目");
const UNITS: (&str, &str) = ("rows.units", "合计 = Σ各单位");
const LINES: (&str, &str) = ("rows.lines", "项 = Σ其下各项");
const RUNNING_TOTAL: (&str, &str) = ("I-03", "合计 = Σ以上各项");

/// A row that is the sum of others.
#[derive(Debug, Clone)]
struct Sum {
    whole: usize,
    parts: Vec<usize>,
    names: (&'static str, &'static str),
    rule: Rule,
}

/// Which rows of a table add up to which.
#[derive(Debug, Default)]
pub(super) struct Outline {
    sums: Vec<Sum>,
    /// The row that stands for the whole table.
    pub total: Option<usize>,
    /// The rows that together stand for the whole table.
    pub classes: Vec<usize>,
}

/// Reads the outline of a table and enters its sums.
pub(super) fn check(
    table_index: usize,
    table: &Table,
    year: Option<u16>,
    figures: &Figures,
    ledger: &mut Ledger,
) -> Outline {
    let context = Context { table_index, table, figures };
    let coded = table.rows.iter().filter(|row| row.code.is_some() && !row.amounts.is_empty()).count();
    let named = table.rows.iter().filter(|row| matches!(row.kind, RowKind::Line)).count();
    let mut outline = if coded > 0 && coded * 2 >= named {
        coded_outline(table, year)
    } else {
        let labelled = context.best_labelled();
        match unit_codes(table).map(|units| unit_outline(table, &units)) {
            Some(units) if context.evidence(&units).score() > context.evidence(&labelled).score() => units,
            _ => labelled,
        }
    };
    if outline.total.is_none() {
        outline.total = table.rows.iter().position(|row| row.kind == RowKind::Total);
    }
    for sum in &outline.sums {
        for terms in context.terms(sum, &outline) {
            let statement = Statement { id: sum.names.0, says: sum.names.1, rule: sum.rule, family: Family::Rows };
            ledger.enter(figures, statement, terms);
        }
    }
    outline
}

/// The outline of a table whose rows have subject codes. Groups side by side go on with one another.
fn coded_outline(table: &Table, year: Option<u16>) -> Outline {
    let mut outline = Outline::default();
    // A row with a wrong code adds up where it stands, not where its code would put it.
    let strangers = subjects::strangers(table, year);
    let meant = |row: usize| strangers.get(&row).and_then(Option::as_deref).or(table.rows[row].code.as_deref());
    let mut parts: Vec<Vec<usize>> = vec![Vec::new(); table.rows.len()];
    let mut totals: Vec<usize> = Vec::new();
    let mut subtotals: Vec<usize> = Vec::new();
    // The heads of sections (单位), with what stands under each.
    let mut sections: Vec<(Option<usize>, Vec<usize>)> = vec![(None, Vec::new())];
    let mut open: Vec<usize> = Vec::new();
    let first = table.rows.iter().find_map(|row| row.code.as_deref()?.chars().next());
    for index in in_group_order(table) {
        let row = &table.rows[index];
        match row.kind {
            RowKind::Total => totals.push(index),
            RowKind::Subtotal => subtotals.push(index),
            _ => match meant(index) {
                Some(code) => {
                    close(&mut open, &meant, code, first);
                    match open.last() {
                        Some(&parent) => parts[parent].push(index),
                        None => sections.last_mut().into_iter().for_each(|(_, rows)| rows.push(index)),
                    }
                    open.push(index);
                }
                None if has_figures(row) => {
                    open.clear();
                    sections.push((Some(index), Vec::new()));
                }
                None => {}
            },
        }
    }
    for (whole, parts) in parts.into_iter().enumerate().filter(|(_, parts)| !parts.is_empty()) {
        outline.sums.push(Sum { whole, parts, names: ITEMS_OF_CODE, rule: Rule::Law });
    }
    let classes: Vec<usize> = sections.iter().flat_map(|(_, rows)| rows.iter().copied()).collect();
    for subtotal in subtotals {
        let name = table.rows[subtotal].name.as_deref().map(fold).unwrap_or_default();
        if let Some(known) = Identities::standard().subtotal(&name) {
            let of = |row: &&usize| table.rows[**row].code.as_ref().is_some_and(|code| known.classes.contains(code));
            let parts: Vec<usize> = classes.iter().filter(of).copied().collect();
            if !parts.is_empty() {
                outline.sums.push(Sum { whole: subtotal, parts, names: (&known.id, &known.says), rule: Rule::Law });
            }
        }
    }
    let mut heads: Vec<usize> = Vec::new();
    let mut above: Option<usize> = None;
    for (head, rows) in sections.iter() {
        match head {
            // The department over its units.
            Some(head) if rows.is_empty() && above.is_none() && heads.is_empty() => above = Some(*head),
            Some(head) => {
                heads.push(*head);
                if !rows.is_empty() {
                    outline.sums.push(Sum { whole: *head, parts: rows.clone(), names: UNIT, rule: Rule::Law });
                }
            }
            None => {}
        }
    }
    if let Some(above) = above
        && !heads.is_empty()
    {
        outline.sums.push(Sum { whole: above, parts: heads.clone(), names: UNITS, rule: Rule::Law });
    }
    for &total in &totals {
        let parts = match (above, heads.is_empty()) {
            (Some(above), _) if heads.is_empty() => vec![above],
            (_, false) if sections[0].1.is_empty() => heads.clone(),
            _ => classes.clone(),
        };
        if !parts.is_empty() {
            outline.sums.push(Sum { whole: total, parts, names: TOTAL_OF_CODES, rule: Rule::Law });
        }
    }
    outline.total = totals.first().copied().or(above);
    if outline.total.is_none() && heads.len() == 1 && sections[0].1.is_empty() {
        outline.total = heads.first().copied();
    }
    outline.classes = classes;
    outline
}

/// Closes the rows that a code does not stand under.
fn close<'t>(open: &mut Vec<usize>, meant: &impl Fn(usize) -> Option<&'t str>, code: &str, first: Option<char>) {
    while let Some(&last) = open.last() {
        let above = meant(last).unwrap_or("");
        let under = if above.chars().next() == code.chars().next() {
            let below = code.len() > above.len() && code.starts_with(above);
            // Where a classification ends early, its last code is printed at both levels: 21999, 21999.
            below || (code == above && code.starts_with('2') && code.len() < 7)
        } else {
            // Economic codes may stand under functional ones.
            code.chars().next() != first
        };
        if under {
            break;
        }
        open.pop();
    }
}

/// The rows group by group, each from the top down.
fn in_group_order(table: &Table) -> Vec<usize> {
    let mut order: Vec<usize> = (0..table.rows.len()).collect();
    order.sort_by_key(|&row| table.rows[row].group);
    order
}

fn has_figures(row: &Row) -> bool {
    row.amounts.iter().any(|cell| cell.amount.is_figure())
}

/// The unit codes of the rows, where the table has such a column and no subject codes.
fn unit_codes(table: &Table) -> Option<Vec<Option<String>>> {
    let column = table.columns.iter().position(|column| column.role == Role::Label(LabelRole::UnitCode))?;
    let code = |row: &Row| row.texts.iter().find(|text| text.column == column).map(|text| fold(&text.raw));
    let codes: Vec<Option<String>> = table.rows.iter().map(code).collect();
    (codes.iter().flatten().count() >= 2).then_some(codes)
}

fn unit_outline(table: &Table, units: &[Option<String>]) -> Outline {
    let mut outline = Outline::default();
    let mut parts: Vec<Vec<usize>> = vec![Vec::new(); table.rows.len()];
    let mut open: Vec<usize> = Vec::new();
    for (index, unit) in units.iter().enumerate() {
        let Some(unit) = unit.as_ref().filter(|_| table.rows[index].kind != RowKind::Total) else { continue };
        while let Some(&last) = open.last() {
            let above = units[last].as_deref().unwrap_or("");
            if unit.len() > above.len() && unit.starts_with(above) {
                break;
            }
            open.pop();
        }
        match open.last() {
            Some(&parent) => parts[parent].push(index),
            None => outline.classes.push(index),
        }
        open.push(index);
    }
    for (whole, parts) in parts.into_iter().enumerate().filter(|(_, parts)| !parts.is_empty()) {
        outline.sums.push(Sum { whole, parts, names: UNIT, rule: Rule::Law });
    }
    for (whole, _) in table.rows.iter().enumerate().filter(|(_, row)| row.kind == RowKind::Total) {
        outline.sums.push(Sum { whole, parts: outline.classes.clone(), names: UNITS, rule: Rule::Law });
    }
    outline
}

/// How rows without codes are read.
#[derive(Clone, Copy, Debug)]
enum Reading {
    /// Ordinals first; rows without one stand under the row above, by indentation.
    OrdinalsThenIndent,
    /// By indentation alone.
    Indent,
    /// By ordinals alone; rows without one stand beside.
    Ordinals,
    /// The first row is the sum of all others.
    FirstIsTotal,
    /// All rows beside one another.
    Flat,
}

const READINGS: [Reading; 5] =
    [Reading::OrdinalsThenIndent, Reading::Indent, Reading::Ordinals, Reading::FirstIsTotal, Reading::Flat];

/// What a column further right counts for, in points an em.
const POINTS_PER_STEP: f32 = 10.0;

/// Indentations that differ by less are the same, in em.
const SAME_INDENT: f32 = 0.6;

struct Context<'d> {
    table_index: usize,
    table: &'d Table,
    figures: &'d Figures,
}

/// A row that is read by its label.
struct Labelled {
    row: usize,
    ordinals: Vec<(OrdinalKind, u32)>,
    indent: f32,
    /// 合计, 总计, 本年收入合计 …
    total: bool,
    /// Without a figure.
    blank: bool,
    /// What the catalogue says it is about.
    side: Option<Side>,
}

impl Context<'_> {
    /// The terms of a sum, one list for each amount column of the whole.
    fn terms<'o>(&'o self, sum: &'o Sum, outline: &'o Outline) -> impl Iterator<Item = Terms> + 'o {
        let table = self.table;
        let whole = &table.rows[sum.whole];
        whole.amounts.iter().enumerate().filter_map(move |(amount, cell)| {
            // A sum that is not printed claims nothing.
            if !cell.amount.is_figure() {
                return None;
            }
            let mut terms = vec![(self.figures.at(self.table_index, sum.whole, amount), -1)];
            for &part in &sum.parts {
                self.part(part, cell.column, outline, 0, &mut terms);
            }
            (terms.len() > 1).then_some(terms)
        })
    }

    /// A part in a column; where it is left blank, what it is the sum of.
    fn part(&self, row: usize, column: usize, outline: &Outline, depth: usize, terms: &mut Terms) {
        let table = self.table;
        let group = |column: usize| table.columns.get(column).map(|column| column.group);
        let key = table.amount_key(column);
        // In another group the column is another one with the same key.
        let same = |other: &AmountCell| {
            other.column == column
                || (key.is_some() && group(other.column) != group(column) && table.amount_key(other.column) == key)
        };
        let Some(amount) = table.rows[row].amounts.iter().position(same) else { return };
        let inner = outline.sums.iter().find(|sum| sum.whole == row && sum.rule == Rule::Law);
        match inner {
            Some(inner) if depth < 4 && table.rows[row].amounts[amount].amount.state == AmountState::Blank => {
                for &part in &inner.parts {
                    self.part(part, column, outline, depth + 1, terms);
                }
            }
            _ => terms.push((self.figures.at(self.table_index, row, amount), 1)),
        }
    }

    fn evidence(&self, outline: &Outline) -> Evidence {
        let mut evidence = Evidence::default();
        for sum in outline.sums.iter().filter(|sum| sum.rule == Rule::Law) {
            for terms in self.terms(sum, outline) {
                evidence.count(self.figures.add_up(&terms).map(|result| result.outcome));
            }
        }
        evidence
    }

    /// Of the readings of each group the one that the figures bear out.
    fn best_labelled(&self) -> Outline {
        let mut outline = Outline::default();
        let groups = self.table.columns.last().map_or(0, |column| column.group);
        for group in 1..=groups {
            let rows = self.labelled(group);
            let mut best: Option<(Evidence, Outline)> = None;
            for reading in READINGS {
                for totals_apart in [true, false] {
                    let candidate = read(&rows, reading, totals_apart);
                    let evidence = self.evidence(&candidate);
                    if best.as_ref().is_none_or(|(found, _)| evidence.score() > found.score()) {
                        best = Some((evidence, candidate));
                    }
                }
            }
            if let Some((evidence, found)) = best
                && evidence.bears_out()
            {
                outline.sums.extend(found.sums);
                outline.classes.extend(found.classes);
            }
        }
        self.share_totals(&mut outline);
        outline
    }

    /// A block without a total of its own may have that of a block beside it: 支出总计 under 功能分类 is the sum
    /// of 支出用途 as well.
    fn share_totals(&self, outline: &mut Outline) {
        let rows = &self.table.rows;
        let is_total = |row: usize| matches!(rows[row].kind, RowKind::Total | RowKind::Subtotal);
        let groups = self.table.columns.last().map_or(0, |column| column.group);
        for group in 2..=groups {
            if (0..rows.len()).any(|row| rows[row].group == group && is_total(row)) {
                continue;
            }
            let parts: Vec<usize> = outline.classes.iter().copied().filter(|row| rows[*row].group == group).collect();
            let totals = (0..rows.len()).filter(|&row| rows[row].group < group && is_total(row));
            let shared = totals.map(|whole| Sum { whole, parts: parts.clone(), names: RUNNING_TOTAL, rule: Rule::Law });
            let held = shared.filter(|sum| {
                let alone = Outline { sums: vec![sum.clone()], ..Outline::default() };
                !parts.is_empty() && self.evidence(&alone).fails == 0 && self.evidence(&alone).bears_out()
            });
            let held: Vec<Sum> = held.collect();
            outline.sums.extend(held);
        }
    }

    fn labelled(&self, group: usize) -> Vec<Labelled> {
        let rows = self.table.rows.iter().enumerate().filter(|(_, row)| row.group == group && !row.amounts.is_empty());
        // Names may start in a later column the deeper they stand.
        let left = rows.clone().map(|(_, row)| row.bbox.x0).fold(f32::MAX, f32::min);
        rows.map(|(index, row)| {
            let mut name = row.name_raw.as_deref().or(row.texts.first().map(|text| text.raw.as_str())).unwrap_or("");
            let mut ordinals = Vec::new();
            while let Some((found, rest)) = ordinal(name) {
                ordinals.push((found.kind, found.number));
                name = rest;
            }
            let bare = fold(name);
            let total = matches!(row.kind, RowKind::Total | RowKind::Subtotal)
                || bare.ends_with('计')
                || matches!(without_ordinals(&bare), "本年收入" | "本年支出");
            let indent = row.indent + (row.bbox.x0 - left) / POINTS_PER_STEP;
            let side = LineItems::standard().find(without_ordinals(&bare), Some(Block::Income)).map(|item| item.side);
            Labelled { row: index, ordinals, indent, total, blank: !has_figures(row), side }
        })
        .collect()
    }
}

/// The outline of labelled rows under one reading.
fn read(rows: &[Labelled], reading: Reading, totals_apart: bool) -> Outline {
    let mut outline = Outline::default();
    if matches!(reading, Reading::FirstIsTotal) {
        if let Some((first, rest)) = rows.split_first()
            && rest.len() > 1
        {
            let parts = rest.iter().map(|row| row.row).collect();
            outline.sums.push(Sum { whole: first.row, parts, names: UNITS, rule: Rule::Law });
        }
        return outline;
    }
    // Positions in `rows` of the rows that are open, outermost first.
    let mut open: Vec<usize> = Vec::new();
    let mut parts: Vec<Vec<usize>> = vec![Vec::new(); rows.len()];
    let mut top: Vec<usize> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        if row.total && (totals_apart || row.ordinals.is_empty()) {
            open.clear();
            top.push(at);
            continue;
        }
        let kept = reading.stands_under(rows, &open, row);
        open.truncate(kept);
        match open.last() {
            Some(parent) => parts[*parent].push(at),
            None => top.push(at),
        }
        open.push(at);
    }
    for (whole, parts) in parts.iter().enumerate().filter(|(_, parts)| !parts.is_empty()) {
        // What is only a part of the whole (其中) need not add up to it.
        let some = parts.iter().any(|&part| rows[part].ordinals.iter().any(|(kind, _)| *kind == OrdinalKind::OfWhich));
        let rule = if some { Rule::Repeat } else { Rule::Law };
        let parts = parts.iter().map(|&part| rows[part].row).collect();
        outline.sums.push(Sum { whole: rows[whole].row, parts, names: LINES, rule });
    }
    running_totals(rows, &top, totals_apart, &mut outline);
    outline.classes = top.iter().filter(|&&at| !rows[at].total).map(|&at| rows[at].row).collect();
    outline
}

/// Totals among the rows at the top: each is the last one and what stands between them; one that comes
/// first is the sum of what follows.
fn running_totals(rows: &[Labelled], top: &[usize], totals_apart: bool, outline: &mut Outline) {
    let is_total = |at: usize| rows[at].total && (totals_apart || rows[at].ordinals.is_empty());
    let mut pending: Vec<usize> = Vec::new();
    for (position, &at) in top.iter().enumerate() {
        if !is_total(at) {
            pending.push(rows[at].row);
            continue;
        }
        let parts = if pending.is_empty() {
            top[position + 1..].iter().take_while(|&&next| !is_total(next)).map(|&next| rows[next].row).collect()
        } else {
            pending.clone()
        };
        if !parts.is_empty() {
            outline.sums.push(Sum { whole: rows[at].row, parts, names: RUNNING_TOTAL, rule: Rule::Law });
        }
        // A total left blank does not stand for the items above it.
        if !pending.is_empty() && !rows[at].blank {
            pending.clear();
            pending.push(rows[at].row);
        }
    }
}

impl Reading {
    /// How many of the open rows a row stands under.
    fn stands_under(self, rows: &[Labelled], open: &[usize], row: &Labelled) -> usize {
        let deeper = |above: &Labelled| above.indent + SAME_INDENT < row.indent;
        let by_indent = |from: usize| from + open[from..].iter().take_while(|&&above| deeper(&rows[above])).count();
        match self {
            Reading::Flat | Reading::FirstIsTotal => 0,
            Reading::Indent => by_indent(0),
            Reading::Ordinals => by_number(rows, open, row),
            // 年初结转和结余 and, below it, the same sources again.
            Reading::OrdinalsThenIndent
                if row.side == Some(Side::Income)
                    && open.first().is_some_and(|&head| rows[head].side == Some(Side::BalanceIn)) =>
            {
                1
            }
            Reading::OrdinalsThenIndent => match row.ordinals.is_empty() {
                false => by_number(rows, open, row),
                // Under the last row with an ordinal, and among one another by indentation.
                true => {
                    by_indent(open.iter().rposition(|&above| !rows[above].ordinals.is_empty()).map_or(0, |p| p + 1))
                }
            },
        }
    }
}

/// How many of the open rows a row stands under by its number: it goes on counting in the list it belongs
/// to, or begins one.
fn by_number(rows: &[Labelled], open: &[usize], row: &Labelled) -> usize {
    let of_which = |row: &Labelled| row.ordinals.first().is_some_and(|(kind, _)| *kind == OrdinalKind::OfWhich);
    let Some(&(kind, number)) = row.ordinals.last() else { return 0 };
    if of_which(row) {
        // Another 其中 after one stands beside it.
        return open.len() - usize::from(open.last().is_some_and(|&above| of_which(&rows[above])));
    }
    let last_of = |above: usize| rows[above].ordinals.last().filter(|(of, _)| *of == kind).map(|(_, last)| *last);
    let goes_on = open.iter().rposition(|&above| last_of(above).is_some_and(|last| last + 1 == number));
    let skips = || open.iter().rposition(|&above| last_of(above).is_some_and(|last| last < number));
    let of_kind = || open.iter().rposition(|&above| last_of(above).is_some());
    match goes_on {
        Some(position) => position,
        None if number == 1 => open.len(),
        None => skips().or_else(of_kind).unwrap_or(0),
    }
}

/// The rows of a table by subject code; codes that come twice are left out.
pub(super) fn by_code(table: &Table) -> HashMap<&str, usize> {
    let mut rows: HashMap<&str, Option<usize>> = HashMap::new();
    for (index, row) in table.rows.iter().enumerate() {
        if let Some(code) = row.code.as_deref() {
            rows.entry(code).and_modify(|known| *known = None).or_insert(Some(index));
        }
    }
    rows.into_iter().filter_map(|(code, row)| Some((code, row?))).collect()
}
