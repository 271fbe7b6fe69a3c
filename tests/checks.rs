//! The checks on the corpus: every planted mistake is found and located, nothing else is reported, and the
//! re-typeset real report proves all its figures.

use kemu::check::{Check, Finding, FindingKind, Outcome, Place, Verdict};
use kemu::table::{Amount, Document, Table};
use kemu::{Extraction, Options};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn stems() -> Vec<String> {
    let entries = std::fs::read_dir(folder("golden")).expect("golden/ is there");
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut stems: Vec<String> = names.filter_map(|name| Some(name.strip_suffix(".json")?.to_owned())).collect();
    stems.sort();
    assert!(stems.len() >= 30, "the corpus has shrunk to {} reports", stems.len());
    stems
}

fn extract(stem: &str) -> Extraction {
    let bytes = std::fs::read(folder("corpus").join(format!("{stem}.pdf"))).expect("each golden file has its report");
    kemu::extract(&bytes, &Options::default()).expect("the corpus opens")
}

fn golden(stem: &str) -> Value {
    let text = std::fs::read_to_string(folder("golden").join(format!("{stem}.json"))).expect("a readable file");
    serde_json::from_str(&text).expect("a golden file is JSON")
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// Is this finding the planted mistake, at its very cell?
fn locates(finding: &Finding, planted: &Value, document: &Document) -> bool {
    let table: &Table = &document.tables[finding.table];
    let is_row = |table: &Table, row: usize| match text(planted, "row") {
        "" => true,
        label => {
            let row = &table.rows[row];
            row.code.as_deref() == Some(label) || row.name.as_deref() == Some(label)
        }
    };
    let is_table = |table: &Table| table.form.is_some_and(|form| form.id == text(planted, "table"));
    let is_cell = |place: &Place| {
        let table = &document.tables[place.table];
        let cell = &table.rows[place.row].amounts[place.amount];
        is_table(table)
            && is_row(table, place.row)
            && table.amount_key(cell.column) == Some(text(planted, "column"))
            && cell.amount.raw == text(planted, "printed")
    };
    let expected = finding.expected.as_deref().unwrap_or_default();
    let same_row = is_table(table) && finding.row.is_some_and(|row| is_row(table, row));
    match text(planted, "kind") {
        "old_name" => finding.kind == FindingKind::OldName && same_row && expected == text(planted, "correct"),
        "misspelt_name" => finding.kind == FindingKind::OtherName && same_row && expected == text(planted, "correct"),
        "wrong_parent" => {
            finding.kind == FindingKind::CodeWithoutParent && same_row && expected == text(planted, "correct")
        }
        // Which of two tables has them the wrong way round the report does not say.
        "swapped_rows" => finding.kind == FindingKind::Mismatch && finding.places().iter().any(is_cell),
        "narrative_amount" | "wrong_percent" => {
            let kind = if text(planted, "kind") == "wrong_percent" {
                FindingKind::ShareDiffers
            } else {
                FindingKind::NarrativeDiffers
            };
            finding.kind == kind
                && planted["page"].as_u64() == Some(finding.page as u64)
                && finding.printed == text(planted, "printed")
                && expected == text(planted, "correct")
        }
        _ => {
            // Where the report proves no other of the amounts, the sum that fails is all that can be shown.
            let shown = finding.suspect.or_else(|| Some(finding.checks.first()?.whole.first()?.place));
            let right = Amount::read(expected).value == Amount::read(text(planted, "correct")).value;
            shown.is_some_and(|place| is_cell(&place)) && (right || finding.suspect.is_none())
        }
    }
}

/// Is it true of the report, though nobody planted it? Some forms of the corpus print codes without their zeros
/// and cut long names short; their golden files have the whole code, and the name as it is cut.
fn is_true(finding: &Finding, golden: &Value) -> bool {
    let rows = golden["tables"].as_array().into_iter().flatten().flat_map(|table| table["rows"].as_array());
    let mut rows = rows.flatten();
    match finding.kind {
        FindingKind::CodeLostZero => rows.any(|row| Some(text(row, "code")) == finding.expected.as_deref()),
        FindingKind::CutName => rows.any(|row| text(row, "name").replace(' ', "") == finding.printed),
        _ => false,
    }
}

#[test]
fn every_planted_mistake_is_found_and_nothing_else() {
    let mut told = String::new();
    let mut planted_in_all = 0;
    for stem in stems() {
        let (read, golden) = (extract(&stem), golden(&stem));
        let planted = golden["planted"].as_array().cloned().unwrap_or_default();
        planted_in_all += planted.len();
        let mut report = String::new();
        for mistake in &planted {
            if !read.checks.findings.iter().any(|finding| locates(finding, mistake, &read.document)) {
                let _ = writeln!(report, "  planted and not found: {mistake}");
            }
        }
        for finding in &read.checks.findings {
            let planted = planted.iter().any(|mistake| locates(finding, mistake, &read.document));
            if !planted && !is_true(finding, &golden) {
                let said = kemu::emit::message(finding, &read.document);
                let _ = writeln!(report, "  false alarm on page {}: {:?} {said}", finding.page, finding.kind);
            }
        }
        if !report.is_empty() {
            let _ = write!(told, "{stem}\n{report}");
        }
    }
    assert!(planted_in_all >= 4, "the corpus has lost its planted mistakes");
    assert!(told.is_empty(), "\n{told}");
}

#[test]
fn mistakes_that_are_printed_are_told_from_misreadings() {
    let read = extract("luochuan-wenlv-2024");
    let figures = read.checks.findings.iter().filter(|finding| finding.kind == FindingKind::Mismatch);
    let sources: Vec<_> = figures.map(|finding| format!("{:?}", finding.source)).collect();
    assert_eq!(sources, ["PrintedSo"; 4], "two readers agree on what is printed");
}

#[test]
fn the_real_report_proves_itself() {
    let read = extract("wuhan-qiaokou-2019");
    let mut unproven = Vec::new();
    let mut amounts = 0;
    for (table, typed) in read.document.tables.iter().enumerate() {
        for (row, typed_row) in typed.rows.iter().enumerate() {
            for (amount, cell) in typed_row.amounts.iter().enumerate().filter(|(_, cell)| cell.amount.is_figure()) {
                amounts += 1;
                let verdict = read.checks.verdict(Place { table, row, amount });
                if verdict != Verdict::Proven {
                    unproven.push(format!("{} {:?} {}", typed.title, typed_row.name, cell.amount.raw));
                }
            }
        }
    }
    assert_eq!(amounts, 105, "as many as the hand-checked report has");
    // The sum of nothing is 0.00, and zeros prove nothing.
    assert_eq!(unproven, ["2019年度一般公共预算财政拨款基本支出决算表 Some(\"公用经费合计\") 0.00"]);
    let printed: Vec<&Check> = read.checks.inexact.iter().filter(|check| check.identity == "printed").collect();
    assert!(printed.is_empty(), "its printed formulas hold: {printed:?}");
}

#[test]
fn all_printed_formulas_are_understood() {
    let read = extract("wuhan-qiaokou-2019");
    let notes = read.document.tables.iter().flat_map(|table| &table.notes);
    let formulas: usize = notes.map(|note| kemu::catalog::formulas::read(&note.text).len()).sum();
    // T1 four, T2 and T3 one each, T4 five, T5 one, T7 four, T8 two: as the dossier's seed report prints them.
    assert_eq!(formulas, 18);
    let misunderstood = |finding: &&Finding| finding.kind == FindingKind::FormulaNotUnderstood;
    assert_eq!(read.checks.findings.iter().filter(misunderstood).count(), 0);
}

#[test]
fn rounding_is_neither_proof_nor_contradiction() {
    let mut read = extract("luochuan-wenlv-2024");
    // A class and a total of many items, one last digit off: within half a unit of each term.
    let table = read.document.tables.iter().position(|table| table.form.is_some_and(|form| form.id == "final_income"));
    let table = table.expect("the income table is there");
    let total = read.document.tables[table].rows.iter().position(|row| row.name.as_deref() == Some("合计"));
    let total = total.expect("its total is there");
    let column = read.document.tables[table]
        .columns
        .iter()
        .position(|column| matches!(&column.role, kemu::table::Role::Amount { key: Some(key) } if key == "total"));
    let row = &mut read.document.tables[table].rows[total];
    let amount = row.amounts.iter().position(|cell| Some(cell.column) == column).expect("a total in all");
    let value = row.amounts[amount].amount.value.expect("a figure");
    let off = value + rust_decimal::Decimal::new(1, 2);
    row.amounts[amount].amount = Amount::read(&off.to_string());
    let checks = kemu::check::check(&read.document);
    let about = |check: &&Check| {
        check.whole.iter().chain(&check.parts).any(|term| term.place == Place { table, row: total, amount })
    };
    let outcomes: Vec<Outcome> = checks.inexact.iter().filter(about).map(|check| check.outcome).collect();
    assert!(!outcomes.is_empty(), "a cent is not passed over");
    let rounded = checks.inexact.iter().filter(about).filter(|check| check.outcome == Outcome::Rounding);
    assert!(rounded.clone().all(|check| check.difference.abs() <= check.bound), "{outcomes:?}");
    let failed = checks.inexact.iter().filter(about).filter(|check| check.outcome == Outcome::Mismatch);
    assert!(failed.clone().all(|check| check.difference.abs() > check.bound), "{outcomes:?}");
    assert!(rounded.count() > 0, "{outcomes:?}");
}
