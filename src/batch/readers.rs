//! The threads that read: documents first, each on one thread, and where there are no more of these, the pages of those
//! that are left.

use super::{RunError, STACK_BYTES, reading_pool};
use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A pool of threads that read documents and their pages.
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

    /// Reads all that `next` gives, until it gives nothing more or something cannot be stored.
    ///
    /// Every thread takes one document after the other and reads all of it; only one that finds no more takes pages of
    /// those that others have in hand, so that nobody waits for anybody until the last documents, and memory holds no
    /// more of them than there are threads. What is read goes to as many other threads to be stored: while a file is
    /// made safe on the disk, all threads read.
    pub(super) fn each<T, P: Send, E: Send>(
        &self,
        next: impl Fn() -> Option<T> + Sync,
        read: impl Fn(T) -> P + Sync,
        store: impl Fn(P) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        let failed: Mutex<Option<E>> = Mutex::new(None);
        let has_failed = || failed.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        // Nothing waits there: what is read is handed over when a thread is free to store it.
        let (give, given) = mpsc::sync_channel::<P>(0);
        let given = Arc::new(Mutex::new(given));
        let store_all = |given: Arc<Mutex<Receiver<P>>>| {
            while let Some(parcel) = received(&given) {
                if !has_failed()
                    && let Err(error) = store(parcel)
                {
                    failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                }
            }
        };
        thread::scope(|scope| {
            let store_all = &store_all;
            let storing: Vec<_> = (0..self.count())
                .map(|_| Arc::clone(&given))
                .map(|given| scope.spawn(move || store_all(given)))
                .collect();
            // Were all of them to panic, nobody would take what is read, and that must be noticed.
            drop(given);
            let read_all = || {
                while !has_failed()
                    && let Some(item) = next()
                    && give.send(read(item)).is_ok()
                {}
            };
            self.pool.broadcast(|_| read_all());
            drop(give);
            storing.into_iter().try_for_each(|thread| thread.join()).unwrap_or_else(|panic| resume_unwind(panic));
        });
        failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }
}

/// What comes next, for whichever of several threads; `None` where nothing more will.
pub(super) fn received<T>(given: &Mutex<Receiver<T>>) -> Option<T> {
    given.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rayon::prelude::*;
    use std::any::Any;
    use std::collections::HashSet;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[test]
    fn no_more_in_hand_than_there_are_threads() {
        let readers = Readers::new(Some(3)).unwrap();
        let (given, in_hand, most) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        let next = || Some(given.fetch_add(1, Ordering::SeqCst)).filter(|item| *item < 40);
        let done = Mutex::new(HashSet::new());
        let read = |item| {
            most.fetch_max(1 + in_hand.fetch_add(1, Ordering::SeqCst), Ordering::SeqCst);
            let pages: usize = (0..50usize).into_par_iter().map(|page| page ^ item).sum();
            in_hand.fetch_sub(1, Ordering::SeqCst);
            (item, pages)
        };
        let store = |parcel| {
            done.lock().unwrap().insert(parcel);
            Ok::<(), ()>(())
        };
        assert_eq!(readers.each(next, read, store), Ok(()));
        let expected = (0..40usize).map(|item| (item, (0..50).map(|page| page ^ item).sum()));
        assert_eq!(done.into_inner().unwrap(), expected.collect());
        assert!(most.into_inner() <= 3);
    }

    #[test]
    fn the_first_failure_ends_it() {
        let readers = Readers::new(Some(2)).unwrap();
        let given = AtomicUsize::new(0);
        let next = || Some(given.fetch_add(1, Ordering::SeqCst));
        let read = readers.each(next, |item| item, |item| if item == 5 { Err(item) } else { Ok(()) });
        assert_eq!(read, Err(5));
    }

    #[test]
    fn a_panic_anywhere_ends_it() {
        let caught = |read: fn(usize) -> usize, store: fn(usize) -> Result<(), ()>| {
            let readers = Readers::new(Some(2)).unwrap();
            let given = AtomicUsize::new(0);
            let next = || Some(given.fetch_add(1, Ordering::SeqCst));
            catch_unwind(AssertUnwindSafe(|| readers.each(next, read, store))).unwrap_err()
        };
        let text = |panic: Box<dyn Any + Send>| panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let reading = caught(|item| if item < 9 { item } else { panic!("unreadable") }, |_| Ok(()));
        assert_eq!(text(reading).as_deref(), Some("unreadable"));
        let storing = caught(|item| item, |_| panic!("no room"));
        assert_eq!(text(storing).as_deref(), Some("no room"));
    }

    #[test]
    fn the_pages_of_the_last_document_are_shared() {
        let readers = Readers::new(Some(2)).unwrap();
        let items = Mutex::new(vec![()]);
        let (meet, met) = mpsc::channel();
        let met = Mutex::new(met);
        let page = |number: usize| {
            // The first page is held up until the second has been read, by whom but the other thread?
            if number == 0 {
                return met.lock().unwrap().recv_timeout(Duration::from_secs(60)).is_ok();
            }
            meet.clone().send(()).is_ok()
        };
        let read = |()| (0..2usize).into_par_iter().with_max_len(1).all(page);
        let store = |shared| if shared { Ok(()) } else { Err("nobody came to help") };
        assert_eq!(readers.each(|| items.lock().unwrap().pop(), read, store), Ok(()));
    }
}
