//! `kemu check`: tells what the documents' own arithmetic proves and what it contradicts.

use super::terminal::{Told, fail, say, unwritable};
use clap::Args;
use kemu::batch::{self, CheckError, find_inputs};
use kemu::pdf::OpenOptions;
use std::io::{self, BufWriter};
use std::path::PathBuf;
use std::process::ExitCode;

pub(super) const CHECK_EXAMPLES: &str = "\
Verdicts (described in docs/verdicts.md):
  proven            takes part in a sum that holds to the last digit, and in none that fails
  within rounding   takes part in sums that hold within half a unit of the last printed digits
  contradicted      a sum it takes part in fails; the page is named
  unchecked         no sum applies

Examples:
  kemu check report.pdf
  kemu check reports --strict && echo all add up

Exit code: 0 all were read, 1 some failed (with --strict also: some are contradicted), 2 nothing was done.";

#[derive(Args)]
pub(super) struct Check {
    /// PDF files, folders (searched for *.pdf), patterns, or @LIST for a file with one path a line.
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,
    /// Ends with exit code 1 where anything is contradicted.
    #[arg(long)]
    strict: bool,
    /// Number of threads; one per processor unless given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// The password of encrypted files.
    #[arg(long, value_name = "P")]
    password: Option<String>,
}

pub(super) fn check(arguments: Check) -> ExitCode {
    let inputs = match find_inputs(&arguments.inputs, &[]) {
        Ok(inputs) => inputs,
        Err(error) => return fail(&error, error.hint()),
    };
    for note in &inputs.notes {
        say(format_args!("note: {note}"));
    }
    let options = kemu::Options { open: OpenOptions { password: arguments.password }, second_reader: false };
    let mut out = BufWriter::new(Told::new(io::stdout().lock()));
    let code = match batch::check(&inputs.paths, &options, arguments.threads.map(usize::from), &mut out) {
        Ok(summary) if summary.failed > 0 => ExitCode::from(1),
        Ok(summary) if arguments.strict && summary.contradicted > 0 => ExitCode::from(1),
        Ok(_) => ExitCode::SUCCESS,
        Err(CheckError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(CheckError::Run(error)) => fail(&error, error.hint()),
        Err(error) => unwritable(&error),
    };
    let _ = out.into_parts();
    code
}
