//! Rulings → grids: lines that cross belong to one grid; its cells are the areas that no line divides.

use super::excess::{Excess, MAX_GRIDS, MAX_SQUARES};
use super::rulings::{Ruling, Rulings, SAME_LINE};
use super::{Cell, Grid};
use crate::geometry::Rect;

/// A line may miss the one it meets by this much (points).
const REACH: f32 = 3.0;

/// The grids of a page, from top to bottom.
pub(super) fn build(rulings: &Rulings, excess: &mut Vec<Excess>) -> Vec<Grid> {
    let mut grids: Vec<Grid> = components(rulings).iter().filter_map(|lines| lattice(lines, excess)).collect();
    grids.sort_by(|a, b| a.bbox.y0.total_cmp(&b.bbox.y0).then(a.bbox.x0.total_cmp(&b.bbox.x0)));
    if grids.len() > MAX_GRIDS {
        excess.push(Excess::Grids);
        grids.truncate(MAX_GRIDS);
    }
    // A frame around the page holds other grids; the text in it belongs to them or to nobody.
    let outlines: Vec<Rect> = grids.iter().map(|grid| grid.bbox).collect();
    grids.retain(|grid| {
        let holds_another = outlines.iter().any(|o| {
            *o != grid.bbox
                && grid.cells.iter().any(|cell| {
                    cell.bbox.x0 < o.x0 && cell.bbox.y0 < o.y0 && o.x1 < cell.bbox.x1 && o.y1 < cell.bbox.y1
                })
        });
        !holds_another
    });
    grids
}

/// The grids of a page as a map: which cell lies where. Every glyph asks it, so it searches boundaries, not cells.
pub(super) struct Map<'g> {
    grids: &'g [Grid],
    /// For each grid, the cell that owns each square of the lattice, row by row.
    owners: Vec<Vec<usize>>,
}

impl<'g> Map<'g> {
    pub(super) fn new(grids: &'g [Grid]) -> Map<'g> {
        let owners = |grid: &Grid| {
            let columns = grid.column_count();
            let mut owners = vec![0; grid.row_count() * columns];
            for (index, cell) in grid.cells.iter().enumerate() {
                for row in cell.row..cell.row + cell.row_span {
                    let first = row * columns + cell.column;
                    owners[first..first + cell.column_span].fill(index);
                }
            }
            owners
        };
        Map { grids, owners: grids.iter().map(owners).collect() }
    }

    /// Where a piece of text lies: the grid and the cell that hold most of it, if its middle is in a grid.
    pub(super) fn locate(&self, ink: &Rect) -> Option<(usize, usize)> {
        let (g, row, column) = self.square(ink)?;
        let (grid, columns) = (&self.grids[g], self.grids[g].column_count());
        // Overlap in x decides, among the cells that hold the middle in y: an amount may run over
        // the ruling beside it, but it stands on the row it belongs to.
        let first = boundary(&grid.xs, ink.x0).min(column);
        let last = boundary(&grid.xs, ink.x1).max(column);
        let owners = &self.owners[g][row * columns..][first..=last];
        let mut best = (owners[0], f32::NEG_INFINITY);
        for &owner in owners {
            let cell = &grid.cells[owner].bbox;
            let width = ink.x1.min(cell.x1) - ink.x0.max(cell.x0);
            if width > best.1 {
                best = (owner, width);
            }
        }
        Some((g, best.0))
    }

    /// Do two glyphs that follow each other on a line stand in different cells?
    pub(super) fn divides(&self, left: &Rect, right: &Rect) -> bool {
        match (self.cell_at(left), self.cell_at(right)) {
            (Some(one), Some(other)) => one != other,
            _ => false,
        }
    }

    /// The grid and the cell that hold the middle of a box.
    fn cell_at(&self, ink: &Rect) -> Option<(usize, usize)> {
        let (g, row, column) = self.square(ink)?;
        Some((g, self.owners[g][row * self.grids[g].column_count() + column]))
    }

    /// The grid, and the row and column of its lattice, that hold the middle of a box.
    fn square(&self, ink: &Rect) -> Option<(usize, usize, usize)> {
        let (x, y) = (ink.center_x(), ink.center_y());
        let g = self.grids.iter().position(|grid| grid.bbox.contains(x, y))?;
        let grid = &self.grids[g];
        Some((g, boundary(&grid.ys, y), boundary(&grid.xs, x)))
    }
}

/// Between which two boundaries a position lies, as the index of the first; the outermost where it lies beyond.
fn boundary(bounds: &[f32], at: f32) -> usize {
    bounds.partition_point(|bound| *bound < at).saturating_sub(1).min(bounds.len().saturating_sub(2))
}

/// Groups the rulings that cross or touch, directly or through others.
fn components(rulings: &Rulings) -> Vec<Rulings> {
    let (h, v) = (&rulings.horizontal, &rulings.vertical);
    let mut group: Vec<usize> = (0..h.len() + v.len()).collect();
    for (i, horizontal) in h.iter().enumerate() {
        for (j, vertical) in v.iter().enumerate() {
            if vertical.at < horizontal.start - REACH || vertical.at > horizontal.end + REACH {
                continue;
            }
            if vertical.start - REACH <= horizontal.at && horizontal.at <= vertical.end + REACH {
                let (a, b) = (root(&mut group, i), root(&mut group, h.len() + j));
                group[a] = b;
            }
        }
    }
    let mut parts: Vec<(usize, Rulings)> = Vec::new();
    for index in 0..group.len() {
        let leader = root(&mut group, index);
        let slot = match parts.iter().position(|(l, _)| *l == leader) {
            Some(slot) => slot,
            None => {
                parts.push((leader, Rulings::default()));
                parts.len() - 1
            }
        };
        match index.checked_sub(h.len()) {
            None => parts[slot].1.horizontal.push(h[index]),
            Some(j) => parts[slot].1.vertical.push(v[j]),
        }
    }
    parts.into_iter().map(|(_, part)| part).collect()
}

fn root(group: &mut [usize], mut index: usize) -> usize {
    while group[index] != index {
        group[index] = group[group[index]];
        index = group[index];
    }
    index
}

/// The lattice of one component, with its cells; `None` where it has no more than one cell.
fn lattice(lines: &Rulings, excess: &mut Vec<Excess>) -> Option<Grid> {
    if lines.horizontal.len() < 2 || lines.vertical.is_empty() {
        return None;
    }
    let ends = |line: &Ruling| [line.start, line.end];
    // Where the frame has no line of its own at the sides (open tables), it ends where the lines do.
    let xs = positions(lines.vertical.iter().map(|line| line.at), lines.horizontal.iter().flat_map(ends));
    let ys = positions(lines.horizontal.iter().map(|line| line.at), lines.vertical.iter().flat_map(ends));
    let (columns, rows) = (xs.len().checked_sub(1)?, ys.len().checked_sub(1)?);
    if columns * rows < 2 {
        return None;
    }
    if columns.saturating_mul(rows) > MAX_SQUARES {
        if !excess.contains(&Excess::Squares) {
            excess.push(Excess::Squares);
        }
        return None;
    }
    let middle = |bounds: &[f32], i: usize| (bounds[i] + bounds[i + 1]) / 2.0;
    let crosses =
        |lines: &[Ruling], through: f32| lines.iter().any(|line| line.start <= through && through <= line.end);
    let upright: Vec<&[Ruling]> = xs.iter().map(|x| on(&lines.vertical, *x)).collect();
    let level: Vec<&[Ruling]> = ys.iter().map(|y| on(&lines.horizontal, *y)).collect();
    // Unit squares, joined where no line divides them.
    let mut joined: Vec<usize> = (0..rows * columns).collect();
    for r in 0..rows {
        for c in 0..columns {
            let here = r * columns + c;
            if c + 1 < columns && !crosses(upright[c + 1], middle(&ys, r)) {
                let (a, b) = (root(&mut joined, here), root(&mut joined, here + 1));
                joined[a.max(b)] = a.min(b);
            }
            if r + 1 < rows && !crosses(level[r + 1], middle(&xs, c)) {
                let (a, b) = (root(&mut joined, here), root(&mut joined, here + columns));
                joined[a.max(b)] = a.min(b);
            }
        }
    }
    let label: Vec<usize> = (0..joined.len()).map(|square| root(&mut joined, square)).collect();
    let cells = tile(&label, rows, columns)
        .into_iter()
        .map(|(row, column, row_span, column_span)| {
            let bbox = Rect { x0: xs[column], y0: ys[row], x1: xs[column + column_span], y1: ys[row + row_span] };
            Cell {
                row,
                column,
                row_span,
                column_span,
                bbox,
                text: String::new(),
                ink: Rect { x1: bbox.x0, y1: bbox.y0, ..bbox },
                start: bbox.x0,
                line_count: 0,
                glyph_count: 0,
                type_size: 0.0,
            }
        })
        .collect();
    let bbox = Rect { x0: xs[0], y0: ys[0], x1: xs[columns], y1: ys[rows] };
    Some(Grid { bbox, xs, ys, cells, inferred: false })
}

/// The lines at a position, of lines sorted by theirs.
fn on(lines: &[Ruling], at: f32) -> &[Ruling] {
    let first = lines.partition_point(|line| line.at < at - SAME_LINE);
    let count = lines[first..].partition_point(|line| line.at <= at + SAME_LINE);
    &lines[first..first + count]
}

/// Sorted distinct positions; `ends` only widen the range beyond the outermost lines.
fn positions(lines: impl Iterator<Item = f32>, ends: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut all: Vec<f32> = lines.collect();
    all.sort_by(f32::total_cmp);
    let mut distinct: Vec<f32> = Vec::with_capacity(all.len());
    for at in all {
        if distinct.last().is_none_or(|last| at - last > SAME_LINE) {
            distinct.push(at);
        }
    }
    let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
    for end in ends {
        low = low.min(end);
        high = high.max(end);
    }
    if distinct.first().is_some_and(|first| low < first - 2.0 * REACH) {
        distinct.insert(0, low);
    }
    if distinct.last().is_some_and(|last| high > last + 2.0 * REACH) {
        distinct.push(high);
    }
    distinct
}

/// Cuts the labelled squares into rectangles `(row, column, row span, column span)` in reading order.
/// An area that is no rectangle (a line is missing somewhere) is cut into its rows.
fn tile(label: &[usize], rows: usize, columns: usize) -> Vec<(usize, usize, usize, usize)> {
    let at = |r: usize, c: usize| label[r * columns + c];
    // How many squares bear each label, which is the number of one of them.
    let mut areas = vec![0; label.len()];
    for &l in label {
        areas[l] += 1;
    }
    let mut done = vec![false; label.len()];
    let mut tiles = Vec::new();
    for r in 0..rows {
        for c in 0..columns {
            if done[r * columns + c] {
                continue;
            }
            let own = at(r, c);
            let width = (c..columns).take_while(|&k| at(r, k) == own).count();
            let mut height = 1;
            while r + height < rows && (c..c + width).all(|k| at(r + height, k) == own) {
                height += 1;
            }
            if areas[own] != width * height {
                height = 1;
            }
            for row in r..r + height {
                done[row * columns + c..row * columns + c + width].fill(true);
            }
            tiles.push((r, c, height, width));
        }
    }
    tiles
}
