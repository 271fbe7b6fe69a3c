//! Which amount is to blame where checks fail: the one that, if different, would repair all of them.

use super::figures::Figures;
use super::narrative::Contrary;
use super::{Entry, Family};
use crate::catalog::identities::Rule;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Failing checks that one mistake may explain.
#[derive(Debug)]
pub(super) struct Mistake {
    /// Indices of the failing checks.
    pub checks: Vec<usize>,
    /// The only amount that, if different, would repair them, and what it would be.
    pub suspect: Option<Suspect>,
}

/// An amount that would repair the checks it fails.
#[derive(Clone, Debug)]
pub(super) struct Suspect {
    pub figure: usize,
    /// In its printed unit; `None` where it should be blank.
    pub would_be: Option<Decimal>,
    /// How the printed figure may have come about, where several amounts would do and only one of them
    /// could be a slip.
    pub slip: Option<&'static str>,
}

/// 万元 in 元.
const UNIT_SLIP: Decimal = Decimal::from_parts(10_000, 0, 0, false, 0);

/// Of more failing checks than this that share amounts no suspect is looked for; they are told together.
const MAX_TOGETHER: usize = 500;

/// Groups the failing checks by the mistakes behind them.
pub(super) fn find(entries: &[Entry], missing_rows: &[bool], contrary: &[Contrary], figures: &Figures) -> Vec<Mistake> {
    let mut mistakes = wrong_columns(entries, figures);
    mistakes.extend(too_much(entries, figures));
    let told: BTreeSet<usize> = mistakes.iter().flat_map(|mistake| mistake.checks.iter().copied()).collect();
    let missing_rows: Vec<bool> =
        (0..entries.len()).map(|check| missing_rows[check] && !told.contains(&check)).collect();
    let missing_rows = missing_rows.as_slice();
    let failing: Vec<usize> = (0..entries.len())
        .filter(|check| entries[*check].fails() && !missing_rows[*check] && !told.contains(check))
        .collect();
    // What takes part in a check that holds would break it.
    let concerned: HashSet<usize> = failing.iter().flat_map(|&check| figures_of(&entries[check])).collect();
    let holding = entries.iter().filter(|entry| !entry.fails());
    let sound: HashSet<usize> = holding.flat_map(figures_of).filter(|figure| concerned.contains(figure)).collect();
    let mut unexplained: BTreeSet<usize> = BTreeSet::new();
    for together in components(&failing, entries) {
        if together.len() > MAX_TOGETHER {
            unexplained.extend(together);
        } else {
            let (found, left) = explain(&together, &sound, entries, contrary, figures);
            mistakes.extend(found);
            unexplained.extend(left);
        }
    }
    // What no single amount explains is told together where amounts are shared.
    let unexplained: Vec<usize> = unexplained.into_iter().collect();
    mistakes.extend(components(&unexplained, entries).into_iter().map(|checks| Mistake { checks, suspect: None }));
    mistakes.extend(of_rows(entries, missing_rows, figures));
    mistakes.sort_by_key(|mistake| mistake.checks.first().copied());
    mistakes
}

/// The mistakes behind failing checks that share amounts, and the checks that no single amount explains.
fn explain(
    failing: &[usize],
    sound: &HashSet<usize>,
    entries: &[Entry],
    contrary: &[Contrary],
    figures: &Figures,
) -> (Vec<Mistake>, Vec<usize>) {
    let mut checks_of: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for &check in failing {
        for figure in figures_of(&entries[check]).filter(|figure| !sound.contains(figure)) {
            checks_of.entry(figure).or_default().insert(check);
        }
    }
    let (mut mistakes, mut unexplained) = (Vec::new(), Vec::new());
    let mut open: BTreeSet<usize> = failing.iter().copied().collect();
    while !open.is_empty() {
        // The amounts that repair all failing checks they are in, most checks first.
        let mut best: Vec<(usize, Decimal)> = Vec::new();
        let mut repaired: BTreeSet<usize> = BTreeSet::new();
        for (&figure, checks) in &checks_of {
            let checks: BTreeSet<usize> = checks.intersection(&open).copied().collect();
            let Some(would_be) = repair(figure, &checks, entries, figures) else { continue };
            if checks.len() > repaired.len() {
                best.clear();
                repaired = checks.clone();
            }
            if checks == repaired {
                best.push((figure, would_be));
            }
        }
        if repaired.is_empty() {
            break;
        }
        for check in &repaired {
            open.remove(check);
        }
        let suspect = match best.as_slice() {
            [(figure, would_be)] => Some(Suspect { figure: *figure, would_be: Some(*would_be), slip: None }),
            several => told_otherwise(several, contrary, figures).or_else(|| only_slip(several, figures)),
        };
        match suspect {
            Some(_) => mistakes.push(Mistake { checks: repaired.into_iter().collect(), suspect }),
            None => unexplained.extend(repaired),
        }
    }
    unexplained.extend(open);
    (mistakes, unexplained)
}

fn figures_of(entry: &Entry) -> impl Iterator<Item = usize> {
    entry.terms.iter().map(|(figure, _)| *figure)
}

/// Amounts that are more than they can be; printed in 元 among 万元, they are ten thousand times too large.
fn too_much(entries: &[Entry], figures: &Figures) -> Vec<Mistake> {
    let failing = entries.iter().enumerate().filter(|(_, entry)| entry.statement.rule == Rule::AtMost);
    failing
        .filter_map(|(check, entry)| {
            let (figure, _) = *entry.terms.first()?;
            let known = figures.get(figure);
            let digits = (known.half_digit / known.factor).normalize().scale().saturating_sub(1);
            let meant = (known.value / known.factor / UNIT_SLIP).round_dp(digits);
            let limit = known.value + entry.result.difference;
            let slip = known.factor == UNIT_SLIP && meant * known.factor <= limit;
            let suspect = slip.then_some(Suspect { figure, would_be: Some(meant), slip: Some("元 among 万元") });
            Some(Mistake { checks: vec![check], suspect })
        })
        .collect()
}

/// Amounts in the wrong column: one column's sum has too much by what another's has too little, and one row
/// alone has just that amount in the one and nothing in the other.
fn wrong_columns(entries: &[Entry], figures: &Figures) -> Vec<Mistake> {
    let sums = |check: &usize| entries[*check].fails() && entries[*check].statement.family == Family::Rows;
    let table = |check: usize| figures.get(entries[check].terms[0].0).place.table;
    let failing: Vec<usize> = (0..entries.len()).filter(sums).collect();
    let mut by_difference: HashMap<(usize, Decimal), Vec<usize>> = HashMap::new();
    for &check in &failing {
        by_difference.entry((table(check), entries[check].result.difference)).or_default().push(check);
    }
    let mut mistakes = Vec::new();
    for &over in &failing {
        let too_much = entries[over].result.difference;
        let opposite = by_difference.get(&(table(over), -too_much)).filter(|_| !too_much.is_sign_negative());
        // Where many lack the same, none of them can be told from the others.
        for &under in opposite.into_iter().flatten().take(MAX_TOGETHER) {
            let empty_in = |row: usize| {
                let parts = figures_of(&entries[under]).skip(1).map(|figure| (figure, figures.get(figure)));
                parts.filter(move |(_, part)| part.place.row == row && part.value.is_zero()).map(|(figure, _)| figure)
            };
            let full = figures_of(&entries[over]).skip(1).filter(|&figure| figures.get(figure).value == too_much);
            let moved = full.flat_map(|full| empty_in(figures.get(full).place.row).map(move |empty| (full, empty)));
            if let [(full, empty)] = moved.take(2).collect::<Vec<_>>()[..] {
                let slip = Some("the amount stands in the wrong column");
                let factor = figures.get(full).factor;
                let would_be = Some((too_much / factor).normalize());
                let left = Suspect { figure: empty, would_be, slip };
                mistakes.push(Mistake { checks: vec![under], suspect: Some(left) });
                let right = Suspect { figure: full, would_be: None, slip };
                mistakes.push(Mistake { checks: vec![over], suspect: Some(right) });
            }
        }
    }
    mistakes
}

/// The failing sums of rows that lack whole rows, by the row that is the total.
fn of_rows(entries: &[Entry], missing_rows: &[bool], figures: &Figures) -> Vec<Mistake> {
    let mut by_total: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (check, entry) in entries.iter().enumerate().filter(|(check, _)| missing_rows[*check]) {
        let total = figures.get(entry.terms[0].0).place;
        by_total.entry((total.table, total.row)).or_default().push(check);
    }
    by_total.into_values().map(|checks| Mistake { checks, suspect: None }).collect()
}

/// What a figure would have to be, in its printed unit, for all these checks to hold.
fn repair(figure: usize, checks: &BTreeSet<usize>, entries: &[Entry], figures: &Figures) -> Option<Decimal> {
    let mut range: Option<(Decimal, Decimal)> = None;
    let mut first = None;
    for &check in checks {
        let entry = &entries[check];
        // Twice on the same side it cannot be told.
        let mut signs = entry.terms.iter().filter(|(other, _)| *other == figure).map(|(_, sign)| *sign);
        let sign = signs.next().filter(|_| signs.next().is_none())?;
        let change = if sign < 0 { entry.result.difference } else { -entry.result.difference };
        let (low, high) = (change - entry.result.bound, change + entry.result.bound);
        range = Some(match range {
            None => (low, high),
            Some((lowest, highest)) => (low.max(lowest), high.min(highest)),
        });
        first.get_or_insert(change);
    }
    let (low, high) = range?;
    let known = figures.get(figure);
    let change = first?;
    let change = if change < low || change > high { (low + high) / Decimal::TWO } else { change };
    let exact = (known.value + change) / known.factor;
    // As many digits as are printed, if that is near enough.
    let digits = (known.half_digit / known.factor).normalize().scale().saturating_sub(1);
    let rounded = exact.round_dp(digits);
    let near = (rounded * known.factor - known.value >= low) && (rounded * known.factor - known.value <= high);
    let would_be = if near { rounded } else { exact }.normalize();
    // That a figure should be nothing is no repair: its parts are missing rather.
    (low <= high && known.printed && !would_be.is_zero()).then_some(would_be)
}

/// Of several amounts that would do, the one for which the narrative gives just what it would be.
fn told_otherwise(several: &[(usize, Decimal)], contrary: &[Contrary], figures: &Figures) -> Option<Suspect> {
    let told = several.iter().find(|(figure, would_be)| {
        let bound = figures.get(*figure).half_digit;
        let meant = *would_be * figures.get(*figure).factor;
        contrary.iter().any(|said| said.figures == [*figure] && (said.value - meant).abs() <= bound)
    });
    let slip = Some("so says the narrative");
    told.map(|(figure, would_be)| Suspect { figure: *figure, would_be: Some(*would_be), slip })
}

/// Of several amounts that would do, the one whose printed figure could be a slip for what it would be.
fn only_slip(several: &[(usize, Decimal)], figures: &Figures) -> Option<Suspect> {
    let slips = several.iter().filter_map(|(figure, would_be)| {
        let known = figures.get(*figure);
        let slip = slip((known.value / known.factor).normalize(), *would_be)?;
        Some(Suspect { figure: *figure, would_be: Some(*would_be), slip: Some(slip) })
    });
    let mut slips = slips.collect::<Vec<_>>();
    if slips.len() == 1 { slips.pop() } else { None }
}

/// How one figure comes to be printed for another.
fn slip(printed: Decimal, meant: Decimal) -> Option<&'static str> {
    if printed.is_zero() || meant.is_zero() || printed.is_sign_negative() != meant.is_sign_negative() {
        return (printed == -meant && !printed.is_zero()).then_some("the sign is turned");
    }
    let scale = printed.scale().max(meant.scale());
    let (mut one, mut other) = (printed, meant);
    one.rescale(scale);
    other.rescale(scale);
    let digits = |value: Decimal| value.mantissa().unsigned_abs().to_string().into_bytes();
    let (one, other) = (digits(one), digits(other));
    let significant = |digits: &[u8]| {
        let text = String::from_utf8_lossy(digits).trim_end_matches('0').to_owned();
        (text.len() > 1).then_some(text)
    };
    if one.len() != other.len() {
        let same = significant(&one).is_some() && significant(&one) == significant(&other);
        return same.then_some("the decimal point slips");
    }
    let differing: Vec<usize> = (0..one.len()).filter(|&at| one[at] != other[at]).collect();
    match differing[..] {
        [_] if one.len() > 2 => Some("one digit differs"),
        [first, second] if second == first + 1 && one[first] == other[second] && one[second] == other[first] => {
            Some("two digits change places")
        }
        _ => None,
    }
}

/// Checks that share amounts, together; each group ascending.
fn components(checks: &[usize], entries: &[Entry]) -> Vec<Vec<usize>> {
    // By position in `checks`, another check of the same group, or itself.
    let mut links: Vec<usize> = (0..checks.len()).collect();
    let mut first_with: HashMap<usize, usize> = HashMap::new();
    for (at, &check) in checks.iter().enumerate() {
        for figure in figures_of(&entries[check]) {
            let other = *first_with.entry(figure).or_insert(at);
            let (one, other) = (leader(&mut links, at), leader(&mut links, other));
            links[one.max(other)] = one.min(other);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, &check) in checks.iter().enumerate() {
        groups.entry(leader(&mut links, at)).or_default().push(check);
    }
    groups.into_values().collect()
}

fn leader(links: &mut [usize], mut at: usize) -> usize {
    while links[at] != at {
        links[at] = links[links[at]];
        at = links[at];
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_pen() {
        let slip = |printed: &str, meant: &str| slip(printed.parse().unwrap(), meant.parse().unwrap());
        assert_eq!(slip("161.10", "16.11"), Some("the decimal point slips"));
        assert_eq!(slip("1904.77", "1940.77"), Some("two digits change places"));
        assert_eq!(slip("1904.77", "1804.77"), Some("one digit differs"));
        assert_eq!(slip("-3.5", "3.5"), Some("the sign is turned"));
        assert_eq!(slip("1904.77", "1851.20"), None);
    }
}
