//! Station 6: typed tables and checks → files.
//!
//! Per document a JSON file with everything that was read ([`document_json`]), and for the run four
//! CSV files that hold the same in long form: `amounts.csv`, `tables.csv`, `documents.csv` and `findings.csv`. A
//! [`Parcel`] is all that comes from one document, and a [`Folder`] the place it goes to: parcels can be stored from
//! many threads at once, and the [`Sheets`] are put together from them in the order of the input. All files are UTF-8 with LF,
//! their order depends on nothing but the input, and docs/output.md describes them for their readers.

mod codebook;
mod export;
mod findings;
mod folder;
mod guard;
mod json;
mod lines;
mod names;
mod parcel;
mod report;
mod sheets;
mod table_schema;
mod wide;

pub use codebook::codebook;
pub use export::{Draft, DraftFile, Format, Formats, Sheets};
pub use findings::message;
pub use folder::{BOM, EmitError, Folder, Log, Options};
pub use guard::{guarded, unguarded};
pub use json::{DOCUMENT_SCHEMA, SCHEMA, document_json};
pub(crate) use names::hex;
pub(crate) use names::is_name;
pub use names::stems;
pub use parcel::{Parcel, Record};
pub use report::{Entry, Status};
pub use sheets::{Fragment, Sheet};
pub use table_schema::{TableSchema, table_schema};

use crate::geometry::Rect;
use crate::table::{AmountState, Column, Role, Table};

/// A column's labels from the top down, as one text.
fn header_path(column: &Column) -> String {
    column.header.join("/")
}

/// How many of a table's cells hold a printed amount, zeros and dashes included.
fn printed_amounts(table: &Table) -> usize {
    table.rows.iter().flat_map(|row| &row.amounts).filter(|cell| cell.amount.state != AmountState::Blank).count()
}

/// How many of a table's columns are understood: they label the rows, or their amounts have a key.
fn mapped_columns(table: &Table) -> usize {
    table.columns.iter().filter(|column| !matches!(column.role, Role::Amount { key: None })).count()
}

/// A box rounded to a tenth of a point.
fn rounded(bbox: &Rect) -> [f64; 4] {
    [bbox.x0, bbox.y0, bbox.x1, bbox.y1].map(tenth)
}

/// A measure rounded to a tenth.
fn tenth(value: f32) -> f64 {
    // Adding zero turns a negative zero into a plain one.
    (f64::from(value) * 10.0).round() / 10.0 + 0.0
}
