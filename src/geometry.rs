//! Points and boxes on a page, the one vocabulary every station shares.
//!
//! Unit: PDF points (1/72 inch). Origin: the top left corner of the page as a reader sees it, after
//! `/Rotate` and the crop box have been applied; x grows to the right and y grows *down*.

use serde::Serialize;

/// An axis-parallel box, in points, y down; `x0 <= x1` and `y0 <= y1`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Rect {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Bottom edge.
    pub y1: f32,
}

impl Rect {
    /// A box from any two opposite corners.
    pub fn from_corners(ax: f32, ay: f32, bx: f32, by: f32) -> Self {
        Rect { x0: ax.min(bx), y0: ay.min(by), x1: ax.max(bx), y1: ay.max(by) }
    }

    /// Width in points.
    pub fn width(&self) -> f32 {
        self.x1 - self.x0
    }

    /// Height in points.
    pub fn height(&self) -> f32 {
        self.y1 - self.y0
    }

    /// Horizontal middle.
    pub fn center_x(&self) -> f32 {
        (self.x0 + self.x1) / 2.0
    }

    /// Vertical middle.
    pub fn center_y(&self) -> f32 {
        (self.y0 + self.y1) / 2.0
    }

    /// Is the point inside, edges included?
    pub fn contains(&self, x: f32, y: f32) -> bool {
        self.x0 <= x && x <= self.x1 && self.y0 <= y && y <= self.y1
    }

    /// The common part, or `None` where the boxes do not touch.
    pub fn intersection(&self, other: &Rect) -> Option<Rect> {
        let common = Rect {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        };
        (common.x0 <= common.x1 && common.y0 <= common.y1).then_some(common)
    }

    /// The smallest box that holds both.
    pub fn union(&self, other: &Rect) -> Rect {
        Rect {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// The smallest box around all of `boxes`, or `None` where there are none.
    pub fn around(boxes: impl IntoIterator<Item = Rect>) -> Option<Rect> {
        boxes.into_iter().reduce(|whole, part| whole.union(&part))
    }
}
