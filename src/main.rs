//! The command line of kemu: reads arguments, calls the library, reports on stderr.
//!
//! Exit code 0: all is well; 1: some document failed, see `documents.csv`; 2: nothing was done, or the
//! output could not be written.

use clap::{Args, Parser, Subcommand};
use kemu::batch::{self, CheckError, Config, InspectError, find_inputs};
use kemu::pdf::OpenOptions;
use std::fmt::{self, Display};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Turns published Chinese department budgets and final accounts (部门预算, 部门决算) from PDF into
/// checked tables.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Reads documents and writes their tables as JSON and CSV.
    #[command(after_help = EXTRACT_EXAMPLES)]
    Extract(Extract),
    /// Tells what is proven and what is contradicted by the documents' own arithmetic; writes nothing.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Shows again what a run came to, from its output folder.
    Report(Report),
    /// Writes a site to look at the figures of a run on the pictures of their pages.
    #[command(after_help = REVIEW_EXAMPLES)]
    Review(Review),
    /// Shows what each station saw of a document, for debugging a new form.
    #[command(after_help = INSPECT_EXAMPLES)]
    Inspect(Inspect),
}

const EXAMPLES: &str = "\
Examples:
  kemu extract report.pdf               read one report into out/
  kemu extract reports --out tables     read all PDF files in a folder and below
  kemu check reports                    tell what does not add up, and where
  kemu inspect report.pdf --page 12     show what was seen on page 12";

const EXTRACT_EXAMPLES: &str = "\
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

const CHECK_EXAMPLES: &str = "\
Verdicts (described in docs/verdicts.md):
  proven            takes part in a sum that holds to the last digit, and in none that fails
  within rounding   takes part in sums that hold within half a unit of the last printed digits
  contradicted      a sum it takes part in fails; the page is named
  unchecked         no sum applies

Examples:
  kemu check report.pdf
  kemu check reports --strict && echo all add up

Exit code: 0 all were read, 1 some failed (with --strict also: some are contradicted), 2 nothing was done.";

const REVIEW_EXAMPLES: &str = "\
The site is a folder of plain files that a browser opens from the disk; nothing is loaded from the network. The PDF
files are read again and must be where the run has read them (described in docs/review.md).

Examples:
  kemu extract reports && kemu review out     then open out/review/index.html
  kemu review out --all-pages                 draw also pages without standard tables

Exit code: 0 the site is written, 1 some files are missing or cannot be read any more, 2 nothing was done.";

const INSPECT_EXAMPLES: &str = "\
Examples:
  kemu inspect report.pdf | less
  kemu inspect report.pdf --page 12";

#[derive(Args)]
struct Extract {
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

#[derive(Args)]
struct Check {
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

#[derive(Args)]
struct Report {
    /// The folder that `kemu extract` wrote to.
    #[arg(value_name = "DIR", default_value = "out")]
    out: PathBuf,
}

#[derive(Args)]
struct Review {
    /// The folder that `kemu extract` wrote to.
    #[arg(value_name = "OUT", default_value = "out")]
    run: PathBuf,
    /// Where the site goes; OUT/review unless given.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Draws all pages, not only those with standard tables or findings.
    #[arg(long)]
    all_pages: bool,
    /// Number of threads; one per processor unless given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// The password of encrypted files.
    #[arg(long, value_name = "P")]
    password: Option<String>,
    /// Shows neither progress nor summary.
    #[arg(long)]
    quiet: bool,
}

#[derive(Args)]
struct Inspect {
    /// A PDF file.
    file: PathBuf,
    /// Shows this page alone.
    #[arg(long, value_name = "N")]
    page: Option<usize>,
    /// The password, if the file is encrypted.
    #[arg(long, value_name = "P")]
    password: Option<String>,
}

fn main() -> ExitCode {
    quiet_readers();
    match Cli::parse().command {
        Command::Extract(arguments) => extract(arguments),
        Command::Check(arguments) => check(arguments),
        Command::Report(arguments) => report(arguments),
        Command::Review(arguments) => review(arguments),
        Command::Inspect(arguments) => inspect(arguments),
    }
}

/// A panic in a reading thread becomes a row of the run report; its message need not stand between the
/// lines of the progress bar too, unless someone wants to find its cause.
fn quiet_readers() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let reader = std::thread::current().name().is_some_and(|name| name.starts_with(batch::READER));
        if !reader || std::env::var_os("RUST_BACKTRACE").is_some() {
            report(panic);
        }
    }));
}

fn extract(arguments: Extract) -> ExitCode {
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

fn report(arguments: Report) -> ExitCode {
    match batch::report(&arguments.out) {
        Ok(summary) => {
            // Nobody may be reading on, as in `kemu report | head`.
            let _ = writeln!(io::stdout().lock(), "{summary}");
            if summary.failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(error) => fail(&error, error.hint()),
    }
}

fn review(arguments: Review) -> ExitCode {
    let config = kemu::review::Config {
        run: arguments.run,
        site: arguments.out,
        all_pages: arguments.all_pages,
        open: OpenOptions { password: arguments.password },
        threads: arguments.threads.map(usize::from),
        quiet: arguments.quiet,
    };
    match kemu::review::review(&config) {
        Ok(tour) => {
            if !arguments.quiet {
                say(format_args!("{tour}"));
            }
            if tour.missing == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(error) => fail(&error, error.hint()),
    }
}

fn check(arguments: Check) -> ExitCode {
    let inputs = match find_inputs(&arguments.inputs, &[]) {
        Ok(inputs) => inputs,
        Err(error) => return fail(&error, error.hint()),
    };
    for note in &inputs.notes {
        say(format_args!("note: {note}"));
    }
    let options = kemu::Options { open: OpenOptions { password: arguments.password }, second_reader: false };
    let mut out = BufWriter::new(io::stdout().lock());
    let code = match batch::check(&inputs.paths, &options, arguments.threads.map(usize::from), &mut out) {
        Ok(summary) if summary.failed > 0 => ExitCode::from(1),
        Ok(summary) if arguments.strict && summary.contradicted > 0 => ExitCode::from(1),
        Ok(_) => ExitCode::SUCCESS,
        Err(CheckError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(CheckError::Run(error)) => fail(&error, error.hint()),
        Err(error) => fail(&error, "see that standard output can be written"),
    };
    let _ = out.into_parts();
    code
}

fn inspect(arguments: Inspect) -> ExitCode {
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

/// An error with the file it is about.
struct At<'a>(&'a Path, &'a dyn std::error::Error);

impl Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.display(), self.1)
    }
}

fn fail(error: &dyn Display, hint: &str) -> ExitCode {
    say(format_args!("error: {error}\n\nhint: {hint}"));
    ExitCode::from(2)
}

/// Writes a line to stderr; where that is closed there is nobody to tell.
fn say(text: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
