//! Affine transforms, in PDF's row-vector convention: `[a b c d e f]` maps (x, y) to
//! (ax + cy + e, bx + dy + f). Kept in double precision; the page is single.

use crate::geometry::Rect;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Matrix {
    pub(super) a: f64,
    pub(super) b: f64,
    pub(super) c: f64,
    pub(super) d: f64,
    pub(super) e: f64,
    pub(super) f: f64,
}

impl Matrix {
    pub(super) const IDENTITY: Matrix = Matrix { a: 1.0, b: 0.0, c: 0.0, d: 1.0, e: 0.0, f: 0.0 };

    pub(super) fn new([a, b, c, d, e, f]: [f64; 6]) -> Self {
        Matrix { a, b, c, d, e, f }
    }

    /// `self` first, then `after`.
    pub(super) fn then(&self, after: &Matrix) -> Matrix {
        Matrix {
            a: self.a * after.a + self.b * after.c,
            b: self.a * after.b + self.b * after.d,
            c: self.c * after.a + self.d * after.c,
            d: self.c * after.b + self.d * after.d,
            e: self.e * after.a + self.f * after.c + after.e,
            f: self.e * after.b + self.f * after.d + after.f,
        }
    }

    /// Moves the origin by (x, y), measured before the transform.
    pub(super) fn shifted(&self, x: f64, y: f64) -> Matrix {
        let (e, f) = self.apply(x, y);
        Matrix { e, f, ..*self }
    }

    pub(super) fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        (self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f)
    }

    /// A vector, which has no place.
    pub(super) fn turn(&self, x: f64, y: f64) -> (f64, f64) {
        (self.a * x + self.c * y, self.b * x + self.d * y)
    }

    /// By how much areas grow.
    pub(super) fn area(&self) -> f64 {
        (self.a * self.d - self.b * self.c).abs()
    }

    pub(super) fn is_finite(&self) -> bool {
        [self.a, self.b, self.c, self.d, self.e, self.f].iter().all(|value| value.is_finite())
    }

    /// The smallest box around the image of a box given by two corners.
    pub(super) fn bounds(&self, x0: f64, y0: f64, x1: f64, y1: f64) -> Rect {
        let corners = [self.apply(x0, y0), self.apply(x1, y0), self.apply(x0, y1), self.apply(x1, y1)];
        bounds_of(&corners)
    }
}

/// The smallest box around points; an empty box at the origin for none.
pub(super) fn bounds_of(points: &[(f64, f64)]) -> Rect {
    let Some(((x, y), rest)) = points.split_first() else { return Rect::default() };
    let (mut x0, mut y0, mut x1, mut y1) = (*x, *y, *x, *y);
    for (x, y) in rest {
        x0 = x0.min(*x);
        y0 = y0.min(*y);
        x1 = x1.max(*x);
        y1 = y1.max(*y);
    }
    Rect { x0: x0 as f32, y0: y0 as f32, x1: x1 as f32, y1: y1 as f32 }
}

/// Are all four edges numbers?
pub(super) fn is_finite(rect: &Rect) -> bool {
    rect.x0.is_finite() && rect.y0.is_finite() && rect.x1.is_finite() && rect.y1.is_finite()
}
