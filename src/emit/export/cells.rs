//! Stored rows, read again as typed cells: what the formats with types of their own are made from.

use super::super::guard::unguarded;
use super::super::sheets::{Fragment, Sheet};
use crate::catalog::schema::{Column, Kind};
use rust_decimal::Decimal;
use std::io;

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Null,
    Text(&'a str),
    Integer(i64),
    Decimal(Decimal),
    Measure(f64),
    Boolean(bool),
}

impl<'a> Cell<'a> {
    fn read(column: &Column, text: &'a str) -> Option<Cell<'a>> {
        if text.is_empty() {
            return Some(Cell::Null);
        }
        Some(match column.kind {
            Kind::Text => Cell::Text(unguarded(text)),
            Kind::Integer => Cell::Integer(text.parse().ok()?),
            Kind::Decimal => Cell::Decimal(Decimal::from_str_exact(text).ok()?),
            Kind::Measure => Cell::Measure(text.parse().ok()?),
            Kind::Boolean => Cell::Boolean(text.parse().ok()?),
        })
    }

    /// Its text; none where it has no value, or is no text.
    pub(super) fn text(self) -> Option<&'a str> {
        match self {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Its whole number.
    pub(super) fn integer(self) -> Option<i64> {
        match self {
            Cell::Integer(number) => Some(number),
            _ => None,
        }
    }
}

/// Takes the rows of a sheet in their order.
pub(super) fn each_row(
    fragment: &Fragment,
    sheet: Sheet,
    mut take: impl FnMut(&[Cell<'_>]) -> io::Result<()>,
) -> io::Result<()> {
    let columns = &sheet.schema().columns;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(fragment.rows(sheet));
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record)? {
        let cells: Option<Vec<Cell<'_>>> =
            columns.iter().zip(record.iter()).map(|(column, text)| Cell::read(column, text)).collect();
        let cells = cells.filter(|cells| cells.len() == columns.len());
        let wrong = || {
            let table = &sheet.schema().name;
            io::Error::new(io::ErrorKind::InvalidData, format!("a row of {table} cannot be read again"))
        };
        take(&cells.ok_or_else(wrong)?)?;
    }
    Ok(())
}
