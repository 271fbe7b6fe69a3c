//! Two readings of one page compared by the characters they found.

use super::Page;
use std::collections::BTreeMap;

/// Characters that only one of two readings has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The page, counted from 1.
    pub page: usize,
    /// Characters the first reading has more often, each as often as it is in excess, in code order.
    pub only_first: String,
    /// Characters the second reading has more often.
    pub only_second: String,
}

/// Compares the visible characters of two readings of a page: how often each occurs, white space
/// ignored and full-width forms folded. Where they stand is not compared; `None` is agreement.
pub fn compare(first: &Page, second: &Page) -> Option<Disagreement> {
    let mut balance: BTreeMap<char, i64> = BTreeMap::new();
    for (page, step) in [(first, 1), (second, -1)] {
        for glyph in &page.glyphs {
            if let Some(character) = folded(glyph.unicode) {
                *balance.entry(character).or_default() += step;
            }
        }
    }
    let excess = |sign: i64| -> String {
        let counts = balance.iter().map(|(character, count)| (*character, count * sign));
        counts.filter(|(_, count)| *count > 0).flat_map(|(character, count)| (0..count).map(move |_| character)).collect()
    };
    let (only_first, only_second) = (excess(1), excess(-1));
    let differs = !only_first.is_empty() || !only_second.is_empty();
    differs.then_some(Disagreement { page: first.number, only_first, only_second })
}

/// A character as it is compared: full-width ASCII is ASCII; white space and control codes are nothing.
fn folded(character: char) -> Option<char> {
    let folded = match u32::from(character) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(character),
        0x3000 | 0x200B..=0x200F | 0xFEFF | 0xAD => return None,
        _ => character,
    };
    (!folded.is_whitespace() && !folded.is_control()).then_some(folded)
}

impl std::fmt::Display for Disagreement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "page {}: the first reader alone has {:?}, the second alone {:?}", self.page, self.only_first, self.only_second)
    }
}
