//! Tables from small numbers (codes, CIDs) to something small, in blocks of 256: a lookup is two
//! array accesses, and a subset font that uses few codes fills few blocks.

use super::Text;

/// Codes above this are not kept; no font has more glyphs.
const MAX_CODE: u32 = 0xFFFF;

/// Codes that mean several characters, of one font.
const MAX_STRINGS: usize = 1 << 14;

/// What a number maps to, or a default.
pub(super) struct Table<T> {
    blocks: Vec<Option<Box<[T; 256]>>>,
    default: T,
}

impl<T: Copy> Table<T> {
    pub(super) fn new(default: T) -> Self {
        Table { blocks: Vec::new(), default }
    }

    pub(super) fn set(&mut self, code: u32, value: T) {
        if code > MAX_CODE {
            return;
        }
        let block = (code >> 8) as usize;
        if self.blocks.len() <= block {
            self.blocks.resize_with(block + 1, || None);
        }
        let default = self.default;
        if let Some(slot) = self
            .blocks
            .get_mut(block)
            .map(|block| block.get_or_insert_with(|| Box::new([default; 256])))
            .and_then(|block| block.get_mut((code & 0xFF) as usize))
        {
            *slot = value;
        }
    }

    pub(super) fn get(&self, code: u32) -> T {
        self.blocks
            .get((code >> 8) as usize)
            .and_then(Option::as_ref)
            .and_then(|block| block.get((code & 0xFF) as usize))
            .copied()
            .unwrap_or(self.default)
    }
}

/// What codes mean in characters.
pub(super) struct Texts {
    /// 0: unknown; up to 0x10FFFF: that character; with [`MANY`]: index into `strings`.
    table: Table<u32>,
    strings: Vec<Box<str>>,
    /// Not all was kept of what they were read from.
    pub(super) cut: bool,
}

const MANY: u32 = 1 << 31;

impl Texts {
    pub(super) fn new() -> Self {
        Texts { table: Table::new(0), strings: Vec::new(), cut: false }
    }

    pub(super) fn set_char(&mut self, code: u32, character: char) {
        // NUL and U+FFFD are what producers write where they do not know either.
        if character != '\0' && character != char::REPLACEMENT_CHARACTER {
            self.table.set(code, u32::from(character));
        }
    }

    pub(super) fn set_str(&mut self, code: u32, text: &str) {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) => self.set_char(code, one),
            (None, _) => {}
            _ if self.strings.len() >= MAX_STRINGS => self.cut = true,
            _ => {
                self.table.set(code, MANY | self.strings.len() as u32);
                self.strings.push(text.into());
            }
        }
    }

    pub(super) fn get(&self, code: u32) -> Text<'_> {
        match self.table.get(code) {
            0 => Text::Unknown,
            value if value & MANY != 0 => {
                self.strings.get((value & !MANY) as usize).map_or(Text::Unknown, |text| Text::Many(text))
            }
            value => char::from_u32(value).map_or(Text::Unknown, Text::One),
        }
    }
}
