//! What each station saw of one document, for someone who debugs a new form.

use crate::catalog::columns::LabelRole;
use crate::page::{Layout, lay_out};
use crate::pdf::{self, OpenError, OpenOptions};
use crate::segment::{PageAccount, Segmented, TableSpan, segment};
use crate::table::{self, Column, Role, Row, Table};
use rayon::prelude::*;
use std::io::{self, Write};

/// Rows shown of each table.
const ROWS: usize = 8;

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InspectError {
    /// The document cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The page asked for is not there.
    #[error("page {page} is not there: the document has {count}")]
    NoSuchPage {
        /// The page asked for.
        page: usize,
        /// How many pages there are.
        count: usize,
    },
    /// The report cannot be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}

impl InspectError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            InspectError::Open(error) => error.hint(),
            InspectError::NoSuchPage { .. } => "pages are counted from 1",
            InspectError::Write(_) => "check where the output goes",
        }
    }
}

/// Writes what each station saw of a document, or of one of its pages.
pub fn inspect(
    bytes: &[u8],
    options: &OpenOptions,
    page: Option<usize>,
    out: &mut impl Write,
) -> Result<(), InspectError> {
    let file = pdf::Document::open(bytes, options)?;
    let count = file.page_count();
    if let Some(page) = page.filter(|page| *page == 0 || *page > count) {
        return Err(InspectError::NoSuchPage { page, count });
    }
    let pages: Vec<pdf::Page> = (1..count + 1).into_par_iter().map(|number| file.page(number)).collect();
    let segmented = segment(pages.par_iter().map(lay_out).collect());
    Report { file: &file, pages: &pages, only: page }.write(segmented, out)?;
    Ok(out.flush()?)
}

struct Report<'a> {
    file: &'a pdf::Document,
    pages: &'a [pdf::Page],
    only: Option<usize>,
}

impl Report<'_> {
    fn shows(&self, page: usize) -> bool {
        self.only.is_none_or(|only| only == page)
    }

    fn write(&self, segmented: Segmented, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "document: {} pages", self.pages.len())?;
        for warning in self.file.warnings() {
            writeln!(out, "  warning: {warning}")?;
        }
        writeln!(out, "  facts: {:?}", segmented.facts)?;
        for (page, layout) in self.pages.iter().zip(&segmented.layouts).filter(|(page, _)| self.shows(page.number)) {
            writeln!(out, "\npage {} ({:.0} × {:.0} pt)", page.number, page.width, page.height)?;
            write_page(page, out)?;
            write_layout(layout, out)?;
        }
        let shown = |span: &TableSpan| span.parts.iter().any(|part| self.shows(part.page));
        let which: Vec<bool> = segmented.tables.iter().map(shown).collect();
        let parts: Vec<String> = segmented.tables.iter().map(parts).collect();
        let document = table::read(segmented);
        for (index, table) in document.tables.iter().enumerate().filter(|(index, _)| which[*index]) {
            writeln!(out, "\ntable {}: {}", index + 1, table.title)?;
            write_table(table, &parts[index], out)?;
        }
        writeln!(out, "\nledger of glyphs")?;
        for account in document.accounts.iter().filter(|account| self.shows(account.page)) {
            write_account(account, out)?;
        }
        Ok(())
    }
}

fn write_page(page: &pdf::Page, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "  pdf: {} glyphs, {} hidden, {} marks, {} pictures",
        page.glyphs.len(),
        page.hidden.len(),
        page.marks.len(),
        page.pictures.len()
    )?;
    for warning in &page.warnings {
        writeln!(out, "    warning: {warning}")?;
    }
    Ok(())
}

fn write_layout(layout: &Layout, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "  page: {} lines, {} grids, {} glyphs in sight, {} in the watermark",
        layout.lines.len(),
        layout.grids.len(),
        layout.visible_glyphs,
        layout.watermark_glyphs
    )?;
    for line in &layout.lines {
        let pieces: Vec<&str> = line.pieces.iter().map(|piece| piece.text.as_str()).collect();
        writeln!(out, "    line at {:.0}, {:.0}: {}", line.bbox.x0, line.bbox.y0, pieces.join(" ⎸ "))?;
    }
    for (index, grid) in layout.grids.iter().enumerate() {
        let filled = grid.cells.iter().filter(|cell| cell.glyph_count > 0).count();
        writeln!(
            out,
            "    grid {index} from {:.0}, {:.0} to {:.0}, {:.0}: {} rows × {} columns, {} cells, {filled} with text",
            grid.bbox.x0,
            grid.bbox.y0,
            grid.bbox.x1,
            grid.bbox.y1,
            grid.row_count(),
            grid.column_count(),
            grid.cells.len()
        )?;
    }
    Ok(())
}

/// Where a table's parts stand.
fn parts(span: &TableSpan) -> String {
    let part = |part: &crate::segment::Part| {
        format!("page {} grid {} rows {}-{}", part.page, part.grid, part.rows.start, part.rows.end)
    };
    span.parts.iter().map(part).collect::<Vec<_>>().join("; ")
}

fn write_table(table: &Table, parts: &str, out: &mut impl Write) -> io::Result<()> {
    let said = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let form = table.form.map_or("not in the catalogue", |form| form.id.as_str());
    writeln!(out, "  form: {form}")?;
    writeln!(
        out,
        "  number: {}; unit: {}; department: {}",
        said(&table.number),
        said(&table.unit),
        said(&table.department)
    )?;
    writeln!(out, "  parts: {parts}")?;
    for (index, column) in table.columns.iter().enumerate() {
        writeln!(out, "  column {index} (group {}): {} → {}", column.group, column.header.join("/"), role(column))?;
    }
    for row in table.rows.iter().take(ROWS) {
        writeln!(out, "  {}", row_text(row))?;
    }
    if table.rows.len() > ROWS {
        writeln!(out, "  … {} rows in all", table.rows.len())?;
    }
    for note in &table.notes {
        writeln!(out, "  note on page {}: {}", note.page, note.text)?;
    }
    Ok(())
}

fn role(column: &Column) -> String {
    match &column.role {
        Role::Amount { key: Some(key) } => format!("amount {key}"),
        Role::Amount { key: None } => "amount, not understood".to_owned(),
        Role::Label(role) => match role {
            LabelRole::CodePart => "part of a code".to_owned(),
            role => format!("{role:?}").to_lowercase(),
        },
    }
}

fn row_text(row: &Row) -> String {
    let amounts: Vec<String> = row.amounts.iter().map(|cell| format!("{}={}", cell.column, cell.amount.raw)).collect();
    format!(
        "row on page {} group {} {:?}: {} {} | {}",
        row.page,
        row.group,
        row.kind,
        row.code.as_deref().unwrap_or("–"),
        row.name.as_deref().unwrap_or("–"),
        amounts.join(" ")
    )
}

fn write_account(account: &PageAccount, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "  page {}: {} visible = {} cell + {} header + {} title + {} unit line + {} note + {} furniture + {} prose \
         + {} other grid + {} watermark + {} unexplained; {} hidden",
        account.page,
        account.visible,
        account.cell,
        account.header,
        account.title,
        account.unit_line,
        account.note,
        account.furniture,
        account.prose,
        account.other_grid,
        account.watermark,
        account.unexplained,
        account.hidden
    )?;
    for text in &account.unexplained_text {
        writeln!(out, "    unexplained: {text}")?;
    }
    Ok(())
}
