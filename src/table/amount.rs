//! A printed cell → an exact decimal. Blank, 0, 0.00, a dash and 无 stay distinct, and the printed text
//! is kept beside the value.

use rust_decimal::Decimal;
use serde::Serialize;

/// What an amount cell says.
#[derive(Clone, Debug, PartialEq)]
pub struct Amount {
    /// As printed, white space at the ends removed.
    pub raw: String,
    /// How it is to be read.
    pub state: AmountState,
    /// The value in the printed unit; `None` unless the state is `Value` or `Zero`.
    pub value: Option<Decimal>,
}

/// How an amount cell is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AmountState {
    /// A figure other than zero.
    Value,
    /// 0, 0.00 …
    Zero,
    /// Nothing is printed.
    Blank,
    /// A dash in place of a figure.
    Dash,
    /// Anything else: 无, a sentence, a figure we cannot read.
    Text,
}

impl Amount {
    /// Reads a cell.
    pub fn read(text: &str) -> Amount {
        let raw = text.trim().to_string();
        if raw.is_empty() {
            return Amount { raw, state: AmountState::Blank, value: None };
        }
        if raw.chars().all(|c| matches!(c, '-' | '—' | '–' | '－' | '―' | '─')) {
            return Amount { raw, state: AmountState::Dash, value: None };
        }
        match decimal(&raw) {
            Some(value) if value.is_zero() => Amount { raw, state: AmountState::Zero, value: Some(value) },
            Some(value) => Amount { raw, state: AmountState::Value, value: Some(value) },
            None => Amount { raw, state: AmountState::Text, value: None },
        }
    }

    /// Is a figure printed?
    pub fn is_figure(&self) -> bool {
        self.value.is_some()
    }
}

/// Reads a printed figure: thousands separators, full-width digits, and minus as a sign, as brackets or
/// as a triangle. A percent sign is not part of an amount.
fn decimal(raw: &str) -> Option<Decimal> {
    let mut plain = String::with_capacity(raw.len());
    let mut negative = false;
    let mut bracket = false;
    let mut after_point = false;
    for (index, c) in raw.chars().filter(|c| !c.is_whitespace()).enumerate() {
        match c {
            '0'..='9' => plain.push(c),
            '０'..='９' => plain.push(char::from(b'0' + (c as u32 - '０' as u32) as u8)),
            ',' | '，' if !plain.is_empty() && !after_point => {}
            '.' | '．' if !after_point => {
                after_point = true;
                plain.push('.');
            }
            '-' | '－' | '−' | '﹣' | '△' | '▲' if index == 0 && !negative => negative = true,
            '(' | '（' if index == 0 => bracket = true,
            ')' | '）' if bracket => {
                negative = true;
                bracket = false;
            }
            _ => return None,
        }
    }
    if bracket || !plain.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // More digits than a decimal holds would be rounded by `parse`.
    let value = Decimal::from_str_exact(&plain).ok()?;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<String> {
        Amount::read(text).value.map(|v| v.to_string())
    }

    #[test]
    fn figures_keep_their_printed_decimals() {
        assert_eq!(value("2,940.05").as_deref(), Some("2940.05"));
        assert_eq!(value("156,211,123").as_deref(), Some("156211123"));
        assert_eq!(value("9,142.554971").as_deref(), Some("9142.554971"));
        assert_eq!(value("12.00").as_deref(), Some("12.00"));
    }

    #[test]
    fn minus_in_every_notation() {
        for text in ["-3.40", "－3.40", "(3.40)", "（3.40）", "△3.40", "−3.40"] {
            assert_eq!(value(text).as_deref(), Some("-3.40"), "{text}");
        }
    }

    #[test]
    fn the_ways_of_saying_nothing_stay_distinct() {
        let state = |text| Amount::read(text).state;
        assert_eq!(state(" "), AmountState::Blank);
        assert_eq!(state("0.00"), AmountState::Zero);
        assert_eq!(state("0"), AmountState::Zero);
        assert_eq!(state("—"), AmountState::Dash);
        assert_eq!(state("--"), AmountState::Dash);
        assert_eq!(state("无"), AmountState::Text);
    }

    #[test]
    fn a_figure_of_more_digits_than_fit_is_never_rounded() {
        assert_eq!(value("1234567890123456789012345.678").as_deref(), Some("1234567890123456789012345.678"));
        for text in
            ["1234567890123456789012345678.90", "0.123456789012345678901234567891", "123456789012345678901234567890"]
        {
            assert_eq!(Amount::read(text), Amount { raw: text.to_owned(), state: AmountState::Text, value: None });
        }
    }

    #[test]
    fn what_is_no_figure_stays_text() {
        for text in ["1.2.3", "(3.4", "12%", "3-4", "1,2a", ",5", "2026年"] {
            assert_eq!(Amount::read(text).state, AmountState::Text, "{text}");
        }
    }
}
