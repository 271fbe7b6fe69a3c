//! The header above a body without vertical rulings: which words head a column, which head several.
//!
//! Labels of single columns stand lowest; a label above them heads a run of columns whose own labels stand
//! below it. A label with no other above it is set level with the middle of the whole header, so levels are
//! told by how far below the upper label the lower ones stand.

use super::{Chunk, Column, Kind, cell};
use crate::catalog::text::fold;
use crate::geometry::Rect;
use crate::page::Cell;

/// Lines of one label follow each other within this (in em).
const LEADING: f32 = 1.7;
/// Labels are level within this (in em).
const LEVEL: f32 = 0.25;
/// What stands lower than the middle by this share of the height is under another label.
const HALF_WAY: f32 = 0.09;
/// A label stands at most this far (in em) beside the figures it heads.
const ASIDE: f32 = 8.0;

/// Fits the columns to the header and to the row that numbers them: a label beside a column without one
/// widens it, and one that stands alone is a column that is empty in the body.
pub(super) fn with_empty_columns(mut columns: Vec<Column>, head: &[Chunk], numbering: &[Chunk]) -> Vec<Column> {
    let numbers: Vec<&Chunk> = numbering.iter().filter(|chunk| chunk.kind == Kind::Figure).collect();
    let mut labels: Vec<&Chunk> = head.iter().collect();
    // From the lowest line up: labels of single columns stand lowest.
    labels.sort_by(|a, b| b.bbox.center_y().total_cmp(&a.bbox.center_y()).then(a.bbox.x0.total_cmp(&b.bbox.x0)));
    for (position, chunk) in numbers.iter().chain(&labels).enumerate() {
        if columns.iter().any(|column| overlaps(column, &chunk.bbox)) {
            continue;
        }
        let right = columns.iter().position(|column| column.x0 > chunk.bbox.x1).unwrap_or(columns.len());
        let is_number = position < numbers.len();
        if !is_number && spans_neighbours(chunk, right, &columns, head) {
            continue;
        }
        // Numbers mark their columns one by one; labels do so where there are none.
        let marks: Vec<&Rect> = if is_number {
            numbers.iter().map(|number| &number.bbox).collect()
        } else {
            labels.iter().map(|label| &label.bbox).chain(numbers.iter().map(|number| &number.bbox)).collect()
        };
        match unlabelled_beside(chunk, right, &columns, &marks) {
            Some(column) => {
                columns[column].x0 = columns[column].x0.min(chunk.bbox.x0);
                columns[column].x1 = columns[column].x1.max(chunk.bbox.x1);
            }
            None => columns.insert(right, Column { x0: chunk.bbox.x0, x1: chunk.bbox.x1 }),
        }
    }
    columns
}

/// The column beside a label that no other label marks: figures stand at the right end of their column,
/// words at the left, labels in the middle.
fn unlabelled_beside(chunk: &Chunk, right: usize, columns: &[Column], marks: &[&Rect]) -> Option<usize> {
    let free = |column: usize| {
        let column = columns.get(column)?;
        let away = (column.x0 - chunk.bbox.x1).max(chunk.bbox.x0 - column.x1);
        let own = marks.iter().any(|mark| **mark != chunk.bbox && overlaps(column, mark));
        // What stands between the label and the column is nearer to it.
        let (from, to) = (chunk.bbox.center_x().min(column.x0), chunk.bbox.center_x().max(column.x1));
        let between = marks.iter().any(|mark| {
            **mark != chunk.bbox
                && from < mark.center_x()
                && mark.center_x() < to
                && (mark.center_y() - chunk.bbox.center_y()).abs() < chunk.size
        });
        (!own && !between && away < ASIDE * chunk.size).then_some(away)
    };
    let left = right.checked_sub(1);
    match (free(right), left.and_then(free)) {
        (Some(to_right), Some(to_left)) if to_left < to_right => left,
        (Some(_), _) => Some(right),
        (None, Some(_)) => left,
        (None, None) => None,
    }
}

/// Does a label that stands over no column head the two beside it together? Then both have labels of
/// their own below it, and none level with it or above.
fn spans_neighbours(chunk: &Chunk, right: usize, columns: &[Column], head: &[Chunk]) -> bool {
    let (Some(left), Some(right)) = (right.checked_sub(1).and_then(|l| columns.get(l)), columns.get(right)) else {
        return false;
    };
    let y = chunk.bbox.center_y();
    [left, right].into_iter().all(|column| {
        let own: Vec<f32> =
            head.iter().filter(|other| overlaps(column, &other.bbox)).map(|other| other.bbox.center_y()).collect();
        own.iter().any(|other| *other > y + 0.5 * chunk.size)
            && !own.iter().any(|other| (other - y).abs() <= 0.5 * chunk.size)
    })
}

fn overlaps(column: &Column, ink: &Rect) -> bool {
    ink.x1.min(column.x1) - ink.x0.max(column.x0) > 0.0
}

/// A label of the header: its lines and the columns it heads.
#[derive(Debug)]
struct Label<'c> {
    chunks: Vec<&'c Chunk>,
    bbox: Rect,
    first: usize,
    last: usize,
}

impl Label<'_> {
    fn covers(&self, column: usize) -> bool {
        (self.first..=self.last).contains(&column)
    }

    fn text(&self) -> String {
        self.chunks.iter().map(|chunk| fold(&chunk.text)).collect()
    }
}

/// The header's cells, in rows from 0; `top` and `bottom` bound it in y. `is_label` knows whole labels.
pub(super) fn cells(
    head: &[Chunk],
    columns: &[Column],
    xs: &[f32],
    (top, bottom): (f32, f32),
    is_label: &dyn Fn(&str) -> bool,
) -> Vec<Cell> {
    let mut labels = labels(head, columns, is_label);
    spread(&mut labels, columns);
    // The row of a label is the number of labels above it in any of its columns.
    labels.sort_by(|a, b| a.bbox.y0.total_cmp(&b.bbox.y0));
    let mut rows: Vec<usize> = Vec::with_capacity(labels.len());
    for (index, label) in labels.iter().enumerate() {
        let above = (0..index).filter(|&other| {
            labels[other].first <= label.last
                && label.first <= labels[other].last
                && labels[other].bbox.center_y() < label.bbox.y0
        });
        rows.push(above.map(|other| rows[other] + 1).max().unwrap_or(0));
    }
    let count = rows.iter().map(|row| row + 1).max().unwrap_or(0);
    let y = |row: usize| top + (bottom - top) * row as f32 / count.max(1) as f32;
    labels
        .iter()
        .zip(&rows)
        .map(|(label, &row)| {
            // A label reaches down to the one below it.
            let below = labels.iter().zip(&rows).filter(|(other, other_row)| {
                **other_row > row && other.first <= label.last && label.first <= other.last
            });
            let end = below.map(|(_, row)| *row).min().unwrap_or(count);
            let bbox = Rect { x0: xs[label.first], y0: y(row), x1: xs[label.last + 1], y1: y(end) };
            cell(row, label.first, end - row, label.last - label.first + 1, bbox, &label.chunks)
        })
        .collect()
}

/// Gathers the lines of each label: one below the other over the same columns.
fn labels<'c>(head: &'c [Chunk], columns: &[Column], is_label: &dyn Fn(&str) -> bool) -> Vec<Label<'c>> {
    let mut sorted: Vec<&Chunk> = head.iter().collect();
    sorted.sort_by(|a, b| a.bbox.center_y().total_cmp(&b.bbox.center_y()));
    let mut stacks: Vec<Label> = Vec::new();
    for chunk in sorted {
        let over: Vec<usize> = (0..columns.len()).filter(|&c| overlaps(&columns[c], &chunk.bbox)).collect();
        let nearest = || {
            let x = chunk.bbox.center_x();
            let away = |c: usize| (columns[c].x0.max(x.min(columns[c].x1)) - x).abs();
            (0..columns.len()).min_by(|&a, &b| away(a).total_cmp(&away(b))).unwrap_or(0)
        };
        let first = over.first().copied().unwrap_or_else(nearest);
        let last = over.last().copied().unwrap_or(first);
        // The last line of a label is often shorter, and stands in its middle.
        let tail = |label: &Label| {
            label.bbox.x0 <= chunk.bbox.x0
                && chunk.bbox.x1 <= label.bbox.x1
                && (label.bbox.center_x() - chunk.bbox.center_x()).abs() < 0.5 * chunk.size
                && !is_label(&fold(&chunk.text))
        };
        let same = stacks.iter_mut().rev().find(|label| {
            ((label.first == first && label.last == last) || tail(label))
                && chunk.bbox.center_y() - label.bbox.y1 < (LEADING - 0.5) * chunk.size
                && chunk.bbox.x0 < label.bbox.x1 + chunk.size
                && label.bbox.x0 < chunk.bbox.x1 + chunk.size
        });
        match same {
            Some(label) => {
                label.chunks.push(chunk);
                label.bbox = label.bbox.union(&chunk.bbox);
            }
            None => stacks.push(Label { chunks: vec![chunk], bbox: chunk.bbox, first, last }),
        }
    }
    stacks.into_iter().flat_map(|stack| unstack(stack, head, is_label)).collect()
}

/// Parts a label from others that stand close above it. The lines of one label stand around the middle of its
/// cell, where labels of a single line stand in other columns; where there are none such, but labels level
/// with the lowest line and fewer level with the upper, the upper ones are labels of several columns.
fn unstack<'c>(stack: Label<'c>, head: &[Chunk], is_label: &dyn Fn(&str) -> bool) -> Vec<Label<'c>> {
    let mut parts = Vec::new();
    let mut rest = stack;
    while rest.chunks.len() > 1 {
        let level_with = |y: f32| {
            let others = head.iter().filter(|chunk| !rest.chunks.iter().any(|own| std::ptr::eq(*own, *chunk)));
            others.filter(|chunk| (chunk.bbox.center_y() - y).abs() <= LEVEL * chunk.size).count()
        };
        let y = |index: usize| rest.chunks[index].bbox.center_y();
        let last = rest.chunks.len() - 1;
        let around_the_middle = level_with((y(0) + y(last)) / 2.0) > 0;
        let below: String = rest.chunks[1..].iter().map(|chunk| fold(&chunk.text)).collect();
        // A label over the whole height may stand level with the middle of two labels, too.
        let all: String = rest.chunks.iter().map(|chunk| fold(&chunk.text)).collect();
        let whole = around_the_middle && (!is_label(&below) || is_label(&all));
        if whole || level_with(y(0)) >= level_with(y(last)) {
            break;
        }
        let upper = rest.chunks.remove(0);
        parts.push(Label { chunks: vec![upper], bbox: upper.bbox, first: rest.first, last: rest.last });
        rest.bbox = Rect::around(rest.chunks.iter().map(|chunk| chunk.bbox)).unwrap_or(rest.bbox);
    }
    parts.push(rest);
    parts
}

/// Spreads the labels above others over the columns they head.
fn spread(labels: &mut [Label], columns: &[Column]) {
    let count = columns.len();
    // The lowest label of each column.
    let lowest: Vec<Option<usize>> = (0..count)
        .map(|c| {
            let over = labels.iter().enumerate().filter(|(_, label)| label.covers(c));
            over.max_by(|a, b| a.1.bbox.center_y().total_cmp(&b.1.bbox.center_y())).map(|(index, _)| index)
        })
        .collect();
    let is_leaf: Vec<bool> = (0..labels.len()).map(|label| lowest.contains(&Some(label))).collect();
    let leaf_y: Vec<f32> =
        lowest.iter().map(|leaf| leaf.map_or(f32::NEG_INFINITY, |leaf| labels[leaf].bbox.center_y())).collect();
    let leaf_text: Vec<String> =
        lowest.iter().map(|leaf| leaf.map(|leaf| labels[leaf].text()).unwrap_or_default()).collect();
    // A lowest label that touches several columns heads the one it is nearest to.
    for (index, label) in labels.iter_mut().enumerate().filter(|(index, _)| is_leaf[*index]) {
        let own: Vec<usize> = (0..count).filter(|&c| lowest[c] == Some(index)).collect();
        let away = |c: usize| ((columns[c].x0 + columns[c].x1) / 2.0 - label.bbox.center_x()).abs();
        if let Some(nearest) = own.iter().copied().min_by(|&a, &b| away(a).total_cmp(&away(b)))
            && own.len() == 1
        {
            (label.first, label.last) = (nearest, nearest);
        }
    }
    let above: Vec<usize> = (0..labels.len()).filter(|&label| !is_leaf[label]).collect();
    let top = labels.iter().map(|label| label.bbox.y0).fold(f32::INFINITY, f32::min);
    let lowest = Lowest { y: leaf_y, text: leaf_text };
    spread_over((0, count.saturating_sub(1)), top, &above, labels, columns, &lowest);
}

/// The lowest label of each column.
struct Lowest {
    y: Vec<f32>,
    text: Vec<String>,
}

/// Spreads the labels above others within a run of columns, from a height downwards. A label that reaches over
/// the whole height stands in its middle; what stands lower is under another label.
fn spread_over(
    (first, last): (usize, usize),
    top: f32,
    above: &[usize],
    labels: &mut [Label],
    columns: &[Column],
    lowest: &Lowest,
) {
    let bottom = labels.iter().filter(|label| first <= label.first && label.last <= last);
    let bottom = bottom.map(|label| label.bbox.y1).fold(f32::NEG_INFINITY, f32::max);
    // Between the text of two rows there is twice the room between text and ruling.
    let next = labels.iter().filter(|label| first <= label.first && label.last <= last && label.bbox.y0 >= top);
    let gap = next.map(|label| label.bbox.y0 - top).fold(f32::INFINITY, f32::min);
    let middle = (top + bottom + if gap.is_finite() { gap } else { 0.0 }) / 2.0;
    let inside = |labels: &[Label], label: usize, from: usize, to: usize| {
        let (x, size) = (labels[label].bbox.center_x(), labels[label].chunks[0].size);
        columns[from].x0 - size < x && x < columns[to].x1 + size && labels[label].bbox.y0 >= top - 1.0
    };
    let under = |c: usize| lowest.y[c] > middle + HALF_WAY * (bottom - top);
    let mut start = first;
    while start <= last {
        if !under(start) {
            start += 1;
            continue;
        }
        let end = (start..=last).take_while(|&c| under(c)).last().unwrap_or(start);
        let within: Vec<usize> = above.iter().copied().filter(|&label| inside(labels, label, start, end)).collect();
        let y = within.iter().map(|&label| labels[label].bbox.center_y()).fold(f32::INFINITY, f32::min);
        let is_level = |label: &usize| labels[*label].bbox.center_y() - y <= 0.5 * labels[*label].chunks[0].size;
        let (mut level, deeper): (Vec<usize>, Vec<usize>) = within.into_iter().partition(is_level);
        level.sort_by(|&a, &b| labels[a].bbox.center_x().total_cmp(&labels[b].bbox.center_x()));
        if !level.is_empty() {
            let parts = divide(&level, start, end, labels, columns, &lowest.text);
            for (&label, part) in level.iter().zip(parts) {
                (labels[label].first, labels[label].last) = part;
                let below = labels[label].bbox.y1;
                spread_over(part, below, &deeper, labels, columns, lowest);
            }
        }
        start = end + 1;
    }
}

/// Divides a run of columns among the labels above it: so that each stands over the middle of its part, the
/// parts beginning alike where the labels below repeat (项目, 行次, 金额, 项目, 行次, 金额).
fn divide(
    over: &[usize],
    start: usize,
    end: usize,
    labels: &[Label],
    columns: &[Column],
    leaf_text: &[String],
) -> Vec<(usize, usize)> {
    let middle = |first: usize, last: usize| (columns[first].x0 + columns[last].x1) / 2.0;
    let repeats: Vec<usize> = (start + 1..=end).filter(|&c| leaf_text[c] == leaf_text[start]).collect();
    let candidates =
        if repeats.len() + 1 >= over.len() && over.len() > 1 { repeats } else { (start + 1..=end).collect() };
    let mut best: (f32, Vec<usize>) = (f32::INFINITY, Vec::new());
    let mut cuts: Vec<usize> = Vec::new();
    try_cuts(over.len().saturating_sub(1), 0, &candidates, &mut cuts, &mut |cuts| {
        let firsts = std::iter::once(start).chain(cuts.iter().copied());
        let lasts = cuts.iter().map(|cut| cut - 1).chain(std::iter::once(end));
        let away = |(label, (first, last)): (&usize, (usize, usize))| {
            (middle(first, last) - labels[*label].bbox.center_x()).abs()
        };
        let cost: f32 = over.iter().zip(firsts.zip(lasts)).map(away).sum();
        if cost < best.0 {
            best = (cost, cuts.to_vec());
        }
    });
    let firsts = std::iter::once(start).chain(best.1.iter().copied());
    let lasts = best.1.iter().map(|cut| cut - 1).chain(std::iter::once(end));
    firsts.zip(lasts).collect()
}

/// Tries all ascending choices of `count` cuts. Headers have few labels level with one another.
fn try_cuts(count: usize, from: usize, candidates: &[usize], cuts: &mut Vec<usize>, seen: &mut impl FnMut(&[usize])) {
    const MOST: usize = 4;
    if count == 0 {
        return seen(cuts);
    }
    for index in from..candidates.len() {
        cuts.push(candidates[index]);
        if count <= MOST {
            try_cuts(count - 1, index + 1, candidates, cuts, seen);
        }
        cuts.pop();
    }
}
