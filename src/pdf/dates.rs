//! Dates of the information dictionary (`D:20260302101502+08'00'`) as times of Beijing, which sort as text.

use lopdf::Object;

/// Reads a date as `2026-03-02T10:15:02+08:00`. A date without an offset is taken for Beijing's, where the reports
/// come from; one that names no day is none.
pub(super) fn read(object: &Object) -> Option<String> {
    let Object::String(bytes, _) = object else { return None };
    // In UTF-16 each character has a second byte, which is none.
    let text: String = bytes.iter().filter(|byte| byte.is_ascii_graphic()).map(|byte| char::from(*byte)).collect();
    let text = text.trim_start_matches("D:");
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let (hour, minute, second) = (number(8, 10).unwrap_or(0), number(10, 12).unwrap_or(0), number(12, 14).unwrap_or(0));
    let sound = (1..=12).contains(&month) && (1..=days(year, month)).contains(&day) && hour < 24 && minute < 60;
    if !sound || second > 60 {
        return None;
    }
    let beijing = 8 * 60;
    let offset = offset(text.get(14..).unwrap_or_default()).unwrap_or(beijing);
    let minutes = hour * 60 + minute - offset + beijing;
    let (year, month, day) = moved((year, month, day), minutes.div_euclid(24 * 60));
    let minutes = minutes.rem_euclid(24 * 60);
    Some(format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{second:02}+08:00", minutes / 60, minutes % 60))
}

/// Minutes east of Greenwich: `+08'00'`, `Z`.
fn offset(text: &str) -> Option<i64> {
    let sign = match text.chars().next()? {
        'Z' => return Some(0),
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let hours: i64 = text.get(1..3)?.parse().ok()?;
    let minutes: i64 = text.get(3..).and_then(|rest| rest.trim_matches('\'').parse().ok()).unwrap_or(0);
    (hours < 24 && (0..60).contains(&minutes)).then_some(sign * (hours * 60 + minutes))
}

/// A day moved by at most a few days.
fn moved((mut year, mut month, day): (i64, i64, i64), by: i64) -> (i64, i64, i64) {
    let mut day = day + by;
    while day < 1 {
        (year, month) = if month == 1 { (year - 1, 12) } else { (year, month - 1) };
        day += days(year, month);
    }
    while day > days(year, month) {
        day -= days(year, month);
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    (year, month, day)
}

fn days(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lopdf::StringFormat;

    fn date(text: &[u8]) -> Option<String> {
        read(&Object::String(text.to_vec(), StringFormat::Literal))
    }

    #[test]
    fn dates_are_times_of_beijing() {
        for (text, expected) in [
            ("D:20260302101502+08'00'", "2026-03-02T10:15:02+08:00"),
            ("D:20240229230000Z", "2024-03-01T07:00:00+08:00"),
            ("D:20251231235959-05'30", "2026-01-01T13:29:59+08:00"),
            ("D:20240301010000+09'00'", "2024-03-01T00:00:00+08:00"),
            ("D:20240301000000+09'00'", "2024-02-29T23:00:00+08:00"),
            ("20190723", "2019-07-23T00:00:00+08:00"),
        ] {
            assert_eq!(date(text.as_bytes()).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(
            date(b"\xFE\xFF\0D\0:\x002\x000\x001\x009\x000\x007\x002\x003").as_deref(),
            Some("2019-07-23T00:00:00+08:00")
        );
    }

    #[test]
    fn what_names_no_day_is_no_date() {
        for text in ["", "D:2024", "D:20241301", "D:20230229", "D:20240101250000", "Tue Mar  3 2026", "D:日期"] {
            assert_eq!(date(text.as_bytes()), None, "{text}");
        }
    }
}
