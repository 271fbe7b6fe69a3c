//! Simple fonts: one byte a code (Type 1, TrueType, MMType1, Type 3).

use super::encoding::{Base, characters_of_name};
use super::standard::{self, Standard};
use super::table::Texts;
use super::{Shown, Text, cmap, embedded, program};
use crate::pdf::objects::{Objects, as_dict};
use crate::pdf::tokens::plain_name;
use lopdf::{Dictionary, Object};
use std::borrow::Cow;

/// Symbolic, in a font descriptor's flags: the font has an encoding of its own.
const SYMBOLIC: i64 = 4;

/// A font with one byte a code.
pub(super) struct Simple {
    texts: Texts,
    /// In em.
    widths: [f32; 256],
    /// Its `/ToUnicode` is larger than is read.
    pub(super) cut: bool,
}

impl Simple {
    pub(super) fn read(objects: &Objects, dict: &Dictionary, name: &str) -> Simple {
        let descriptor = objects.dict(dict, b"FontDescriptor");
        let flags = descriptor.and_then(|it| objects.integer(it, b"Flags")).unwrap_or_default();
        let is_type3 = objects.name(dict, b"Subtype") == Some(b"Type3");
        let standard = if is_type3 { None } else { standard::of_name(name) };
        let names = glyph_names(objects, dict, standard, flags);

        let mut texts = Texts::new();
        let encoded = objects.get(dict, b"Encoding").is_some();
        for (code, name) in (0u32..).zip(&names) {
            if !name.is_empty() {
                texts.set_str(code, &characters_of_name(name));
            }
        }
        // A symbolic font's program knows better than the standard encoding; where an encoding is
        // given, the program fills its gaps.
        if descriptor.is_some()
            && objects.get(dict, b"ToUnicode").is_none()
            && (!encoded || flags & SYMBOLIC != 0)
            && let Some(program) = embedded(objects, dict)
        {
            program::codes(&program, |code, text| {
                if !encoded || texts.get(code) == Text::Unknown {
                    texts.set_str(code, text);
                }
            });
        }
        let mut cut = false;
        if let Some(Object::Stream(stream)) = objects.get(dict, b"ToUnicode") {
            let mapped = cmap::to_unicode(objects, stream);
            cut = mapped.cut;
            for code in 0..256 {
                match mapped.get(code) {
                    Text::One(character) => texts.set_char(code, character),
                    Text::Many(text) => texts.set_str(code, text),
                    Text::Unknown => {}
                }
            }
        }
        let widths =
            widths(objects, dict, descriptor, &names, standard.or_else(|| standard::of_flags(flags)), is_type3);
        Simple { texts, widths, cut }
    }

    pub(super) fn next(&self, bytes: &[u8]) -> Option<Shown<'_>> {
        let byte = *bytes.first()?;
        let code = u32::from(byte);
        let width = self.widths.get(usize::from(byte)).copied().unwrap_or_default();
        Some(Shown { bytes: 1, code, width: f64::from(width), text: self.texts.get(code), down: None })
    }
}

/// Glyph names by code.
fn glyph_names<'a>(
    objects: &'a Objects,
    dict: &'a Dictionary,
    standard: Option<&'static Standard>,
    flags: i64,
) -> Vec<Cow<'a, [u8]>> {
    let encoding = objects.get(dict, b"Encoding");
    let named = match encoding {
        Some(Object::Name(name)) => Base::of_name(name),
        Some(other) => as_dict(other).and_then(|dict| objects.name(dict, b"BaseEncoding")).and_then(Base::of_name),
        None => None,
    };
    let base: &[&'static str; 256] = match (named, standard) {
        (_, Some(standard)) if standard.symbolic => &standard.names,
        (Some(base), _) => base.names(),
        // Without an encoding, TrueType fonts are written by Windows programs.
        (None, _) if objects.name(dict, b"Subtype") == Some(b"TrueType") && flags & SYMBOLIC == 0 => {
            Base::WinAnsi.names()
        }
        _ => Base::Standard.names(),
    };
    let mut names: Vec<Cow<'a, [u8]>> = base.iter().map(|name| Cow::Borrowed(name.as_bytes())).collect();
    let differences = encoding.and_then(as_dict).and_then(|dict| objects.array(dict, b"Differences"));
    let mut code = 0usize;
    for item in differences.unwrap_or_default() {
        match objects.resolve(item) {
            Some(Object::Name(name)) => {
                if let Some(slot) = names.get_mut(code) {
                    *slot = plain_name(name);
                }
                code += 1;
            }
            Some(other) => {
                if let Some(value) = objects.as_number(other) {
                    code = value.clamp(0.0, 256.0) as usize;
                }
            }
            None => {}
        }
    }
    names
}

/// Widths in em by code.
fn widths(
    objects: &Objects,
    dict: &Dictionary,
    descriptor: Option<&Dictionary>,
    names: &[Cow<'_, [u8]>],
    standard: Option<&'static Standard>,
    is_type3: bool,
) -> [f32; 256] {
    // The widths of a Type 3 font are in its own glyph space.
    let unit = if is_type3 {
        objects.numbers::<6>(dict, b"FontMatrix").map_or(0.001, |matrix| matrix.first().map_or(0.001, |a| a.abs()))
    } else {
        0.001
    };
    let mut widths = [0.0f32; 256];
    if let Some(list) = objects.array(dict, b"Widths") {
        let missing = descriptor.and_then(|it| objects.number(it, b"MissingWidth")).unwrap_or_default();
        widths.fill((missing * unit) as f32);
        let first = objects.integer(dict, b"FirstChar").unwrap_or_default().clamp(0, 256) as usize;
        for (slot, width) in widths.iter_mut().skip(first).zip(list) {
            *slot = (objects.as_number(width).unwrap_or_default() * unit) as f32;
        }
    } else if let Some(standard) = standard {
        for (slot, name) in widths.iter_mut().zip(names) {
            let width = std::str::from_utf8(name).ok().and_then(|name| standard.width(name));
            *slot = (width.unwrap_or_default() * unit) as f32;
        }
    }
    widths
}
