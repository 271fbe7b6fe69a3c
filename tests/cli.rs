//! The command line as a user meets it: exit codes, the run report, and files that are the same however
//! many threads made them. The documents are built by [`documents`].

mod documents;
mod tree;

use documents::{pdf, report, report_pages, save, save_report, scan, text};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tree::tree;

/// A fresh folder for a test.
fn workspace(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The program, whatever language the tester speaks.
fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kemu"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null()).env("LC_ALL", "C");
    command
}

fn kemu(folder: &Path, arguments: &[&str]) -> Output {
    program(folder, arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Rows of a CSV file by column name.
fn rows(path: impl AsRef<Path>) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

fn column(rows: &[BTreeMap<String, String>], name: &str) -> Vec<String> {
    rows.iter().map(|row| row[name].clone()).collect()
}

#[test]
fn a_report_goes_all_the_way() {
    let folder = workspace("report");
    save_report(folder.join("财政局.pdf"), "某市财政局", "1,234.50");
    let output = kemu(&folder, &["extract", "财政局.pdf", "--wide"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(output.stdout.is_empty(), "stdout is for data");
    assert_eq!(
        stderr(&output),
        "1 document read, 0 failed\n  ok                      1\n1 table (1 standard), 3 amounts, 0 findings\n"
    );

    let documents = rows(folder.join("out/documents.csv"));
    let told = ["document", "path", "status", "report_kind", "fiscal_year", "department", "standard_tables"];
    assert_eq!(
        told.map(|name| documents[0][name].as_str()),
        ["财政局", "财政局.pdf", "ok", "final", "2024", "某市财政局", "1"]
    );
    let amounts = rows(folder.join("out/amounts.csv"));
    assert_eq!(column(&amounts, "raw_text"), ["1,234.50", "", "1,234.50", "0.00"]);
    assert_eq!(column(&amounts, "value_yuan"), ["12345000.00", "", "12345000.00", "0.00"]);
    assert_eq!(column(&amounts, "code"), ["", "", "2010601", "2010601"]);
    assert_eq!(amounts[0]["document_id"], documents[0]["sha256"]);
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("out/documents/财政局.json")).unwrap()).unwrap();
    assert_eq!(json["source"]["sha256"], documents[0]["sha256"].as_str());
    assert_eq!(json["tables"][0]["id"], "final_expenditure");
    assert_eq!(json["tables"][0]["grid"][1][0], "2010601");
    let wide = fs::read_to_string(folder.join("out/wide/财政局/01_final_expenditure.csv")).unwrap();
    assert!(wide.starts_with("科目编码,科目名称,本年支出合计,基本支出\n"), "{wide}");
}

#[test]
fn nothing_to_do_is_a_usage_error() {
    let folder = workspace("usage");
    fs::create_dir(folder.join("empty")).unwrap();
    fs::write(folder.join("gbk.txt"), b"\xB2\xC6\xD5\xFE.pdf\n").unwrap();
    for (arguments, said) in [
        (vec!["extract"], "required"),
        (vec!["extract", "x.pdf", "--threads", "0"], "--threads"),
        (vec!["extract", "x.pdf"], "no input found: x.pdf: no such file"),
        (vec!["extract", "empty"], "empty: no PDF file in the folder"),
        (vec!["extract", "*.pdf"], "*.pdf: nothing fits the pattern"),
        (vec!["extract", "a**.pdf"], "a**.pdf: "),
        (vec!["extract", "@none.txt"], "none.txt: the list cannot be read"),
        (vec!["extract", "@gbk.txt"], "gbk.txt: line 1 is not UTF-8"),
        (vec!["inspect", "x.pdf"], "x.pdf: "),
    ] {
        let output = kemu(&folder, &arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(stderr(&output).contains(said), "{arguments:?}: {}", stderr(&output));
        assert!(!folder.join("out").exists(), "{arguments:?} writes nothing");
    }
    let output = kemu(&folder, &["extract", "x.pdf"]);
    assert!(stderr(&output).contains("\n\nhint: give PDF files"), "{}", stderr(&output));
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let folder = workspace("in-the-way");
    save_report(folder.join("a.pdf"), "某市财政局", "1.00");
    fs::write(folder.join("taken"), b"").unwrap();
    let output = kemu(&folder, &["extract", "a.pdf", "--out", "taken"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).starts_with("error: taken"), "{}", stderr(&output));
    assert!(stderr(&output).contains("--out"), "{}", stderr(&output));
}

#[test]
fn a_bad_file_costs_only_itself() {
    let folder = workspace("bad");
    let web_page = b"<!DOCTYPE html><html><body>404</body></html>";
    fs::write(folder.join("1-web.pdf"), web_page).unwrap();
    fs::write(folder.join("2-cut.pdf"), b"%PDF-1.5\n1 0 obj\n<</Type/Cat").unwrap();
    save(&mut pdf(vec![]), folder.join("3-no-pages.pdf"));
    save(&mut pdf(vec![scan(), scan()]), folder.join("4-scanned.pdf"));
    let mut letter = Vec::new();
    text(&mut letter, 100, 700, 12, "关于召开会议的通知");
    save(&mut pdf(vec![letter]), folder.join("5-letter.pdf"));
    save_report(folder.join("6-good.pdf"), "某市财政局", "1.00");

    let output = kemu(&folder, &["extract", ".", "gone.pdf"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let documents = rows(folder.join("out/documents.csv"));
    let names = ["1-web", "2-cut", "3-no-pages", "4-scanned", "5-letter", "6-good", "gone"];
    assert_eq!(column(&documents, "document"), names);
    assert_eq!(
        column(&documents, "status"),
        ["not_pdf", "damaged", "no_pages", "no_text_layer", "no_table", "ok", "unreadable"]
    );
    assert_eq!(documents[0]["message"], "not a PDF file but a web page");
    assert_eq!(documents[3]["message"], "scanned pictures without a text layer: pages 1-2 of 2");
    for row in &documents {
        assert_eq!(row["status"] == "ok", row["message"].is_empty() && row["hint"].is_empty(), "{row:?}");
    }
    let said = stderr(&output);
    assert!(said.contains("1 document read, 6 failed"), "{said}");
    assert!(said.contains("1-web.pdf: not a PDF file but a web page\n  hint: the publisher sent"), "{said}");

    let written: Vec<_> = tree(&folder.join("out/documents")).into_keys().collect();
    let read = ["4-scanned.json", "5-letter.json", "6-good.json"].map(PathBuf::from);
    assert_eq!(written, read, "what could be opened has its JSON");
    assert_eq!(column(&rows(folder.join("out/amounts.csv")), "document"), ["6-good"; 4]);
}

#[test]
fn what_is_read_says_how_far_it_can_be_relied_on() {
    let folder = workspace("read");
    save(&mut pdf(report_pages("行政运行", "某市财政局", "2.00", "1.00")), folder.join("1-wrong.pdf"));
    let scanned: Vec<_> =
        report_pages("行政运行", "某市财政局", "1.00", "1.00").into_iter().chain([scan(), scan()]).collect();
    save(&mut pdf(scanned), folder.join("2-scanned.pdf"));
    let output = kemu(&folder, &["extract", "."]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(
        stderr(&output).contains("  findings                1\n  incomplete              1\n"),
        "{}",
        stderr(&output)
    );
    let documents = rows(folder.join("out/documents.csv"));
    assert_eq!(column(&documents, "status"), ["findings", "incomplete"]);
    assert_eq!(documents[0]["message"], "figures do not add up: 1 finding");
    assert!(documents[0]["hint"].starts_with("findings.csv has each"), "{}", documents[0]["hint"]);
    assert_eq!(documents[1]["message"], "scanned pictures without a text layer, not read: pages 3-4 of 4");
    assert!(!documents[1]["hint"].is_empty());
}

#[test]
fn many_failures_are_not_all_listed() {
    let folder = workspace("many");
    for number in 10..25 {
        fs::write(folder.join(format!("{number}.pdf")), format!("plain text {number}")).unwrap();
    }
    let said = stderr(&kemu(&folder, &["extract", "."]));
    assert!(said.contains("19.pdf: not a PDF") && !said.contains("20.pdf"), "{said}");
    assert!(said.ends_with("… and 5 more, see documents.csv\n"), "{said}");
}

#[test]
fn an_encrypted_file_asks_for_its_password() {
    let folder = workspace("encrypted");
    let mut document = report("某市财政局", "1.00");
    let version = lopdf::EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: "secret",
        key_length: 128,
        permissions: lopdf::Permissions::all(),
    };
    let state = lopdf::EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    save(&mut document, folder.join("a.pdf"));
    let status = |arguments: &[&str], expected: i32| {
        let output = kemu(&folder, arguments);
        assert_eq!(code(&output), expected, "{}", stderr(&output));
        let row = rows(folder.join("out/documents.csv")).remove(0);
        (row["status"].clone(), row["message"].clone())
    };
    let told = |status: &str, message: &str| (status.to_owned(), message.to_owned());
    let needed = told("encrypted", "the file is encrypted and needs a password");
    assert_eq!(status(&["extract", "a.pdf"], 1), needed);
    let wrong = told("encrypted", "the password does not open the file");
    assert_eq!(status(&["extract", "a.pdf", "--password", "public"], 1), wrong);
    assert_eq!(status(&["extract", "a.pdf", "--password", "secret"], 0), told("ok", ""));
}

#[test]
fn inputs_come_in_their_order_and_once() {
    let folder = workspace("inputs");
    for name in
        ["in/b.pdf", "in/A.PDF", "in/deep/c.Pdf", "in/.hidden.pdf", "in/skip.txt", "odd.txt", "x[1].pdf", "g1.pdf"]
    {
        save_report(folder.join(name), "某市财政局", "1.00");
    }
    fs::write(folder.join("list.txt"), "\u{FEFF}g1.pdf\r\n\r\nin/deep\n").unwrap();
    let taken = |arguments: &[&str]| {
        let output = kemu(&folder, &[&["extract", "--out", "out"], arguments].concat());
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        column(&rows(folder.join("out/documents.csv")), "path").join(" ").replace('\\', "/")
    };
    assert_eq!(taken(&["in"]), "in/A.PDF in/b.pdf in/deep/c.Pdf");
    assert_eq!(taken(&["odd.txt", "in/b.pdf", "./in/b.pdf", "in"]), "odd.txt in/b.pdf in/A.PDF in/deep/c.Pdf");
    assert_eq!(taken(&["x[1].pdf"]), "x[1].pdf", "a file that is there is no pattern");
    assert_eq!(taken(&["*1*.pdf", "in/*/*.[pP]df"]), "g1.pdf x[1].pdf in/deep/c.Pdf");
    assert_eq!(taken(&["@list.txt"]), "g1.pdf in/deep/c.Pdf");
    assert_eq!(taken(&["--files-from", "list.txt", "odd.txt"]), "odd.txt g1.pdf in/deep/c.Pdf");

    let mut command = program(&folder, &["extract", "--files-from", "-"]);
    command.stdin(fs::File::open(folder.join("list.txt")).unwrap());
    assert_eq!(code(&command.output().unwrap()), 0);
    assert_eq!(rows(folder.join("out/documents.csv")).len(), 2);
}

#[test]
fn the_same_name_twice_is_two_documents() {
    let folder = workspace("names");
    save_report(folder.join("a/x.pdf"), "甲市财政局", "1.00");
    save_report(folder.join("b/X.pdf"), "乙市财政局", "2.00");
    assert_eq!(code(&kemu(&folder, &["extract", "a", "b"])), 0);
    let names = column(&rows(folder.join("out/documents.csv")), "document");
    assert!(names[0].starts_with("x-") && names[1].starts_with("X-"), "{names:?}");
    assert_eq!(code(&kemu(&folder, &["extract", "b", "a", "--out", "turned"])), 0);
    assert_eq!(tree(&folder.join("out/documents")), tree(&folder.join("turned/documents")));
    assert_eq!(tree(&folder.join("out/documents")).len(), 2);
}

#[test]
fn any_number_of_threads_writes_the_same() {
    let folder = workspace("threads");
    for number in 0..40 {
        save_report(folder.join(format!("in/{number}.pdf")), &format!("第{number}局"), &format!("{number}.25"));
    }
    fs::write(folder.join("in/7.pdf"), b"no PDF").unwrap();
    let run = |out: &str, threads: &str| {
        let arguments = ["extract", "in", "--out", out, "--threads", threads, "--wide", "--second-reader"];
        assert_eq!(code(&kemu(&folder, &arguments)), 1);
        tree(&folder.join(out))
    };
    let one = run("one", "1");
    assert_eq!(one.len(), 39 * 2 + 6 + 40 + 2, "JSON and wide tables; files of the run; rows; journal and its lock");
    assert_eq!(one, run("four", "4"));
    let documents = rows(folder.join("one/documents.csv"));
    let mut sorted: Vec<String> = (0..40).map(|number| number.to_string()).collect();
    sorted.sort();
    assert_eq!(column(&documents, "document"), sorted);
    let mut order = column(&rows(folder.join("four/amounts.csv")), "document");
    order.dedup();
    sorted.retain(|name| name != "7");
    assert_eq!(order, sorted);
}

#[test]
fn excel_gets_a_byte_order_mark_when_asked_for() {
    let folder = workspace("bom");
    save_report(folder.join("a.pdf"), "某市财政局", "1.00");
    for (flag, marked) in [("--quiet", false), ("--bom", true)] {
        assert_eq!(code(&kemu(&folder, &["extract", "a.pdf", flag])), 0);
        for (name, bytes) in tree(&folder.join("out")) {
            let csv = name.extension().is_some_and(|ending| ending == "csv");
            assert_eq!(bytes.starts_with(b"\xEF\xBB\xBF"), csv && marked, "{flag}: {}", name.display());
            assert!(!bytes.contains(&b'\r'), "{}", name.display());
        }
    }
}

#[test]
fn quiet_says_nothing() {
    let folder = workspace("quiet");
    fs::write(folder.join("a.pdf"), b"no PDF").unwrap();
    let output = kemu(&folder, &["extract", "a.pdf", "b.pdf", "--quiet"]);
    assert_eq!((code(&output), stderr(&output).as_str()), (1, ""));
}

#[test]
fn inspect_shows_what_each_station_saw() {
    let folder = workspace("inspect");
    save_report(folder.join("a.pdf"), "某市财政局", "1,234.50");
    fs::write(folder.join("b.pdf"), b"no PDF").unwrap();
    let output = kemu(&folder, &["inspect", "a.pdf"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let shown = String::from_utf8(output.stdout).unwrap();
    for part in [
        "page 1 (595 × 842 pt)",
        "line at 120, ",
        "某市财政局2024年度部门决算",
        "3 rows × 4 columns, 12 cells, 10 with text",
        "table 1: 支出决算表",
        "form: final_expenditure",
        "unit: 万元",
        "column 2 (group 1): 本年支出合计 → amount ",
        "2010601 行政运行 | 2=1,234.50 3=0.00",
        "0 unexplained",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    let second = String::from_utf8(kemu(&folder, &["inspect", "a.pdf", "--page", "2"]).stdout).unwrap();
    assert!(second.contains("\npage 2 ") && !second.contains("\npage 1 "), "{second}");

    let absent = kemu(&folder, &["inspect", "a.pdf", "--page", "3"]);
    assert_eq!(code(&absent), 2);
    assert!(
        stderr(&absent).contains("a.pdf: page 3 is not there: the document has 2\n\nhint: "),
        "{}",
        stderr(&absent)
    );
    let bad = kemu(&folder, &["inspect", "b.pdf"]);
    assert_eq!(code(&bad), 1);
    assert!(stderr(&bad).starts_with("error: b.pdf: not a PDF file but plain text\n\nhint: "), "{}", stderr(&bad));
}

#[test]
fn a_reader_that_leaves_at_once_is_no_error() {
    let folder = workspace("pipes");
    save_report(folder.join("a.pdf"), "某市财政局", "1.00");
    assert_eq!(code(&kemu(&folder, &["extract", "a.pdf"])), 0);
    for arguments in
        [&["codes", "支出"][..], &["schema"], &["completions", "zsh"], &["report"], &["check", "a.pdf"], &["--help"]]
    {
        let mut child = program(&folder, arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((code(&output), stderr(&output).as_str()), (0, ""), "{arguments:?}");
    }
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let folder = workspace("pipe");
    // More than a pipe holds, so that writing goes on after the reader has left.
    let page = || {
        let mut page = Vec::new();
        (0..60).for_each(|line| text(&mut page, 50, 800 - 12 * line, 8, &"关于召开会议的通知".repeat(5)));
        page
    };
    save(&mut pdf((0..40).map(|_| page()).collect()), folder.join("a.pdf"));
    let mut command = program(&folder, &["inspect", "a.pdf"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""));
}

#[test]
fn help_teaches_by_example() {
    let folder = workspace("help");
    let commands =
        ["extract", "check", "report", "panel", "review", "inspect", "codes", "schema", "completions", "man"]
            .map(|name| [name, "--help"]);
    for arguments in [&["--help"][..]].into_iter().chain(commands.iter().map(|command| &command[..])) {
        let output = kemu(&folder, arguments);
        assert_eq!((code(&output), stderr(&output).as_str()), (0, ""), "{arguments:?}");
        assert!(stdout(&output).contains("Examples:\n  kemu "), "{arguments:?}");
        let chinese = kemu(&folder, &[arguments, &["--lang", "zh"]].concat());
        let shown = stdout(&chinese);
        assert!(shown.contains("示例：\n  kemu ") && shown.contains("用法：kemu"), "{shown}");
        for english in ["Examples", "Usage", "Options", "Print", "default:", "Exit code"] {
            assert!(!shown.contains(english), "{english}: {shown}");
        }
    }
}

#[test]
fn messages_are_told_in_the_language_of_the_locale() {
    let folder = workspace("lang");
    fs::write(folder.join("a.pdf"), b"<html>404").unwrap();
    save_report(folder.join("b.pdf"), "某市财政局", "1.00");
    let said = |arguments: &[&str], locale: [(&str, &str); 2]| {
        let output = program(&folder, arguments).env_remove("LC_ALL").envs(locale).output().unwrap();
        (code(&output), stdout(&output), stderr(&output))
    };
    let chinese = [("LC_MESSAGES", ""), ("LANG", "zh_CN.UTF-8")];
    let english = [("LC_MESSAGES", "en_GB.UTF-8"), ("LANG", "zh_CN.UTF-8")];
    let (exit, data, messages) = said(&["extract", "a.pdf", "b.pdf"], chinese);
    assert_eq!((exit, data.as_str()), (1, ""));
    for part in ["已读取 1 份文件，失败 1 份", "a.pdf：不是 PDF 文件，而是网页", "提示：发布网站返回的是网页而非文件"]
    {
        assert!(messages.contains(part), "{part}: {messages}");
    }
    let in_chinese = tree(&folder.join("out"));
    let (_, _, messages) = said(&["extract", "a.pdf", "b.pdf"], english);
    assert!(
        messages.contains("1 document read, 1 failed") && messages.contains("hint: the publisher sent"),
        "{messages}"
    );
    assert_eq!(in_chinese, tree(&folder.join("out")), "files are the same in every language");
    let (_, data, _) = said(&["report"], chinese);
    assert!(data.starts_with("已读取 1 份文件，失败 1 份\n"), "{data}");
    let (_, data, _) = said(&["report", "--lang", "en"], chinese);
    assert!(data.starts_with("1 document read, 1 failed\n"), "{data}");
    let (_, data, _) = said(&["check", "b.pdf", "--lang=zh"], english);
    assert!(data.starts_with("b：") && data.contains("个金额：得证"), "{data}");
    let (exit, data, messages) = said(&["extract", "--bad"], chinese);
    assert_eq!((exit, data.as_str()), (2, ""));
    assert!(messages.starts_with("错误：不认识的参数 '--bad'\n"), "{messages}");
    let (exit, data, messages) = said(&["report", "nowhere"], chinese);
    assert_eq!((exit, data.as_str()), (2, ""));
    assert!(messages.starts_with("错误：nowhere：没有已完成的运行\n\n提示："), "{messages}");
    let (exit, _, messages) = said(&["report", "--lang", "fr"], english);
    assert_eq!(exit, 2);
    assert!(messages.contains("invalid value 'fr' for '--lang <LANG>'"), "{messages}");
}

#[test]
fn codes_tell_what_was_meant_in_a_year() {
    let folder = workspace("codes");
    let told = |arguments: &[&str]| {
        let output = kemu(&folder, &[&["codes"], arguments].concat());
        (code(&output), stdout(&output), stderr(&output))
    };
    let (exit, data, messages) = told(&["2010550", "--year", "2019"]);
    assert_eq!((exit, messages.as_str()), (0, ""));
    let shown: Vec<&str> = data.lines().map(str::trim).collect();
    assert_eq!(shown[0], "2010550 事业运行");
    assert!(shown.contains(&"under: 20105 统计信息事务") && shown.contains(&"level: item (项)"), "{data}");

    let (_, data, _) = told(&["30311", "--year", "2017"]);
    for line in [
        "30311 住房公积金\n",
        "  in this meaning since 2007\n",
        "  under: 303 对个人和家庭的补助\n",
        "  other name: 代缴社会保险费 (2020–)\n",
        "  given out anew in 2018: 住房公积金 before, 代缴社会保险费 since\n",
    ] {
        assert!(data.contains(line), "{line}: {data}");
    }
    assert!(told(&["30311"]).1.starts_with("30311 代缴社会保险费\n"));
    // Full-width digits are digits; a class tells its sections.
    let (_, data, _) = told(&["２１６", "--year", "2024"]);
    assert!(data.starts_with("216 商业服务业等支出\n") && data.contains("  below: 21602 商业流通事务\n"), "{data}");
    assert!(told(&["216", "--year", "2008"]).1.starts_with("216 粮油物资储备及金融监管等事务\n"));

    let (_, data, _) = told(&["离退休", "--year", "2019"]);
    let lines: Vec<&str> = data.lines().collect();
    assert!(lines.contains(&"20805   行政事业单位离退休 (functional, 2007–2019)"), "{data}");
    assert!(!data.contains("养老"), "{data}");

    assert_eq!(told(&["2999999"]), (1, String::new(), "2999999: no name is known\n".to_owned()));
    assert_eq!(told(&["无此名称"]).0, 1);
    let (exit, data, messages) = told(&["12"]);
    assert_eq!((exit, data.as_str()), (2, ""));
    assert!(messages.starts_with("error: 12 is no subject code\n\nhint: "), "{messages}");
}

#[test]
fn schemas_fit_what_is_written() {
    let folder = workspace("schema");
    save_report(folder.join("a.pdf"), "上海市普陀区财政局", "1.00");
    assert_eq!(code(&kemu(&folder, &["extract", "a.pdf"])), 0);
    let output = kemu(&folder, &["panel"]);
    assert_eq!((code(&output), stdout(&output).as_str()), (0, ""), "{}", stderr(&output));
    let schemas: serde_json::Value = serde_json::from_str(&stdout(&kemu(&folder, &["schema"]))).unwrap();
    for (name, file) in [
        ("amounts", "amounts.csv"),
        ("tables", "tables.csv"),
        ("findings", "findings.csv"),
        ("documents", "documents.csv"),
        ("panel", "panel/panel.csv"),
        ("panel", "panel/panel_versions.csv"),
        ("panel_notes", "panel/panel_notes.csv"),
    ] {
        let mut reader = csv::Reader::from_path(folder.join("out").join(file)).unwrap();
        let fields = schemas[name]["fields"].as_array().unwrap();
        let names: Vec<&str> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
        assert_eq!(reader.headers().unwrap(), names, "{file}");
        for row in reader.records() {
            for (cell, field) in row.unwrap().iter().zip(fields).filter(|(cell, _)| !cell.is_empty()) {
                let fits = match field["type"].as_str().unwrap() {
                    "integer" => cell.parse::<u64>().is_ok(),
                    "number" => cell.parse::<rust_decimal::Decimal>().is_ok(),
                    "boolean" => ["true", "false"].contains(&cell),
                    kind => kind == "string",
                };
                assert!(fits, "{file}: {cell:?} in {field}");
                let values = field["constraints"]["enum"].as_array();
                assert!(values.is_none_or(|values| values.contains(&cell.into())), "{file}: {cell:?} in {field}");
            }
        }
    }
    let document: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("out/documents/a.json")).unwrap()).unwrap();
    let mut wrong = Vec::new();
    fit(&schemas["document"], &schemas["document"], &document, "", &mut wrong);
    assert_eq!(wrong, Vec::<String>::new());
    let mut broken = document;
    broken["tables"][0]["rows"][0]["amounts"][0]["state"] = "great".into();
    broken["source"].as_object_mut().unwrap().remove("pages");
    fit(&schemas["document"], &schemas["document"], &broken, "", &mut wrong);
    assert_eq!(wrong, ["/source: no pages", "/tables/0/rows/0/amounts/0/state: \"great\" is none of its values"]);
    assert_eq!(stdout(&kemu(&folder, &["schema", "amounts"])), format!("{:#}\n", schemas["amounts"]));
    assert_eq!(code(&kemu(&folder, &["schema", "nothing"])), 2);
}

/// What of a value does not fit a JSON Schema, as far as ours goes: types, values, required fields, items, references.
fn fit(
    root: &serde_json::Value,
    schema: &serde_json::Value,
    value: &serde_json::Value,
    at: &str,
    wrong: &mut Vec<String>,
) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#')).expect("the reference leads somewhere");
        return fit(root, target, value, at, wrong);
    }
    let kinds: Vec<&str> = match &schema["type"] {
        serde_json::Value::Array(kinds) => kinds.iter().filter_map(|kind| kind.as_str()).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    let kind = match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "boolean",
        serde_json::Value::Number(number) if number.is_u64() || number.is_i64() => "integer",
        serde_json::Value::Number(_) => "number",
        serde_json::Value::String(_) => "string",
        serde_json::Value::Array(_) => "array",
        serde_json::Value::Object(_) => "object",
    };
    let is_number = kind == "integer" && kinds.contains(&"number");
    if !(kinds.is_empty() || kinds.contains(&kind) || is_number) {
        wrong.push(format!("{at}: {kind} instead of {kinds:?}"));
    }
    if schema["enum"].as_array().is_some_and(|values| !values.contains(value)) {
        wrong.push(format!("{at}: {value} is none of its values"));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(|name| name.as_str()) {
        if value.get(name).is_none() {
            wrong.push(format!("{at}: no {name}"));
        }
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        match (schema["properties"].get(name), schema.get("additionalProperties")) {
            (Some(schema), _) | (None, Some(schema)) => fit(root, schema, inner, &format!("{at}/{name}"), wrong),
            // A field that the schema does not know would not be noticed by its readers.
            (None, None) if schema["properties"].is_object() => wrong.push(format!("{at}: {name} is not described")),
            (None, None) => {}
        }
    }
    for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
        fit(root, &schema["items"], inner, &format!("{at}/{index}"), wrong);
    }
}

#[test]
fn shells_can_read_the_completions() {
    let folder = workspace("completions");
    for (shell, part) in [("bash", "complete -F"), ("zsh", "#compdef kemu"), ("fish", "complete -c kemu")] {
        let output = kemu(&folder, &["completions", shell]);
        assert_eq!((code(&output), stderr(&output).as_str()), (0, ""));
        let script = stdout(&output);
        assert!(script.contains(part) && script.contains("second-reader") && script.contains("codes"), "{shell}");
        fs::write(folder.join(shell), &script).unwrap();
    }
    // Other shells than these may not be there.
    for (program, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        match Command::new(program).arg(check).arg(folder.join(program)).output() {
            Ok(output) => assert!(output.status.success(), "{program}: {}", stderr(&output)),
            Err(_) => assert_ne!(program, "bash", "bash is needed for the tests"),
        }
    }
    let output = kemu(&folder, &["completions", "cmd"]);
    assert_eq!((code(&output), stdout(&output).as_str()), (2, ""));
}

#[test]
fn manual_pages_render() {
    let folder = workspace("man");
    assert_eq!(code(&kemu(&folder, &["man", "pages"])), 0);
    let pages = tree(&folder.join("pages"));
    for name in ["kemu.1", "kemu-extract.1", "kemu-panel.1", "kemu-codes.1"] {
        let page = String::from_utf8(pages[Path::new(name)].clone()).unwrap();
        assert!(page.contains(".TH ") && page.contains(".SH NAME") && page.contains("Examples:"), "{name}: {page}");
    }
    if let Ok(output) = Command::new("man").args(["-l", "pages/kemu-extract.1"]).current_dir(&folder).output() {
        assert!(output.status.success() && stdout(&output).contains("--resume"), "{}", stderr(&output));
    }
    fs::write(folder.join("file"), b"").unwrap();
    let output = kemu(&folder, &["man", "file"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).starts_with("error: file: cannot be written: "), "{}", stderr(&output));
}

#[test]
fn nothing_is_coloured_where_colour_is_not_wanted() {
    let folder = workspace("colour");
    for arguments in [&["extract", "--bad"][..], &["extract", "none.pdf"], &["--help"], &["codes", "216"]] {
        for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
            let output = program(&folder, arguments).env_remove("CLICOLOR_FORCE").env(name, value).output().unwrap();
            assert!(!output.stdout.contains(&0x1B) && !output.stderr.contains(&0x1B), "{arguments:?} {name}");
        }
    }
}

#[test]
fn a_panel_tells_what_it_came_to() {
    let folder = workspace("panel");
    save_report(folder.join("a.pdf"), "上海市普陀区财政局", "1.00");
    let output = kemu(&folder, &["panel", "out"]);
    assert_eq!((code(&output), stdout(&output).as_str()), (2, ""));
    assert!(stderr(&output).starts_with("error: out: no finished run is there\n\nhint: "), "{}", stderr(&output));
    assert_eq!(code(&kemu(&folder, &["extract", "a.pdf", "--bom"])), 0);
    let output = kemu(&folder, &["panel", "out", "--out", "joined", "--bom"]);
    assert_eq!(code(&output), 0);
    assert_eq!(stderr(&output), "documents: 1, reports: 1, rows: 3, rows of earlier versions: 0, notes: 0\n");
    let names: Vec<PathBuf> = tree(&folder.join("joined")).into_keys().collect();
    assert_eq!(names, ["panel.csv", "panel_notes.csv", "panel_versions.csv"].map(PathBuf::from));
    let rows = rows(folder.join("joined/panel.csv"));
    assert_eq!(column(&rows, "region_code"), ["310107"; 3]);
    // A run without CSV is told how it comes to have one; a name is that of the file again, and guarded again.
    fs::rename(folder.join("a.pdf"), folder.join("=x.pdf")).unwrap();
    assert_eq!(code(&kemu(&folder, &["extract", "=x.pdf", "--format", "json"])), 0);
    let output = kemu(&folder, &["panel", "out"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).starts_with("error: out: the run has no amounts.csv\n\nhint: "), "{}", stderr(&output));
    assert_eq!(code(&kemu(&folder, &["extract", "=x.pdf", "--format", "json,csv", "--resume"])), 0);
    for (raw, name) in [(None, "'=x"), (Some("--raw-csv"), "=x")] {
        let arguments: Vec<&str> = ["extract", "=x.pdf"].into_iter().chain(raw).collect();
        assert_eq!(code(&kemu(&folder, &arguments)), 0);
        assert_eq!(code(&kemu(&folder, &["panel"])), 0);
        assert_eq!(column(&self::rows(folder.join("out/panel/panel.csv")), "document"), [name; 3]);
    }
    let series = ["total|total", "functional:2010601|total", "functional:2010601|basic"];
    assert_eq!(column(&rows, "series"), series.map(|series| format!("final_expenditure|{series}")));
}
