//! What column keys mean, in words (`data/keys.toml`), and the order in which columns are listed.

use serde::Deserialize;
use std::sync::LazyLock;

/// A key, or a part of one, in words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// As it stands in the output.
    pub key: String,
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    key: Vec<Key>,
    prefix: Vec<Key>,
    suffix: Vec<Key>,
}

static KEYS: LazyLock<Data> =
    LazyLock::new(|| toml::from_str(include_str!("data/keys.toml")).expect("data/keys.toml is well formed"));

/// All keys without prefix or suffix, in the order of columns.
pub fn all() -> &'static [Key] {
    &KEYS.key
}

/// What may stand before any key.
pub fn prefixes() -> &'static [Key] {
    &KEYS.prefix
}

/// What may stand behind any key.
pub fn suffixes() -> &'static [Key] {
    &KEYS.suffix
}

/// A column key in words. Ordered as columns are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Meaning {
    prefix: usize,
    place: usize,
    suffix: usize,
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

/// What a key means, with its prefix and suffix; `None` where it is not in the catalogue.
pub fn meaning(key: &str) -> Option<Meaning> {
    plain(key).or_else(|| {
        (1..).zip(&KEYS.prefix).find_map(|(at, prefix)| {
            let meaning = plain(key.strip_prefix(prefix.key.as_str())?)?;
            let (en, zh) = (format!("{}{}", prefix.en, meaning.en), format!("{}{}", prefix.zh, meaning.zh));
            Some(Meaning { prefix: at, en, zh, ..meaning })
        })
    })
}

/// Puts keys into the order of columns; those that are not in the catalogue come last.
pub fn sort(keys: &mut [String]) {
    keys.sort_by_cached_key(|key| {
        let meaning = meaning(key);
        (meaning.is_none(), meaning, key.clone())
    });
}

/// A key that has no prefix.
fn plain(key: &str) -> Option<Meaning> {
    let find = |key: &str| {
        let place = KEYS.key.iter().position(|known| known.key == key)?;
        let known = KEYS.key.get(place)?;
        Some(Meaning { prefix: 0, place, suffix: 0, en: known.en.clone(), zh: known.zh.clone() })
    };
    find(key).or_else(|| {
        (1..).zip(&KEYS.suffix).find_map(|(at, suffix)| {
            let meaning = find(key.strip_suffix(suffix.key.as_str())?)?;
            let (en, zh) = (format!("{}{}", meaning.en, suffix.en), format!("{}{}", meaning.zh, suffix.zh));
            Some(Meaning { suffix: at, en, zh, ..meaning })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_put_together_from_their_parts() {
        let words = |key| meaning(key).map(|meaning| (meaning.en, meaning.zh));
        let told = |en: &str, zh: &str| Some((en.to_owned(), zh.to_owned()));
        assert_eq!(
            words("carry_over_gov_fund"),
            told("Carried over, government-managed funds", "上年结转：政府性基金预算")
        );
        assert_eq!(words("prior_year_overseas"), told("Last year: Trips overseas", "上年：因公出国（境）费"));
        assert_eq!(
            words("overseas_gov_fund"),
            told("Trips overseas, government-managed funds", "因公出国（境）费（政府性基金预算）")
        );
        assert_eq!(words("change_of_weather"), None);
        assert!(meaning("total") < meaning("basic") && meaning("basic") < meaning("prior_year_total"));
    }
}
