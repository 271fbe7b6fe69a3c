//! Dots and dashes drawn one by one → rulings. Browsers and office programs paint a dotted border as a row
//! of tiny fills. Dots also make leaders, patterns and charts, so a row of dots is a ruling only where it
//! does a ruling's work: it ends at lines that cross it, or it lies alone with no text at its ends.

use super::rulings::{Ruling, Rulings, SAME_LINE};
use crate::geometry::Rect;
use crate::pdf::Glyph;

/// A dot is no wider and no higher than this (points).
const DOT: f32 = 2.5;
/// A dash is no longer than this (points).
const DASH: f32 = 12.0;
/// Dots of one row lie this close to one line (points): the dot at a corner may be cut or stretched.
const ROW: f32 = 0.5;
/// Gaps up to this (points) are bridged, and gaps up to twice the length of a dash.
const GAP: f32 = 3.0;
/// Lengths and distances closer than this (points) are equal.
const EQUAL: f32 = 0.3;
/// Fewer dots make no row.
const FEWEST: usize = 5;
/// A row ends at a line if it comes this close to it (points).
const REACH: f32 = 3.0;
/// Text this close to the end of a row (in heights of its type) belongs to it: the row is a leader.
const BESIDE: f32 = 2.0;

/// A dot or dash, as a piece of a line in one direction: `thing` tells which mark it is.
#[derive(Clone, Copy)]
struct Piece {
    at: f32,
    start: f32,
    end: f32,
    thing: usize,
}

/// A row of equal pieces at equal distances.
struct Row {
    line: Ruling,
    things: Vec<usize>,
}

/// The rulings among the boxes of a page's small marks. `solid` are the rulings already known.
pub(super) fn find(boxes: &[Rect], glyphs: &[Glyph], solid: &Rulings) -> Rulings {
    let across = boxes.iter().map(|b| (b.center_y(), b.x0, b.x1, b.height(), b.width()));
    let down = boxes.iter().map(|b| (b.center_x(), b.y0, b.y1, b.width(), b.height()));
    let (mut horizontal, mut vertical) = (rows(across), rows(down));
    let (in_rows, in_columns) = (members(&horizontal, boxes.len()), members(&vertical, boxes.len()));
    // Where most dots have neighbours both ways, they fill an area.
    horizontal.retain(|row| sparse(row, &in_columns));
    vertical.retain(|row| sparse(row, &in_rows));

    let lines = |rows: &[Row], solid: &[Ruling]| -> Vec<Ruling> {
        rows.iter().map(|row| row.line).chain(solid.iter().copied()).collect()
    };
    let all_across = lines(&horizontal, &solid.horizontal);
    let all_down = lines(&vertical, &solid.vertical);
    let mut found = Rulings::default();
    for row in &horizontal {
        let crossing = crossings(&row.line, &all_down);
        if crossing >= 2 || (crossing == 0 && !leads_to_text(&row.line, glyphs)) {
            found.horizontal.push(row.line);
        }
    }
    found.vertical = vertical.iter().map(|row| row.line).filter(|line| crossings(line, &all_across) >= 2).collect();
    found
}

/// Whether a box is small enough to be a dot or a dash.
pub(super) fn is_small(b: &Rect) -> bool {
    let (thin, long) = (b.width().min(b.height()), b.width().max(b.height()));
    thin <= DOT && long <= DASH
}

/// The rows among pieces given as (position, start, end, thickness, length).
fn rows(pieces: impl Iterator<Item = (f32, f32, f32, f32, f32)>) -> Vec<Row> {
    // A dash belongs to the direction it runs in, a dot to both.
    let mut pieces: Vec<Piece> = pieces
        .enumerate()
        .filter(|(_, (_, _, _, thick, long))| *thick <= DOT && (long > thick || *long <= DOT))
        .map(|(thing, (at, start, end, _, _))| Piece { at, start, end, thing })
        .collect();
    pieces.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut found = Vec::new();
    let mut rest = pieces.as_mut_slice();
    while let Some(first) = rest.first() {
        let limit = first.at + ROW;
        let (level, others) = rest.split_at_mut(rest.partition_point(|piece| piece.at <= limit));
        rest = others;
        level.sort_by(|a, b| a.start.total_cmp(&b.start));
        let chained = |a: &Piece, b: &Piece| b.start - a.end <= GAP.max(2.0 * (a.end - a.start));
        found.extend(level.chunk_by(chained).filter_map(row));
    }
    found
}

/// A chain of pieces as a row, if most are alike and most stand at one distance.
fn row(chain: &[Piece]) -> Option<Row> {
    let mut lengths: Vec<f32> = chain.iter().map(|piece| piece.end - piece.start).collect();
    // Two cells may each draw the dot at their common corner.
    let mut steps: Vec<f32> =
        chain.windows(2).map(|pair| pair[1].start - pair[0].start).filter(|step| *step > EQUAL).collect();
    let gaps = chain.windows(2).filter(|pair| pair[1].start - pair[0].end > EQUAL).count();
    // Without gaps it is a staircase or a bar chart, or a line that is drawn in pieces and known as such.
    if steps.len() + 1 < FEWEST || 2 * gaps < steps.len() || !mostly_equal(&mut lengths) || !mostly_equal(&mut steps) {
        return None;
    }
    let at = chain.iter().map(|piece| piece.at).sum::<f32>() / chain.len() as f32;
    let end = chain.iter().map(|piece| piece.end).fold(f32::MIN, f32::max);
    let line = Ruling { at, start: chain[0].start, end };
    Some(Row { line, things: chain.iter().map(|piece| piece.thing).collect() })
}

/// Whether more than half of the values are the one in the middle.
fn mostly_equal(values: &mut [f32]) -> bool {
    values.sort_by(f32::total_cmp);
    let middle = values[values.len() / 2];
    2 * values.iter().filter(|value| (**value - middle).abs() <= EQUAL).count() > values.len()
}

fn members(rows: &[Row], count: usize) -> Vec<bool> {
    let mut taken = vec![false; count];
    for thing in rows.iter().flat_map(|row| &row.things) {
        taken[*thing] = true;
    }
    taken
}

fn sparse(row: &Row, crossing: &[bool]) -> bool {
    2 * row.things.iter().filter(|thing| crossing[**thing]).count() < row.things.len()
}

/// How many lines cross or meet a line, those side by side counted once; two tell as much as more.
fn crossings(line: &Ruling, others: &[Ruling]) -> usize {
    let meets = |other: &&Ruling| {
        (line.start - REACH..=line.end + REACH).contains(&other.at)
            && (other.start - REACH..=other.end + REACH).contains(&line.at)
    };
    let mut met = others.iter().filter(meets);
    let Some(first) = met.next() else { return 0 };
    1 + usize::from(met.any(|other| (other.at - first.at).abs() > SAME_LINE))
}

/// Whether text stands right before or right after a line, at its height: a leader to a page number.
fn leads_to_text(line: &Ruling, glyphs: &[Glyph]) -> bool {
    glyphs.iter().filter(|glyph| !glyph.unicode.is_whitespace()).any(|glyph| {
        let b = glyph.bbox;
        let beside = BESIDE * b.height();
        let level = b.y0 <= line.at && line.at <= b.y1;
        let before = line.start - beside <= b.x1 && b.x1 <= line.start + b.height();
        let after = line.end - b.height() <= b.x0 && b.x0 <= line.end + beside;
        level && (before || after)
    })
}
