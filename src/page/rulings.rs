//! Marks → rulings: which strokes and fills are the lines of a table, merged where several marks make
//! one line. A thin filled rectangle is a ruling; a white one, a shaded cell or a slanted stroke is not.

use super::dots;
use super::excess::{Excess, MAX_DOTS, limit_rulings};
use crate::geometry::Rect;
use crate::pdf::{Page, Shape};

/// Two parallel marks this close (points) are one line, drawn twice or in pieces.
pub(super) const SAME_LINE: f32 = 2.0;
/// Pieces of one line may leave gaps up to this (points): dashes, dots, joints at cell corners.
const JOINT: f32 = 3.0;
/// A filled rectangle thinner than this (points) is a line, not a surface.
const THICKEST: f32 = 3.0;
/// A line is longer than thick by this factor at least.
const RUNS: f32 = 1.2;
/// Shorter lines (points) rule nothing.
const SHORTEST: f32 = 3.0;
/// Marks at least this light (luminance) cannot be seen on paper.
const INVISIBLE: u8 = 250;

/// A horizontal or vertical line: `at` is its y (or x), and it runs from `start` to `end` in x (or y).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ruling {
    pub at: f32,
    pub start: f32,
    pub end: f32,
}

/// All rulings of a page, each merged, sorted by `at` and then `start`.
#[derive(Clone, Debug, Default)]
pub(super) struct Rulings {
    pub horizontal: Vec<Ruling>,
    pub vertical: Vec<Ruling>,
}

/// The rulings of a page.
pub(super) fn find(page: &Page, excess: &mut Vec<Excess>) -> Rulings {
    let mut raw = Rulings::default();
    let mut small: Vec<Rect> = Vec::new();
    for mark in page.marks.iter().filter(|mark| mark.luminance < INVISIBLE) {
        match mark.shape {
            Shape::Stroke { from, to, width, .. } => {
                let (dx, dy) = ((to.0 - from.0).abs(), (to.1 - from.1).abs());
                if dx.min(dy) <= 0.1 {
                    small.extend(Some(inked(from, to, width)).filter(dots::is_small));
                }
                if dy <= 1.0 && dx > dy {
                    raw.horizontal.push(ruling((from.1 + to.1) / 2.0, from.0, to.0));
                } else if dx <= 1.0 && dy > dx {
                    raw.vertical.push(ruling((from.0 + to.0) / 2.0, from.1, to.1));
                }
            }
            Shape::Fill(r) => {
                small.extend(Some(r).filter(dots::is_small));
                // A square runs nowhere: a dot, or the joint of two lines.
                if r.height() <= THICKEST && r.width() > RUNS * r.height() {
                    raw.horizontal.push(ruling(r.center_y(), r.x0, r.x1));
                } else if r.width() <= THICKEST && r.height() > RUNS * r.width() {
                    raw.vertical.push(ruling(r.center_x(), r.y0, r.y1));
                }
            }
        }
    }
    let mut solid = Rulings { horizontal: merge(raw.horizontal.clone()), vertical: merge(raw.vertical.clone()) };
    limit_rulings(&mut solid, excess);
    if small.len() > MAX_DOTS {
        excess.push(Excess::Dots);
        small.clear();
    }
    let dotted = dots::find(&small, &page.glyphs, &solid);
    if dotted.horizontal.is_empty() && dotted.vertical.is_empty() {
        return solid;
    }
    raw.horizontal.extend(dotted.horizontal);
    raw.vertical.extend(dotted.vertical);
    let mut all = Rulings { horizontal: merge(raw.horizontal), vertical: merge(raw.vertical) };
    limit_rulings(&mut all, excess);
    all
}

/// What an upright stroke covers.
fn inked(from: (f32, f32), to: (f32, f32), width: f32) -> Rect {
    let half = width / 2.0;
    let (x, y) = if (to.0 - from.0).abs() > (to.1 - from.1).abs() { (0.0, half) } else { (half, 0.0) };
    let run = Rect::from_corners(from.0, from.1, to.0, to.1);
    Rect { x0: run.x0 - x, y0: run.y0 - y, x1: run.x1 + x, y1: run.y1 + y }
}

fn ruling(at: f32, a: f32, b: f32) -> Ruling {
    Ruling { at, start: a.min(b), end: a.max(b) }
}

/// Joins the pieces of each line. Lines are told apart by their position first: positions closer than
/// [`SAME_LINE`] to the first of a cluster fall together.
fn merge(mut pieces: Vec<Ruling>) -> Vec<Ruling> {
    pieces.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut merged = Vec::new();
    let mut rest = pieces.as_mut_slice();
    while let Some(first) = rest.first() {
        let limit = first.at + SAME_LINE;
        let count = rest.iter().take_while(|piece| piece.at <= limit).count();
        let (cluster, others) = rest.split_at_mut(count);
        rest = others;
        let at = cluster.iter().map(|piece| piece.at).sum::<f32>() / count as f32;
        cluster.sort_by(|a, b| a.start.total_cmp(&b.start));
        let mut open: Option<Ruling> = None;
        for piece in cluster.iter() {
            match &mut open {
                Some(line) if piece.start <= line.end + JOINT => line.end = line.end.max(piece.end),
                _ => merged.extend(open.replace(Ruling { at, ..*piece })),
            }
        }
        merged.extend(open);
    }
    merged.retain(|line| line.end - line.start >= SHORTEST);
    merged
}
