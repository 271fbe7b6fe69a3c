//! The process that reads: it takes documents from its supervisor, several at once, stores what they yield in the output
//! folder and tells of it. It ends when its supervisor does, and takes itself down where memory runs over.

use super::wire::{self, BUILD, Event, Order, Setup};
use super::{RunError, STACK_BYTES, reading_pool};
use crate::emit::{self, Entry, Folder, Parcel};
use std::io;
use std::path::Path;
use std::sync::Arc;
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
    let pool = reading_pool(Some(setup.threads), STACK_BYTES).map_err(RunError::from)?;
    let worker = Arc::new(Worker { folder, emit: setup.emit, options: setup.read, read });
    std::thread::spawn(move || watch_memory(setup.max_memory));
    while let Some(order) = wire::hear(&mut orders) {
        let worker = Arc::clone(&worker);
        pool.spawn_fifo(move || worker.take(order));
    }
    Ok(())
}

struct Worker<F> {
    folder: Folder,
    emit: emit::Options,
    options: crate::Options,
    read: F,
}

impl<F: Fn(&Path, String, &crate::Options) -> Entry> Worker<F> {
    fn take(&self, order: Order) {
        tell(&Event::Began(order.job));
        let parcel = Parcel::new(&(self.read)(Path::new(&order.path), order.stem, &self.options), &self.emit);
        tell(&match self.folder.store(&parcel) {
            Ok(()) => Event::Ended(order.job, parcel.record),
            Err(error) => Event::CannotWrite(error.into()),
        });
    }
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
