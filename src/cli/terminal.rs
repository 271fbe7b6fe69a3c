//! What is said to people, on stderr; data goes to stdout.

use std::fmt::{self, Display};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// An error with the file it is about.
pub(super) struct At<'a>(pub(super) &'a Path, pub(super) &'a dyn std::error::Error);

impl Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.display(), self.1)
    }
}

pub(super) fn fail(error: &dyn Display, hint: &str) -> ExitCode {
    say(format_args!("error: {error}\n\nhint: {hint}"));
    ExitCode::from(2)
}

/// Writes a line to stderr; where that is closed there is nobody to tell.
pub(super) fn say(text: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
