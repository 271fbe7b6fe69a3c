//! The language of what is said to people.
//!
//! Everything kemu says is written in English where it is said, and files hold it so, whatever the language: data stay
//! the same. What goes to the terminal is put into another language on the way, by `zh.toml`: for each English
//! sentence its translation, with placeholders for what varies. So a sentence that was read from `documents.csv` or
//! comes from another process can be told in Chinese too, and one that has no translation yet is told in English.
//!
//! A placeholder `{name}` stands for any text, `{#name}` for digits, `{_name}` for a gap of two blanks or more, and
//! `{!name}` for a text that has a translation itself. What a placeholder stands for is translated in turn.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

/// Bytes of the longest sentence that is put into another language; no sentence of ours is longer.
const LONGEST: usize = 1000;
/// What is joined by semicolons may hold some itself: as many sentences of a list are looked at together.
const TOGETHER: usize = 4;

/// A language of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Simplified Chinese (简体中文).
    Chinese,
}

impl Language {
    /// The language of a locale, as the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set names it.
    pub fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Language {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable).find(|value| !value.is_empty());
        if set.is_some_and(|locale| locale.starts_with("zh")) { Language::Chinese } else { Language::English }
    }

    /// A text of one or more lines in this language. Lines that have no translation stay as they are.
    pub fn tell(self, text: &str) -> String {
        if self == Language::English {
            return text.to_owned();
        }
        let catalogue = Catalogue::standard();
        // What is indented is told without its indent.
        let whole = catalogue.translate(text).filter(|_| !text.starts_with(' '));
        whole.unwrap_or_else(|| {
            let lines = text.split('\n').map(|line| {
                let bare = line.trim();
                let told = catalogue.translate(bare).unwrap_or_else(|| bare.to_owned());
                line.replacen(bare, &told, usize::from(!bare.is_empty()))
            });
            lines.collect::<Vec<_>>().join("\n")
        })
    }

    /// Whether a text, or each of its lines that holds words, can be told in this language.
    pub fn knows(self, text: &str) -> bool {
        let catalogue = Catalogue::standard();
        let known = |text: &str| catalogue.translate(text.trim()).is_some();
        let wordless = |line: &str| !line.chars().any(|c| c.is_ascii_alphabetic());
        self == Language::English || known(text) || text.lines().all(|line| wordless(line) || known(line))
    }
}

/// English sentences and their translations.
#[derive(Debug)]
pub struct Catalogue {
    whole: HashMap<String, String>,
    /// Those with placeholders, the most specific first: those whose placeholders stand for nothing unknown, then those
    /// that begin with a word.
    templates: Vec<(Vec<Part>, Vec<Part>)>,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Slot { kind: Slot, name: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Any,
    Digits,
    Gap,
    Said,
}

impl Catalogue {
    /// The Chinese catalogue compiled in.
    ///
    /// # Panics
    ///
    /// If it is broken, which a test rules out.
    fn standard() -> &'static Catalogue {
        static CHINESE: LazyLock<Catalogue> = LazyLock::new(|| {
            Catalogue::parse(include_str!("zh.toml")).unwrap_or_else(|error| panic!("lang/zh.toml: {error}"))
        });
        &CHINESE
    }

    /// Reads sections of `"English" = "translation"`. Both must have the same placeholders.
    pub fn parse(text: &str) -> Result<Catalogue, String> {
        let sections: BTreeMap<String, BTreeMap<String, String>> =
            toml::from_str(text).map_err(|error| error.to_string())?;
        let mut catalogue = Catalogue { whole: HashMap::new(), templates: Vec::new() };
        let mut shapes = HashSet::new();
        for (english, translation) in sections.into_values().flatten() {
            let (from, to) = (parts(&english)?, parts(&translation)?);
            let names = |parts: &[Part]| {
                let mut names: Vec<String> = parts.iter().filter_map(|part| part.name().map(str::to_owned)).collect();
                names.sort();
                names.dedup();
                names
            };
            let (needed, given) = (names(&to), names(&from));
            if needed.iter().any(|name| !given.contains(name)) {
                return Err(format!("{english:?}: its translation has other placeholders"));
            }
            if from.len() == 1 && !given.is_empty() {
                return Err(format!("{english:?} is a placeholder alone"));
            }
            if given.is_empty() {
                if catalogue.whole.insert(english.clone(), translation).is_some() {
                    return Err(format!("{english:?} is there twice"));
                }
            } else {
                if !shapes.insert(from.iter().map(Part::shape).collect::<String>()) {
                    return Err(format!("{english:?} is there twice, but for the names of its placeholders"));
                }
                catalogue.templates.push((from, to));
            }
        }
        let fixed = |parts: &[Part]| parts.iter().map(Part::fixed).sum::<usize>();
        let open = |parts: &[Part]| parts.iter().any(|part| matches!(part, Part::Slot { kind: Slot::Any, .. }));
        catalogue.templates.sort_by_key(|(from, _)| (open(from), from[0].fixed() == 0, std::cmp::Reverse(fixed(from))));
        Ok(catalogue)
    }

    /// The translation of a sentence, or of sentences joined by semicolons.
    pub fn translate(&self, text: &str) -> Option<String> {
        self.told(text, &Memory::default())
    }

    fn told<'t>(&'t self, text: &'t str, memory: &Memory<'t>) -> Option<String> {
        if let Some(known) = memory.borrow().get(text) {
            return known.clone();
        }
        let told = self.joined(text, memory).or_else(|| self.sentence(text, memory));
        memory.borrow_mut().insert(text, told.clone());
        told
    }

    /// Sentences joined by semicolons, each of which is known.
    fn joined<'t>(&'t self, text: &'t str, memory: &Memory<'t>) -> Option<String> {
        let mut ends = text.match_indices("; ").map(|(end, _)| end).take(TOGETHER).filter(|_| text.len() <= LONGEST);
        ends.find_map(|end| {
            let first = self.sentence(&text[..end], memory)?;
            Some(format!("{first}；{}", self.told(&text[end + 2..], memory)?))
        })
    }

    fn sentence<'t>(&'t self, text: &'t str, memory: &Memory<'t>) -> Option<String> {
        if let Some(whole) = self.whole.get(text) {
            return Some(whole.clone());
        }
        if text.is_empty() || text.len() > LONGEST {
            return None;
        }
        self.templates.iter().find_map(|(from, to)| {
            let mut values = HashMap::new();
            self.fits(from, text, memory, &mut values).then(|| {
                let told = |part: &Part| match part {
                    Part::Text(text) => text.clone(),
                    Part::Slot { name, .. } => {
                        let value = values.get(name.as_str()).copied().unwrap_or_default();
                        self.told(value, memory).unwrap_or_else(|| value.to_owned())
                    }
                };
                to.iter().map(told).collect()
            })
        })
    }

    /// Whether a text is an instance of a template, and what its placeholders stand for then: as little as will do,
    /// from the left.
    fn fits<'t>(
        &'t self,
        parts: &'t [Part],
        text: &'t str,
        memory: &Memory<'t>,
        values: &mut HashMap<&'t str, &'t str>,
    ) -> bool {
        let Some((first, rest)) = parts.split_first() else { return text.is_empty() };
        let (kind, name) = match first {
            Part::Text(fixed) => {
                return text.strip_prefix(fixed.as_str()).is_some_and(|text| self.fits(rest, text, memory, values));
            }
            Part::Slot { kind, name } => (*kind, name),
        };
        let ends: Vec<usize> = match rest.first() {
            None => vec![text.len()],
            Some(Part::Text(fixed)) => text.match_indices(fixed.as_str()).map(|(at, _)| at).collect(),
            // Before a gap all blanks of which belong to it.
            Some(Part::Slot { kind: Slot::Gap, .. }) => {
                text.match_indices("  ").map(|(at, _)| at).filter(|at| !text[..*at].ends_with(' ')).collect()
            }
            Some(Part::Slot { .. }) => vec![text.len() - text.trim_start_matches(' ').len()],
        };
        ends.into_iter().filter(|end| *end > 0).any(|end| {
            let (value, remains) = text.split_at(end);
            let looks_like = match kind {
                Slot::Any | Slot::Said => !value.contains('\n'),
                Slot::Digits => value.bytes().all(|byte| byte.is_ascii_digit()),
                Slot::Gap => value.len() > 1 && value.bytes().all(|byte| byte == b' '),
            };
            let fits = looks_like
                && self.fits(rest, remains, memory, values)
                // Sentences are joined by semicolons: what holds one is no name, but must be told itself.
                && ((kind != Slot::Said && !value.contains("; ")) || self.told(value, memory).is_some());
            if fits {
                values.insert(name, value);
            }
            fits
        })
    }
}

/// What was found out about parts of a text.
type Memory<'t> = RefCell<HashMap<&'t str, Option<String>>>;

impl Part {
    fn name(&self) -> Option<&str> {
        match self {
            Part::Text(_) => None,
            Part::Slot { name, .. } => Some(name),
        }
    }

    /// What fits it, whatever its name.
    fn shape(&self) -> String {
        match self {
            Part::Text(text) => text.clone(),
            Part::Slot { kind, .. } => format!("{{{kind:?}}}"),
        }
    }

    fn fixed(&self) -> usize {
        match self {
            Part::Text(text) => text.chars().count(),
            Part::Slot { .. } => 0,
        }
    }
}

/// Takes a template apart.
fn parts(template: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (slot, remains) = after.split_once('}').ok_or_else(|| format!("{template:?}: a brace is not closed"))?;
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        let (kind, name) = match slot.chars().next() {
            Some('#') => (Slot::Digits, &slot[1..]),
            Some('_') => (Slot::Gap, &slot[1..]),
            Some('!') => (Slot::Said, &slot[1..]),
            _ => (Slot::Any, slot),
        };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Err(format!("{template:?}: {slot:?} is no placeholder"));
        }
        parts.push(Part::Slot { kind, name: name.to_owned() });
        rest = remains;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue() -> Catalogue {
        Catalogue::parse(
            "[some]\n\"a page\" = \"一页\"\n\"{place}: {!message}\" = \"{place}：{message}\"\n\
             \"{#count} of {what}\" = \"{what}之{count}\"\n\"{option}{_gap}{!what}\" = \"{option}{gap}{what}\"\n",
        )
        .unwrap()
    }

    #[test]
    fn a_sentence_is_known_by_its_template() {
        let catalogue = catalogue();
        let told = |text: &str| catalogue.translate(text);
        assert_eq!(told("a page").as_deref(), Some("一页"));
        assert_eq!(told("12 of a page").as_deref(), Some("一页之12"));
        assert_eq!(told("12 of 表: x").as_deref(), Some("表: x之12"));
        assert_eq!(told("x of a page"), None);
        assert_eq!(told("C: a: 3 of b").as_deref(), Some("C：a：b之3"), "one inside the other");
        assert_eq!(told("C: unknown"), None);
        assert_eq!(told("a page; 1 of a; a page").as_deref(), Some("一页；a之1；一页"));
        assert_eq!(
            told("a page; 1 of a; b: 1 of c").as_deref(),
            Some("一页；a之1；b：c之1"),
            "no place has a semicolon"
        );
        assert_eq!(told("--flag <X>   a page").as_deref(), Some("--flag <X>   一页"));
        assert_eq!(told("--flag a page"), None);
    }

    #[test]
    fn a_broken_catalogue_is_refused() {
        for broken in ["\"{a}\" = \"{b}\"", "\"{a\" = \"{a}\"", "\"{}\" = \"\"", "\"{A b}\" = \"\""] {
            assert!(Catalogue::parse(&format!("[some]\n{broken}\n")).is_err(), "{broken}");
        }
        let twice = |other: &str| Catalogue::parse(&format!("[some]\n\"{{#a}} of b\" = \"{{a}}\"\n{other}\n"));
        assert!(twice("\"{#c} of b\" = \"{c}\"").unwrap_err().contains("is there twice"));
        assert!(twice("\"{c} of b\" = \"{c}\"").is_ok(), "another kind of placeholder is another template");
    }

    #[test]
    fn the_locale_decides() {
        let of = |set: &[(&str, &str)]| {
            Language::of_locale(|name| set.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(of(&[]), Language::English);
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), Language::Chinese);
        assert_eq!(of(&[("LC_ALL", "C"), ("LANG", "zh_CN.UTF-8")]), Language::English);
        assert_eq!(of(&[("LC_ALL", ""), ("LC_MESSAGES", "zh_TW"), ("LANG", "en_GB")]), Language::Chinese);
    }
}
