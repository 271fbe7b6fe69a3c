//! Where a heading has no ruled grid below it, the lines below it may be a table without rulings. This
//! asks the page station to infer its grid, and follows the table to the next pages.

use super::roles::Role;
use crate::catalog::columns;
use crate::catalog::forms::{self, ReportKind};
use crate::catalog::line_items::LineItems;
use crate::catalog::subjects::{Subjects, System};
use crate::page::{KnownWords, Layout, infer_grid};

/// A sentence is longer than this, in characters: where one comes, the table is over.
const SENTENCE: usize = 40;

/// Adds inferred grids to the layouts; their lines get the role [`Role::Tabled`].
pub(super) fn add_grids(layouts: &mut [Layout], roles: &mut [Vec<Role>], kind: Option<ReportKind>) {
    let words = KnownWords { row_name: &is_row_name, label: &is_label };
    let mut open: Option<Vec<f32>> = None;
    for (layout, roles) in layouts.iter_mut().zip(roles.iter_mut()) {
        let mut carried = open.take();
        let mut regions = regions(layout, roles, kind, carried.is_some());
        for region in regions.drain(..) {
            let like = if region.headed { None } else { carried.take() };
            let lines: Vec<_> = region.lines.iter().map(|&l| &layout.lines[l]).collect();
            let (Some(first), Some(last)) = (lines.first(), lines.last()) else { continue };
            let rulings: Vec<f32> = layout
                .loose_rulings
                .iter()
                .copied()
                .filter(|y| first.bbox.y0 - 20.0 < *y && *y < last.bbox.y1 + 20.0)
                .collect();
            let Some(grid) = infer_grid(&lines, &rulings, like.as_deref(), &words) else { continue };
            for &l in &region.lines {
                roles[l] = Role::Tabled;
            }
            open = region.to_the_end.then(|| grid.xs.clone());
            layout.grids.push(grid);
        }
    }
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

/// Lines that may be a table.
struct Region {
    lines: Vec<usize>,
    /// Under a heading on this page; otherwise it goes on from the page before.
    headed: bool,
    /// Nothing but furniture follows on the page.
    to_the_end: bool,
}

fn regions(layout: &Layout, roles: &[Role], kind: Option<ReportKind>, goes_on: bool) -> Vec<Region> {
    let mut regions = Vec::new();
    let mut lines: Vec<usize> = Vec::new();
    // Whether a table may start or go on here.
    let mut expecting = goes_on;
    let mut headed = false;
    let mut close = |lines: &mut Vec<usize>, headed: bool, to_the_end: bool| {
        if !lines.is_empty() {
            regions.push(Region { lines: std::mem::take(lines), headed, to_the_end });
        }
    };
    for (l, role) in roles.iter().enumerate() {
        let line = &layout.lines[l];
        match role {
            Role::Title(title) => {
                close(&mut lines, headed, false);
                // A ruled grid below the heading leaves nothing to infer.
                let next = (l + 1..roles.len()).find(|&n| matches!(roles[n], Role::Title(_)));
                let end = next.map_or(f32::INFINITY, |n| layout.lines[n].bbox.y0);
                let ruled = layout.grids.iter().any(|g| g.bbox.y0 > line.bbox.y0 - 5.0 && g.bbox.y0 < end);
                expecting = forms::identify(title, kind).is_some() && !ruled;
                headed = true;
            }
            Role::Number(_) | Role::UnitLine { .. } | Role::Furniture | Role::Contents | Role::Tabled => {
                if matches!(role, Role::Number(_) | Role::Contents) {
                    close(&mut lines, headed, false);
                }
            }
            Role::Note => {
                close(&mut lines, headed, false);
                expecting = false;
            }
            Role::Prose if expecting => {
                let text = &line.text;
                if text.chars().count() > SENTENCE && line.pieces.len() < 3 || text.contains('。') {
                    close(&mut lines, headed, false);
                    expecting = false;
                } else {
                    lines.push(l);
                }
            }
            Role::Prose => {}
        }
    }
    close(&mut lines, headed, expecting);
    regions
}
