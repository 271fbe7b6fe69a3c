//! Any bytes as a CMap, and a text read by it.
#![no_main]

use libfuzzer_sys::fuzz_target;

/// The text stands before the map.
const TEXT: usize = 32;

fuzz_target!(|bytes: &[u8]| {
    let (text, map) = bytes.split_at(bytes.len().min(TEXT));
    kemu::pdf::fuzzing::cmap(map, text);
});
