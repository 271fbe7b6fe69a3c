//! Station 2: glyphs and marks → lines of text and cells of grids.
//!
//! A [`Layout`] says what stands where on one page, with every visible glyph in exactly one place: in
//! a [`Cell`] of a [`Grid`], in a [`Line`] outside all grids, or in the watermark. Nothing here knows
//! what a heading or an amount means. Coordinates: see [`crate::geometry`].

mod beside;
mod dots;
mod excess;
mod grid;
mod rulings;
mod tokens;
mod unruled;
mod upright;

use crate::geometry::Rect;
use crate::pdf;
pub use beside::Gutter;
pub use excess::Excess;
use std::ops::Range;
pub use unruled::{KnownWords, infer_grid};

/// What stands where on one page.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Page number, counted from 1.
    pub number: usize,
    /// Width in points.
    pub width: f32,
    /// Height in points.
    pub height: f32,
    /// Ruled grids, from top to bottom.
    pub grids: Vec<Grid>,
    /// Text outside the grids, from top to bottom.
    pub lines: Vec<Line>,
    /// Gutters between grids that stand beside each other; no line runs over one.
    pub gutters: Vec<Gutter>,
    /// Heights of horizontal rulings that belong to no grid, from top to bottom.
    pub loose_rulings: Vec<f32>,
    /// Glyphs set aslant over the page (watermarks).
    pub watermark_glyphs: usize,
    /// Visible glyphs that are not white space. Always the sum of those in cells, lines and watermark.
    pub visible_glyphs: usize,
    /// Glyphs drawn but not visible.
    pub hidden_glyphs: usize,
    /// Pictures on the page.
    pub pictures: Vec<Rect>,
    /// What was left out, because there is too much of it.
    pub excess: Vec<Excess>,
}

/// A grid of ruled cells.
#[derive(Clone, Debug)]
pub struct Grid {
    /// The outline.
    pub bbox: Rect,
    /// Column boundaries from left to right: column `c` lies between `xs[c]` and `xs[c + 1]`.
    pub xs: Vec<f32>,
    /// Row boundaries from top to bottom: row `r` lies between `ys[r]` and `ys[r + 1]`.
    pub ys: Vec<f32>,
    /// The cells in reading order; together they tile the grid without overlap.
    pub cells: Vec<Cell>,
    /// Whether rows and columns were inferred from the text, not read from rulings.
    pub inferred: bool,
}

impl Grid {
    /// Number of rows of the lattice.
    pub fn row_count(&self) -> usize {
        self.ys.len().saturating_sub(1)
    }

    /// The cells whose first row is one of these.
    pub fn cells_starting_in(&self, rows: Range<usize>) -> &[Cell] {
        let start = self.cells.partition_point(|cell| cell.row < rows.start);
        let count = self.cells[start..].partition_point(|cell| cell.row < rows.end);
        &self.cells[start..start + count]
    }

    /// Number of columns of the lattice.
    pub fn column_count(&self) -> usize {
        self.xs.len().saturating_sub(1)
    }
}

/// A cell, possibly merged over several rows or columns of its grid.
#[derive(Clone, Debug)]
pub struct Cell {
    /// First row of the lattice.
    pub row: usize,
    /// First column of the lattice.
    pub column: usize,
    /// Rows covered, at least 1.
    pub row_span: usize,
    /// Columns covered, at least 1.
    pub column_span: usize,
    /// The cell's outline.
    pub bbox: Rect,
    /// The text as printed: lines joined without a break, gaps wider than half an em as one space.
    pub text: String,
    /// The box of the text itself; empty at the cell's corner where there is none.
    pub ink: Rect,
    /// The left edge of its first line: where a name wraps, the lines below may start further left.
    pub start: f32,
    /// Lines the text is set in.
    pub line_count: usize,
    /// Glyphs in the cell, white space not counted.
    pub glyph_count: usize,
    /// Height of the type in points (0 for an empty cell).
    pub type_size: f32,
}

/// A line of text outside all grids.
#[derive(Clone, Debug)]
pub struct Line {
    /// The box of the text.
    pub bbox: Rect,
    /// The whole line as printed, gaps as single spaces.
    pub text: String,
    /// The line cut at gaps wider than one and a half em.
    pub pieces: Vec<Piece>,
    /// The line cut at every gap, and between figures and words.
    pub words: Vec<Word>,
    /// Glyphs in the line, white space not counted.
    pub glyph_count: usize,
    /// Height of the type in points.
    pub type_size: f32,
}

/// A part of a [`Line`] between wide gaps.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The box of the text.
    pub bbox: Rect,
    /// The text as printed.
    pub text: String,
    /// Glyphs in the piece, white space not counted.
    pub glyph_count: usize,
}

/// A run of figures or of other characters without a gap.
#[derive(Clone, Debug)]
pub struct Word {
    /// The box of the text.
    pub bbox: Rect,
    /// The text as printed.
    pub text: String,
    /// Whether it is made of figures.
    pub figure: bool,
    /// Glyphs in the word, white space not counted.
    pub glyph_count: usize,
}

/// Lays a page out: finds the ruled grids and puts each visible glyph into a cell or a line.
pub fn lay_out(page: &pdf::Page) -> Layout {
    let turned = upright::turn(page);
    let page = turned.as_ref().unwrap_or(page);
    let mut excess = Vec::new();
    let rulings = rulings::find(page, &mut excess);
    let mut grids = grid::build(&rulings, &mut excess);
    let map = grid::Map::new(&grids);
    let tokens = tokens::find(&page.glyphs, |left, right| map.divides(&left.bbox, &right.bbox));
    let places: Vec<_> = tokens.iter().map(|token| map.locate(&token.bbox)).collect();
    let watermark_glyphs = tokens.iter().filter(|t| t.aslant).map(|t| t.len).sum();

    let loose_rulings = rulings
        .horizontal
        .iter()
        .filter(|ruling| !grids.iter().any(|grid| grid.bbox.y0 - 2.0 <= ruling.at && ruling.at <= grid.bbox.y1 + 2.0))
        .map(|ruling| ruling.at)
        .collect();

    let mut in_cells: Vec<Vec<Vec<&tokens::Token>>> =
        grids.iter().map(|grid| vec![Vec::new(); grid.cells.len()]).collect();
    let mut outside = Vec::new();
    for (token, place) in tokens.iter().zip(places).filter(|(token, _)| !token.aslant) {
        match place {
            Some((g, c)) => in_cells[g][c].push(token),
            None => outside.push(token),
        }
    }
    for (grid, contents) in grids.iter_mut().zip(in_cells) {
        for (cell, tokens) in grid.cells.iter_mut().zip(contents) {
            tokens::fill_cell(cell, tokens, &page.glyphs);
        }
    }
    let mut lines = tokens::lines(outside, &page.glyphs);
    let gutters = beside::separate(&grids, &mut lines);
    if lines.iter().map(|line| line.words.len()).sum::<usize>() > excess::MAX_WORDS {
        excess.push(Excess::Words);
    }
    Layout {
        number: page.number,
        width: page.width,
        height: page.height,
        grids,
        lines,
        gutters,
        loose_rulings,
        watermark_glyphs,
        visible_glyphs: page.glyphs.iter().filter(|g| !tokens::is_blank(g.unicode)).count(),
        hidden_glyphs: page.hidden.len(),
        pictures: page.pictures.clone(),
        excess,
    }
}
