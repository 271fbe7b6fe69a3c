//! What a heading says: the printed number, the year, and the tags by which [`super::forms`] knows the
//! table. The words are data (`data/titles.toml`); this module only knows the shape of a heading.

use super::numbers;
use super::text::{self, fold};
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
    /// The unit of the amounts, where the heading ends with it.
    pub unit: Option<String>,
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
    forms: FormWords,
    not_headings: NotHeadings,
    owners: Owners,
}

#[derive(Deserialize)]
struct Term {
    tag: String,
    words: Vec<String>,
}

#[derive(Deserialize)]
struct FormWords {
    words: Vec<String>,
}

/// How lines begin or end that speak of a table and are not its heading.
#[derive(Deserialize)]
struct NotHeadings {
    starts: Vec<String>,
    ends: Vec<String>,
}

/// How the names of organisations end.
#[derive(Deserialize)]
struct Owners {
    ends: Vec<String>,
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

/// A heading goes on from the page before: 「(续)」, 「续表」.
static CONTINUED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:\(续(?:表|[一二三四五0-9])?\)|续表?)$").expect("a valid pattern"));

/// The unit of the amounts behind a heading: 「(单位:万元)」.
static UNIT_BEHIND: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\(?(?:金额)?单位:(?:人民币)?(万元|千元|亿元|元)\)?$").expect("a valid pattern"));

static YEAR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(20[0-9]{2}|二[〇○零0][〇○零0一二三四五六七八九]{2})(?:年度?|度)?").expect("a valid pattern")
});

/// No heading is longer than this, in characters.
const LONGEST: usize = 80;

/// Is this nothing but a table's number?
pub fn number_alone(text: &str) -> Option<String> {
    numbers::alone(&fold(text))
}

/// Reads a line as the heading of a table; `None` where it is no such heading.
pub fn read(line: &str) -> Option<Title> {
    let folded = fold(line);
    if !folded.contains('表') || folded.chars().count() > LONGEST {
        return None;
    }
    // Sentences and the dotted leaders of a table of contents.
    if folded.contains(['。', ';', '!', '?']) || folded.contains("...") || folded.contains('…') {
        return None;
    }
    let (unit, plain) = match UNIT_BEHIND.captures(&folded) {
        Some(found) => (Some(found[1].to_string()), &folded[..found.get(0).map_or(0, |m| m.start())]),
        None => (None, folded.as_str()),
    };
    let (number, rest) = numbers::split(plain);
    let rest = rest.trim_matches(['《', '》', '[', ']']);
    let words = &DATA.not_headings;
    if words.starts.iter().any(|word| rest.starts_with(word.as_str()))
        || words.ends.iter().any(|word| rest.ends_with(word.as_str()))
    {
        return None;
    }
    let whole = rest.strip_suffix(CONTINUED.find(rest).map_or("", |m| m.as_str())).unwrap_or(rest);
    let (body, qualifiers) = split_qualifiers(whole);
    if qualifiers.iter().any(|qualifier| qualifier.starts_with('见') || qualifier.starts_with("详见")) {
        return None;
    }
    let (stem, subtitle) = match DATA.forms.words.iter().find_map(|form| body.strip_suffix(form.as_str())) {
        Some(stem) => (stem, ""),
        // 「基本支出表--人员经费」
        None => body.split_once("表-")?,
    };
    if stem.is_empty() || stem.contains([',', ':']) {
        return None;
    }
    let Words { mut tags, understood } = understand(stem);
    let subtitle = tag(subtitle);
    if !subtitle.unknown_before && !subtitle.unknown_after {
        tags.extend(subtitle.tags);
    }
    for qualifier in &qualifiers {
        tags.extend(tag(qualifier).tags.into_iter().filter(|t| t.starts_with("by_")));
    }
    let year = YEAR.captures(rest).and_then(|found| text::year(&found[1]));
    let start = folded.find(rest).map_or(0, |byte| folded[..byte].chars().count());
    let printed = printed_part(line, start, rest.chars().count());
    Some(Title { number, year, unit, tags, understood, printed, folded: whole.to_string() })
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

/// What a heading's words say.
struct Words {
    tags: BTreeSet<&'static str>,
    understood: bool,
}

/// Reads the words of a heading. The name of its owner may stand before them, and may itself be made of words of tables
/// (国有资产监督管理委员会, 政府采购中心); where they explain no heading, they are read anew behind the name.
fn understand(stem: &str) -> Words {
    let all = tag(stem);
    if all.unknown_after {
        let ends = DATA.owners.ends.iter().flat_map(|end| stem.match_indices(end.as_str()));
        let mut starts: Vec<usize> = ends.map(|(at, end)| at + end.len()).collect();
        starts.sort_unstable();
        for start in starts {
            let behind = tag(stem[start..].trim_start_matches("(本级)"));
            if !behind.unknown_before && !behind.unknown_after && !behind.tags.is_empty() {
                return Words { tags: behind.tags, understood: true };
            }
        }
    }
    Words { tags: all.tags, understood: !all.unknown_after }
}

/// The tags of a text and whether all of it is explained.
struct Tagged {
    tags: BTreeSet<&'static str>,
    /// Something before the first tagged term is not explained by any term.
    unknown_before: bool,
    /// Something behind it is not.
    unknown_after: bool,
}

/// Collects the tags of the terms in a text.
fn tag(text: &str) -> Tagged {
    let mut found = Tagged { tags: BTreeSet::new(), unknown_before: false, unknown_after: false };
    let mut rest = text;
    while !rest.is_empty() {
        if let Some((word, tags)) = TERMS.iter().find(|(word, _)| rest.starts_with(word.as_str())) {
            found.tags.extend(tags.split_whitespace());
            rest = &rest[word.len()..];
            continue;
        }
        // A year may stand anywhere.
        if let Some(year) = YEAR.find(rest).filter(|year| year.start() == 0) {
            rest = &rest[year.end()..];
            continue;
        }
        let step = rest.chars().next().map_or(rest.len(), char::len_utf8);
        if found.tags.is_empty() {
            found.unknown_before = true;
        } else {
            found.unknown_after = true;
        }
        rest = &rest[step..];
    }
    found
}
