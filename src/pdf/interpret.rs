//! Content streams carried out: the graphics state machine of ISO 32000-1, chapters 8 and 9, as far as
//! it decides what characters and rulings are seen where.
//!
//! An [`Interpreter`] carries out the streams of one page (its contents, the forms these draw, the
//! appearances of its annotations) and collects a [`Page`]. It never fails: what makes no sense is
//! skipped and told as a warning.

use super::color::Space;
use super::document::Shared;
use super::font::Font;
use super::matrix::{Matrix, is_finite};
use super::objects::as_dict;
use super::path::{MAX_POINTS, Path, Pen};
use super::state::{Ink, State};
use super::text::TextLine;
use super::tokens::{Operand, Tokens, plain_name};
use super::{Page, PageWarning};
use crate::geometry::Rect;
use lopdf::{Dictionary, Object, Stream};
use std::sync::Arc;

/// Operators carried out on one page …
const MAX_OPERATORS: usize = 4_000_000;
/// … and on all pages together, shared out evenly, so that what is read does not depend on the order of pages.
const MAX_OPERATORS_IN_ALL: usize = 400_000_000;
/// What drawing a form counts for, in operators: its stream is unpacked and its state set up.
const FORM_COST: usize = 200;
/// Glyphs kept on one page, hidden ones included.
pub(super) const MAX_GLYPHS: usize = 100_000;
/// Strokes and fills kept on one page.
pub(super) const MAX_MARKS: usize = 400_000;
/// Content decoded for one page, in bytes …
const MAX_CONTENT_BYTES: usize = 128 << 20;
/// … and for all pages together.
const MAX_CONTENT_BYTES_IN_ALL: usize = 16 << 30;
/// Fonts used on one page.
const MAX_FONTS: usize = 500;
/// What a colour space counts for, in operators: its table may have to be unpacked.
const SPACE_COST: usize = 20;
/// What a layer counts for, in operators: it may have many members.
const LAYER_COST: usize = 20;
/// Forms within forms.
pub(super) const MAX_FORM_DEPTH: usize = 12;
/// `q` within `q`.
const MAX_SAVED: usize = 4096;

/// Carries out the content of one page.
pub(super) struct Interpreter<'d> {
    pub(super) shared: &'d Shared,
    pub(super) page: Page,
    /// Fonts in the order they were first met; glyphs refer to them by index.
    pub(super) fonts: Vec<Arc<Font>>,
    /// Which of them did not tell a character, so that it is said once.
    pub(super) silent: Vec<bool>,
    /// Fonts by resource dictionary and name, so that `Tf` costs a short search.
    names: Vec<(usize, Vec<u8>, u16)>,
    /// Layers that are off around what is being drawn.
    pub(super) layers_off: usize,
    /// Counts the places text was set at.
    pub(super) run: u32,
    operators: usize,
    max_operators: usize,
    content_bytes: usize,
    max_content_bytes: usize,
    /// The forms being drawn, outermost first, by address.
    forms: Vec<usize>,
}

/// What one content stream is carried out with.
pub(super) struct Scope<'d, 's> {
    pub(super) resources: Option<&'d Dictionary>,
    pub(super) state: State,
    saved: Vec<State>,
    pub(super) line: TextLine,
    path: Path,
    /// `W` or `W*` was met; the path becomes a clip once it is painted.
    clip_pending: bool,
    /// For each open marked content: does it belong to a layer that is off?
    marked: Vec<bool>,
    tokens: Tokens<'s>,
}

impl<'d> Interpreter<'d> {
    pub(super) fn new(shared: &'d Shared, page: Page) -> Self {
        Interpreter {
            shared,
            page,
            fonts: Vec::new(),
            silent: Vec::new(),
            names: Vec::new(),
            layers_off: 0,
            run: 0,
            operators: 0,
            max_operators: MAX_OPERATORS.min(MAX_OPERATORS_IN_ALL / shared.page_count.max(1)),
            content_bytes: 0,
            max_content_bytes: MAX_CONTENT_BYTES.min(MAX_CONTENT_BYTES_IN_ALL / shared.page_count.max(1)),
            forms: Vec::new(),
        }
    }

    /// Tells a warning, once a page.
    pub(super) fn warn(&mut self, warning: PageWarning) {
        if !self.page.warnings.contains(&warning) {
            self.page.warnings.push(warning);
        }
    }

    /// May more be decoded?
    pub(super) fn admit(&mut self, bytes: usize) -> bool {
        self.content_bytes = self.content_bytes.saturating_add(bytes);
        let admitted = self.content_bytes <= self.max_content_bytes;
        if !admitted {
            self.warn(PageWarning::TooMuch(self.max_content_bytes));
        }
        admitted
    }

    /// Carries out a content stream.
    pub(super) fn run(&mut self, content: &[u8], resources: Option<&'d Dictionary>, state: State) {
        let mut scope = Scope {
            resources,
            line: TextLine::new(),
            state,
            saved: Vec::new(),
            path: Path::default(),
            clip_pending: false,
            marked: Vec::new(),
            tokens: Tokens::new(content),
        };
        let layers_off = self.layers_off;
        while let Some(operator) = scope.tokens.next() {
            self.operators += 1;
            if self.operators > self.max_operators {
                self.warn(PageWarning::TooMuch(self.max_operators));
                break;
            }
            if !self.paint(&mut scope, operator)
                && !self.text(&mut scope, operator)
                && !self.other(&mut scope, operator)
            {
                scope.tokens.damage.get_or_insert(scope.tokens.position());
            }
        }
        self.layers_off = layers_off;
        if let Some(place) = scope.tokens.damage {
            self.warn(PageWarning::Content(place));
        }
    }

    /// Paths and the state around them. Answers whether the operator is one of these.
    fn paint(&mut self, scope: &mut Scope<'d, '_>, operator: &[u8]) -> bool {
        let matrix = scope.state.matrix;
        let tokens = &scope.tokens;
        match operator {
            b"m" => {
                if let Some([x, y]) = tokens.numbers() {
                    scope.path.move_to(matrix.apply(x, y));
                }
            }
            b"l" => {
                if let Some([x, y]) = tokens.numbers() {
                    scope.path.line_to(matrix.apply(x, y));
                }
            }
            b"c" => {
                if let Some([ax, ay, bx, by, x, y]) = tokens.numbers() {
                    scope.path.curve_to(&[matrix.apply(ax, ay), matrix.apply(bx, by)], matrix.apply(x, y));
                }
            }
            b"v" | b"y" => {
                if let Some([ax, ay, x, y]) = tokens.numbers() {
                    scope.path.curve_to(&[matrix.apply(ax, ay)], matrix.apply(x, y));
                }
            }
            b"h" => scope.path.close(),
            b"re" => {
                if let Some([x, y, w, h]) = tokens.numbers() {
                    let corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)];
                    scope.path.rectangle(corners.map(|(x, y)| matrix.apply(x, y)));
                }
            }
            b"S" => self.finish_path(scope, false, Fill::None, true),
            b"s" => self.finish_path(scope, true, Fill::None, true),
            b"f" | b"F" => self.finish_path(scope, false, Fill::NonZero, false),
            b"f*" => self.finish_path(scope, false, Fill::EvenOdd, false),
            b"B" => self.finish_path(scope, false, Fill::NonZero, true),
            b"B*" => self.finish_path(scope, false, Fill::EvenOdd, true),
            b"b" => self.finish_path(scope, true, Fill::NonZero, true),
            b"b*" => self.finish_path(scope, true, Fill::EvenOdd, true),
            b"n" => self.finish_path(scope, false, Fill::None, false),
            b"W" | b"W*" => scope.clip_pending = true,
            b"q" => {
                if scope.saved.len() < MAX_SAVED {
                    scope.saved.push(scope.state.clone());
                } else {
                    self.warn(PageWarning::TooMuch(MAX_SAVED));
                }
            }
            b"Q" => {
                if let Some(state) = scope.saved.pop() {
                    scope.state = state;
                }
            }
            b"cm" => {
                if let Some(numbers) = tokens.numbers() {
                    let moved = Matrix::new(numbers).then(&matrix);
                    if moved.is_finite() {
                        scope.state.matrix = moved;
                    }
                }
            }
            b"w" => {
                if let Some([width]) = tokens.numbers() {
                    scope.state.line_width = width.abs();
                }
            }
            b"d" => {
                let gaps = tokens.operands.iter().skip(1).take_while(|operand| **operand != Operand::ArrayEnd);
                scope.state.dashed =
                    gaps.clone().any(|length| matches!(length, Operand::Number(length) if *length > 0.0));
            }
            _ => return self.color(scope, operator),
        }
        true
    }

    fn finish_path(&mut self, scope: &mut Scope<'d, '_>, close: bool, fill: Fill, stroke: bool) {
        if close {
            scope.path.close();
        }
        let state = &scope.state;
        let mut pen = Pen {
            clip: state.clip,
            matrix: &state.matrix,
            width: state.line_width,
            dashed: state.dashed,
            luminance: state.fill.luminance,
        };
        if self.layers_off == 0 && self.page.marks.len() < MAX_MARKS {
            if fill != Fill::None && !state.fill.transparent {
                scope.path.fill(&pen, fill == Fill::EvenOdd, &mut self.page.marks);
            }
            if stroke && !state.stroke.transparent {
                pen.luminance = state.stroke.luminance;
                scope.path.stroke(&pen, &mut self.page.marks);
            }
            if self.page.marks.len() >= MAX_MARKS {
                self.page.marks.truncate(MAX_MARKS);
                self.warn(PageWarning::TooMuch(MAX_MARKS));
            }
            if scope.path.is_cut() {
                self.warn(PageWarning::TooMuch(MAX_POINTS));
            }
        }
        if std::mem::take(&mut scope.clip_pending)
            && let Some(bounds) = scope.path.bounds()
        {
            scope.state.narrow(&bounds);
        }
        scope.path.clear();
    }

    /// Colours. Answers whether the operator is one of these.
    fn color(&mut self, scope: &mut Scope<'d, '_>, operator: &[u8]) -> bool {
        let space = match operator {
            b"g" | b"G" => Some(Space::Gray),
            b"rg" | b"RG" => Some(Space::Rgb),
            b"k" | b"K" => Some(Space::Cmyk),
            b"cs" | b"CS" | b"sc" | b"scn" | b"SC" | b"SCN" => None,
            _ => return false,
        };
        let ink = match operator.first() {
            Some(byte) if byte.is_ascii_lowercase() => &mut scope.state.fill,
            _ => &mut scope.state.stroke,
        };
        if matches!(operator, b"cs" | b"CS") {
            if let Some(name) = scope.tokens.name() {
                ink.space = Space::of_name(&self.shared.objects, scope.resources, name);
                ink.luminance = ink.space.initial();
                self.operators += SPACE_COST;
            }
            return true;
        }
        if let Some(space) = space {
            ink.space = space;
        }
        let mut values = [0.0; 32];
        let mut count = 0;
        for (slot, operand) in values.iter_mut().zip(&scope.tokens.operands) {
            let Operand::Number(value) = operand else { break };
            *slot = *value;
            count += 1;
        }
        ink.luminance = ink.space.luminance(values.get(..count).unwrap_or_default());
        true
    }

    /// Forms, pictures, marked content, graphics state dictionaries. Answers whether the operator is
    /// known.
    fn other(&mut self, scope: &mut Scope<'d, '_>, operator: &[u8]) -> bool {
        match operator {
            b"Do" => self.draw(scope),
            b"gs" => self.graphics_state(scope),
            b"BI" => {
                scope.tokens.skip_inline_image();
                self.picture(&scope.state);
            }
            b"BMC" => scope.marked.push(false),
            b"BDC" => {
                let off = self.names_hidden_layer(scope);
                self.layers_off += usize::from(off);
                scope.marked.push(off);
            }
            b"EMC" => {
                if scope.marked.pop() == Some(true) {
                    self.layers_off = self.layers_off.saturating_sub(1);
                }
            }
            b"sh" | b"J" | b"j" | b"M" | b"ri" | b"i" | b"MP" | b"DP" | b"BX" | b"EX" | b"d0" | b"d1" => {}
            _ => return false,
        }
        true
    }

    fn names_hidden_layer(&mut self, scope: &Scope<'d, '_>) -> bool {
        let names = scope.tokens.operands.iter().filter(|operand| matches!(operand, Operand::Name(_)));
        if names.clone().count() < 2 || scope.tokens.name() != Some(b"OC") {
            return false;
        }
        self.operators += LAYER_COST;
        let entry = scope
            .resources
            .and_then(|resources| self.shared.objects.dict(resources, b"Properties"))
            .zip(scope.tokens.last_name())
            .and_then(|(properties, name)| properties.as_hashmap().get(&*plain_name(name)));
        entry.is_some_and(|entry| self.shared.layers.is_off(&self.shared.objects, entry))
    }

    /// A dictionary or stream from the resources.
    pub(super) fn resource(
        &self,
        resources: Option<&'d Dictionary>,
        category: &[u8],
        name: &[u8],
    ) -> Option<&'d Object> {
        let objects = &self.shared.objects;
        let entries = objects.dict(resources?, category)?;
        objects.get(entries, &plain_name(name))
    }

    fn draw(&mut self, scope: &mut Scope<'d, '_>) {
        let Some(name) = scope.tokens.last_name() else { return };
        let Some(Object::Stream(stream)) = self.resource(scope.resources, b"XObject", name) else { return };
        if let Some(layer) = stream.dict.as_hashmap().get(&b"OC"[..])
            && self.shared.layers.is_off(&self.shared.objects, layer)
        {
            return;
        }
        match self.shared.objects.name(&stream.dict, b"Subtype") {
            Some(b"Image") => self.picture(&scope.state),
            // Some producers forget the subtype of forms.
            Some(b"Form") | None => self.form(stream, scope.resources, scope.state.clone()),
            _ => {}
        }
    }

    /// Draws a form with the state given, whose matrix takes the form's outer space to the page.
    pub(super) fn form(&mut self, stream: &'d Stream, outer: Option<&'d Dictionary>, mut state: State) {
        let objects = &self.shared.objects;
        let address = std::ptr::from_ref(stream).addr();
        if self.forms.contains(&address) {
            self.warn(PageWarning::FormCycle);
            return;
        }
        if self.forms.len() >= MAX_FORM_DEPTH {
            self.warn(PageWarning::TooMuch(MAX_FORM_DEPTH));
            return;
        }
        if let Some(numbers) = objects.numbers(&stream.dict, b"Matrix") {
            state.matrix = Matrix::new(numbers).then(&state.matrix);
        }
        if !state.matrix.is_finite() {
            return;
        }
        if let Some([x0, y0, x1, y1]) = objects.numbers(&stream.dict, b"BBox") {
            let bounds = state.matrix.bounds(x0, y0, x1, y1);
            if is_finite(&bounds) {
                state.narrow(&bounds);
            }
        }
        self.operators += FORM_COST;
        let content = objects.decode(stream);
        if let Some(reason) = content.problem {
            self.warn(PageWarning::Stream(reason));
        }
        if self.admit(content.bytes.len()) {
            let resources = objects.get(&stream.dict, b"Resources").and_then(as_dict).or(outer);
            self.forms.push(address);
            self.run(&content.bytes, resources, state);
            self.forms.pop();
        }
    }

    /// Notes where a picture is painted: on the unit square.
    fn picture(&mut self, state: &State) {
        if self.layers_off > 0 || state.fill.transparent {
            return;
        }
        let bounds = state.matrix.bounds(0.0, 0.0, 1.0, 1.0);
        if !is_finite(&bounds) {
            return;
        }
        if let Some(seen) = bounds.intersection(&state.clip)
            && seen.width() > 0.0
            && seen.height() > 0.0
            && self.page.pictures.len() < MAX_MARKS
        {
            self.page.pictures.push(seen);
        }
    }

    fn graphics_state(&mut self, scope: &mut Scope<'d, '_>) {
        let Some(name) = scope.tokens.last_name() else { return };
        let Some(dict) = self.resource(scope.resources, b"ExtGState", name).and_then(as_dict) else { return };
        let objects = &self.shared.objects;
        let alpha = |key: &[u8], ink: &mut Ink| {
            if let Some(alpha) = objects.number(dict, key) {
                ink.transparent = alpha <= 0.0;
            }
        };
        alpha(b"ca", &mut scope.state.fill);
        alpha(b"CA", &mut scope.state.stroke);
        if let Some(width) = objects.number(dict, b"LW") {
            scope.state.line_width = width.abs();
        }
        if let Some([Object::Array(pattern), ..]) = objects.array(dict, b"D") {
            scope.state.dashed =
                pattern.iter().any(|length| objects.as_number(length).is_some_and(|length| length > 0.0));
        }
        if let Some([font, size]) = objects.array(dict, b"Font") {
            if let Some(dict) = objects.resolve(font).and_then(as_dict) {
                scope.state.text.font = self.meet(dict);
            }
            scope.state.text.size = objects.as_number(size).unwrap_or_default();
        }
    }

    /// `Tf`: the font a name means here.
    pub(super) fn select_font(&mut self, resources: Option<&'d Dictionary>, name: &[u8]) -> Option<u16> {
        let address = resources.map_or(0, |resources| std::ptr::from_ref(resources).addr());
        let known = self.names.iter().find(|(at, known, _)| *at == address && known == name);
        if let Some((_, _, index)) = known {
            return Some(*index);
        }
        let dict = self.resource(resources, b"Font", name).and_then(as_dict)?;
        let index = self.meet(dict)?;
        self.names.push((address, name.to_vec(), index));
        Some(index)
    }

    /// The index of a font on this page.
    fn meet(&mut self, dict: &'d Dictionary) -> Option<u16> {
        if self.fonts.len() >= MAX_FONTS {
            self.warn(PageWarning::TooMuch(MAX_FONTS));
            return None;
        }
        let font = self.shared.font(dict);
        if let Some(index) = self.fonts.iter().position(|known| Arc::ptr_eq(known, &font)) {
            return u16::try_from(index).ok();
        }
        let index = u16::try_from(self.fonts.len()).ok()?;
        if font.cut {
            self.warn(PageWarning::FontTooLarge(font.name.clone()));
        }
        self.fonts.push(font);
        self.silent.push(false);
        Some(index)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Fill {
    None,
    NonZero,
    EvenOdd,
}

impl<'s> Scope<'_, 's> {
    pub(super) fn tokens(&self) -> &Tokens<'s> {
        &self.tokens
    }
}

/// The page as a clip.
pub(super) fn whole(page: &Page) -> Rect {
    Rect { x0: 0.0, y0: 0.0, x1: page.width, y1: page.height }
}
