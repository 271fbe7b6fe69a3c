//! Units of amounts (金额单位), and amounts in yuan, exactly.

use super::text::fold;
use rust_decimal::Decimal;

/// Units that a column's label or a line's name may set for itself, in brackets or after a colon.
const OWN_UNITS: &[&str] = &[
    "元",
    "万元",
    "千元",
    "亿元",
    "%",
    "人",
    "人次",
    "辆",
    "台",
    "个",
    "批",
    "批次",
    "次",
    "户",
    "套",
    "平方米",
    "分",
];

/// The unit a label sets for its own amounts, in brackets at its end: 公务用车保有量（辆）.
pub fn own_unit(label: &str) -> Option<&'static str> {
    let folded = fold(label);
    let inner = folded.strip_suffix(')')?.rsplit_once('(')?.1;
    let inner = inner.strip_prefix("单位:").unwrap_or(inner);
    OWN_UNITS.iter().find(|unit| **unit == inner).copied()
}

/// How many yuan one of a unit is; `None` where it is no money.
pub fn yuan(unit: &str) -> Option<Decimal> {
    let folded = fold(unit);
    let factor: i64 = match folded.strip_prefix("人民币").unwrap_or(&folded) {
        "元" => 1,
        "千元" => 1_000,
        "万元" => 10_000,
        "百万元" => 1_000_000,
        "亿元" => 100_000_000,
        _ => return None,
    };
    Some(Decimal::from(factor))
}

/// An amount in yuan; `None` where its unit is no money, or the figure is too long to be exact.
pub fn in_yuan(value: Decimal, unit: &str) -> Option<Decimal> {
    let factor = yuan(unit)?;
    if value.is_zero() {
        // A product of zero loses its decimals.
        return Some(value);
    }
    let yuan = value.checked_mul(factor)?;
    // A product of more digits than a decimal holds is rounded, and then it has fewer of them.
    (yuan.scale() == value.scale()).then_some(yuan)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(value: &str, unit: &str) -> Option<String> {
        in_yuan(value.parse().unwrap(), unit).map(|yuan| yuan.to_string())
    }

    #[test]
    fn yuan_are_exact_and_keep_their_decimals() {
        assert_eq!(yuan("599.90", "万元").as_deref(), Some("5999000.00"));
        assert_eq!(yuan("9142.554971", "万元").as_deref(), Some("91425549.710000"));
        assert_eq!(yuan("-0.01", "亿元").as_deref(), Some("-1000000.00"));
        assert_eq!(yuan("156211123", "元").as_deref(), Some("156211123"));
        assert_eq!(yuan("3.5", "千元").as_deref(), Some("3500.0"));
        assert_eq!(yuan("0.00", "万元").as_deref(), Some("0.00"));
    }

    #[test]
    fn what_is_no_money_or_too_long_has_no_yuan() {
        assert_eq!(yuan("3", "辆"), None);
        assert_eq!(yuan("7922816251426433759354395.0335", "万元"), None);
    }

    #[test]
    fn a_label_may_set_its_own_unit() {
        assert_eq!(own_unit("公务用车保有量（辆）"), Some("辆"));
        assert_eq!(own_unit("因公出国（境）"), None);
        assert_eq!(own_unit("合计(单位：万元)"), Some("万元"));
    }
}
