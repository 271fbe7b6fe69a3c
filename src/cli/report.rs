//! `kemu report`: shows again what a run came to.

use super::terminal::{fail, language, print};
use clap::Args;
use kemu::batch;
use std::path::PathBuf;
use std::process::ExitCode;

pub(super) const REPORT_EXAMPLES: &str = "\
Examples:
  kemu report              what the run in out/ came to
  kemu report tables       what the run in another folder came to

Exit code: 0 all documents were read, 1 some failed, 2 there is no finished run.";

#[derive(Args)]
pub(super) struct Report {
    /// The folder that `kemu extract` wrote to.
    #[arg(value_name = "DIR", default_value = "out")]
    out: PathBuf,
}

pub(super) fn report(arguments: Report) -> ExitCode {
    match batch::report(&arguments.out) {
        Ok(summary) => {
            let shown = print(format!("{}\n", language().tell(&summary.to_string())).as_bytes());
            if shown == ExitCode::SUCCESS && summary.failed > 0 { ExitCode::from(1) } else { shown }
        }
        Err(error) => fail(&error, error.hint()),
    }
}
