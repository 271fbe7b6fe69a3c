//! The panel, from CSV files made by hand to files made by hand.

use kemu::batch::ReportError;
use kemu::catalog::schema;
use kemu::panel::{self, Outcome, PanelError};
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::PathBuf;

const DOCUMENTS: &str = "document,status,sha256,report_kind,report_level,fiscal_year,department,unit_name,region_code,region,created,modified";
const AMOUNTS: &str = "document,table_index,table_id,row_index,row_kind,code_system,code,name,group,column_key,value,unit,value_yuan,cell_state,verdict,page,row_unit,row_labels";

type Row = BTreeMap<String, String>;

/// A run of these documents and amounts, and its panel: outcome, rows, rows of earlier versions, notes.
fn panel(name: &str, documents: &[&str], amounts: &[&str]) -> (Outcome, Vec<Row>, Vec<Row>, Vec<Row>) {
    let (run, result) = build(name, documents, amounts);
    let outcome = result.unwrap();
    let read = |name: &str, table: &str| -> Vec<Row> {
        let mut reader = csv::Reader::from_path(run.join("panel").join(name)).unwrap();
        assert_eq!(reader.headers().unwrap(), schema::table(table).header());
        reader.deserialize().map(|row| row.unwrap()).collect()
    };
    let rows = read("panel.csv", "panel");
    let keys = |row: &Row| {
        ["report_key", "table_id", "row_unit", "section", "series", "row_labels", "group", "occurrence"]
            .map(|column| row[column].clone())
    };
    assert_eq!(rows.iter().map(keys).collect::<HashSet<_>>().len(), rows.len(), "one row for each key");
    (outcome, rows, read("panel_versions.csv", "panel"), read("panel_notes.csv", "panel_notes"))
}

fn build(name: &str, documents: &[&str], amounts: &[&str]) -> (PathBuf, Result<Outcome, PanelError>) {
    let run = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("panel").join(name);
    let _ = fs::remove_dir_all(&run);
    fs::create_dir_all(&run).unwrap();
    let file = |header: &str, rows: &[&str]| format!("{header}\n{}\n", rows.join("\n"));
    fs::write(run.join("documents.csv"), file(DOCUMENTS, documents)).unwrap();
    fs::write(run.join("amounts.csv"), file(AMOUNTS, amounts)).unwrap();
    fs::write(run.join("run.json"), run_json("csv,json", "no")).unwrap();
    let result = panel::build(&run, &run.join("panel"), false);
    (run, result)
}

/// What a finished run tells of itself, as far as the panel looks at it.
fn run_json(format: &str, raw_csv: &str) -> String {
    serde_json::json!({
        "schema": "kemu.run/1", "version": "0", "options": { "format": format, "raw_csv": raw_csv }, "documents": 0,
        "read": 0, "failed": 0, "status": {}, "tables": 0, "standard_tables": 0, "amounts": 0, "proven": 0,
        "contradicted": 0, "findings": 0,
    })
    .to_string()
}

fn told<const N: usize>(rows: &[Row], columns: [&str; N]) -> Vec<[String; N]> {
    rows.iter().map(|row| columns.map(|column| row[column].clone())).collect()
}

#[test]
fn the_latest_version_is_chosen_and_the_others_kept() {
    let documents = [
        "new,ok,aa,final,department,2024,上海市普陀区财政局,,310107,上海市普陀区,2025-08-01T09:00:00+08:00,2025-09-02T09:00:00+08:00",
        "old,ok,bb,final,department,2024,上海市普陀区财政局,,310107,上海市普陀区,2025-08-20T09:00:00+08:00,",
        "copy,duplicate,aa,,,,,,,,,",
        "year,ok,cc,final,department,2023,上海市普陀区财政局,,310107,上海市普陀区,,",
        "budget,ok,dd,budget,department,2024,上海市普陀区财政局,,310107,上海市普陀区,,",
        "scan,no_text_layer,ee,,,,,,,,,",
    ];
    let amounts = [
        "new,1,final_expenditure,1,total,,,合计,1,total,12.50,万元,125000.00,value,proven,5,,",
        "old,1,final_expenditure,1,total,,,合计,1,total,12.00,万元,120000.00,value,contradicted,5,,",
        "year,1,final_expenditure,1,total,,,合计,1,total,110000,元,110000,value,proven,7,,",
        "budget,1,budget_expenditure,1,total,,,合计,1,total,9.00,万元,90000.00,value,proven,7,,",
    ];
    let (outcome, rows, versions, notes) = panel("reissue", &documents, &amounts);
    assert_eq!(outcome, Outcome { documents: 5, reports: 4, rows: 3, version_rows: 1, notes: 3 });
    let columns =
        ["document", "fiscal_year", "value_yuan", "value", "unit", "version", "versions", "version_basis", "flags"];
    assert_eq!(
        told(&rows, columns),
        [
            ["new", "2024", "125000.00", "12.50", "万元", "2", "2", "file_date", ""],
            ["year", "2023", "110000", "110000", "元", "1", "1", "only", ""],
            ["budget", "2024", "90000.00", "9.00", "万元", "1", "1", "only", ""],
        ]
    );
    assert_eq!(told(&versions, columns), [["old", "2024", "120000.00", "12.00", "万元", "1", "2", "file_date", ""]]);
    assert_eq!(versions[0]["verdict"], "contradicted");
    assert_eq!(versions[0]["report_key"], rows[0]["report_key"]);
    assert_eq!(rows[0]["report_key"], "310107|上海市普陀区财政局||department|2024|final");
    let reissued: Vec<_> =
        notes.iter().filter(|note| note["kind"] == "reissued").map(|note| &note["document"]).collect();
    assert_eq!(reissued, ["new", "old"]);
    assert_eq!(
        notes[2]["message"],
        "the report does not tell its region, department, level, year, kind; it is compared with no other"
    );
}

#[test]
fn without_dates_that_differ_the_order_decides_and_is_flagged() {
    let stamped = "2025-05-21T15:38:56+08:00";
    for (name, dates) in [("same", [stamped, stamped]), ("one", [stamped, ""]), ("none", ["", ""])] {
        let row = |document: &str, date: &str| {
            format!("{document},ok,{document},budget,department,2026,无锡市财政局,,320200,江苏省无锡市,,{date}")
        };
        let documents = [row("a", dates[0]), row("b", dates[1])];
        let amount = |document: &str| {
            format!("{document},1,budget_income,1,total,,,合计,1,total,1.00,万元,10000.00,value,proven,1,,")
        };
        let amounts = [amount("a"), amount("b")];
        let (_, rows, versions, _) =
            panel(name, &documents.each_ref().map(String::as_str), &amounts.each_ref().map(String::as_str));
        let columns = ["document", "version_basis", "flags"];
        assert_eq!(told(&rows, columns), [["b", "input_order", "version_uncertain"]], "{name}");
        assert_eq!(told(&versions, columns), [["a", "input_order", "version_uncertain"]], "{name}");
    }
}

#[test]
fn a_code_given_out_anew_is_another_series() {
    let document = |year: u16| format!("y{year},ok,{year},final,department,{year},西安市财政局,,610100,陕西省西安市,,");
    let documents = [document(2017), document(2024)];
    let amount = |year: u16, code: &str, name: &str| {
        let system = if code.starts_with('3') { "economic_dept" } else { "functional" };
        format!(
            "y{year},1,final_general_budget_basic_expenditure,1,code,{system},{code},{name},1,total,1.00,万元,10000.00,value,proven,1,,"
        )
    };
    let amounts = [
        amount(2017, "30311", "住房公积金"),
        amount(2017, "30302", "退休费"),
        amount(2017, "20805", "行政事业单位离退休"),
        amount(2024, "30311", "代缴社会保险费"),
        amount(2024, "30302", "退休费"),
        amount(2024, "20805", "行政事业单位养老支出"),
        // Cut by the edge of its cell; another name than the code's; a code nobody knows.
        amount(2024, "2080505", "机关事业单位基本养老保险"),
        amount(2024, "2080506", "职工疗养"),
        amount(2024, "2989901", "某项支出"),
    ];
    let (_, rows, _, notes) =
        panel("codes", &documents.each_ref().map(String::as_str), &amounts.each_ref().map(String::as_str));
    let table = "final_general_budget_basic_expenditure";
    let expected = [
        ("economic_dept:30311@2007", "2017", "2007", "code_redefined"),
        ("economic_dept:30302", "2017", "", ""),
        ("functional:20805", "2017", "", ""),
        ("economic_dept:30311@2018", "2024", "2018", "code_redefined"),
        ("economic_dept:30302", "2024", "", ""),
        ("functional:20805", "2024", "", ""),
        ("functional:2080505", "2024", "", ""),
        ("functional:2080506=职工疗养", "2024", "", "other_name"),
        ("functional:2989901=某项支出", "2024", "", ""),
    ]
    .map(|(subject, year, since, flags)| [format!("{table}|{subject}|total"), year.into(), since.into(), flags.into()]);
    assert_eq!(told(&rows, ["series", "scheme_year", "code_since", "flags"]), expected);
    let notes = told(&notes, ["kind", "series", "message"]);
    assert_eq!(
        notes,
        [
            [
                "other_name",
                "functional:2080506=职工疗养",
                "2080506 is printed 职工疗养, and known as 机关事业单位职业年金缴费支出: a series of its own"
            ],
            [
                "code_rescoped",
                "functional:20805",
                "20805 was 行政事业单位离退休 before 2020 and is 行政事业单位养老支出 since: one series, with another scope"
            ],
            [
                "code_redefined",
                "economic_dept:30311@2007 economic_dept:30311@2018",
                "30311 was 住房公积金 before 2018 and is 代缴社会保险费 since: two series"
            ],
        ]
    );
}

#[test]
fn units_inside_a_department_are_keyed_apart() {
    let documents = [
        "d,ok,d,budget,department,2026,深圳市生态环境局,,440300,广东省深圳市,,",
        "u,ok,u,budget,unit,2026,深圳市生态环境局,深圳市生态环境局（本级）,440300,广东省深圳市,,",
    ];
    let code = |unit: &str, value: &str| {
        format!(
            "budget_expenditure,1,code,functional,205,教育支出,1,total,{value},万元,{value}0000,value,proven,9,{unit},"
        )
    };
    let line = |name: &str, unit: &str| {
        format!("budget_expenditure,1,line,,,{name},1,total,7,万元,70000,value,proven,9,{unit},")
    };
    let amounts = [
        // Named in each row.
        format!("d,1,{}", code("本级", "3")),
        format!("d,1,{}", code("监测站", "4")),
        // Named in a line above.
        format!("d,2,{}", line("", "本级")),
        format!("d,2,{}", code("", "3")),
        format!("d,2,{}", line("监测站", "")),
        format!("d,2,{}", code("", "4")),
        // Not named at all.
        format!("d,3,{}", code("", "5")),
        format!("d,3,{}", code("", "6")),
        format!("d,3,{}", code("", "6").replace("budget_expenditure", "budget_income")),
        // Blank, of no known table, of no known column.
        "d,3,budget_expenditure,9,total,,,合计,1,total,,万元,,blank,unchecked,9,,".to_owned(),
        "d,4,,1,line,,,某,1,total,5,万元,50000,value,unchecked,12,,".to_owned(),
        "d,4,,2,line,,,某,1,,5,,,value,unchecked,13,,".to_owned(),
        // The unit's own report.
        format!("u,1,{}", code("", "3")),
    ];
    let (outcome, rows, _, notes) = panel("units", &documents, &amounts.each_ref().map(String::as_str));
    assert_eq!((outcome.reports, outcome.rows), (2, 10));
    let columns =
        ["report_level", "table_index", "row_kind", "row_unit", "section", "occurrence", "value_yuan", "flags"];
    assert_eq!(
        told(&rows, columns),
        [
            ["department", "1", "code", "本级", "", "1", "30000", ""],
            ["department", "1", "code", "监测站", "", "1", "40000", ""],
            ["department", "2", "line", "本级", "", "1", "70000", ""],
            ["department", "2", "code", "", "本级", "1", "30000", ""],
            ["department", "2", "line", "", "", "1", "70000", ""],
            ["department", "2", "code", "", "监测站", "1", "40000", ""],
            ["department", "3", "code", "", "", "1", "50000", "conflicting"],
            ["department", "3", "code", "", "", "2", "60000", "conflicting"],
            ["department", "3", "code", "", "", "1", "60000", ""],
            ["unit", "1", "code", "", "", "1", "30000", ""],
        ]
    );
    assert_eq!(
        told(&notes, ["kind", "table_id", "page", "message"]),
        [
            ["no_key", "", "12", "table 4: amounts left out, as their table or column is not known: 2"],
            [
                "repeated_key",
                "budget_expenditure",
                "9",
                "table 3: keys that stand there more than once: 1, with several values: 1; told apart by their occurrence"
            ],
        ]
    );
}

#[test]
fn reports_of_unknown_regions_are_not_taken_for_one() {
    let documents = [
        "a,ok,a,final,department,2024,财政局,,,,2025-01-01T00:00:00+08:00,",
        "b,ok,b,final,department,2024,财政局,,,,2025-01-02T00:00:00+08:00,",
    ];
    let amounts = [
        "a,1,final_income_expenditure_summary,1,line,,,一、一般公共预算财政拨款收入,1,income_amount,1.00,万元,10000.00,value,proven,1,,",
        "b,1,final_income_expenditure_summary,1,line,,,1.一般公共预算拨款收入,1,income_amount,2,,,value,proven,1,,",
    ];
    let (outcome, rows, versions, notes) = panel("regions", &documents, &amounts);
    assert_eq!((outcome.reports, versions.len()), (2, 0));
    assert_eq!(
        told(&rows, ["report_key", "line_item", "flags"]),
        [
            ["document|a", "general_public_budget_appropriation", "region_unknown"],
            ["document|b", "general_public_budget_appropriation", "region_unknown unit_unknown"],
        ]
    );
    assert_eq!(rows[0]["series"], rows[1]["series"]);
    assert_eq!(told(&notes, ["kind", "document"]), [["facts_unknown", "a"], ["facts_unknown", "b"]]);
}

#[test]
fn a_run_that_makes_no_sense_is_refused() {
    let documents = ["a,ok,a,final,department,2024,财政局,,,,,", "b,ok,b,final,department,2024,财政局,,,,,"];
    let amount = |document: &str| format!("{document},1,final_income,1,total,,,合计,1,total,1,元,1,value,proven,1,,");
    let refused = |name: &str, order: &[&str]| {
        let amounts: Vec<String> = order.iter().map(|document| amount(document)).collect();
        let (run, result) = build(name, &documents, &amounts.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(fs::read_dir(run.join("panel")).unwrap().count(), 0, "no file in part");
        result.unwrap_err()
    };
    assert!(matches!(refused("order", &["a", "b", "a"]), PanelError::Order { document, .. } if document == "a"));
    assert!(matches!(refused("stranger", &["c"]), PanelError::Stranger { document, .. } if document == "c"));
    let (run, result) = build("empty", &[], &[]);
    assert_eq!(result.unwrap(), Outcome::default());
    let error = || panel::build(&run, &run.join("panel"), false).unwrap_err();
    fs::remove_file(run.join("amounts.csv")).unwrap();
    assert!(matches!(error(), PanelError::Run(ReportError::Unreadable { path, .. }) if path.ends_with("amounts.csv")));
    fs::write(run.join("run.json"), run_json("json,parquet", "no")).unwrap();
    assert!(matches!(error(), PanelError::NoAmounts(_)));
    assert!(error().hint().contains("csv added to its --format"), "{}", error().hint());
    fs::remove_file(run.join("run.json")).unwrap();
    assert!(matches!(error(), PanelError::Run(ReportError::NoRun(_))));
}

#[test]
fn formulas_are_harmless_unless_the_run_left_them() {
    let documents = ["'=x,ok,aa,final,department,2024,'+甲局,,310107,上海市普陀区,,"];
    let amounts = [
        "'=x,1,final_expenditure,1,line,,,'-其中,1,total,-12.50,万元,-125000.00,value,proven,5,,",
        "'=x,1,final_expenditure,2,line,,,''=旧,1,total,-,万元,,dash,unchecked,5,'@a,",
    ];
    let columns = ["document", "department", "name", "value", "row_unit", "series"];
    let (run, result) = build("formulas", &documents, &amounts);
    assert_eq!(result.unwrap().rows, 2);
    let read = || -> Vec<Row> {
        let mut reader = csv::Reader::from_path(run.join("panel/panel.csv")).unwrap();
        reader.deserialize().map(|row| row.unwrap()).collect()
    };
    // The apostrophe is no part of the series, which is made of the name as printed.
    assert_eq!(
        told(&read(), columns),
        [
            ["'=x", "'+甲局", "'-其中", "-12.50", "", "final_expenditure|name:-其中|total"],
            ["'=x", "'+甲局", "''=旧", "-", "'@a", "final_expenditure|name:'=旧|total"],
        ]
    );
    // What is raw is taken as it is, and stays so.
    fs::write(run.join("run.json"), run_json("csv", "yes")).unwrap();
    let plain = |text: &str| text.replace("''", "’").replace('\'', "").replace('’', "'");
    for name in ["documents.csv", "amounts.csv"] {
        let text = fs::read_to_string(run.join(name)).unwrap();
        fs::write(run.join(name), plain(&text)).unwrap();
    }
    panel::build(&run, &run.join("panel"), false).unwrap();
    assert_eq!(
        told(&read(), columns),
        [
            ["=x", "+甲局", "-其中", "-12.50", "", "final_expenditure|name:-其中|total"],
            ["=x", "+甲局", "'=旧", "-", "@a", "final_expenditure|name:'=旧|total"],
        ]
    );
}
