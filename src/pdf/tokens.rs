//! Content streams cut into operators and their operands.
//!
//! A content stream is a sequence of operands followed by an operator. [`Tokens::next`] collects the
//! operands of one operator and returns its name; nothing is allocated once the buffers have grown.
//! There is no token that makes it fail: bytes that make no sense are skipped and counted.

use memchr::memmem;
use std::ops::Range;

/// Operands an operator can sensibly have, arrays flattened. More are dropped.
const MAX_OPERANDS: usize = 1 << 16;

/// One operand. Arrays and dictionaries lie flat between their brackets.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Number(f64),
    /// A name, in the content bytes, still with its `#` escapes.
    Name(Range<usize>),
    /// A string, decoded into [`Tokens::strings`].
    String(Range<usize>),
    ArrayStart,
    ArrayEnd,
    DictStart,
    DictEnd,
    /// `true`, `false` or `null`; no operator here asks which.
    Keyword,
}

/// The reader of one content stream.
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The operands of the operator last returned.
    pub(super) operands: Vec<Operand>,
    /// The bytes of the strings among the operands.
    pub(super) strings: Vec<u8>,
    /// Where the first senseless byte stands.
    pub(super) damage: Option<usize>,
}

/// What the scanner found next.
enum Piece {
    Operand(Operand),
    Word(Range<usize>),
    End,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Tokens { bytes, at: 0, operands: Vec::with_capacity(64), strings: Vec::with_capacity(256), damage: None }
    }

    /// The next operator; `None` at the end of the stream.
    pub(super) fn next(&mut self) -> Option<&'a [u8]> {
        self.operands.clear();
        self.strings.clear();
        loop {
            match self.piece() {
                Piece::Operand(operand) => {
                    self.push(operand);
                }
                Piece::Word(range) => {
                    let word = self.bytes.get(range)?;
                    match word {
                        b"true" | b"false" | b"null" => self.push(Operand::Keyword),
                        _ => return Some(word),
                    }
                }
                Piece::End => return None,
            }
        }
    }

    fn push(&mut self, operand: Operand) {
        if self.operands.len() < MAX_OPERANDS {
            self.operands.push(operand);
        } else {
            self.damage.get_or_insert(self.at);
        }
    }

    /// Number `index` among the operands; 0 where it is missing or no number.
    pub(super) fn number(&self, index: usize) -> f64 {
        match self.operands.get(index) {
            Some(Operand::Number(value)) => *value,
            _ => 0.0,
        }
    }

    /// The last `N` operands, if they are all numbers. Taken from the end, because what a damaged
    /// stream leaves behind stands in front.
    pub(super) fn numbers<const N: usize>(&self) -> Option<[f64; N]> {
        let start = self.operands.len().checked_sub(N)?;
        let mut numbers = [0.0; N];
        for (number, operand) in numbers.iter_mut().zip(self.operands.get(start..)?) {
            match operand {
                Operand::Number(value) => *number = *value,
                _ => return None,
            }
        }
        Some(numbers)
    }

    /// The first name among the operands.
    pub(super) fn name(&self) -> Option<&'a [u8]> {
        self.operands.iter().find_map(|operand| self.as_name(operand))
    }

    /// The last name among the operands.
    pub(super) fn last_name(&self) -> Option<&'a [u8]> {
        self.operands.iter().rev().find_map(|operand| self.as_name(operand))
    }

    fn as_name(&self, operand: &Operand) -> Option<&'a [u8]> {
        match operand {
            Operand::Name(range) => self.bytes.get(range.clone()),
            _ => None,
        }
    }

    /// Where the reader stands.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Skips an inline image, whose `BI` was just returned: its dictionary, `ID`, its data, `EI`.
    pub(super) fn skip_inline_image(&mut self) {
        // The dictionary: keys, values and the word ID.
        let mut raw_bytes = RawImage::default();
        let mut key: &[u8] = b"";
        loop {
            match self.piece() {
                Piece::Operand(Operand::Name(range)) => {
                    let name = self.bytes.get(range).unwrap_or_default();
                    raw_bytes.learn_name(key, name);
                    key = name;
                }
                Piece::Operand(Operand::Number(value)) => raw_bytes.learn_number(key, value),
                Piece::Operand(_) => {}
                Piece::Word(range) => match self.bytes.get(range) {
                    Some(b"ID") => break,
                    Some(b"EI") => return,
                    Some(b"true") => raw_bytes.learn_number(key, 1.0),
                    _ => {}
                },
                Piece::End => return,
            }
        }
        self.strings.clear();
        self.at += 1; // the one white space after ID
        // Unfiltered data has a known length, and may contain anything; believe it if EI follows.
        if let Some(length) = raw_bytes.length()
            && let Some(after) = self.at.checked_add(length)
            && let Some(rest) = self.bytes.get(after..)
        {
            let white = rest.iter().take_while(|byte| is_white(**byte)).count();
            if rest.get(white..white + 2) == Some(b"EI") {
                self.at = after + white + 2;
                return;
            }
        }
        let mut from = self.at;
        while let Some(found) = memmem::find(self.bytes.get(from..).unwrap_or_default(), b"EI") {
            let start = from + found;
            let end = start + 2;
            let before = start == self.at || self.bytes.get(start.wrapping_sub(1)).is_some_and(|byte| is_white(*byte));
            let after = self.bytes.get(end).is_none_or(|byte| is_white(*byte));
            // Image data may contain " EI " by chance; text follows only the real one.
            let follows = self.bytes.get(end..(end + 16).min(self.bytes.len())).unwrap_or_default();
            let text = follows.iter().all(|byte| (32..127).contains(byte) || is_white(*byte) && *byte != 0);
            if before && after && text {
                self.at = end;
                return;
            }
            from = end;
        }
        self.damage.get_or_insert(self.at);
        self.at = self.bytes.len();
    }

    // Inlined, so that an operand is written once, where it is kept.
    #[inline(always)]
    fn piece(&mut self) -> Piece {
        loop {
            let Some(&byte) = self.bytes.get(self.at) else { return Piece::End };
            match byte {
                b' ' | b'\n' | b'\r' | b'\t' | 0 | 12 => self.at += 1,
                b'0'..=b'9' | b'+' | b'-' | b'.' => return Piece::Operand(Operand::Number(self.scan_number())),
                b'/' => {
                    let start = self.at + 1;
                    self.at = start + self.regular_run(start);
                    return Piece::Operand(Operand::Name(start..self.at));
                }
                b'(' => return Piece::Operand(Operand::String(self.literal_string())),
                b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                    self.at += 2;
                    return Piece::Operand(Operand::DictStart);
                }
                b'<' => return Piece::Operand(Operand::String(self.hex_string())),
                b'>' if self.bytes.get(self.at + 1) == Some(&b'>') => {
                    self.at += 2;
                    return Piece::Operand(Operand::DictEnd);
                }
                b'[' => {
                    self.at += 1;
                    return Piece::Operand(Operand::ArrayStart);
                }
                b']' => {
                    self.at += 1;
                    return Piece::Operand(Operand::ArrayEnd);
                }
                b'%' => {
                    let rest = self.bytes.get(self.at..).unwrap_or_default();
                    self.at += rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
                }
                b')' | b'>' | b'{' | b'}' => {
                    self.damage.get_or_insert(self.at);
                    self.at += 1;
                }
                _ => {
                    let start = self.at;
                    self.at += self.regular_run(start).max(1);
                    return Piece::Word(start..self.at);
                }
            }
        }
    }

    fn regular_run(&self, start: usize) -> usize {
        let rest = self.bytes.get(start..).unwrap_or_default();
        rest.iter().position(|byte| !is_regular(*byte)).unwrap_or(rest.len())
    }

    fn scan_number(&mut self) -> f64 {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if let Some((value, length)) = plain_number(rest) {
            self.at += length;
            return value;
        }
        self.scan_odd_number()
    }

    /// Reads a number as viewers do: further signs and points are skipped over, not an error.
    fn scan_odd_number(&mut self) -> f64 {
        let mut whole: f64 = 0.0;
        let mut scale: f64 = 0.0;
        let mut negative = false;
        let start = self.at;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'0'..=b'9' => {
                    let digit = f64::from(byte - b'0');
                    whole = whole * 10.0 + digit;
                    scale *= 10.0;
                }
                b'.' if scale == 0.0 => scale = 1.0,
                b'-' if self.at == start => negative = true,
                b'+' | b'-'
                    if self.at == start || self.bytes.get(self.at - 1).is_some_and(|b| matches!(b, b'-' | b'+')) => {}
                // `1.2.3` and `12-34` are written by broken producers; what follows is dropped.
                b'.' | b'-' | b'+' => {
                    let rest = self.bytes.get(self.at..).unwrap_or_default();
                    self.at +=
                        rest.iter().position(|b| !matches!(b, b'0'..=b'9' | b'.' | b'-' | b'+')).unwrap_or(rest.len());
                    break;
                }
                _ => break,
            }
            self.at += 1;
        }
        let value = if scale > 1.0 { whole / scale } else { whole };
        let value = if negative { -value } else { value };
        if value.is_finite() { value } else { 0.0 }
    }

    fn literal_string(&mut self) -> Range<usize> {
        let start = self.strings.len();
        self.at += 1;
        let mut depth = 1;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'(' => {
                    depth += 1;
                    self.strings.push(byte);
                }
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        return start..self.strings.len();
                    }
                    self.strings.push(byte);
                }
                b'\\' => self.escape(),
                // A line end inside a string is one line feed, however it is written.
                b'\r' => {
                    if self.bytes.get(self.at) == Some(&b'\n') {
                        self.at += 1;
                    }
                    self.strings.push(b'\n');
                }
                _ => self.strings.push(byte),
            }
        }
        self.damage.get_or_insert(self.at);
        start..self.strings.len()
    }

    fn escape(&mut self) {
        let Some(&byte) = self.bytes.get(self.at) else { return };
        self.at += 1;
        let meant = match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'\n' => return,
            b'\r' => {
                if self.bytes.get(self.at) == Some(&b'\n') {
                    self.at += 1;
                }
                return;
            }
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    match self.bytes.get(self.at) {
                        Some(&digit @ b'0'..=b'7') => {
                            code = code * 8 + u32::from(digit - b'0');
                            self.at += 1;
                        }
                        _ => break,
                    }
                }
                (code & 0xFF) as u8
            }
            other => other,
        };
        self.strings.push(meant);
    }

    fn hex_string(&mut self) -> Range<usize> {
        let start = self.strings.len();
        self.at += 1;
        let mut high: Option<u8> = None;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'f' => byte - b'a' + 10,
                b'A'..=b'F' => byte - b'A' + 10,
                b'>' => {
                    if let Some(high) = high {
                        self.strings.push(high << 4);
                    }
                    return start..self.strings.len();
                }
                _ => continue,
            };
            match high.take() {
                Some(high) => self.strings.push(high << 4 | digit),
                None => high = Some(digit),
            }
        }
        self.damage.get_or_insert(self.at);
        start..self.strings.len()
    }
}

/// What an inline image's dictionary tells of the length of its data.
#[derive(Default)]
struct RawImage {
    width: Option<f64>,
    height: Option<f64>,
    bits: Option<f64>,
    components: Option<f64>,
    filtered: bool,
}

impl RawImage {
    fn learn_number(&mut self, key: &[u8], value: f64) {
        match key {
            b"W" | b"Width" => self.width = Some(value),
            b"H" | b"Height" => self.height = Some(value),
            b"BPC" | b"BitsPerComponent" => self.bits = Some(value),
            b"IM" | b"ImageMask" if value == 1.0 => {
                self.bits = Some(1.0);
                self.components = Some(1.0);
            }
            _ => {}
        }
    }

    fn learn_name(&mut self, key: &[u8], name: &[u8]) {
        match (key, name) {
            (b"F" | b"Filter", _) => self.filtered = true,
            (_, b"F" | b"Filter") => self.filtered = true,
            (b"CS" | b"ColorSpace", b"G" | b"DeviceGray") => self.components = Some(1.0),
            (b"CS" | b"ColorSpace", b"RGB" | b"DeviceRGB") => self.components = Some(3.0),
            (b"CS" | b"ColorSpace", b"CMYK" | b"DeviceCMYK") => self.components = Some(4.0),
            _ => {}
        }
    }

    fn length(&self) -> Option<usize> {
        if self.filtered {
            return None;
        }
        let row = (self.width? * self.bits? * self.components? / 8.0).ceil();
        let length = row * self.height?;
        (0.0..1e9).contains(&length).then_some(length as usize)
    }
}

/// The number `bytes` begin with and its length, where it is written as it should be, in few enough digits that a float
/// holds each part of it exactly.
fn plain_number(bytes: &[u8]) -> Option<(f64, usize)> {
    const POWERS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    let negative = bytes.first() == Some(&b'-');
    let start = usize::from(negative);
    let mut digits: u64 = 0;
    let mut at = start;
    let mut point = None;
    loop {
        match bytes.get(at) {
            Some(&byte @ b'0'..=b'9') => digits = digits.wrapping_mul(10).wrapping_add(u64::from(byte - b'0')),
            Some(b'.') if point.is_none() => point = Some(at),
            Some(b'.' | b'-' | b'+') => return None,
            _ => break,
        }
        at += 1;
    }
    let places = point.map_or(0, |point| at - point - 1);
    if at - start >= POWERS.len() {
        return None;
    }
    let value = digits as f64 / POWERS.get(places)?;
    Some((if negative { -value } else { value }, at))
}

/// White space in the sense of PDF.
pub(super) fn is_white(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_white(byte) && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// A name with its `#` escapes undone.
pub(super) fn plain_name(name: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    if !name.contains(&b'#') {
        return std::borrow::Cow::Borrowed(name);
    }
    let mut plain = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = (byte == b'#')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escaped {
            Some(value) => {
                plain.push(value);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                plain.push(byte);
                rest = after;
            }
        }
    }
    std::borrow::Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::Tokens;

    #[test]
    fn numbers_are_read_as_viewers_read_them() {
        // Written well, and in the ways of broken producers: what follows a second point or sign is dropped.
        for (written, meant) in [
            ("0", 0.0),
            ("-17", -17.0),
            ("+3.5", 3.5),
            (".25", 0.25),
            ("-.002", -0.002),
            ("4.", 4.0),
            ("595.27563", 595.27563),
            ("0.000000000000000012345", 1.2345e-17),
            ("1000000000000000000", 1e18),
            ("--7", -7.0),
            ("12-34", 12.0),
            ("1.2.3", 1.2),
            ("-", 0.0),
        ] {
            let content = format!("{written} w");
            let mut tokens = Tokens::new(content.as_bytes());
            assert_eq!((tokens.next(), tokens.number(0)), (Some(&b"w"[..]), meant), "{written}");
        }
    }
}
