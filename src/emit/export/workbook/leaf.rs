//! A sheet of the workbook: its header, its rows, and the further sheets in which it goes on where Excel's end.

use super::super::cells::Cell;
use crate::catalog::schema::{self, Kind};
use rust_decimal::Decimal;
use rust_xlsxwriter::utility::row_col_to_cell;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, IgnoreError, Url, Workbook, Worksheet, XlsxError};
use std::io;

/// Rows of a sheet, its header included.
pub(super) const MOST_ROWS: u32 = 1_048_576;

/// A cell takes 32,767 UTF-16 units; the longest texts are warnings, which `documents.csv` has in full.
const LONGEST_TEXT: usize = 10_000;

/// The height of a header with labels over several lines, in points.
const TALL_HEADER: f64 = 45.0;

/// The workbook with the looks of its cells.
pub(super) struct Book {
    pub(super) workbook: Workbook,
    pub(super) header: Format,
    /// Codes and other text that may look like numbers.
    text: Format,
    figure: Format,
    contradicted: Format,
    link: Format,
}

impl Book {
    pub(super) fn new() -> Book {
        let figure = Format::new().set_num_format("#,##0.00######");
        let header = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
        Book {
            workbook: Workbook::new(),
            header: header.set_background_color(Color::RGB(0x00DD_E6F0)).set_border_bottom(FormatBorder::Thin),
            text: Format::new().set_num_format("@"),
            contradicted: figure.clone().set_background_color(Color::RGB(0x00F8_C9C4)),
            figure,
            link: Format::new().set_font_color(Color::RGB(0x0005_63C1)).set_align(FormatAlign::Center),
        }
    }
}

/// A column of a sheet.
pub(super) struct Heading {
    pub(super) label: String,
    pub(super) width: f64,
}

/// A row of a sheet.
#[derive(Clone, Debug)]
pub(super) struct Place {
    sheet: String,
    row: u32,
}

impl Place {
    /// A link to a cell of the row.
    pub(super) fn link(&self, column: u16) -> Url {
        Url::new(format!("internal:'{}'!{}", self.sheet, row_col_to_cell(self.row, column))).set_text("→")
    }
}

/// A sheet with those in which it goes on.
pub(super) struct Leaf {
    name: String,
    headings: Vec<Heading>,
    /// The most rows of one sheet.
    limit: u32,
    parts: Vec<Worksheet>,
    /// The last row of the last sheet.
    row: u32,
}

impl Leaf {
    pub(super) fn new(name: &str, headings: Vec<Heading>, limit: u32) -> Leaf {
        Leaf { name: name.to_owned(), headings, limit, parts: Vec::new(), row: 0 }
    }

    /// The sheet of a table of the output.
    pub(super) fn of_table(table: &schema::Table) -> Leaf {
        Leaf::new(&table.name, headings(table), MOST_ROWS)
    }

    /// Begins a row, and where the sheet is full another sheet.
    pub(super) fn begin_row(&mut self, book: &mut Book) -> io::Result<()> {
        if self.parts.is_empty() || self.row + 1 >= self.limit {
            self.begin_sheet(book).map_err(system)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Begins a row with its cells.
    pub(super) fn write_row(&mut self, book: &mut Book, cells: &[Cell<'_>]) -> io::Result<()> {
        self.begin_row(book)?;
        (0..).zip(cells).try_for_each(|(column, cell)| self.set(column, *cell, book))
    }

    /// Writes a cell of the row that was begun last.
    pub(super) fn set(&mut self, column: u16, cell: Cell<'_>, book: &Book) -> io::Result<()> {
        let (row, Some(sheet)) = (self.row, self.parts.last_mut()) else { return Ok(()) };
        let written = match cell {
            Cell::Null => Ok(sheet),
            Cell::Text(text) => sheet.write_string_with_format(row, column, cut(text), &book.text),
            // Whole numbers of the output are counts, far below what a float holds.
            Cell::Integer(number) => sheet.write_number(row, column, number as f64),
            Cell::Measure(number) => sheet.write_number(row, column, number),
            Cell::Boolean(value) => sheet.write_boolean(row, column, value),
            Cell::Decimal(value) => return self.set_figure(column, value, false, book),
        };
        written.map(|_| ()).map_err(system)
    }

    /// Writes an amount. Excel keeps 15 digits: a figure with more of them is written as text.
    pub(super) fn set_figure(
        &mut self,
        column: u16,
        value: Decimal,
        contradicted: bool,
        book: &Book,
    ) -> io::Result<()> {
        const MOST_DIGITS: u32 = 15;
        let (row, Some(sheet)) = (self.row, self.parts.last_mut()) else { return Ok(()) };
        let format = if contradicted { &book.contradicted } else { &book.figure };
        let exact = value.normalize().mantissa().unsigned_abs() < 10_u128.pow(MOST_DIGITS);
        let written = match value.to_string().parse::<f64>() {
            Ok(number) if exact => sheet.write_number_with_format(row, column, number, format),
            _ => sheet.write_string_with_format(row, column, value.to_string(), format),
        };
        written.map(|_| ()).map_err(system)
    }

    /// Puts a link into the first cell of the row that was begun last.
    pub(super) fn set_link(&mut self, link: Url, book: &Book) -> io::Result<()> {
        let (row, Some(sheet)) = (self.row, self.parts.last_mut()) else { return Ok(()) };
        sheet.write_url_with_format(row, 0, link, &book.link).map(|_| ()).map_err(system)
    }

    /// Where the row is that was begun last.
    pub(super) fn place(&self) -> Place {
        Place { sheet: self.name_of(self.parts.len()), row: self.row }
    }

    /// The finished sheets; one with nothing but its header, where there are no rows.
    pub(super) fn finish(mut self, book: &mut Book) -> Result<Vec<Worksheet>, XlsxError> {
        if self.parts.is_empty() {
            self.begin_sheet(book)?;
        }
        self.end_sheet()?;
        Ok(self.parts)
    }

    fn begin_sheet(&mut self, book: &mut Book) -> Result<(), XlsxError> {
        self.end_sheet()?;
        let mut sheet = book.workbook.new_worksheet_with_constant_memory()?;
        sheet.set_name(self.name_of(self.parts.len() + 1))?.set_freeze_panes(1, 0)?;
        if self.headings.iter().any(|heading| heading.label.contains('\n')) {
            sheet.set_row_height(0, TALL_HEADER)?;
        }
        for (column, heading) in (0..).zip(&self.headings) {
            sheet.set_column_width(column, heading.width)?;
            sheet.write_string_with_format(0, column, heading.label.as_str(), &book.header)?;
        }
        self.parts.push(sheet);
        self.row = 0;
        Ok(())
    }

    fn end_sheet(&mut self) -> Result<(), XlsxError> {
        let (Some(sheet), Some(last)) = (self.parts.last_mut(), self.headings.len().checked_sub(1)) else {
            return Ok(());
        };
        let last = u16::try_from(last).unwrap_or(u16::MAX);
        sheet.autofilter(0, 0, self.row, last)?;
        sheet.ignore_error_range(0, 0, self.row, last, IgnoreError::NumberStoredAsText)?;
        Ok(())
    }

    /// The name of the first sheet, second sheet …
    fn name_of(&self, part: usize) -> String {
        match part {
            0 | 1 => self.name.clone(),
            part => format!("{} ({part})", self.name),
        }
    }
}

/// The columns of a table of the output.
pub(super) fn headings(table: &schema::Table) -> Vec<Heading> {
    let width = |kind| match kind {
        Kind::Text => 18.0,
        Kind::Decimal => 16.0,
        Kind::Integer | Kind::Measure | Kind::Boolean => 10.0,
    };
    let label = |column: &schema::Column| match &column.unit {
        Some(unit) => format!("{} ({unit})", column.name),
        None => column.name.clone(),
    };
    table.columns.iter().map(|column| Heading { label: label(column), width: width(column.kind) }).collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => format!("{}… (more in documents.csv)", &text[..end]),
        None => text.to_owned(),
    }
}

/// A failure of the library as one of the system.
pub(super) fn system(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_do_not_fit_go_on_in_further_sheets() {
        let mut book = Book::new();
        let heading = Heading { label: "row".to_owned(), width: 8.0 };
        let mut leaf = Leaf::new("amounts", vec![heading], 3);
        let mut links = Vec::new();
        for number in 0..5 {
            leaf.write_row(&mut book, &[Cell::Integer(number)]).unwrap();
            links.push((leaf.place().sheet, leaf.place().row));
        }
        let at = |sheet: &str, row| (sheet.to_owned(), row);
        let (second, third) = ("amounts (2)", "amounts (3)");
        assert_eq!(links, [at("amounts", 1), at("amounts", 2), at(second, 1), at(second, 2), at(third, 1)]);
        let parts = leaf.finish(&mut book).unwrap();
        assert_eq!(parts.iter().map(Worksheet::name).collect::<Vec<_>>(), ["amounts", second, third]);
    }

    #[test]
    fn a_sheet_without_rows_has_its_header() {
        let mut book = Book::new();
        assert_eq!(Leaf::new("findings", Vec::new(), MOST_ROWS).finish(&mut book).unwrap().len(), 1);
    }
}
