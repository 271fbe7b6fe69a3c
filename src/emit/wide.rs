//! `wide/<stem>/<nn>_<id>.csv`: one table as it is printed, for spreadsheets.

use super::guard::guarded;
use super::header_path;
use crate::table::Table;
use std::borrow::Cow;

/// The file's name: the table's place in the document and its form.
pub(super) fn file_name(index: usize, table: &Table) -> String {
    format!("{index:02}_{}.csv", table.form.map_or("unknown", |form| form.id.as_str()))
}

/// The header paths, then the printed cells; `raw` leaves them as they are, even if a spreadsheet would run them.
pub(super) fn sheet(table: &Table, raw: bool) -> Vec<u8> {
    // A row of a damaged table may be shorter than the header; it is written as it is.
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let header: Vec<String> = table.columns.iter().map(header_path).collect();
    let body = table.body.iter().map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect());
    for row in std::iter::once(header.iter().map(String::as_str).collect::<Vec<_>>()).chain(body) {
        let cells = row.into_iter().map(|text| if raw { Cow::Borrowed(text) } else { guarded(text) });
        writer.write_record(cells.map(|cell| cell.into_owned())).expect("records are written to memory");
    }
    writer.into_inner().expect("memory can be flushed")
}
