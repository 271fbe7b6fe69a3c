//! The command line of kemu: reads arguments, calls the library, reports on stderr.
//!
//! Exit code 0: all is well; 1: some document failed, see `documents.csv`; 2: nothing was done, or the
//! output could not be written; 130: stopped by Ctrl-C.

mod cli;

use kemu::batch;
use std::process::ExitCode;

/// Reading a document makes and drops millions of small texts and lists; the system's allocator takes a fifth of the
/// whole time for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    quiet_readers();
    cli::run()
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
