//! The threads that read: as many documents in hand at once as there are threads, and the pages of each shared among
//! all of them.

use super::{RunError, STACK_BYTES, reading_pool};
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// A pool of threads that read pages.
pub(super) struct Readers {
    pool: rayon::ThreadPool,
}

impl Readers {
    /// So many threads; `None` is one per processor.
    pub(super) fn new(threads: Option<usize>) -> Result<Readers, RunError> {
        Ok(Readers { pool: reading_pool(threads, STACK_BYTES)? })
    }

    /// How many they are.
    pub(super) fn count(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// Works on these threads, and waits for the end of it.
    pub(super) fn work<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.pool.install(work)
    }

    /// Does all that `next` gives, `count` at a time, until it gives nothing more or something fails. Each is done on a
    /// thread of its own, which should do the heavy part by [`Readers::work`]: a reading thread that has to wait for
    /// other pages then goes on with those of a document in hand and never begins another, so that memory holds no more
    /// documents than there are threads; and while a file is made safe on the disk, all threads read.
    pub(super) fn each<T, E: Send>(
        &self,
        next: impl Fn() -> Option<T> + Sync,
        work: impl Fn(T) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        let failed: Mutex<Option<E>> = Mutex::new(None);
        let has_failed = || failed.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        let hand = || {
            while !has_failed()
                && let Some(item) = next()
            {
                if let Err(error) = work(item) {
                    failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                }
            }
        };
        thread::scope(|scope| {
            let hands: Vec<_> = (0..self.count()).map(|_| scope.spawn(hand)).collect();
            hands.into_iter().try_for_each(|hand| hand.join()).unwrap_or_else(|panic| resume_unwind(panic));
        });
        failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rayon::prelude::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn no_more_in_hand_than_there_are_threads() {
        let readers = Readers::new(Some(3)).unwrap();
        let (given, in_hand, most) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        let next = || Some(given.fetch_add(1, Ordering::SeqCst)).filter(|item| *item < 40);
        let done = Mutex::new(Vec::new());
        let read = readers.each(next, |item| {
            readers.work(|| {
                most.fetch_max(1 + in_hand.fetch_add(1, Ordering::SeqCst), Ordering::SeqCst);
                let pages: usize = (0..50usize).into_par_iter().map(|page| page ^ item).sum();
                in_hand.fetch_sub(1, Ordering::SeqCst);
                done.lock().unwrap().push((item, pages));
            });
            Ok::<(), ()>(())
        });
        assert_eq!((read, done.into_inner().unwrap().len()), (Ok(()), 40));
        assert!(most.into_inner() <= 3);
    }

    #[test]
    fn the_first_failure_ends_it() {
        let readers = Readers::new(Some(2)).unwrap();
        let given = AtomicUsize::new(0);
        let next = || Some(given.fetch_add(1, Ordering::SeqCst));
        let read = readers.each(next, |item| if item == 5 { Err(item) } else { Ok(()) });
        assert_eq!(read, Err(5));
    }
}
