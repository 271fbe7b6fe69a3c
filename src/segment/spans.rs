//! Walks the pages from top to bottom and gathers the grids of each table under its heading.

use super::roles::{Role, read_unit_line};
use super::{Note, PageAccount, Part, TableSpan};
use crate::catalog::forms::{self, ReportKind};
use crate::catalog::lines::lines;
use crate::catalog::text::fold;
use crate::catalog::titles::{self, Title};
use crate::page::{Cell, Grid, Layout, Line};
use std::ops::Range;

/// Outlines of a table's grids on several pages may differ by this much (points).
const SAME_OUTLINE: f32 = 8.0;
/// Rows of a table cut from top to bottom are as high on both pages, within this (points).
const SAME_HEIGHT: f32 = 1.5;
/// A note goes on with the next line where that follows within this many line heights.
const NOTE_LEADING: f32 = 2.6;
/// Grids of one table on one page stand no further apart than this (points).
const NEAR: f32 = 30.0;
/// A grid whose cells name this many tables lists them.
const LISTED: usize = 4;

/// A heading on its way to its grid.
#[derive(Debug, Default)]
struct Heading {
    title: Option<Title>,
    number: Option<String>,
    unit: Option<String>,
    department: Option<String>,
    /// Top of the first heading line on the current page.
    top: Option<f32>,
}

struct Walk<'a> {
    layouts: &'a [Layout],
    kind: Option<ReportKind>,
    tables: Vec<TableSpan>,
    accounts: Vec<PageAccount>,
    heading: Heading,
    /// Whether a grid without a heading may go on with the last table.
    open: bool,
    /// The last line was a note of the last table, ending at this y.
    note_end: Option<f32>,
}

/// The tables of a document and the account of every page.
pub(super) fn collect(
    layouts: &[Layout],
    roles: Vec<Vec<Role>>,
    kind: Option<ReportKind>,
) -> (Vec<TableSpan>, Vec<PageAccount>) {
    let mut walk = Walk {
        layouts,
        kind,
        tables: Vec::new(),
        accounts: Vec::new(),
        heading: Heading::default(),
        open: false,
        note_end: None,
    };
    for (p, roles) in roles.into_iter().enumerate() {
        walk.page(p, roles);
    }
    (walk.tables, walk.accounts)
}

enum Item {
    Line(usize),
    Grid(usize),
}

impl Walk<'_> {
    fn page(&mut self, p: usize, mut roles: Vec<Role>) {
        let layout = &self.layouts[p];
        join_wrapped_titles(layout, &mut roles, self.kind);
        let mut items: Vec<(f32, Item)> = Vec::new();
        items.extend(layout.lines.iter().enumerate().map(|(l, line)| (line.bbox.center_y(), Item::Line(l))));
        items.extend(layout.grids.iter().enumerate().map(|(g, grid)| (grid.bbox.y0, Item::Grid(g))));
        items.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Of grids beside each other the left one comes first, from its heading to its notes.
        for gutter in &layout.gutters {
            let bbox = |item: &Item| match *item {
                Item::Line(l) => layout.lines[l].bbox,
                Item::Grid(g) => layout.grids[g].bbox,
            };
            let start = items.partition_point(|(y, _)| *y < gutter.y0);
            let end = items.partition_point(|(y, _)| *y <= gutter.y1).max(start);
            items[start..end].sort_by_key(|(_, item)| bbox(item).x0 > gutter.x);
        }

        self.accounts.push(PageAccount {
            page: layout.number,
            visible: layout.visible_glyphs,
            watermark: layout.watermark_glyphs,
            hidden: layout.hidden_glyphs,
            ..PageAccount::default()
        });
        self.heading.top = self.heading.title.is_some().then_some(0.0);
        self.note_end = None;
        // Stretches of the page that belong to a table, from its heading to the end of its grid.
        let mut zones: Vec<Range<f32>> = Vec::new();
        for (_, item) in &items {
            match *item {
                Item::Line(l) => self.line(p, l, &mut roles),
                Item::Grid(g) => zones.extend(self.grid(p, g)),
            }
        }
        let account = &mut self.accounts[p];
        for (line, role) in layout.lines.iter().zip(&roles) {
            let glyphs = line.glyph_count;
            match role {
                Role::Title(_) | Role::Number(_) => account.title += glyphs,
                Role::UnitLine { .. } => account.unit_line += glyphs,
                Role::Note => account.note += glyphs,
                Role::Furniture => account.furniture += glyphs,
                Role::Contents => account.prose += glyphs,
                // Counted with the cells of its grid.
                Role::Tabled => {}
                Role::Prose => {
                    let y = line.bbox.center_y();
                    if zones.iter().any(|zone| zone.contains(&y)) {
                        account.unexplained += glyphs;
                        account.unexplained_text.push(line.text.clone());
                        account.unexplained_boxes.push(line.bbox);
                    } else {
                        account.prose += glyphs;
                    }
                }
            }
        }
    }

    fn line(&mut self, p: usize, l: usize, roles: &mut [Role]) {
        let layout = &self.layouts[p];
        let line = &layout.lines[l];
        let after_note = self.note_end.take();
        match &mut roles[l] {
            Role::Furniture | Role::Contents | Role::Tabled => self.note_end = after_note,
            Role::Title(title) => {
                let heading = &mut self.heading;
                heading.number = title.number.clone().or(heading.number.take());
                heading.unit = title.unit.clone().or(heading.unit.take());
                heading.title = Some(title.clone());
                heading.top = heading.top.or(Some(line.bbox.y0));
            }
            Role::Number(number) => {
                // A number above the heading starts it; the one before has lost its table.
                if self.heading.title.is_some() && self.heading.number.is_some() {
                    self.heading = Heading::default();
                }
                self.heading.number = Some(number.clone());
                self.heading.top = self.heading.top.or(Some(line.bbox.y0));
            }
            Role::UnitLine { unit, department, number } => {
                let heading = &mut self.heading;
                heading.unit = unit.take().or(heading.unit.take());
                heading.department = department.take().or(heading.department.take());
                heading.number = number.take().or(heading.number.take());
            }
            role @ (Role::Note | Role::Prose) => {
                let goes_on = after_note.is_some_and(|end| line.bbox.y1 - end < NOTE_LEADING * line.type_size.max(1.0));
                let headed = self.heading.title.is_some();
                if !headed && (*role == Role::Note || goes_on) && self.open_here(p) {
                    *role = Role::Note;
                    if let Some(table) = self.tables.last_mut() {
                        table.notes.push(Note { text: line.text.clone(), page: layout.number, bbox: line.bbox });
                    }
                    self.note_end = Some(line.bbox.y1);
                } else if *role == Role::Note && headed {
                    // A note between heading and grid belongs to the table that comes.
                } else {
                    *role = Role::Prose;
                    self.prose(line);
                }
            }
        }
    }

    /// Running text ends what came before: a heading over prose was the heading of a section.
    fn prose(&mut self, line: &Line) {
        let sentence = line.text.chars().count() > 24 || line.text.contains('。');
        if sentence {
            self.heading = Heading::default();
            self.open = false;
        }
    }

    /// Is the last table still open on this page, or did it end on it?
    fn open_here(&self, p: usize) -> bool {
        let here = self.layouts[p].number;
        self.tables
            .last()
            .and_then(|table| table.parts.last())
            .is_some_and(|part| part.page == here || (self.open && part.page + 1 == here))
    }

    /// Takes a grid into a table. Returns the stretches of the page it explains.
    fn grid(&mut self, p: usize, g: usize) -> Vec<Range<f32>> {
        let layout = &self.layouts[p];
        let grid = &layout.grids[g];
        self.note_end = None;
        if lists_tables(grid) {
            self.heading = Heading::default();
            self.open = false;
            self.accounts[p].other_grid += glyphs_in(grid, 0..grid.row_count());
            return Vec::new();
        }
        let mut zones = Vec::new();
        for section in sections(grid) {
            let top = match section.head.start {
                0 => self.heading.top.unwrap_or(grid.bbox.y0),
                row => grid.ys[row],
            };
            self.take_head(grid, &section.head, p);
            let heading = std::mem::take(&mut self.heading);
            let mut part = Part { page: layout.number, grid: g, rows: section.body.clone(), beside: false };
            let body_glyphs = glyphs_in(grid, section.body.clone());
            if let Some(title) = heading.title {
                let form = forms::identify(&title, self.kind);
                if self.goes_on_under(&title, form, &heading.number, &heading.department, &part) {
                    if let Some(table) = self.tables.last_mut() {
                        table.parts.push(part);
                    }
                } else {
                    self.tables.push(TableSpan {
                        form,
                        title: title.printed,
                        folded_title: title.folded,
                        number: heading.number,
                        unit: heading.unit,
                        department: heading.department,
                        parts: vec![part],
                        notes: Vec::new(),
                    });
                }
            } else if self.goes_on(&part, grid) {
                part.beside = self.lies_beside(&part, grid);
                if let Some(table) = self.tables.last_mut() {
                    table.unit = table.unit.take().or(heading.unit);
                    table.department = table.department.take().or(heading.department);
                    table.parts.push(part);
                }
            } else {
                self.open = false;
                self.accounts[p].other_grid += body_glyphs;
                continue;
            }
            self.open = true;
            self.accounts[p].cell += body_glyphs;
            zones.push(top..grid.ys[section.body.end]);
            for row in section.notes.clone() {
                for cell in row_cells(grid, row) {
                    self.accounts[p].note += cell.glyph_count;
                    if let Some(table) = self.tables.last_mut() {
                        table.notes.push(Note { text: cell.text.clone(), page: layout.number, bbox: cell.bbox });
                    }
                }
            }
        }
        zones
    }

    /// Reads headings, units and departments that are set as the first rows of a grid.
    fn take_head(&mut self, grid: &Grid, rows: &Range<usize>, p: usize) {
        for cell in grid.cells_starting_in(rows.clone()).iter().filter(|cell| cell.glyph_count > 0) {
            let account = &mut self.accounts[p];
            if let Some(title) = titles::read(&cell.text) {
                account.title += cell.glyph_count;
                self.heading.number = title.number.clone().or(self.heading.number.take());
                self.heading.unit = title.unit.clone().or(self.heading.unit.take());
                self.heading.title = Some(title);
            } else if let Some(number) = titles::number_alone(&cell.text) {
                account.title += cell.glyph_count;
                self.heading.number = Some(number);
            } else {
                account.unit_line += cell.glyph_count;
                let line = read_unit_line(&[&cell.text]).unwrap_or_default();
                let heading = &mut self.heading;
                heading.unit = line.unit.or(heading.unit.take());
                heading.department = line.department.or(heading.department.take());
            }
        }
    }

    /// Is this the last table again, its heading repeated on the next page?
    fn goes_on_under(
        &self,
        title: &Title,
        form: Option<&'static forms::Form>,
        number: &Option<String>,
        department: &Option<String>,
        part: &Part,
    ) -> bool {
        let Some(table) = self.tables.last() else { return false };
        let Some(last) = table.parts.last() else { return false };
        let agree = |one: &Option<String>, other: &Option<String>| match (one, other) {
            (Some(one), Some(other)) => fold(one) == fold(other),
            _ => true,
        };
        last.page + 1 == part.page
            && form.is_some_and(|form| form.joins)
            && table.folded_title == title.folded
            && agree(&table.number, number)
            && agree(&table.department, department)
    }

    /// A sheet too wide for the paper is cut from top to bottom: the next page has the same rows, under
    /// other labels.
    fn lies_beside(&self, part: &Part, grid: &Grid) -> bool {
        let Some(last) = self.tables.last().and_then(|table| table.parts.last()) else { return false };
        let Some(before) = self.layouts.get(last.page - 1).map(|layout| &layout.grids[last.grid]) else {
            return false;
        };
        let heights = |grid: &Grid, rows: &Range<usize>| -> Vec<f32> {
            grid.ys[rows.start..=rows.end].iter().map(|y| y - grid.ys[rows.start]).collect()
        };
        let (one, other) = (heights(before, &last.rows), heights(grid, &part.rows));
        let same_rows = one.len() == other.len() && one.iter().zip(&other).all(|(a, b)| (a - b).abs() < SAME_HEIGHT);
        let same_columns = before.xs.len() == grid.xs.len()
            && before.xs.iter().zip(&grid.xs).all(|(a, b)| (a - b).abs() < SAME_OUTLINE);
        let labels =
            |grid: &Grid, row: usize| -> Vec<String> { row_cells(grid, row).map(|cell| fold(&cell.text)).collect() };
        let (mine, theirs) = (labels(grid, part.rows.start), labels(before, last.rows.start));
        let words = |labels: &[String]| {
            !labels.is_empty() && labels.iter().all(|l| !l.starts_with(|c: char| c.is_ascii_digit()))
        };
        last.page + 1 == part.page && same_rows && !same_columns && mine != theirs && words(&mine) && words(&theirs)
    }

    /// Does a grid without a heading go on with the last table?
    fn goes_on(&self, part: &Part, grid: &Grid) -> bool {
        let Some(last) = self.tables.last().and_then(|table| table.parts.last()) else { return false };
        let Some(layout) = self.layouts.get(last.page - 1) else { return false };
        let before = &layout.grids[last.grid];
        let same_outline = (before.bbox.x0 - grid.bbox.x0).abs() < SAME_OUTLINE
            && (before.bbox.x1 - grid.bbox.x1).abs() < SAME_OUTLINE;
        let same_columns = before.column_count() == grid.column_count();
        if last.page == part.page {
            self.open && same_outline && grid.bbox.y0 - before.bbox.y1 < NEAR
        } else {
            self.open && last.page + 1 == part.page && (same_outline || same_columns || self.lies_beside(part, grid))
        }
    }
}

/// A stretch of a grid under one heading.
struct Section {
    /// Rows that are heading, unit or department lines.
    head: Range<usize>,
    /// The table's own rows.
    body: Range<usize>,
    /// Rows that are notes.
    notes: Range<usize>,
}

/// Cuts a grid at the headings set inside it.
fn sections(grid: &Grid) -> Vec<Section> {
    let rows = grid.row_count();
    let mut heads: Vec<bool> = (0..rows).map(|row| is_head_row(grid, row)).collect();
    // An empty row between two of them belongs to the head as well.
    for row in 1..rows.saturating_sub(1) {
        let blank = row_cells(grid, row).next().is_none();
        heads[row] |= blank && heads[row - 1] && heads[row + 1];
    }
    let titled = |row: usize| row_cells(grid, row).any(|cell| heading_cell(cell).is_some());
    let mut starts = vec![0];
    starts.extend((1..rows).filter(|&row| heads[row] && !heads[row - 1] && titled(row) && spans_most(grid, row)));
    let mut cut = Vec::new();
    for (i, &start) in starts.iter().enumerate() {
        let end = starts.get(i + 1).copied().unwrap_or(rows);
        let mut body = start;
        while body < end && heads[body] {
            body += 1;
        }
        let mut notes = end;
        while notes > body && is_note_row(grid, notes - 1) {
            notes -= 1;
        }
        cut.push(Section { head: start..body, body: body..notes, notes: notes..end });
    }
    cut
}

fn row_cells(grid: &Grid, row: usize) -> impl Iterator<Item = &Cell> {
    grid.cells_starting_in(row..row + 1).iter().filter(|cell| cell.glyph_count > 0)
}

fn heading_cell(cell: &Cell) -> Option<Title> {
    titles::read(&cell.text).filter(|title| title.understood && title.tags.len() > 1)
}

/// Is every filled cell of the row a heading, number, unit or department line?
fn is_head_row(grid: &Grid, row: usize) -> bool {
    let mut filled = false;
    for cell in row_cells(grid, row) {
        let folded = fold(&cell.text);
        let known = heading_cell(cell).is_some()
            || titles::number_alone(&cell.text).is_some()
            || lines().unit.value(&folded).is_some()
            || lines().department.matches(&folded);
        if !known {
            return false;
        }
        filled = true;
    }
    filled
}

fn spans_most(grid: &Grid, row: usize) -> bool {
    row_cells(grid, row).any(|cell| cell.column_span * 2 > grid.column_count())
}

fn is_note_row(grid: &Grid, row: usize) -> bool {
    let mut cells = row_cells(grid, row);
    match (cells.next(), cells.next()) {
        (Some(cell), None) => cell.column_span * 2 > grid.column_count() && lines().note.matches(&fold(&cell.text)),
        _ => false,
    }
}

/// Does the grid list the report's tables (报表目录)?
fn lists_tables(grid: &Grid) -> bool {
    let named = |cell: &&Cell| heading_cell(cell).is_some();
    grid.cells.iter().filter(named).take(LISTED).count() >= LISTED
}

fn glyphs_in(grid: &Grid, rows: Range<usize>) -> usize {
    grid.cells_starting_in(rows).iter().map(|cell| cell.glyph_count).sum()
}

/// A heading too long for one line: where two or three lines make a known heading together and none of
/// them does alone, they are one.
fn join_wrapped_titles(layout: &Layout, roles: &mut [Role], kind: Option<ReportKind>) {
    let known = |title: &Title| forms::identify(title, kind).is_some();
    for l in 1..roles.len() {
        let follows = |above: usize, below: usize| {
            let (a, b) = (&layout.lines[above], &layout.lines[below]);
            b.bbox.y0 - a.bbox.y1 < a.type_size.max(b.type_size)
                && (a.type_size - b.type_size).abs() < 0.2 * a.type_size
        };
        let free = |role: &Role| matches!(role, Role::Prose) || matches!(role, Role::Title(title) if !known(title));
        if !free(&roles[l]) || !free(&roles[l - 1]) || !follows(l - 1, l) {
            continue;
        }
        let joined = format!("{}{}", layout.lines[l - 1].text, layout.lines[l].text);
        if let Some(title) = titles::read(&joined).filter(known) {
            roles[l - 1] = Role::Title(title.clone());
            roles[l] = Role::Title(title);
        }
    }
}
