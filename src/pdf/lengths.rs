//! Streams whose length is the length of another stream, and so on: `lopdf` follows such a chain by recursion until the
//! stack overflows, which aborts the process, so the bytes are looked at before.

use super::tokens::{Operand, Tokens, plain_name};
use regex::bytes::Regex;
use std::collections::HashSet;
use std::sync::OnceLock;

/// Links that `lopdf`'s recursion is known to survive; a sound file has none.
const MAX_LINKS: usize = 100;

/// White space and comments.
const SPACE: &str = r"(?:[\x00\t\n\x0c\r ]|%[^\n\r]*[\n\r])+";

/// Can the lengths of the streams in a file only be found one through the other?
pub(super) fn are_chained(bytes: &[u8]) -> bool {
    static PATTERNS: OnceLock<Option<(Regex, Regex)>> = OnceLock::new();
    let patterns = PATTERNS.get_or_init(|| {
        let reference = format!("(?-u)/(?:L|#4[Cc])[#0-9A-Za-z]{{5,17}}{SPACE}[0-9]+{SPACE}[0-9]+{SPACE}R");
        let header = format!("(?-u)([0-9]{{1,10}}){SPACE}[0-9]{{1,5}}{SPACE}obj");
        Regex::new(&reference).ok().zip(Regex::new(&header).ok())
    });
    let Some((reference, header)) = patterns else { return false };
    // Most files write lengths where they belong, which is soon seen.
    if reference.find_iter(bytes).nth(MAX_LINKS).is_none() {
        return false;
    }
    let mut streams: HashSet<u64> = HashSet::new();
    let mut targets: HashSet<u64> = HashSet::new();
    let mut heads = header.captures_iter(bytes).peekable();
    while let Some(head) = heads.next() {
        let (Some(whole), Some(id)) = (head.get(0), head.get(1)) else { continue };
        let end = heads.peek().and_then(|next| next.get(0)).map_or(bytes.len(), |next| next.start());
        let Some(target) = length_elsewhere(bytes.get(whole.end()..end).unwrap_or_default()) else { continue };
        let id = id.as_bytes().iter().fold(0, |id: u64, digit| id * 10 + u64::from(digit - b'0'));
        streams.insert(id);
        targets.insert(target);
    }
    streams.intersection(&targets).count() > MAX_LINKS
}

/// The object a stream's length is in, from the bytes after its `obj`.
fn length_elsewhere(object: &[u8]) -> Option<u64> {
    let mut tokens = Tokens::new(object);
    let mut target = None;
    while let Some(word) = tokens.next() {
        match (word, tokens.operands.as_slice()) {
            (b"R", [.., Operand::Name(name), Operand::Number(id), Operand::Number(_)])
                if *plain_name(object.get(name.clone()).unwrap_or_default()) == *b"Length" =>
            {
                target = Some(*id as u64);
            }
            (b"R", _) => {}
            (b"stream", _) => return target,
            _ => return None,
        }
    }
    None
}
