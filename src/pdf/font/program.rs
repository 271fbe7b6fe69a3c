//! What an embedded TrueType or OpenType program tells about the characters of its glyphs, for fonts
//! whose dictionary does not: its `cmap` read backwards, and its glyph names.

use super::encoding::characters_of_name;
use super::table::Texts;
use ttf_parser::{Face, GlyphId, PlatformId};

/// Characters by glyph number; `None` where the program is unreadable or tells nothing.
pub(super) fn glyphs(program: &[u8]) -> Option<Texts> {
    let face = Face::parse(program, 0).ok()?;
    let mut texts = Texts::new();
    let mut any = false;
    for glyph in 0..face.number_of_glyphs() {
        if let Some(name) = face.glyph_name(GlyphId(glyph)) {
            let characters = characters_of_name(name.as_bytes());
            any |= !characters.is_empty();
            texts.set_str(u32::from(glyph), &characters);
        }
    }
    for table in face.tables().cmap.iter().flat_map(|cmap| cmap.subtables) {
        if !table.is_unicode() {
            continue;
        }
        let mut codes = Vec::new();
        table.codepoints(|code| codes.push(code));
        // Several characters may share a glyph (space and no-break space, 〇 and ○); the lowest is
        // the ordinary one, so it is written last.
        for code in codes.into_iter().rev() {
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
        let glyph = cmap.subtables.into_iter().find_map(|table| {
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
