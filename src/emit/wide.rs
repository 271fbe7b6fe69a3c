//! `wide/<stem>/<nn>_<id>.csv`: one table as it is printed, for spreadsheets.

use super::header_path;
use crate::table::Table;

/// The file's name: the table's place in the document and its form.
pub(super) fn file_name(index: usize, table: &Table) -> String {
    format!("{index:02}_{}.csv", table.form.map_or("unknown", |form| form.id.as_str()))
}

/// The header paths, then the printed cells.
pub(super) fn sheet(table: &Table) -> Vec<u8> {
    // A row of a damaged table may be shorter than the header; it is written as it is.
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let header: Vec<String> = table.columns.iter().map(header_path).collect();
    let body = table.body.iter().map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>());
    writer.write_record(&header).expect("records are written to memory");
    for row in body {
        writer.write_record(&row).expect("records are written to memory");
    }
    writer.into_inner().expect("memory can be flushed")
}
