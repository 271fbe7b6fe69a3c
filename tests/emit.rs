//! The output files against a hand-built document: what stands in each cell, exactly.

use kemu::catalog::columns::LabelRole;
use kemu::catalog::forms::{self, ReportKind};
use kemu::catalog::regions::Region;
use kemu::check::check;
use kemu::emit::{self, EmitError, Entry, Folder, Fragment, Parcel, Sheet, Status, document_json};
use kemu::geometry::Rect;
use kemu::segment::{Facts, Note, PageAccount, ReportLevel};
use kemu::table::{
    Amount, AmountCell, BodyCell, BodyRow, CodeSystem, Column, Document, Role, Row, RowKind, Table, Text,
};
use kemu::timings::Timings;
use kemu::{Extraction, Warning};
use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

fn bbox(page: usize, column: usize) -> Rect {
    let (x, y) = (100.0 * column as f32 + 0.04, 10.0 * page as f32 - 0.06);
    Rect::from_corners(x, y, x + 90.0, y + 9.96)
}

fn column(labels: &[&str], role: Role) -> Column {
    Column { header: labels.iter().map(|label| label.to_string()).collect(), group: 1, role }
}

fn amount_column(labels: &[&str], key: Option<&str>) -> Column {
    column(labels, Role::Amount { key: key.map(str::to_owned) })
}

fn cell(column: usize, text: &str, page: usize) -> AmountCell {
    AmountCell { column, amount: Amount::read(text), page, bbox: bbox(page, column) }
}

fn row(kind: RowKind, code: Option<&str>, name: &str, page: usize, amounts: &[&str]) -> Row {
    Row {
        group: 1,
        kind,
        code_system: code.map(|_| CodeSystem::Functional),
        code_raw: code.map(str::to_owned),
        code: code.map(|code| code.replace(' ', "")),
        line_number: None,
        name_raw: Some(name.to_owned()),
        name: Some(name.replace(' ', "")),
        indent: 0.96,
        texts: Vec::new(),
        amounts: amounts.iter().enumerate().map(|(index, text)| cell(index + 2, text, page)).collect(),
        page,
        bbox: bbox(page, 0),
    }
}

fn body(page: usize, texts: &[&str]) -> BodyRow {
    let cell = |text: &&str| BodyCell { text: text.to_string(), ..BodyCell::default() };
    BodyRow { page, cells: texts.iter().map(cell).collect() }
}

/// An expenditure table over two pages, with every way of saying nothing.
fn table(unit: Option<&str>) -> Table {
    let mut noted = row(RowKind::Code, Some("201 08 01"), "行政 运行", 4, &["1,234.50", "", "—"]);
    noted.texts = vec![Text { column: 5, raw: "含\"上年\",结转".to_owned() }, Text { column: 6, raw: "二".to_owned() }];
    Table {
        form: forms::all().iter().find(|form| form.id == "final_expenditure"),
        title: "支出决算表".to_owned(),
        number: Some("表3".to_owned()),
        unit: unit.map(str::to_owned),
        department: Some("某市财政局".to_owned()),
        pages: vec![4, 5],
        inferred: false,
        columns: vec![
            column(&["项目", "科目编码"], Role::Label(LabelRole::Code)),
            column(&["项目", "科目名称"], Role::Label(LabelRole::Name)),
            amount_column(&["本年支出合计"], Some("total")),
            amount_column(&["其中", "基本支出"], Some("basic")),
            amount_column(&["其中", "人数(人)"], None),
            column(&["备注"], Role::Label(LabelRole::Remark)),
            column(&["备注"], Role::Label(LabelRole::Remark)),
        ],
        body: vec![
            body(4, &["201 08 01", "行政 运行", "1,234.50", "", "—", "含\"上年\",结转", "二"]),
            body(5, &["合计", "", "0.00", "", "3", "", ""]),
        ],
        rows: vec![noted, row(RowKind::Total, None, "合计", 5, &["0.00", "", "3"])],
        notes: vec![Note { text: "注：本表以万元为单位。".to_owned(), page: 5, bbox: bbox(5, 0) }],
    }
}

fn entry(stem: &str, tables: Vec<Table>) -> Entry {
    let facts = Facts {
        report_kind: Some(ReportKind::Final),
        report_level: Some(ReportLevel::Unit),
        fiscal_year: Some(2024),
        department: Some("某市财政局".to_owned()),
        unit: Some("某市国库支付中心".to_owned()),
        region: Some(Region { code: "310107", name: "上海市普陀区".to_owned() }),
    };
    let account = |page, unexplained| PageAccount { page, visible: 9, cell: 9, unexplained, ..PageAccount::default() };
    let accounts = vec![account(3, 100), account(4, 2), account(5, 1)];
    let document = Document { facts, tables, accounts, prose: Vec::new(), unread: Vec::new() };
    let warn = |page, text: &str| Warning { page, text: text.to_owned() };
    Entry {
        stem: stem.to_owned(),
        file: format!("{stem}.pdf"),
        path: format!("in/{stem}.pdf"),
        status: Status::Ok,
        message: String::new(),
        hint: String::new(),
        sha256: Some("ab".repeat(32)),
        bytes: Some(1234),
        extraction: Some(Extraction {
            checks: check(&document),
            document,
            page_count: 6,
            created: Some("2025-08-01T09:00:00+08:00".to_owned()),
            modified: None,
            page_sizes: vec![(595.0, 842.0); 6],
            scanned_pages: Vec::new(),
            damage: Vec::new(),
            warnings: vec![warn(None, "moved"), warn(Some(2), "odd"), warn(Some(3), "odd"), warn(Some(6), "odd")],
            timings: Timings::default(),
        }),
        timings: Timings::default(),
    }
}

/// Rows of CSV by column name.
fn read(sheet: Sheet, fragment: &Fragment) -> Vec<HashMap<String, String>> {
    let (columns, rows) = (sheet.schema().header(), fragment.rows(sheet));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(rows);
    let record = |record: csv::StringRecord| {
        assert_eq!(record.len(), columns.len(), "a header for every cell");
        columns.iter().map(|name| name.to_string()).zip(record.iter().map(str::to_owned)).collect()
    };
    reader.records().map(|found| record(found.unwrap())).collect()
}

fn amounts(entry: &Entry) -> Vec<HashMap<String, String>> {
    read(Sheet::Amounts, &Fragment::new(entry))
}

fn json(entry: &Entry) -> Value {
    serde_json::from_slice(&document_json(entry).expect("the document was read")).unwrap()
}

#[test]
fn an_amount_is_told_in_full() {
    let rows = amounts(&entry("x", vec![table(Some("万元"))]));
    let expected = [
        ("document", "x"),
        ("department", "某市财政局"),
        ("unit_name", "某市国库支付中心"),
        ("report_level", "unit"),
        ("report_kind", "final"),
        ("fiscal_year", "2024"),
        ("table_index", "1"),
        ("table_id", "final_expenditure"),
        ("table_title", "支出决算表"),
        ("table_number", "表3"),
        ("row_index", "1"),
        ("row_kind", "code"),
        ("line_no", ""),
        ("code_system", "functional"),
        ("code_raw", "201 08 01"),
        ("code", "2010801"),
        ("name_raw", "行政 运行"),
        ("name", "行政运行"),
        ("group", "1"),
        ("column_index", "2"),
        ("column_key", "total"),
        ("header_path", "本年支出合计"),
        ("value", "1234.50"),
        ("unit", "万元"),
        ("value_yuan", "12345000.00"),
        ("decimals", "2"),
        ("raw_text", "1,234.50"),
        ("cell_state", "value"),
        // The total below it is 0.00.
        ("verdict", "contradicted"),
        ("page", "4"),
        ("x0", "200.0"),
        ("y0", "39.9"),
        ("x1", "290.0"),
        ("y1", "49.9"),
        ("row_unit", ""),
        ("row_labels", "备注: 含\"上年\",结转; 备注: 二"),
    ];
    for (name, value) in expected {
        assert_eq!(rows[0][name], value, "{name}");
    }
    assert_eq!(rows[0]["document_id"], "ab".repeat(32));
    assert_eq!(expected.len() + 1, Sheet::Amounts.schema().columns.len(), "every column is looked at");
}

#[test]
fn a_sum_in_the_column_of_units_names_no_unit() {
    let told = |printed: &str, name: &str| {
        let mut units = table(Some("万元"));
        units.columns[5].role = Role::Label(LabelRole::UnitName);
        units.rows[1].texts = vec![Text { column: 5, raw: printed.to_owned() }];
        units.rows[1].name_raw = Some(name.to_owned());
        let last = amounts(&entry("x", vec![units])).pop().unwrap();
        ["row_unit", "row_labels"].map(|column| last[column].clone())
    };
    assert_eq!(told("某市财政局", "合计"), ["某市财政局", ""]);
    assert_eq!(told("合 计", "合 计"), ["", ""], "it is the name of the row");
    assert_eq!(told("小计", "行政运行"), ["", "备注: 小计"], "nothing that is printed is lost");
}

#[test]
fn blanks_are_left_out_except_in_total_rows() {
    let rows = amounts(&entry("x", vec![table(Some("万元"))]));
    let told: Vec<[&str; 5]> = rows
        .iter()
        .map(|row| ["row_kind", "column_index", "cell_state", "value", "value_yuan"].map(|name| row[name].as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ["code", "2", "value", "1234.50", "12345000.00"],
            ["code", "4", "dash", "", ""],
            ["total", "2", "zero", "0.00", "0.00"],
            ["total", "3", "blank", "", ""],
            // The label sets a unit that is no money.
            ["total", "4", "value", "3", ""],
        ]
    );
    assert_eq!(rows[4]["unit"], "人");
    assert_eq!(rows[4]["header_path"], "其中/人数(人)");
}

#[test]
fn yuan_are_exact_in_every_unit_and_never_guessed() {
    let yuan = |unit: Option<&str>| amounts(&entry("x", vec![table(unit)]))[0]["value_yuan"].clone();
    assert_eq!(yuan(Some("元")), "1234.50");
    assert_eq!(yuan(Some("千元")), "1234500.00");
    assert_eq!(yuan(Some("人民币万元")), "12345000.00");
    assert_eq!(yuan(Some("亿元")), "123450000000.00");
    assert_eq!(yuan(Some("美元")), "");
    assert_eq!(yuan(None), "");
}

#[test]
fn tables_and_documents_are_summed_up() {
    let mut other = table(None);
    other.form = None;
    other.pages = vec![1, 2, 3, 6];
    let fragment = Fragment::new(&entry("x", vec![table(Some("万元")), other]));
    let tables = read(Sheet::Tables, &fragment);
    let told = |row: &HashMap<String, String>| {
        ["table_index", "table_id", "standard", "pages", "columns", "columns_mapped", "rows", "amounts", "unexplained"]
            .map(|name| row[name].clone())
    };
    assert_eq!(told(&tables[0]), ["1", "final_expenditure", "true", "4-5", "7", "6", "2", "4", "3"]);
    assert_eq!(told(&tables[1]), ["2", "", "false", "1-3, 6", "7", "6", "2", "4", "100"]);
    let documents = read(Sheet::Documents, &fragment);
    let told = ["path", "status", "pages", "tables", "standard_tables", "amounts", "unexplained", "warnings"]
        .map(|name| documents[0][name].as_str());
    assert_eq!(told, ["in/x.pdf", "ok", "6", "2", "1", "8", "103", "moved; pages 2-3, 6: odd"]);
    let told = ["region_code", "region", "created", "modified"].map(|name| documents[0][name].as_str());
    assert_eq!(told, ["310107", "上海市普陀区", "2025-08-01T09:00:00+08:00", ""]);
}

#[test]
fn the_json_tells_all_that_is_printed() {
    let json = json(&entry("x", vec![table(Some("万元"))]));
    assert_eq!(json["schema"], "kemu.document/1");
    assert_eq!(json["source"]["file"], "x.pdf");
    assert_eq!(json["source"]["pages"], 6);
    assert_eq!(json["document"]["report_kind"], "final");
    assert_eq!(json["document"]["unit"], "某市国库支付中心");
    let table = &json["tables"][0];
    assert_eq!(table["header"][3], "其中/基本支出");
    assert_eq!(table["columns"][2], serde_json::json!({"group": 1, "role": "amount", "key": "total"}));
    assert_eq!(table["columns"][0]["role"], "code");
    assert_eq!(table["grid"][1], serde_json::json!(["合计", "", "0.00", "", "3", "", ""]));
    assert_eq!(table["grid_pages"], serde_json::json!([4, 5]));
    let row = &table["rows"][0];
    assert_eq!(row["texts"], serde_json::json!({"备注": "含\"上年\",结转", "备注#6": "二"}));
    assert_eq!(row["indent"], 1.0);
    assert_eq!(
        row["amounts"][0],
        serde_json::json!({"column": 2, "key": "total", "raw": "1,234.50", "state": "value", "value": "1234.50",
            "verdict": "contradicted", "page": 4, "bbox": [200.0, 39.9, 290.0, 49.9]})
    );
    assert_eq!(row["amounts"][1]["state"], "blank");
    assert_eq!(row["amounts"][1]["value"], Value::Null);
    assert!(table["rows"][1].get("texts").is_none(), "no texts where there are none");
    assert_eq!(table["notes"][0]["text"], "注：本表以万元为单位。");
    assert_eq!(json["pages"][1]["unexplained"], 2);
    assert_eq!(json["warnings"][1], serde_json::json!({"page": 2, "text": "odd"}));
}

#[test]
fn the_json_has_a_line_for_each_row() {
    let text = String::from_utf8(document_json(&entry("x", vec![table(None)])).unwrap()).unwrap();
    assert!(text.ends_with("}\n") && !text.contains('\r'));
    let lines = |start: &str| text.lines().filter(|line| line.trim_start().starts_with(start)).count();
    assert_eq!(lines("{\"group\":1,\"kind\":"), 2);
    assert_eq!(lines("[\"合计\",\"\","), 1);
    assert_eq!(lines("{\"page\":4,\"visible\":"), 1);
}

#[test]
fn a_document_that_was_not_read_has_only_its_row() {
    let failed = Entry {
        status: Status::NotPdf,
        message: "not a PDF file but a web page".to_owned(),
        hint: "open it".to_owned(),
        extraction: None,
        ..entry("x", Vec::new())
    };
    assert!(document_json(&failed).is_none());
    let fragment = Fragment::new(&failed);
    assert!(fragment.amounts.is_empty() && fragment.tables.is_empty());
    let row = &read(Sheet::Documents, &fragment)[0];
    let told = ["status", "message", "hint", "pages", "tables", "fiscal_year"].map(|name| row[name].as_str());
    assert_eq!(told, ["not_pdf", "not a PDF file but a web page", "open it", "", "0", ""]);
}

/// A folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("emit").join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

#[test]
fn files_get_their_names_when_they_are_whole() {
    let root = folder("whole");
    let entry = entry("报告", vec![table(Some("万元"))]);
    let out = Folder::create(&root, emit::Options::default()).unwrap();
    let mut sheets = out.sheets().unwrap();
    out.store(&Parcel::new(&entry, &emit::Options::default())).unwrap();
    sheets.append(&stored(&out, "报告").unwrap()).unwrap();
    assert!(!root.join("amounts.csv").exists(), "not before it is complete");
    sheets.finish().unwrap();
    out.finish().unwrap();

    assert_eq!(fs::read(root.join("documents/报告.json")).unwrap(), document_json(&entry).unwrap());
    let amounts = fs::read_to_string(root.join("amounts.csv")).unwrap();
    assert_eq!(amounts.lines().next().unwrap(), Sheet::Amounts.schema().header().join(","));
    assert_eq!(amounts.lines().count(), 1 + 5);
    assert!(!root.join("wide").exists(), "only where asked for");
    let hidden = |path: &PathBuf| {
        fs::read_dir(path)
            .unwrap()
            .filter(|f| f.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'))
            .count()
    };
    assert_eq!(hidden(&root) + hidden(&root.join("documents")), 0, "no temporary file is left");
    assert!(!root.join("journal/tmp").exists(), "no temporary file is left");
}

#[test]
fn a_run_that_stops_leaves_no_half_files() {
    let root = folder("stopped");
    let out = Folder::create(&root, emit::Options::default()).unwrap();
    drop(out.sheets().unwrap());
    let names = |folder: PathBuf| {
        let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        files.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    assert_eq!(names(root.clone()), ["documents", "journal"]);
    assert_eq!(names(root.join("journal")), ["lock", "rows", "tmp"]);
    assert!(names(root.join("journal/tmp")).is_empty());
}

/// What is stored of a document, read into memory that held another.
fn stored(folder: &Folder, stem: &str) -> Result<Fragment, EmitError> {
    let mut fragment = Fragment { amounts: b"left over".to_vec(), json: b"left over".to_vec(), ..Fragment::default() };
    folder.rows(stem, &mut fragment).map(|()| fragment)
}

#[test]
fn one_run_at_a_time_has_a_folder() {
    let root = folder("locked");
    let first = Folder::create(&root, emit::Options::default()).unwrap();
    let second = Folder::create(&root, emit::Options::default()).unwrap_err();
    assert!(second.to_string().contains("another run is writing there"), "{second}");
    drop(first);
    Folder::create(&root, emit::Options::default()).unwrap();
}

#[test]
fn what_is_stored_is_known_again_and_can_be_taken_away() {
    let root = folder("stored");
    let options = emit::Options { wide: true, ..emit::Options::default() };
    let out = Folder::create(&root, options.clone()).unwrap();
    let parcel = Parcel::new(&entry("x", vec![table(None)]), &options);
    out.store(&parcel).unwrap();
    assert_eq!(stored(&out, "x").unwrap(), parcel.fragment);
    assert!(out.holds(&parcel.record));
    for file in ["documents/x.json", "journal/rows/x.rows", "wide/x/01_final_expenditure.csv"] {
        fs::remove_file(root.join(file)).unwrap();
        assert!(!out.holds(&parcel.record), "{file} is gone");
        out.store(&parcel).unwrap();
    }
    fs::write(root.join("journal/rows/x.rows"), b"[1,2,3,4,5]\nabc").unwrap();
    assert!(!out.holds(&parcel.record) && stored(&out, "x").is_err(), "cut short");

    let failed = Entry { extraction: None, status: Status::NotPdf, ..entry("x", Vec::new()) };
    out.store(&Parcel::new(&failed, &options)).unwrap();
    assert!(!root.join("documents/x.json").exists() && !root.join("wide/x").exists(), "what was read before is gone");
    out.remove("x").unwrap();
    assert!(!root.join("journal/rows/x.rows").exists());
}

#[test]
fn excel_gets_its_mark_and_tables_as_printed() {
    let root = folder("excel");
    let mut unknown = table(None);
    unknown.form = None;
    let entry = entry("x", vec![table(None), unknown]);
    let options = emit::Options { bom: true, wide: true, ..emit::Options::default() };
    let out = Folder::create(&root, options.clone()).unwrap();
    out.sheets().unwrap().finish().unwrap();
    out.store(&Parcel::new(&entry, &options)).unwrap();
    for name in
        ["amounts.csv", "tables.csv", "documents.csv", "wide/x/01_final_expenditure.csv", "wide/x/02_unknown.csv"]
    {
        assert!(fs::read(root.join(name)).unwrap().starts_with(b"\xEF\xBB\xBF"), "{name}");
    }
    let wide = fs::read_to_string(root.join("wide/x/01_final_expenditure.csv")).unwrap();
    assert_eq!(
        wide.trim_start_matches('\u{FEFF}'),
        "项目/科目编码,项目/科目名称,本年支出合计,其中/基本支出,其中/人数(人),备注,备注\n\
         201 08 01,行政 运行,\"1,234.50\",,—,\"含\"\"上年\"\",结转\",二\n\
         合计,,0.00,,3,,\n"
    );
    let json = fs::read(root.join("documents/x.json")).unwrap();
    assert!(json.starts_with(b"{"), "JSON has no byte order mark");
}

#[test]
fn what_is_in_the_way_is_named() {
    let root = folder("in-the-way");
    fs::create_dir_all(root.parent().unwrap()).unwrap();
    fs::write(&root, b"").unwrap();
    let error = Folder::create(&root, emit::Options::default()).unwrap_err();
    assert!(error.to_string().contains("in-the-way"), "{error}");
    assert!(error.hint().contains("--out"));
    fs::remove_file(&root).unwrap();
}
