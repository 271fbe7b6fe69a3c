//! Glyphs → tokens → text. A token is a run of glyphs that were drawn one after the other without a
//! gap and are of one class (figures, or anything else), so it belongs to one cell as a whole: an
//! amount that runs over a ruling keeps its last digit.

use super::{Cell, Line, Piece, Word};
use crate::catalog::text::ideograph;
use crate::geometry::Rect;
use crate::pdf::{Direction, Glyph};

/// Glyphs of one token follow each other with no more than this gap (in em).
const TIGHT: f32 = 0.3;
/// What is set anew at another place is another token where the gap is wider than this (in em): an amount and the code of
/// the next column may stand close, and so may labels that fill their columns.
const SET_ANEW: f32 = 0.2;
/// A gap wider than this (in em) is printed as a space.
const SPACE: f32 = 0.5;
/// A blank glyph is real only where it takes this much room (in em).
const BLANK: f32 = 0.15;
/// A gap wider than this (in em) cuts a line into pieces.
const WIDE: f32 = 1.5;
/// Baselines closer than this (in em) are one line.
const SAME_BASELINE: f32 = 0.5;

/// A run of glyphs that belongs together.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// The first glyph, as an index into the page's glyphs; the others follow it, blanks between
    /// them not counted in `len`.
    first: usize,
    /// One past the last glyph's index.
    end: usize,
    /// Glyphs that are not blank.
    pub len: usize,
    /// The box around them.
    pub bbox: Rect,
    /// Baseline (y).
    baseline: f32,
    /// Em in points.
    size: f32,
    /// Set aslant, as watermarks are.
    pub aslant: bool,
}

/// Is this white space, to the reader's eye?
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}' | '\u{ad}') || c.is_control()
}

/// Does the character appear in a printed amount?
fn is_figure(c: char) -> bool {
    matches!(c, '0'..='9' | ',' | '.' | '-' | '%' | '０'..='９' | '，' | '．' | '－')
}

/// Cuts the glyphs into tokens, in content order. `divided` tells whether a vertical ruling passes
/// between two points of a line: there a new run of words starts a new token, however small the gap
/// (narrow header cells stand wall to wall). Within one run a ruling cuts nothing, because text that
/// runs over a ruling belongs to the cell it started in.
pub(super) fn find(glyphs: &[Glyph], divided: impl Fn(&Glyph, &Glyph) -> bool) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut previous: Option<&Glyph> = None;
    for (index, glyph) in glyphs.iter().enumerate() {
        if is_blank(glyph.unicode) {
            continue;
        }
        let follows = previous.is_some_and(|p| {
            let em = p.size.max(glyph.size).max(1.0);
            let gap = glyph.bbox.x0 - p.bbox.x1;
            p.direction == glyph.direction
                && glyph.direction == Direction::Right
                && (p.origin.1 - glyph.origin.1).abs() <= 0.2 * em
                && gap.abs() <= TIGHT * em
                && is_figure(p.unicode) == is_figure(glyph.unicode)
                && (p.run == glyph.run || gap <= SET_ANEW * em)
                && (p.run == glyph.run || !divided(p, glyph))
        });
        match tokens.last_mut() {
            Some(token) if follows => {
                token.end = index + 1;
                token.len += 1;
                token.bbox = token.bbox.union(&glyph.bbox);
            }
            _ => tokens.push(Token {
                first: index,
                end: index + 1,
                len: 1,
                bbox: glyph.bbox,
                baseline: baseline(glyph),
                size: glyph.size,
                aslant: glyph.direction == Direction::Oblique,
            }),
        }
        previous = Some(glyph);
    }
    tokens
}

/// The y that glyphs of one line share. Upright glyphs have it at their origin; those of sideways text
/// are placed by their boxes.
fn baseline(glyph: &Glyph) -> f32 {
    match glyph.direction {
        Direction::Right => glyph.origin.1,
        _ => glyph.bbox.y1 - 0.2 * glyph.size,
    }
}

/// Sorts tokens into lines from top to bottom, each from left to right.
fn into_lines(mut tokens: Vec<&Token>) -> Vec<Vec<&Token>> {
    tokens.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let mut lines: Vec<Vec<&Token>> = Vec::new();
    for token in tokens {
        match lines.last_mut() {
            Some(line)
                if line.last().is_some_and(|last| {
                    token.baseline - line[0].baseline <= SAME_BASELINE * last.size.max(token.size).max(1.0)
                }) =>
            {
                line.push(token)
            }
            _ => lines.push(vec![token]),
        }
    }
    for line in &mut lines {
        line.sort_by(|a, b| a.bbox.x0.total_cmp(&b.bbox.x0));
    }
    lines
}

/// Writes a token's characters.
fn write(text: &mut String, token: &Token, glyphs: &[Glyph]) {
    let run = &glyphs[token.first..token.end];
    let mut blank = false;
    let mut last_x1 = f32::NEG_INFINITY;
    for glyph in run {
        if is_blank(glyph.unicode) {
            blank = true;
            continue;
        }
        if blank && glyph.bbox.x0 - last_x1 > BLANK * token.size {
            text.push(' ');
        }
        blank = false;
        last_x1 = glyph.bbox.x1;
        text.push(ideograph(glyph.unicode));
    }
}

/// The text of one line of tokens.
fn line_text(tokens: &[&Token], glyphs: &[Glyph]) -> String {
    let mut text = String::new();
    let mut before: Option<&Token> = None;
    for token in tokens {
        let spaced = before.is_some_and(|before| {
            let gap = (token.bbox.x0 - before.bbox.x1) / before.size.max(token.size);
            gap > SPACE || ((BLANK..=TIGHT).contains(&gap) && blank_between(before, token, glyphs))
        });
        if spaced {
            text.push(' ');
        }
        write(&mut text, token, glyphs);
        before = Some(token);
    }
    text
}

/// Does nothing but a blank part two tokens that would else be one?
fn blank_between(before: &Token, token: &Token, glyphs: &[Glyph]) -> bool {
    let between = glyphs.get(before.end..token.first).unwrap_or_default();
    let figure = |index: usize| glyphs.get(index).map(|glyph| is_figure(glyph.unicode));
    !between.is_empty()
        && between.iter().all(|glyph| is_blank(glyph.unicode))
        && figure(before.end - 1) == figure(token.first)
}

/// Puts tokens into a cell.
pub(super) fn fill_cell(cell: &mut Cell, tokens: Vec<&Token>, glyphs: &[Glyph]) {
    let Some(ink) = Rect::around(tokens.iter().map(|token| token.bbox)) else { return };
    cell.ink = ink;
    cell.glyph_count = tokens.iter().map(|token| token.len).sum();
    cell.type_size = tokens.iter().map(|token| token.size).fold(0.0, f32::max);
    let lines = into_lines(tokens);
    cell.line_count = lines.len();
    cell.start = lines.first().and_then(|line| line.first()).map_or(ink.x0, |token| token.bbox.x0);
    for line in &lines {
        let text = line_text(line, glyphs);
        // Words of Latin script are broken at spaces; Chinese is broken anywhere.
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        if latin(cell.text.chars().next_back()) && latin(text.chars().next()) {
            cell.text.push(' ');
        }
        cell.text.push_str(&text);
    }
}

/// The lines of text outside all grids.
pub(super) fn lines(tokens: Vec<&Token>, glyphs: &[Glyph]) -> Vec<Line> {
    into_lines(tokens)
        .into_iter()
        .filter_map(|tokens| {
            let mut pieces: Vec<Vec<&Token>> = Vec::new();
            for &token in &tokens {
                match pieces.last_mut() {
                    Some(piece)
                        if piece
                            .last()
                            .is_some_and(|last| token.bbox.x0 - last.bbox.x1 <= WIDE * last.size.max(token.size)) =>
                    {
                        piece.push(token)
                    }
                    _ => pieces.push(vec![token]),
                }
            }
            Some(Line {
                bbox: Rect::around(tokens.iter().map(|token| token.bbox))?,
                text: line_text(&tokens, glyphs),
                glyph_count: tokens.iter().map(|token| token.len).sum(),
                type_size: tokens.iter().map(|token| token.size).fold(0.0, f32::max),
                words: tokens
                    .iter()
                    .map(|token| Word {
                        bbox: token.bbox,
                        text: line_text(&[*token], glyphs),
                        figure: is_figure(glyphs[token.first].unicode),
                        glyph_count: token.len,
                    })
                    .collect(),
                pieces: pieces
                    .iter()
                    .filter_map(|piece| {
                        Some(Piece {
                            bbox: Rect::around(piece.iter().map(|token| token.bbox))?,
                            text: line_text(piece, glyphs),
                            glyph_count: piece.iter().map(|token| token.len).sum(),
                        })
                    })
                    .collect(),
            })
        })
        .collect()
}
