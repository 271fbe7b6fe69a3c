//! `kemu extract`: reads documents and writes their tables.

use super::terminal::{fail, language, say};
use clap::Args;
use kemu::batch::{self, Config, Isolation, RunError, find_inputs};
use kemu::emit::Format;
use kemu::pdf::OpenOptions;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// The exit code of a run that was asked to stop, as shells know it.
const STOPPED: u8 = 130;

pub(super) const EXTRACT_EXAMPLES: &str = "\
Output (described in docs/output.md):
  DIR/documents/<name>.json   all that was read of one document
  DIR/amounts.csv             one row per printed amount
  DIR/tables.csv              one row per table
  DIR/findings.csv            one row per thing that does not add up, with its place on the page
  DIR/documents.csv           one row per document: what became of it, and why
  DIR/datapackage.json        what these files are, for machines; `kemu codebook` tells people
  DIR/run.json                what the run came to; `kemu report DIR` shows it
  DIR/journal/                what --resume goes on from; may be deleted when all is done

Examples:
  kemu extract report.pdf                          read one report into out/
  kemu extract reports --out tables                read all PDF files in a folder and below
  kemu extract 'reports/*2024*.pdf' --wide --bom   pick by pattern; tables as printed, for Excel
  kemu extract reports --format parquet,sqlite     for DuckDB, pandas, R; for Datasette
  kemu extract reports --format xlsx               an Excel workbook, with a sheet for each form
  kemu extract reports --resume                    go on after a stop; read what is new or changed
  kemu extract @list.txt                           read the files named in a list, one path a line
  find . -name '*.pdf' | kemu extract --files-from -

Exit code: 0 all documents were read, 1 some failed, 2 nothing was done or the output cannot be written, 130 stopped
by Ctrl-C; --resume goes on from there.";

#[derive(Args)]
pub(super) struct Extract {
    /// PDF files, folders (searched for *.pdf), patterns, or @LIST for a file with one path a line.
    #[arg(value_name = "INPUT", required_unless_present = "files_from")]
    inputs: Vec<PathBuf>,
    /// Takes the paths in FILE, one a line; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    files_from: Vec<PathBuf>,
    /// Where the output goes.
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    /// Goes on from what an earlier run did in DIR: reads only what is new, changed or not done yet.
    #[arg(long)]
    resume: bool,
    /// The formats of the output: csv, json, jsonl, parquet, sqlite, xlsx.
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "csv,json")]
    format: Vec<Format>,
    /// Writes also a CSV file for each table as it is printed.
    #[arg(long)]
    wide: bool,
    /// Begins CSV files with a byte order mark, so that Excel knows them as UTF-8.
    #[arg(long)]
    bom: bool,
    /// Leaves text in CSV as it is printed, even where a spreadsheet would run it as a formula.
    #[arg(long)]
    raw_csv: bool,
    /// Number of threads; one per processor unless given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Reads every page also with another PDF library, and warns where the two disagree.
    #[arg(long)]
    second_reader: bool,
    /// The password of encrypted files.
    #[arg(long, value_name = "P")]
    password: Option<String>,
    /// A document that takes longer is given up.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..))]
    timeout: u32,
    /// A document that takes more memory is given up.
    #[arg(long, value_name = "MB", default_value_t = 2048, value_parser = clap::value_parser!(u32).range(64..))]
    max_memory: u32,
    /// Reads without a process of its own and without limits of time and memory, for debugging.
    #[arg(long, conflicts_with_all = ["timeout", "max_memory"])]
    in_process: bool,
    /// Tells how long each station took, added up over threads and documents.
    #[arg(long)]
    timings: bool,
    /// Shows neither progress nor summary.
    #[arg(long)]
    quiet: bool,
}

pub(super) fn extract(arguments: Extract) -> ExitCode {
    let inputs = match find_inputs(&arguments.inputs, &arguments.files_from) {
        Ok(inputs) => inputs,
        Err(error) => return fail(&error, error.hint()),
    };
    for note in inputs.notes.iter().filter(|_| !arguments.quiet) {
        say(format_args!("note: {note}"));
    }
    let config = Config {
        out: arguments.out,
        emit: kemu::emit::Options {
            formats: arguments.format.into(),
            bom: arguments.bom,
            wide: arguments.wide,
            raw_csv: arguments.raw_csv,
        },
        read: kemu::Options {
            open: OpenOptions { password: arguments.password },
            second_reader: arguments.second_reader,
        },
        resume: arguments.resume,
        isolation: (!arguments.in_process).then(|| isolation(arguments.timeout, arguments.max_memory)),
        threads: arguments.threads.map(usize::from),
        quiet: arguments.quiet,
        language: language(),
        stop: stopped_by_signals(),
    };
    match batch::run(&inputs.paths, &config) {
        Ok(summary) => {
            if !arguments.quiet {
                say(format_args!("{summary}"));
            }
            if arguments.timings {
                say(format_args!("{}", summary.timings));
            }
            if summary.failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(error @ RunError::Stopped) => {
            fail(&error, error.hint());
            ExitCode::from(STOPPED)
        }
        Err(error) => fail(&error, error.hint()),
    }
}

/// Has documents read by this same program.
fn isolation(seconds: u32, megabytes: u32) -> Isolation {
    // What Linux knows this process by is still there when the program was replaced in the meantime.
    let this = Path::new("/proc/self/exe");
    let program = if this.exists() { Ok(this.to_path_buf()) } else { std::env::current_exe() };
    Isolation {
        program: program.unwrap_or_else(|_| "kemu".into()),
        arguments: vec!["worker".into()],
        // Large pages cost a quarter more memory and save no time. What a document leaves is given back after 200 ms
        // instead of a second: memory falls by a sixth, time grows by a hundredth.
        environment: vec![("MIMALLOC_ALLOW_THP".into(), "0".into()), ("MIMALLOC_PURGE_DELAY".into(), "200".into())],
        timeout: Duration::from_secs(seconds.into()),
        max_memory: u64::from(megabytes) << 20,
    }
}

/// What becomes true at Ctrl-C, and when the system asks the program to end. A second time ends it at once.
fn stopped_by_signals() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // Where it cannot be had, the signal ends the program as it always does, and `--resume` goes on from there.
        let _ = flag::register_conditional_shutdown(signal, STOPPED.into(), Arc::clone(&stop));
        let _ = flag::register(signal, Arc::clone(&stop));
    }
    stop
}

/// The other side of `kemu extract`.
pub(super) fn worker() -> ExitCode {
    match batch::work(batch::read_file) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, "go on with `kemu extract … --resume`"),
    }
}
