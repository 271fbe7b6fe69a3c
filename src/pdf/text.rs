//! Text operators: strings become glyphs with their places (ISO 32000-1, 9.4).

use super::font::{Shown, Text};
use super::interpret::{Interpreter, MAX_GLYPHS, Scope, whole};
use super::matrix::{Matrix, bounds_of, is_finite};
use super::state::State;
use super::tokens::Operand;
use super::{Direction, Glyph, Hidden, HiddenGlyph, PageWarning};
use crate::geometry::Rect;

/// Coordinates beyond this are nonsense; PDF itself ends at 14,400.
const FAR: f32 = 1.0e6;

/// The text matrices.
pub(super) struct TextLine {
    matrix: Matrix,
    line: Matrix,
}

impl TextLine {
    pub(super) fn new() -> Self {
        TextLine { matrix: Matrix::IDENTITY, line: Matrix::IDENTITY }
    }

    fn set(&mut self, matrix: Matrix) {
        if matrix.is_finite() {
            self.matrix = matrix;
            self.line = matrix;
        }
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.set(self.line.shifted(x, y));
    }
}

/// How the glyphs of one string lie on the page: all of them alike but for the place.
struct Setting {
    /// From em, along and across the baseline, to the page.
    place: Matrix,
    size: f32,
    direction: Direction,
    luminance: u8,
    font: u16,
    /// Why none of them is seen, whatever the clip.
    hidden: Option<Hidden>,
    ascent: f64,
    descent: f64,
    clip: Rect,
    page: Rect,
}

impl<'d> Interpreter<'d> {
    /// Text operators. Answers whether the operator is one of these.
    pub(super) fn text(&mut self, scope: &mut Scope<'d, '_>, operator: &[u8]) -> bool {
        let number = scope.tokens().numbers::<1>().map(|[number]| number);
        if matches!(operator, b"BT" | b"Td" | b"TD" | b"Tm" | b"T*" | b"'" | b"\"") {
            self.run = self.run.wrapping_add(1);
        }
        let text = &mut scope.state.text;
        match operator {
            b"BT" | b"ET" => scope.line = TextLine::new(),
            b"Tc" => text.char_space = number.unwrap_or(text.char_space),
            b"Tw" => text.word_space = number.unwrap_or(text.word_space),
            b"Tz" => text.stretch = number.map_or(text.stretch, |percent| percent / 100.0),
            b"TL" => text.leading = number.unwrap_or(text.leading),
            b"Ts" => text.rise = number.unwrap_or(text.rise),
            b"Tr" => text.mode = number.map_or(text.mode, |mode| mode as i64),
            b"Tf" => {
                text.size = number.unwrap_or(text.size);
                if let Some(name) = scope.tokens().name() {
                    scope.state.text.font = self.select_font(scope.resources, name);
                }
            }
            b"Td" => {
                if let Some([x, y]) = scope.tokens().numbers() {
                    scope.line.next_line(x, y);
                }
            }
            b"TD" => {
                if let Some([x, y]) = scope.tokens().numbers() {
                    scope.state.text.leading = -y;
                    scope.line.next_line(x, y);
                }
            }
            b"Tm" => {
                if let Some(numbers) = scope.tokens().numbers() {
                    scope.line.set(Matrix::new(numbers));
                }
            }
            b"T*" => scope.line.next_line(0.0, -scope.state.text.leading),
            b"Tj" | b"TJ" => self.show(scope),
            b"'" => {
                scope.line.next_line(0.0, -scope.state.text.leading);
                self.show(scope);
            }
            b"\"" => {
                let (word, char) = (scope.tokens().number(0), scope.tokens().number(1));
                scope.state.text.word_space = word;
                scope.state.text.char_space = char;
                scope.line.next_line(0.0, -scope.state.text.leading);
                // The spacings are no adjustments of the string.
                self.show_from(scope, 2);
            }
            _ => return false,
        }
        true
    }

    fn show(&mut self, scope: &mut Scope<'d, '_>) {
        self.show_from(scope, 0);
    }

    /// Shows the strings among the operands; numbers between them move the pen back.
    fn show_from(&mut self, scope: &mut Scope<'d, '_>, first: usize) {
        let text = scope.state.text;
        let Some(index) = text.font else { return };
        let Some(font) = self.fonts.get(usize::from(index)).cloned() else { return };
        let Some(setting) = self.setting(&scope.state, &scope.line.matrix, index) else { return };
        // How far the pen has moved along the baseline, in text space.
        let mut along = 0.0;
        let stretch = if font.vertical { 1.0 } else { text.stretch };
        let em = text.size * stretch;
        let operands = scope.tokens().operands.len();
        for at in first..operands {
            let bytes = match scope.tokens().operands.get(at) {
                Some(Operand::Number(back)) => {
                    along -= back / 1000.0 * em;
                    continue;
                }
                Some(Operand::String(range)) => scope.tokens().strings.get(range.clone()).unwrap_or_default(),
                _ => continue,
            };
            let mut rest = bytes;
            while let Some(shown) = font.next(rest).filter(|_| self.has_room()) {
                rest = rest.get(shown.bytes..).unwrap_or_default();
                // In em of the setting, which contains the size and the stretch already.
                let pen = if em != 0.0 { along / em } else { 0.0 };
                self.place(&setting, &shown, pen);
                let advance = shown.down.map_or(shown.width, |down| down.advance);
                let space = if shown.bytes == 1 && shown.code == 32 { text.word_space } else { 0.0 };
                along += advance * em + (text.char_space + space) * stretch;
            }
            if !self.has_room() {
                self.warn(PageWarning::TooMuch(MAX_GLYPHS));
                break;
            }
        }
        let (x, y) = if font.vertical { (0.0, along) } else { (along, 0.0) };
        let moved = scope.line.matrix.shifted(x, y);
        if moved.is_finite() {
            scope.line.matrix = moved;
        }
    }

    /// Are there fewer glyphs on the page than are kept?
    fn has_room(&self) -> bool {
        self.page.glyphs.len() + self.page.hidden.len() < MAX_GLYPHS
    }

    fn setting(&self, state: &State, line: &Matrix, index: u16) -> Option<Setting> {
        let font = self.fonts.get(usize::from(index))?;
        let text = &state.text;
        let em = Matrix::new([text.size * text.stretch, 0.0, 0.0, text.size, 0.0, text.rise]);
        let upright = em.then(line).then(&state.matrix);
        // A vertical font's baseline runs down; across it, the em runs to the right.
        let place = if font.vertical { Matrix::new([0.0, 1.0, 1.0, 0.0, 0.0, 0.0]).then(&upright) } else { upright };
        if !place.is_finite() {
            return None;
        }
        let (along, across) = (place.turn(1.0, 0.0), place.turn(0.0, 1.0));
        let length = along.0.hypot(along.1);
        let size = if length > 0.0 { place.area() / length } else { across.0.hypot(across.1) };
        let towards = if font.vertical { (-along.0, -along.1) } else { along };
        let hidden = self.layers_off > 0
            || matches!(text.mode, 3 | 7)
            || (matches!(text.mode, 0 | 4) && state.fill.transparent)
            || (matches!(text.mode, 1 | 5) && state.stroke.transparent);
        let ink = if matches!(text.mode, 1 | 5) { &state.stroke } else { &state.fill };
        Some(Setting {
            place,
            size: size as f32,
            direction: Direction::of(towards),
            luminance: ink.luminance,
            font: index,
            hidden: hidden.then_some(Hidden::Invisible),
            ascent: font.ascent,
            descent: font.descent,
            clip: state.clip,
            page: whole(&self.page),
        })
    }

    /// Puts the characters of one code on the page.
    fn place(&mut self, setting: &Setting, shown: &Shown<'_>, pen: f64) {
        // A vertical glyph's box lies about the baseline, as wide as the glyph.
        let (advance, low, high) = match shown.down {
            Some(down) => (down.advance, -shown.width / 2.0, shown.width / 2.0),
            None => (shown.width, setting.descent, setting.ascent),
        };
        match shown.text {
            Text::One(character) => self.put(setting, character, pen, advance, low, high),
            Text::Many(text) => {
                let share = advance / text.chars().count().max(1) as f64;
                let mut pen = pen;
                for character in text.chars() {
                    if !self.has_room() {
                        break;
                    }
                    self.put(setting, character, pen, share, low, high);
                    pen += share;
                }
            }
            Text::Unknown => {
                if let Some(silent) = self.silent.get_mut(usize::from(setting.font))
                    && !*silent
                {
                    *silent = true;
                    let name = self.fonts.get(usize::from(setting.font)).map(|font| font.name.clone());
                    self.warn(PageWarning::UnknownCharacters(name.unwrap_or_default()));
                }
                self.put(setting, char::REPLACEMENT_CHARACTER, pen, advance, low, high);
            }
        }
    }

    fn put(&mut self, setting: &Setting, unicode: char, pen: f64, advance: f64, low: f64, high: f64) {
        let place = &setting.place;
        let (x, y) = place.apply(pen, 0.0);
        let end = place.apply(pen + advance, 0.0);
        let (below, above) = (place.turn(0.0, low), place.turn(0.0, high));
        let bbox = bounds_of(&[
            (x + below.0, y + below.1),
            (x + above.0, y + above.1),
            (end.0 + below.0, end.1 + below.1),
            (end.0 + above.0, end.1 + above.1),
        ]);
        let origin = (x as f32, y as f32);
        if !is_finite(&bbox) || !setting.size.is_finite() {
            return;
        }
        let far = origin.0.abs() > FAR || origin.1.abs() > FAR;
        let glyph = Glyph {
            unicode,
            bbox,
            origin,
            size: setting.size,
            direction: setting.direction,
            luminance: setting.luminance,
            font: setting.font,
            run: self.run,
        };
        let (middle_x, middle_y) = (bbox.center_x(), bbox.center_y());
        let hidden = setting
            .hidden
            .or_else(|| (far || !setting.page.contains(middle_x, middle_y)).then_some(Hidden::OffPage))
            .or_else(|| (!setting.clip.contains(middle_x, middle_y)).then_some(Hidden::Clipped));
        match hidden {
            None => self.page.glyphs.push(glyph),
            Some(reason) => self.page.hidden.push(HiddenGlyph { glyph, reason }),
        }
    }
}
