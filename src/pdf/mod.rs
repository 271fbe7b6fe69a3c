//! Station 1: bytes → glyphs and marks.
//!
//! A [`Document`] opens a file; [`Document::page`] turns one page into what a reader's eye gets from
//! it: [`Glyph`]s with their positions, [`Mark`]s (strokes and fills that may become table rulings)
//! and the boxes of pictures. Nothing here knows what a line of text or a table is. This is the only
//! place that knows the PDF libraries (`lopdf`, `hayro-cmap`, `pdf-extract`).
//!
//! Coordinates are those of [`crate::geometry`]: points, y down, after `/Rotate` and the crop box.

mod bombs;
mod color;
mod compare;
mod cycles;
mod dates;
mod document;
mod error;
mod font;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod interpret;
mod kind;
mod layers;
mod lengths;
mod matrix;
mod objects;
mod overprint;
mod pages;
mod path;
mod picture;
mod second;
mod state;
mod text;
mod tokens;

pub use compare::{Disagreement, compare};
pub use document::{Document, MAX_FILE_BYTES, OpenOptions};
pub use error::{DocumentWarning, OpenError};
pub use kind::FileKind;
pub use picture::{Album, AlbumError, Picture, StandIn};
pub use second::SecondReader;

use crate::geometry::Rect;
use serde::Serialize;

/// Where pages come from: either reader, or a test.
pub trait PageSource {
    /// How many pages there are.
    fn page_count(&self) -> usize;

    /// Reads a page, counted from 1. Total: what goes wrong becomes a [`PageWarning`], and a page that
    /// is not there is empty.
    fn page(&self, number: usize) -> Page;
}

/// One page as the eye gets it.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Counted from 1.
    pub number: usize,
    /// Width in points, after `/Rotate` and the crop box.
    pub width: f32,
    /// Height in points, after `/Rotate` and the crop box.
    pub height: f32,
    /// The glyphs that can be seen, in the order of the content stream.
    pub glyphs: Vec<Glyph>,
    /// Glyphs that are drawn but cannot be seen; never mixed with the visible ones.
    pub hidden: Vec<HiddenGlyph>,
    /// Strokes and fills, in the order of the content stream, clipped to what can be seen.
    pub marks: Vec<Mark>,
    /// Where pictures are painted, clipped to the page.
    pub pictures: Vec<Rect>,
    /// What went wrong while reading, each said once a page.
    pub warnings: Vec<PageWarning>,
}

/// One character on the page. A code that maps to several characters becomes several glyphs, which
/// share its advance evenly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glyph {
    /// The character; U+FFFD where the font does not tell.
    pub unicode: char,
    /// Box in points: along the baseline from the origin over the advance, across it from the font's
    /// descent to its ascent (a nominal −0.2 and 0.8 em, where the font's own figures are absurd).
    pub bbox: Rect,
    /// The point on the baseline where the glyph starts.
    pub origin: (f32, f32),
    /// Font size in points after all transforms (the length of the em, measured across the baseline).
    pub size: f32,
    /// Where the baseline runs on the page as seen.
    pub direction: Direction,
    /// Fill colour as luminance: 0 is black, 255 is white.
    pub luminance: u8,
    /// Number of the font, in the order fonts were first met on this page.
    pub font: u16,
    /// Counts the places text was set at: glyphs drawn one after the other without moving share it. Two
    /// cells of a table are never drawn in one run.
    pub run: u32,
}

/// Where a baseline runs on the page as seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Left to right: ordinary text.
    Right,
    /// Top to bottom.
    Down,
    /// Right to left, upside down.
    Left,
    /// Bottom to top.
    Up,
    /// Aslant, as watermarks are.
    Oblique,
}

/// A baseline that leaves the axis by less than this share is on it (about 3 degrees).
const ON_AXIS: f64 = 0.05;

impl Direction {
    /// Where a vector on the page points, y down.
    fn of((x, y): (f64, f64)) -> Direction {
        if y.abs() <= x.abs() * ON_AXIS {
            if x >= 0.0 { Direction::Right } else { Direction::Left }
        } else if x.abs() <= y.abs() * ON_AXIS {
            if y >= 0.0 { Direction::Down } else { Direction::Up }
        } else {
            Direction::Oblique
        }
    }
}

/// A glyph that is drawn but cannot be seen, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HiddenGlyph {
    /// The glyph, where it would stand.
    pub glyph: Glyph,
    /// What hides it.
    pub reason: Hidden,
}

/// What hides a glyph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hidden {
    /// Its middle lies outside the current clip path.
    Clipped,
    /// Its middle lies outside the page.
    OffPage,
    /// Text render mode 3 (neither fill nor stroke) or 7 (clip only), painted with full transparency,
    /// or on a layer that is off.
    Invisible,
    /// The same character drawn again at the same place (a printer's way to embolden).
    Overprinted,
}

/// A stroke or fill that may become a ruling.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// What was painted.
    pub shape: Shape,
    /// Its colour as luminance: 0 is black, 255 is white.
    pub luminance: u8,
}

/// The geometry of a [`Mark`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// A straight stroke. Curves are not kept.
    Stroke {
        /// Start point.
        from: (f32, f32),
        /// End point.
        to: (f32, f32),
        /// Line width in points, at least a hairline's 0.1.
        width: f32,
        /// Drawn with a dash pattern.
        dashed: bool,
    },
    /// A filled axis-parallel rectangle. Other filled shapes are kept as nothing.
    Fill(Rect),
}

/// What went wrong on a page that was read all the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PageWarning {
    /// A content stream could not be decoded; its text is missing.
    #[error("a content stream could not be decoded: {0}")]
    Stream(String),
    /// The content stream breaks off or has tokens that make no sense.
    #[error("the content stream is damaged near byte {0}")]
    Content(usize),
    /// A font does not tell what characters its codes mean.
    #[error("font {0} does not tell its characters")]
    UnknownCharacters(String),
    /// A form draws itself, directly or over others; the inner drawing is skipped.
    #[error("a form XObject draws itself; the inner drawing is skipped")]
    FormCycle,
    /// The reader gave up on the page; what it found before is kept.
    #[error("the reader gave up on the page: {0}")]
    GaveUp(String),
    /// More operators, glyphs or marks than any real page has; the rest is skipped.
    #[error("the page draws more than {0} items; the rest is skipped")]
    TooMuch(usize),
    /// A table of a font is larger than any real one; the rest of it is skipped.
    #[error("font {0} has a larger table than is read; the rest of it is skipped")]
    FontTooLarge(String),
    /// The page is larger than any sheet of paper, or lies further away; A4 is taken instead.
    #[error("the page's box is absurd; A4 is taken instead")]
    AbsurdBox,
}
