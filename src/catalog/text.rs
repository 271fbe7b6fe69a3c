//! The matching form of a printed label.
//!
//! The same label reaches us in many spellings: justified with blanks
//! (`本 年 收 入 合 计`), with full-width digits and brackets, with a radical
//! (`⻔`) where the ideograph (`门`) is meant, with any of six quotation marks.
//! [`fold`] maps them all to one form, in which labels are compared; it is
//! never shown to a reader. [`ordinal`] splits off the leading number of a
//! line (`一、`, `（二）`, `3.`, `④`, `其中：`), which is no part of its name.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// Folds a label to its matching form.
///
/// The form is NFKC with these additions: all white space, control and
/// zero-width characters go; CJK radicals become the (simplified) ideographs
/// they depict; round brackets are `()`, square and lenticular ones `[]`;
/// quotation marks are `"` and `'`; dashes are `-`; colons are `:`; dots in
/// mid-line are `·`. Circled numbers (`①`) stay, because NFKC would turn them
/// into bare digits. Folding twice changes nothing.
///
/// ```
/// use kemu::catalog::text::fold;
/// assert_eq!(fold("“三公” 经费（万元）"), "\"三公\"经费(万元)");
/// assert_eq!(fold("部⻔ 2０19"), "部门2019");
/// ```
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.chars().all(is_direct) {
        text.chars().for_each(|c| push_direct(c, &mut folded));
        return folded;
    }
    // Each chunk is a run for NFKC, closed by one direct character: NFKC must
    // see neither circled numbers nor radicals.
    for chunk in text.split_inclusive(is_direct) {
        let run = chunk.trim_end_matches(is_direct);
        let direct = &chunk[run.len()..];
        run.nfkc().chain(direct.chars()).for_each(|c| push_direct(c, &mut folded));
    }
    folded
}

/// The part of a printed text whose matching form is `part`, white space removed; `part` itself where
/// the text does not hold it.
///
/// ```
/// use kemu::catalog::text::printed;
/// assert_eq!(printed("部门： 统计局（本级）", "统计局(本级)"), "统计局（本级）");
/// ```
pub fn printed(text: &str, part: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut origins: Vec<(usize, char)> = Vec::new();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        origins.push((folded.len(), c));
        folded.push_str(&fold(c.encode_utf8(&mut [0; 4])));
    }
    match folded.find(part) {
        Some(start) if !part.is_empty() => {
            let range = start..start + part.len();
            origins.iter().filter(|(at, _)| range.contains(at)).map(|(_, c)| c).collect()
        }
        _ => part.to_string(),
    }
}

/// What remains of a label without any punctuation: letters, digits,
/// ideographs. The loosest form in which two names are compared
/// (`维修（护）费` and `维修护费`).
pub fn skeleton(text: &str) -> String {
    let mut folded = fold(text);
    folded.retain(char::is_alphanumeric);
    folded
}

/// Whether two labels have the same matching form.
pub fn same(one: &str, other: &str) -> bool {
    one == other || fold(one) == fold(other)
}

/// Whether `c` is an ideograph (汉字); radicals are not.
pub fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '〇'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// The ideograph that is printed where the text layer names a radical (`⼀` U+2F00) or a compatibility
/// ideograph (U+F900 …). Fonts draw them with one glyph, and some producers name it by the wrong one of
/// its characters; on paper there is no difference. Other characters come back as they are.
///
/// ```
/// use kemu::catalog::text::ideograph;
/// assert_eq!("部⻔⽀出1".chars().map(ideograph).collect::<String>(), "部门支出1");
/// ```
pub fn ideograph(c: char) -> char {
    match c {
        '\u{2E80}'..='\u{2FDF}' => ideograph_of(c),
        '\u{F900}'..='\u{FAFF}' => c.nfkc().next().unwrap_or(c),
        _ => c,
    }
}

fn is_circled(c: char) -> bool {
    matches!(c, '①'..='⑳')
}

/// Whether [`push_direct`] alone folds `c`, so that NFKC can be skipped.
fn is_direct(c: char) -> bool {
    c.is_ascii()
        || matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}'
            | '\u{3000}'..='\u{3017}' | '\u{2010}'..='\u{201F}' | '\u{FF01}'..='\u{FF5E}'
            | '\u{2E80}'..='\u{2FDF}' | '″')
        || is_circled(c)
}

fn push_direct(c: char, folded: &mut String) {
    match c {
        '\u{4E00}'..='\u{9FFF}' => folded.push(c),
        // The full-width forms of ASCII, one block in the same order.
        '\u{FF01}'..='\u{FF5E}' => {
            let narrow = char::from_u32(c as u32 - 0xFEE0).unwrap_or(c);
            push_direct(narrow, folded);
        }
        '0'..='9' => folded.push(c),
        _ if c.is_whitespace() || c.is_control() || is_invisible(c) => {}
        '\u{2E80}'..='\u{2FDF}' => folded.push(ideograph_of(c)),
        '(' | '⟨' | '⟮' | '︵' => folded.push('('),
        ')' | '⟩' | '⟯' | '︶' => folded.push(')'),
        '[' | '〔' | '【' | '〖' | '⟦' => folded.push('['),
        ']' | '〕' | '】' | '〗' | '⟧' => folded.push(']'),
        '"' | '“' | '”' | '„' | '‟' | '〝' | '〞' | '〟' | '″' | '「' | '」' | '『' | '』' => {
            folded.push('"');
        }
        '‘' | '’' | '‚' | '‛' | '′' => folded.push('\''),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '─' | '━' | '﹣' | '⁃' | '➖' => {
            folded.push('-');
        }
        '∶' | '꞉' | '︓' => folded.push(':'),
        '·' | '•' | '‧' | '・' | '∙' | '⋅' => folded.push('·'),
        _ => folded.push(c),
    }
}

/// Characters with no width and no meaning for a match: joiners, direction
/// marks, the byte-order mark, the soft hyphen, variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{034F}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

const RADICALS: std::ops::RangeInclusive<u32> = 0x2E80..=0x2FDF;

/// The ideograph a radical depicts. The table holds those NFKC leaves alone
/// and those it turns into a traditional character (`⼾` 戶, not 户).
fn ideograph_of(radical: char) -> char {
    static IDEOGRAPHS: LazyLock<Vec<char>> = LazyLock::new(|| {
        let mut ideographs: Vec<char> =
            RADICALS.filter_map(char::from_u32).map(|c| c.nfkc().next().unwrap_or(c)).collect();
        for (radical, ideograph) in radical_pairs() {
            ideographs[(radical as u32 - RADICALS.start()) as usize] = ideograph;
        }
        ideographs
    });
    let index = (radical as u32).wrapping_sub(*RADICALS.start()) as usize;
    IDEOGRAPHS.get(index).copied().unwrap_or(radical)
}

fn radical_pairs() -> impl Iterator<Item = (char, char)> {
    include_str!("data/radicals.tsv").lines().skip(1).map(|line| {
        let mut fields = line.split('\t').skip(1).map(|field| field.chars().next());
        match (fields.next().flatten(), fields.next().flatten()) {
            (Some(radical), Some(ideograph)) if RADICALS.contains(&(radical as u32)) => (radical, ideograph),
            _ => panic!("catalog/data/radicals.tsv: bad line {line:?}"),
        }
    })
}

/// How a leading ordinal is written. The order is the usual nesting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrdinalKind {
    /// `一、`
    Chinese,
    /// `（一）`
    ChineseBracketed,
    /// `1.` or `1、`
    Arabic,
    /// `（1）` or `1）`
    ArabicBracketed,
    /// `①`
    Circled,
    /// `其中：` (of which), which carries no number.
    OfWhich,
}

/// The leading ordinal of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ordinal {
    /// How it is written.
    pub kind: OrdinalKind,
    /// Its number; 0 for `其中：`.
    pub number: u32,
}

/// Splits the leading ordinal off a label, printed or folded.
///
/// The rest begins after the ordinal and the blanks behind it, and may itself
/// begin with one (`其中：1.办公费`). Amounts (`1.50`) and codes (`301.`)
/// have no ordinal; a year may follow one (`4．2025年`).
pub fn ordinal(label: &str) -> Option<(Ordinal, &str)> {
    let label = label.trim_start_matches(is_blank);
    let (kind, number, rest) =
        of_which(label).or_else(|| circled(label)).or_else(|| bracketed(label)).or_else(|| plain(label))?;
    Some((Ordinal { kind, number }, rest.trim_start_matches(is_blank)))
}

/// The label without any of its leading ordinals (`一、其中：` and so on).
pub fn without_ordinals(mut label: &str) -> &str {
    while let Some((_, rest)) = ordinal(label) {
        label = rest;
    }
    label.trim_matches(is_blank)
}

type Split<'a> = Option<(OrdinalKind, u32, &'a str)>;

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_invisible(c)
}

fn of_which(label: &str) -> Split<'_> {
    let rest = label.strip_prefix('其')?.trim_start_matches(is_blank);
    let rest = rest.strip_prefix('中')?.trim_start_matches(is_blank);
    let rest = rest.strip_prefix([':', '：', '∶', '﹕'])?;
    Some((OrdinalKind::OfWhich, 0, rest))
}

fn circled(label: &str) -> Split<'_> {
    let c = label.chars().next().filter(|&c| is_circled(c))?;
    Some((OrdinalKind::Circled, c as u32 - '①' as u32 + 1, &label[c.len_utf8()..]))
}

fn bracketed(label: &str) -> Split<'_> {
    if let Some(c) = label.chars().next().filter(|c| matches!(c, '㈠'..='㈩')) {
        let number = c as u32 - '㈠' as u32 + 1;
        return Some((OrdinalKind::ChineseBracketed, number, &label[c.len_utf8()..]));
    }
    if let Some(c) = label.chars().next().filter(|c| matches!(c, '⑴'..='⒇')) {
        let number = c as u32 - '⑴' as u32 + 1;
        return Some((OrdinalKind::ArabicBracketed, number, &label[c.len_utf8()..]));
    }
    let opened = label.strip_prefix(['(', '（', '﹙']);
    let (number, chinese, rest) = numeral(opened.unwrap_or(label).trim_start_matches(is_blank))?;
    let rest = rest.trim_start_matches(is_blank).strip_prefix([')', '）', '﹚'])?;
    match (chinese, opened) {
        (true, Some(_)) => Some((OrdinalKind::ChineseBracketed, number, rest)),
        (true, None) => None,
        (false, _) => Some((OrdinalKind::ArabicBracketed, number, rest)),
    }
}

fn plain(label: &str) -> Split<'_> {
    if let Some(c) = label.chars().next().filter(|c| matches!(c, '⒈'..='⒛')) {
        let number = c as u32 - '⒈' as u32 + 1;
        return Some((OrdinalKind::Arabic, number, &label[c.len_utf8()..]));
    }
    let (number, chinese, rest) = numeral(label)?;
    let rest = rest.trim_start_matches(is_blank);
    let after = rest.strip_prefix(['、', '.', '．', '﹑', '﹒'])?;
    if chinese {
        return Some((OrdinalKind::Chinese, number, after));
    }
    let is_decimal = rest.starts_with(['.', '．']) && after.starts_with(is_digit);
    (!is_decimal || starts_with_year(after)).then_some((OrdinalKind::Arabic, number, after))
}

/// The numeral a label begins with: its value, whether it is Chinese, and
/// what follows. Arabic ones have at most two digits: longer are codes.
fn numeral(label: &str) -> Option<(u32, bool, &str)> {
    let rest = label.trim_start_matches(is_digit);
    if rest.len() < label.len() {
        let digits = &label[..label.len() - rest.len()];
        let number = digits.chars().try_fold(0u32, |sum, c| {
            let narrow = if c.is_ascii() { c as u32 - 0x30 } else { c as u32 - 0xFF10 };
            (sum < 10).then_some(sum * 10 + narrow)
        })?;
        return (number > 0 && digits.chars().count() <= 2).then_some((number, false, rest));
    }
    let rest = label.trim_start_matches(|c: char| "一二三四五六七八九十百".contains(c));
    let number = chinese_number(&label[..label.len() - rest.len()])?;
    Some((number, true, rest))
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '０'..='９')
}

fn starts_with_year(text: &str) -> bool {
    let rest = text.trim_start_matches(is_digit);
    text.chars().take_while(|&c| is_digit(c)).count() == 4 && rest.trim_start_matches(is_blank).starts_with('年')
}

/// The year a text of four digits or numerals names (`2024`, `二〇二四`).
pub fn year(text: &str) -> Option<u16> {
    let read: u32 = text.parse().ok().or_else(|| chinese_number(&text.replace('0', "〇")))?;
    u16::try_from(read).ok().filter(|year| (2000..2100).contains(year))
}

/// The value of a Chinese numeral up to 9999: `二十三` is 23, and figures
/// without units are read by place, `二〇二四` as 2024.
pub fn chinese_number(numeral: &str) -> Option<u32> {
    let digit = |c: char| match c {
        '〇' | '○' => Some(0),
        '两' => Some(2),
        _ => "零一二三四五六七八九".chars().zip(0..).find(|&(d, _)| d == c).map(|(_, value)| value),
    };
    let count = numeral.chars().count();
    if count > 1 && count <= 4 && numeral.chars().all(|c| digit(c).is_some()) {
        return numeral.chars().try_fold(0, |sum, c| Some(sum * 10 + digit(c)?));
    }
    let (mut sum, mut pending, mut last_unit) = (0, None, 10_000);
    for c in numeral.chars() {
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            _ => match (digit(c)?, pending) {
                (0, None) if sum > 0 => continue,
                (value, None) if value > 0 => {
                    pending = Some(value);
                    continue;
                }
                _ => return None,
            },
        };
        // Units fall from left to right, and only 十 may stand alone.
        if unit >= last_unit || (pending.is_none() && unit != 10) {
            return None;
        }
        sum += pending.take().unwrap_or(1) * unit;
        last_unit = unit;
    }
    let number = sum + pending.unwrap_or(0);
    (number > 0).then_some(number)
}
