//! The bar on stderr: documents read, rate and time left; nothing where nobody looks.

use crate::emit::Status;
use crate::lang::Language;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

pub(super) struct Progress {
    bar: ProgressBar,
    quiet: bool,
    language: Language,
    failed: AtomicUsize,
}

impl Progress {
    pub(super) fn new(documents: usize, quiet: bool, language: Language) -> Progress {
        let shown = !quiet && std::io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(documents as u64), target);
        let template = language.tell("{bar:30} {human_pos}/{human_len} documents, {per_sec}, {eta} left {msg}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        Progress { bar, quiet, language, failed: AtomicUsize::new(0) }
    }

    /// Tells something beside the bar.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            // Where stderr is closed there is nobody to tell.
            self.bar.suspend(|| {
                let _ = writeln!(io::stderr().lock(), "{}", self.language.tell(&format!("note: {text}")));
            });
        }
    }

    /// Counts documents that need not be read.
    pub(super) fn skip(&self, documents: usize) {
        self.bar.inc(documents as u64);
    }

    pub(super) fn step(&self, status: Status) {
        if status.is_failure() {
            let failed = self.failed.fetch_add(1, Ordering::Relaxed) + 1;
            self.bar.set_message(self.language.tell(&format!("({failed} failed)")));
        }
        self.bar.inc(1);
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
