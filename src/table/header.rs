//! Which rows of a grid are header, what the leaf columns are, and the path of labels above each.

use super::amount::{Amount, AmountState};
use super::code;
use super::{BodyRow, TableSpan};
use crate::catalog::columns;
use crate::catalog::subjects::{Subjects, System};
use crate::catalog::sums;
use crate::catalog::text::{fold, ordinal};
use crate::geometry::Rect;
use crate::page::{Cell, Grid, Layout};
use std::collections::HashSet;
use std::ops::Range;

/// A column narrower than this (points) with nothing in it is a slip of the rulings.
const GHOST: f32 = 5.0;
/// Words in the row that numbers the columns (栏次).
const NUMBERING_WORDS: [&str; 8] = ["栏次", "行次", "**", "*", "甲", "乙", "-", "--"];
/// What stands in the body of a table without data.
const NOTHING: [&str; 3] = ["无", "无数据", "空表"];

/// The header of a table and how its parts fall into columns.
#[derive(Debug)]
pub(super) struct Header {
    /// For each leaf column the labels above it, top down, white space removed.
    pub paths: Vec<Vec<String>>,
    /// For each part the rows of its body and the boundaries of the leaf columns on its page.
    pub parts: Vec<PartColumns>,
    /// Header glyphs by page.
    pub glyphs: Vec<(usize, usize)>,
}

/// Where the leaf columns lie on one page.
#[derive(Debug)]
pub(super) struct PartColumns {
    /// The rows of the body.
    pub body: Range<usize>,
    /// Boundaries in points, one more than this part's leaf columns.
    pub bounds: Vec<f32>,
    /// The first of the table's leaf columns that stands here.
    pub first_leaf: usize,
}

/// What a row looks like on its own.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Look {
    /// No cell starts in it: it only continues merged cells.
    Covered,
    /// Its cells are all empty.
    Blank,
    /// It numbers the columns.
    Numbering,
    /// Figures, codes or row labels.
    Body,
    /// Column labels.
    Labels,
}

/// Reads the header of a table from its first part and finds it again on the others.
pub(super) fn read(span: &TableSpan, layouts: &[Layout]) -> Header {
    let grids: Vec<(&Grid, usize)> = span
        .parts
        .iter()
        .filter_map(|part| Some((layouts.get(part.page - 1)?.grids.get(part.grid)?, part.page)))
        .collect();
    let mut header = Header { paths: Vec::new(), parts: Vec::new(), glyphs: Vec::new() };
    let mut labels: HashSet<String> = HashSet::new();
    // The first part and those beside it make the header; the parts below follow it.
    let own_header = |index: usize| span.parts[..=index].iter().skip(1).all(|part| part.beside);
    for (index, ((grid, page), part)) in grids.iter().zip(&span.parts).enumerate() {
        let rows = part.rows.clone();
        let own = own_header(index);
        let end = if own { header_end(grid, rows.clone()) } else { repeated_end(grid, rows.clone(), &labels) };
        let head = rows.start..end;
        let body = end..rows.end;
        let bounds = leaf_bounds(grid, &head, &body);
        header.glyphs.push((*page, cells_starting_in(grid, &head).map(|cell| cell.glyph_count).sum()));
        if own {
            let first_leaf = header.paths.len();
            header.paths.extend(paths(grid, &head, &bounds));
            labels.extend(cells_starting_in(grid, &head).map(|cell| fold(&cell.text)));
            header.parts.push(PartColumns { body, bounds, first_leaf });
            continue;
        }
        // Below: the columns of the first part, or of the one beside it that this part is beside of.
        let like = if part.beside { (1..index).rfind(|&i| own_header(i)).unwrap_or(0) } else { 0 };
        let model = &header.parts[like];
        let first_leaf = model.first_leaf;
        let bounds =
            if bounds.len() == model.bounds.len() { bounds } else { stretched(&model.bounds, grid, grids[like].0) };
        header.parts.push(PartColumns { body, bounds, first_leaf });
    }
    header
}

impl Header {
    /// Some forms print 类, 款 and 项 in the code cells of the first body row. They are labels: this moves
    /// them from the body to the header.
    pub fn settle_code_parts(&mut self, body: &mut [BodyRow]) {
        let Some(row) = body.first_mut() else { return };
        let mut moved = 0;
        for (cell, path) in row.cells.iter_mut().zip(&mut self.paths) {
            let label = fold(&cell.text);
            let coded = path.iter().any(|label| label.contains("编码") || label.contains("科目"));
            if coded && matches!(label.as_str(), "类" | "款" | "项") && path.last() != Some(&label) {
                path.push(label);
                cell.text.clear();
                moved += 1;
            }
        }
        match self.glyphs.iter_mut().find(|(page, _)| *page == row.page) {
            Some((_, glyphs)) => *glyphs += moved,
            None => self.glyphs.push((row.page, moved)),
        }
    }
}

/// The first row below the header of a table's first part.
fn header_end(grid: &Grid, rows: Range<usize>) -> usize {
    let mut end = rows.start;
    let mut labelled = false;
    for row in rows.clone() {
        match look(grid, row) {
            Look::Labels => labelled = true,
            Look::Numbering | Look::Covered => {}
            // Empty boxes above or between the labels.
            Look::Blank if !labelled || labels_follow(grid, row..rows.end) => {}
            Look::Blank | Look::Body => break,
        }
        end = row + 1;
    }
    if !labelled {
        return rows.start;
    }
    covered(grid, rows.start..end).min(rows.end)
}

/// Is the next row that says something one of column labels?
fn labels_follow(grid: &Grid, rows: Range<usize>) -> bool {
    rows.clone()
        .find(|&row| !matches!(look(grid, row), Look::Blank | Look::Covered))
        .is_some_and(|row| look(grid, row) == Look::Labels && cells_starting_in(grid, &(row..row + 1)).count() > 1)
}

/// The first row below a header that is repeated on a later page.
fn repeated_end(grid: &Grid, rows: Range<usize>, labels: &HashSet<String>) -> usize {
    let mut end = rows.start;
    for row in rows.clone() {
        let known = cells_starting_in(grid, &(row..row + 1)).all(|cell| labels.contains(&fold(&cell.text)));
        match look(grid, row) {
            Look::Covered if end > rows.start => {}
            Look::Labels | Look::Numbering if known => {}
            _ => break,
        }
        end = row + 1;
    }
    covered(grid, rows.start..end).min(rows.end)
}

/// Extends header rows over the cells merged downwards from them, but not over a row of figures (where
/// the ruling under some of the header's cells is missing).
fn covered(grid: &Grid, rows: Range<usize>) -> usize {
    let reach = cells_starting_in(grid, &rows).map(|cell| cell.row + cell.row_span).max().unwrap_or(rows.end);
    (rows.end..reach).find(|&row| look(grid, row) == Look::Body).unwrap_or(reach).max(rows.end)
}

/// The filled cells whose first row is one of `rows`.
fn cells_starting_in<'g>(grid: &'g Grid, rows: &Range<usize>) -> impl Iterator<Item = &'g Cell> {
    grid.cells_starting_in(rows.clone()).iter().filter(|cell| cell.glyph_count > 0)
}

fn look(grid: &Grid, row: usize) -> Look {
    if grid.cells_starting_in(row..row + 1).is_empty() {
        return Look::Covered;
    }
    let texts: Vec<String> = cells_starting_in(grid, &(row..row + 1)).map(|cell| fold(&cell.text)).collect();
    if texts.is_empty() {
        return Look::Blank;
    }
    if numbers_columns(&texts) {
        return Look::Numbering;
    }
    // An empty table says so in its first row.
    if texts.iter().all(|text| NOTHING.contains(&text.as_str())) {
        return Look::Body;
    }
    let figure = |text: &String| Amount::read(text).is_figure() && !is_year(text);
    if texts.iter().any(figure) {
        return Look::Body;
    }
    // So does a total of nothing: 合计 — — —.
    let nothing = |text: &&String| NOTHING.contains(&text.as_str()) || Amount::read(text).state == AmountState::Dash;
    if texts.iter().filter(|text| !nothing(text)).all(|text| is_row_label(text)) { Look::Body } else { Look::Labels }
}

/// A year alone is a column label (2025).
fn is_year(text: &str) -> bool {
    text.len() == 4 && text.starts_with("20")
}

/// Is this the row that numbers the columns: 栏次, 1, 2, 3 …?
fn numbers_columns(texts: &[String]) -> bool {
    let mut last = 0;
    for text in texts.iter().filter(|text| !NUMBERING_WORDS.contains(&text.as_str())) {
        // `1=2+3` numbers a column and states its sum.
        let number: Option<u32> = text.split('=').next().and_then(|n| n.parse().ok());
        match number {
            Some(number) if number > last && number <= last + 3 => last = number,
            _ => return false,
        }
    }
    let words = texts.iter().any(|text| text == "栏次" || text.contains("**"));
    words || (last >= 3 && texts.len() as u32 + 2 >= last)
}

/// Does a text without figures label a row rather than a column?
fn is_row_label(text: &str) -> bool {
    // They start a body even where no figure follows.
    if sums::is_sum(text) || code::fused(text).is_some() {
        return true;
    }
    if text.starts_with("其中") {
        return false;
    }
    if ordinal(text).is_some_and(|(_, rest)| !rest.is_empty()) {
        return true;
    }
    Subjects::standard().by_name(System::Functional, text).iter().any(|code| code.len() == 3)
}

/// The boundaries of the leaf columns: those that divide some row of the body, or of the header where
/// there is no body.
fn leaf_bounds(grid: &Grid, head: &Range<usize>, body: &Range<usize>) -> Vec<f32> {
    // A body of one row may have its label merged over several columns: then the header counts too.
    let filled = body.clone().filter(|&row| cells_starting_in(grid, &(row..row + 1)).next().is_some()).count();
    let mut uses = vec![0usize; grid.xs.len()];
    for cell in &grid.cells {
        let within = |rows: &Range<usize>| {
            let first = cell.row.max(rows.start);
            (cell.row + cell.row_span).min(rows.end).saturating_sub(first)
        };
        uses[cell.column] += within(body) + if filled < 2 { within(head) } else { 0 };
    }
    let last = grid.xs.len() - 1;
    uses[0] = usize::MAX;
    uses[last] = usize::MAX;
    let mut kept: Vec<usize> = (0..=last).filter(|&x| uses[x] > 0).collect();
    // Ghost columns: of the two boundaries of an empty sliver, the one used less often goes.
    let mut i = 0;
    while i + 1 < kept.len() && kept.len() > 2 {
        let (a, b) = (kept[i], kept[i + 1]);
        let filled = grid
            .cells
            .iter()
            .any(|cell| cell.glyph_count > 0 && cell.column >= a && cell.column + cell.column_span <= b);
        if grid.xs[b] - grid.xs[a] < GHOST && !filled {
            kept.remove(if uses[a] < uses[b] { i } else { i + 1 });
        } else {
            i += 1;
        }
    }
    kept.into_iter().map(|x| grid.xs[x]).collect()
}

/// The first part's boundaries, stretched to the outline of another.
fn stretched(bounds: &[f32], to: &Grid, from: &Grid) -> Vec<f32> {
    let scale = to.bbox.width() / from.bbox.width().max(1.0);
    bounds.iter().map(|x| to.bbox.x0 + (x - from.bbox.x0) * scale).collect()
}

/// The labels above each leaf column.
fn paths(grid: &Grid, head: &Range<usize>, bounds: &[f32]) -> Vec<Vec<String>> {
    let labels = |row: &usize| {
        let texts: Vec<String> = cells_starting_in(grid, &(*row..row + 1)).map(|cell| fold(&cell.text)).collect();
        !numbers_columns(&texts)
    };
    let rows: Vec<usize> = head.clone().filter(labels).collect();
    bounds.windows(2).map(|leaf| path(grid, &rows, leaf[0], leaf[1])).collect()
}

fn path(grid: &Grid, rows: &[usize], x0: f32, x1: f32) -> Vec<String> {
    let mut labels = Vec::new();
    for &row in rows {
        let mut label = String::new();
        for cell in cells_starting_in(grid, &(row..row + 1)) {
            if shares(&cell.bbox, x0, x1) {
                label.extend(cell.text.chars().filter(|c| !c.is_whitespace()));
            }
        }
        if !label.is_empty() {
            labels.push(label);
        }
    }
    // 合计 under 科目名称 is the label of the total row, which stands level with the lowest labels.
    if let [above @ .., last] = labels.as_slice()
        && sums::is_sum(&fold(last))
        && columns::label_role(&columns::matching_path(above)).is_some()
    {
        labels.pop();
    }
    labels
}

/// Does a cell stand above (most of) a column, or most of the cell within it?
fn shares(cell: &Rect, x0: f32, x1: f32) -> bool {
    let common = cell.x1.min(x1) - cell.x0.max(x0);
    common > 0.5 * (x1 - x0).min(cell.width())
}
