//! The second reader: `pdf-extract`, a library that shares no code with the first above the objects,
//! reads the page independently for comparison. It delivers glyphs only.
//!
//! What it is known not to do (0.12): it knows no clip, no predefined CMap but Identity, no
//! range-form `/W`, and panics on what it does not know. So it runs under `catch_unwind`, and a page it
//! gives up on says so in its warnings. It is handed each page as a document of its own ([`Excerpt`]): loading the whole
//! file once more would cost as much as all the rest of the reading.

use super::document::Document;
use super::matrix::{Matrix, bounds_of, is_finite};
use super::objects::Objects;
use super::{Direction, Glyph, Page, PageSource, PageWarning, bombs, cycles};
use crate::geometry::Rect;
use pdf_extract::{MediaBox, OutputDev, OutputError, Transform};
use std::cell::Cell;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

/// Glyph boxes are nominal; the library does not tell the font's heights.
const ASCENT: f64 = 0.8;
const DESCENT: f64 = -0.2;

/// A document that the first reader has opened, as the second reader sees it.
pub struct SecondReader<'d> {
    first: &'d Document,
}

impl<'d> SecondReader<'d> {
    /// Reads the pages of a document a second time.
    pub fn beside(first: &'d Document) -> SecondReader<'d> {
        SecondReader { first }
    }

    fn read(&self, number: usize, collector: &mut Collector) -> Result<(), String> {
        let page = number.checked_sub(1).and_then(|index| self.first.page_dictionaries().get(index));
        let Some(page) = page else { return Ok(()) };
        // Where the first reader comes to a limit, the library would go on until memory or patience ends.
        let is_limit =
            |warning: &PageWarning| matches!(warning, PageWarning::TooMuch(_) | PageWarning::FontTooLarge(_));
        if self.first.page(number).warnings.iter().any(is_limit) {
            return Err("it holds more than is read of a page".to_owned());
        }
        // The library would follow a form that draws itself until its stack overflows.
        if cycles::any(self.first.objects(), std::slice::from_ref(page)) {
            return Err("the page contains itself".to_owned());
        }
        let document = Excerpt::of(self.first.objects(), page).ok_or("the page draws too much")?;
        match quietly(|| pdf_extract::output_doc_page(&document, collector, 1)) {
            Some(Ok(())) => Ok(()),
            Some(Err(error)) => Err(error.to_string()),
            None => Err("it met something it does not know".to_owned()),
        }
    }
}

impl PageSource for SecondReader<'_> {
    fn page_count(&self) -> usize {
        self.first.page_count()
    }

    fn page(&self, number: usize) -> Page {
        let Some((matrix, width, height)) = self.first.frame(number) else {
            return Page { number, ..Page::default() };
        };
        let mut collector = Collector { matrix, glyphs: Vec::new() };
        let trouble = self.read(number, &mut collector).err().map(PageWarning::GaveUp);
        let mut page = Page { number, width, height, glyphs: collector.glyphs, ..Page::default() };
        let seen = Rect { x0: 0.0, y0: 0.0, x1: width, y1: height };
        page.glyphs.retain(|glyph| seen.contains(glyph.bbox.center_x(), glyph.bbox.center_y()));
        page.warnings.extend(trouble);
        page
    }
}

/// What a page draws by, copied into a document of the library's own kind.
struct Excerpt<'o> {
    objects: &'o Objects,
    copy: pdf_extract::Document,
    met: HashSet<lopdf::ObjectId>,
    open: Vec<lopdf::ObjectId>,
    bytes: usize,
    too_much: bool,
}

impl Excerpt<'_> {
    /// Unpacked streams of one page; the library takes many times as much memory to read them.
    const MAX_BYTES: usize = 32 << 20;
    /// What no text is drawn by, and what would lead to the other pages. TrueType programs tell the library nothing.
    const LEFT_OUT: [&'static [u8]; 5] = [b"Parent", b"Annots", b"B", b"FontFile2", b"Metadata"];

    /// A document of this page alone; `None` where that is too much.
    fn of(objects: &Objects, page: &lopdf::Dictionary) -> Option<pdf_extract::Document> {
        let copy = pdf_extract::Document::with_version("1.7");
        let mut excerpt = Excerpt { objects, copy, met: HashSet::new(), open: Vec::new(), bytes: 0, too_much: false };
        let mut leaf = excerpt.dictionary(page);
        if !leaf.has(b"MediaBox") {
            leaf.set("MediaBox", [0, 0, 595, 842].map(pdf_extract::Object::from).to_vec());
        }
        while let Some(id) = excerpt.open.pop() {
            let object = objects.by_id(id).map_or(pdf_extract::Object::Null, |object| excerpt.object(object));
            if excerpt.too_much || excerpt.bytes > Self::MAX_BYTES {
                return None;
            }
            excerpt.copy.objects.insert(id, object);
        }
        let mut document = excerpt.copy;
        document.max_id = document.objects.keys().next_back().map_or(0, |id| id.0);
        let mut kid = leaf;
        kid.set("Type", pdf_extract::Object::Name(b"Page".to_vec()));
        let kid = document.add_object(kid);
        let mut tree = pdf_extract::Dictionary::new();
        tree.set("Type", pdf_extract::Object::Name(b"Pages".to_vec()));
        tree.set("Kids", vec![pdf_extract::Object::Reference(kid)]);
        tree.set("Count", 1);
        let tree = document.add_object(tree);
        let mut catalog = pdf_extract::Dictionary::new();
        catalog.set("Pages", tree);
        let catalog = document.add_object(catalog);
        document.trailer.set("Root", catalog);
        Some(document)
    }

    fn dictionary(&mut self, dict: &lopdf::Dictionary) -> pdf_extract::Dictionary {
        let mut copy = pdf_extract::Dictionary::new();
        for (key, value) in dict.iter().filter(|(key, _)| !Self::LEFT_OUT.contains(&key.as_slice())) {
            if matches!(key.as_slice(), b"ToUnicode" | b"Encoding")
                && let Some(lopdf::Object::Stream(map)) = self.objects.resolve(value)
                && bombs::has_wide_range(&self.objects.decode(map).bytes)
            {
                self.too_much = true;
            }
            copy.set(key.clone(), self.object(value));
        }
        copy
    }

    fn object(&mut self, object: &lopdf::Object) -> pdf_extract::Object {
        use pdf_extract::{Object, StringFormat};
        match object {
            lopdf::Object::Null => Object::Null,
            lopdf::Object::Boolean(value) => Object::Boolean(*value),
            lopdf::Object::Integer(value) => Object::Integer(*value),
            lopdf::Object::Real(value) => Object::Real(*value),
            lopdf::Object::Name(name) => Object::Name(name.clone()),
            lopdf::Object::String(text, _) => Object::String(text.clone(), StringFormat::Literal),
            lopdf::Object::Array(items) => Object::Array(items.iter().map(|item| self.object(item)).collect()),
            lopdf::Object::Dictionary(dict) => Object::Dictionary(self.dictionary(dict)),
            lopdf::Object::Stream(stream) => self.stream(stream),
            lopdf::Object::Reference(id) => {
                if self.met.insert(*id) {
                    self.open.push(*id);
                }
                Object::Reference(*id)
            }
        }
    }

    /// A stream, unpacked within the limits of the first reader. A picture is left empty: the library would read it
    /// as if it were a form.
    fn stream(&mut self, stream: &lopdf::Stream) -> pdf_extract::Object {
        let mut dict = self.dictionary(&stream.dict);
        dict.remove(b"Filter");
        dict.remove(b"DecodeParms");
        let picture = self.objects.name(&stream.dict, b"Subtype") == Some(b"Image");
        let content = if picture { Vec::new() } else { self.objects.decode(stream).bytes.into_owned() };
        self.bytes += content.len();
        pdf_extract::Object::Stream(pdf_extract::Stream::new(dict, content))
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
