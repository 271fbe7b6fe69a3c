//! Grids that stand beside each other on a page: the text between and around them belongs to one side or the
//! other, so lines that run over the gutter between them are cut there.

use super::{Grid, Line};
use crate::geometry::Rect;

/// A note goes on below a grid while its lines follow within this many of their heights.
const NOTE_LEADING: f32 = 1.5;

/// The gutter between two grids beside each other, and the stretch of the page they share with their headings
/// and notes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gutter {
    /// Its middle.
    pub x: f32,
    /// Top of the stretch.
    pub y0: f32,
    /// Bottom of the stretch.
    pub y1: f32,
}

impl Gutter {
    /// Does a box stand in the stretch?
    pub fn holds(&self, bbox: &Rect) -> bool {
        (self.y0..=self.y1).contains(&bbox.center_y())
    }

    fn crosses(&self, bbox: &Rect) -> bool {
        bbox.x0 < self.x && self.x < bbox.x1
    }
}

/// On a page with more grids than this, which is no sheet of tables, gutters are not looked for.
const MAX_GRIDS: usize = 50;

/// Finds the gutters of a page and cuts the lines that run over them. `lines` are sorted from top to bottom.
pub(super) fn separate(grids: &[Grid], lines: &mut Vec<Line>) -> Vec<Gutter> {
    let mut gutters = Vec::new();
    let grids = if grids.len() > MAX_GRIDS { &[] } else { grids };
    for (i, left) in grids.iter().enumerate() {
        for (j, right) in grids.iter().enumerate() {
            let (a, b) = (&left.bbox, &right.bbox);
            let shared = a.y1.min(b.y1) - a.y0.max(b.y0);
            if a.x1 >= b.x0 || shared < 0.5 * a.height().min(b.height()) {
                continue;
            }
            let gutter = Gutter { x: (a.x1 + b.x0) / 2.0, y0: a.y0.min(b.y0), y1: a.y1.max(b.y1) };
            let others = || grids.iter().enumerate().filter(|(k, _)| *k != i && *k != j).map(|(_, grid)| &grid.bbox);
            let between = |o: &Rect| o.x0 < b.x0 && a.x1 < o.x1 && o.y0 < gutter.y1 && gutter.y0 < o.y1;
            if others().any(between) {
                continue;
            }
            let ceiling = others().map(|o| o.y1).filter(|y| *y <= gutter.y0).fold(0.0, f32::max);
            gutters.push(stretch(gutter, ceiling, [a.y1, b.y1], lines));
        }
    }
    for gutter in &gutters {
        let cut: Vec<Line> = lines.drain(..).flat_map(|line| cut(line, gutter)).collect();
        *lines = cut;
    }
    gutters
}

/// Widens the stretch over the headings above the grids, up to a line that runs over the gutter, and over the
/// notes right below each.
fn stretch(gutter: Gutter, ceiling: f32, bottoms: [f32; 2], lines: &[Line]) -> Gutter {
    let mut wide = gutter;
    let one_sided = |line: &Line| !line.pieces.iter().any(|piece| gutter.crosses(&piece.bbox));
    let above = lines.iter().rev().filter(|line| line.bbox.y1 <= gutter.y0 + 1.0 && line.bbox.y0 >= ceiling);
    for line in above.take_while(|line| one_sided(line)) {
        wide.y0 = wide.y0.min(line.bbox.y0);
    }
    let (mut bottoms, end) = (bottoms, bottoms[0].min(bottoms[1]));
    for line in lines.iter().filter(|line| line.bbox.y0 >= end) {
        let side = usize::from(line.bbox.x0 > gutter.x);
        if !one_sided(line) || line.bbox.y0 - bottoms[side] > NOTE_LEADING * line.type_size.max(1.0) {
            break;
        }
        bottoms[side] = line.bbox.y1;
        wide.y1 = wide.y1.max(line.bbox.y1);
    }
    wide
}

/// The parts of a line left and right of a gutter, if it stands in its stretch.
fn cut(line: Line, gutter: &Gutter) -> Vec<Line> {
    let runs_over = line.bbox.x0 < gutter.x && gutter.x < line.bbox.x1;
    if !runs_over || !gutter.holds(&line.bbox) || line.pieces.iter().any(|piece| gutter.crosses(&piece.bbox)) {
        return vec![line];
    }
    let type_size = line.type_size;
    let (left, right): (Vec<_>, Vec<_>) = line.pieces.into_iter().partition(|piece| piece.bbox.x1 <= gutter.x);
    let (first, second): (Vec<_>, Vec<_>) = line.words.into_iter().partition(|word| word.bbox.x0 < gutter.x);
    let part = |(pieces, words): (Vec<super::Piece>, Vec<super::Word>)| {
        let texts: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
        Some(Line {
            bbox: Rect::around(pieces.iter().map(|piece| piece.bbox))?,
            text: texts.join(" "),
            glyph_count: pieces.iter().map(|piece| piece.glyph_count).sum(),
            words,
            type_size,
            pieces,
        })
    };
    [(left, first), (right, second)].into_iter().filter_map(part).collect()
}
