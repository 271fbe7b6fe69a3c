//! A batch that nothing can stop: killed and resumed, over inputs that change, and beside documents that take their
//! reader down.

mod documents;
mod tree;

use documents::{pdf, save, save_report, scan};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use tree::tree;

/// A fresh folder for a test.
fn workspace(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("batch").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kemu"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null()).env("LC_ALL", "C");
    command
}

fn kemu(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs, and expects an exit code; answers what was said.
fn runs(folder: &Path, arguments: &[&str], expected: i32) -> String {
    let output = kemu(folder, arguments);
    assert_eq!(code(&output), expected, "{arguments:?}: {}", stderr(&output));
    stderr(&output)
}

/// For each document of a run: the columns asked for.
fn documents<const N: usize>(out: &Path, columns: [&str; N]) -> Vec<[String; N]> {
    let mut reader = csv::Reader::from_path(out.join("documents.csv")).unwrap();
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(|row| row.unwrap()).collect();
    rows.iter().map(|row| columns.map(|column| row[column].clone())).collect()
}

/// The name and status of each document of a run.
fn statuses(out: &Path) -> Vec<String> {
    documents(out, ["document", "status"]).into_iter().map(|row| row.join(" ")).collect()
}

fn reports(folder: &Path, count: usize) {
    for number in 0..count {
        save_report(folder.join(format!("in/{number:02}.pdf")), &format!("第{number}局"), &format!("{number}.25"));
    }
}

#[test]
fn a_run_killed_anywhere_goes_on_to_the_same_end() {
    let folder = workspace("killed");
    reports(&folder, 60);
    fs::write(folder.join("in/07.pdf"), b"no PDF").unwrap();
    fs::copy(folder.join("in/05.pdf"), folder.join("in/08.pdf")).unwrap();
    save(&mut pdf(vec![scan()]), folder.join("in/09.pdf"));
    runs(&folder, &["extract", "in", "--out", "whole", "--wide"], 1);
    let whole = tree(&folder.join("whole"));

    let mut kills = 0;
    for round in 0..25 {
        let threads = ["1", "2", "3"][round % 3];
        let arguments = ["extract", "in", "--out", "out", "--wide", "--resume", "--threads", threads, "--quiet"];
        let mut child = command(&folder, &arguments).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(5 + 7 * round as u64 % 60));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            kills += 1;
        }
        child.wait().unwrap();
    }
    assert!(kills > 0, "the run is too short to be killed");
    runs(&folder, &["extract", "in", "--out", "out", "--wide", "--resume"], 1);
    let out = tree(&folder.join("out"));
    assert_eq!(out.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>());
    assert!(out == whole, "the same bytes");
}

#[test]
fn what_is_done_is_not_read_again_and_what_changed_is() {
    let folder = workspace("changed");
    reports(&folder, 5);
    let said = runs(&folder, &["extract", "in", "--resume"], 0);
    assert!(said.starts_with("note: there is nothing to resume"), "{said}");
    let first = tree(&folder.join("out"));

    // Were it read again, the mark would be gone.
    let marked = folder.join("out/documents/01.json");
    let json = fs::read_to_string(&marked).unwrap();
    fs::write(&marked, json.replace('{', "[")).unwrap();
    let said = runs(&folder, &["extract", "in", "--resume"], 0);
    assert!(said.starts_with("note: 5 of 5 documents were read before\n"), "{said}");
    assert!(fs::read_to_string(&marked).unwrap().starts_with('['));
    fs::write(&marked, json).unwrap();
    assert!(tree(&folder.join("out")) == first);

    // Changed, gone, new, and its output taken away.
    save_report(folder.join("in/01.pdf"), "第壹局", "77.25");
    fs::write(folder.join("in/02.pdf"), b"<html>gone</html>").unwrap();
    fs::remove_file(folder.join("in/03.pdf")).unwrap();
    save_report(folder.join("in/05.pdf"), "第伍局", "5.25");
    fs::remove_file(folder.join("out/documents/04.json")).unwrap();
    let said = runs(&folder, &["extract", "in", "--resume"], 1);
    assert!(said.starts_with("note: 1 of 5 documents were read before\n"), "{said}");
    runs(&folder, &["extract", "in", "--out", "fresh"], 1);
    assert!(tree(&folder.join("out")) == tree(&folder.join("fresh")));
}

/// What an earlier run has left is no part of the next one, resumed or not.
#[test]
fn nothing_is_left_of_documents_that_are_no_input_any_more() {
    let folder = workspace("leftovers");
    reports(&folder, 3);
    runs(&folder, &["extract", "in", "--wide"], 0);
    fs::create_dir_all(folder.join("out/wide/of another")).unwrap();
    for resume in [&["--resume"][..], &[]] {
        fs::remove_file(folder.join(if resume.is_empty() { "in/00.pdf" } else { "in/02.pdf" })).unwrap();
        let said = runs(&folder, &[&["extract", "in"], resume].concat(), 0);
        assert!(said.contains("note: 1 documents of the run before are no input any more, and removed\n"), "{said}");
        assert!(folder.join("out/wide/of another").exists(), "what is not of a run stays");
        let mut out = tree(&folder.join("out"));
        out.retain(|name, _| !name.starts_with("wide"));
        let _ = fs::remove_dir_all(folder.join("fresh"));
        runs(&folder, &["extract", "in", "--out", "fresh"], 0);
        assert!(out == tree(&folder.join("fresh")), "{resume:?}");
    }
    fs::remove_dir(folder.join("out/wide/of another")).unwrap();
    runs(&folder, &["extract", "in", "--wide"], 0);
    runs(&folder, &["extract", "in"], 0);
    assert!(!folder.join("out/wide").exists());
}

/// A folder may hold files of somebody else under the same names.
#[test]
fn what_no_run_has_written_is_left_alone() {
    let folder = workspace("others");
    reports(&folder, 1);
    for name in ["amounts.csv", "kemu.xlsx"] {
        let theirs = folder.join("out").join(name);
        fs::create_dir_all(folder.join("out")).unwrap();
        fs::write(&theirs, "mine").unwrap();
        let said = runs(&folder, &["extract", "in"], 2);
        assert!(said.contains("it is there already, and not of a run of kemu"), "{said}");
        assert!(said.contains("choose another folder with --out"), "{said}");
        assert_eq!(tree(&folder.join("out")).into_values().collect::<Vec<_>>(), [b"mine"]);
        fs::remove_file(theirs).unwrap();
    }
    runs(&folder, &["extract", "in"], 0);
    fs::remove_dir_all(folder.join("out/journal")).unwrap();
    runs(&folder, &["extract", "in"], 0);
}

/// A journal comes with an output folder that may be anybody's.
#[test]
fn a_journal_leads_to_nothing_outside_of_its_folder() {
    let folder = workspace("tampered");
    reports(&folder, 1);
    runs(&folder, &["extract", "in"], 0);
    let theirs = folder.join("theirs");
    fs::create_dir_all(&theirs).unwrap();
    let journal = folder.join("out/journal/journal.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    for name in [theirs.to_str().unwrap(), "../../theirs", "", "."] {
        let to_read = serde_json::json!({ "to_read": [name] }).to_string();
        let lines: Vec<&str> =
            text.lines().enumerate().map(|(at, line)| if at == 1 { &to_read } else { line }).collect();
        fs::write(&journal, lines.join("\n") + "\n").unwrap();
        let said = runs(&folder, &["extract", "in", "--resume"], 0);
        assert!(said.starts_with("note: 1 of 1 documents were read before\n"), "{said}");
        assert!(theirs.exists(), "{name}");
    }
}

#[test]
fn other_options_make_what_was_read_useless() {
    let folder = workspace("options");
    reports(&folder, 2);
    runs(&folder, &["extract", "in"], 0);
    let said = runs(&folder, &["extract", "in", "--resume", "--wide", "--bom"], 0);
    assert!(
        said.starts_with("note: what was read before cannot be used (--wide, --bom); all documents are read again\n"),
        "{said}"
    );
    runs(&folder, &["extract", "in", "--out", "fresh", "--wide", "--bom"], 0);
    assert!(tree(&folder.join("out")) == tree(&folder.join("fresh")));
    let said = runs(&folder, &["extract", "in", "--resume", "--wide", "--bom", "--threads", "1"], 0);
    assert!(said.starts_with("note: 2 of 2 "), "the number of threads changes nothing: {said}");
}

#[test]
fn the_same_content_is_read_once() {
    let folder = workspace("duplicates");
    reports(&folder, 2);
    fs::copy(folder.join("in/00.pdf"), folder.join("in/02.pdf")).unwrap();
    fs::create_dir(folder.join("in/b")).unwrap();
    fs::copy(folder.join("in/00.pdf"), folder.join("in/b/03.pdf")).unwrap();
    let said = runs(&folder, &["extract", "in"], 0);
    assert!(said.starts_with("2 documents read, 0 failed\n"), "{said}");
    assert!(said.contains("\n  duplicate               2\n"), "{said}");
    let out = folder.join("out");
    assert_eq!(statuses(&out), ["00 ok", "01 ok", "02 duplicate", "03 duplicate"]);
    let told = documents(&out, ["message", "hint", "sha256", "amounts"]);
    assert_eq!(told[2][0].replace('\\', "/"), "the same content as in/00.pdf");
    assert_eq!(told[2][1], "it was read once, as the document 00");
    assert_eq!((&told[2][2], told[2][3].as_str()), (&told[0][2], "0"));
    assert!(!out.join("documents/02.json").exists());

    // The first one leaves, and another takes its place.
    fs::remove_file(folder.join("in/00.pdf")).unwrap();
    runs(&folder, &["extract", "in", "--resume"], 0);
    assert_eq!(statuses(&out), ["01 ok", "02 ok", "03 duplicate"]);
    runs(&folder, &["extract", "in", "--out", "fresh"], 0);
    assert!(tree(&out) == tree(&folder.join("fresh")));
}

#[test]
fn a_run_is_told_again_from_its_folder() {
    let folder = workspace("report");
    reports(&folder, 1);
    fs::write(folder.join("in/web.pdf"), b"<html>404</html>").unwrap();
    let said = runs(&folder, &["extract", "in"], 1);
    let output = kemu(&folder, &["report", "out"]);
    assert_eq!(code(&output), 1);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), said);
    let run: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("out/run.json")).unwrap()).unwrap();
    assert_eq!(run["schema"], "kemu.run/1");
    assert_eq!(run["status"], serde_json::json!({"ok": 1, "not_pdf": 1}));
    assert_eq!(run["options"]["wide"], "no");
    assert_eq!((&run["documents"], &run["failed"]), (&2.into(), &1.into()));

    fs::create_dir(folder.join("empty")).unwrap();
    for out in ["empty", "none"] {
        let said = runs(&folder, &["report", out], 2);
        assert!(said.starts_with(&format!("error: {out}: no finished run is there\n\nhint: ")), "{said}");
    }
}

#[test]
fn two_runs_do_not_share_a_folder() {
    let folder = workspace("locked");
    reports(&folder, 1);
    runs(&folder, &["extract", "in"], 0);
    let lock = fs::File::open(folder.join("out/journal/lock")).unwrap();
    lock.lock().unwrap();
    let said = runs(&folder, &["extract", "in"], 2);
    assert!(said.starts_with("error: out: cannot be written: another run is writing there\n\nhint: wait"), "{said}");
}

/// Writing fails in the middle of a file: what was finished before is kept, and the run can go on.
#[test]
#[cfg(unix)]
fn a_full_disk_stops_the_run_with_a_message() {
    let folder = workspace("full");
    reports(&folder, 3);
    // A limit on the size of files, with its signal ignored, fails like a full disk.
    let limited = |blocks: u32| {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" extract in --threads 1 --resume");
        let mut command = Command::new("sh");
        command.current_dir(&folder).args(["-c", &script, env!("CARGO_BIN_EXE_kemu")]).output().unwrap()
    };
    let output = limited(1);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    assert!(stderr(&output).contains("error: out/documents/00.json: cannot be written: "), "{}", stderr(&output));
    assert!(stderr(&output).contains("\n\nhint: free some space and go on with --resume"), "{}", stderr(&output));
    let left = tree(&folder.join("out"));
    assert!(left.keys().all(|file| !file.starts_with("documents")), "no part of a file: {:?}", left.keys());
    runs(&folder, &["extract", "in", "--resume"], 0);
    runs(&folder, &["extract", "in", "--out", "fresh"], 0);
    assert!(tree(&folder.join("out")) == tree(&folder.join("fresh")));
}

/// What was stored, but not noted, before a kill belongs to no input any more: it goes as well.
#[test]
fn output_that_was_not_noted_goes_with_its_input() {
    let folder = workspace("orphan");
    reports(&folder, 3);
    runs(&folder, &["extract", "in", "--wide"], 0);
    let journal = folder.join("out/journal/journal.jsonl");
    let written = fs::read_to_string(&journal).unwrap();
    let lines: Vec<&str> = written.lines().collect();
    assert!(lines[1] == "{\"to_read\":[]}" && lines[4].contains("\"stem\":\"02\""), "{written}");
    // As it was just before the last document was noted.
    let killed = [lines[0], "{\"to_read\":[\"00\",\"01\",\"02\"]}", lines[2], lines[3], ""].join("\n");
    fs::write(&journal, killed).unwrap();
    fs::remove_file(folder.join("in/02.pdf")).unwrap();
    let said = runs(&folder, &["extract", "in", "--wide", "--resume"], 0);
    assert!(said.starts_with("note: 2 of 2 documents were read before\n"), "{said}");
    runs(&folder, &["extract", "in", "--wide", "--out", "fresh"], 0);
    let dirs = |out: &str| fs::read_dir(folder.join(out).join("wide")).unwrap().count();
    assert!(tree(&folder.join("out")) == tree(&folder.join("fresh")) && dirs("out") == dirs("fresh"));
}

/// A pipe nobody writes to: a document that never ends, and the way to catch a run in the middle.
#[cfg(unix)]
fn endless(folder: &Path, name: &str) {
    assert!(Command::new("mkfifo").arg(folder.join(name)).status().unwrap().success());
}

#[cfg(unix)]
fn send(signal: &str, process: &str) {
    assert!(Command::new("kill").args([signal, process]).status().unwrap().success());
}

/// Starts a run over three reports and an endless one, and waits until the reports are done.
#[cfg(unix)]
fn caught_in_the_middle(folder: &Path) -> std::process::Child {
    reports(folder, 3);
    endless(folder, "endless");
    let mut run = command(folder, &["extract", "in", "endless"]);
    let run = run.stderr(Stdio::piped()).spawn().unwrap();
    while !fs::read_to_string(folder.join("out/journal/journal.jsonl")).is_ok_and(|text| text.lines().count() == 5) {
        std::thread::sleep(Duration::from_millis(5));
    }
    run
}

#[test]
#[cfg(unix)]
fn a_document_that_never_ends_is_given_up() {
    let folder = workspace("endless");
    reports(&folder, 1);
    endless(&folder, "endless");
    let said = runs(&folder, &["extract", "in", "endless", "--timeout", "1"], 1);
    assert_eq!(statuses(&folder.join("out")), ["00 ok", "endless timeout"]);
    assert!(said.contains("endless: reading it takes longer than 1 s\n  hint: give it more time"), "{said}");
}

#[test]
#[cfg(unix)]
fn a_run_is_stopped_by_signals_and_goes_on() {
    for (name, signal) in [("interrupted", "-INT"), ("terminated", "-TERM")] {
        let folder = workspace(name);
        let run = caught_in_the_middle(&folder);
        send(signal, &run.id().to_string());
        let output = run.wait_with_output().unwrap();
        assert_eq!(code(&output), 130);
        assert_eq!(stderr(&output), "error: stopped; what is done is kept\n\nhint: go on with --resume\n");
        assert!(!folder.join("out/journal/tmp").exists());
        let said = runs(&folder, &["extract", "in", "--resume"], 0);
        assert!(said.starts_with("note: 3 of 3 documents were read before\n"), "{said}");
        runs(&folder, &["extract", "in", "--out", "fresh"], 0);
        assert!(tree(&folder.join("out")) == tree(&folder.join("fresh")));
    }
}

/// A worker never outlives its supervisor, and until it is gone nobody else has the folder.
#[test]
#[cfg(unix)]
fn a_run_goes_on_at_once_after_its_supervisor_was_killed() {
    let folder = workspace("orphaned");
    let mut run = caught_in_the_middle(&folder);
    run.kill().unwrap();
    run.wait().unwrap();
    let said = runs(&folder, &["extract", "in", "--resume"], 0);
    assert!(said.starts_with("note: 3 of 3 documents were read before\n"), "{said}");
    runs(&folder, &["extract", "in", "--out", "fresh"], 0);
    assert!(tree(&folder.join("out")) == tree(&folder.join("fresh")));
}
