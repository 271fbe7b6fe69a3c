//! Paths: built point by point in page coordinates, then painted as [`Mark`]s or turned into a clip.

use super::matrix::{Matrix, bounds_of, is_finite};
use super::{Mark, Shape};
use crate::geometry::Rect;

/// Two coordinates closer than this, in points, are the same.
const SAME: f64 = 0.02;
/// A hairline.
const MIN_WIDTH: f64 = 0.1;
/// A filled shape no thicker than this, in points, is a bar even if its ends are cut aslant: browsers
/// print the borders of table cells as trapezoids.
const BAR: f64 = 3.0;
/// A path longer than this is a drawing, not a ruling; the rest of it is not kept.
pub(super) const MAX_POINTS: usize = 1 << 18;

/// The path under construction.
#[derive(Default)]
pub(super) struct Path {
    points: Vec<Point>,
    /// Control points of curves, for the bounding box.
    controls: Vec<(f64, f64)>,
    /// Where the current subpath starts in `points`.
    start: usize,
}

#[derive(Clone, Copy)]
struct Point {
    at: (f64, f64),
    step: Step,
}

/// How a point is reached from the one before.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Move,
    Line,
    /// The line that closes the subpath.
    Close,
    Curve,
}

/// How a path is painted.
pub(super) struct Pen<'a> {
    /// What marks are clipped to.
    pub(super) clip: Rect,
    /// Transform of the line width.
    pub(super) matrix: &'a Matrix,
    pub(super) width: f64,
    pub(super) dashed: bool,
    pub(super) luminance: u8,
}

impl Path {
    pub(super) fn clear(&mut self) {
        self.points.clear();
        self.controls.clear();
        self.start = 0;
    }

    pub(super) fn move_to(&mut self, at: (f64, f64)) {
        // A move right after a move replaces it.
        if self.points.last().is_some_and(|last| last.step == Step::Move) {
            self.points.pop();
        }
        self.start = self.points.len();
        self.push(at, Step::Move);
    }

    pub(super) fn line_to(&mut self, at: (f64, f64)) {
        self.reopen(at);
        self.push(at, Step::Line);
    }

    pub(super) fn curve_to(&mut self, controls: &[(f64, f64)], at: (f64, f64)) {
        self.reopen(at);
        if self.controls.len() < MAX_POINTS {
            self.controls.extend_from_slice(controls);
        }
        self.push(at, Step::Curve);
    }

    pub(super) fn close(&mut self) {
        if let (Some(first), Some(last)) = (self.points.get(self.start).copied(), self.points.last())
            && !matches!(last.step, Step::Close | Step::Move)
        {
            self.push(first.at, Step::Close);
        }
    }

    /// Adds a rectangle given by its corners, in order.
    pub(super) fn rectangle(&mut self, [a, b, c, d]: [(f64, f64); 4]) {
        self.move_to(a);
        self.line_to(b);
        self.line_to(c);
        self.line_to(d);
        self.close();
    }

    /// After a close, or without a move, drawing goes on from where the path stands.
    fn reopen(&mut self, at: (f64, f64)) {
        match self.points.last().copied() {
            None => self.move_to(at),
            Some(last) if last.step == Step::Close => self.move_to(last.at),
            Some(_) => {}
        }
    }

    fn push(&mut self, at: (f64, f64), step: Step) {
        if self.points.len() < MAX_POINTS {
            self.points.push(Point { at, step });
        }
    }

    /// Was the path longer than is kept?
    pub(super) fn is_cut(&self) -> bool {
        self.points.len() >= MAX_POINTS
    }

    /// The smallest box around the path; `None` where there is no path.
    pub(super) fn bounds(&self) -> Option<Rect> {
        if self.points.is_empty() {
            return None;
        }
        let all: Vec<(f64, f64)> =
            self.points.iter().map(|point| point.at).chain(self.controls.iter().copied()).collect();
        let bounds = bounds_of(&all);
        is_finite(&bounds).then_some(bounds)
    }

    /// Straight segments as strokes.
    pub(super) fn stroke(&self, pen: &Pen<'_>, marks: &mut Vec<Mark>) {
        let mut before: Option<(f64, f64)> = None;
        for point in &self.points {
            if let (Some(from), Step::Line | Step::Close) = (before, point.step) {
                marks.extend(stroke(from, point.at, pen));
            }
            before = Some(point.at);
        }
    }

    /// Axis-parallel rectangles, and bars with slanted ends, as fills.
    pub(super) fn fill(&self, pen: &Pen<'_>, even_odd: bool, marks: &mut Vec<Mark>) {
        let mut rectangles: Vec<(Rect, f64)> = Vec::new();
        let mut others = 0;
        for subpath in self.points.chunk_by(|_, next| next.step != Step::Move) {
            match rectangle(subpath) {
                Some(found) => rectangles.push(found),
                None => others += 1,
            }
        }
        // A frame drawn as one rectangle inside another is four bars, not a filled box.
        if let ([(outer, turn), (inner, inner_turn)], 0) = (rectangles.as_slice(), others)
            && (even_odd || turn.signum() != inner_turn.signum())
            && inside(inner, outer)
        {
            for bar in frame(outer, inner) {
                marks.extend(fill(bar, pen));
            }
            return;
        }
        for (rect, _) in rectangles {
            marks.extend(fill(rect, pen));
        }
    }
}

/// The rectangle a subpath is, and its area, whose sign tells the turn; `None` for other shapes.
fn rectangle(subpath: &[Point]) -> Option<(Rect, f64)> {
    // No rectangle needs more points; real ones have up to two more from collinear or repeated ones.
    if subpath.len() < 3 || subpath.len() > 9 || subpath.iter().any(|point| point.step == Step::Curve) {
        return None;
    }
    let (mut x0, mut y0, mut x1, mut y1) = (f64::MAX, f64::MAX, f64::MIN, f64::MIN);
    for point in subpath {
        x0 = x0.min(point.at.0);
        x1 = x1.max(point.at.0);
        y0 = y0.min(point.at.1);
        y1 = y1.max(point.at.1);
    }
    let rect = Rect { x0: x0 as f32, y0: y0 as f32, x1: x1 as f32, y1: y1 as f32 };
    if !is_finite(&rect) {
        return None;
    }
    let (width, height) = (x1 - x0, y1 - y0);
    let same = |a: f64, b: f64| (a - b).abs() <= SAME;
    let (mut area, mut along_axes) = (0.0, true);
    let mut previous = subpath.last()?.at;
    for point in subpath {
        let (x, y) = point.at;
        along_axes &= same(x, previous.0) || same(y, previous.1);
        along_axes &= same(x, x0) || same(x, x1) || same(y, y0) || same(y, y1);
        area += previous.0 * y - x * previous.1;
        previous = (x, y);
    }
    let area = area / 2.0;
    // Every point on the border, every edge along an axis, and the area of the box: a rectangle.
    let is_rectangle = along_axes && (area.abs() - width * height).abs() <= SAME * (width + height) + 1e-6;
    let thickness = width.min(height);
    let is_bar = thickness <= BAR && width.max(height) >= 3.0 * thickness && area.abs() >= 0.6 * width * height;
    (is_rectangle || is_bar).then_some((rect, area))
}

fn inside(inner: &Rect, outer: &Rect) -> bool {
    outer.x0 < inner.x0 && outer.y0 < inner.y0 && inner.x1 < outer.x1 && inner.y1 < outer.y1
}

fn frame(outer: &Rect, inner: &Rect) -> [Rect; 4] {
    [
        Rect { y1: inner.y0, ..*outer },
        Rect { y0: inner.y1, ..*outer },
        Rect { x1: inner.x0, ..*outer },
        Rect { x0: inner.x1, ..*outer },
    ]
}

/// A fill within the clip. A box that merely touches the clip's edge from outside leaves nothing;
/// otherwise it would come out as a hairline that nobody sees.
fn fill(rect: Rect, pen: &Pen<'_>) -> Option<Mark> {
    let seen = rect.intersection(&pen.clip)?;
    if (seen.width() <= 0.0 && rect.width() > 0.0) || (seen.height() <= 0.0 && rect.height() > 0.0) {
        return None;
    }
    Some(Mark { shape: Shape::Fill(seen), luminance: pen.luminance })
}

/// A stroke within the clip: cut to it along its run, and kept whole across while any of its width
/// can be seen.
fn stroke(from: (f64, f64), to: (f64, f64), pen: &Pen<'_>) -> Option<Mark> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    if !(length.is_finite() && length > 1e-6) {
        return None;
    }
    let width = (pen.width * scale_across(pen.matrix, dx / length, dy / length)).max(MIN_WIDTH);
    let width = if width.is_finite() { width } else { MIN_WIDTH };
    let half = width / 2.0;
    if pen.clip.x0 > pen.clip.x1 || pen.clip.y0 > pen.clip.y1 {
        return None;
    }
    let (grow_x, grow_y) = if dx.abs() >= dy.abs() { (0.0, half) } else { (half, 0.0) };
    let (left, right) = (f64::from(pen.clip.x0) - grow_x, f64::from(pen.clip.x1) + grow_x);
    let (top, bottom) = (f64::from(pen.clip.y0) - grow_y, f64::from(pen.clip.y1) + grow_y);
    // Liang and Barsky: the part of the segment within all four sides.
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (step, room) in [(-dx, from.0 - left), (dx, right - from.0), (-dy, from.1 - top), (dy, bottom - from.1)] {
        if step == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if step < 0.0 {
            enter = enter.max(room / step);
        } else {
            leave = leave.min(room / step);
        }
    }
    if enter >= leave {
        return None;
    }
    let point = |t: f64| ((from.0 + t * dx) as f32, (from.1 + t * dy) as f32);
    let shape = Shape::Stroke { from: point(enter), to: point(leave), width: width as f32, dashed: pen.dashed };
    Some(Mark { shape, luminance: pen.luminance })
}

/// How much a line width grows across a segment that runs along (x, y) on the page.
fn scale_across(matrix: &Matrix, x: f64, y: f64) -> f64 {
    let area = matrix.area();
    if area <= 0.0 || !area.is_finite() {
        return 0.0;
    }
    // The direction before the transform; its image has the length by which runs grow, and what an
    // area grows by is the product of both.
    let (bx, by) = ((matrix.d * x - matrix.c * y) / area, (matrix.a * y - matrix.b * x) / area);
    let before = bx.hypot(by);
    if before > 0.0 { area * before } else { area.sqrt() }
}
