//! Sentences that repeat figures of the tables (`data/narrative.toml`).

use super::identities::Reference;
use regex::Regex;
use serde::Deserialize;
use std::collections::HashSet;
use std::sync::LazyLock;

/// A figure in sentences, with its unit.
const FIGURE: &str = r"(-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|-?[0-9]+(?:\.[0-9]+)?)(?:万元|亿元|元)";

/// The units figures of sentences have: 万元 in most regions, 元 in some.
const UNITS: [&str; 3] = ["万元", "亿元", "元"];

/// The unit that stands behind a figure of a text.
fn unit_behind(text: &str, figure: regex::Match) -> &'static str {
    let behind = &text[figure.end()..];
    UNITS.into_iter().find(|unit| behind.starts_with(unit)).unwrap_or(UNITS[0])
}

/// A few words between a label and its figure.
const GAP: &str = r"([^0-9,。;:()%]{0,12}?)";

/// Words in the gap that speak of another figure than the label's.
const OTHER_FIGURES: [&str; 8] = ["比", "较", "上年", "增", "减", "结转", "其中", "占"];

/// A kind of sentence.
#[derive(Debug)]
pub struct Sentence {
    pattern: Regex,
    /// For each capture group of the pattern: where the figure is printed in the tables, `None` for groups that
    /// are no figures to be compared.
    figures: Vec<Option<Vec<Reference>>>,
}

/// A figure in a text.
#[derive(Debug)]
pub struct Said<'t> {
    /// As printed, without its unit.
    pub figure: &'t str,
    /// Its unit: 万元, 元 or 亿元.
    pub unit: &'static str,
    /// Where it begins in the text, in bytes.
    pub at: usize,
    /// The text of the sentence before it.
    pub before: &'t str,
    /// Where the tables print it; the first that a report has counts.
    pub references: &'t [Reference],
}

/// Every figure in a folded text that is known from the tables, each once.
pub fn read(text: &str) -> Vec<Said<'_>> {
    let mut said: Vec<Said> = Vec::new();
    let mut taken: HashSet<usize> = HashSet::new();
    for sentence in SENTENCES.iter() {
        for found in sentence.pattern.captures_iter(text) {
            let groups = found.iter().skip(1).flatten();
            if groups
                .clone()
                .any(|group| OTHER_FIGURES.iter().any(|word| is_gap(group.as_str()) && group.as_str().contains(word)))
            {
                continue;
            }
            let start = found.get(0).map_or(0, |whole| whole.start());
            for (group, references) in found.iter().skip(1).zip(&sentence.figures) {
                // An empty gap begins where its figure does and must not take its place.
                let is_new = |group: &regex::Match| !is_gap(group.as_str()) && taken.insert(group.start());
                let Some(group) = group.filter(is_new) else { continue };
                if let Some(references) = references {
                    let before = &text[start..group.start()];
                    let unit = unit_behind(text, group);
                    said.push(Said { figure: group.as_str(), unit, at: group.start(), before, references });
                }
            }
        }
    }
    said.sort_by_key(|said| said.at);
    said
}

fn is_gap(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

/// A share in a text: `项目支出2854.64万元,占35.91%`.
#[derive(Debug)]
pub struct Share<'t> {
    /// The amount.
    pub amount: &'t str,
    /// The share as printed, in percent.
    pub percent: &'t str,
    /// Where the share begins, in bytes.
    pub at: usize,
    /// The first amount of the sentence, in the same unit.
    pub whole: &'t str,
    /// Which sentence it stands in.
    pub sentence: usize,
}

/// Every share of a sentence's first amount.
pub fn shares(text: &str) -> Vec<Share<'_>> {
    static SHARE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(&format!(r"{FIGURE},占(?:比|总[^0-9,。;]{{0,8}})?([0-9]+(?:\.[0-9]+)?)%")).expect("a valid pattern")
    });
    static AMOUNT: LazyLock<Regex> = LazyLock::new(|| Regex::new(FIGURE).expect("a valid pattern"));
    static END: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("。|;[一二三四五六七八九十]+、").expect("a valid pattern"));
    let ends = END.find_iter(text).map(|end| end.end()).chain([text.len()]);
    let mut shares = Vec::new();
    let mut start = 0;
    for (number, end) in ends.enumerate() {
        let sentence = &text[start..end];
        let whole = AMOUNT.captures(sentence).and_then(|found| found.get(1));
        let all: Vec<_> = SHARE.captures_iter(sentence).collect();
        // An amount that is a share itself is not the whole.
        let is_part = |whole: regex::Match| all.iter().any(|share| share.get(1) == Some(whole));
        for found in &all {
            let (Some(whole), Some(amount), Some(percent)) = (whole, found.get(1), found.get(2)) else { continue };
            let same_unit = unit_behind(sentence, whole) == unit_behind(sentence, amount);
            if !is_part(whole) && same_unit && amount.as_str() != "0" {
                shares.push(Share {
                    amount: amount.as_str(),
                    percent: percent.as_str(),
                    at: start + percent.start(),
                    whole: whole.as_str(),
                    sentence: number,
                });
            }
        }
        start = end;
    }
    shares
}

#[derive(Deserialize)]
struct Data {
    sentence: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    pattern: String,
    figures: Vec<String>,
}

static SENTENCES: LazyLock<Vec<Sentence>> = LazyLock::new(|| {
    let data: Data = toml::from_str(include_str!("data/narrative.toml")).expect("data/narrative.toml is well formed");
    data.sentence.iter().map(sentence).collect()
});

fn sentence(entry: &Entry) -> Sentence {
    let pattern = entry.pattern.replace('~', GAP).replace('#', FIGURE);
    // Groups in the order of their opening brackets: gaps and names are no figures.
    let mut references = entry.figures.iter();
    let mut figures = Vec::new();
    let mut rest = entry.pattern.as_str();
    while let Some(at) = rest.find(['#', '~', '(']) {
        match &rest[at..=at] {
            "#" => {
                let reference = references.next().filter(|text| !text.is_empty());
                figures.push(reference.map(|text| alternatives(text)));
            }
            "~" => figures.push(None),
            _ if rest[at + 1..].starts_with("?:") || rest[..at].ends_with('\\') => {}
            _ => figures.push(None),
        }
        rest = &rest[at + 1..];
    }
    assert!(references.next().is_none(), "data/narrative.toml: {:?} has fewer figures", entry.pattern);
    Sentence { pattern: Regex::new(&pattern).expect("data/narrative.toml holds valid patterns"), figures }
}

fn alternatives(text: &str) -> Vec<Reference> {
    let parse = |text: &str| Reference::parse(text).expect("data/narrative.toml holds valid references");
    text.split(" / ").map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_give_their_figures_once() {
        let text =
            "某局2024年度本年支出合计7,949.93万元,其中:基本支出5095.29万元,占64.09%;项目支出2854.64万元,占35.91%。";
        let figures: Vec<&str> = read(text).iter().map(|said| said.figure).collect();
        assert_eq!(figures, ["7,949.93", "5095.29", "2854.64"]);
    }

    #[test]
    fn a_figure_right_behind_its_label_is_read() {
        let text = "一般公共预算基本支出100.00万元,其中:人员经费60.00万元;公用经费40.00万元。";
        let figures: Vec<&str> = read(text).iter().map(|said| said.figure).collect();
        assert_eq!(figures, ["100.00", "60.00", "40.00"]);
    }

    #[test]
    fn figures_keep_their_unit() {
        let text = "2023年收入总预算12676620.29元,支出总预算1267.66万元。";
        let units: Vec<(&str, &str)> = read(text).iter().map(|said| (said.figure, said.unit)).collect();
        assert_eq!(units, [("12676620.29", "元"), ("1267.66", "万元")]);
    }

    #[test]
    fn sentences_of_the_regions_name_their_tables() {
        for (text, form) in [
            ("2025年收入预算总额为1234.50万元。", "budget_income_expenditure_summary"),
            ("2022年预算收入2883.63万元。", "budget_income"),
            ("2022年支出预算2883.63万元。", "budget_expenditure"),
            ("2024年部门支出总预算29457.58元。", "budget_income_expenditure_summary"),
            ("2023年度支出总计434.72万元。", "final_income_expenditure_summary"),
            ("本单位财政拨款收入总计1516.64万元。", "final_fiscal_appropriation_summary"),
            ("一般公共预算财政拨款支出年初预算为9.00万元,支出决算为8.00万元。", "final_general_budget_expenditure"),
            ("\"三公\"经费支出年初预算数为5.00万元,决算数为4.00万元。", "final_three_public"),
        ] {
            let read = read(text);
            let forms = read.iter().flat_map(|said| said.references).flat_map(|reference| &reference.forms);
            assert!(forms.into_iter().any(|known| known == form), "{text}");
        }
    }

    #[test]
    fn totals_of_one_fund_or_kind_of_income_are_not_those_of_all() {
        for text in [
            "2023年政府性基金预算收入总计5.00万元。",
            "其中:事业收入合计5.00万元,项目支出总计3.00万元。",
            "上年收入总计5.00万元。",
        ] {
            assert!(read(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn shares_need_one_unit() {
        let text = "本年支出合计1.00亿元,其中:基本支出6000.00万元,占60.00%。";
        assert!(shares(text).is_empty());
    }

    #[test]
    fn figures_of_other_years_are_left_alone() {
        assert!(read("财政拨款收支预算比上年增加12.50万元。").is_empty());
    }

    #[test]
    fn shares_know_their_whole() {
        let text = "本年支出合计100.00万元,其中:基本支出60.00万元,占60.00%;项目支出40.00万元,占40.00%。";
        let read: Vec<(&str, &str, &str)> = shares(text).iter().map(|s| (s.whole, s.amount, s.percent)).collect();
        assert_eq!(read, [("100.00", "60.00", "60.00"), ("100.00", "40.00", "40.00")]);
    }
}
