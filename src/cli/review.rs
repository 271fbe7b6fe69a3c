//! `kemu review`: a site to look at the figures of a run on the pictures of their pages.

use super::terminal::{fail, say};
use clap::Args;
use kemu::pdf::OpenOptions;
use std::path::PathBuf;
use std::process::ExitCode;

pub(super) const REVIEW_EXAMPLES: &str = "\
The site is a folder of plain files that a browser opens from the disk; nothing is loaded from the network. The PDF
files are read again and must be where the run has read them (described in docs/review.md).

Examples:
  kemu extract reports && kemu review out     then open out/review/index.html
  kemu review out --all-pages                 draw also pages without standard tables

Exit code: 0 the site is written, 1 some files are missing or cannot be read any more, 2 nothing was done.";

#[derive(Args)]
pub(super) struct Review {
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

pub(super) fn review(arguments: Review) -> ExitCode {
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
