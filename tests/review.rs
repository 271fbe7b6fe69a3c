//! The review site as files: what is written for good documents, for missing and changed ones, and for folders that
//! hold something else. How it looks and works is seen by `tests/browser.rs`.

mod documents;

use documents::{pdf, report, report_on, report_pages, save, save_report, scan};
use kemu::catalog::schema;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A fresh folder for a test.
fn workspace(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("review").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn kemu(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kemu")).current_dir(folder).args(arguments).output().unwrap()
}

/// Runs, expects an exit code, and gives what was said.
fn runs(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = kemu(folder, arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    said
}

/// What a script of the site hands to a function.
fn handed(path: &Path, function: &str) -> Value {
    let script = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let json = script.strip_prefix(&format!("kemu.{function}(...")).and_then(|rest| rest.strip_suffix(");\n"));
    serde_json::from_str(json.unwrap_or_else(|| panic!("{}: no call of {function}", path.display()))).unwrap()
}

fn document(site: &Path, name: &str) -> Value {
    handed(&site.join("documents").join(name).join("data.js"), "document")[0].clone()
}

fn notes(document: &Value) -> Vec<&str> {
    document["notes"].as_array().unwrap().iter().map(|note| note[0].as_str().unwrap()).collect()
}

/// Notes but those about fonts, which depend on what is installed.
fn notes_on_file(document: &Value) -> Vec<&str> {
    notes(document).into_iter().filter(|note| !note.ends_with("_fonts")).collect()
}

#[test]
fn a_site_has_an_index_and_for_each_document_its_amounts_and_pictures() {
    let folder = workspace("whole");
    save_report(folder.join("in/a.pdf"), "甲局", "12.50");
    save_report(folder.join("in/b.pdf"), "乙局", "13.75");
    fs::copy(folder.join("in/a.pdf"), folder.join("in/c.pdf")).unwrap();
    runs(&folder, &["extract", "in", "--bom", "--quiet"], 0);
    let said = runs(&folder, &["review", "--threads", "1"], 0);
    assert!(said.contains("3 documents, 2 of them to be looked at on 2 pictures"), "{said}");

    let site = folder.join("out/review");
    let run = handed(&site.join("data/run.js"), "run");
    assert_eq!((&run[0]["documents"], &run[0]["chunks"]), (&Value::from(3), &Value::from(1)));
    let index = handed(&site.join("data/documents-0.js"), "documents");
    let names: Vec<&str> = index[1].as_array().unwrap().iter().map(|line| line[0].as_str().unwrap()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(index[1][2][11], "a", "a duplicate leads to the document it was read as");
    assert!(!site.join("documents/c").exists());

    let shown = &document(&site, "a")["shown"];
    assert_eq!(notes_on_file(&document(&site, "a")), Vec::<&str>::new());
    // The cover has no table and is not drawn.
    let pictures: Vec<&str> = shown["pages"].as_array().unwrap().iter().map(|page| page[2].as_str().unwrap()).collect();
    assert_eq!(pictures, ["not_asked_for", "drawn"]);
    assert!(!site.join("documents/a/pictures/1.js").exists());
    let picture = handed(&site.join("documents/a/pictures/2.js"), "picture");
    assert_eq!(picture[0], 2);
    assert!(picture[1].as_str().unwrap().starts_with("eJ"), "compressed, in base64");

    // The total: third column of the grid of 120 by 22 points whose corner is 60 points from the left and 162 from
    // the top. The row below proves it.
    let total = &shown["cells"][0];
    assert_eq!(
        (&total[7], &total[8], &total[5]),
        (&Value::from("12.50"), &Value::from("12.50"), &Value::from("proven"))
    );
    let corners: Vec<f64> = total[4].as_array().unwrap().iter().map(|side| side.as_f64().unwrap() / 10.0).collect();
    for (side, expected) in corners.iter().zip([300.0, 184.0, 420.0, 206.0]) {
        assert!((side - expected).abs() < 1.0, "{corners:?}");
    }
    let proof = shown["checks"].as_array().unwrap().iter().find(|check| check[5] == serde_json::json!([1]));
    assert_eq!(proof.unwrap()[2], "exact");

    // All pages on request, elsewhere.
    runs(&folder, &["review", "--all-pages", "--out", "site", "--quiet"], 0);
    assert!(folder.join("site/documents/a/pictures/1.js").exists());
}

#[test]
fn a_document_with_findings_is_shown_with_them() {
    let folder = workspace("findings");
    fs::create_dir_all(&folder).unwrap();
    let planted = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/luochuan-wenlv-2024.pdf");
    fs::copy(planted, folder.join("a.pdf")).unwrap();
    runs(&folder, &["extract", "a.pdf", "--quiet"], 0);
    runs(&folder, &["review", "--quiet"], 0);
    let document = document(&folder.join("out/review"), "a");
    assert_eq!(document["row"]["status"], "findings");
    // Its golden file names four planted mistakes.
    assert_eq!(document["shown"]["findings"].as_array().map(Vec::len), Some(4), "{}", document["row"]);
}

#[test]
fn what_is_missing_changed_or_broken_is_said_on_its_page_alone() {
    let folder = workspace("missing");
    for name in ["gone", "changed", "cut", "good"] {
        save_report(folder.join(format!("in/{name}.pdf")), &format!("{name}局"), "12.50");
    }
    fs::write(folder.join("in/broken.pdf"), b"%PDF-1.5\nnothing of use").unwrap();
    runs(&folder, &["extract", "in", "--quiet"], 1);
    fs::remove_file(folder.join("in/gone.pdf")).unwrap();
    save_report(folder.join("in/changed.pdf"), "改局", "99.50");
    fs::write(folder.join("in/cut.pdf"), b"no longer a PDF").unwrap();
    let said = runs(&folder, &["review"], 1);
    assert!(said.contains("2 files are not where the run has read them"), "{said}");
    assert!(said.contains("1 files have changed"), "{said}");

    let site = folder.join("out/review");
    for (name, note, shown) in [("gone", "missing", false), ("changed", "changed", true), ("cut", "unread", false)] {
        let document = document(&site, name);
        assert_eq!(notes_on_file(&document), [note], "{name}");
        assert_eq!(!document["shown"].is_null(), shown, "{name}");
    }
    assert_eq!(notes_on_file(&document(&site, "good")), Vec::<&str>::new());
    let broken = document(&site, "broken");
    assert_eq!((&broken["shown"], &broken["row"]["status"]), (&Value::Null, &Value::from("damaged")));
    assert_ne!(broken["row"]["hint"], "");
}

#[test]
fn scanned_pages_are_drawn_on_request() {
    let folder = workspace("scanned");
    save(&mut pdf(vec![scan(), scan()]), folder.join("in/scan.pdf"));
    runs(&folder, &["extract", "in", "--quiet"], 1);
    let said = runs(&folder, &["review"], 0);
    assert!(said.contains("1 of them to be looked at on 0 pictures"), "{said}");
    let said = runs(&folder, &["review", "--all-pages"], 0);
    assert!(said.contains("1 of them to be looked at on 2 pictures"), "{said}");
}

#[test]
fn encrypted_documents_need_their_password_again() {
    let folder = workspace("encrypted");
    let mut report = report("密局", "12.50");
    let version = lopdf::EncryptionVersion::V2 {
        document: &report,
        owner_password: "owner",
        user_password: "secret",
        key_length: 128,
        permissions: lopdf::Permissions::all(),
    };
    let state = lopdf::EncryptionState::try_from(version).unwrap();
    report.encrypt(&state).unwrap();
    save(&mut report, folder.join("in/locked.pdf"));
    runs(&folder, &["extract", "in", "--password", "secret", "--quiet"], 0);
    runs(&folder, &["review", "--quiet"], 1);
    let site = folder.join("out/review");
    assert_eq!(notes(&document(&site, "locked")), ["encrypted"]);
    runs(&folder, &["review", "--password", "secret", "--quiet"], 0);
    let document = document(&site, "locked");
    assert_eq!(notes_on_file(&document), Vec::<&str>::new());
    assert_eq!(document["shown"]["pages"][1][2], "drawn");
}

#[test]
fn the_text_of_a_document_cannot_end_a_script_or_a_tag() {
    let folder = workspace("text");
    save(&mut report_on("</script>", "甲局", "12.50"), folder.join("in/a&b'.pdf"));
    runs(&folder, &["extract", "in", "--quiet"], 0);
    runs(&folder, &["review", "--quiet"], 0);
    let own = folder.join("out/review/documents/a&b'");
    let page = fs::read_to_string(own.join("index.html")).unwrap();
    assert!(page.contains("<title>a&amp;b&#39; · kemu</title>") && !page.contains("{{"), "{page}");
    let script = fs::read_to_string(own.join("data.js")).unwrap();
    assert!(script.contains("\\u003c/script>") && !script.contains('<'), "{script}");
    assert_eq!(document(&folder.join("out/review"), "a&b'")["shown"]["tables"][0]["rows"][1][1], "</script>");
}

#[test]
fn a_name_that_looks_like_a_formula_is_that_of_its_page() {
    for (name, arguments) in [("guarded", &[][..]), ("raw", &["--raw-csv"]), ("without_csv", &["--format", "json"])] {
        let folder = workspace(name);
        save_report(folder.join("in/=x.pdf"), "甲局", "12.50");
        save_report(folder.join("in/'=x.pdf"), "乙局", "12.50");
        runs(&folder, &[&["extract", "in", "--quiet"], arguments].concat(), 0);
        let said = runs(&folder, &["review"], 0);
        assert!(said.contains("2 documents, 2 of them to be looked at"), "{name}: {said}");
        for (own, department) in [("=x", "甲局"), ("'=x", "乙局")] {
            let document = document(&folder.join("out/review"), own);
            assert_eq!(notes_on_file(&document), Vec::<&str>::new(), "{name}: {own}");
            assert_eq!(
                (&document["row"]["document"], &document["row"]["department"]),
                (&own.into(), &department.into())
            );
        }
    }
}

#[test]
fn a_document_that_does_not_add_up_is_shown() {
    let folder = workspace("told");
    save(&mut pdf(report_pages("行政运行", "甲局", "12.50", "12.00")), folder.join("in/a.pdf"));
    runs(&folder, &["extract", "in", "--quiet"], 0);
    let said = runs(&folder, &["review"], 0);
    assert!(said.contains("1 documents, 1 of them to be looked at"), "{said}");
    let document = document(&folder.join("out/review"), "a");
    assert_eq!(document["row"]["status"], "findings");
    assert_eq!(document["shown"]["findings"][0]["kind"], "mismatch");
    assert_eq!(document["shown"]["cells"][0][5], "contradicted");
}

#[test]
fn every_status_has_its_words_in_both_languages() {
    let words = include_str!("../src/review/site/words.js");
    let statuses = schema::sets().iter().find(|set| set.name == "status").unwrap();
    for status in &statuses.values {
        let key = format!("status_{}: \"", status.value);
        assert_eq!(words.matches(&key).count(), 2, "{key}");
    }
}

#[test]
fn the_index_comes_in_parts_and_nothing_is_loaded_from_elsewhere() {
    let folder = workspace("parts");
    save_report(folder.join("in/a.pdf"), "甲局", "12.50");
    runs(&folder, &["extract", "in", "--quiet"], 0);
    // A run of 2,500 documents, all but the first of them failed.
    let csv = fs::read_to_string(folder.join("out/documents.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    let mut writer = csv::Writer::from_path(folder.join("out/documents.csv")).unwrap();
    writer.write_record(&headers).unwrap();
    for number in 0..2500 {
        let fields = headers.iter().zip(&row).map(|(column, field)| match column {
            "document" if number > 0 => format!("report-{number}"),
            "status" if number > 0 => "damaged".to_owned(),
            _ => field.to_owned(),
        });
        writer.write_record(fields).unwrap();
    }
    writer.flush().unwrap();
    drop(writer);
    runs(&folder, &["review", "--quiet"], 0);
    let site = folder.join("out/review");
    let parts: Vec<usize> = (0..3)
        .map(|part| handed(&site.join(format!("data/documents-{part}.js")), "documents")[1].as_array().unwrap().len())
        .collect();
    assert_eq!(parts, [1000, 1000, 500]);
    assert_eq!(handed(&site.join("data/run.js"), "run")[0]["chunks"], 3);

    // The only addresses are names of things, never places to load from.
    for file in fs::read_dir(site.join("app")).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            !text.contains("://") && !text.contains("innerHTML") && !text.contains("@import"),
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_folder_with_something_else_is_left_alone() {
    let folder = workspace("occupied");
    save_report(folder.join("in/a.pdf"), "甲局", "12.50");
    let said = runs(&folder, &["review", "nowhere"], 2);
    assert!(said.contains("no finished run is there"), "{said}");
    runs(&folder, &["extract", "in", "--quiet"], 0);
    fs::create_dir_all(folder.join("mine/documents")).unwrap();
    fs::write(folder.join("mine/documents/diary.txt"), "dear diary").unwrap();
    let said = runs(&folder, &["review", "--out", "mine"], 2);
    assert!(said.contains("something else than a review is there"), "{said}");
    assert_eq!(fs::read_to_string(folder.join("mine/documents/diary.txt")).unwrap(), "dear diary");
    // A site is written anew: a document that has left the run leaves it too.
    runs(&folder, &["review", "--quiet"], 0);
    fs::rename(folder.join("in/a.pdf"), folder.join("in/b.pdf")).unwrap();
    runs(&folder, &["extract", "in", "--quiet"], 0);
    runs(&folder, &["review", "--quiet"], 0);
    let site = folder.join("out/review/documents");
    assert_eq!((site.join("a").exists(), site.join("b").exists()), (false, true));
}

#[test]
fn a_run_that_was_tampered_with_writes_nothing_outside_the_site() {
    let folder = workspace("outside");
    save_report(folder.join("in/a.pdf"), "甲局", "12.50");
    runs(&folder, &["extract", "in", "--quiet"], 0);
    let path = folder.join("out/documents.csv");
    let csv = fs::read_to_string(&path).unwrap();
    fs::write(&path, csv.replace("\na,", "\n../../../away,")).unwrap();
    let said = runs(&folder, &["review"], 2);
    assert!(said.contains("is no name of a document"), "{said}");
    assert!(!folder.join("away").exists() && !folder.join("out/review").exists());
}
