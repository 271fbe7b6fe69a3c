//! `kemu report`: shows again what a run came to.

use super::terminal::fail;
use clap::Args;
use kemu::batch;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Report {
    /// The folder that `kemu extract` wrote to.
    #[arg(value_name = "DIR", default_value = "out")]
    out: PathBuf,
}

pub(super) fn report(arguments: Report) -> ExitCode {
    match batch::report(&arguments.out) {
        Ok(summary) => {
            // Nobody may be reading on, as in `kemu report | head`.
            let _ = writeln!(io::stdout().lock(), "{summary}");
            if summary.failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(error) => fail(&error, error.hint()),
    }
}
