//! The body of a table as printed: one cell for each leaf column, the pages joined.

use super::header::Header;
use super::{BodyCell, BodyRow, TableSpan};
use crate::page::{Cell, Layout};

/// The rows of all parts. Wholly blank rows are left out.
pub(super) fn collect(span: &TableSpan, layouts: &[Layout], header: &Header) -> Vec<BodyRow> {
    let count = header.paths.len();
    let mut body: Vec<BodyRow> = Vec::new();
    // Where the rows of the last part that is not beside another start.
    let mut band = 0;
    for (part, columns) in span.parts.iter().zip(&header.parts) {
        let Some(grid) = layouts.get(part.page - 1).and_then(|layout| layout.grids.get(part.grid)) else {
            continue;
        };
        if !part.beside {
            band = body.len();
        }
        let tall: Vec<&Cell> = grid.cells.iter().filter(|cell| cell.row_span > 1).collect();
        for (index, row) in columns.body.clone().enumerate() {
            let above = tall.iter().copied().filter(|cell| cell.row < row && cell.row + cell.row_span > row);
            let at = band + index;
            if body.len() <= at {
                body.push(BodyRow { page: part.page, cells: vec![BodyCell::default(); count] });
            }
            // Of a cell merged downwards from above the body only the place is known here.
            let (reaching_in, covering) = if index == 0 { (Some(above), None) } else { (None, Some(above)) };
            for cell in covering.into_iter().flatten() {
                let leaf = columns.first_leaf + leaf_of(cell, &columns.bounds);
                if let Some(slot) = body[at].cells.get_mut(leaf) {
                    slot.covered = true;
                }
            }
            for cell in reaching_in.into_iter().flatten().chain(grid.cells_starting_in(row..row + 1)) {
                let leaf = columns.first_leaf + leaf_of(cell, &columns.bounds);
                let Some(slot) = body[at].cells.get_mut(leaf) else { continue };
                slot.page = part.page;
                slot.bbox = if slot.text.is_empty() { cell.bbox } else { slot.bbox.union(&cell.bbox) };
                if cell.row == row && cell.glyph_count > 0 {
                    if !slot.text.is_empty() {
                        slot.text.push(' ');
                    }
                    slot.text.push_str(&cell.text);
                    slot.indent = (cell.start - cell.bbox.x0) / cell.type_size.max(1.0);
                }
            }
        }
    }
    body.retain(|row| row.cells.iter().any(|cell| !cell.text.is_empty()));
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
