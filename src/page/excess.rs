//! How much of a page is laid out. What goes beyond is no printed page; it is left out and told, because the work
//! grows with the square of some of these numbers.

use super::rulings::Rulings;

/// Rulings of one page, merged.
const MAX_RULINGS: usize = 10_000;
/// Dots and dashes of one page that are looked at as dotted rulings.
pub(super) const MAX_DOTS: usize = 100_000;
/// Squares of the lattice of one grid.
pub(super) const MAX_SQUARES: usize = 20_000;
/// Grids of one page.
pub(super) const MAX_GRIDS: usize = 500;
/// Words of one page of which a table without rulings is inferred.
pub(super) const MAX_WORDS: usize = 5_000;

/// What a page has too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Excess {
    /// Rulings: none of them is used.
    #[error("the page has more than {MAX_RULINGS} rulings; they are not read as tables")]
    Rulings,
    /// Dots and dashes: none of them is used.
    #[error("the page has more than {MAX_DOTS} dots and dashes; they are not read as rulings")]
    Dots,
    /// A grid with too many rows and columns; its text is outside all grids.
    #[error("a grid on the page has more than {MAX_SQUARES} cells; it is not read as a table")]
    Squares,
    /// Grids: the text of those further below is outside all grids.
    #[error("the page has more than {MAX_GRIDS} grids; the rest of them is not read as tables")]
    Grids,
    /// Words outside all grids: no table is inferred of them.
    #[error(
        "the page has more than {MAX_WORDS} words outside grids; no table without rulings is looked for among them"
    )]
    Words,
}

/// Takes the rulings away where there are too many.
pub(super) fn limit_rulings(rulings: &mut Rulings, excess: &mut Vec<Excess>) {
    if rulings.horizontal.len() + rulings.vertical.len() > MAX_RULINGS {
        *rulings = Rulings::default();
        excess.push(Excess::Rulings);
    }
}
