//! The number printed before or behind a table's heading: 「表 2」, 「公开01表」, 「部门公开表1」, 「附表1-2」, 「一、」.

use regex::Regex;
use std::sync::LazyLock;

/// What may stand before the digits.
const KIND: &str = "(?:附件|附|(?:财决|部门预算|部门决算|单位预算|单位决算|部门|单位|预算|决算)?公开附?|(?:财决)?批复|财决|GK|部门预算|部门决算|预算|决算)";
const ARABIC: &str = "[0-9]{1,2}(?:-[0-9]{1,2})?";
const CHINESE: &str = "[一二三四五六七八九十]{1,3}";

/// Numbers that say 表.
static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    let number = format!(r"{KIND}?(?:表(?:{ARABIC}|{CHINESE}|\((?:{ARABIC}|{CHINESE})\))|{ARABIC}表|{CHINESE}表)");
    pattern(&format!(r"^(?:附件[0-9]*[:]?)?(?:\((?P<bracketed>{number})\)|(?P<plain>{number}))[:、.,-]*"))
});

/// Numbers that do not say 表, such as 「附件2:」, 「附1」 and 「6-1」: they number a table only where its heading follows.
static BARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"^(?:(附件{ARABIC}|附件{CHINESE}|附{ARABIC}|[0-9]{{1,2}}-[0-9]{{1,2}})[:、.,-]*|附(?:件|表)[:、]|附表)"
    ))
});

static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    let number = format!("{KIND}?(?:表(?:{ARABIC}|{CHINESE})|{ARABIC}表|{CHINESE}表)");
    let plain = format!("{KIND}?(?:表{ARABIC}|{ARABIC}表)");
    pattern(&format!(r"(?:\((?P<bracketed>{number})\)|表(?P<plain>{plain}))$"))
});

static ORDINAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:第[一二三四五六七八九十]+部分:?|\([一二三四五六七八九十]+(?:-[0-9]+)?\)、?|([一二三四五六七八九十]+)、|[0-9]{1,2}[.、])",
    )
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a valid pattern")
}

/// The number, where the text in matching form is nothing else.
pub fn alone(folded: &str) -> Option<String> {
    let found = BEFORE.captures(folded)?;
    let whole = found.get(0)?.as_str().len() == folded.len();
    number_of(&found).filter(|_| whole)
}

/// Cuts the number off a heading in matching form. An ordinal numbers the table where nothing else does.
pub fn split(folded: &str) -> (Option<String>, &str) {
    let mut number = None;
    let mut rest = before(folded, &mut number);
    if let Some(behind) = BEHIND.captures(rest).and_then(|found| found.name("bracketed").or(found.name("plain"))) {
        number = number.or_else(|| Some(behind.as_str().to_string()));
        rest = rest[..behind.start()].trim_end_matches('(');
    }
    if let Some(found) = ORDINAL.captures(rest) {
        number = number.or_else(|| found.get(1).map(|ordinal| ordinal.as_str().to_string()));
        rest = before(&rest[found.get(0).map_or(0, |m| m.end())..], &mut number);
    }
    (number, rest)
}

/// Cuts off what stands before the heading.
fn before<'t>(text: &'t str, number: &mut Option<String>) -> &'t str {
    let behind = |found: &regex::Captures<'_>| &text[found.get(0).map_or(0, |m| m.end())..];
    if let Some(found) = BEFORE.captures(text) {
        let rest = behind(&found);
        // 「附表一般公共预算支出表」 and 「附表三公经费表」 bear no number.
        let found = number_of(&found);
        let word = |numeral: char, next: char| {
            found.as_ref().is_some_and(|found| found.ends_with(numeral)) && rest.starts_with(next)
        };
        if !word('一', '般') && !word('三', '公') {
            *number = number.take().or(found);
            return rest;
        }
    }
    match BARE.captures(text) {
        Some(found) if behind(&found).contains('表') => {
            *number = number.take().or_else(|| found.get(1).map(|m| m.as_str().to_string()));
            behind(&found)
        }
        _ => text,
    }
}

fn number_of(found: &regex::Captures<'_>) -> Option<String> {
    found.name("bracketed").or(found.name("plain")).map(|number| number.as_str().to_string())
}
