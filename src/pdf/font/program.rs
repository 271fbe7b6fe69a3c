//! What an embedded TrueType or OpenType program tells about the characters of its glyphs, for fonts
//! whose dictionary does not: its `cmap` read backwards, and its glyph names.

use super::encoding::characters_of_name;
use super::table::Texts;
use ttf_parser::{Face, GlyphId, PlatformId, Tag};

/// Characters asked for: the planes with characters in them. A table may claim to map four thousand million.
const MAX_CHARACTER: u32 = 0x2FFFF;
/// Encodings a program has at most; real ones have up to five.
const MAX_ENCODINGS: u16 = 16;
/// Glyphs named by numbers below have standard names.
const FIRST_OWN_NAME: usize = 258;

/// Characters by glyph number; `None` where the program is unreadable or tells nothing.
pub(super) fn glyphs(program: &[u8]) -> Option<Texts> {
    let face = Face::parse(program, 0).ok()?;
    let mut texts = Texts::new();
    let mut any = false;
    let own = OwnNames::read(&face);
    for glyph in 0..face.number_of_glyphs() {
        let name = match own.index(glyph) {
            Some(index) => own.names.get(index).copied(),
            None => face.glyph_name(GlyphId(glyph)).map(str::as_bytes),
        };
        if let Some(name) = name {
            let characters = characters_of_name(name);
            any |= !characters.is_empty();
            texts.set_str(u32::from(glyph), &characters);
        }
    }
    let encodings = face.tables().cmap.iter().flat_map(|cmap| cmap.subtables.into_iter().take(MAX_ENCODINGS.into()));
    for table in encodings.filter(|table| table.is_unicode()) {
        // Several characters may share a glyph (space and no-break space, 〇 and ○); the lowest is
        // the ordinary one, so it is written last.
        for code in (0..=MAX_CHARACTER).rev() {
            if let (Some(glyph), Some(character)) = (table.glyph_index(code), char::from_u32(code)) {
                any = true;
                texts.set_char(u32::from(glyph.0), character);
            }
        }
    }
    any.then_some(texts)
}

/// Tells `set` the characters of the codes of a simple font, through the program's own encoding.
pub(super) fn codes(program: &[u8], mut set: impl FnMut(u32, &str)) {
    let Ok(face) = Face::parse(program, 0) else { return };
    let Some(texts) = glyphs(program) else { return };
    let Some(cmap) = face.tables().cmap else { return };
    for code in 0..256u32 {
        let glyph = cmap.subtables.into_iter().take(MAX_ENCODINGS.into()).find_map(|table| {
            let symbol = table.platform_id == PlatformId::Windows && table.encoding_id == 0;
            let plain = table.platform_id == PlatformId::Macintosh;
            match (symbol, plain) {
                (true, _) => table.glyph_index(0xF000 + code).or_else(|| table.glyph_index(code)),
                (_, true) => table.glyph_index(code),
                _ => None,
            }
        });
        let Some(glyph) = glyph.filter(|glyph| glyph.0 != 0) else { continue };
        match texts.get(u32::from(glyph.0)) {
            super::Text::One(character) => set(code, character.encode_utf8(&mut [0; 4])),
            super::Text::Many(text) => set(code, text),
            super::Text::Unknown => {}
        }
    }
}

/// The names of glyphs that stand in the program itself (`post`, version 2). `ttf-parser` finds each by going through
/// all before it.
struct OwnNames<'f> {
    /// By glyph: two bytes, which name it has.
    indices: &'f [u8],
    names: Vec<&'f [u8]>,
}

impl<'f> OwnNames<'f> {
    fn read(face: &Face<'f>) -> OwnNames<'f> {
        let table = face.raw_face().table(Tag::from_bytes(b"post")).unwrap_or_default();
        let mut own = OwnNames { indices: &[], names: Vec::new() };
        let (Some([0, 2, 0, 0]), Some([high, low])) = (table.get(..4), table.get(32..34)) else { return own };
        let end = 34 + 2 * usize::from(u16::from_be_bytes([*high, *low]));
        own.indices = table.get(34..end).unwrap_or_default();
        let mut rest = table.get(end..).unwrap_or_default();
        while own.names.len() < usize::from(u16::MAX)
            && let Some((&length, after)) = rest.split_first()
        {
            let (Some(name), Some(behind)) = (after.get(..length.into()), after.get(length.into()..)) else { break };
            own.names.push(name);
            rest = behind;
        }
        own
    }

    /// Which of the names is a glyph's; `None` where it has a standard one.
    fn index(&self, glyph: u16) -> Option<usize> {
        let at = 2 * usize::from(glyph);
        let [high, low] = self.indices.get(at..at + 2)? else { return None };
        usize::from(u16::from_be_bytes([*high, *low])).checked_sub(FIRST_OWN_NAME)
    }
}
