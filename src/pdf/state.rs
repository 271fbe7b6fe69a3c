//! The graphics state: everything `q` saves and `Q` restores.

use super::color::Space;
use super::matrix::Matrix;
use crate::geometry::Rect;

/// The graphics state.
#[derive(Clone)]
pub(super) struct State {
    /// From user space to the page as seen.
    pub(super) matrix: Matrix,
    /// Only what is inside can be seen. Empty (`x0 > x1`) where nothing can.
    pub(super) clip: Rect,
    pub(super) fill: Ink,
    pub(super) stroke: Ink,
    pub(super) line_width: f64,
    pub(super) dashed: bool,
    pub(super) text: TextState,
}

/// A colour and the space it is written in.
#[derive(Clone)]
pub(super) struct Ink {
    pub(super) space: Space,
    pub(super) luminance: u8,
    /// Alpha 0: painted, and yet not.
    pub(super) transparent: bool,
}

/// The part of the state that text is set by.
#[derive(Clone, Copy)]
pub(super) struct TextState {
    /// Index into the fonts of the page.
    pub(super) font: Option<u16>,
    pub(super) size: f64,
    pub(super) char_space: f64,
    pub(super) word_space: f64,
    /// 1 is 100 %.
    pub(super) stretch: f64,
    pub(super) leading: f64,
    pub(super) rise: f64,
    pub(super) mode: i64,
}

impl State {
    pub(super) fn new(matrix: Matrix, clip: Rect) -> Self {
        let ink = Ink { space: Space::Gray, luminance: 0, transparent: false };
        State {
            matrix,
            clip,
            fill: ink.clone(),
            stroke: ink,
            line_width: 1.0,
            dashed: false,
            text: TextState {
                font: None,
                size: 0.0,
                char_space: 0.0,
                word_space: 0.0,
                stretch: 1.0,
                leading: 0.0,
                rise: 0.0,
                mode: 0,
            },
        }
    }

    /// Narrows the clip; it may become empty.
    pub(super) fn narrow(&mut self, to: &Rect) {
        self.clip = Rect {
            x0: self.clip.x0.max(to.x0),
            y0: self.clip.y0.max(to.y0),
            x1: self.clip.x1.min(to.x1),
            y1: self.clip.y1.min(to.y1),
        };
    }
}
