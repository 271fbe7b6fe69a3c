//! The narrative against the tables: figures that sentences repeat, and shares they state.

use super::across::{Known, figures_of};
use super::figures::{self, Figures};
use super::findings::{Finding, FindingKind, Source};
use super::{Entry, Family, Ledger, Outcome, Statement};
use crate::catalog::identities::Rule;
use crate::catalog::narrative::{self, Said, Share};
use crate::catalog::text::fold;
use crate::catalog::units;
use crate::table::{Amount, Document, Prose};
use rust_decimal::Decimal;

const REPEATED: Statement =
    Statement {
        id: "I-27", says: "情况说明中的数字 = 表中的数字", rule: Rule::Law, family: Family::Other
    };

/// What a sentence says of a figure in the tables, and differs.
#[derive(Debug)]
pub(super) struct Contrary {
    /// The figure in the tables; several are a sum.
    pub figures: Vec<usize>,
    /// What the sentence says, as the figures of the tables.
    pub value: Decimal,
    finding: Finding,
}

/// The narrative as one text, with the line each part of it comes from.
struct Text<'d> {
    folded: String,
    /// Where each line begins.
    starts: Vec<usize>,
    lines: &'d [Prose],
}

/// Compares the narrative with the tables. What agrees is entered; what does not is returned.
pub(super) fn check(
    document: &Document,
    tables: &[Known],
    figures: &Figures,
    ledger: &mut Ledger,
) -> (Vec<Contrary>, Vec<Finding>) {
    let text = Text::new(&document.prose);
    let mut contrary = Vec::new();
    for said in narrative::read(&text.folded) {
        let Some(value) = yuan(&said) else { continue };
        let half = half_digit(&said);
        let mut first: Option<Contrary> = None;
        let mut agreed = false;
        for reference in said.references {
            let Some(of) = figures_of(tables, reference, said.before, figures) else { continue };
            let (sum, bound) = total(&of, figures);
            let difference = value - sum;
            if value.is_zero() && sum.is_zero() {
                agreed = true;
                break;
            }
            // Sentences are often cut after their last digit instead of being rounded.
            let bound = bound + half + half;
            if difference.abs() <= bound {
                if let [figure] = of[..] {
                    let outcome = if difference.is_zero() { Outcome::Exact } else { Outcome::Rounding };
                    let result = figures::Result { difference, bound, outcome };
                    ledger.entries.push(Entry { statement: REPEATED, terms: vec![(figure, 1)], result });
                }
                agreed = true;
                break;
            }
            let finding = differs(&said, sum, &text, &of, figures);
            first.get_or_insert(Contrary { figures: of, value, finding });
        }
        contrary.extend(first.filter(|_| !agreed));
    }
    (contrary, shares(&text))
}

/// The findings of sentences that differ; where the table's figure is the one to blame, the sentence is right.
pub(super) fn findings(contrary: Vec<Contrary>, blamed: &[usize]) -> impl Iterator<Item = Finding> {
    contrary
        .into_iter()
        .filter(|contrary| !contrary.figures.iter().any(|figure| blamed.contains(figure)))
        .map(|contrary| contrary.finding)
}

fn differs(said: &Said, sum: Decimal, text: &Text, of: &[usize], figures: &Figures) -> Finding {
    let place = of.first().map(|figure| figures.get(*figure).place);
    let expected = (sum / units::yuan(said.unit).unwrap_or(Decimal::ONE)).normalize();
    let table = place.map_or(0, |place| place.table);
    let finding = text.finding(FindingKind::NarrativeDiffers, said.at, said.figure, expected, table);
    Finding { unit: Some(said.unit), ..finding }
}

/// Shares that are not what their amounts give, in sentences whose other shares are.
fn shares(text: &Text) -> Vec<Finding> {
    let all = narrative::shares(&text.folded);
    let right = |share: &Share| -> Option<Decimal> {
        let (whole, part) = (Amount::read(share.whole).value?, Amount::read(share.amount).value?);
        part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)
    };
    let holds = |share: &Share| {
        let printed = Amount::read(share.percent).value;
        // The finance ministry's own programs cut instead of rounding: one last digit is no mistake.
        right(share).zip(printed).map(|(right, printed)| (right - printed).abs() <= Decimal::new(1, printed.scale()))
    };
    let wrong = all.iter().filter(|share| holds(share) == Some(false));
    // The whole is guessed to be the first amount of the sentence; another share must bear that out.
    let borne_out =
        |share: &&Share| all.iter().any(|other| other.sentence == share.sentence && holds(other) == Some(true));
    wrong
        .filter(borne_out)
        .filter_map(|share| {
            let scale = Amount::read(share.percent).value?.scale();
            let expected = right(share)?.round_dp(scale);
            Some(text.finding(FindingKind::ShareDiffers, share.at, share.percent, expected, 0))
        })
        .collect()
}

impl<'d> Text<'d> {
    fn new(lines: &'d [Prose]) -> Text<'d> {
        let mut folded = String::new();
        let mut starts = Vec::with_capacity(lines.len());
        for line in lines {
            starts.push(folded.len());
            folded.push_str(&fold(&line.text));
        }
        Text { folded, starts, lines }
    }

    fn finding(&self, kind: FindingKind, at: usize, printed: &str, expected: Decimal, table: usize) -> Finding {
        let line = self.lines.get(self.starts.partition_point(|start| *start <= at).saturating_sub(1));
        Finding {
            kind,
            table,
            row: None,
            page: line.map_or(0, |line| line.page),
            bbox: line.map(|line| line.bbox).unwrap_or_default(),
            printed: printed.to_owned(),
            expected: Some(expected.to_string()),
            unit: None,
            slip: None,
            suspect: None,
            checks: Vec::new(),
            source: Source::Unknown,
        }
    }
}

/// A figure of a sentence, in yuan.
fn yuan(said: &Said) -> Option<Decimal> {
    units::in_yuan(Amount::read(said.figure).value?, said.unit)
}

/// Half a unit of the last digit of a figure of a sentence, in yuan.
fn half_digit(said: &Said) -> Decimal {
    let scale = Amount::read(said.figure).value.map_or(0, |value| value.scale());
    Decimal::new(5, scale + 1) * units::yuan(said.unit).unwrap_or(Decimal::ONE)
}

fn total(of: &[usize], figures: &Figures) -> (Decimal, Decimal) {
    let add = |(sum, bound): (Decimal, Decimal), figure: &usize| {
        let figure = figures.get(*figure);
        (sum + figure.value, bound + figure.half_digit)
    };
    of.iter().fold((Decimal::ZERO, Decimal::ZERO), add)
}
