//! Any bytes as the content stream of a page, and the layout of what it draws.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    let page = kemu::pdf::fuzzing::content(content);
    let layout = kemu::page::lay_out(&page);
    kemu::segment::segment(vec![layout]);
});
