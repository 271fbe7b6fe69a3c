//! Whose mistake it is: what a second reader sees in the cells of a finding.

use super::Place;
use super::findings::{Finding, FindingKind, Source};
use crate::catalog::text::fold;
use crate::geometry::Rect;
use crate::table::Document;
use std::collections::HashMap;

/// The characters a second reader found on a page, with their boxes.
pub type Ink = Vec<(char, Rect)>;

/// Settles the source of every mismatch. `ink` gives what another reader finds on a page, `None` where it
/// cannot read it.
pub(super) fn settle(findings: &mut [Finding], document: &Document, mut ink: impl FnMut(usize) -> Option<Ink>) {
    let mut pages: HashMap<usize, Option<Ink>> = HashMap::new();
    let about_figures =
        |finding: &&mut Finding| matches!(finding.kind, FindingKind::Mismatch | FindingKind::MissingRows);
    for finding in findings.iter_mut().filter(about_figures) {
        let mut source = Source::PrintedSo;
        // Rows that are sound in themselves were read right; what may be misread, where some are missing, is the total.
        let told = |place: &Place| {
            finding.kind != FindingKind::MissingRows
                || finding.checks.iter().any(|check| check.whole.iter().any(|term| term.place == *place))
        };
        for place in finding.places() {
            let Some(table) = document.tables.get(place.table) else { continue };
            let Some(cell) = table.rows.get(place.row).and_then(|row| row.amounts.get(place.amount)) else { continue };
            let unexplained = document.accounts.iter().any(|a| a.page == cell.page && a.unexplained > 0);
            let found = if table.inferred || unexplained {
                Source::ExtractionDoubtful
            } else if told(&place) {
                match pages.entry(cell.page).or_insert_with(|| ink(cell.page)) {
                    None => Source::Unknown,
                    Some(ink) if within(ink, &cell.bbox) == fold(&cell.amount.raw) => Source::PrintedSo,
                    Some(_) => Source::ExtractionDoubtful,
                }
            } else {
                Source::PrintedSo
            };
            source = match (source, found) {
                (Source::ExtractionDoubtful, _) | (_, Source::ExtractionDoubtful) => Source::ExtractionDoubtful,
                (Source::Unknown, _) | (_, Source::Unknown) => Source::Unknown,
                _ => Source::PrintedSo,
            };
        }
        finding.source = source;
    }
}

/// The text in a box, from left to right.
fn within(ink: &Ink, bbox: &Rect) -> String {
    let mut inside: Vec<&(char, Rect)> =
        ink.iter().filter(|(_, glyph)| bbox.contains(glyph.center_x(), glyph.center_y())).collect();
    inside.sort_by(|one, other| one.1.x0.total_cmp(&other.1.x0));
    fold(&inside.into_iter().map(|(character, _)| *character).collect::<String>())
}
