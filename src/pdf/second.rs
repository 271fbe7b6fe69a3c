//! The second reader: `pdf-extract`, a library that shares no code with the first above the objects,
//! reads the page independently for comparison. It delivers glyphs only.
//!
//! What it is known not to do (0.12): it knows no clip, no predefined CMap but Identity, no
//! range-form `/W`, and panics on what it does not know. So it runs under `catch_unwind`, and a page it
//! gives up on says so in its warnings.

use super::document::{Document, OpenOptions};
use super::matrix::{Matrix, bounds_of, is_finite};
use super::{Direction, Glyph, OpenError, Page, PageSource, PageWarning, bombs, cycles};
use crate::geometry::Rect;
use pdf_extract::{MediaBox, OutputDev, OutputError, Transform};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

/// Glyph boxes are nominal; the library does not tell the font's heights.
const ASCENT: f64 = 0.8;
const DESCENT: f64 = -0.2;

/// A document as the second reader sees it.
pub struct SecondReader {
    document: pdf_extract::Document,
    /// For the sizes of the pages, which are not what is compared.
    first: Document,
}

impl SecondReader {
    /// Opens a document from the bytes of its file. Refuses what would make the library overflow its
    /// stack or memory: forms that draw themselves, streams and CMaps out of all measure.
    pub fn open(bytes: &[u8], options: &OpenOptions) -> Result<SecondReader, OpenError> {
        let first = Document::open(bytes, options)?;
        if cycles::any(first.objects(), first.page_dictionaries()) {
            return Err(OpenError::Cyclic);
        }
        if bombs::any(first.objects()) {
            return Err(OpenError::Bomb);
        }
        let loaded = quietly(|| {
            let mut document = pdf_extract::Document::load_mem(bytes).map_err(|error| error.to_string())?;
            if document.is_encrypted() {
                let password = options.password.as_deref().unwrap_or_default();
                document.decrypt(password).map_err(|error| error.to_string())?;
            }
            Ok(document)
        });
        match loaded {
            Some(Ok(document)) => Ok(SecondReader { document, first }),
            Some(Err(reason)) => Err(OpenError::Damaged(reason)),
            None => Err(OpenError::Damaged("the second reader gave up on it".to_owned())),
        }
    }
}

impl PageSource for SecondReader {
    fn page_count(&self) -> usize {
        self.first.page_count()
    }

    fn page(&self, number: usize) -> Page {
        let Some((matrix, width, height)) = self.first.frame(number) else {
            return Page { number, ..Page::default() };
        };
        // Where the first reader comes to a limit, the library would go on until memory or patience ends.
        let first = self.first.page(number);
        if first
            .warnings
            .iter()
            .any(|warning| matches!(warning, PageWarning::TooMuch(_) | PageWarning::FontTooLarge(_)))
        {
            let reason = PageWarning::GaveUp("it holds more than is read of a page".to_owned());
            return Page { number, width, height, warnings: vec![reason], ..Page::default() };
        }
        let mut collector = Collector { matrix, glyphs: Vec::new() };
        let read = quietly(|| {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            pdf_extract::output_doc_page(&self.document, &mut collector, number)
        });
        let trouble = match read {
            Some(Ok(())) => None,
            Some(Err(error)) => Some(PageWarning::GaveUp(error.to_string())),
            None => Some(PageWarning::GaveUp("it met something it does not know".to_owned())),
        };
        let mut page = Page { number, width, height, glyphs: collector.glyphs, ..Page::default() };
        let seen = Rect { x0: 0.0, y0: 0.0, x1: width, y1: height };
        page.glyphs.retain(|glyph| seen.contains(glyph.bbox.center_x(), glyph.bbox.center_y()));
        page.warnings.extend(trouble);
        page
    }
}

/// Takes the characters the library delivers.
struct Collector {
    /// From user space to the page as seen.
    matrix: Matrix,
    glyphs: Vec<Glyph>,
}

impl OutputDev for Collector {
    fn begin_page(&mut self, _: u32, _: &MediaBox, _: Option<(f64, f64, f64, f64)>) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(
        &mut self,
        trm: &Transform,
        width: f64,
        _: f64,
        size: f64,
        text: &str,
    ) -> Result<(), OutputError> {
        let place = Matrix::new([size, 0.0, 0.0, size, 0.0, 0.0])
            .then(&Matrix::new([trm.m11, trm.m12, trm.m21, trm.m22, trm.m31, trm.m32]))
            .then(&self.matrix);
        let share = width / text.chars().count().max(1) as f64;
        let mut pen = 0.0;
        for unicode in text.chars() {
            let corners = [(pen, DESCENT), (pen, ASCENT), (pen + share, DESCENT), (pen + share, ASCENT)];
            let bbox = bounds_of(&corners.map(|(x, y)| place.apply(x, y)));
            let (x, y) = place.apply(pen, 0.0);
            let (dx, dy) = place.turn(1.0, 0.0);
            pen += share;
            if is_finite(&bbox) && x.is_finite() && y.is_finite() && self.glyphs.len() < super::interpret::MAX_GLYPHS {
                self.glyphs.push(Glyph {
                    unicode,
                    bbox,
                    origin: (x as f32, y as f32),
                    size: dx.hypot(dy) as f32,
                    direction: Direction::of((dx, dy)),
                    luminance: 0,
                    font: 0,
                    run: 0,
                });
            }
        }
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}

thread_local! {
    /// Is this thread inside the library, whose panics are expected?
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; `None` where it panics, without the message a panic prints. Panics elsewhere print
/// theirs as before.
fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                usual(info);
            }
        }));
    });
    QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(work)).ok();
    QUIET.set(false);
    result
}
