//! The commands, one file each: arguments, a call of the library, and what is said about the outcome.

mod check;
mod codes;
mod extract;
mod inspect;
mod language;
mod panel;
mod report;
mod review;
mod schema;
mod shell;
mod terminal;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use kemu::lang::Language;
use language::Lang;
use std::ffi::OsString;
use std::process::ExitCode;

/// Turns published Chinese department budgets and final accounts (部门预算, 部门决算) from PDF into
/// checked tables.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
pub struct Cli {
    /// The language of messages; that of the locale unless given. Files are the same in every language.
    #[arg(long, global = true, value_name = "LANG", value_enum, display_order = 100)]
    lang: Option<Lang>,
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
    #[command(after_help = report::REPORT_EXAMPLES)]
    Report(report::Report),
    /// Joins the amounts of a run into one table over departments and years.
    #[command(after_help = panel::PANEL_EXAMPLES)]
    Panel(panel::Panel),
    /// Reads documents for `extract`, as another process.
    #[command(hide = true)]
    Worker,
    /// Writes a site to look at the figures of a run on the pictures of their pages.
    #[command(after_help = review::REVIEW_EXAMPLES)]
    Review(review::Review),
    /// Shows what each station saw of a document, for debugging a new form.
    #[command(after_help = inspect::INSPECT_EXAMPLES)]
    Inspect(inspect::Inspect),
    /// Tells what a subject code (科目编码) means in a year, or which codes have a name.
    #[command(after_help = codes::CODES_EXAMPLES)]
    Codes(codes::Codes),
    /// Prints the schemas of what is written, for programs.
    #[command(after_help = schema::SCHEMA_EXAMPLES)]
    Schema(schema::Schema),
    /// Prints the codebook: every table, column, value, form and column key, in English and Chinese, as Markdown.
    Codebook,
    /// Prints what a shell needs to complete commands and options.
    #[command(after_help = shell::COMPLETIONS_EXAMPLES)]
    Completions(shell::Completions),
    /// Writes manual pages.
    #[command(after_help = shell::MAN_EXAMPLES)]
    Man(shell::Man),
}

const EXAMPLES: &str = "\
Examples:
  kemu extract report.pdf               read one report into out/
  kemu extract reports --out tables     read all PDF files in a folder and below
  kemu check reports                    tell what does not add up, and where
  kemu panel tables                     join departments and years into one table
  kemu review tables                    look at every figure on the picture of its page
  kemu codes 2010550 --year 2019        tell what a subject code means
  kemu inspect report.pdf --page 12     show what was seen on page 12

Exit code: 0 all is well, 1 something failed or was not found, 2 nothing was done or the output cannot be written.
Data go to standard output or into files, messages to standard error.";

/// Does what the command line asks for.
pub fn run() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let language = language::chosen(&arguments);
    terminal::speak(language);
    let command = language::translated(Cli::command(), language);
    let parsed = command.clone().try_get_matches_from(arguments).and_then(|found| Cli::from_arg_matches(&found));
    match parsed {
        Ok(cli) => cli.run(command),
        Err(told) => {
            // Help is data, mistakes are not; where the stream is closed there is nobody to tell.
            let _ = match language {
                Language::Chinese => {
                    terminal::pass(&language::retold(&told.render().to_string(), language), told.use_stderr())
                }
                _ => told.print(),
            };
            ExitCode::from(u8::try_from(told.exit_code()).unwrap_or(2))
        }
    }
}

impl Cli {
    fn run(self, command: clap::Command) -> ExitCode {
        match self.command {
            Command::Extract(arguments) => extract::extract(arguments),
            Command::Check(arguments) => check::check(arguments),
            Command::Report(arguments) => report::report(arguments),
            Command::Panel(arguments) => panel::panel(arguments),
            Command::Review(arguments) => review::review(arguments),
            Command::Worker => extract::worker(),
            Command::Inspect(arguments) => inspect::inspect(arguments),
            Command::Codes(arguments) => codes::codes(arguments),
            Command::Schema(arguments) => schema::schema(arguments),
            Command::Codebook => terminal::print(kemu::emit::codebook().as_bytes()),
            Command::Completions(arguments) => shell::completions(arguments, command),
            Command::Man(arguments) => shell::man(arguments, command),
        }
    }
}
