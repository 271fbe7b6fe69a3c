//! `kemu extract`: reads documents and writes their tables.

use super::terminal::{fail, language, say};
use clap::Args;
use kemu::batch::{self, Config, find_inputs};
use kemu::pdf::OpenOptions;
use std::path::PathBuf;
use std::process::ExitCode;

pub(super) const EXTRACT_EXAMPLES: &str = "\
Output (described in docs/output.md):
  DIR/documents/<name>.json   all that was read of one document
  DIR/amounts.csv             one row per printed amount
  DIR/tables.csv              one row per table
  DIR/findings.csv            one row per thing that does not add up, with its place on the page
  DIR/documents.csv           one row per document: what became of it, and why
  DIR/run.json                what the run came to; `kemu report DIR` shows it
  DIR/journal/                what --resume goes on from; may be deleted when all is done

Examples:
  kemu extract report.pdf                          read one report into out/
  kemu extract reports --out tables                read all PDF files in a folder and below
  kemu extract 'reports/*2024*.pdf' --wide --bom   pick by pattern; tables as printed, for Excel
  kemu extract reports --resume                    go on after a stop; read what is new or changed
  kemu extract @list.txt                           read the files named in a list, one path a line
  find . -name '*.pdf' | kemu extract --files-from -

Exit code: 0 all documents were read, 1 some failed, 2 nothing was done or the output cannot be written.";

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
    /// Writes also a CSV file for each table as it is printed.
    #[arg(long)]
    wide: bool,
    /// Begins CSV files with a byte order mark, so that Excel knows them as UTF-8.
    #[arg(long)]
    bom: bool,
    /// Number of threads; one per processor unless given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Reads every page also with another PDF library, and warns where the two disagree.
    #[arg(long)]
    second_reader: bool,
    /// The password of encrypted files.
    #[arg(long, value_name = "P")]
    password: Option<String>,
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
        emit: kemu::emit::Options { bom: arguments.bom, wide: arguments.wide },
        read: kemu::Options {
            open: OpenOptions { password: arguments.password },
            second_reader: arguments.second_reader,
        },
        resume: arguments.resume,
        threads: arguments.threads.map(usize::from),
        quiet: arguments.quiet,
        language: language(),
    };
    match batch::run(&inputs.paths, &config) {
        Ok(summary) => {
            if !arguments.quiet {
                say(format_args!("{summary}"));
            }
            if summary.failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(error) => fail(&error, error.hint()),
    }
}
