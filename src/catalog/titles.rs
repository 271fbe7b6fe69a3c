//! What a heading says: the printed number, the year, and the tags by which [`super::forms`] knows the
//! table. The words are data (`data/titles.toml`); this module only knows the shape of a heading.

use super::text::fold;
use regex::Regex;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A heading that ends with the word table (表).
#[derive(Clone, Debug, PartialEq)]
pub struct Title {
    /// The number as printed, such as `表 2`, `公开01表`, white space removed.
    pub number: Option<String>,
    /// A year in the heading.
    pub year: Option<u16>,
    /// What the heading says, as tags of `titles.toml`.
    pub tags: BTreeSet<&'static str>,
    /// Whether all words after the first tagged one are known.
    pub understood: bool,
    /// The heading as printed, without its number.
    pub printed: String,
    /// The heading in matching form, without its number.
    pub folded: String,
}

#[derive(Deserialize)]
struct Data {
    term: Vec<Term>,
    forms: Words,
}

#[derive(Deserialize)]
struct Term {
    tag: String,
    words: Vec<String>,
}

#[derive(Deserialize)]
struct Words {
    words: Vec<String>,
}

/// `(word, tag)`, the longest words first.
static TERMS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let mut terms: Vec<(String, String)> =
        DATA.term.iter().flat_map(|term| term.words.iter().map(|word| (fold(word), term.tag.clone()))).collect();
    terms.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    terms
});

static DATA: LazyLock<Data> =
    LazyLock::new(|| toml::from_str(include_str!("data/titles.toml")).expect("data/titles.toml is well formed"));

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?:附件\d*[:：]?)?((?:公开|预算|决算|附)?(?:表[0-9]{1,2}(?:-[0-9]{1,2})?|表[一二三四五六七八九十]{1,3}|[0-9]{1,2}(?:-[0-9]{1,2})?表|[一二三四五六七八九十]{1,3}表))[:、.,-]*",
    )
    .expect("a valid pattern")
});

static NUMBER_BEHIND: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\((表[0-9一二三四五六七八九十]{1,3})\)$").expect("a valid pattern"));

static ORDINAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?:第[一二三四五六七八九十]+部分|\([一二三四五六七八九十]+\)|([一二三四五六七八九十]+)、|[0-9]{1,2}[.、])",
    )
    .expect("a valid pattern")
});

static YEAR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(20[0-9]{2})年?度?").expect("a valid pattern"));

/// No heading is longer than this, in characters.
const LONGEST: usize = 80;

/// Is this nothing but a table's number?
pub fn number_alone(text: &str) -> Option<String> {
    let folded = fold(text);
    let found = NUMBER.captures(&folded)?;
    let whole = found.get(0)?.as_str().len() == folded.len();
    whole.then(|| found[1].to_string())
}

/// Reads a line as the heading of a table; `None` where it is no such heading.
pub fn read(text: &str) -> Option<Title> {
    let folded = fold(text);
    if !folded.contains('表') || folded.chars().count() > LONGEST {
        return None;
    }
    // Sentences and the dotted leaders of a table of contents.
    if folded.contains(['。', ';', '!', '?']) || folded.contains("...") || folded.contains('…') {
        return None;
    }
    let mut rest: &str = &folded;
    let mut number = None;
    if let Some(found) = NUMBER.captures(rest) {
        // 「表」 alone before the rest of a word is no number.
        number = Some(found[1].to_string());
        rest = &rest[found.get(0).map_or(0, |m| m.end())..];
    }
    if let Some(found) = NUMBER_BEHIND.captures(rest) {
        number = number.or_else(|| Some(found[1].to_string()));
        rest = &rest[..found.get(0).map_or(rest.len(), |m| m.start())];
    }
    if let Some(found) = ORDINAL.captures(rest) {
        // An ordinal numbers the table where nothing else does.
        number = number.or_else(|| found.get(1).map(|ordinal| ordinal.as_str().to_string()));
        rest = &rest[found.get(0).map_or(0, |m| m.end())..];
        if let Some(found) = NUMBER.captures(rest) {
            number = number.or_else(|| Some(found[1].to_string()));
            rest = &rest[found.get(0).map_or(0, |m| m.end())..];
        }
    }
    let (body, qualifiers) = split_qualifiers(rest);
    let stem = DATA.forms.words.iter().find_map(|form| body.strip_suffix(form.as_str()))?;
    if stem.is_empty() || stem.contains([',', ':']) {
        return None;
    }
    let mut tags = BTreeSet::new();
    let understood = tag(stem, &mut tags);
    for qualifier in &qualifiers {
        let mut inner = BTreeSet::new();
        tag(qualifier, &mut inner);
        tags.extend(inner.into_iter().filter(|t| t.starts_with("by_")));
    }
    let year = YEAR.captures(rest).and_then(|found| found[1].parse().ok());
    let start = folded.find(rest).map_or(0, |byte| folded[..byte].chars().count());
    let printed = printed_part(text, start, rest.chars().count());
    Some(Title { number, year, tags, understood, printed, folded: rest.to_string() })
}

/// The part of a printed text that its matching form's characters `start..start + length` came from.
/// Folding drops white space and, in headings, keeps all other characters one for one.
fn printed_part(text: &str, start: usize, length: usize) -> String {
    let mut count = 0;
    let part: String = text
        .chars()
        .filter(|c| {
            let blank = c.is_whitespace();
            let inside = (start..start + length).contains(&count);
            count += usize::from(!blank);
            inside
        })
        .collect();
    part.trim().to_string()
}

/// Cuts the brackets off the end: `X表(按功能)` → (`X表`, [`按功能`]).
fn split_qualifiers(text: &str) -> (&str, Vec<&str>) {
    let mut body = text;
    let mut qualifiers = Vec::new();
    while let Some(inner) = body.strip_suffix(')') {
        let Some(open) = inner.rfind('(') else { break };
        qualifiers.push(&inner[open + 1..]);
        body = &body[..open];
    }
    (body, qualifiers)
}

/// Collects the tags of the terms in `stem`; false where something after the first tagged term is
/// not explained by any term.
fn tag(stem: &str, tags: &mut BTreeSet<&'static str>) -> bool {
    let mut rest = stem;
    let mut understood = true;
    while !rest.is_empty() {
        if let Some((word, tag)) = TERMS.iter().find(|(word, _)| rest.starts_with(word.as_str())) {
            if !tag.is_empty() {
                tags.insert(tag.as_str());
            }
            rest = &rest[word.len()..];
            continue;
        }
        // A year may stand anywhere.
        if let Some(found) = YEAR.find(rest).filter(|found| found.start() == 0) {
            rest = &rest[found.end()..];
            continue;
        }
        let step = rest.chars().next().map_or(rest.len(), char::len_utf8);
        understood &= tags.is_empty();
        rest = &rest[step..];
    }
    understood
}
