//! `kemu.xlsx`: for people who work in Excel. A sheet of the documents, of the findings, with a link to the cell each is
//! about, and of the tables; a sheet for each form, a row for each printed row and a column for each column key, in
//! yuan; and all amounts one by one.
//!
//! The columns of a form's sheet are known only when all documents were seen, and rows must be written from the top. So
//! only the sheet of documents is written as they come; the others are written at the end, from what is stored.

mod about;
mod form;
mod leaf;

use super::super::folder::{EmitError, Folder};
use super::super::sheets::{Fragment, Sheet};
use super::Exporter;
use super::cells::{Cell, each_row};
use super::draft::Draft;
use crate::catalog::forms;
use form::{Amount, FormSheet, Occurring};
use leaf::{Book, Heading, Leaf, Place, headings, system};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, XlsxError};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;

pub(super) const FILE: &str = "kemu.xlsx";

/// Rows of the sheet of findings, each with a link, of which Excel takes 65,530.
const MOST_LINKS: u32 = 65_001;

/// With more amounts than this a part of the file may be longer than 32 bits can tell.
const LARGE: usize = 2_000_000;

/// The workbook of a run.
pub(super) struct Workbook<'f> {
    folder: &'f Folder,
    draft: Draft,
    book: Book,
    documents: Leaf,
    occurring: Occurring,
    amounts: usize,
    /// The documents that have more than their own row.
    stems: Vec<String>,
}

impl<'f> Workbook<'f> {
    pub(super) fn open(folder: &'f Folder) -> Result<Workbook<'f>, EmitError> {
        let draft = Draft::new(folder, FILE);
        let mut book = Book::new();
        let scratch = draft.temporary().parent().unwrap_or(folder.root());
        draft.named(book.workbook.set_tempdir(scratch).map(|_| ()).map_err(system))?;
        Ok(Workbook {
            folder,
            draft,
            book,
            documents: Leaf::of_table(Sheet::Documents.schema()),
            occurring: Occurring::default(),
            amounts: 0,
            stems: Vec::new(),
        })
    }

    fn survey(&mut self, fragment: &Fragment) -> io::Result<()> {
        let more = [Sheet::Tables, Sheet::Findings].iter().any(|sheet| !fragment.rows(*sheet).is_empty());
        let document = Sheet::Documents.schema().position("document");
        each_row(fragment, Sheet::Documents, |cells| {
            self.stems.extend(cells.get(document).and_then(|cell| cell.text()).filter(|_| more).map(str::to_owned));
            self.documents.write_row(&mut self.book, cells)
        })?;
        each_row(fragment, Sheet::Amounts, |cells| {
            self.amounts += 1;
            self.occurring.note(&Amount { cells });
            Ok(())
        })
    }

    /// Writes what is stored of each document.
    fn fill(&mut self) -> Result<Vec<Leaf>, EmitError> {
        let mut leaves = Leaves::new(&self.occurring);
        let mut fragment = Fragment::default();
        for stem in &self.stems {
            self.folder.rows(stem, &mut fragment)?;
            self.draft.named(leaves.write(&fragment, &mut self.book))?;
        }
        Ok(leaves.in_order())
    }

    fn save(&mut self, leaves: Vec<Leaf>) -> Result<(), XlsxError> {
        let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
        self.book.workbook.set_properties(&DocProperties::new().set_title("kemu 科目").set_creation_datetime(&made));
        self.book.workbook.use_zip_large_file(self.amounts > LARGE);
        self.book.workbook.push_worksheet(about::sheet(&self.book.header)?);
        for leaf in leaves {
            for part in leaf.finish(&mut self.book)? {
                self.book.workbook.push_worksheet(part);
            }
        }
        self.book.workbook.save(self.draft.temporary())
    }
}

impl Exporter for Workbook<'_> {
    fn append(&mut self, fragment: &Fragment) -> Result<(), EmitError> {
        let surveyed = self.survey(fragment);
        self.draft.named(surveyed)
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, EmitError> {
        let others = self.fill()?;
        let documents = std::mem::replace(&mut self.documents, Leaf::new("", Vec::new(), 0));
        let saved = self.save(std::iter::once(documents).chain(others).collect());
        self.draft.named(saved.map_err(system))?;
        self.draft.place()?;
        Ok(Vec::new())
    }
}

/// The sheets besides that of the documents.
struct Leaves {
    findings: Leaf,
    tables: Leaf,
    /// By the id of the form.
    forms: HashMap<&'static str, FormSheet>,
    amounts: Leaf,
}

impl Leaves {
    fn new(occurring: &Occurring) -> Leaves {
        let table = Sheet::Findings.schema();
        let link = Heading { label: "→".to_owned(), width: 4.0 };
        let found = forms::all().iter().map(|form| (form, occurring.keys(form))).filter(|(_, keys)| !keys.is_empty());
        Leaves {
            findings: Leaf::new(&table.name, std::iter::once(link).chain(headings(table)).collect(), MOST_LINKS),
            tables: Leaf::of_table(Sheet::Tables.schema()),
            forms: found.map(|(form, keys)| (form.id.as_str(), FormSheet::new(form, keys))).collect(),
            amounts: Leaf::of_table(Sheet::Amounts.schema()),
        }
    }

    /// Writes what is stored of a document.
    fn write(&mut self, fragment: &Fragment, book: &mut Book) -> io::Result<()> {
        let table_index = Sheet::Tables.schema().position("table_index");
        let mut tables: HashMap<i64, Place> = HashMap::new();
        each_row(fragment, Sheet::Tables, |cells| {
            self.tables.write_row(book, cells)?;
            tables.extend(
                cells.get(table_index).and_then(|cell| cell.integer()).map(|table| (table, self.tables.place())),
            );
            Ok(())
        })?;
        let mut rows: HashMap<(i64, i64), (&str, Place)> = HashMap::new();
        each_row(fragment, Sheet::Amounts, |cells| {
            self.amounts.write_row(book, cells)?;
            let amount = Amount { cells };
            let (Some(form), Some(row)) = (amount.text("table_id"), amount.row()) else { return Ok(()) };
            let Some(form) = self.forms.get_key_value(form).map(|(form, _)| *form) else { return Ok(()) };
            let Some(sheet) = self.forms.get_mut(form) else { return Ok(()) };
            if let Entry::Vacant(place) = rows.entry(row) {
                place.insert((form, sheet.begin_row(&amount, book)?));
            }
            sheet.write_amount(&amount, book)
        })?;
        let [table, row, key] =
            ["table_index", "row_index", "column_key"].map(|name| Sheet::Findings.schema().position(name));
        each_row(fragment, Sheet::Findings, |cells| {
            let shifted: Vec<Cell<'_>> = std::iter::once(Cell::Null).chain(cells.iter().copied()).collect();
            self.findings.write_row(book, &shifted)?;
            let cell = |at: usize| cells.get(at).copied().unwrap_or(Cell::Null);
            // To its cell; where that is in no form's sheet, to its table.
            let in_form = cell(table).integer().zip(cell(row).integer()).and_then(|row| rows.get(&row));
            let in_form =
                in_form.and_then(|(form, place)| Some((place, self.forms.get(form)?.column(cell(key).text()))));
            let in_tables = || cell(table).integer().and_then(|table| tables.get(&table)).map(|place| (place, 0));
            match in_form.or_else(in_tables) {
                Some((place, column)) => self.findings.set_link(place.link(column), book),
                None => Ok(()),
            }
        })
    }

    /// The sheets as they follow one another.
    fn in_order(mut self) -> Vec<Leaf> {
        let of_forms = forms::all().iter().filter_map(|form| self.forms.remove(form.id.as_str()));
        let of_forms: Vec<Leaf> = of_forms.map(|sheet| sheet.leaf).collect();
        [self.findings, self.tables].into_iter().chain(of_forms).chain([self.amounts]).collect()
    }
}
