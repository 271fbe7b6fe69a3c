//! Text that a spreadsheet would run as a formula, made harmless in CSV, and given back as it was.
//!
//! A cell that begins with `=`, `+`, `-`, `@` (or their full-width forms, which Chinese versions take for the same), be
//! it behind blanks, or with a tab or line break, gets an apostrophe in front. Figures and plain dashes stay as they
//! are printed. So that nothing is ambiguous, text that has apostrophes before such a beginning gets one more: to have
//! the text back, one apostrophe is taken off where such a beginning follows.

use serde::Serializer;
use std::borrow::Cow;

/// The text as a spreadsheet will not run it.
pub fn guarded(text: &str) -> Cow<'_, str> {
    if runs(text.trim_start_matches('\'')) && !is_plain(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// What [`guarded`] was given.
pub fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if runs(rest.trim_start_matches('\'')) => rest,
        _ => text,
    }
}

/// Writes a field of text, which may be none, as a guarded cell.
pub(super) fn text<S: Serializer>(field: &impl Field, serializer: S) -> Result<S::Ok, S::Error> {
    match field.text() {
        Some(text) => serializer.serialize_str(&guarded(text)),
        None => serializer.serialize_none(),
    }
}

/// A field that may hold text.
pub(super) trait Field {
    /// The text.
    fn text(&self) -> Option<&str>;
}

impl Field for String {
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl Field for &str {
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl<T: Field> Field for Option<T> {
    fn text(&self) -> Option<&str> {
        self.as_ref()?.text()
    }
}

/// Does it begin as a formula may?
fn runs(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n'])
        || text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹢', '﹣', '﹦', '﹫', '−'])
}

/// Is it a figure as reports print it, or nothing but dashes? No spreadsheet runs these.
fn is_plain(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '－', '−', '﹣', '+', '＋']).unwrap_or(text);
    let digits = digits.strip_suffix(['%', '％']).unwrap_or(digits);
    let digit = |c: char| matches!(c, '0'..='9' | '０'..='９');
    let figure = digits.starts_with(digit) && digits.chars().all(|c| digit(c) || matches!(c, ',' | '，' | '.' | '．'));
    figure || text.chars().all(|c| matches!(c, '-' | '－' | '−' | '﹣'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_get_an_apostrophe() {
        for text in
            ["=1+1", "＝SUM(A1)", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "　－其中", "-36; 36", "--a"]
        {
            assert_eq!(guarded(text), format!("'{text}"));
        }
    }

    #[test]
    fn figures_dashes_and_plain_text_stay() {
        for text in
            ["", "-", "--", "－", "-1.5", "－12.50", "-10,000.00", "+3", "财政局", "'其中'", "——", "1-2", "a=b", "3.10"]
        {
            assert_eq!(guarded(text), text);
        }
    }

    #[test]
    fn every_text_comes_back() {
        let marks = ["'", "=", "-", "－", " ", "\t", "1", ".", "科"];
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            let longer = texts.iter().flat_map(|text| marks.iter().map(move |mark| format!("{text}{mark}")));
            texts = texts.iter().cloned().chain(longer).collect();
        }
        for text in &texts {
            let safe = guarded(text);
            assert_eq!(unguarded(&safe), text);
            assert!(!runs(&safe) || is_plain(&safe), "{safe:?}");
        }
    }
}
