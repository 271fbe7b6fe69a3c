//! Encodings of simple fonts: codes → glyph names → characters.
//!
//! The tables are data files: Adobe's glyph list and the encodings of ISO 32000-1, annex D.

use std::borrow::Cow;
use std::sync::OnceLock;

const GLYPHS: &str = include_str!("../data/glyphs.txt");
const ENCODINGS: &str = include_str!("../data/encodings.txt");

/// An encoding every reader knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    Standard,
    MacRoman,
    WinAnsi,
    PdfDoc,
}

impl Base {
    pub(super) fn of_name(name: &[u8]) -> Option<Base> {
        match name {
            b"StandardEncoding" => Some(Base::Standard),
            b"MacRomanEncoding" => Some(Base::MacRoman),
            b"WinAnsiEncoding" => Some(Base::WinAnsi),
            b"PDFDocEncoding" => Some(Base::PdfDoc),
            _ => None,
        }
    }

    /// Glyph names by code; empty where there is none.
    pub(super) fn names(self) -> &'static [&'static str; 256] {
        static NAMES: OnceLock<[[&'static str; 256]; 4]> = OnceLock::new();
        let names = NAMES.get_or_init(|| {
            let mut names = [[""; 256]; 4];
            for line in ENCODINGS.lines().filter(|line| !line.starts_with('#')) {
                let mut fields = line.split(' ');
                let Some(name) = fields.next() else { continue };
                for (encoding, code) in names.iter_mut().zip(fields) {
                    if let Some(slot) = code.parse::<usize>().ok().and_then(|code| encoding.get_mut(code)) {
                        *slot = name;
                    }
                }
            }
            // WinAnsi shows a bullet for every code above 0x7F that it leaves open.
            for slot in names[2].iter_mut().skip(0x80).filter(|slot| slot.is_empty()) {
                *slot = "bullet";
            }
            names
        });
        match self {
            Base::Standard => &names[0],
            Base::MacRoman => &names[1],
            Base::WinAnsi => &names[2],
            Base::PdfDoc => &names[3],
        }
    }
}

/// The characters a glyph name stands for; empty where nobody knows.
pub(super) fn characters_of_name(name: &[u8]) -> Cow<'static, str> {
    let Ok(name) = std::str::from_utf8(name) else { return Cow::Borrowed("") };
    // `a.sc` is a variant of `a`; `f_i` is a ligature of `f` and `i` (AGL specification).
    let stem = name.split('.').next().unwrap_or_default();
    if let Some(characters) = listed(stem) {
        return Cow::Borrowed(characters);
    }
    let characters: String =
        stem.split('_').flat_map(|part| characters_of_part(part).chars().collect::<Vec<_>>()).collect();
    Cow::Owned(characters)
}

fn characters_of_part(part: &str) -> String {
    if let Some(characters) = listed(part) {
        return characters.to_owned();
    }
    if let Some(hex) = part.strip_prefix("uni")
        && hex.len() >= 4
        && hex.len() % 4 == 0
        && hex.is_ascii()
    {
        let units: Option<Vec<u16>> = hex
            .as_bytes()
            .chunks_exact(4)
            .map(|unit| std::str::from_utf8(unit).ok().and_then(|unit| u16::from_str_radix(unit, 16).ok()))
            .collect();
        return units.map(|units| String::from_utf16_lossy(&units)).unwrap_or_default();
    }
    if let Some(hex) = part.strip_prefix('u')
        && (4..=6).contains(&hex.len())
        && let Some(character) = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)
    {
        return character.to_string();
    }
    String::new()
}

/// Looks a name up in the glyph list.
fn listed(name: &str) -> Option<&'static str> {
    static LIST: OnceLock<Vec<(&'static str, String)>> = OnceLock::new();
    let list = LIST.get_or_init(|| {
        let lines = GLYPHS.lines().filter(|line| !line.starts_with('#'));
        let entries = lines.filter_map(|line| {
            let (name, codes) = line.split_once(' ')?;
            let characters =
                codes.split(' ').filter_map(|code| u32::from_str_radix(code, 16).ok().and_then(char::from_u32));
            Some((name, characters.collect()))
        });
        let mut list: Vec<_> = entries.collect();
        list.sort_unstable();
        list
    });
    let index = list.binary_search_by_key(&name, |(name, _)| name).ok()?;
    list.get(index).map(|(_, characters)| characters.as_str())
}
