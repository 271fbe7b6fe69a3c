//! What figures and codes look like, in matching form.

/// Is this the shape of a subject code (科目编码): 3, 5 or 7 digits, the first not 0? Local systems append further pairs of
/// digits.
pub fn is_code(folded: &str) -> bool {
    matches!(folded.len(), 3 | 5 | 7 | 9)
        && folded.bytes().all(|byte| byte.is_ascii_digit())
        && !folded.starts_with('0')
}

/// Is this an amount that nothing else looks like: digits with a point or separators?
pub fn is_amount(folded: &str) -> bool {
    folded.contains(['.', ','])
        && folded.contains(|c: char| c.is_ascii_digit())
        && folded.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | '-' | '(' | ')'))
}

/// Is this a dash in place of an amount?
pub fn is_dash(folded: &str) -> bool {
    matches!(folded, "-" | "--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_and_codes_are_told_apart() {
        for (text, code, amount, dash) in [
            ("2080501", true, false, false),
            ("0208", false, false, false),
            ("2024", false, false, false),
            ("1,234", false, true, false),
            ("(3.40)", false, true, false),
            ("1.2万元", false, false, false),
            ("-", false, false, true),
            ("-.", false, false, false),
        ] {
            assert_eq!((is_code(text), is_amount(text), is_dash(text)), (code, amount, dash), "{text}");
        }
    }
}
