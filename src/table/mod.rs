//! Station 4: the grids of a table → typed columns and rows.
//!
//! [`read`] takes a segmented document and gives its tables: the header as a tree flattened to leaf
//! [`Column`]s with their keys from the catalogue, the body as printed ([`BodyRow`]) and the same body
//! typed ([`Row`]): subject codes, line numbers, names, and amounts as exact decimals beside their
//! printed text. What is printed is never changed; what could not be typed stays as text.

mod amount;
mod body;
mod code;
mod columns;
mod header;
mod rows;

use crate::catalog::forms::Form;
use crate::catalog::units;
use crate::geometry::Rect;
use crate::page::Layout;
use crate::segment::{Facts, Note, PageAccount, Segmented, TableSpan};
pub use crate::segment::{Prose, Unread};
pub use amount::{Amount, AmountState};
pub use columns::{Column, Role};
use serde::Serialize;

/// A document with its tables typed.
#[derive(Debug)]
pub struct Document {
    /// What the report says about itself.
    pub facts: Facts,
    /// The tables, in reading order.
    pub tables: Vec<Table>,
    /// What became of the glyphs of each page.
    pub accounts: Vec<PageAccount>,
    /// The narrative, line by line.
    pub prose: Vec<Prose>,
    /// What should be tables and could not be read as such.
    pub unread: Vec<Unread>,
}

/// A table.
#[derive(Debug)]
pub struct Table {
    /// The form in the catalogue, where the heading is known.
    pub form: Option<&'static Form>,
    /// The heading as printed, without its number.
    pub title: String,
    /// The number as printed.
    pub number: Option<String>,
    /// The unit of the amounts as printed: `万元`, `元` …
    pub unit: Option<String>,
    /// Whom the table is about, as its line says.
    pub department: Option<String>,
    /// The pages it stands on, ascending.
    pub pages: Vec<usize>,
    /// Whether rows or columns of some page were inferred from the text, for want of rulings.
    pub inferred: bool,
    /// The leaf columns.
    pub columns: Vec<Column>,
    /// The body as printed; wholly blank rows are left out.
    pub body: Vec<BodyRow>,
    /// The typed rows; side-by-side groups are rows of their own.
    pub rows: Vec<Row>,
    /// The notes.
    pub notes: Vec<Note>,
}

impl Table {
    /// The unit of the amount in a row and column: the one the column's labels or the row's name set for
    /// themselves, such as 公务用车保有量（辆）, else the table's.
    pub fn unit_of(&self, row: &Row, column: usize) -> Option<&str> {
        let labels = self.columns.get(column).map_or(&[][..], |column| &column.header);
        let own = labels.iter().rev().map(String::as_str).chain(row.name_raw.as_deref()).find_map(units::own_unit);
        own.or(self.unit.as_deref())
    }

    /// The key of an amount column, where the catalogue knows it.
    pub fn amount_key(&self, column: usize) -> Option<&str> {
        match self.columns.get(column).map(|column| &column.role) {
            Some(Role::Amount { key }) => key.as_deref(),
            _ => None,
        }
    }
}

/// A printed row of the body.
#[derive(Clone, Debug)]
pub struct BodyRow {
    /// Page number, counted from 1 (of its first cell, where the table was cut from top to bottom).
    pub page: usize,
    /// One for each leaf column; a merged cell's text stands in its first.
    pub cells: Vec<BodyCell>,
}

/// A printed cell.
#[derive(Clone, Debug, Default)]
pub struct BodyCell {
    /// Page number, counted from 1; 0 where no cell is drawn.
    pub page: usize,
    /// As printed.
    pub text: String,
    /// The cell's box (where it is merged over rows or columns, the whole of it).
    pub bbox: Rect,
    /// How far the text starts from the cell's left edge, in em.
    pub indent: f32,
    /// Whether a cell merged downwards from a row above stands here; its text is in that row.
    pub covered: bool,
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// Keyed by a subject code (科目编码).
    Code,
    /// A line item of a summary (项目), or a named row without a code.
    Line,
    /// 合计, 总计.
    Total,
    /// 小计, 本年收入合计, 人员经费合计 …
    Subtotal,
    /// The only row of a table of named figures.
    Single,
}

/// Which list a subject code belongs to.
pub use crate::catalog::subjects::System as CodeSystem;

/// A typed row of one group of columns.
#[derive(Clone, Debug)]
pub struct Row {
    /// The group of columns it stands in, from 1, left to right.
    pub group: usize,
    /// What it is.
    pub kind: RowKind,
    /// The list its code belongs to.
    pub code_system: Option<CodeSystem>,
    /// The subject code as printed; split parts are joined with a blank.
    pub code_raw: Option<String>,
    /// The subject code joined, lost leading zeros restored.
    pub code: Option<String>,
    /// The line number as printed (行次).
    pub line_number: Option<u32>,
    /// The name as printed.
    pub name_raw: Option<String>,
    /// The name without white space, in compatibility form.
    pub name: Option<String>,
    /// How far the name is indented, in em: the only sign of level in tables without codes.
    pub indent: f32,
    /// Other text of the row, by column: units, second codes, remarks.
    pub texts: Vec<Text>,
    /// The amount cells, blank ones included.
    pub amounts: Vec<AmountCell>,
    /// Page number, counted from 1.
    pub page: usize,
    /// The box of its labels; of its cells, where it has none.
    pub bbox: Rect,
}

/// Text of a row that is neither its code nor its name nor an amount.
#[derive(Clone, Debug)]
pub struct Text {
    /// Index of the column.
    pub column: usize,
    /// As printed.
    pub raw: String,
}

/// An amount's cell.
#[derive(Clone, Debug)]
pub struct AmountCell {
    /// Index of the column.
    pub column: usize,
    /// What is printed.
    pub amount: Amount,
    /// Page number, counted from 1.
    pub page: usize,
    /// The cell's box.
    pub bbox: Rect,
}

/// Types the tables of a document.
pub fn read(segmented: Segmented) -> Document {
    let Segmented { facts, layouts, tables, mut accounts, prose, unread } = segmented;
    let tables = tables.into_iter().map(|span| table(span, &layouts, &mut accounts)).collect();
    Document { facts, tables, accounts, prose, unread }
}

fn table(span: TableSpan, layouts: &[Layout], accounts: &mut [PageAccount]) -> Table {
    let pages = span.pages();
    let grid = |part: &crate::segment::Part| layouts.get(part.page - 1)?.grids.get(part.grid);
    let inferred = span.parts.iter().filter_map(grid).any(|grid| grid.inferred);
    let mut header = header::read(&span, layouts);
    let mut body = body::collect(&span, layouts, &header);
    header.settle_code_parts(&mut body);
    for (page, glyphs) in &header.glyphs {
        if let Some(account) = accounts.iter_mut().find(|account| account.page == *page) {
            account.header += glyphs;
            account.cell = account.cell.saturating_sub(*glyphs);
        }
    }
    let columns = columns::type_columns(&header.paths, &body, span.form);
    let rows = rows::type_rows(&columns, &body, span.form);
    Table {
        form: span.form,
        title: span.title,
        number: span.number,
        unit: span.unit,
        department: span.department,
        pages,
        inferred,
        columns,
        body,
        rows,
        notes: span.notes,
    }
}
