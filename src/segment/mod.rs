//! Station 3: lines and grids → tables with their headings, over page breaks.
//!
//! [`segment`] takes the layouts of all pages of a document and says which grids make which table,
//! under which heading, with which unit, department and notes; what kind of report it is; and for
//! every page what became of each glyph ([`PageAccount`]).
//!
//! A table is found by its heading, never by the number of a part or page, and never in a table of
//! contents. A grid without a heading of its own goes on with the table before it only where nothing
//! but page furniture stands between the two.

mod facts;
mod roles;
mod spans;
mod unruled;

use crate::catalog::forms::Form;
use crate::geometry::Rect;
use crate::page::Layout;
pub use facts::{Facts, ReportLevel};
use serde::Serialize;
use std::ops::Range;

/// A document cut into tables.
#[derive(Debug)]
pub struct Segmented {
    /// What the cover and the headings say about the report.
    pub facts: Facts,
    /// The pages, as laid out.
    pub layouts: Vec<Layout>,
    /// All tables under a heading, in reading order.
    pub tables: Vec<TableSpan>,
    /// What became of the glyphs of each page, in page order.
    pub accounts: Vec<PageAccount>,
    /// The narrative: text outside tables, line by line.
    pub prose: Vec<Prose>,
    /// What should be tables and could not be read as such.
    pub unread: Vec<Unread>,
}

/// Amounts under the heading of a standard table, of which no rows and columns could be made out.
#[derive(Clone, Debug)]
pub struct Unread {
    /// Page number, counted from 1.
    pub page: usize,
    /// The heading as printed, without its number.
    pub title: String,
}

/// One table of the document, with all its pages.
#[derive(Debug)]
pub struct TableSpan {
    /// The form in the catalogue; `None` where the heading is not known.
    pub form: Option<&'static Form>,
    /// The heading as printed.
    pub title: String,
    /// The heading in matching form.
    folded_title: String,
    /// The number as printed, such as `表 2`.
    pub number: Option<String>,
    /// The unit of the amounts as its line says: `万元`, `元` …
    pub unit: Option<String>,
    /// Whom the table is about, as its line says.
    pub department: Option<String>,
    /// The grids, in order.
    pub parts: Vec<Part>,
    /// The notes, in order.
    pub notes: Vec<Note>,
}

impl TableSpan {
    /// The pages it stands on, ascending.
    pub fn pages(&self) -> Vec<usize> {
        let mut pages: Vec<usize> = self.parts.iter().map(|part| part.page).collect();
        pages.dedup();
        pages
    }
}

/// Rows of one grid that belong to a table.
#[derive(Clone, Debug)]
pub struct Part {
    /// Page number, counted from 1.
    pub page: usize,
    /// Index of the grid within its page's layout.
    pub grid: usize,
    /// Rows of the grid's lattice; headings and notes set inside the grid are left out.
    pub rows: Range<usize>,
    /// The table was cut from top to bottom: these are further columns of the rows of the part before.
    pub beside: bool,
}

/// A note under a table (注).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    /// As printed.
    pub text: String,
    /// Page number, counted from 1.
    pub page: usize,
    /// Where it stands.
    pub bbox: Rect,
}

/// The glyph ledger (字符账): what became of each visible glyph of a page, white space not counted.
/// The parts always add up to `visible`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PageAccount {
    /// Page number, counted from 1.
    pub page: usize,
    /// Visible glyphs.
    pub visible: usize,
    /// In body cells of tables.
    pub cell: usize,
    /// In header cells of tables.
    pub header: usize,
    /// In headings and table numbers.
    pub title: usize,
    /// In unit and department lines.
    pub unit_line: usize,
    /// In notes.
    pub note: usize,
    /// Page numbers, running headers and footers.
    pub furniture: usize,
    /// Text away from tables, the table of contents included.
    pub prose: usize,
    /// Cells of grids that are no table of ours.
    pub other_grid: usize,
    /// Watermarks.
    pub watermark: usize,
    /// Between the heading and the end of a table, and none of the above.
    pub unexplained: usize,
    /// Drawn but not visible (not part of `visible`).
    pub hidden: usize,
    /// The text of what is unexplained.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unexplained_text: Vec<String>,
    /// Where each of these texts stands.
    #[serde(skip)]
    pub unexplained_boxes: Vec<Rect>,
}

/// A line of the narrative (情况说明).
#[derive(Clone, Debug)]
pub struct Prose {
    /// As printed.
    pub text: String,
    /// Page number, counted from 1.
    pub page: usize,
    /// Its box.
    pub bbox: Rect,
}

/// Cuts a document into tables.
pub fn segment(mut layouts: Vec<Layout>) -> Segmented {
    let mut roles = roles::classify(&layouts);
    let kind = facts::report_kind(&layouts, &roles);
    let unread = unruled::add_grids(&mut layouts, &mut roles, kind);
    let prose = prose(&layouts, &roles);
    let (tables, accounts) = spans::collect(&layouts, roles, kind);
    let facts = facts::read(&layouts, &tables, kind);
    Segmented { facts, layouts, tables, accounts, prose, unread }
}

/// The lines that are neither furniture nor contents nor in a table. Notes and headings stay: sentences may
/// look like them.
fn prose(layouts: &[Layout], roles: &[Vec<roles::Role>]) -> Vec<Prose> {
    let mut prose = Vec::new();
    for (layout, roles) in layouts.iter().zip(roles) {
        for (line, role) in layout.lines.iter().zip(roles) {
            if matches!(role, roles::Role::Prose | roles::Role::Note | roles::Role::Title(_)) {
                prose.push(Prose { text: line.text.clone(), page: layout.number, bbox: line.bbox });
            }
        }
    }
    prose
}
