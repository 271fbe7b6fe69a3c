//! Any bytes as a file, through all stations. A panic inside a PDF library, which `pdf` catches, is no finding.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::panic::{AssertUnwindSafe, catch_unwind};

fuzz_target!(
    init: {
        // libFuzzer's hook would end the process at the panics that are caught on purpose.
        let _ = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
    },
    |file: &[u8]| {
        let read = catch_unwind(AssertUnwindSafe(|| kemu::extract(file, &kemu::Options::default())));
        if let Err(panic) = read {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            eprintln!("panic: {}", text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("no message"));
            std::process::abort();
        }
    }
);
