//! The command line as a user meets it: exit codes, the run report, and files that are the same however
//! many threads made them. The documents are built by [`documents`].

mod documents;

use documents::{pdf, report, report_pages, save, save_report, scan, text};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A fresh folder for a test.
fn workspace(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn kemu(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kemu"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null()).output().unwrap()
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

/// All files in and below a folder, with their bytes.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(folder).unwrap().to_path_buf(), fs::read(&path).unwrap());
            }
        }
    }
    files
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
    save(&mut pdf(report_pages("某市财政局", "2.00", "1.00")), folder.join("1-wrong.pdf"));
    let scanned: Vec<_> = report_pages("某市财政局", "1.00", "1.00").into_iter().chain([scan(), scan()]).collect();
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

    let mut command = Command::new(env!("CARGO_BIN_EXE_kemu"));
    command.current_dir(&folder).args(["extract", "--files-from", "-"]);
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
fn a_reader_that_leaves_is_no_error() {
    let folder = workspace("pipe");
    // More than a pipe holds, so that writing goes on after the reader has left.
    let page = || {
        let mut page = Vec::new();
        (0..60).for_each(|line| text(&mut page, 50, 800 - 12 * line, 8, &"关于召开会议的通知".repeat(5)));
        page
    };
    save(&mut pdf((0..40).map(|_| page()).collect()), folder.join("a.pdf"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_kemu"));
    command.current_dir(&folder).args(["inspect", "a.pdf"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""));
}

#[test]
fn help_teaches_by_example() {
    let folder = workspace("help");
    for arguments in [&["--help"][..], &["extract", "--help"], &["inspect", "--help"]] {
        let output = kemu(&folder, arguments);
        assert_eq!(code(&output), 0);
        assert!(String::from_utf8(output.stdout).unwrap().contains("Examples:\n  kemu "));
    }
}
