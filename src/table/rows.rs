//! Body rows → typed rows, one for each group of columns that says something.

use super::amount::{Amount, AmountState};
use super::code;
use super::columns::{Column, Role};
use super::{AmountCell, BodyCell, BodyRow, Row, RowKind, Text};
use crate::catalog::columns::LabelRole;
use crate::catalog::forms::{Form, RowAxis};
use crate::catalog::sums;
use crate::catalog::text::fold;
use crate::geometry::Rect;

/// Types all rows.
pub(super) fn type_rows(columns: &[Column], body: &[BodyRow], form: Option<&Form>) -> Vec<Row> {
    let groups = columns.last().map_or(0, |column| column.group);
    // Where 类 is printed once and left blank below, the parts are carried down.
    let mut carried: Vec<Vec<String>> = vec![Vec::new(); groups + 1];
    let mut rows = Vec::new();
    // The text of the cell that stands in each column, merged over rows or not.
    let mut standing: Vec<&str> = vec![""; columns.len()];
    let mut page = 0;
    for printed in body {
        for (text, cell) in standing.iter_mut().zip(&printed.cells) {
            // A merged cell that is cut by the end of the page goes on without its text.
            let goes_on = cell.covered || (printed.page != page && cell.text.is_empty());
            if !goes_on {
                *text = cell.text.trim();
            }
        }
        page = printed.page;
        let first = rows.len();
        for (group, carried) in carried.iter_mut().enumerate().skip(1) {
            let Some(row) = type_row(columns, printed, &standing, group, form, carried) else { continue };
            match rows[first..].last_mut() {
                // A label merged over the labels of the next group as well: the amounts there are its own.
                Some(before) if unlabelled(columns, printed, group) => {
                    let before: &mut Row = before;
                    before.amounts.retain(|cell| cell.amount.state != AmountState::Blank);
                    before.amounts.extend(row.amounts);
                }
                _ => rows.push(row),
            }
        }
    }
    settle_relative_codes(&mut rows);
    rows
}

/// A section (款) may be printed as its own two digits only, between its class and its first item printed
/// whole: 201, 10, 2011007. Both must bear it out.
fn settle_relative_codes(rows: &mut [Row]) {
    for index in 1..rows.len() {
        let Some(raw) = rows[index].code_raw.as_deref().filter(|raw| rows[index].code.is_none() && raw.len() == 2)
        else {
            continue;
        };
        let class = rows[..index].iter().rev().filter_map(|row| row.code.as_deref()).next().and_then(|c| c.get(..3));
        let item = rows[index + 1..].iter().find_map(|row| row.code.as_deref()).filter(|code| code.len() == 7);
        let section = class.map(|class| format!("{class}{raw}"));
        if let (Some(section), Some(item)) = (section, item)
            && item.starts_with(&section)
        {
            rows[index].code_system = code::system(&section);
            rows[index].code = Some(section);
            rows[index].kind = RowKind::Code;
        }
    }
}

/// Is a cell of labels merged with the amount to its right, and holds that amount? Sheets draw no ruling
/// where a figure too wide for its column runs over the one before.
fn overflows_right(columns: &[Column], printed: &BodyRow, index: usize) -> bool {
    let is_amount = |at: usize| columns.get(at).is_some_and(|column| matches!(column.role, Role::Amount { .. }));
    let drawn = |at: usize| printed.cells.get(at).is_some_and(|cell| cell.page != 0);
    let text = printed.cells[index].text.trim();
    let alone = !drawn(index + 1) && (!is_amount(index + 2) || drawn(index + 2));
    !is_amount(index)
        && is_amount(index + 1)
        && columns[index + 1].group == columns[index].group
        && alone
        && text.contains(['.', ',', '．', '，'])
        && Amount::read(text).is_figure()
}

/// Is no cell drawn where the labels of a group would stand?
fn unlabelled(columns: &[Column], printed: &BodyRow, group: usize) -> bool {
    let mut labels = columns
        .iter()
        .zip(&printed.cells)
        .filter(|(column, _)| column.group == group && matches!(column.role, Role::Label(_)))
        .peekable();
    labels.peek().is_some() && labels.all(|(_, cell)| cell.page == 0)
}

fn type_row(
    columns: &[Column],
    printed: &BodyRow,
    standing: &[&str],
    group: usize,
    form: Option<&Form>,
    carried: &mut Vec<String>,
) -> Option<Row> {
    let mut row = Row {
        group,
        kind: RowKind::Line,
        code_system: None,
        code_raw: None,
        code: None,
        line_number: None,
        name_raw: None,
        name: None,
        indent: 0.0,
        texts: Vec::new(),
        amounts: Vec::new(),
        page: printed.page,
        bbox: Rect::default(),
    };
    row.bbox = label_box(columns, printed, group);
    let mut parts: Vec<String> = Vec::new();
    let mut parts_done = false;
    let mut filled = false;
    let mut overflowed: Option<&BodyCell> = None;
    for (index, (column, cell)) in columns.iter().zip(&printed.cells).enumerate() {
        if column.group != group {
            continue;
        }
        if overflows_right(columns, printed, index) {
            overflowed = Some(cell);
            continue;
        }
        let cell = overflowed.take().unwrap_or(cell);
        let text = cell.text.trim();
        filled |= !text.is_empty();
        match &column.role {
            Role::Amount { .. } => row.amounts.push(AmountCell {
                column: index,
                amount: Amount::read(text),
                page: if cell.page == 0 { printed.page } else { cell.page },
                bbox: cell.bbox,
            }),
            Role::Label(LabelRole::CodePart) if !parts_done && part_follows(columns, index, &parts) => {
                parts.push(text.to_string());
            }
            _ if text.is_empty() => {}
            Role::Label(LabelRole::Code) if row.code_raw.is_none() && parts.is_empty() => {
                row.code_raw = Some(text.to_string());
            }
            Role::Label(LabelRole::LineNumber) if row.line_number.is_none() => {
                row.line_number = fold(text).parse().ok();
            }
            Role::Label(LabelRole::Name) if row.name_raw.is_none() => {
                row.name_raw = Some(text.to_string());
                row.indent = cell.indent;
                parts_done = true;
            }
            Role::Label(_) => row.texts.push(Text { column: index, raw: text.to_string() }),
        }
    }
    if !filled {
        return None;
    }
    // 合计 may stand in the column of units.
    if row.name_raw.is_none() && row.code_raw.is_none() && parts.iter().all(String::is_empty) {
        row.name_raw = row.texts.iter().find(|text| sums::is_total(&fold(&text.raw))).map(|text| text.raw.clone());
    }
    settle_code(&mut row, parts, carried);
    if row.code.is_some() {
        row.texts.extend(units_above(columns, printed, standing, group));
    }
    settle_name(&mut row);
    row.kind = kind(&row, form);
    Some(row)
}

/// The units that cells merged downwards name: one cell may do so for many rows.
fn units_above(columns: &[Column], printed: &BodyRow, standing: &[&str], group: usize) -> Vec<Text> {
    let names_unit = |role: &Role| matches!(role, Role::Label(LabelRole::UnitName | LabelRole::UnitCode));
    (0..columns.len())
        .filter(|&column| columns[column].group == group && names_unit(&columns[column].role))
        .filter(|&column| printed.cells[column].text.is_empty() && !standing[column].is_empty())
        .filter(|&column| !sums::is_total(&fold(standing[column])))
        .map(|column| Text { column, raw: standing[column].to_string() })
        .collect()
}

/// Parts of one code stand side by side; a second run of parts belongs to a second code.
fn part_follows(columns: &[Column], index: usize, parts: &[String]) -> bool {
    let label = columns[index].header.last().map(|label| fold(label));
    let is_class = label.as_deref() == Some("类");
    parts.is_empty() || !is_class
}

/// Joins the printed parts, or splits a code off the name or takes it as printed.
fn settle_code(row: &mut Row, parts: Vec<String>, carried: &mut Vec<String>) {
    if parts.iter().any(|part| !part.is_empty()) {
        // A label such as 合计 may be merged over the code's columns.
        if let Some(label) = parts.iter().find(|part| !part.is_empty() && !starts_with_digit(part)) {
            if row.name_raw.is_none() {
                row.name_raw = Some(label.clone());
            } else {
                row.code_raw = Some(label.clone());
            }
            return;
        }
        let raw: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        row.code_raw = Some(raw.join(" "));
        let first = parts.iter().position(|part| !part.is_empty()).unwrap_or(0);
        let mut whole = parts.clone();
        for (slot, above) in whole.iter_mut().zip(carried.iter()).take(first) {
            slot.clone_from(above);
        }
        row.code = code::join(&whole);
        if row.code.is_some() {
            *carried = whole;
        }
    } else if let Some(raw) = row.code_raw.clone() {
        match code::fused(&raw) {
            Some((code, name)) => {
                row.code = Some(code);
                if row.name_raw.is_none() && !name.is_empty() {
                    row.name_raw = Some(name);
                }
            }
            // 合计 merged over code and name.
            None if row.name_raw.is_none() => {
                row.name_raw = Some(raw);
                row.code_raw = None;
            }
            None => {}
        }
    } else if let Some((code, name)) = row.name_raw.as_deref().and_then(code::fused)
        && !name.is_empty()
    {
        row.code_raw = Some(code.clone());
        row.code = Some(code);
        row.name_raw = Some(name);
    }
    row.code_system = row.code.as_deref().and_then(code::system);
}

/// The box of the labels of a row that say something, else of its cells.
fn label_box(columns: &[Column], printed: &BodyRow, group: usize) -> Rect {
    let cells = || columns.iter().zip(&printed.cells).filter(|(c, cell)| c.group == group && cell.page != 0);
    let boxes = |labels_only: bool| {
        let wanted = cells().filter(|(column, cell)| {
            !labels_only || (matches!(column.role, Role::Label(_)) && !cell.text.trim().is_empty())
        });
        wanted.map(|(_, cell)| cell.bbox).reduce(|all, bbox| all.union(&bbox))
    };
    boxes(true).or_else(|| boxes(false)).unwrap_or_default()
}

fn starts_with_digit(text: &str) -> bool {
    fold(text).starts_with(|c: char| c.is_ascii_digit())
}

fn settle_name(row: &mut Row) {
    use unicode_normalization::UnicodeNormalization;
    row.name = row.name_raw.as_ref().map(|raw| raw.nfkc().filter(|c| !c.is_whitespace()).collect());
}

fn kind(row: &Row, form: Option<&Form>) -> RowKind {
    let name = row.name.as_deref().map(fold).unwrap_or_default();
    if sums::is_total(&name) {
        RowKind::Total
    } else if row.code.is_some() {
        RowKind::Code
    } else if sums::ends_as_sum(&name) {
        RowKind::Subtotal
    } else if name.is_empty() && form.is_some_and(|form| form.rows == RowAxis::Items) {
        RowKind::Single
    } else {
        RowKind::Line
    }
}
