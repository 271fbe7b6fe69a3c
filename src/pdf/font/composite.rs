//! Composite fonts (Type 0): codes of one to four bytes select CIDs through a CMap; a CID selects a
//! glyph, and with it the advance.

use super::cmap::{self, CodeSpace};
use super::table::{Table, Texts};
use super::{Down, Shown, Text, embedded, program};
use crate::pdf::objects::Objects;
use crate::pdf::tokens::plain_name;
use hayro_cmap::{CMap, CidFamily, WritingMode};
use lopdf::{Dictionary, Object};
use std::sync::Arc;

/// Where `/DW` is missing.
const DEFAULT_WIDTH: f64 = 1000.0;
/// Where `/DW2` is missing: a whole em downwards.
const DEFAULT_DOWN: f64 = -1000.0;
/// A range of widths is read no further than CIDs go.
const MAX_CID: i64 = 0xFFFF;
/// More widths than this, one after the other, are not read: there are no more CIDs.
const MAX_WIDTHS: usize = 1 << 17;

/// A font with codes of several bytes.
pub(super) struct Composite {
    space: CodeSpace,
    cids: Cids,
    /// `/ToUnicode`, by code.
    by_code: Option<Texts>,
    /// The codes are Unicode themselves.
    code_is_unicode: bool,
    /// What the CIDs mean, by their character collection; asked last, because it costs milliseconds
    /// to read and most fonts tell by themselves.
    collection: Option<CidFamily>,
    /// What the CIDs mean, by the embedded font program.
    by_program: Option<Texts>,
    widths: Table<f32>,
    downs: Option<Table<f32>>,
    /// One of these tables is larger than is read.
    pub(super) cut: bool,
}

/// How a code selects a CID.
enum Cids {
    /// The code is the CID.
    Identity,
    Map(Arc<CMap>),
    /// The code is a character; the map is in UTF-16.
    Unicode(Arc<CMap>),
}

impl Composite {
    /// Reads a Type 0 font and its descendant.
    pub(super) fn read(objects: &Objects, dict: &Dictionary, descendant: &Dictionary) -> Composite {
        let encoding = objects.get(dict, b"Encoding");
        let encoded = Encoded::read(objects, encoding);
        let family = family(objects, descendant)
            .or_else(|| encoded.family.clone())
            .filter(|family| family.ucs2_cmap().is_some());

        let mut code_is_unicode = encoded.code_is_unicode;
        let mut by_code = None;
        match objects.get(dict, b"ToUnicode") {
            Some(Object::Stream(stream)) => by_code = Some(cmap::to_unicode(objects, stream)),
            // A name says that the codes are Unicode already.
            Some(Object::Name(name)) if name.starts_with(b"Identity") => code_is_unicode = true,
            _ => {}
        }
        let by_program = if by_code.is_none() && family.is_none() && !code_is_unicode {
            program_texts(objects, descendant)
        } else {
            None
        };
        let mut cut = encoded.cut || by_code.as_ref().is_some_and(|texts| texts.cut);
        let downs = encoded.vertical.then(|| downs(objects, descendant, &mut cut));
        let widths = widths(objects, descendant, &mut cut);
        Composite {
            space: encoded.space,
            cids: encoded.cids,
            by_code,
            code_is_unicode,
            collection: family,
            by_program,
            widths,
            downs,
            cut,
        }
    }

    pub(super) fn is_vertical(&self) -> bool {
        self.downs.is_some()
    }

    pub(super) fn next(&self, bytes: &[u8]) -> Option<Shown<'_>> {
        if bytes.is_empty() {
            return None;
        }
        let length = self.space.length(bytes);
        let code = bytes.get(..length)?.iter().fold(0u32, |code, byte| code << 8 | u32::from(*byte));
        let character = if self.code_is_unicode { self.unicode(bytes.get(..length)?, code) } else { None };
        let cid = match &self.cids {
            Cids::Identity => code,
            Cids::Map(map) => map.lookup_cid_code(code, length as u8).unwrap_or_default(),
            Cids::Unicode(map) => character.map_or(0, |character| cid_of(map, character)),
        };
        let text = self.text(code, cid, character);
        let width = f64::from(self.widths.get(cid));
        let down = self.downs.as_ref().map(|downs| Down { advance: f64::from(downs.get(cid)) });
        Some(Shown { bytes: length, code, width, text, down })
    }

    fn text(&self, code: u32, cid: u32, character: Option<char>) -> Text<'_> {
        let mut text = self.by_code.as_ref().map_or(Text::Unknown, |texts| texts.get(code));
        if text == Text::Unknown
            && let Some(character) = character
        {
            text = Text::One(character);
        }
        if text == Text::Unknown
            && let Some(texts) = self.collection.as_ref().and_then(cmap::collection)
        {
            text = texts.get(cid);
        }
        if text == Text::Unknown
            && let Some(texts) = &self.by_program
        {
            text = texts.get(cid);
        }
        text
    }

    /// The character a Unicode code is.
    fn unicode(&self, bytes: &[u8], code: u32) -> Option<char> {
        match (&self.space, bytes) {
            (CodeSpace::Utf16, [a, b, c, d]) => {
                let pair = [u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d])];
                char::decode_utf16(pair).next()?.ok()
            }
            (CodeSpace::Utf8, bytes) => std::str::from_utf8(bytes).ok()?.chars().next(),
            _ => char::from_u32(code).filter(|character| *character != '\0'),
        }
    }
}

/// What the `/Encoding` of a composite font tells.
struct Encoded {
    space: CodeSpace,
    cids: Cids,
    vertical: bool,
    code_is_unicode: bool,
    family: Option<CidFamily>,
    /// It is larger than is read.
    cut: bool,
}

impl Encoded {
    fn read(objects: &Objects, encoding: Option<&Object>) -> Encoded {
        match encoding {
            Some(Object::Name(name)) => Encoded::predefined(&plain_name(name)),
            Some(Object::Stream(stream)) => {
                let bytes = objects.decode_up_to(stream, cmap::MAX_BYTES).bytes;
                let base = match objects.get(&stream.dict, b"UseCMap") {
                    Some(Object::Name(name)) => Some(name.clone()),
                    _ => cmap::base_name(&bytes),
                };
                let base_space = base.as_deref().map(CodeSpace::of_name);
                let parsed = cmap::embedded(&bytes);
                let mode = parsed.as_ref().and_then(|map| map.metadata().writing_mode);
                let vertical =
                    objects.integer(&stream.dict, b"WMode") == Some(1) || mode == Some(WritingMode::Vertical);
                let family = parsed
                    .as_ref()
                    .and_then(|map| map.metadata().character_collection.as_ref())
                    .map(|collection| collection.family.clone());
                let cids = parsed.map_or(Cids::Identity, Cids::Map);
                let (space, cut) = CodeSpace::of_stream(&bytes, base_space);
                let cut = cut || bytes.len() >= cmap::MAX_BYTES;
                Encoded { space, cids, vertical, code_is_unicode: false, family, cut }
            }
            _ => Encoded::predefined(b"Identity-H"),
        }
    }

    fn predefined(name: &[u8]) -> Encoded {
        let vertical = name.ends_with(b"-V") || name == b"V";
        let space = CodeSpace::of_name(name);
        if name.starts_with(b"Identity") {
            return Encoded { space, cids: Cids::Identity, vertical, code_is_unicode: false, family: None, cut: false };
        }
        let code_is_unicode = name.starts_with(b"Uni");
        let family = match name {
            name if name.starts_with(b"UniGB") || name.starts_with(b"GB") => Some(CidFamily::AdobeGB1),
            name if name.starts_with(b"UniCNS") || name.starts_with(b"UniHK") => Some(CidFamily::AdobeCNS1),
            name if name.starts_with(b"UniJIS") => Some(CidFamily::AdobeJapan1),
            name if name.starts_with(b"UniKS") || name.starts_with(b"KSC") => Some(CidFamily::AdobeKorea1),
            _ => None,
        };
        let map = cmap::predefined(name);
        let family = family.or_else(|| Some(map.as_ref()?.metadata().character_collection.as_ref()?.family.clone()));
        let by_unicode = || {
            let name = family.as_ref()?.unicode_cmap()?;
            cmap::predefined(name.to_bytes())
        };
        let cids = match map {
            Some(map) => Cids::Map(map),
            // UTF-8 and UTF-32 CMaps are not among the embedded ones; their UTF-16 brothers are.
            None if code_is_unicode => by_unicode().map_or(Cids::Identity, Cids::Unicode),
            None => Cids::Identity,
        };
        Encoded { space, cids, vertical, code_is_unicode, family, cut: false }
    }
}

fn cid_of(map: &CMap, character: char) -> u32 {
    let mut units = [0u16; 2];
    match character.encode_utf16(&mut units) {
        [unit] => map.lookup_cid_code(u32::from(*unit), 2).unwrap_or_default(),
        [high, low] => map.lookup_cid_code(u32::from(*high) << 16 | u32::from(*low), 4).unwrap_or_default(),
        _ => 0,
    }
}

/// The character collection a descendant font names.
fn family(objects: &Objects, descendant: &Dictionary) -> Option<CidFamily> {
    let info = objects.dict(descendant, b"CIDSystemInfo")?;
    let text = |key: &[u8]| match objects.get(info, key) {
        Some(Object::String(bytes, _)) => Some(bytes.as_slice()),
        _ => None,
    };
    let family = CidFamily::from_registry_ordering(text(b"Registry")?, text(b"Ordering")?);
    match family {
        CidFamily::AdobeIdentity | CidFamily::Custom { .. } => None,
        known => Some(known),
    }
}

/// Characters by CID from the embedded program.
fn program_texts(objects: &Objects, descendant: &Dictionary) -> Option<Texts> {
    let program = embedded(objects, descendant)?;
    let glyphs = program::glyphs(&program)?;
    let Some(Object::Stream(stream)) = objects.get(descendant, b"CIDToGIDMap") else {
        return Some(glyphs);
    };
    let map = objects.decode(stream).bytes;
    let mut texts = Texts::new();
    for (cid, pair) in (0u32..).zip(map.chunks_exact(2)) {
        let [high, low] = pair else { continue };
        match glyphs.get(u32::from(u16::from_be_bytes([*high, *low]))) {
            Text::One(character) => texts.set_char(cid, character),
            Text::Many(text) => texts.set_str(cid, text),
            Text::Unknown => {}
        }
    }
    Some(texts)
}

/// `/W`: `c [w …]` gives widths one by one, `c1 c2 w` one width for a range. In em.
fn widths(objects: &Objects, descendant: &Dictionary, cut: &mut bool) -> Table<f32> {
    let default = objects.number(descendant, b"DW").unwrap_or(DEFAULT_WIDTH);
    let mut widths = Table::new((default / 1000.0) as f32);
    *cut |= runs(objects, objects.array(descendant, b"W").unwrap_or_default(), 1, |cid, values| {
        if let Some(width) = values.first() {
            widths.set(cid, (*width / 1000.0) as f32);
        }
    });
    widths
}

/// `/W2` and `/DW2`: the vertical advance, in em. The shift of the origin is not kept: glyph boxes
/// hang from the middle of their top edge whatever the font says.
fn downs(objects: &Objects, descendant: &Dictionary, cut: &mut bool) -> Table<f32> {
    let default = objects.numbers::<2>(descendant, b"DW2").map_or(DEFAULT_DOWN, |[_, down]| down);
    let mut downs = Table::new((default / 1000.0) as f32);
    *cut |= runs(objects, objects.array(descendant, b"W2").unwrap_or_default(), 3, |cid, values| {
        if let Some(down) = values.first() {
            downs.set(cid, (*down / 1000.0) as f32);
        }
    });
    downs
}

/// Walks a `/W` or `/W2` array with `size` numbers a CID. Answers whether it is larger than is read.
fn runs(objects: &Objects, items: &[Object], size: usize, mut set: impl FnMut(u32, &[f64])) -> bool {
    let mut at = 0;
    let mut count: usize = 0;
    let mut values = Vec::new();
    while let Some(first) = items.get(at).and_then(|item| objects.as_number(item)) {
        let first = first as i64;
        match items.get(at + 1).and_then(|item| objects.resolve(item)) {
            Some(Object::Array(list)) => {
                values.clear();
                values.extend(list.iter().map(|item| objects.as_number(item).unwrap_or_default()));
                count += values.len();
                for (cid, chunk) in (first..=i64::MAX).zip(values.chunks(size)) {
                    if let Ok(cid) = u32::try_from(cid) {
                        set(cid, chunk);
                    }
                }
                at += 2;
            }
            Some(last) => {
                let last = objects.as_number(last).unwrap_or(-1.0) as i64;
                values.clear();
                let numbers = items.get(at + 2..).unwrap_or_default().iter().take(size);
                values.extend(numbers.filter_map(|item| objects.as_number(item)));
                for cid in first.max(0)..=last.min(MAX_CID) {
                    set(cid as u32, &values);
                    count += 1;
                }
                at += 2 + size;
            }
            None => break,
        }
        if count > MAX_WIDTHS {
            return true;
        }
    }
    false
}
