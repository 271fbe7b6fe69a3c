//! Subject codes (科目编码) as printed: whole, in parts, fused to the name, or with a zero lost.

pub(super) use crate::catalog::figures::is_code;
use crate::catalog::subjects::System;
use crate::catalog::text::fold;

/// A label that starts with a code: `[2014001]行政运行`, `2013601-行政运行`, `2010301 行政运行`.
/// Returns the code and the rest of the label.
pub(super) fn fused(text: &str) -> Option<(String, String)> {
    let text = text.trim();
    let (code, rest) = match text.strip_prefix(['[', '［', '【', '〔']) {
        Some(inner) => {
            let end = inner.find([']', '］', '】', '〕'])?;
            let close = inner[end..].chars().next().map_or(0, char::len_utf8);
            (&inner[..end], &inner[end + close..])
        }
        None => {
            let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            (&text[..end], text[end..].trim_start_matches(['-', '—', '－', '_', ' ', '\u{3000}']))
        }
    };
    let rest = rest.trim();
    // `1.财政拨款` and `2026年预算` are no codes.
    let named = rest.is_empty()
        || rest.chars().next().is_some_and(|c| !matches!(c, '.' | '、' | '年' | ',' | '．' | '，' | ')' | '）'));
    (is_code(code) && named).then(|| (code.to_string(), rest.to_string()))
}

/// The system a code belongs to, by its first digit.
pub(super) fn system(code: &str) -> Option<System> {
    System::of_code(code)
}

/// Joins the parts 类, 款 and 项 of a code. Each part after the first has two digits; where one is
/// printed, its leading zero was lost. A part may also hold the whole code up to its level.
pub(super) fn join(parts: &[String]) -> Option<String> {
    let mut code = String::new();
    for part in parts {
        let part = fold(part);
        if part.is_empty() {
            break;
        }
        if !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        if !code.is_empty() && part.len() > 2 && part.starts_with(&code) {
            code = part;
        } else if code.is_empty() || part.len() == 2 {
            code.push_str(&part);
        } else if part.len() == 1 {
            code.push('0');
            code.push_str(&part);
        } else {
            return None;
        }
    }
    is_code(&code).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_fused_to_names() {
        let split = |text| fused(text).map(|(code, name)| format!("{code}|{name}"));
        assert_eq!(split("[2014001]行政运行").as_deref(), Some("2014001|行政运行"));
        assert_eq!(split("2013601-行政运行").as_deref(), Some("2013601|行政运行"));
        assert_eq!(split("30101 基本工资").as_deref(), Some("30101|基本工资"));
        assert_eq!(split("2010550").as_deref(), Some("2010550|"));
        assert_eq!(split("1.财政拨款"), None);
        assert_eq!(split("2026年预算"), None);
        assert_eq!(split("一、收入"), None);
    }

    #[test]
    fn codes_in_parts() {
        let join = |parts: &[&str]| join(&parts.iter().map(|p| p.to_string()).collect::<Vec<_>>());
        assert_eq!(join(&["201", "06", "01"]).as_deref(), Some("2010601"));
        assert_eq!(join(&["201", "06", ""]).as_deref(), Some("20106"));
        assert_eq!(join(&["301", "2"]).as_deref(), Some("30102"));
        assert_eq!(join(&["205", "20508", "2050803"]).as_deref(), Some("2050803"));
        assert_eq!(join(&["类", "款", "项"]), None);
        assert_eq!(join(&["", "", ""]), None);
    }
}
