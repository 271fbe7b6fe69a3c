//! Two readings of one page compared by the characters they found.

use super::{Page, PageWarning};
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

/// Compares the characters two readings of a page found: how often each occurs, white space ignored
/// and full-width forms folded. Where they stand is not compared; `None` is agreement.
///
/// The second reader knows no clip, so a character that one reading shows and the other knows but
/// hides is no disagreement. A page that a reader gave up on is not compared; its warning says so.
pub fn compare(first: &Page, second: &Page) -> Option<Disagreement> {
    if [first, second].iter().any(|page| page.warnings.iter().any(|warning| matches!(warning, PageWarning::GaveUp(_))))
    {
        return None;
    }
    let (shown, other) = (count(first), count(second));
    let only_first = excess(&shown.visible, &other.all);
    let only_second = excess(&other.visible, &shown.all);
    let differs = !only_first.is_empty() || !only_second.is_empty();
    differs.then_some(Disagreement { page: first.number, only_first, only_second })
}

/// How often each character occurs.
#[derive(Default)]
struct Counts {
    visible: BTreeMap<char, usize>,
    /// Hidden ones included.
    all: BTreeMap<char, usize>,
}

fn count(page: &Page) -> Counts {
    let mut counts = Counts::default();
    for character in page.glyphs.iter().filter_map(|glyph| folded(glyph.unicode)) {
        *counts.visible.entry(character).or_default() += 1;
    }
    counts.all = counts.visible.clone();
    for character in page.hidden.iter().filter_map(|hidden| folded(hidden.glyph.unicode)) {
        *counts.all.entry(character).or_default() += 1;
    }
    counts
}

/// The characters of `some` beyond those of `others`.
fn excess(some: &BTreeMap<char, usize>, others: &BTreeMap<char, usize>) -> String {
    let beyond = some.iter().map(|(character, count)| {
        (*character, count.saturating_sub(others.get(character).copied().unwrap_or_default()))
    });
    beyond.flat_map(|(character, count)| std::iter::repeat_n(character, count)).collect()
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
        write!(
            f,
            "page {}: the first reader alone has {:?}, the second alone {:?}",
            self.page, self.only_first, self.only_second
        )
    }
}
