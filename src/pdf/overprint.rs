//! The same character drawn again at the same place: a printer's way to embolden, or a shadow.
//!
//! The first drawing stays; the others move to the hidden glyphs. Found through a hash of the
//! character and a coarse place, so a page costs a few nanoseconds a glyph.

use super::{Direction, Glyph, Hidden, HiddenGlyph, Page};

/// Drawn again within this many em counts as the same place.
const SAME_PLACE: f32 = 0.15;
/// And the sizes must agree within this share.
const SAME_SIZE: f32 = 0.25;
/// Side of a cell, in points; larger than any usual tolerance, so that few cells are asked.
const CELL: f32 = 8.0;
const NONE: u32 = u32::MAX;

/// Moves overprinted glyphs of a page to its hidden ones.
pub(super) fn remove(page: &mut Page) {
    let slots = (page.glyphs.len() * 2).next_power_of_two().max(16);
    let mask = slots as u32 - 1;
    let mut heads = vec![NONE; slots];
    let mut links: Vec<u32> = Vec::with_capacity(page.glyphs.len());
    let mut again: Vec<bool> = Vec::with_capacity(page.glyphs.len());
    let mut any = false;
    for (index, glyph) in page.glyphs.iter().enumerate() {
        let repeated = !glyph.unicode.is_whitespace() && {
            let (along, across) = tolerances(glyph);
            cells(glyph.origin, along, across).any(|cell| {
                let mut at = slot(&heads, hash(glyph.unicode, cell) & mask);
                while at != NONE {
                    match page.glyphs.get(at as usize) {
                        Some(earlier) if is_same(earlier, glyph, along, across) => return true,
                        _ => at = slot(&links, at),
                    }
                }
                false
            })
        };
        again.push(repeated);
        any |= repeated;
        let own = hash(glyph.unicode, cell_of(glyph.origin)) & mask;
        links.push(slot(&heads, own));
        if !repeated && let Some(head) = heads.get_mut(own as usize) {
            *head = index as u32;
        }
    }
    if !any {
        return;
    }
    let mut flags = again.iter();
    let hidden = &mut page.hidden;
    page.glyphs.retain(|glyph| {
        let repeated = flags.next().copied().unwrap_or(false);
        if repeated {
            hidden.push(HiddenGlyph { glyph: *glyph, reason: Hidden::Overprinted });
        }
        !repeated
    });
}

/// How far the origin may differ in x and y. Narrow glyphs follow each other closely, so along the
/// baseline no more than half an advance is allowed.
fn tolerances(glyph: &Glyph) -> (f32, f32) {
    let across = glyph.size * SAME_PLACE;
    let advance = match glyph.direction {
        Direction::Up | Direction::Down => glyph.bbox.height(),
        _ => glyph.bbox.width(),
    };
    let along = if advance > 0.0 { across.min(advance * 0.5) } else { across };
    match glyph.direction {
        Direction::Up | Direction::Down => (across, along),
        _ => (along, across),
    }
}

fn is_same(earlier: &Glyph, glyph: &Glyph, x: f32, y: f32) -> bool {
    earlier.unicode == glyph.unicode
        && earlier.direction == glyph.direction
        && (earlier.origin.0 - glyph.origin.0).abs() <= x
        && (earlier.origin.1 - glyph.origin.1).abs() <= y
        && (earlier.size - glyph.size).abs() <= SAME_SIZE * glyph.size
}

fn cell_of((x, y): (f32, f32)) -> (i32, i32) {
    (floor(x / CELL), floor(y / CELL))
}

/// Rounds down, without the call that `f32::floor` is on processors of any age.
fn floor(x: f32) -> i32 {
    let whole = x as i32;
    whole.saturating_sub(i32::from(x < whole as f32))
}

/// The cells within reach; of a huge glyph only the nearest, whose repetition is then missed.
fn cells((x, y): (f32, f32), along: f32, across: f32) -> impl Iterator<Item = (i32, i32)> {
    let (along, across) = (along.min(CELL), across.min(CELL));
    let (left, top) = cell_of((x - along, y - across));
    let (right, bottom) = cell_of((x + along, y + across));
    (left..=right).flat_map(move |column| (top..=bottom).map(move |row| (column, row)))
}

fn hash(character: char, (column, row): (i32, i32)) -> u32 {
    let mixed = u32::from(character).wrapping_mul(0x9E37_79B1)
        ^ (column as u32).wrapping_mul(0x85EB_CA77)
        ^ (row as u32).wrapping_mul(0xC2B2_AE3D);
    mixed ^ mixed >> 15
}

fn slot(table: &[u32], index: u32) -> u32 {
    table.get(index as usize).copied().unwrap_or(NONE)
}
