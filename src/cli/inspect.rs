//! `kemu inspect`: shows what each station saw of a document.

use super::terminal::{At, fail};
use clap::Args;
use kemu::batch::{self, InspectError};
use kemu::pdf::OpenOptions;
use std::io::{self, BufWriter};
use std::path::PathBuf;
use std::process::ExitCode;

pub(super) const INSPECT_EXAMPLES: &str = "\
Examples:
  kemu inspect report.pdf | less
  kemu inspect report.pdf --page 12

Exit code: 0 it is shown, 1 the file cannot be opened, 2 there is no such file or page.";

#[derive(Args)]
pub(super) struct Inspect {
    /// A PDF file.
    file: PathBuf,
    /// Shows this page alone.
    #[arg(long, value_name = "N")]
    page: Option<usize>,
    /// The password, if the file is encrypted.
    #[arg(long, value_name = "P")]
    password: Option<String>,
}

pub(super) fn inspect(arguments: Inspect) -> ExitCode {
    let bytes = match std::fs::read(&arguments.file) {
        Ok(bytes) => bytes,
        Err(error) => return fail(&At(&arguments.file, &error), "check the path"),
    };
    let options = OpenOptions { password: arguments.password };
    let mut out = BufWriter::new(io::stdout().lock());
    let code = match batch::inspect(&bytes, &options, arguments.page, &mut out) {
        Ok(()) => ExitCode::SUCCESS,
        // Nobody reads on, as in `kemu inspect … | head`: that is no error.
        Err(InspectError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error @ InspectError::Open(_)) => {
            fail(&At(&arguments.file, &error), error.hint());
            ExitCode::from(1)
        }
        Err(error) => fail(&At(&arguments.file, &error), error.hint()),
    };
    // What is still buffered for a closed pipe must not be tried again.
    let _ = out.into_parts();
    code
}
