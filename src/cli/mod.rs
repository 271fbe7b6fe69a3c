//! The commands, one file each: arguments, a call of the library, and what is said about the outcome.

mod check;
mod extract;
mod inspect;
mod panel;
mod report;
mod terminal;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Turns published Chinese department budgets and final accounts (部门预算, 部门决算) from PDF into
/// checked tables.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Reads documents and writes their tables as JSON and CSV.
    #[command(after_help = extract::EXTRACT_EXAMPLES)]
    Extract(extract::Extract),
    /// Tells what is proven and what is contradicted by the documents' own arithmetic; writes nothing.
    #[command(after_help = check::CHECK_EXAMPLES)]
    Check(check::Check),
    /// Shows again what a run came to, from its output folder.
    Report(report::Report),
    /// Joins the amounts of a run into one table over departments and years.
    #[command(after_help = panel::PANEL_EXAMPLES)]
    Panel(panel::Panel),
    /// Shows what each station saw of a document, for debugging a new form.
    #[command(after_help = inspect::INSPECT_EXAMPLES)]
    Inspect(inspect::Inspect),
}

const EXAMPLES: &str = "\
Examples:
  kemu extract report.pdf               read one report into out/
  kemu extract reports --out tables     read all PDF files in a folder and below
  kemu check reports                    tell what does not add up, and where
  kemu inspect report.pdf --page 12     show what was seen on page 12";

impl Cli {
    /// Does what was asked for.
    pub fn run(self) -> ExitCode {
        match self.command {
            Command::Extract(arguments) => extract::extract(arguments),
            Command::Check(arguments) => check::check(arguments),
            Command::Report(arguments) => report::report(arguments),
            Command::Panel(arguments) => panel::panel(arguments),
            Command::Inspect(arguments) => inspect::inspect(arguments),
        }
    }
}
