//! Some pages are drawn sideways without saying so in `/Rotate`. This turns such a page so that most
//! of its text runs from left to right.

use crate::geometry::Rect;
use crate::pdf::{Direction, Glyph, Mark, Page, Shape};

/// The share of glyphs that must run another way before a page is turned.
const MAJORITY: f32 = 0.6;

/// The page turned upright, or `None` where it already is.
pub(super) fn turn(page: &Page) -> Option<Page> {
    let share = |direction| {
        let running = page.glyphs.iter().filter(|g| g.direction == direction).count();
        running as f32 / page.glyphs.len().max(1) as f32
    };
    let direction =
        [Direction::Down, Direction::Left, Direction::Up].into_iter().find(|&direction| share(direction) > MAJORITY)?;
    let (w, h) = (page.width, page.height);
    // Text that runs down is read with the head tilted right: turn the page a quarter to the left.
    let point = move |(x, y): (f32, f32)| match direction {
        Direction::Down => (y, w - x),
        Direction::Left => (w - x, h - y),
        _ => (h - y, x),
    };
    let rect = |r: &Rect| {
        let (ax, ay) = point((r.x0, r.y0));
        let (bx, by) = point((r.x1, r.y1));
        Rect::from_corners(ax, ay, bx, by)
    };
    let glyph = |g: &Glyph| Glyph {
        bbox: rect(&g.bbox),
        origin: point(g.origin),
        direction: turned(g.direction, direction),
        ..*g
    };
    let mark = |m: &Mark| Mark {
        shape: match m.shape {
            Shape::Stroke { from, to, width, dashed } => {
                Shape::Stroke { from: point(from), to: point(to), width, dashed }
            }
            Shape::Fill(r) => Shape::Fill(rect(&r)),
        },
        ..*m
    };
    let (width, height) = if direction == Direction::Left { (w, h) } else { (h, w) };
    Some(Page {
        number: page.number,
        width,
        height,
        glyphs: page.glyphs.iter().map(glyph).collect(),
        hidden: page.hidden.clone(),
        marks: page.marks.iter().map(mark).collect(),
        pictures: page.pictures.iter().map(rect).collect(),
        warnings: page.warnings.clone(),
    })
}

/// The direction of text after the turn that brings `main` to [`Direction::Right`].
fn turned(direction: Direction, main: Direction) -> Direction {
    const CLOCKWISE: [Direction; 4] = [Direction::Right, Direction::Down, Direction::Left, Direction::Up];
    let quarter = |d| CLOCKWISE.iter().position(|&c| c == d);
    match (quarter(direction), quarter(main)) {
        (Some(d), Some(m)) => CLOCKWISE[(d + 4 - m) % 4],
        _ => Direction::Oblique,
    }
}
