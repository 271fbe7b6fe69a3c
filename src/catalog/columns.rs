//! What the labels above a leaf column mean (`data/columns.toml`).

use super::text::fold;
use regex::Regex;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// What a column that is no amount holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelRole {
    /// A subject code, 科目编码.
    Code,
    /// One of 类, 款, 项.
    CodePart,
    /// A unit's code, 单位编码.
    UnitCode,
    /// A unit's name, 单位名称.
    UnitName,
    /// A line's or subject's name, 项目, 科目名称.
    Name,
    /// A line number, 行次.
    LineNumber,
    /// A running number, 序号.
    Ordinal,
    /// Other text, 备注.
    Remark,
}

#[derive(Deserialize)]
struct Data {
    role: Vec<RoleData>,
    prefix: Vec<AffixData>,
    suffix: Vec<AffixData>,
    amounts: Vec<SetData>,
}

/// A label that says the same of all columns below or beside it.
#[derive(Deserialize)]
struct AffixData {
    key: String,
    #[serde(default)]
    set: Option<String>,
    paths: Vec<String>,
}

#[derive(Deserialize)]
struct RoleData {
    role: LabelRole,
    paths: Vec<String>,
}

#[derive(Deserialize)]
struct SetData {
    set: String,
    columns: Vec<AmountData>,
}

#[derive(Deserialize)]
struct AmountData {
    key: String,
    paths: Vec<String>,
}

/// A pattern over a path of labels.
struct PathPattern {
    labels: Vec<LabelPattern>,
    /// The last label is the leaf, not one above it.
    leaf_last: bool,
}

impl PathPattern {
    fn parse(text: &str) -> PathPattern {
        let (text, leaf_last) = match text.split_once('!') {
            Some((above, leaf)) => (format!("{above}{leaf}"), true),
            None => (text.to_string(), false),
        };
        PathPattern { labels: text.split('/').map(LabelPattern::parse).collect(), leaf_last }
    }

    /// Does it fit a path of folded labels? Of its labels one must be the leaf.
    fn fits(&self, path: &[String]) -> bool {
        let Some(leaf) = path.last() else { return false };
        self.leaves().iter().any(|label| label.fits(leaf))
            && self.labels.iter().all(|label| path.iter().any(|part| label.fits(part)))
    }

    /// Those of its labels that may be the leaf.
    fn leaves(&self) -> &[LabelPattern] {
        if self.leaf_last { &self.labels[self.labels.len() - 1..] } else { &self.labels }
    }

    /// The characters its leaf may end with; `None` where it may be any.
    fn ends(&self) -> Option<Vec<char>> {
        let spellings = self.leaves().iter().flat_map(|label| &label.0);
        spellings.map(|parts| parts.last()?.chars().next_back()).collect()
    }
}

/// What patterns stand for, in the order of the data: the first that fits a path counts.
struct Patterns<T> {
    all: Vec<(T, PathPattern)>,
    /// By the characters their leaves end with.
    by_end: HashMap<char, Vec<usize>>,
    /// Those whose leaves may end with any.
    open: Vec<usize>,
}

impl<T> FromIterator<(T, PathPattern)> for Patterns<T> {
    fn from_iter<I: IntoIterator<Item = (T, PathPattern)>>(all: I) -> Self {
        let mut patterns = Patterns { all: all.into_iter().collect(), by_end: HashMap::new(), open: Vec::new() };
        for (index, (_, pattern)) in patterns.all.iter().enumerate() {
            match pattern.ends() {
                Some(ends) => ends.into_iter().for_each(|end| patterns.by_end.entry(end).or_default().push(index)),
                None => patterns.open.push(index),
            }
        }
        patterns
    }
}

impl<T> Patterns<T> {
    fn find(&self, path: &[String]) -> Option<&T> {
        let fits = |index: &&usize| self.all[**index].1.fits(path);
        let end = path.last()?.chars().next_back();
        let ending = end.and_then(|end| self.by_end.get(&end)).and_then(|indices| indices.iter().find(fits));
        let sooner = |index: &&usize| ending.is_none_or(|ending| *index < ending);
        let first = self.open.iter().take_while(sooner).find(fits).or(ending)?;
        Some(&self.all[*first].0)
    }
}

/// The spellings of one label, each cut at its `*`s, which stand for any text.
struct LabelPattern(Vec<Vec<String>>);

impl LabelPattern {
    fn parse(spellings: &str) -> LabelPattern {
        LabelPattern(spellings.split('|').map(|text| text.split('*').map(fold).collect()).collect())
    }

    fn fits(&self, label: &str) -> bool {
        self.0.iter().any(|parts| match parts.as_slice() {
            [] => label.is_empty(),
            [whole] => whole == label,
            [first, between @ .., last] => {
                let inner = label.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str()));
                let rest = inner.and_then(|inner| {
                    between.iter().try_fold(inner, |rest, part| rest.split_once(part.as_str()).map(|(_, rest)| rest))
                });
                rest.is_some()
            }
        })
    }
}

struct Columns {
    roles: Patterns<LabelRole>,
    sets: Vec<(String, Patterns<String>)>,
    prefixes: Vec<(String, PathPattern)>,
    suffixes: Vec<(Option<String>, String, PathPattern)>,
}

static COLUMNS: LazyLock<Columns> = LazyLock::new(|| {
    let data: Data = toml::from_str(include_str!("data/columns.toml")).expect("data/columns.toml is well formed");
    Columns {
        roles: data.role.iter().flat_map(|r| r.paths.iter().map(|path| (r.role, PathPattern::parse(path)))).collect(),
        prefixes: data
            .prefix
            .iter()
            .flat_map(|affix| affix.paths.iter().map(|path| (affix.key.clone(), PathPattern::parse(path))))
            .collect(),
        suffixes: data
            .suffix
            .iter()
            .flat_map(|affix| {
                affix.paths.iter().map(|path| (affix.set.clone(), affix.key.clone(), PathPattern::parse(path)))
            })
            .collect(),
        sets: data
            .amounts
            .into_iter()
            .map(|set| {
                let columns = set
                    .columns
                    .iter()
                    .flat_map(|c| c.paths.iter().map(|path| (c.key.clone(), PathPattern::parse(path))))
                    .collect();
                (set.set, columns)
            })
            .collect(),
    }
});

/// A path of labels in the form in which patterns see it: folded, years, 其中 and a unit or formula in brackets taken off.
pub fn matching_path(path: &[String]) -> Vec<String> {
    static YEAR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^20[0-9]{2}年?度?").expect("a valid pattern"));
    static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\((?:单位:)?(?:万元|千元|元)\)$|\([0-9]+=[0-9+\-~.]+\)$").expect("a valid pattern")
    });
    path.iter()
        .map(|label| {
            let folded = fold(label);
            let plain = YEAR.replace(&folded, "");
            let plain = BEHIND.replace(&plain, "");
            let plain = plain.strip_prefix("其中:").filter(|rest| !rest.starts_with("专项资金")).unwrap_or(&plain);
            plain.to_string()
        })
        .collect()
}

/// The role of a column that labels its row, by its path in matching form.
pub fn label_role(path: &[String]) -> Option<LabelRole> {
    COLUMNS.roles.find(path).copied()
}

/// The key of an amount column, by its path in matching form; the form's own set is tried first.
pub fn amount_key(path: &[String], set: Option<&str>) -> Option<String> {
    let (leaf, above) = path.split_last()?;
    let split = COLUMNS
        .suffixes
        .iter()
        .find(|(of, _, pattern)| of.as_deref() == set && !above.is_empty() && pattern.fits(std::slice::from_ref(leaf)));
    if let Some((_, suffix, _)) = split {
        return amount_key(above, set).map(|key| format!("{key}{suffix}"));
    }
    let in_set = |name: &str| {
        let (_, columns) = COLUMNS.sets.iter().find(|(set, _)| set == name)?;
        columns.find(path).cloned()
    };
    set.and_then(in_set).or_else(|| in_set("any"))
}

/// The keys of a set of columns, as they stand in the data. A form's columns are of its own set and of `any`.
pub fn keys_of_set(set: &str) -> Vec<&'static str> {
    let columns = COLUMNS.sets.iter().filter(|(name, _)| name == set).flat_map(|(_, columns)| &columns.all);
    let mut keys: Vec<&str> = columns.map(|(key, _)| key.as_str()).collect();
    keys.dedup();
    keys
}

/// The names of all sets of columns.
pub fn sets() -> impl Iterator<Item = &'static str> {
    COLUMNS.sets.iter().map(|(name, _)| name.as_str())
}

/// What may stand before and behind keys.
pub fn affixes() -> (Vec<&'static str>, Vec<&'static str>) {
    let mut prefixes: Vec<&str> = COLUMNS.prefixes.iter().map(|(key, _)| key.as_str()).collect();
    let mut suffixes: Vec<&str> = COLUMNS.suffixes.iter().map(|(_, key, _)| key.as_str()).collect();
    prefixes.dedup();
    suffixes.dedup();
    (prefixes, suffixes)
}

/// What a label above a column says of all columns below it (上年, 增减变化), as the front of their keys.
pub fn key_prefix(path: &[String]) -> &'static str {
    let says = |pattern: &PathPattern| path.iter().any(|label| pattern.fits(std::slice::from_ref(label)));
    COLUMNS.prefixes.iter().find(|(_, pattern)| says(pattern)).map_or("", |(key, _)| key.as_str())
}

/// Is this folded text a whole label that some form prints above its columns?
pub fn is_label(folded: &str) -> bool {
    static LABELS: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let data: Data = toml::from_str(include_str!("data/columns.toml")).expect("data/columns.toml is well formed");
        let roles = data.role.iter().flat_map(|role| &role.paths);
        let amounts = data.amounts.iter().flat_map(|set| &set.columns).flat_map(|column| &column.paths);
        let labels = roles.chain(amounts).flat_map(|path| path.split(['/', '|']));
        // Of a pattern such as `*编码` no more than an end is known.
        labels.filter(|label| !label.starts_with('*')).map(|label| fold(&label.replace('*', ""))).collect()
    });
    LABELS.contains(folded)
}
