//! A worker process as its supervisor has it: started, given orders, listened to, ended, and asked what it died of.

use super::Isolation;
use super::wire::{self, Event, Message, Order, Setup};
use crate::emit::Folder;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::process::{self, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

/// More than the last words of any program.
const LONGEST_WORDS: u64 = 16 << 10;

/// A worker process. It dies with its handle.
pub(super) struct Child {
    process: process::Child,
    events: Receiver<Event>,
    /// Where it says what it dies of.
    words: File,
    /// Why it was ended, where it did not die by itself.
    doom: Option<Death>,
}

/// What a supervisor gets to hear of its worker.
pub(super) enum Heard {
    Event(Event),
    Nothing,
    /// It is dead, and all that it said is heard.
    Dead,
}

/// Why a worker is dead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Death {
    /// A document took too long.
    Timeout,
    /// It took more memory than it may.
    OutOfMemory,
    /// It asked for more memory than the system gives.
    NoMemory,
    /// Anything else, in words.
    Crash(String),
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Death::Timeout => "it took too long",
            Death::OutOfMemory => "it took too much memory",
            Death::NoMemory => "the system gave it no more memory",
            Death::Crash(what) => what,
        })
    }
}

impl Child {
    /// Starts a worker. Its standard error is the lock of the output folder: so what it says as it dies is kept, and no
    /// other run can have the folder as long as this worker may still write there, even if its supervisor is gone.
    pub(super) fn start(isolation: &Isolation, folder: &Folder, setup: &Setup) -> io::Result<Child> {
        let mut words = folder.lock()?;
        words.set_len(0)?;
        words.rewind()?;
        let mut command = Command::new(&isolation.program);
        command.envs(isolation.environment.iter().filter(|(name, _)| std::env::var_os(name).is_none()).cloned());
        command.args(&isolation.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(words.try_clone()?);
        // Ctrl-C in a terminal is for the supervisor, which sees to its worker.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut process = command.spawn()?;
        let (sender, events) = mpsc::channel();
        if let Some(output) = process.stdout.take() {
            std::thread::spawn(move || {
                let mut output = BufReader::new(output);
                while let Some(event) = wire::hear(&mut output) {
                    if sender.send(event).is_err() {
                        break;
                    }
                }
            });
        }
        let mut child = Child { process, events, words, doom: None };
        child.tell(setup);
        Ok(child)
    }

    /// Gives it a document to read.
    pub(super) fn give(&mut self, order: Order) {
        self.tell(&Message::Read(order));
    }

    /// Tells it that it has been given all documents.
    pub(super) fn give_no_more(&mut self) {
        self.tell(&Message::NoMore);
    }

    fn tell(&mut self, message: &impl serde::Serialize) {
        if let Some(orders) = &mut self.process.stdin {
            // That it is dead is heard soon enough.
            let _ = wire::say(orders, message);
        }
    }

    /// Waits so long for something to hear.
    pub(super) fn hear(&mut self, patience: Duration) -> Heard {
        match self.events.recv_timeout(patience) {
            Ok(Event::TooMuchMemory) => {
                self.doom = Some(Death::OutOfMemory);
                Heard::Nothing
            }
            Ok(event) => Heard::Event(event),
            Err(RecvTimeoutError::Timeout) => Heard::Nothing,
            Err(RecvTimeoutError::Disconnected) => Heard::Dead,
        }
    }

    /// Ends it. What it has said before can still be heard.
    pub(super) fn end(&mut self, why: Death) {
        self.doom.get_or_insert(why);
        let _ = self.process.kill();
    }

    /// What it died of, and its last words.
    pub(super) fn autopsy(mut self) -> (Death, String) {
        // It may have closed its output and live on.
        let _ = self.process.kill();
        let status = self.process.wait();
        let words = self.last_words().unwrap_or_default();
        let death = self.doom.take().unwrap_or_else(|| match &status {
            Ok(status) => cause(*status, &words),
            Err(error) => Death::Crash(error.to_string()),
        });
        (death, words)
    }

    fn last_words(&mut self) -> io::Result<String> {
        let mut words = Vec::new();
        self.words.rewind()?;
        (&self.words).take(LONGEST_WORDS).read_to_end(&mut words)?;
        Ok(String::from_utf8_lossy(&words).trim().to_owned())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a process died of, from how it ended and what it said.
fn cause(status: ExitStatus, words: &str) -> Death {
    if words.contains("memory allocation of ") {
        return Death::NoMemory;
    }
    if words.contains("overflowed its stack") {
        return Death::Crash("stack overflow".to_owned());
    }
    #[cfg(unix)]
    if std::os::unix::process::ExitStatusExt::signal(&status) == Some(9) {
        return Death::Crash("killed from outside, perhaps by the system for want of memory".to_owned());
    }
    Death::Crash(status.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_death_is_told_by_its_words_first() {
        use std::os::unix::process::ExitStatusExt;
        let crash = |what: &str| Death::Crash(what.to_owned());
        let told = |signal, words| cause(ExitStatus::from_raw(signal), words);
        assert_eq!(told(6, "memory allocation of 99 bytes failed"), Death::NoMemory);
        let overflow = "thread 'reader-0' (7) has overflowed its stack\nfatal runtime error: stack overflow";
        assert_eq!(told(6, overflow), crash("stack overflow"));
        assert_eq!(told(6, ""), crash("signal: 6 (SIGABRT)"));
        assert_eq!(told(9, ""), crash("killed from outside, perhaps by the system for want of memory"));
    }
}
