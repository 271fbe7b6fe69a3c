//! The compiled-in knowledge: subject codes, rows of summary tables, and the
//! matching form of labels.

use std::collections::{HashMap, HashSet};

use kemu::catalog::line_items::{Block, Half, LineItems, Side};
use kemu::catalog::subjects::{Agreement, Level, Subjects, System, parent};
use kemu::catalog::text::{Ordinal, OrdinalKind, chinese_number, fold, ordinal, same, skeleton, without_ordinals};

mod folding {
    use super::*;

    #[test]
    fn removes_blanks_and_invisible_characters() {
        assert_eq!(fold("本 年 收 入 合 计"), "本年收入合计");
        assert_eq!(fold("信息 网络\u{A0}及软件\u{3000}购置\r\n"), "信息网络及软件购置");
        assert_eq!(fold("\u{FEFF}因\u{200B}公 出\u{AD} 国"), "因公出国");
        assert_eq!(fold(" \t\u{3000}"), "");
    }

    #[test]
    fn turns_radicals_into_ideographs() {
        assert_eq!(fold("部⻔"), "部门");
        assert_eq!(fold("公务用⻋"), "公务用车");
        // NFKC alone gives the traditional 戶, 長, 黃.
        assert_eq!(fold("⼾⻓⿈⽹⺠⾯"), "户长黄网民面");
        // Also when another character of the label needs NFKC.
        assert_eq!(fold("⼾㎡"), "户m2");
    }

    #[test]
    fn knows_every_radical_that_nfkc_leaves_alone() {
        let left: String = ('\u{2E80}'..='\u{2FD5}')
            .filter(|&c| fold(&c.to_string()) == c.to_string())
            .filter(|c| !matches!(c, '⺀' | '\u{2E9A}' | '\u{2EF4}'..='\u{2EFF}'))
            .collect();
        assert_eq!(left, "");
    }

    #[test]
    fn unifies_width_brackets_quotes_dashes_colons() {
        assert_eq!(fold("单位：万元"), fold("单位:万元"));
        assert_eq!(fold("因公出国（境）费用"), "因公出国(境)费用");
        assert_eq!(fold("２０２４年度４．"), "2024年度4.");
        for quoted in ["“三公”", "„三公‟", "〝三公〞", "″三公″", "＂三公＂", "\"三公\""] {
            assert_eq!(fold(quoted), "\"三公\"");
        }
        for dash in ["—", "–", "－", "−", "‑", "―", "─"] {
            assert_eq!(fold(dash), "-");
        }
        assert_eq!(fold("〔2014001〕行政运行"), "[2014001]行政运行");
        assert_eq!(fold("一"), "一", "the numeral is no dash");
    }

    #[test]
    fn keeps_circled_numbers_apart_from_digits() {
        assert_eq!(fold("①2019年㎡"), "①2019年m2");
    }

    #[test]
    fn is_idempotent() {
        for text in ["⑴ａ｡ﬁ㈠⼾″①…", "（一） “三公”—经费", "ｶﾞ½㍿", "°C℃‰"] {
            let once = fold(text);
            assert_eq!(fold(&once), once);
        }
    }

    #[test]
    fn compares_labels() {
        assert!(same("维修（护）费", "维 修(护)费"));
        assert!(!same("维修费", "维修（护）费"));
        assert_eq!(skeleton("维修（护）费"), "维修护费");
        assert_eq!(skeleton("“三公”经费"), "三公经费");
    }
}

mod ordinals {
    use super::*;
    use OrdinalKind::*;

    #[track_caller]
    fn check(label: &str, kind: OrdinalKind, number: u32, rest: &str) {
        assert_eq!(ordinal(label), Some((Ordinal { kind, number }, rest)));
    }

    #[test]
    fn are_split_off() {
        check("一、一般公共服务支出", Chinese, 1, "一般公共服务支出");
        check("二十三、 债务付息支出", Chinese, 23, "债务付息支出");
        check("（一）人员经费", ChineseBracketed, 1, "人员经费");
        check("(十二) 其他", ChineseBracketed, 12, "其他");
        check("㈢其他", ChineseBracketed, 3, "其他");
        check("1.一般公共预算资金", Arabic, 1, "一般公共预算资金");
        check("3、国有资本经营预算", Arabic, 3, "国有资本经营预算");
        check("２．政府性基金", Arabic, 2, "政府性基金");
        check("(1)工资福利支出", ArabicBracketed, 1, "工资福利支出");
        check("2）资本性支出", ArabicBracketed, 2, "资本性支出");
        check("④其他", Circled, 4, "其他");
        check(" 其中： 财政拨款资金结转", OfWhich, 0, "财政拨款资金结转");
        assert_eq!(without_ordinals("其中：1.基本支出 "), "基本支出");
    }

    #[test]
    fn may_stand_before_a_year() {
        check("4．2025年单位收入", Arabic, 4, "2025年单位收入");
        check("4.2025年单位收入", Arabic, 4, "2025年单位收入");
    }

    #[test]
    fn are_not_seen_in_amounts_codes_and_names() {
        for label in [
            "1.50",
            "12.34万元",
            "301.",
            "2010550 事业运行",
            "2019年",
            "一般公共服务支出",
            "十九大",
            "（护）",
            "（2024）",
            "其中",
            "其中央企业",
            "三公经费",
            "",
            "、",
            "0.5",
        ] {
            assert_eq!(ordinal(label), None, "{label}");
        }
    }

    #[test]
    fn chinese_numbers_are_read() {
        for (numeral, number) in [
            ("一", 1),
            ("十", 10),
            ("十一", 11),
            ("二十", 20),
            ("二十三", 23),
            ("一百零五", 105),
            ("一千二百三十四", 1234),
            ("两千", 2000),
            ("二〇二四", 2024),
            ("二○一九", 2019),
        ] {
            assert_eq!(chinese_number(numeral), Some(number), "{numeral}");
        }
        for numeral in ["", "百", "十十", "一十百", "一般", "23", "零"] {
            assert_eq!(chinese_number(numeral), None, "{numeral}");
        }
    }
}

mod subjects {
    use super::*;
    use System::*;

    #[track_caller]
    fn name(system: System, code: &str, year: u16) -> &'static str {
        Subjects::standard().lookup(system, code, Some(year)).unwrap().name
    }

    #[test]
    fn rows_are_unique_ordered_and_clean() {
        let mut seen = HashSet::new();
        for subject in Subjects::standard().iter() {
            assert!(seen.insert((subject.code, fold(subject.name))), "{subject:?} twice");
            assert!(!subject.name.is_empty());
            assert!(!subject.name.contains(char::is_whitespace), "{subject:?}");
            assert!(!subject.name.contains(['(', ')', '"']), "{subject:?}: use （）“”");
            assert!(!subject.name.contains(|c: char| c.is_ascii_alphanumeric()), "{subject:?}");
            let opened = subject.name.matches('（').count();
            assert_eq!(opened, subject.name.matches('）').count(), "{subject:?}");
            assert!(subject.since.zip(subject.until).is_none_or(|(since, until)| since <= until));
            assert_eq!(System::of_code(subject.code), Some(subject.system));
        }
        assert!(seen.len() > 2000);
        let codes: Vec<_> = Subjects::standard().iter().map(|s| (s.system, s.code)).collect();
        assert!(codes.is_sorted());
    }

    #[test]
    fn every_code_has_its_parent() {
        let subjects = Subjects::standard();
        for subject in subjects.iter() {
            if let Some(parent) = parent(subject.code) {
                assert!(subjects.known(parent), "{} without {parent}", subject.code);
            }
        }
    }

    #[test]
    fn codes_tell_classification_and_level() {
        assert_eq!(System::of_code("2010550"), Some(Functional));
        assert_eq!(System::of_code("30201"), Some(EconomicDept));
        assert_eq!(System::of_code("501"), Some(EconomicGov));
        for code in ["", "20", "2010", "20105500", "3020101", "101", "401", "200", "2010x50", "二〇一"] {
            assert_eq!(System::of_code(code), None, "{code}");
        }
        assert_eq!(Level::of_code("2010550"), Some(Level::Item));
        assert_eq!(parent("2010550"), Some("20105"));
        assert_eq!(parent("20105"), Some("201"));
        assert_eq!(parent("201"), None);
        assert_eq!(parent("20x05"), None);
        for system in [Functional, EconomicDept, EconomicGov] {
            assert_eq!(System::of_key(system.key()), Some(system));
        }
    }

    #[test]
    fn names_follow_the_fiscal_year() {
        assert_eq!(name(Functional, "2010550", 2019), "事业运行");
        assert_eq!(name(Functional, "215", 2019), "资源勘探信息等支出");
        assert_eq!(name(Functional, "215", 2024), "资源勘探工业信息等支出");
        assert_eq!(name(Functional, "207", 2018), "文化体育与传媒支出");
        assert_eq!(name(Functional, "210", 2018), "医疗卫生与计划生育支出");
        assert_eq!(name(Functional, "210", 2026), "卫生健康支出");
        assert_eq!(name(Functional, "20805", 2018), "行政事业单位离退休");
        assert_eq!(name(Functional, "20805", 2024), "行政事业单位养老支出");
        assert_eq!(name(Functional, "21007", 2009), "妇幼保健");
        assert_eq!(name(Functional, "21007", 2016), "计划生育事务");
        assert_eq!(name(EconomicDept, "30311", 2017), "住房公积金");
        assert_eq!(name(EconomicDept, "30311", 2018), "代缴社会保险费");
        assert_eq!(name(EconomicDept, "30311", 2024), "代缴社会保险费");
        assert_eq!(name(EconomicDept, "30307", 2017), "医疗费");
        assert_eq!(name(EconomicDept, "30307", 2019), "医疗费补助");
        assert_eq!(name(EconomicDept, "310", 2017), "其他资本性支出");
        assert_eq!(name(EconomicDept, "310", 2019), "资本性支出");
        assert_eq!(name(EconomicGov, "50101", 2020), "工资奖金津补贴");
        assert_eq!(name(EconomicGov, "50905", 2024), "离退休费");
    }

    #[test]
    fn lookup_wants_the_right_classification() {
        let subjects = Subjects::standard();
        assert!(subjects.lookup(EconomicDept, "2010550", Some(2019)).is_none());
        assert!(subjects.lookup(Functional, "2999999", Some(2019)).is_none());
        assert!(!subjects.known("2999999"));
        let in_force = subjects.lookup(EconomicDept, "30311", None).unwrap();
        assert_eq!(in_force.name, "代缴社会保险费");
        assert!(in_force.covers(2024) && !in_force.covers(2017));
    }

    #[test]
    fn names_are_compared_by_year() {
        let subjects = Subjects::standard();
        let agrees =
            |code, year, printed| subjects.name_agrees(System::of_code(code).unwrap(), code, Some(year), printed);
        assert_eq!(agrees("2010550", 2019, "事业 运行"), Agreement::Same);
        assert_eq!(agrees("30213", 2024, "维修(护)费"), Agreement::Same);
        assert_eq!(agrees("30213", 2024, "维修护费"), Agreement::Same);
        assert_eq!(agrees("303", 2026, "对个人和家庭补助"), Agreement::Same);
        assert_eq!(agrees("2080101", 2020, "行政运行（人力资源和社会保障管理事务）"), Agreement::Same);
        assert_eq!(agrees("210", 2026, "医疗卫生与计划生育支出"), Agreement::OldName);
        assert_eq!(agrees("20805", 2025, "行政事业单位离退休"), Agreement::OldName);
        assert_eq!(agrees("2040607", 2024, "法律援助"), Agreement::OldName);
        assert_eq!(agrees("30311", 2017, "代缴社会保险费"), Agreement::Different { expected: "住房公积金" });
        assert_eq!(agrees("310", 2024, "资本性支出（基本建设）"), Agreement::Different { expected: "资本性支出" });
        assert_eq!(agrees("2010601", 2024, "事业运行"), Agreement::Different { expected: "行政运行" });
        // Known from the scheme of 2007-2010 only: enough to agree, not to object.
        assert_eq!(agrees("2012602", 2024, "一般行政管理事务"), Agreement::Same);
        assert_eq!(agrees("2012602", 2024, "别的名称"), Agreement::Unknown);
        assert_eq!(agrees("2999999", 2024, "其他支出"), Agreement::Unknown);
        assert_eq!(agrees("2010601", 2024, ""), Agreement::Unknown);
    }

    #[test]
    fn every_name_agrees_with_its_own_code_and_year() {
        let subjects = Subjects::standard();
        for subject in subjects.iter() {
            let year = subject.since.or(subject.until);
            let agreement = subjects.name_agrees(subject.system, subject.code, year, subject.name);
            assert_eq!(agreement, Agreement::Same, "{subject:?}");
        }
    }

    #[test]
    fn one_name_has_many_codes() {
        let subjects = Subjects::standard();
        let running = subjects.by_name(Functional, "行政 运行");
        assert!(running.len() > 50 && running.contains(&"2010601"));
        assert!(running.is_sorted());
        assert_eq!(subjects.by_name(EconomicDept, "房屋建筑物购建"), ["30901", "31001"]);
        assert_eq!(subjects.by_name(EconomicGov, "住房公积金"), ["50103"]);
        assert!(subjects.by_name(Functional, "没有这个科目").is_empty());
    }

    #[test]
    fn broken_tables_are_refused() {
        const HEADER: &str = "system,code,name,since,until,weight\n";
        assert!(Subjects::parse("code,name\n").is_err());
        assert!(Subjects::parse(HEADER).is_ok());
        let table = "system,code,name,since,until,weight\nfunctional,301,名,,,1\n";
        assert_eq!(Subjects::parse(table).unwrap_err(), "line 2: \"301\" is no functional code");
        let table = "system,code,name,since,until,weight\nfunctional,201,名,x,,1\n";
        assert_eq!(Subjects::parse(table).unwrap_err(), "line 2: \"x\" is no year");
    }
}

mod line_items {
    use super::*;

    const FUNCTIONS: Option<Block> = Some(Block::Expenditure(Some(System::Functional)));
    const DEPARTMENT: Option<Block> = Some(Block::Expenditure(Some(System::EconomicDept)));
    const GOVERNMENT: Option<Block> = Some(Block::Expenditure(Some(System::EconomicGov)));
    const INCOME: Option<Block> = Some(Block::Income);
    const EXPENDITURE: Option<Block> = Some(Block::Expenditure(None));

    #[track_caller]
    fn key(label: &str, block: Option<Block>) -> &'static str {
        LineItems::standard().find_printed(label, block).map_or("", |item| &item.key)
    }

    #[test]
    fn keys_are_unique_and_names_clean() {
        let mut keys = HashSet::new();
        for item in LineItems::standard().iter() {
            assert!(keys.insert(&item.key), "{} twice", item.key);
            assert!(item.key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
            let mut names = HashSet::new();
            for name in &item.names {
                assert!(names.insert(fold(name)), "{}: {name} twice", item.key);
                assert_eq!(ordinal(name), None, "{}: {name}", item.key);
                assert!(!name.contains(char::is_whitespace));
            }
            assert_eq!(LineItems::standard().get(&item.key), Some(item));
        }
    }

    #[test]
    fn codes_are_known_classes_that_bear_these_names() {
        for item in LineItems::standard().iter() {
            let Some(code) = &item.code else { continue };
            assert_eq!(Level::of_code(code), Some(Level::Class), "{}", item.key);
            assert_eq!(item.side, Side::Expenditure);
            assert!(item.key.ends_with(code.as_str()));
            let names: HashSet<_> = item.names.iter().map(|name| fold(name)).collect();
            for subject in Subjects::standard().names(code) {
                assert!(names.contains(&fold(subject.name)), "{} lacks {}", item.key, subject.name);
            }
        }
    }

    #[test]
    fn within_a_block_only_positional_names_are_shared() {
        let mut owners: HashMap<(String, Half, Option<System>), Vec<&str>> = HashMap::new();
        for item in LineItems::standard().iter() {
            for name in &item.names {
                owners.entry((fold(name), item.half, item.system())).or_default().push(&item.key);
            }
        }
        for ((name, ..), keys) in owners.iter().filter(|(_, keys)| keys.len() > 1) {
            let second = keys.iter().filter(|key| key.starts_with("opening_balance_")).count();
            assert!(keys.len() == 2 && second == 1, "{name}: {keys:?}");
        }
    }

    #[test]
    fn rows_of_the_provinces_are_found() {
        for (label, expected) in [
            ("一、一般公共预算财政拨款收入", "general_public_budget_appropriation"),
            ("1. 一般公共预算资金", "general_public_budget_appropriation"),
            ("（二）政府性基金预算拨款", "gov_fund_appropriation"),
            ("3、国有资本经营预算", "state_capital_appropriation"),
            ("一、财政拨款收入", "fiscal_appropriation"),
            ("四、财政专户管理资金收入", "fiscal_account_funds"),
            ("二、财政专户拨款", "fiscal_account_funds"),
            ("三、事业收入（不含教育收费）", "institutional_income"),
            ("其中：纳入财政专户管理的收费", "institutional_income_fiscal_account"),
            ("八、事业单位经营收入资金", "operating_income"),
            ("5、下级单位上缴收入", "affiliated_remittance"),
            ("当年收入小计", "current_income_total"),
            ("本 年 收 入 合 计", "current_income_total"),
            ("用事业基金弥补收支差额", "use_of_non_fiscal_balance"),
            ("使用非财政拨款结余（含专用结余）", "use_of_non_fiscal_balance"),
            ("上年结转结余", "opening_balance"),
            ("年初财政拨款结转和结余", "opening_balance"),
            ("1、一般公共预算拨款结余结转", "opening_balance_general_public_budget"),
            ("上年实户资金余额", "opening_account_balance"),
            ("收 入 总 计", "income_total"),
            ("总计", "income_total"),
        ] {
            assert_eq!(key(label, INCOME), expected, "{label}");
        }
        for (label, expected) in [
            ("二十四、债务还本支出", "function_231"),
            ("七、文化体育与传媒支出", "function_207"),
            ("一、一般公共服务", "function_201"),
            ("一、人员经费和公用经费支出", "basic_expenditure"),
            ("二、项目支出", "project_expenditure"),
            ("二十五、上缴上级支出", "remit_to_superior"),
            ("对附属单位的补助支出", "subsidy_to_affiliated"),
            ("本年支出合计", "current_expenditure_total"),
            ("结余分配", "balance_distribution"),
            ("二、年终结转结余", "closing_balance"),
            ("结转结余下年", "closing_balance"),
            ("未安排支出的实户资金", "unallocated_account_funds"),
            ("总计", "expenditure_total"),
            ("其他支出", "function_229"),
        ] {
            assert_eq!(key(label, EXPENDITURE), expected, "{label}");
        }
    }

    #[test]
    fn the_block_decides_on_shared_names() {
        assert_eq!(key("二十三、其他支出", FUNCTIONS), "function_229");
        assert_eq!(key("(10)其他支出", DEPARTMENT), "economic_dept_399");
        assert_eq!(key("15、其他支出", GOVERNMENT), "economic_gov_599");
        assert_eq!(key("7、对企业补助", GOVERNMENT), "economic_gov_507");
        assert_eq!(key("9、对个人和家庭的补助", GOVERNMENT), "economic_gov_509");
        assert_eq!(key("12、债务还本支出", GOVERNMENT), "economic_gov_512");
        assert_eq!(key("一、基本支出", GOVERNMENT), "basic_expenditure");
        assert_eq!(key("教育支出", GOVERNMENT), "");
        assert_eq!(key("教育支出", INCOME), "");
        assert_eq!(key("总计", None), "", "either half");
        assert_eq!(key("支出总计", None), "expenditure_total");
    }

    #[test]
    fn a_second_appropriation_is_told_by_place() {
        let label = fold("一般公共预算财政拨款");
        let keys: Vec<_> = LineItems::standard().find_all(&label, INCOME).map(|item| item.key.as_str()).collect();
        assert_eq!(keys, ["general_public_budget_appropriation", "opening_balance_general_public_budget"]);
    }

    #[test]
    fn broken_tables_are_refused() {
        let total = "[[item]]\nkey = \"k\"\nside = \"total\"\nnames = [\"总计\"]\n";
        assert_eq!(LineItems::parse(total).unwrap_err(), "k: a total needs a half");
        assert!(LineItems::parse("[[item]]\nkey = \"k\"\n").is_err());
    }
}

/// What is printed in many provinces, as tables under `tests/data`: decided by its meaning, from published reports and
/// the ministry's forms. Each test prints all lines that fail.
mod vocabulary {
    use kemu::catalog::columns::{amount_key, key_prefix, label_role, matching_path};
    use kemu::catalog::forms::{self, ReportKind};
    use kemu::catalog::line_items::{Block, LineItems};
    use kemu::catalog::lines::lines;
    use kemu::catalog::subjects::System;
    use kemu::catalog::text::fold;
    use kemu::catalog::titles;

    /// The lines of a table without its header, cut into fields.
    fn table(text: &'static str) -> Vec<Vec<&'static str>> {
        text.lines().skip(1).filter(|line| !line.is_empty()).map(|line| line.split('\t').collect()).collect()
    }

    /// Fails with all lines for which `found` is not the last field.
    #[track_caller]
    fn check(table: &[Vec<&str>], found: impl Fn(&[&str]) -> String) {
        let mut failed = Vec::new();
        for line in table {
            let (expected, given) = line.split_last().unwrap();
            let found = found(given);
            if found != *expected {
                failed.push(format!("{}: {found} instead of {expected}", given.join(" | ")));
            }
        }
        assert!(failed.is_empty(), "{} of {} lines fail:\n{}", failed.len(), table.len(), failed.join("\n"));
    }

    fn kind(text: &str) -> Option<ReportKind> {
        match text {
            "budget" => Some(ReportKind::Budget),
            "final" => Some(ReportKind::Final),
            _ => None,
        }
    }

    #[test]
    fn headings_are_understood() {
        let headings = table(include_str!("data/headings.tsv"));
        assert!(headings.len() >= 300);
        check(&headings, |line| match titles::read(line[3]) {
            None => "none".to_string(),
            Some(title) => forms::identify(&title, kind(line[2])).map_or("other".to_string(), |form| form.id.clone()),
        });
    }

    #[test]
    fn columns_are_understood() {
        let columns = table(include_str!("data/columns.tsv"));
        assert!(columns.len() >= 150);
        check(&columns, |line| {
            let form = forms::all().iter().find(|form| form.id == line[1]);
            let set = form.expect("a form of forms.toml").columns.as_deref();
            let labels: Vec<String> = line[2].split('/').map(str::to_string).collect();
            let path = matching_path(&labels);
            match (label_role(&path), amount_key(&path, set)) {
                (Some(role), _) => format!("@{}", serde_json::to_value(role).unwrap().as_str().unwrap()),
                (None, Some(key)) => format!("{}{key}", key_prefix(&path)),
                (None, None) => "none".to_string(),
            }
        });
    }

    #[test]
    fn lines_around_tables_and_on_covers_are_understood() {
        let known = lines();
        check(&table(include_str!("data/lines.tsv")), |line| {
            let folded = fold(line[1]);
            let or_none = |value: Option<&str>| value.unwrap_or("none").to_string();
            let yes = |matches: bool| if matches { "yes" } else { "no" }.to_string();
            match line[0] {
                "unit" => or_none(known.unit.value(&folded)),
                // Where a line fits both, it names the unit of the amounts.
                "department" if known.unit.matches(&folded) => "none".to_string(),
                "department" => or_none(known.department.value(&folded)),
                "number" => titles::number_alone(line[1]).unwrap_or("none".to_string()),
                "year" if !known.year.matches(&folded) => "none".to_string(),
                "year" => known.year.value(&folded).unwrap_or("-").to_string(),
                "note" => yes(known.note.matches(&folded)),
                "page_number" => yes(known.page_number.matches(&folded)),
                "contents" => yes(known.contents.matches(&folded)),
                "cover" => known.cover_title.captures(&folded).map_or("none".to_string(), |found| {
                    let group = |name| found.name(name).map(|m| m.as_str()).filter(|text| !text.is_empty());
                    let name = group("name").or(group("owner"));
                    [name, group("year"), group("level"), group("kind")].map(|text| text.unwrap_or("-")).join(" ")
                }),
                other => panic!("no kind of line: {other}"),
            }
        });
    }

    #[test]
    fn line_items_are_understood() {
        check(&table(include_str!("data/line_items.tsv")), |line| {
            let block = match line[1] {
                "income" => Block::Income,
                "functions" => Block::Expenditure(Some(System::Functional)),
                _ => Block::Expenditure(None),
            };
            let found = LineItems::standard().find_printed(line[2], Some(block));
            found.map_or("none".to_string(), |item| item.key.clone())
        });
    }
}

/// Identities speak of forms, line items and column keys: a name that nothing has would be checked never.
#[test]
fn identities_name_what_there_is() {
    use kemu::catalog::identities::{Identities, RowReference};
    let known = Identities::standard();
    let keys = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/catalog/data/columns.toml")).unwrap();
    let is_key = |key: &str| {
        let bare = known.suffixes.iter().find_map(|suffix| key.strip_suffix(suffix.as_str())).unwrap_or(key);
        [key, bare].iter().any(|key| keys.contains(&format!("key = \"{key}\"")))
    };
    let mut wrong = Vec::new();
    for reference in known.across.iter().flat_map(|identity| [&identity.left, &identity.right]) {
        for form in reference.forms.iter().filter(|form| !kemu::catalog::forms::all().iter().any(|f| f.id == **form)) {
            wrong.push(format!("no form {form}"));
        }
        for column in reference.columns.iter().filter(|column| !is_key(column)) {
            wrong.push(format!("no column {column}"));
        }
        for row in &reference.rows {
            if let RowReference::Item(key) = row
                && kemu::catalog::line_items::LineItems::standard().get(key).is_none()
            {
                wrong.push(format!("no line item {key}"));
            }
        }
    }
    // Wholes and parts may also be parts of one another that no form prints.
    let wholes: Vec<&str> = known.partitions.iter().map(|partition| partition.whole.as_str()).collect();
    for partition in &known.partitions {
        for key in std::iter::once(&partition.whole).chain(&partition.parts) {
            let prefixed = known.prefixes.iter().any(|prefix| is_key(&format!("{prefix}{key}")));
            if !is_key(key) && !prefixed && !wholes.contains(&key.as_str()) {
                wrong.push(format!("no column {key}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
