//! Fonts: from the bytes of a shown string to characters and advances.
//!
//! A [`Font`] is what one font dictionary tells, read once a document. [`Font::next`] takes one code
//! off a string and answers with its character and width; outlines are never looked at.

mod cmap;
mod composite;
mod encoding;
mod program;
mod simple;
mod standard;
mod table;

use super::objects::{Objects, as_dict};
use super::tokens::plain_name;
use lopdf::{Dictionary, Object};
use std::borrow::Cow;

/// The font's own ascent is believed between these, in em; else the nominal one is taken.
const ASCENTS: std::ops::RangeInclusive<f64> = 0.5..=1.3;
const DESCENTS: std::ops::RangeInclusive<f64> = -0.6..=-0.05;
const NOMINAL: (f64, f64) = (0.8, -0.2);

/// What one font dictionary tells.
pub(super) struct Font {
    /// Its `/BaseFont`, without the tag of a subset.
    pub(super) name: String,
    /// Em above the baseline.
    pub(super) ascent: f64,
    /// Em below the baseline, negative.
    pub(super) descent: f64,
    /// Is it written downwards?
    pub(super) vertical: bool,
    /// Some table of it is larger than is read.
    pub(super) cut: bool,
    coding: Coding,
}

enum Coding {
    Simple(Box<simple::Simple>),
    Composite(Box<composite::Composite>),
}

/// One code of a shown string.
pub(super) struct Shown<'a> {
    /// How many bytes the code takes.
    pub(super) bytes: usize,
    /// The code itself.
    pub(super) code: u32,
    /// Horizontal advance in em.
    pub(super) width: f64,
    /// What the code means.
    pub(super) text: Text<'a>,
    /// For vertical fonts: the advance downwards (negative) and the shift of the origin, in em.
    pub(super) down: Option<Down>,
}

/// What a code means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Text<'a> {
    /// The font does not tell.
    Unknown,
    One(char),
    /// Several characters, or none.
    Many(&'a str),
}

/// Vertical metrics of one glyph, in em.
#[derive(Clone, Copy, Debug)]
pub(super) struct Down {
    pub(super) advance: f64,
}

impl Font {
    /// Reads a font dictionary. What is missing or absurd is replaced by what the standard says or by
    /// what is usual, so this cannot fail.
    pub(super) fn read(objects: &Objects, dict: &Dictionary) -> Font {
        let base = objects.name(dict, b"BaseFont").or_else(|| objects.name(dict, b"Name")).unwrap_or_default();
        let name = without_subset_tag(&readable(base)).to_owned();
        let descendant = objects
            .array(dict, b"DescendantFonts")
            .and_then(|fonts| fonts.first())
            .and_then(|font| objects.resolve(font))
            .or_else(|| objects.get(dict, b"DescendantFonts"))
            .and_then(as_dict);
        let is_composite = objects.name(dict, b"Subtype") == Some(b"Type0") || descendant.is_some();
        let described = if is_composite { descendant.unwrap_or(dict) } else { dict };
        let (ascent, descent) = heights(objects, described);
        let coding = if is_composite {
            Coding::Composite(Box::new(composite::Composite::read(objects, dict, described)))
        } else {
            Coding::Simple(Box::new(simple::Simple::read(objects, dict, &name)))
        };
        let vertical = matches!(&coding, Coding::Composite(font) if font.is_vertical());
        let cut = match &coding {
            Coding::Simple(font) => font.cut,
            Coding::Composite(font) => font.cut,
        };
        Font { name, ascent, descent, vertical, cut, coding }
    }

    /// Takes the next code off `bytes`; `None` where they are used up.
    pub(super) fn next(&self, bytes: &[u8]) -> Option<Shown<'_>> {
        match &self.coding {
            Coding::Simple(font) => font.next(bytes),
            Coding::Composite(font) => font.next(bytes),
        }
    }
}

/// Ascent and descent in em, believed only within reason.
fn heights(objects: &Objects, dict: &Dictionary) -> (f64, f64) {
    let Some(descriptor) = objects.dict(dict, b"FontDescriptor") else { return NOMINAL };
    let ascent = objects.number(descriptor, b"Ascent").unwrap_or(0.0) / 1000.0;
    // Some producers write the descent as a positive distance.
    let descent = -(objects.number(descriptor, b"Descent").unwrap_or(0.0) / 1000.0).abs();
    if ASCENTS.contains(&ascent) && DESCENTS.contains(&descent) { (ascent, descent) } else { NOMINAL }
}

/// `ABCDEF+SimSun` → `SimSun`.
fn without_subset_tag(name: &str) -> &str {
    match name.split_once('+') {
        Some((tag, rest)) if tag.len() == 6 && tag.bytes().all(|byte| byte.is_ascii_uppercase()) => rest,
        _ => name,
    }
}

/// A font's name for people: Chinese names are written in GBK or UTF-8 and escaped.
fn readable(name: &[u8]) -> String {
    let plain: Cow<'_, [u8]> = plain_name(name);
    match std::str::from_utf8(&plain) {
        Ok(name) => name.to_owned(),
        Err(_) => String::from_utf8_lossy(&plain).into_owned(),
    }
}

/// The font program embedded in a font, with the key it stands under.
fn embedded<'a>(objects: &'a Objects, dict: &'a Dictionary) -> Option<Cow<'a, [u8]>> {
    let descriptor = objects.dict(dict, b"FontDescriptor")?;
    let file = [&b"FontFile2"[..], b"FontFile3"].iter().find_map(|key| objects.get(descriptor, key))?;
    match file {
        Object::Stream(stream) => Some(objects.decode(stream).bytes),
        _ => None,
    }
}

/// Reads `bytes` as both kinds of CMap, and all codes of `text` by them.
#[cfg(feature = "fuzzing")]
pub(super) fn read_by(bytes: &[u8], text: &[u8]) {
    let document = lopdf::Document::new();
    let objects = Objects::new(document);
    let stream = || Object::Stream(lopdf::Stream::new(Dictionary::new(), bytes.to_vec()));
    let mut simple = Dictionary::new();
    simple.set("ToUnicode", stream());
    let mut composite = simple.clone();
    composite.set("Subtype", Object::Name(b"Type0".to_vec()));
    composite.set("Encoding", stream());
    let mut bare = composite.clone();
    bare.remove(b"ToUnicode");
    for dict in [simple, composite, bare] {
        let font = Font::read(&objects, &dict);
        let mut rest = text;
        while let Some(shown) = font.next(rest) {
            rest = rest.get(shown.bytes..).unwrap_or_default();
        }
    }
}
