//! The corpus against its ledgers: every report in `corpus/` is read and compared with the golden file
//! that was made from the same ledger, never from the program.

use kemu::catalog::columns::LabelRole;
use kemu::geometry::Rect;
use kemu::table::{AmountState, BodyRow, Column, Document, Role, RowKind, Table};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// At most this many differences of one table are shown by the test; `target/golden-report.txt` has all.
const SHOWN: usize = 5;

/// Reports without a text layer: nothing can be read, and that must be said.
const SCANNED: [&str; 1] = ["wangjiang-xinfang-2025"];

/// FIXME: reports that are not read right yet; one that becomes right must leave this list.
const NOT_YET: [&str; 0] = [];

/// FIXME: tables that are not read right yet, of reports that are otherwise; one that becomes right must leave.
const NOT_YET_TABLES: [(&str, &str); 1] = [
    // The label of a sum, merged over the columns of code and name, stands under the middle of the name's label.
    ("lingxi-shuiwu-2024", "final_general_budget_basic_expenditure"),
];

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
#[derive(Default)]
struct TypedRow {
    group: usize,
    kind: String,
    code: String,
    government_code: String,
    line: String,
    name: String,
    unit: String,
    amounts: BTreeMap<String, String>,
}

impl TypedRow {
    fn line(&self) -> String {
        let TypedRow { group, kind, code, government_code, line, name, unit, amounts } = self;
        let amounts: Vec<String> = amounts.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let more = [("government code", government_code), ("unit", unit)];
        let more: Vec<String> =
            more.iter().filter(|(_, text)| !text.is_empty()).map(|(what, text)| format!("{what} [{text}] ")).collect();
        format!("group {group} {kind} code [{code}] line [{line}] name [{name}] {}{}", more.concat(), amounts.join(" "))
    }
}

fn golden_rows(table: &Value) -> Vec<String> {
    let rows = table["rows"].as_array().cloned().unwrap_or_default();
    let row = |row: &Value| {
        let amounts = row["amounts"].as_object().cloned().unwrap_or_default();
        let row = TypedRow {
            group: row["group"].as_u64().unwrap_or(0) as usize,
            kind: text(&row["kind"]),
            code: text(&row["code"]),
            government_code: text(&row["government_code"]),
            line: text(&row["line_no"]),
            name: text(&row["name"]),
            unit: text(&row["budget_unit"]),
            amounts: amounts.iter().map(|(key, value)| (key.clone(), text(value))).collect(),
        };
        row.line()
    };
    rows.iter().map(row).collect()
}

fn read_rows(table: &Table) -> Vec<Came> {
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
                    Role::Amount { key } => key.clone().unwrap_or_else(|| "no key".into()),
                    Role::Label(_) => "a label".into(),
                };
                let value = cell.amount.value.map(|value| value.to_string());
                (key.replace("prior_year_", "last_year_"), value.unwrap_or_else(|| plain(&cell.amount.raw)))
            })
            .collect();
        // Other texts of the row whose column holds one of these.
        let texts = |wanted: fn(&LabelRole) -> bool| -> String {
            row.texts
                .iter()
                .filter(|text| matches!(&table.columns[text.column].role, Role::Label(role) if wanted(role)))
                .map(|text| plain(&text.raw))
                .collect()
        };
        let came = TypedRow {
            group: row.group,
            kind: kind.into(),
            code: row.code.clone().unwrap_or_default(),
            government_code: texts(|role| matches!(role, LabelRole::Code | LabelRole::CodePart)),
            line: row.line_number.map(|line| line.to_string()).unwrap_or_default(),
            name: row.name_raw.as_deref().map(plain).unwrap_or_default(),
            unit: if row.kind == RowKind::Code { texts(|role| *role == LabelRole::UnitName) } else { String::new() },
            amounts,
        };
        let bbox = Rect::around(row.amounts.iter().map(|cell| cell.bbox));
        Came { text: came.line(), place: place(row.page, bbox) }
    };
    table.rows.iter().map(row).collect()
}

/// What came out, and where on the page it stands.
struct Came {
    text: String,
    place: String,
}

fn place(page: usize, bbox: Option<Rect>) -> String {
    let bbox = bbox.map(|b| format!(", box {:.1}, {:.1} to {:.1}, {:.1} pt", b.x0, b.y0, b.x1, b.y1));
    format!("on page {page}{}", bbox.unwrap_or_default())
}

/// A printed row of cells, with the box of those that are drawn.
fn printed_row(row: &BodyRow) -> Came {
    let cells: Vec<String> = row.cells.iter().map(|cell| plain(&cell.text)).collect();
    let drawn = row.cells.iter().filter(|cell| cell.page == row.page).map(|cell| cell.bbox);
    Came { text: cells.join(" | "), place: place(row.page, Rect::around(drawn)) }
}

/// Compares two lists line by line and writes down where they differ.
fn compare(what: &str, want: &[String], got: &[Came], report: &mut Vec<String>) {
    for index in 0..want.len().max(got.len()) {
        let (want, got) = (want.get(index), got.get(index));
        if want != got.map(|came| &came.text) {
            report.push(format!(
                "    {what} {} {}:\n      expected {}\n      came     {}\n",
                index + 1,
                got.map_or("", |came| &came.place),
                want.map_or("nothing", |want| want),
                got.map_or("nothing", |came| &came.text)
            ));
        }
    }
}

fn compare_table(want: &Value, document: &Document, report: &mut Vec<String>) {
    let pages: Vec<u64> =
        want["pages"].as_array().map(|p| p.iter().filter_map(Value::as_u64).collect()).unwrap_or_default();
    let id = text(&want["id"]);
    let found = document.tables.iter().find(|table| {
        table.form.is_some_and(|form| form.id == id) && table.pages.iter().any(|page| pages.contains(&(*page as u64)))
    });
    let Some(table) = found else {
        report.push("    not found\n".into());
        return;
    };
    let facts = [
        ("title", text(&want["title"]), plain(&table.title)),
        ("number", text(&want["number"]), plain(table.number.as_deref().unwrap_or(""))),
        ("unit", text(&want["unit"]), plain(table.unit.as_deref().unwrap_or(""))),
        ("pages", format!("{pages:?}"), format!("{:?}", table.pages)),
    ];
    for (what, want, got) in facts.iter().filter(|(_, want, got)| want != got) {
        report.push(format!("    {what}: expected {want}, came {got}\n"));
    }
    let column = |column: &Column| Came { text: plain(&column.header.join("/")), place: String::new() };
    let header: Vec<Came> = table.columns.iter().map(column).collect();
    compare("header of column", &strings(&want["header"]), &header, report);
    let grid = want["grid"].as_array().cloned().unwrap_or_default();
    let want_grid: Vec<String> = grid
        .iter()
        .map(strings)
        .filter(|row| row.iter().any(|cell| !cell.is_empty()))
        .map(|row| row.join(" | "))
        .collect();
    let got_grid: Vec<Came> = table.body.iter().map(printed_row).collect();
    compare("printed row", &want_grid, &got_grid, report);
    compare("typed row", &golden_rows(want), &read_rows(table), report);
}

/// All that is wrong with one report: in full, and in short.
fn compare_document(name: &str, golden: &Value, read: &kemu::Extraction) -> (String, String) {
    let (mut full, mut short) = (String::new(), String::new());
    let facts = serde_json::to_value(&read.document.facts).expect("facts can be written");
    for key in ["report_kind", "report_level", "fiscal_year", "department", "unit"] {
        let (want, got) = (text(&golden["document"][key]), text(&facts[key]));
        if want != got {
            let _ = writeln!(full, "  {key}: expected {want}, came {got}");
        }
    }
    for page in read.document.accounts.iter().filter(|page| page.unexplained > 0) {
        let _ = writeln!(full, "  page {}: unexplained text {:?}", page.page, page.unexplained_text);
    }
    short.push_str(&full);
    for table in golden["tables"].as_array().into_iter().flatten() {
        let mut differences = Vec::new();
        compare_table(table, &read.document, &mut differences);
        let id = text(&table["id"]);
        if NOT_YET_TABLES.contains(&(name, &id)) {
            assert!(!differences.is_empty(), "{id} of {name} is right now: take it off NOT_YET_TABLES");
            full.push_str(&format!("  {id}: known, NOT_YET_TABLES\n{}", differences.concat()));
            continue;
        }
        if !differences.is_empty() {
            let heading = format!("  {id} on pages {}\n", table["pages"]);
            let shown = differences.len().min(SHOWN);
            full.push_str(&(heading.clone() + &differences.concat()));
            short.push_str(&(heading + &differences[..shown].concat()));
            if shown < differences.len() {
                let _ = writeln!(short, "    … {} differences in all", differences.len());
            }
        }
    }
    (full, short)
}

#[test]
fn the_corpus_is_read_as_its_ledgers_say() {
    let mut names: Vec<String> = std::fs::read_dir(folder("golden"))
        .expect("golden/ is there")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".json").map(str::to_string))
        .collect();
    names.sort();
    assert!(names.len() >= 39, "the corpus has shrunk to {} reports", names.len());
    let (mut failures, mut all) = (String::new(), String::new());
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
        let (full, short) = compare_document(name, &golden, &read);
        let known = NOT_YET.contains(&name.as_str());
        if !full.is_empty() {
            let _ = writeln!(all, "{name}{}\n{full}", if known { " (known: NOT_YET)" } else { "" });
        }
        if known {
            assert!(!short.is_empty(), "{name} is right now: take it off NOT_YET");
        } else if !short.is_empty() {
            let _ = write!(failures, "{name}\n{short}");
        }
    }
    std::fs::create_dir_all(folder("target")).expect("target/ can be made");
    let report = folder("target").join("golden-report.txt");
    std::fs::write(&report, &all).expect("target/ can be written");
    assert!(failures.is_empty(), "\n{failures}\nall differences, with their places: {}", report.display());
}
