//! JSON set over lines for people and for `diff`: one table row, column, note or page per line.

/// Containers nested deeper than this are kept on one line.
const DEEPEST_BROKEN: usize = 4;

/// Breaks compact JSON over lines: a container that holds containers and is not nested too deep gets
/// a line for each of its parts. Ends with a line feed.
pub(super) fn lay_out(compact: &[u8]) -> Vec<u8> {
    let mut holds = containers_held(compact).into_iter();
    let mut broken: Vec<bool> = Vec::new();
    let mut out = Vec::with_capacity(compact.len() + compact.len() / 8);
    for piece in Pieces(compact) {
        match piece {
            [b'[' | b'{'] => {
                out.extend(piece);
                broken.push(holds.next().unwrap_or(false) && broken.len() < DEEPEST_BROKEN);
                break_line(&mut out, &broken, broken.len());
            }
            [b']' | b'}'] => {
                let depth = broken.len().saturating_sub(1);
                break_line(&mut out, &broken, depth);
                broken.pop();
                out.extend(piece);
            }
            b"," => {
                out.extend(piece);
                break_line(&mut out, &broken, broken.len());
            }
            b":" if broken.last() == Some(&true) => out.extend(b": "),
            _ => out.extend(piece),
        }
    }
    out.push(b'\n');
    out
}

/// Goes to the next line where the innermost container is broken.
fn break_line(out: &mut Vec<u8>, broken: &[bool], depth: usize) {
    if broken.last() == Some(&true) {
        out.push(b'\n');
        out.extend(std::iter::repeat_n(b' ', depth));
    }
}

/// For each container, in the order in which they open: does it hold another?
fn containers_held(compact: &[u8]) -> Vec<bool> {
    let mut held = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for piece in Pieces(compact) {
        match piece {
            [b'[' | b'{'] => {
                if let Some(&outer) = open.last() {
                    held[outer] = true;
                }
                open.push(held.len());
                held.push(false);
            }
            [b']' | b'}'] => {
                open.pop();
            }
            _ => {}
        }
    }
    held
}

/// Compact JSON in pieces: a string with its quotes, a bracket, a comma, a colon, or what stands between them.
struct Pieces<'j>(&'j [u8]);

impl<'j> Iterator for Pieces<'j> {
    type Item = &'j [u8];

    fn next(&mut self) -> Option<&'j [u8]> {
        let length = match self.0.first()? {
            b'"' => string_length(self.0),
            b'[' | b']' | b'{' | b'}' | b',' | b':' => 1,
            _ => self.0.iter().position(|byte| b"[]{},:\"".contains(byte)).unwrap_or(self.0.len()),
        };
        let (piece, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(piece)
    }
}

/// The length of the string that stands in front, quotes included.
fn string_length(json: &[u8]) -> usize {
    let mut at = 1;
    loop {
        match memchr::memchr2(b'"', b'\\', json.get(at..).unwrap_or_default()) {
            Some(found) if json.get(at + found) == Some(&b'"') => return at + found + 1,
            // What is escaped is no end.
            Some(found) => at += found + 2,
            None => return json.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::lay_out;

    fn lines(compact: &str) -> String {
        String::from_utf8(lay_out(compact.as_bytes())).unwrap()
    }

    #[test]
    fn a_container_of_scalars_stays_on_its_line() {
        assert_eq!(lines(r#"{"a":1,"b":[]}"#), "{\n \"a\": 1,\n \"b\": []\n}\n");
        assert_eq!(lines(r#"[{"a":1,"b":2},{"c":3}]"#), "[\n {\"a\":1,\"b\":2},\n {\"c\":3}\n]\n");
    }

    #[test]
    fn what_is_nested_deep_stays_on_its_line() {
        let text = lines(r#"{"tables":[{"rows":[{"amounts":[{"bbox":[1,2]}]}]}]}"#);
        assert!(text.contains("\n    {\"amounts\":[{\"bbox\":[1,2]}]}\n"), "{text}");
    }

    #[test]
    fn brackets_and_quotes_in_strings_are_text() {
        assert_eq!(lines(r#"["{[,:\"]}\\",[]]"#), "[\n \"{[,:\\\"]}\\\\\",\n []\n]\n");
    }
}
