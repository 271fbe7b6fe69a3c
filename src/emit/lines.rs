//! JSON set over lines for people and for `diff`: one table row, column, note or page per line.

/// Containers nested deeper than this are kept on one line.
const DEEPEST_BROKEN: usize = 4;

/// Breaks compact JSON over lines: a container that holds containers and is not nested too deep gets
/// a line for each of its parts. Ends with a line feed.
pub(super) fn lay_out(compact: &[u8]) -> Vec<u8> {
    let mut holds = containers_held(compact).into_iter();
    let mut broken: Vec<bool> = Vec::new();
    let mut out = Vec::with_capacity(compact.len() + compact.len() / 8);
    let mut string = StringState::default();
    for &byte in compact {
        if string.inside(byte) {
            out.push(byte);
            continue;
        }
        match byte {
            b'[' | b'{' => {
                out.push(byte);
                broken.push(holds.next().unwrap_or(false) && broken.len() < DEEPEST_BROKEN);
                break_line(&mut out, &broken, broken.len());
            }
            b']' | b'}' => {
                let depth = broken.len().saturating_sub(1);
                break_line(&mut out, &broken, depth);
                broken.pop();
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                break_line(&mut out, &broken, broken.len());
            }
            b':' => {
                out.push(byte);
                if broken.last() == Some(&true) {
                    out.push(b' ');
                }
            }
            _ => out.push(byte),
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
    let mut string = StringState::default();
    for &byte in compact {
        if string.inside(byte) {
            continue;
        }
        match byte {
            b'[' | b'{' => {
                if let Some(&outer) = open.last() {
                    held[outer] = true;
                }
                open.push(held.len());
                held.push(false);
            }
            b']' | b'}' => {
                open.pop();
            }
            _ => {}
        }
    }
    held
}

/// Whether the reading point is inside a string.
#[derive(Default)]
struct StringState {
    open: bool,
    escaped: bool,
}

impl StringState {
    /// Takes the next byte; is it part of a string, quotes included?
    fn inside(&mut self, byte: u8) -> bool {
        let was_open = self.open;
        if self.escaped {
            self.escaped = false;
        } else if byte == b'\\' {
            self.escaped = self.open;
        } else if byte == b'"' {
            self.open = !self.open;
        }
        was_open || self.open
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
