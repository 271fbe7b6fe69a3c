//! Formulas printed in the notes of tables: `24行＝（1＋2＋…＋7）行`, `1栏各行＝（2＋3）栏各行`.

use super::text::fold;
use regex::Regex;
use std::sync::LazyLock;

/// What a formula counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Line numbers, 行次.
    Rows,
    /// Column numbers, 栏次.
    Columns,
}

/// A printed formula.
#[derive(Debug, PartialEq, Eq)]
pub struct Formula {
    /// What its numbers count.
    pub axis: Axis,
    /// The number on the left.
    pub whole: u32,
    /// The numbers on the right with their signs, ranges written out.
    pub parts: Vec<(u32, i8)>,
}

/// All formulas in a note.
pub fn read(note: &str) -> Vec<Formula> {
    static FORMULA: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"([0-9]+)(行|栏)(?:各行)?=\(?([0-9]+(?:(?:[+-]|\.{3,6})+[0-9]+)*)\)?(行|栏)?")
            .expect("a valid pattern")
    });
    let folded = fold(note);
    FORMULA
        .captures_iter(&folded)
        .filter_map(|found| {
            let axis = if &found[2] == "行" { Axis::Rows } else { Axis::Columns };
            Some(Formula { axis, whole: found[1].parse().ok()?, parts: parts(&found[3])? })
        })
        .collect()
}

/// The terms on the right: `1+2+…+7`, a range where dots stand.
fn parts(text: &str) -> Option<Vec<(u32, i8)>> {
    static TERM: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"([+.-]*)([0-9]+)").expect("a valid pattern"));
    let mut parts: Vec<(u32, i8)> = Vec::new();
    for term in TERM.captures_iter(text) {
        let number: u32 = term[2].parse().ok()?;
        let sign = if term[1].contains('-') { -1 } else { 1 };
        if term[1].contains('.') {
            let (last, _) = *parts.last()?;
            // A range may not be longer than any table.
            if number <= last || number - last > 200 {
                return None;
            }
            parts.extend((last + 1..number).map(|between| (between, sign)));
        }
        parts.push((number, sign));
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(note: &str) -> Vec<String> {
        let sign = |sign: i8| if sign < 0 { '-' } else { '+' };
        let show = |formula: Formula| {
            let parts: String = formula.parts.iter().map(|(number, s)| format!("{}{number}", sign(*s))).collect();
            format!("{:?} {} = {parts}", formula.axis, formula.whole)
        };
        read(note).into_iter().map(show).collect()
    }

    #[test]
    fn formulas_of_lines_in_mixed_widths() {
        assert_eq!(
            shown("24 行＝（1＋2＋3＋4＋5＋6+7）行；27行＝（24＋25＋26）行；"),
            ["Rows 24 = +1+2+3+4+5+6+7", "Rows 27 = +24+25+26"]
        );
    }

    #[test]
    fn dots_stand_for_a_range() {
        assert_eq!(shown("51行＝（28＋29＋…＋32）行。"), ["Rows 51 = +28+29+30+31+32"]);
    }

    #[test]
    fn formulas_of_columns_with_a_minus() {
        assert_eq!(
            shown("6栏各行＝（1＋2－3）栏各行；3栏各行＝（4＋5）栏各行。"),
            ["Columns 6 = +1+2-3", "Columns 3 = +4+5"]
        );
    }

    #[test]
    fn prose_is_no_formula() {
        assert_eq!(shown("本表反映部门本年度的总收支情况，共24行。"), Vec::<String>::new());
    }
}
