//! The process that reads: it takes documents from its supervisor, several at once, stores what they yield in the output
//! folder and tells of it. It ends when its supervisor does, and takes itself down where memory runs over.

use super::RunError;
use super::read;
use super::readers::{Readers, received};
use super::wire::{self, BUILD, Event, Message, Order, Setup};
use crate::emit::{self, Entry, Folder, Parcel};
use crate::timings::{Station, Timings};
use std::convert::Infallible;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Mutex, mpsc};
use std::time::Duration;

/// How often memory is looked at. What a document can take in between is small beside any sensible limit.
const GLANCE: Duration = Duration::from_millis(20);

/// Why a worker does not work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkError {
    /// Nobody tells it what to do.
    #[error("a worker is started by `kemu extract`, not by hand")]
    NoSupervisor,
    /// Its supervisor is another program.
    #[error("the program was replaced while the run was going on")]
    OtherBuild,
    /// It cannot begin.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// The other side of a run with [`super::Isolation`]: what the program named there has to call. Takes its orders from
/// standard input, and returns when that ends. `read` is [`super::read_file`], or a test's.
pub fn work<F>(read: F) -> Result<(), WorkError>
where
    F: Fn(&Path, String, &crate::Options) -> Entry + Send + Sync + 'static,
{
    let mut orders = io::stdin().lock();
    let setup: Setup = wire::hear(&mut orders).ok_or(WorkError::NoSupervisor)?;
    if setup.build != BUILD {
        return Err(WorkError::OtherBuild);
    }
    leave_no_core();
    let folder = Folder::join(Path::new(&setup.out), setup.emit.clone());
    let readers = Readers::new(Some(setup.threads))?;
    let worker = Worker { folder, emit: setup.emit, options: setup.read, read, readers };
    std::thread::spawn(move || watch_memory(setup.max_memory));
    let (give, given) = mpsc::channel();
    let given = Mutex::new(given);
    std::thread::spawn(move || {
        let read = |order| or_end(|| worker.read(order));
        let Ok(()) = worker.readers.each(|| received(&given), read, |done| or_end(|| worker.store(done)));
    });
    // Where the supervisor goes, the process ends, whatever is in hand.
    let mut give = Some(give);
    while let Some(message) = wire::hear(&mut orders) {
        match (message, &give) {
            (Message::Read(order), Some(give)) => {
                // Nobody takes it only where a panic is about to end the process.
                let _ = give.send(order);
            }
            _ => give = None,
        }
    }
    Ok(())
}

struct Worker<F> {
    folder: Folder,
    emit: emit::Options,
    options: crate::Options,
    read: F,
    readers: Readers,
}

/// A document that is read and not yet stored.
struct Done {
    job: usize,
    parcel: Parcel,
    timings: Timings,
}

impl<F: Fn(&Path, String, &crate::Options) -> Entry + Sync> Worker<F> {
    fn read(&self, Order { job, path, stem }: Order) -> Done {
        tell(&Event::Began(job));
        let entry = (self.read)(Path::new(&path), stem, &self.options);
        let mut timings = entry.timings;
        let parcel = timings.time(Station::Emit, || read::parcel(&entry, &self.emit));
        Done { job, parcel, timings }
    }

    fn store(&self, Done { job, parcel, mut timings }: Done) -> Result<(), Infallible> {
        tell(&match timings.time(Station::Store, || self.folder.store(&parcel)) {
            Ok(()) => Event::Ended(job, Box::new(parcel.record), timings),
            Err(error) => Event::CannotWrite(error.into()),
        });
        Ok(())
    }
}

/// Does the work. A panic, where none should be possible, takes down the process, and its supervisor finds out whose it
/// is.
fn or_end<T>(work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| std::process::exit(1))
}

fn tell(event: &Event) {
    // Where the supervisor is gone, standard input ends too, and with it the work.
    let _ = wire::say(&mut io::stdout().lock(), event);
}

/// Ends the process when it has more memory in hand than it may; who is to blame is found out by reading alone.
fn watch_memory(limit: u64) {
    loop {
        let used = memory_stats::memory_stats().map_or(0, |memory| memory.physical_mem as u64);
        if used > limit {
            tell(&Event::TooMuchMemory);
            std::process::exit(1);
        }
        std::thread::sleep(GLANCE);
    }
}

/// A worker that crashes is no bug to be looked into where it was started: it drops no file there.
fn leave_no_core() {
    #[cfg(unix)]
    let _ = rlimit::Resource::CORE.set(0, 0);
}
