//! `kemu panel`: joins the amounts of a run into one table over departments and years.

use super::terminal::{fail, say};
use clap::Args;
use kemu::panel;
use std::path::PathBuf;
use std::process::ExitCode;

pub(super) const PANEL_EXAMPLES: &str = "\
Output (described in docs/panel.md):
  panel.csv            one row for each amount of the latest version of each report, keyed, in yuan
  panel_versions.csv   the same of earlier versions
  panel_notes.csv      re-issues, codes with several meanings, keys that occur twice, what is left out

Examples:
  kemu panel out                        build the panel of the run in out/ into out/panel/
  kemu panel out --out panel --bom      into another folder, for Excel

Exit code: 0 the panel is written, 2 it is not.";

#[derive(Args)]
pub(super) struct Panel {
    /// The folder that `kemu extract` wrote to.
    #[arg(value_name = "RUN", default_value = "out")]
    run: PathBuf,
    /// Where the panel goes; RUN/panel unless given.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Begins CSV files with a byte order mark, so that Excel knows them as UTF-8.
    #[arg(long)]
    bom: bool,
}

pub(super) fn panel(arguments: Panel) -> ExitCode {
    let out = arguments.out.unwrap_or_else(|| arguments.run.join("panel"));
    match panel::build(&arguments.run, &out, arguments.bom) {
        Ok(outcome) => {
            say(format_args!(
                "documents: {}, reports: {}, rows: {}, rows of earlier versions: {}, notes: {}",
                outcome.documents, outcome.reports, outcome.rows, outcome.version_rows, outcome.notes
            ));
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error, error.hint()),
    }
}
