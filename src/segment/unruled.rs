//! Where a heading has no ruled grid below it, the lines below it may be a table without rulings. This
//! asks the page station to infer its grid, and follows the table to the next pages.

use super::Unread;
use super::roles::Role;
use crate::catalog::columns::{self, LabelRole};
use crate::catalog::figures;
use crate::catalog::forms::{self, ReportKind};
use crate::catalog::line_items::LineItems;
use crate::catalog::subjects::{Subjects, System};
use crate::catalog::text::fold;
use crate::page::{KnownWords, Layout, Line, Piece, infer_grid};

/// A sentence is longer than this, in characters: where one comes, the table is over.
const SENTENCE: usize = 40;

/// Adds inferred grids to the layouts; their lines get the role [`Role::Tabled`]. What has amounts and the heading of a
/// standard table, and is none that can be inferred, is told.
pub(super) fn add_grids(layouts: &mut [Layout], roles: &mut [Vec<Role>], kind: Option<ReportKind>) -> Vec<Unread> {
    let words = KnownWords { row_name: &is_row_name, label: &is_label, code: &is_code };
    let mut unread = Vec::new();
    // The table that goes on from the page before: its heading and boundaries, these where there are any yet.
    let mut open: Option<(Heading, Option<Vec<f32>>)> = None;
    for (layout, roles) in layouts.iter_mut().zip(roles.iter_mut()) {
        let mut carried = open.take().filter(|(_, bounds)| bounds.is_some() || layout.grids.is_empty());
        let (regions, left) = regions(layout, roles, kind, carried.as_ref().map(|(heading, _)| heading));
        for region in regions {
            let like = if region.headed { None } else { carried.take().and_then(|(_, bounds)| bounds) };
            let lines: Vec<_> = region.lines.iter().map(|&l| &layout.lines[l]).collect();
            let (Some(first), Some(last)) = (lines.first(), lines.last()) else { continue };
            let rulings: Vec<f32> = layout
                .loose_rulings
                .iter()
                .copied()
                .filter(|y| first.bbox.y0 - 20.0 < *y && *y < last.bbox.y1 + 20.0)
                .collect();
            let Some(grid) = infer_grid(&lines, &rulings, like.as_deref(), &words) else {
                let amounts = lines.iter().filter(|line| has_amount(line)).count() > 1;
                if amounts && region.heading.standard {
                    unread.push(Unread { page: layout.number, title: region.heading.title });
                }
                continue;
            };
            for &l in &region.lines {
                roles[l] = Role::Tabled;
            }
            open = region.to_the_end.then(|| (region.heading, Some(grid.xs.clone())));
            layout.grids.push(grid);
        }
        open = open.or(left.map(|heading| (heading, None)));
    }
    unread
}

/// Is this running text, with which a table is over? Cells that stand wall to wall have no punctuation between them.
fn is_sentence(line: &Line) -> bool {
    let text = &line.text;
    let cells = line.words.iter().filter(|word| figures::is_amount(&fold(&word.text))).count() > 1
        && !text.contains(['，', '；', '：'])
        && !text.contains('元');
    text.contains('。') || (text.chars().count() > SENTENCE && line.pieces.len() < 3 && !cells)
}

/// Does an amount stand apart on the line?
fn has_amount(line: &Line) -> bool {
    let amount = |piece: &Piece| figures::is_amount(&fold(&piece.text));
    line.pieces.len() > 1 && line.pieces.iter().any(amount)
}

/// Names that start a row: line items of summaries and subjects by function.
fn is_row_name(folded: &str) -> bool {
    LineItems::standard().find(folded, None).is_some()
        || !Subjects::standard().by_name(System::Functional, folded).is_empty()
}

/// Labels of columns; what is spent and earned has the same names there and in rows.
fn is_label(folded: &str) -> bool {
    matches!(folded, "收入" | "支出")
        || columns::is_label(folded)
        || columns::label_role(&[folded.to_owned()]).is_some()
        || LineItems::standard().find_all(folded, None).next().is_some()
}

/// Labels over the whole of a code.
fn is_code(folded: &str) -> bool {
    columns::label_role(&[folded.to_owned()]) == Some(LabelRole::Code)
}

/// The heading of a table.
#[derive(Clone, Default)]
struct Heading {
    /// As printed.
    title: String,
    /// Of a standard table, which must not be missing.
    standard: bool,
}

/// Lines that may be a table.
struct Region {
    lines: Vec<usize>,
    heading: Heading,
    /// Under a heading on this page or at the foot of the page before; otherwise it goes on from there.
    headed: bool,
    /// Nothing but furniture follows on the page.
    to_the_end: bool,
}

/// The regions of a page, and its last heading where nothing stands below it. `carried` is the heading of the table that
/// may go on from the page before.
fn regions(
    layout: &Layout,
    roles: &[Role],
    kind: Option<ReportKind>,
    carried: Option<&Heading>,
) -> (Vec<Region>, Option<Heading>) {
    let mut regions: Vec<Region> = Vec::new();
    let mut lines: Vec<usize> = Vec::new();
    // The heading of the table that may start or go on here; whether it still may, and stands on this page.
    let mut heading = carried.cloned().unwrap_or_default();
    let mut expecting = carried.is_some();
    let mut headed = false;
    // Nothing has followed the heading yet.
    let mut bare = false;
    let mut close = |lines: &mut Vec<usize>, heading: &Heading, headed: bool, to_the_end: bool| {
        if !lines.is_empty() {
            regions.push(Region { lines: std::mem::take(lines), heading: heading.clone(), headed, to_the_end });
        }
    };
    for (l, role) in roles.iter().enumerate() {
        let line = &layout.lines[l];
        match role {
            Role::Title(title) => {
                close(&mut lines, &heading, headed, false);
                // A ruled grid below the heading leaves nothing to infer.
                let next = (l + 1..roles.len()).find(|&n| matches!(roles[n], Role::Title(_)));
                let end = next.map_or(f32::INFINITY, |n| layout.lines[n].bbox.y0);
                let ruled = layout.grids.iter().any(|g| g.bbox.y0 > line.bbox.y0 - 5.0 && g.bbox.y0 < end);
                let form = forms::identify(title, kind);
                expecting = form.is_some() && !ruled;
                heading = Heading { title: title.printed.clone(), standard: form.is_some_and(|form| form.standard) };
                (headed, bare) = (true, expecting);
            }
            Role::Number(_) | Role::UnitLine { .. } | Role::Furniture | Role::Contents | Role::Tabled => {
                if matches!(role, Role::Number(_) | Role::Contents) {
                    close(&mut lines, &heading, headed, false);
                }
            }
            Role::Note => {
                close(&mut lines, &heading, headed, false);
                expecting = false;
            }
            Role::Prose if expecting => {
                bare = false;
                if is_sentence(line) {
                    close(&mut lines, &heading, headed, false);
                    expecting = false;
                } else {
                    lines.push(l);
                }
            }
            Role::Prose => {}
        }
    }
    close(&mut lines, &heading, headed, expecting);
    (regions, (bare && expecting).then_some(heading))
}
