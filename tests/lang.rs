//! Every sentence that kemu says to people has a Chinese translation: the sentences are taken from the sources.

use kemu::lang::Language;
use regex::{Captures, Regex};
use std::fs;
use std::path::{Path, PathBuf};

/// Files whose texts, as far as they are sentences, are all for people.
const SAY_ALL: &[&str] = &[
    "src/batch/check.rs",
    "src/batch/inputs.rs",
    "src/batch/journal.rs",
    "src/batch/plan.rs",
    "src/batch/read.rs",
    "src/batch/supervisor.rs",
    "src/batch/summary.rs",
    "src/batch/worker.rs",
    "src/check/suspects.rs",
    "src/cli/codes.rs",
    "src/cli/panel.rs",
    "src/cli/report.rs",
    "src/cli/schema.rs",
    "src/cli/shell.rs",
    "src/emit/export/parquet.rs",
    "src/emit/findings.rs",
    "src/pdf/error.rs",
    "src/review/mod.rs",
];

/// Texts in these that are parts of sentences, with the sentences they make.
const PARTS: &[(&str, &str)] = &[
    (
        "with a hidden text layer that is not used",
        "scanned pictures with a hidden text layer that is not used: page 1 of 2",
    ),
    ("without a text layer", "scanned pictures without a text layer: pages 1-3 of 3"),
    ("scanned pictures {layer}: {} of {}", "scanned pictures without a text layer: page 2 of 3"),
    ("no message", "internal error: no message"),
    ("expenditure by function (支出功能分类)", "classification: expenditure by function (支出功能分类)"),
    (
        "departments' expenditure by economic nature (部门预算支出经济分类)",
        "classification: departments' expenditure by economic nature (部门预算支出经济分类)",
    ),
    (
        "governments' expenditure by economic nature (政府预算支出经济分类)",
        "classification: governments' expenditure by economic nature (政府预算支出经济分类)",
    ),
];

/// What may stand for a placeholder: a figure, a sentence, a clause, pages, nothing, what follows a colon.
const SAMPLES: &[&str] = &["7", "a web page", "a = b fails by 3", "7 pages", "page 7", "", ": no such file"];

#[test]
fn every_sentence_has_a_translation() {
    let text = Regex::new(r#"(?s)"((?:\\.|[^"\\])*)""#).unwrap();
    let error = Regex::new(r#"(?s)#\[error\(\s*"((?:\\.|[^"\\])*)""#).unwrap();
    let hint = Regex::new(r"(?s)fn hint\(.*?\n    \}\n").unwrap();
    let said = Regex::new(r#"(?s)\b(?:fail|say)\([^;]*?"((?:\\.|[^"\\])*)""#).unwrap();
    let mut unknown = Vec::new();
    for path in sources() {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
        let whole = fs::read_to_string(&path).unwrap();
        let code = whole.split("#[cfg(test)]").next().unwrap_or_default();
        let spoken = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        let code: String = spoken.map(|line| format!("{line}\n")).collect();
        let all = |pattern: &Regex, code: &str| -> Vec<String> {
            pattern.captures_iter(code).map(|found| found[1].to_owned()).collect()
        };
        let mut sentences = all(&error, &code);
        sentences.extend(all(&said, &code).into_iter().filter(|text| !text.starts_with('/')));
        hint.find_iter(&code).for_each(|body| sentences.extend(all(&text, body.as_str())));
        if SAY_ALL.contains(&name.as_str()) {
            sentences.extend(all(&text, &code).into_iter().filter(|text| is_sentence(text)));
        }
        unknown.extend(sentences.into_iter().filter(|sentence| !is_known(sentence)).map(|s| format!("{name}: {s:?}")));
    }
    unknown.dedup();
    assert!(unknown.is_empty(), "put these into src/lang/zh.toml:\n{}", unknown.join("\n"));
    for (_, whole) in PARTS {
        assert!(Language::Chinese.knows(whole), "{whole}");
    }
}

/// Has it two words in a row, and is no example of a command line?
fn is_sentence(text: &str) -> bool {
    let words = Regex::new(r"(^|[ :(])[a-z]+,? [a-z]+").unwrap();
    words.is_match(text) && !text.contains("Examples:") && !text.starts_with(' ')
}

fn is_known(sentence: &str) -> bool {
    let joined = Regex::new(r"\\\n\s*").unwrap().replace_all(sentence, "");
    let joined = joined.replace("\\n", "\n").replace("\\\"", "\"");
    let slot = Regex::new(r"\{[^}]*\}").unwrap();
    let slots = slot.find_iter(&joined).count();
    // A sentence may stand for the last placeholder, or for all; figures and names for the others.
    let told = |sample: &str, from: usize| {
        let mut at = 0;
        let filled = slot.replace_all(&joined, |_: &Captures| {
            at += 1;
            if at > from { sample.to_owned() } else { "7".to_owned() }
        });
        Language::Chinese.knows(&filled)
    };
    let wordless = !slot.replace_all(&joined, "").chars().any(|c| c.is_ascii_alphabetic());
    let part = PARTS.iter().any(|(part, _)| *part == joined);
    wordless || part || SAMPLES.iter().any(|sample| told(sample, 0) || told(sample, slots.saturating_sub(1)))
}

#[test]
fn findings_and_failures_are_told_whole() {
    for (english, chinese) in [
        (
            "  page 3, 收入决算表: 2010601 行政运行, 本年收入合计: printed 1,904.77, 1,940.77 would agree (two digits change \
             places); 合计 = 各项收入 fails by -36",
            "  第 3 页，收入决算表：2010601 行政运行, 本年收入合计：印为 1,904.77，若为 1,940.77 则相符（两位数字颠倒）；\
             合计 = 各项收入 不成立，相差 -36",
        ),
        (
            "  page 13, 支出表: 2080506 机关事业单位职业年金: the name is cut short; the code is known as \
             机关事业单位职业年金缴费支出",
            "  第 13 页，支出表：2080506 机关事业单位职业年金：名称被截短；该编码的名称是 机关事业单位职业年金缴费支出",
        ),
        ("a/b.pdf: not a PDF file but a web page", "a/b.pdf：不是 PDF 文件，而是网页"),
        ("12 documents read, 1 failed", "已读取 12 份文件，失败 1 份"),
        ("1 table (1 standard), 0 amounts, 2 findings", "1 张表（标准表 1 张），0 个金额，2 处疑点"),
        (
            "the file is damaged; its objects were found by searching, and pages may be missing; no standard table was \
             found on its 3 pages",
            "文件损坏；其对象由搜索找到，可能缺页；在其 3 页中没有找到标准表",
        ),
        (
            "2 documents, 1 of them to be looked at on 12 pictures; 3.4 MB\nnote: 1 files have changed since the run\n\
             open out/review/index.html",
            "2 份文件，其中 1 份可供核对，共 12 张页面图像；3.4 MB\n注意：1 份文件在运行之后有改动\n请打开 out/review/index.html",
        ),
        ("out: the run has no amounts.csv", "out：该次运行没有 amounts.csv"),
        ("nobody knows this", "nobody knows this"),
    ] {
        assert_eq!(Language::Chinese.tell(english), chinese);
        assert_eq!(Language::English.tell(english), english);
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<PathBuf> {
    let mut folders = vec![root().join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if is_rust(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "rs")
}
