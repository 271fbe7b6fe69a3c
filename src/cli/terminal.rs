//! What is said to people, on stderr and in their language; data goes to stdout.

use kemu::lang::Language;
use std::fmt::{self, Display};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::OnceLock;

static LANGUAGE: OnceLock<Language> = OnceLock::new();

/// Chooses the language, once.
pub(super) fn speak(language: Language) {
    let _ = LANGUAGE.set(language);
}

/// The language chosen.
pub(super) fn language() -> Language {
    LANGUAGE.get().copied().unwrap_or_default()
}

/// An error with the file it is about.
pub(super) struct At<'a>(pub(super) &'a Path, pub(super) &'a dyn std::error::Error);

impl Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.display(), self.1)
    }
}

/// Says what went wrong and what can be done about it. The exit code is that of a command that did nothing.
pub(super) fn fail(error: &dyn Display, hint: &str) -> ExitCode {
    say(format_args!("error: {error}\n\nhint: {hint}"));
    ExitCode::from(2)
}

/// Says something on stderr; where that is closed there is nobody to tell.
pub(super) fn say(text: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr().lock(), "{}", language().tell(&text.to_string()));
}

/// Puts data on stdout. That nobody reads on, as in `kemu codes … | head`, is no error.
pub(super) fn print(data: &[u8]) -> ExitCode {
    let mut out = io::stdout().lock();
    match out.write_all(data).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => unwritable(&error),
        _ => ExitCode::SUCCESS,
    }
}

/// Puts a text on stderr or stdout.
pub(super) fn pass(text: &str, is_message: bool) -> io::Result<()> {
    match is_message {
        true => io::stderr().lock().write_all(text.as_bytes()),
        false => io::stdout().lock().write_all(text.as_bytes()),
    }
}

/// Stdout cannot be written.
pub(super) fn unwritable(error: &dyn Display) -> ExitCode {
    fail(error, "see that standard output can be written")
}

/// Passes lines on in the language chosen.
pub(super) struct Told<W> {
    out: W,
    line: Vec<u8>,
}

impl<W: Write> Told<W> {
    pub(super) fn new(out: W) -> Told<W> {
        Told { out, line: Vec::new() }
    }
}

impl<W: Write> Write for Told<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if let Some(line) = self.line.strip_suffix(b"\n") {
                let told = language().tell(&String::from_utf8_lossy(line));
                self.line.clear();
                writeln!(self.out, "{told}")?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.line.is_empty() {
            let rest = language().tell(&String::from_utf8_lossy(&self.line));
            self.line.clear();
            self.out.write_all(rest.as_bytes())?;
        }
        self.out.flush()
    }
}
