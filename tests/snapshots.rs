//! What each station saw of some reports of the corpus, as text: a change to a station shows as a diff of
//! `tests/snapshots`, to be read before it is taken over with `scripts/golden --update`. Unlike the golden
//! files these come from the program and prove nothing by themselves; therefore nothing here may write a
//! golden file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The reports: each shows other ways of ruling, heading or joining tables.
const REPORTS: [&str; 5] = [
    "hekou-shuiwu-2024",
    "haiyue-xinfang-2026",
    "huzhouwan-qixiang-2026",
    "qingshan-tongji-2023",
    "wuhan-qiaokou-2019",
];

/// Set to write the snapshots instead of comparing them.
const UPDATE: &str = "KEMU_UPDATE_SNAPSHOTS";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The text dump of a report.
fn snapshot(name: &str) -> String {
    let bytes = fs::read(root().join("corpus").join(format!("{name}.pdf"))).expect("the report is in the corpus");
    let mut dump = Vec::new();
    kemu::batch::inspect(&bytes, &kemu::pdf::OpenOptions::default(), None, &mut dump).expect("the report opens");
    String::from_utf8(dump).expect("dumps are text")
}

/// Writes a snapshot under a project's folder: the only thing that is ever written.
fn update(project: &Path, name: &str, text: &str) {
    assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{name:?} is no plain name");
    let folder = project.join("tests").join("snapshots");
    fs::create_dir_all(&folder).expect("tests/snapshots can be made");
    fs::write(folder.join(name).with_extension("txt"), text).expect("a snapshot can be written");
}

#[test]
fn the_stations_see_what_they_saw() {
    let updating = std::env::var_os(UPDATE).is_some();
    let mut changed = String::new();
    for name in REPORTS {
        let now = snapshot(name);
        if updating {
            update(&root(), name, &now);
            continue;
        }
        let then = fs::read_to_string(root().join("tests/snapshots").join(name).with_extension("txt"));
        let then = then.unwrap_or_default();
        let lines = then.lines().zip(now.lines()).enumerate().find(|(_, (then, now))| then != now);
        if let Some((number, (then, now))) = lines {
            changed += &format!("{name}, line {}:\n  was {then}\n  is  {now}\n", number + 1);
        } else if then != now {
            changed += &format!("{name}: {} lines became {}\n", then.lines().count(), now.lines().count());
        }
    }
    assert!(changed.is_empty(), "\n{changed}\nif this is meant: scripts/golden --update, and read the diff");
}

/// All files below a folder and what they hold.
fn files(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            let bytes = fs::read(&path).expect("a readable file");
            found.insert(path, bytes);
        }
    }
}

#[test]
fn an_update_never_writes_a_golden_file() {
    // A copy of the project's layout, with a golden file for every report that has a snapshot.
    let project = std::env::temp_dir().join(format!("kemu-snapshots-{}", std::process::id()));
    fs::create_dir_all(project.join("golden")).unwrap();
    for name in REPORTS {
        let golden = format!("golden/{name}.json");
        fs::copy(root().join(&golden), project.join(&golden)).unwrap();
    }
    let mut before = BTreeMap::new();
    files(&project, &mut before);
    for name in REPORTS {
        update(&project, name, "seen");
        for outside in [format!("../../golden/{name}"), format!("../../golden/{name}.json"), format!("/{name}")] {
            let refused = std::panic::catch_unwind(|| update(&project, &outside, "seen")).is_err();
            assert!(refused, "{outside} was written");
        }
    }
    let mut after = BTreeMap::new();
    files(&project, &mut after);
    fs::remove_dir_all(&project).unwrap();
    let written: Vec<PathBuf> =
        after.into_iter().filter(|(path, bytes)| before.get(path) != Some(bytes)).map(|(path, _)| path).collect();
    assert_eq!(written.len(), REPORTS.len());
    for path in written {
        assert!(path.starts_with(project.join("tests/snapshots")) && path.extension().is_some_and(|e| e == "txt"));
    }
}

#[test]
fn the_tests_of_golden_files_only_write_their_report() {
    let code = fs::read_to_string(root().join("tests/golden.rs")).unwrap();
    let writes: Vec<&str> = code.lines().filter(|line| line.contains("fs::write") || line.contains("File::")).collect();
    assert_eq!(writes.len(), 1, "{writes:?}");
    assert!(writes[0].contains("&report"));
}
