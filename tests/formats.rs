//! The formats of the output: that each holds what the CSV holds, the same bytes however it came about, nothing that a
//! spreadsheet would run, and that what is said of them fits. Their real readers are run by `scripts/check-formats`.

mod documents;
mod tree;

use documents::{grid, pdf, report, save, save_report, scan, text};
use kemu::catalog::forms::ReportKind;
use kemu::catalog::{columns, forms, keys, schema};
use kemu::check::{FindingKind, Source, Verdict};
use kemu::emit::{self, Sheet, Status, unguarded};
use kemu::segment::ReportLevel;
use kemu::table::{AmountState, CodeSystem, RowKind};
use lopdf::content::{Content, Operation};
use lopdf::{Document, Stream, dictionary};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tree::tree;

const ALL: &str = "csv,json,jsonl,parquet,sqlite,xlsx";

/// A fresh folder for a test.
fn workspace(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("formats").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn kemu(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kemu"));
    let output = command.current_dir(folder).args(arguments).output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The files of the run itself.
fn names(out: &Path) -> Vec<String> {
    let files = fs::read_dir(out).unwrap().map(|file| file.unwrap()).filter(|file| file.path().is_file());
    let mut names: Vec<String> = files.map(|file| file.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn rows(path: impl AsRef<Path>) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(path).unwrap().deserialize().map(|row| row.unwrap()).collect()
}

/// Two reports, one of them twice, a scan, and what is no PDF.
fn inputs(folder: &Path) {
    save_report(folder.join("in/a.pdf"), "某市财政局", "1,234.50");
    save_report(folder.join("in/b.pdf"), "某市教育局", "-12.30");
    fs::copy(folder.join("in/a.pdf"), folder.join("in/c.pdf")).unwrap();
    save(&mut pdf(vec![scan()]), folder.join("in/d.pdf"));
    fs::write(folder.join("in/e.pdf"), b"<html>404</html>").unwrap();
}

#[test]
fn each_format_writes_its_files_and_no_other() {
    let folder = workspace("files");
    inputs(&folder);
    let of = |formats: &str| {
        kemu(&folder, &["extract", "in", "--quiet", "--format", formats]);
        names(&folder.join("out"))
    };
    let always = ["datapackage.json", "documents.csv", "run.json"];
    for (formats, files) in [
        (
            ALL,
            &[
                "amounts.csv",
                "amounts.parquet",
                "datasette.json",
                "documents.jsonl",
                "documents.parquet",
                "findings.csv",
                "findings.parquet",
                "kemu.sqlite",
                "kemu.xlsx",
                "tables.csv",
                "tables.parquet",
            ][..],
        ),
        ("parquet", &["amounts.parquet", "documents.parquet", "findings.parquet", "tables.parquet"]),
        ("sqlite", &["datasette.json", "kemu.sqlite"]),
        ("xlsx", &["kemu.xlsx"]),
        ("jsonl", &["documents.jsonl"]),
        ("json", &[]),
        ("json,csv", &["amounts.csv", "findings.csv", "tables.csv"]),
    ] {
        let expected: BTreeSet<&str> = always.into_iter().chain(files.iter().copied()).collect();
        assert_eq!(of(formats), expected.into_iter().collect::<Vec<_>>(), "{formats}");
        let package: serde_json::Value =
            serde_json::from_slice(&fs::read(folder.join("out/datapackage.json")).unwrap()).unwrap();
        let told: BTreeSet<&str> = package["resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|resource| resource["path"].as_str().unwrap())
            .collect();
        let mut data: BTreeSet<&str> = files.iter().copied().filter(|file| *file != "datasette.json").collect();
        data.insert("documents.csv");
        assert_eq!(told, data, "{formats}: what the package tells of");
    }
    let output =
        Command::new(env!("CARGO_BIN_EXE_kemu")).args(["extract", "in", "--format", "csv,xls"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("there is no format \"xls\", only csv, json, jsonl, parquet, sqlite, xlsx"), "{said}");
}

#[test]
fn every_format_is_the_same_however_it_came_about() {
    let folder = workspace("same");
    inputs(&folder);
    kemu(&folder, &["extract", "in", "--out", "one", "--threads", "1", "--format", ALL]);
    kemu(&folder, &["extract", "in", "--out", "two", "--threads", "2", "--format", ALL]);
    let one = tree(&folder.join("one"));
    assert!(one == tree(&folder.join("two")), "with more threads");

    // A document is new, and formats are added to what was read before: only the new one is read.
    fs::rename(folder.join("in/b.pdf"), folder.join("b.pdf")).unwrap();
    kemu(&folder, &["extract", "in", "--out", "three", "--format", "xlsx,jsonl,json"]);
    fs::rename(folder.join("b.pdf"), folder.join("in/b.pdf")).unwrap();
    let output = kemu(&folder, &["extract", "in", "--out", "three", "--resume", "--format", ALL]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("note: 3 of 4 documents were read before\n"), "{said}");
    let three = tree(&folder.join("three"));
    assert_eq!(one.keys().collect::<Vec<_>>(), three.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(three[name] == *bytes, "{} differs after --resume", name.display());
    }

    // Documents that were not stored as JSON must be read for it.
    let output = kemu(&folder, &["extract", "in", "--out", "three", "--resume", "--format", "csv"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("note: what was read before cannot be used (--format)"), "{said}");
}

#[test]
fn the_database_holds_what_the_csv_holds() {
    let folder = workspace("sqlite");
    inputs(&folder);
    kemu(&folder, &["extract", "in", "--quiet", "--format", ALL]);
    let database = rusqlite::Connection::open(folder.join("out/kemu.sqlite")).unwrap();
    for sheet in Sheet::ALL {
        let table = sheet.schema();
        let columns: Vec<String> = table.header().iter().map(|name| format!("\"{name}\"")).collect();
        let mut select = database.prepare(&format!("SELECT {} FROM {}", columns.join(","), table.name)).unwrap();
        let texts = |row: &rusqlite::Row<'_>| {
            (0..columns.len()).map(|at| Ok(text_of(table, at, row.get_ref(at)?))).collect::<rusqlite::Result<Vec<_>>>()
        };
        let found: Vec<Vec<String>> = select.query_map([], texts).unwrap().map(|row| row.unwrap()).collect();
        let told = rows(folder.join(format!("out/{}.csv", table.name)));
        let told: Vec<Vec<String>> = told
            .iter()
            .map(|row| table.header().iter().map(|name| unguarded(&row[*name]).to_owned()).collect())
            .collect();
        assert!(!told.is_empty() || sheet == Sheet::Findings, "{}", table.name);
        assert_eq!(found, told, "{}", table.name);
    }
    let view =
        "SELECT total, basic, left_out, worst_verdict FROM final_expenditure WHERE document = ? AND row_kind = 'total'";
    let shown = |document: &str| {
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        database.query_row(view, [document], read).unwrap()
    };
    let expected = |total: i64| (total, None::<i64>, 0, "proven".to_owned());
    assert_eq!(shown("a"), expected(12_345_000));
    assert_eq!(shown("b"), expected(-123_000));
    let fen: i64 = database.query_row("SELECT sum(value_fen) FROM amounts", [], |row| row.get(0)).unwrap();
    assert_eq!(fen, 2 * 1_234_500_000 - 2 * 12_300_000);
}

/// A cell as the CSV has it.
fn text_of(table: &schema::Table, column: usize, value: rusqlite::types::ValueRef<'_>) -> String {
    use rusqlite::types::ValueRef::{Blob, Integer, Null, Real, Text};
    match (value, table.columns[column].kind) {
        (Integer(value), schema::Kind::Boolean) => (value == 1).to_string(),
        (Null, _) => String::new(),
        (Integer(value), _) => value.to_string(),
        (Real(value), _) => format!("{value:.1}"),
        (Text(text), _) => String::from_utf8(text.to_vec()).unwrap(),
        (Blob(_), _) => panic!("no blobs are written"),
    }
}

#[test]
fn parquet_holds_decimals_exactly() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let folder = workspace("parquet");
    inputs(&folder);
    kemu(&folder, &["extract", "in", "--quiet", "--format", ALL]);
    let file = fs::File::open(folder.join("out/amounts.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let told = rows(folder.join("out/amounts.csv"));
    assert_eq!(reader.metadata().file_metadata().num_rows(), told.len() as i64);
    for (row, told) in reader.get_row_iter(None).unwrap().zip(&told) {
        let row = row.unwrap();
        let cell = |name: &str| {
            let (_, field) = row.get_column_iter().find(|(column, _)| *column == name).unwrap();
            match field {
                parquet::record::Field::Null => String::new(),
                field => field.to_string().trim_matches('"').to_owned(),
            }
        };
        for name in ["document", "raw_text", "table_index", "row_kind", "code", "unit"] {
            assert_eq!(cell(name), told[name], "{name}");
        }
        for name in ["value", "value_yuan"] {
            let exact = |text: &str| text.parse::<rust_decimal::Decimal>().ok();
            assert_eq!(exact(&cell(name)), exact(&told[name]), "{name} of {told:?}");
        }
    }
}

/// Adds a page in the font of the others.
fn add_page(document: &mut Document, operations: Vec<Operation>) {
    let (_, first) = document.get_pages().into_iter().next().unwrap();
    let mut page = document.get_object(first).unwrap().as_dict().unwrap().clone();
    let parent = page.get(b"Parent").unwrap().as_reference().unwrap();
    let content = Content { operations }.encode().unwrap();
    page.set("Contents", document.add_object(Stream::new(dictionary! {}, content)));
    let page = document.add_object(page);
    let pages = document.get_object_mut(parent).unwrap().as_dict_mut().unwrap();
    pages.get_mut(b"Kids").unwrap().as_array_mut().unwrap().push(page.into());
    let count = pages.get(b"Count").unwrap().as_i64().unwrap();
    pages.set("Count", count + 1);
}

/// Text of a report that a spreadsheet would run.
#[test]
fn formulas_are_harmless_and_come_back() {
    let folder = workspace("formulas");
    let mut document = report("某市财政局", "-1.50");
    let mut page = Vec::new();
    text(&mut page, 220, 740, 16, "收入决算表");
    text(&mut page, 470, 700, 9, "单位：万元");
    grid(
        &mut page,
        &[
            ["科目编码", "科目名称", "本年收入合计", "财政拨款收入"],
            ["2010601", "－其中", "-1.50", "-"],
            ["2010602", "=1+1", "+1+1", "@SUM(A1)"],
        ],
    );
    add_page(&mut document, page);
    save(&mut document, folder.join("in/=cmd.pdf"));
    kemu(&folder, &["extract", "in", "--quiet", "--wide", "--format", "csv,xlsx,sqlite"]);
    kemu(&folder, &["extract", "in", "--quiet", "--wide", "--raw-csv", "--out", "raw"]);

    let raw = rows(folder.join("raw/amounts.csv"));
    let of = |rows: &[BTreeMap<String, String>], name: &str| {
        rows.iter().map(|row| row[name].clone()).collect::<BTreeSet<_>>()
    };
    for text in ["=1+1", "－其中"] {
        assert!(of(&raw, "name_raw").contains(text), "{text} is printed: {:?}", of(&raw, "name_raw"));
    }
    for text in ["+1+1", "@SUM(A1)", "-1.50", "-"] {
        assert!(of(&raw, "raw_text").contains(text), "{text} is printed: {:?}", of(&raw, "raw_text"));
    }
    assert_eq!(of(&raw, "document"), BTreeSet::from(["=cmd".to_owned()]));

    let safe = rows(folder.join("out/amounts.csv"));
    assert_eq!(safe.len(), raw.len());
    for (safe, raw) in safe.iter().zip(&raw) {
        for (name, text) in safe {
            assert_eq!(unguarded(text), raw[name], "{name}");
            let figure = text.trim_start_matches('-').chars().all(|c| c.is_ascii_digit() || ".,".contains(c));
            assert!(figure || !text.trim_start().starts_with(['=', '+', '-', '@', '－', '\t']), "{name}: {text}");
        }
        assert_eq!(safe["value"], raw["value"], "numbers stay numbers");
    }
    let wide = |out: &str| fs::read_to_string(folder.join(out).join("wide/=cmd/02_final_income.csv")).unwrap();
    assert!(
        wide("out").contains(",'=1+1,'+1+1,'@SUM(A1)\n") && wide("out").contains(",'－其中,-1.50,-\n"),
        "{}",
        wide("out")
    );
    assert!(wide("raw").contains(",+1+1,@SUM(A1)\n"), "{}", wide("raw"));

    let database = rusqlite::Connection::open(folder.join("out/kemu.sqlite")).unwrap();
    let count = "SELECT count(*) FROM amounts WHERE document = '=cmd' AND raw_text IN ('+1+1', '@SUM(A1)')";
    assert_eq!(database.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap(), 2, "as printed in the database");
    let run: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("raw/run.json")).unwrap()).unwrap();
    assert_eq!(run["options"]["raw_csv"], "yes");
}

#[test]
fn people_are_told_names_as_they_are() {
    let folder = workspace("told");
    fs::write(folder.join("=x.pdf"), "plain text").unwrap();
    let said = String::from_utf8(kemu(&folder, &["extract", "=x.pdf"]).stderr).unwrap();
    assert!(said.contains("\n=x.pdf: not a PDF file"), "{said}");
    assert_eq!(rows(folder.join("out/documents.csv"))[0]["path"], "'=x.pdf");
}

#[test]
fn the_codebook_is_that_of_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codebook.md");
    let written = fs::read_to_string(path).unwrap();
    assert!(
        written == emit::codebook(),
        "docs/codebook.md is stale: `cargo run --release -- codebook > docs/codebook.md`"
    );
}

#[test]
fn every_column_key_has_its_words() {
    let known: BTreeSet<&str> = keys::all().iter().map(|key| key.key.as_str()).collect();
    let given: BTreeSet<&str> = columns::sets().flat_map(columns::keys_of_set).collect();
    assert_eq!(known, given);
    let affixes = |keys: &'static [keys::Key]| keys.iter().map(|key| key.key.as_str()).collect::<BTreeSet<_>>();
    let (prefixes, suffixes) = columns::affixes();
    assert_eq!(affixes(keys::prefixes()), prefixes.into_iter().collect());
    assert_eq!(affixes(keys::suffixes()), suffixes.into_iter().collect());
}

#[test]
fn names_of_sheets_and_views_fit() {
    let names: BTreeSet<&str> = forms::all().iter().map(|form| form.name.as_str()).collect();
    assert_eq!(names.len(), forms::all().len(), "two forms of one name would share a sheet");
    for name in names {
        assert!(name.chars().count() <= 31 - " (9)".len(), "Excel takes 31 characters: {name}");
        assert!(!name.contains([':', '\\', '/', '?', '*', '[', ']', '\'']), "{name}");
    }
}

#[test]
fn the_schema_is_sound() {
    for table in schema::all_tables() {
        let names: BTreeSet<&str> = table.header().into_iter().collect();
        assert_eq!(names.len(), table.columns.len(), "{}: a name twice", table.name);
        for column in &table.columns {
            assert_eq!(column.values.is_some(), column.set().is_some(), "{}: the set of {}", table.name, column.name);
        }
        let of_run = schema::tables().iter().any(|own| own.name == table.name);
        for name in &table.key {
            assert!(table.columns[table.position(name)].required || !of_run, "{}: {name} is a key", table.name);
        }
        for reference in &table.references {
            let there = schema::table(&reference.table);
            assert_eq!(reference.to, there.key, "{} refers to a row of {}", table.name, there.name);
            reference.columns.iter().for_each(|name| assert!(names.contains(name.as_str())));
        }
    }
}

/// All variants of a type as they are written. A new one does not compile until it is listed.
macro_rules! written {
    ($type:ident: $($variant:ident),+) => {{
        let _listed = |value: $type| match value { $($type::$variant)|+ => () };
        [$($type::$variant),+].map(|value| serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()).into()
    }};
}

#[test]
fn every_value_is_in_the_schema() {
    let in_schema = |name: &str| -> BTreeSet<String> {
        let set = schema::sets().iter().find(|set| set.name == name).unwrap();
        set.values.iter().map(|value| value.value.clone()).collect()
    };
    let there: [(&str, BTreeSet<String>); 8] = [
        ("report_level", written!(ReportLevel: Department, Unit)),
        ("report_kind", written!(ReportKind: Budget, Final)),
        ("row_kind", written!(RowKind: Code, Line, Total, Subtotal, Single)),
        ("cell_state", written!(AmountState: Value, Zero, Blank, Dash, Text)),
        ("verdict", written!(Verdict: Unchecked, Proven, Rounding, Contradicted)),
        (
            "finding_kind",
            written!(FindingKind: Mismatch, MissingRows, NarrativeDiffers, ShareDiffers, CodeWithoutParent, CodeLostZero,
                OldName, CutName, OtherName, FormulaNotUnderstood),
        ),
        ("finding_source", written!(Source: PrintedSo, ExtractionDoubtful, Unknown)),
        ("code_system", {
            let _listed = |system| match system {
                CodeSystem::Functional | CodeSystem::EconomicDept | CodeSystem::EconomicGov => (),
            };
            [CodeSystem::Functional, CodeSystem::EconomicDept, CodeSystem::EconomicGov]
                .map(|s| s.key().to_owned())
                .into()
        }),
    ];
    for (set, there) in there {
        assert_eq!(in_schema(set), there, "{set}");
    }
    // What serde says of a status it does not know names all there are.
    let error = serde_json::from_str::<Status>("\"\"").unwrap_err().to_string();
    let statuses: BTreeSet<String> = error.split('`').skip(3).step_by(2).map(str::to_owned).collect();
    assert_eq!(in_schema("status"), statuses, "{error}");
}
