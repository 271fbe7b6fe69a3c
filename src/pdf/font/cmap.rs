//! CMaps: how bytes are cut into codes, which CID a code selects, what characters a code means.
//!
//! Three kinds are met: `/ToUnicode` streams (read here, into [`Texts`]), encodings embedded in the
//! document (CIDs read by `hayro-cmap`, code lengths here) and the predefined ones (`hayro-cmap`).

use super::encoding;
use super::table::Texts;
use crate::pdf::objects::Objects;
use crate::pdf::tokens::{Operand, Tokens, plain_name};
use hayro_cmap::{BfString, CMap, CMapName, CidFamily};
use lopdf::Stream;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// More codes than this in one ToUnicode map are not read.
const MAX_MAPPED: usize = 1 << 18;
/// Bytes of the text one code means; real ligatures have up to ten.
const MAX_TEXT: usize = 512;
/// More ranges of codes than this in one CMap are not read; real ones have up to ten.
const MAX_RANGES: usize = 256;
/// Longer CMaps are not read to their end.
pub(super) const MAX_BYTES: usize = 4 << 20;

/// CIDs a collection has at most.
const MAX_CID: u32 = 0xFFFF;

/// Reads a `/ToUnicode` stream. Whatever is not understood in it is skipped.
pub(super) fn to_unicode(objects: &Objects, stream: &Stream) -> Texts {
    let bytes = &*objects.decode_up_to(stream, MAX_BYTES).bytes;
    let mut texts = Texts::new();
    texts.cut = bytes.len() >= MAX_BYTES;
    let mut mapped = 0;
    let mut tokens = Tokens::new(bytes);
    while let Some(word) = tokens.next() {
        match word {
            b"endbfchar" => bf_chars(&tokens, bytes, &mut texts, &mut mapped),
            b"endbfrange" => bf_ranges(&tokens, &mut texts, &mut mapped),
            _ => {}
        }
        if mapped > MAX_MAPPED {
            texts.cut = true;
            break;
        }
    }
    texts
}

fn bf_chars(tokens: &Tokens<'_>, bytes: &[u8], texts: &mut Texts, mapped: &mut usize) {
    for pair in tokens.operands.chunks_exact(2) {
        let [Operand::String(code), target] = pair else { continue };
        let Some(code) = tokens.strings.get(code.clone()).and_then(number) else { continue };
        *mapped += 1;
        match target {
            Operand::String(text) => {
                let units = tokens.strings.get(text.clone()).unwrap_or_default();
                set_utf16(texts, code, units, 0);
            }
            Operand::Name(name) => {
                let name = bytes.get(name.clone()).unwrap_or_default();
                texts.set_str(code, &encoding::characters_of_name(&plain_name(name)));
            }
            _ => {}
        }
    }
}

fn bf_ranges(tokens: &Tokens<'_>, texts: &mut Texts, mapped: &mut usize) {
    let string = |operand: Option<&Operand>| match operand {
        Some(Operand::String(range)) => tokens.strings.get(range.clone()),
        _ => None,
    };
    let mut at = 0;
    while at + 2 < tokens.operands.len() {
        let low = string(tokens.operands.get(at)).and_then(number);
        let high = string(tokens.operands.get(at + 1)).and_then(number);
        let (Some(low), Some(high)) = (low, high) else {
            at += 1;
            continue;
        };
        let high = high.min(low.saturating_add(0xFFFF));
        at += 2;
        if tokens.operands.get(at) == Some(&Operand::ArrayStart) {
            at += 1;
            let mut code = low;
            while let Some(units) = string(tokens.operands.get(at)) {
                if code <= high {
                    set_utf16(texts, code, units, 0);
                }
                code = code.saturating_add(1);
                *mapped += 1;
                at += 1;
            }
            at += 1; // the closing bracket
        } else {
            if let Some(units) = string(tokens.operands.get(at)) {
                for code in low..=high {
                    set_utf16(texts, code, units, code - low);
                    *mapped += 1;
                    if *mapped > MAX_MAPPED {
                        return;
                    }
                }
            }
            at += 1;
        }
    }
}

/// Big-endian bytes as a number; codes have up to four.
fn number(bytes: &[u8]) -> Option<u32> {
    if bytes.is_empty() || bytes.len() > 4 {
        return None;
    }
    Some(bytes.iter().fold(0, |value, byte| value << 8 | u32::from(*byte)))
}

/// Maps `code` to UTF-16 text whose last unit is `offset` higher than written.
fn set_utf16(texts: &mut Texts, code: u32, bytes: &[u8], offset: u32) {
    texts.cut |= bytes.len() > MAX_TEXT;
    let bytes = bytes.get(..MAX_TEXT).unwrap_or(bytes);
    if let [byte] = bytes {
        if let Some(character) = char::from_u32(u32::from(*byte) + offset) {
            texts.set_char(code, character);
        }
        return;
    }
    if let [high, low] = bytes {
        let unit = u32::from(u16::from_be_bytes([*high, *low])) + offset;
        if let Some(character) = char::from_u32(unit) {
            texts.set_char(code, character);
        }
        return;
    }
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [high, low] => u16::from_be_bytes([*high, *low]),
        _ => 0,
    });
    let mut text: Vec<char> =
        char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    if offset > 0
        && let Some(last) = text.last_mut()
        && let Some(moved) = char::from_u32(u32::from(*last) + offset)
    {
        *last = moved;
    }
    // Trailing NULs are padding.
    while text.last() == Some(&'\0') {
        text.pop();
    }
    texts.set_str(code, &text.iter().collect::<String>());
}

/// How bytes are cut into codes.
pub(super) enum CodeSpace {
    /// Every code has two bytes.
    Two,
    /// Bytes up to 0x80 and 0xFF alone, others in pairs (GBK, EUC, Big Five, UHC).
    Mixed,
    /// As `Mixed`, and four bytes where the second is a digit (GB 18030).
    Gb18030,
    /// As `Mixed`, and half-width kana alone.
    ShiftJis,
    /// As `Mixed`, and four bytes after 0x8E.
    CnsEuc,
    /// Two bytes, or a surrogate pair.
    Utf16,
    /// One to four bytes.
    Utf8,
    /// Four bytes.
    Utf32,
    /// What an embedded CMap says: length, lowest, highest code.
    Ranges(Vec<(usize, u32, u32)>),
}

impl CodeSpace {
    /// Of a predefined CMap.
    pub(super) fn of_name(name: &[u8]) -> CodeSpace {
        let has = |part: &[u8]| name.windows(part.len()).any(|window| window == part);
        if has(b"UTF16") {
            CodeSpace::Utf16
        } else if has(b"UTF8") {
            CodeSpace::Utf8
        } else if has(b"UTF32") {
            CodeSpace::Utf32
        } else if has(b"GBK2K") {
            CodeSpace::Gb18030
        } else if has(b"RKSJ") {
            CodeSpace::ShiftJis
        } else if has(b"CNS-EUC") {
            CodeSpace::CnsEuc
        } else if has(b"EUC") || has(b"B5") || has(b"UHC") {
            CodeSpace::Mixed
        } else {
            CodeSpace::Two
        }
    }

    /// Of an embedded CMap; two bytes a code where it does not tell. And whether it has more ranges than are kept.
    pub(super) fn of_stream(bytes: &[u8], base: Option<CodeSpace>) -> (CodeSpace, bool) {
        let mut ranges = Vec::new();
        let mut tokens = Tokens::new(bytes);
        while let Some(word) = tokens.next() {
            if word != b"endcodespacerange" {
                continue;
            }
            for pair in tokens.operands.chunks_exact(2) {
                let [Operand::String(low), Operand::String(high)] = pair else { continue };
                let (Some(low), Some(high)) = (tokens.strings.get(low.clone()), tokens.strings.get(high.clone()))
                else {
                    continue;
                };
                if let (Some(from), Some(to)) = (number(low), number(high)) {
                    ranges.push((low.len(), from, to));
                }
            }
        }
        ranges.sort_unstable();
        ranges.dedup();
        let cut = ranges.len() > MAX_RANGES;
        ranges.truncate(MAX_RANGES);
        let space = match base {
            Some(base) if ranges.is_empty() => base,
            _ if ranges.is_empty() => CodeSpace::Two,
            _ => CodeSpace::Ranges(ranges),
        };
        (space, cut)
    }

    /// Length of the code `bytes` start with; never more than there are, and at least 1.
    pub(super) fn length(&self, bytes: &[u8]) -> usize {
        let first = bytes.first().copied().unwrap_or_default();
        let second = bytes.get(1).copied().unwrap_or_default();
        let length = match self {
            CodeSpace::Two => 2,
            CodeSpace::Mixed => mixed(first),
            CodeSpace::Gb18030 if first > 0x80 && first < 0xFF && second.is_ascii_digit() => 4,
            CodeSpace::Gb18030 => mixed(first),
            CodeSpace::ShiftJis if matches!(first, 0xA0..=0xDF | 0xFD..=0xFF) => 1,
            CodeSpace::ShiftJis => mixed(first),
            CodeSpace::CnsEuc if first == 0x8E => 4,
            CodeSpace::CnsEuc => mixed(first),
            CodeSpace::Utf16 if matches!(first, 0xD8..=0xDB) => 4,
            CodeSpace::Utf16 => 2,
            CodeSpace::Utf8 => match first {
                0xF0.. => 4,
                0xE0.. => 3,
                0xC0.. => 2,
                _ => 1,
            },
            CodeSpace::Utf32 => 4,
            CodeSpace::Ranges(ranges) => in_ranges(ranges, bytes),
        };
        length.min(bytes.len()).max(1)
    }
}

fn mixed(first: u8) -> usize {
    if first <= 0x80 || first == 0xFF { 1 } else { 2 }
}

/// Each byte of a code must lie between those of the range's ends.
fn in_ranges(ranges: &[(usize, u32, u32)], bytes: &[u8]) -> usize {
    let fits = |length: usize, low: u32, high: u32, upto: usize| {
        (0..upto).all(|index| {
            let shift = 8 * (length - 1 - index) as u32;
            let byte = bytes.get(index).map_or(0, |byte| u32::from(*byte));
            ((low >> shift) & 0xFF) <= byte && byte <= ((high >> shift) & 0xFF)
        })
    };
    let full = ranges.iter().find(|(length, low, high)| fits(*length, *low, *high, *length));
    // Outside every range a code is as long as the range its first byte fits, or the shortest.
    let partial = || ranges.iter().find(|(length, low, high)| fits(*length, *low, *high, 1));
    full.or_else(partial).or(ranges.first()).map_or(2, |(length, _, _)| *length)
}

/// A predefined CMap, parsed once a process.
pub(super) fn predefined(name: &[u8]) -> Option<Arc<CMap>> {
    type Parsed = HashMap<Vec<u8>, Option<Arc<CMap>>>;
    static PARSED: OnceLock<Mutex<Parsed>> = OnceLock::new();
    let parsed = PARSED.get_or_init(Mutex::default);
    let mut parsed = parsed.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(cmap) = parsed.get(name) {
        return cmap.clone();
    }
    let load = |name: CMapName<'_>| hayro_cmap::load_embedded(name);
    let cmap = load(CMapName::from_bytes(name)).and_then(|data| CMap::parse(data, load)).map(Arc::new);
    // What documents call by other names is nothing to remember.
    if cmap.is_some() {
        parsed.insert(name.to_vec(), cmap.clone());
    }
    cmap
}

/// Parses an embedded CMap.
pub(super) fn embedded(bytes: &[u8]) -> Option<Arc<CMap>> {
    CMap::parse(bytes, hayro_cmap::load_embedded).map(Arc::new)
}

/// The name of the CMap an embedded one builds on, if it says so in its own text.
pub(super) fn base_name(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut tokens = Tokens::new(bytes);
    while let Some(word) = tokens.next() {
        if word == b"usecmap" {
            return tokens.last_name().map(<[u8]>::to_vec);
        }
    }
    None
}

/// What the CIDs of a character collection mean; read once a process.
pub(super) fn collection(family: &CidFamily) -> Option<&'static Texts> {
    static READ: [OnceLock<Option<Texts>>; 4] = [const { OnceLock::new() }; 4];
    let slot = match family {
        CidFamily::AdobeGB1 => READ.first(),
        CidFamily::AdobeCNS1 => READ.get(1),
        CidFamily::AdobeJapan1 => READ.get(2),
        CidFamily::AdobeKorea1 => READ.get(3),
        CidFamily::AdobeIdentity | CidFamily::Custom { .. } => None,
    }?;
    slot.get_or_init(|| {
        let name = family.ucs2_cmap()?;
        let cmap = predefined(name.to_bytes())?;
        let mut texts = Texts::new();
        for cid in 1..=MAX_CID {
            match cmap.lookup_bf_string(cid) {
                Some(BfString::Char(character)) => texts.set_char(cid, character),
                // Variants carry a selector, which says nothing about the meaning.
                Some(BfString::String(text)) => texts.set_str(cid, text.trim_end_matches(is_variation_selector)),
                None => {}
            }
        }
        Some(texts)
    })
    .as_ref()
}

fn is_variation_selector(character: char) -> bool {
    matches!(u32::from(character), 0xFE00..=0xFE0F | 0xE0100..=0xE01EF)
}
