//! What a supervisor and its worker say to each other, over the worker's standard input and output: each message a line
//! of JSON. A library that prints something of its own in between does no harm.

use crate::emit::{self, EmitError, Record};
use crate::timings::Timings;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;

/// A mark of the program: a worker of another build might read differently.
pub(super) const BUILD: &str = concat!(env!("CARGO_PKG_VERSION"), " ", env!("KEMU_BUILD"));

/// What a worker is told first.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Setup {
    pub(super) build: String,
    /// The output folder. Like all paths an `OsString`: they need not be UTF-8.
    pub(super) out: OsString,
    pub(super) emit: emit::Options,
    pub(super) read: crate::Options,
    pub(super) threads: usize,
    /// Bytes of memory that all documents in hand may take together.
    pub(super) max_memory: u64,
}

/// What a worker is told after that.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Message {
    /// To read a document.
    Read(Order),
    /// That no more documents come: threads without one help with those in hand.
    NoMore,
}

/// A document to be read.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    /// Its number among the run's jobs.
    pub(super) job: usize,
    pub(super) path: OsString,
    pub(super) stem: String,
}

/// What a worker has to tell.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Event {
    /// A document is being read.
    Began(usize),
    /// A document is read, and its output is stored.
    Ended(usize, Box<Record>, Timings),
    /// Output cannot be written.
    CannotWrite(Trouble),
    /// The documents in hand take more memory than they may; the worker ends itself.
    TooMuchMemory,
}

/// An [`EmitError`] that can be sent.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Trouble {
    path: OsString,
    /// The system's number of the error, from which its kind and its text follow.
    code: Option<i32>,
    text: String,
}

impl From<EmitError> for Trouble {
    fn from(error: EmitError) -> Trouble {
        Trouble { path: error.path.into(), code: error.source.raw_os_error(), text: error.source.to_string() }
    }
}

impl From<Trouble> for EmitError {
    fn from(trouble: Trouble) -> EmitError {
        let source = trouble.code.map_or_else(|| io::Error::other(trouble.text), io::Error::from_raw_os_error);
        EmitError { path: PathBuf::from(trouble.path), source }
    }
}

/// Says something, on a line of its own even where another has begun one.
pub(super) fn say(out: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let json = serde_json::to_string(message)?;
    out.write_all(format!("\n{json}\n").as_bytes())?;
    out.flush()
}

/// The next message, over whatever else there is; `None` when the other side has gone.
pub(super) fn hear<T: DeserializeOwned>(input: &mut impl BufRead) -> Option<T> {
    let mut line = Vec::new();
    loop {
        line.clear();
        match input.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return None,
            Ok(_) => {
                if let Ok(message) = serde_json::from_slice(&line) {
                    return Some(message);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_heard_over_noise() {
        let mut wire = b"a library says hello".to_vec();
        say(&mut wire, &Event::Began(3)).unwrap();
        wire.extend(b"17\n{\"began\":");
        say(&mut wire, &Event::TooMuchMemory).unwrap();
        let mut input = &wire[..];
        assert!(matches!(hear(&mut input), Some(Event::Began(3))));
        assert!(matches!(hear(&mut input), Some(Event::TooMuchMemory)));
        assert!(hear::<Event>(&mut input).is_none());
    }

    #[test]
    #[cfg(unix)]
    fn any_path_gets_over() {
        use std::os::unix::ffi::OsStringExt;
        let path = OsString::from_vec(b"a\n\xB2\xC6.pdf".to_vec());
        let mut wire = Vec::new();
        say(&mut wire, &Order { job: 1, path: path.clone(), stem: "a".to_owned() }).unwrap();
        assert_eq!(hear::<Order>(&mut &wire[..]).unwrap().path, path);
    }

    #[test]
    fn an_error_of_the_system_stays_what_it_is() {
        let full = io::Error::from_raw_os_error(28);
        let (kind, text) = (full.kind(), full.to_string());
        let back: EmitError = Trouble::from(EmitError { path: "a/b".into(), source: full }).into();
        assert_eq!((back.source.kind(), back.source.to_string()), (kind, text));
        let own = EmitError { path: "a/b".into(), source: io::Error::other("no room") };
        let back: EmitError = Trouble::from(own).into();
        assert_eq!((back.path, back.source.to_string()), (PathBuf::from("a/b"), "no room".to_owned()));
    }
}
