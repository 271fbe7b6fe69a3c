//! Documents that take their reader down: each costs only itself, whatever it does.
//!
//! No PDF is known to do that, so the worker here is this test program ([`poisoned_worker`]), which does by the name of
//! a document what a bug might.

#[allow(dead_code, reason = "other tests need more of it")]
mod documents;
mod tree;

use documents::save_report;
use kemu::batch::{self, Config, Isolation, RunError, Summary};
use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tree::tree;

/// Far more than a document here takes.
const TIMEOUT: Duration = Duration::from_secs(6);
const MAX_MEMORY: u64 = 300 << 20;

/// The program that the other tests have their documents read by.
#[test]
#[ignore = "is started by the other tests"]
fn poisoned_worker() {
    println!("a library may print what it likes");
    batch::work(|path, stem, options| {
        let mut begun = fs::File::options().create(true).append(true).open(path.with_extension("begun")).unwrap();
        begun.write_all(b"x").unwrap();
        match stem.split('-').next_back().unwrap() {
            "overflow" => {
                black_box(descend(black_box(1)));
            }
            "abort" => std::process::abort(),
            "exit" => std::process::exit(0),
            "spin" => loop {
                std::hint::spin_loop();
            },
            "hog" => {
                let mut all = Vec::new();
                loop {
                    all.push(black_box(vec![1u8; 1 << 20]));
                }
            }
            "greedy" => {
                black_box(vec![1u8; black_box(1 << 60)]);
            }
            // Takes down the first three workers that begin with it, or the first alone.
            "thrice" if times_begun(path) <= 3 => std::process::abort(),
            "once" if times_begun(path) <= 1 => std::process::abort(),
            _ => {}
        }
        batch::read_file(path, stem, options)
    })
    .unwrap();
}

#[allow(unconditional_recursion)]
fn descend(depth: u64) -> u64 {
    let room = black_box([depth; 64]);
    descend(depth + 1) + room[depth as usize % 64]
}

/// How often a worker has begun with a document.
fn times_begun(path: &Path) -> u64 {
    fs::metadata(path.with_extension("begun")).map_or(0, |file| file.len())
}

/// A fresh folder for a test, with good reports of these names in `in`, whatever is done with them.
fn workspace(name: &str, documents: &[&str]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("supervisor").join(name);
    let _ = fs::remove_dir_all(&folder);
    for (number, document) in documents.iter().enumerate() {
        save_report(folder.join(format!("in/{document}.pdf")), &format!("第{number}局"), &format!("{number}.25"));
    }
    folder
}

fn config(folder: &Path, out: &str) -> Config {
    Config {
        out: folder.join(out),
        isolation: Some(Isolation {
            program: std::env::current_exe().unwrap(),
            environment: Vec::new(),
            arguments: ["--ignored", "--exact", "poisoned_worker", "--nocapture"].map(Into::into).into(),
            timeout: TIMEOUT,
            max_memory: MAX_MEMORY,
        }),
        quiet: true,
        ..Config::default()
    }
}

/// Runs over the documents of a folder whose names `pick` takes.
fn run(folder: &Path, config: &Config, pick: impl Fn(&str) -> bool) -> Result<Summary, RunError> {
    let found = batch::find_inputs(&[folder.join("in")], &[]).unwrap().paths;
    let picked = |path: &PathBuf| pick(path.file_stem().unwrap().to_str().unwrap());
    batch::run(&found.into_iter().filter(picked).collect::<Vec<_>>(), config)
}

/// The rows of `documents.csv` by document.
fn documents(out: &Path) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(out.join("documents.csv")).unwrap();
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(|row| row.unwrap()).collect();
    rows.into_iter().map(|row| (row["document"].clone(), row)).collect()
}

const GOOD: [&str; 7] = ["00", "02", "04", "06", "08", "10", "12"];
/// In their order among the good ones.
const POISON: [(&str, &str, &str); 6] = [
    ("01-overflow", "crashed", "reading it crashed: stack overflow"),
    ("03-abort", "crashed", "reading it crashed: signal: 6 (SIGABRT)"),
    ("05-exit", "crashed", "reading it crashed: exit status: 0"),
    ("07-spin", "timeout", "reading it takes longer than 6 s"),
    ("09-hog", "too_large", "reading it takes more than 300 MB of memory"),
    ("11-greedy", "too_large", "reading it takes more memory than the system gives"),
];

#[test]
#[cfg(unix)]
fn poison_costs_only_itself() {
    let names: Vec<&str> = GOOD.into_iter().chain(POISON.map(|(name, ..)| name)).collect();
    let folder = workspace("poison", &names);
    let clean = Config { isolation: None, ..config(&folder, "clean") };
    run(&folder, &clean, |name| GOOD.contains(&name)).unwrap();

    let summary = run(&folder, &config(&folder, "out"), |_| true).unwrap();
    assert_eq!((summary.documents, summary.read, summary.failed), (13, 7, 6));
    let (clean, out) = (folder.join("clean"), folder.join("out"));
    let (whole, told) = (documents(&clean), documents(&out));
    for (name, status, message) in POISON {
        let row = &told[name];
        assert_eq!((row["status"].as_str(), row["message"].as_str()), (status, message), "{name}");
        assert!(!row["hint"].is_empty() && row["sha256"].len() == 64 && !row["bytes"].is_empty(), "{row:?}");
        // Alone for certain; beside others only where these have not taken the worker down before it.
        assert!(matches!(times_begun(&folder.join("in").join(name)), 1 | 2), "{name}");
    }
    for name in GOOD {
        assert_eq!(told[name], whole[name]);
    }
    let (mut clean, mut out) = (tree(&clean), tree(&out));
    for file in ["amounts.csv", "tables.csv", "findings.csv", "journal/lock"] {
        assert_eq!(out[Path::new(file)], clean[Path::new(file)], "{file}");
    }
    let of_documents = |tree: &mut BTreeMap<PathBuf, Vec<u8>>| tree.retain(|file, _| file.starts_with("documents"));
    of_documents(&mut clean);
    of_documents(&mut out);
    assert!(out == clean && out.len() == GOOD.len(), "{:?}", out.keys());
}

#[test]
#[cfg(unix)]
fn any_number_of_threads_finds_the_same_poison() {
    let poison = ["01-overflow", "04-abort", "06-exit"];
    let folder = workspace("threads", &[&["00", "02", "03", "05", "07", "08"], &poison[..]].concat());
    let with = |threads| {
        let out = format!("out-{threads}");
        run(&folder, &Config { threads: Some(threads), ..config(&folder, &out) }, |_| true).unwrap();
        tree(&folder.join(out))
    };
    let one = with(1);
    // On one thread nothing else takes a worker down that has begun with one of them.
    assert_eq!(poison.map(|name| times_begun(&folder.join("in").join(name))), [2; 3], "in its turn, then alone");
    assert!(one == with(3));
}

#[test]
fn what_crashes_beside_others_and_not_alone_is_read() {
    let folder = workspace("once", &["00", "01", "02-once", "03"]);
    assert_eq!(run(&folder, &config(&folder, "out"), |_| true).unwrap().failed, 0);
    assert_eq!(times_begun(&folder.join("in/02-once")), 2);
    let clean = Config { isolation: None, ..config(&folder, "clean") };
    run(&folder, &clean, |_| true).unwrap();
    assert!(tree(&folder.join("out")) == tree(&folder.join("clean")));
}

#[test]
fn what_crashed_is_tried_again_alone_by_the_next_run() {
    let folder = workspace("again", &["00", "01", "02-thrice", "03"]);
    assert_eq!(run(&folder, &config(&folder, "out"), |_| true).unwrap().failed, 1);
    let resumed = Config { resume: true, ..config(&folder, "out") };
    let begun = || ["in/00", "in/02-thrice"].map(|document| times_begun(&folder.join(document)));
    let [good, _] = begun();
    assert_eq!(run(&folder, &resumed, |_| true).unwrap().failed, 1);
    assert_eq!(documents(&folder.join("out"))["02-thrice"]["status"], "crashed");
    assert_eq!(begun(), [good, 3], "what was read is not read again, what crashed only alone");
    assert_eq!(run(&folder, &resumed, |_| true).unwrap().failed, 0);
    assert_eq!(begun(), [good, 4]);
    let clean = Config { isolation: None, ..config(&folder, "clean") };
    run(&folder, &clean, |_| true).unwrap();
    assert!(tree(&folder.join("out")) == tree(&folder.join("clean")));
}

#[test]
fn a_run_that_is_asked_to_stop_leaves_nothing_half_done() {
    let folder = workspace("stop", &["00", "01", "02-spin", "03", "04"]);
    let stop = Arc::new(AtomicBool::new(false));
    let spinning = folder.join("in/02-spin");
    let stopped = std::thread::scope(|scope| {
        scope.spawn(|| {
            while times_begun(&spinning) == 0 {
                std::thread::sleep(Duration::from_millis(5));
            }
            stop.store(true, Ordering::Relaxed);
        });
        let config = config(&folder, "out");
        run(&folder, &Config { stop: Arc::clone(&stop), ..config }, |_| true)
    });
    let error = stopped.unwrap_err();
    assert!(matches!(error, RunError::Stopped), "{error}");
    assert_eq!(error.hint(), "go on with --resume");
    assert!(!folder.join("out/journal/tmp").exists() && !folder.join("out/run.json").exists());

    let good = |name: &str| !name.contains("spin");
    run(&folder, &Config { resume: true, ..config(&folder, "out") }, good).unwrap();
    run(&folder, &config(&folder, "fresh"), good).unwrap();
    assert!(tree(&folder.join("out")) == tree(&folder.join("fresh")));
}

#[test]
#[cfg(unix)]
fn a_worker_that_does_not_work_is_an_error() {
    let folder = workspace("worker", &["00"]);
    let with = |program: &str, argument: &str| {
        let mut config = config(&folder, "out");
        if let Some(isolation) = &mut config.isolation {
            isolation.program = program.into();
            isolation.arguments = vec!["-c".into(), argument.into()];
        }
        let error = run(&folder, &config, |_| true).unwrap_err();
        assert!(error.hint().contains("--in-process"));
        error.to_string()
    };
    assert!(with("no-such-program", "").starts_with("the process that reads cannot be started: "));
    assert_eq!(
        with("sh", "echo no library >&2; exit 127"),
        "the process that reads does not work: exit status: 127\n  no library"
    );
    assert!(!folder.join("out/journal/tmp").exists());
}
