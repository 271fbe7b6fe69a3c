//! The way through the stations for one document, from the bytes of a file to its typed tables: the
//! library's front door. It touches no file; [`crate::batch`] does that for many documents at once.

use crate::pdf::{self, DocumentWarning, OpenError, OpenOptions, PageSource, PageWarning, SecondReader};
use crate::timings::{Station, Timings};
use crate::{check, page, segment, table};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A page shows a picture of itself where pictures cover at least this part of it.
const SCAN_SHARE: f32 = 0.5;

/// How to read a document.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Options {
    /// How to open it.
    pub open: OpenOptions,
    /// Reads every page also by the second reader, and warns where the two disagree.
    pub second_reader: bool,
}

/// What was read from a document.
#[derive(Debug)]
pub struct Extraction {
    /// Its facts, tables and ledgers.
    pub document: table::Document,
    /// What the document itself says of its amounts.
    pub checks: check::Checks,
    /// How many pages it has.
    pub page_count: usize,
    /// When the file says it was created, as a time of Beijing: `2026-03-02T10:15:02+08:00`.
    pub created: Option<String>,
    /// When the file says it was last changed.
    pub modified: Option<String>,
    /// Width and height of each page in points.
    pub page_sizes: Vec<(f32, f32)>,
    /// The pages that show a picture and no text at all: scans without a text layer. Ascending.
    pub scanned_pages: Vec<usize>,
    /// What is wrong with the file so that pages or text may be missing; empty for a whole file.
    pub damage: Vec<String>,
    /// What went wrong on the way: the file's warnings first, then those of the pages, in order.
    pub warnings: Vec<Warning>,
    /// How long the stations took.
    pub timings: Timings,
}

impl Extraction {
    /// How many of the tables are standard ones.
    pub fn standard_tables(&self) -> usize {
        self.document.tables.iter().filter(|table| table.form.is_some_and(|form| form.standard)).count()
    }

    /// How many amounts are printed in the tables, zeros and dashes included.
    pub fn amounts(&self) -> usize {
        let rows = self.document.tables.iter().flat_map(|table| &table.rows);
        rows.flat_map(|row| &row.amounts).filter(|cell| cell.amount.state != table::AmountState::Blank).count()
    }
}

/// Something that went wrong in a document that was read all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// The page, counted from 1; `None` where it is about the whole file.
    pub page: Option<usize>,
    /// What went wrong.
    pub text: String,
}

/// What reading one page yields.
struct PageResult {
    layout: page::Layout,
    warnings: Vec<Warning>,
    scanned: bool,
    /// Some of its text is lost.
    broken: bool,
    /// It holds more than is laid out.
    crowded: bool,
    timings: Timings,
}

/// Reads a document from the bytes of its file. Pages are read in parallel, on the current rayon
/// pool; the result does not depend on how many threads it has.
pub fn extract(bytes: &[u8], options: &Options) -> Result<Extraction, OpenError> {
    let mut timings = Timings::default();
    let file = timings.time(Station::Open, || pdf::Document::open(bytes, &options.open))?;
    let mut warnings: Vec<Warning> =
        file.warnings().iter().map(|w| Warning { page: None, text: w.to_string() }).collect();
    let second = SecondReader::beside(&file);
    let always = options.second_reader.then_some(&second);
    let page_count = file.page_count();
    let read = |number| read_page(&file, always, number);
    let pages: Vec<PageResult> = (1..page_count + 1).into_par_iter().map(read).collect();
    let mut layouts = Vec::with_capacity(pages.len());
    let mut scanned_pages = Vec::new();
    let mut broken_pages = Vec::new();
    let mut crowded_pages = Vec::new();
    for page in pages {
        let number = page.layout.number;
        if page.scanned {
            scanned_pages.push(number);
        }
        if page.broken {
            broken_pages.push(number);
        }
        if page.crowded {
            crowded_pages.push(number);
        }
        warnings.extend(page.warnings);
        timings += page.timings;
        layouts.push(page.layout);
    }
    let page_sizes = layouts.iter().map(|layout| (layout.width, layout.height)).collect();
    let segmented = timings.time(Station::Segment, || segment::segment(layouts));
    let document = timings.time(Station::Table, || table::read(segmented));
    let mut damage: Vec<String> = file.warnings().iter().filter(|w| loses_pages(w)).map(|w| w.to_string()).collect();
    if !broken_pages.is_empty() {
        damage.push(format!("text is missing on {}", name_pages(&broken_pages)));
    }
    if !crowded_pages.is_empty() {
        damage.push(format!("there is more than is read on {}", name_pages(&crowded_pages)));
    }
    for table in document.tables.iter().filter(|table| table.inferred) {
        let text = format!("{}: rows or columns are inferred from the text, for want of rulings", table.title);
        warnings.push(Warning { page: table.pages.first().copied(), text });
    }
    for unread in &document.unread {
        let text = format!("{}: what stands below this heading could not be read as a table", unread.title);
        warnings.push(Warning { page: Some(unread.page), text });
    }
    let checks = timings.time(Station::Check, || {
        let mut checks = check::check(&document);
        if checks.mismatches() > 0 {
            // A second opinion is dear, and few pages need it.
            checks.settle_sources(&document, |page| ink(&second, page));
        }
        checks
    });
    Ok(Extraction {
        document,
        checks,
        page_count,
        created: file.created(),
        modified: file.modified(),
        page_sizes,
        scanned_pages,
        damage,
        warnings,
        timings,
    })
}

fn read_page(file: &pdf::Document, second: Option<&SecondReader<'_>>, number: usize) -> PageResult {
    let mut timings = Timings::default();
    let page = timings.time(Station::Pdf, || file.page(number));
    let warn = |text: String| Warning { page: Some(number), text };
    let mut warnings: Vec<Warning> = page.warnings.iter().map(|warning| warn(warning.to_string())).collect();
    if let Some(difference) = second.and_then(|reader| pdf::compare(&page, &reader.page(number))) {
        warnings.push(warn(format!(
            "the two readers disagree: only the first has {:?}, only the second {:?}",
            excerpt(&difference.only_first),
            excerpt(&difference.only_second)
        )));
    }
    let layout = timings.time(Station::Page, || page::lay_out(&page));
    warnings.extend(layout.excess.iter().map(|excess| warn(excess.to_string())));
    let covered: f32 = layout.pictures.iter().map(|picture| picture.width() * picture.height()).sum();
    let scanned = layout.visible_glyphs == 0 && covered >= SCAN_SHARE * layout.width * layout.height;
    if scanned {
        warnings.push(warn("the page is a picture without text".to_owned()));
    }
    let broken = page.warnings.iter().any(loses_text);
    let crowded = !layout.excess.is_empty();
    PageResult { layout, warnings, scanned, broken, crowded, timings }
}

/// What the second reader finds on a page; `None` where it gives up.
fn ink(reader: &SecondReader<'_>, number: usize) -> Option<check::Ink> {
    let page = reader.page(number);
    let gave_up = page.warnings.iter().any(|warning| matches!(warning, PageWarning::GaveUp(_)));
    (!gave_up).then(|| page.glyphs.iter().map(|glyph| (glyph.unicode, glyph.bbox)).collect())
}

/// May text be missing from a page with this warning?
fn loses_text(warning: &PageWarning) -> bool {
    use PageWarning::{AbsurdBox, FontTooLarge, Stream, TooMuch};
    matches!(warning, Stream(_) | TooMuch(_) | FontTooLarge(_) | AbsurdBox)
}

/// May pages be missing from a file with this warning?
fn loses_pages(warning: &DocumentWarning) -> bool {
    match warning {
        DocumentWarning::Rebuilt
        | DocumentWarning::PageTree
        | DocumentWarning::PageTreeTooLarge
        | DocumentWarning::TooManyPages(_) => true,
        DocumentWarning::PageCount { announced, found } => i64::try_from(*found).is_ok_and(|found| found < *announced),
        _ => false,
    }
}

/// Ascending page numbers in short: `pages 3-5, 8`.
pub(crate) fn name_pages(pages: &[usize]) -> String {
    let many = if pages.len() == 1 { "page" } else { "pages" };
    format!("{many} {}", page_ranges(pages))
}

/// Ascending page numbers in short, without the word: `3-5, 8`.
pub(crate) fn page_ranges(pages: &[usize]) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for &page in pages {
        match ranges.last_mut() {
            Some((_, last)) if page == *last || page == *last + 1 => *last = page,
            _ => ranges.push((page, page)),
        }
    }
    let texts = ranges.into_iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    texts.collect::<Vec<_>>().join(", ")
}

/// The beginning of a text that may be a whole page.
fn excerpt(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
