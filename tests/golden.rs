//! The corpus against its ledgers: every report in `corpus/` is read and compared with the golden file
//! that was made from the same ledger, never from the program.

use kemu::table::{AmountState, Document, RowKind, Table};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// At most this many differences are shown for one table.
const SHOWN: usize = 5;

/// Reports without a text layer: nothing can be read, and that must be said.
const SCANNED: [&str; 1] = ["wangjiang-xinfang-2025"];

/// FIXME(issue B): tables with no, some or dotted rulings. Their columns or header tree are not all right yet;
/// a report that becomes right must leave this list.
const NOT_YET: [&str; 4] =
    ["beigang-yingji-2021", "dongshan-xinfang-2023", "nanling-wenlv-2022", "qingshan-tongji-2023"];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => plain(text),
        other => other.to_string(),
    }
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().map(|list| list.iter().map(text).collect()).unwrap_or_default()
}

/// A typed row in one line, as both sides write it.
fn typed_row(
    group: usize,
    kind: &str,
    code: &str,
    line: &str,
    name: &str,
    amounts: &BTreeMap<String, String>,
) -> String {
    let amounts: Vec<String> = amounts.iter().map(|(key, value)| format!("{key}={value}")).collect();
    format!("group {group} {kind} code [{code}] line [{line}] name [{name}] {}", amounts.join(" "))
}

fn golden_rows(table: &Value) -> Vec<String> {
    let rows = table["rows"].as_array().cloned().unwrap_or_default();
    let row = |row: &Value| {
        let amounts = row["amounts"].as_object().cloned().unwrap_or_default();
        let amounts = amounts.iter().map(|(key, value)| (key.clone(), text(value))).collect();
        let group = row["group"].as_u64().unwrap_or(0) as usize;
        typed_row(
            group,
            &text(&row["kind"]),
            &text(&row["code"]),
            &text(&row["line_no"]),
            &text(&row["name"]),
            &amounts,
        )
    };
    rows.iter().map(row).collect()
}

fn read_rows(table: &Table) -> Vec<String> {
    let row = |row: &kemu::table::Row| {
        let kind = match row.kind {
            RowKind::Code => "code",
            RowKind::Line => "line",
            RowKind::Total => "total",
            RowKind::Subtotal => "subtotal",
            RowKind::Single => "single",
        };
        let printed = row.amounts.iter().filter(|cell| cell.amount.state != AmountState::Blank);
        let amounts = printed
            .map(|cell| {
                let key = match &table.columns[cell.column].role {
                    kemu::table::Role::Amount { key } => key.clone().unwrap_or_else(|| "no key".into()),
                    kemu::table::Role::Label(_) => "a label".into(),
                };
                (key.replace("prior_year_", "last_year_"), plain(&cell.amount.raw).replace(',', ""))
            })
            .collect();
        let line = row.line_number.map(|line| line.to_string()).unwrap_or_default();
        let name = row.name_raw.as_deref().map(plain).unwrap_or_default();
        typed_row(row.group, kind, row.code.as_deref().unwrap_or(""), &line, &name, &amounts)
    };
    table.rows.iter().map(row).collect()
}

/// Compares two lists line by line and says where they differ.
fn compare(what: &str, want: &[String], got: &[String], report: &mut String) {
    let mut shown = 0;
    for index in 0..want.len().max(got.len()) {
        let (want, got) = (want.get(index), got.get(index));
        if want != got && shown < SHOWN {
            shown += 1;
            let show = |side: Option<&String>| side.cloned().unwrap_or_else(|| "nothing".into());
            let _ = writeln!(
                report,
                "    {what} {}:\n      expected {}\n      came     {}",
                index + 1,
                show(want),
                show(got)
            );
        }
    }
}

fn compare_table(want: &Value, document: &Document, report: &mut String) {
    let pages: Vec<u64> =
        want["pages"].as_array().map(|p| p.iter().filter_map(Value::as_u64).collect()).unwrap_or_default();
    let id = text(&want["id"]);
    let found = document.tables.iter().find(|table| {
        table.form.is_some_and(|form| form.id == id) && table.pages.iter().any(|page| pages.contains(&(*page as u64)))
    });
    let Some(table) = found else {
        let _ = writeln!(report, "    not found");
        return;
    };
    let facts = [
        ("title", text(&want["title"]), plain(&table.title)),
        ("number", text(&want["number"]), plain(table.number.as_deref().unwrap_or(""))),
        ("unit", text(&want["unit"]), plain(table.unit.as_deref().unwrap_or(""))),
        ("pages", format!("{pages:?}"), format!("{:?}", table.pages)),
    ];
    for (what, want, got) in facts.iter().filter(|(_, want, got)| want != got) {
        let _ = writeln!(report, "    {what}: expected {want}, came {got}");
    }
    let header: Vec<String> = table.columns.iter().map(|column| plain(&column.header.join("/"))).collect();
    compare("header of column", &strings(&want["header"]), &header, report);
    let grid = want["grid"].as_array().cloned().unwrap_or_default();
    let want_grid: Vec<String> = grid
        .iter()
        .map(strings)
        .filter(|row| row.iter().any(|cell| !cell.is_empty()))
        .map(|row| row.join(" | "))
        .collect();
    let got_grid: Vec<String> = table
        .body
        .iter()
        .map(|row| row.cells.iter().map(|cell| plain(&cell.text)).collect::<Vec<_>>().join(" | "))
        .collect();
    compare("printed row", &want_grid, &got_grid, report);
    compare("typed row", &golden_rows(want), &read_rows(table), report);
}

#[test]
fn the_corpus_is_read_as_its_ledgers_say() {
    let mut names: Vec<String> = std::fs::read_dir(folder("golden"))
        .expect("golden/ is there")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".json").map(str::to_string))
        .collect();
    names.sort();
    assert!(names.len() >= 30, "the corpus has shrunk to {} reports", names.len());
    let mut failures = String::new();
    for name in &names {
        let bytes =
            std::fs::read(folder("corpus").join(format!("{name}.pdf"))).expect("each golden file has its report");
        let golden = std::fs::read_to_string(folder("golden").join(format!("{name}.json"))).expect("a readable file");
        let golden: Value = serde_json::from_str(&golden).expect("a golden file is JSON");
        let read = kemu::extract(&bytes, &kemu::Options::default()).expect("the corpus opens");
        if SCANNED.contains(&name.as_str()) {
            assert_eq!(read.scanned_pages.len(), read.page_count, "{name} has no text layer");
            continue;
        }
        let mut report = String::new();
        let facts = serde_json::to_value(&read.document.facts).expect("facts can be written");
        for key in ["report_kind", "report_level", "fiscal_year", "department", "unit"] {
            let (want, got) = (text(&golden["document"][key]), text(&facts[key]));
            if want != got {
                let _ = writeln!(report, "  {key}: expected {want}, came {got}");
            }
        }
        for table in golden["tables"].as_array().into_iter().flatten() {
            let mut differences = String::new();
            compare_table(table, &read.document, &mut differences);
            if !differences.is_empty() {
                let _ = write!(report, "  {} on pages {}\n{differences}", text(&table["id"]), table["pages"]);
            }
        }
        for page in read.document.accounts.iter().filter(|page| page.unexplained > 0) {
            let _ = writeln!(report, "  page {}: unexplained text {:?}", page.page, page.unexplained_text);
        }
        if NOT_YET.contains(&name.as_str()) {
            assert!(!report.is_empty(), "{name} is right now: take it off NOT_YET");
        } else if !report.is_empty() {
            let _ = write!(failures, "{name}\n{report}");
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}
