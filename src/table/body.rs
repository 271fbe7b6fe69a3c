//! The body of a table as printed: one cell for each leaf column, the pages joined.

use super::header::Header;
use super::{BodyCell, BodyRow, TableSpan};
use crate::page::{Cell, Layout};

/// The rows of all parts. Wholly blank rows are left out.
pub(super) fn collect(span: &TableSpan, layouts: &[Layout], header: &mut Header) -> Vec<BodyRow> {
    let mut body = Vec::new();
    for (part, columns) in span.parts.iter().zip(&header.parts) {
        let Some(grid) = layouts.get(part.page - 1).and_then(|layout| layout.grids.get(part.grid)) else {
            continue;
        };
        let count = columns.bounds.len() - 1;
        for row in columns.body.clone() {
            let mut cells = vec![BodyCell::default(); count];
            let mut filled = false;
            let first_row = columns.body.start;
            for cell in grid.cells.iter().filter(|cell| {
                // A cell merged downwards from the header's last row belongs to the header.
                cell.row == row || (row == first_row && cell.row < row && cell.row + cell.row_span > row)
            }) {
                let starts_here = cell.row == row;
                let leaf = leaf_of(cell, &columns.bounds);
                let slot = &mut cells[leaf];
                slot.bbox = if slot.text.is_empty() { cell.bbox } else { slot.bbox.union(&cell.bbox) };
                if starts_here && cell.glyph_count > 0 {
                    if !slot.text.is_empty() {
                        slot.text.push(' ');
                    }
                    slot.text.push_str(&cell.text);
                    slot.indent = (cell.ink.x0 - cell.bbox.x0) / cell.type_size.max(1.0);
                    filled = true;
                }
            }
            if filled {
                body.push(BodyRow { page: part.page, cells });
            }
        }
    }
    body
}

/// The first leaf column whose middle lies in the cell, or else the one the cell's middle lies in.
fn leaf_of(cell: &Cell, bounds: &[f32]) -> usize {
    let middle_inside = |leaf: &[f32]| {
        let middle = (leaf[0] + leaf[1]) / 2.0;
        cell.bbox.x0 <= middle && middle <= cell.bbox.x1
    };
    bounds
        .windows(2)
        .position(middle_inside)
        .or_else(|| bounds.windows(2).position(|leaf| cell.bbox.center_x() <= leaf[1]))
        .unwrap_or(bounds.len().saturating_sub(2))
}
