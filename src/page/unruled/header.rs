//! The header above a body without vertical rulings: which words head a column, which head several.

use super::{Chunk, Column, cell};
use crate::geometry::Rect;
use crate::page::Cell;

/// Lines of one label follow each other within this (in em).
const LEADING: f32 = 1.7;

/// Adds the columns that are empty in the body and known by their header alone.
pub(super) fn with_empty_columns(mut columns: Vec<Column>, head: &[Chunk]) -> Vec<Column> {
    let mut chunks: Vec<&Chunk> = head.iter().collect();
    // From the lowest line up: labels of single columns stand lowest.
    chunks.sort_by(|a, b| b.bbox.center_y().total_cmp(&a.bbox.center_y()).then(a.bbox.x0.total_cmp(&b.bbox.x0)));
    for chunk in chunks {
        if columns.iter().any(|column| overlaps(column, &chunk.bbox)) {
            continue;
        }
        let right = columns.iter().position(|column| column.x0 > chunk.bbox.x1).unwrap_or(columns.len());
        if spans_neighbours(chunk, right, &columns, head) {
            continue;
        }
        columns.insert(right, Column { x0: chunk.bbox.x0, x1: chunk.bbox.x1 });
    }
    columns
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

/// The header's cells, in rows from 0. `top` and `bottom` bound it in y.
pub(super) fn cells(head: &[Chunk], columns: &[Column], xs: &[f32], top: f32, bottom: f32) -> Vec<Cell> {
    let mut labels = labels(head, columns);
    widen(&mut labels, xs);
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
fn labels<'c>(head: &'c [Chunk], columns: &[Column]) -> Vec<Label<'c>> {
    let mut sorted: Vec<&Chunk> = head.iter().collect();
    sorted.sort_by(|a, b| a.bbox.center_y().total_cmp(&b.bbox.center_y()));
    let mut labels: Vec<Label> = Vec::new();
    for chunk in sorted {
        let over: Vec<usize> = (0..columns.len()).filter(|&c| overlaps(&columns[c], &chunk.bbox)).collect();
        let nearest = || {
            let x = chunk.bbox.center_x();
            let away = |c: usize| (columns[c].x0.max(x.min(columns[c].x1)) - x).abs();
            (0..columns.len()).min_by(|&a, &b| away(a).total_cmp(&away(b))).unwrap_or(0)
        };
        let first = over.first().copied().unwrap_or_else(nearest);
        let last = over.last().copied().unwrap_or(first);
        let same = labels.iter_mut().rev().find(|label| {
            label.first == first
                && label.last == last
                && chunk.bbox.center_y() - label.bbox.y1 < (LEADING - 0.5) * chunk.size
                && chunk.bbox.x0 < label.bbox.x1 + chunk.size
                && label.bbox.x0 < chunk.bbox.x1 + chunk.size
        });
        match same {
            Some(label) => {
                label.chunks.push(chunk);
                label.bbox = label.bbox.union(&chunk.bbox);
            }
            None => labels.push(Label { chunks: vec![chunk], bbox: chunk.bbox, first, last }),
        }
    }
    labels
}

/// A label set in the middle of several columns is narrower than they are. It heads the run of columns
/// around it whose middle is nearest to its own, among those with labels of their own below it.
fn widen(labels: &mut [Label], xs: &[f32]) {
    let count = xs.len() - 1;
    // The top of the lowest label of each column: what may have another label above it.
    let lowest: Vec<f32> = (0..count)
        .map(|c| {
            labels
                .iter()
                .filter(|label| label.first == c && label.last == c)
                .map(|label| label.bbox.y0)
                .fold(f32::NEG_INFINITY, f32::max)
        })
        .collect();
    let fixed: Vec<(usize, usize, Rect)> = labels.iter().map(|label| (label.first, label.last, label.bbox)).collect();
    for label in labels.iter_mut() {
        let has_below = |c: usize| lowest[c] > label.bbox.center_y();
        if !(label.first..=label.last).all(has_below) {
            continue;
        }
        // A neighbour on the same level keeps its own columns.
        let taken = |c: usize| {
            fixed.iter().any(|(first, last, bbox)| {
                (*first..=*last).contains(&c)
                    && *bbox != label.bbox
                    && (bbox.center_y() - label.bbox.center_y()).abs() < 0.5 * label.chunks[0].size
            })
        };
        let mut best = (label.first, label.last);
        let mut distance = f32::INFINITY;
        let mut first = label.first;
        loop {
            let mut last = label.last;
            loop {
                let away = ((xs[first] + xs[last + 1]) / 2.0 - label.bbox.center_x()).abs();
                if away < distance - 0.5 {
                    distance = away;
                    best = (first, last);
                }
                if last + 1 < count && has_below(last + 1) && !taken(last + 1) {
                    last += 1;
                } else {
                    break;
                }
            }
            if first > 0 && has_below(first - 1) && !taken(first - 1) {
                first -= 1;
            } else {
                break;
            }
        }
        (label.first, label.last) = best;
    }
}
