//! How well the checks see what goes wrong: single digits changed and single rows shifted by a column, in
//! tables as they were read, must be reported.
//!
//! The corpus is always tried; `KEMU_REPORTS`, a folder of PDF files, is tried as well where it is set.

use kemu::check::{Place, Verdict, check};
use kemu::table::{Amount, Document, Role, Row, Table};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Changes of each kind.
const TRIES: usize = 200;
/// Of a hundred changes at least so many must be seen.
const SEEN: usize = 95;

/// A small generator of numbers, the same at every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

struct Report {
    name: String,
    document: Document,
    /// The printed amounts other than zero of its standard tables.
    amounts: Vec<Place>,
    /// Mismatches before anything is changed.
    mismatches: usize,
}

fn read(folder: &Path) -> Vec<Report> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "pdf"));
    files.sort();
    let mut reports = Vec::new();
    for file in files {
        let bytes = std::fs::read(&file).expect("a readable file");
        let Ok(read) = kemu::extract(&bytes, &kemu::Options::default()) else { continue };
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let amounts = amounts(&read.document);
        if !amounts.is_empty() {
            reports.push(Report { name, amounts, mismatches: read.checks.mismatches(), document: read.document });
        }
    }
    reports
}

fn amounts(document: &Document) -> Vec<Place> {
    let mut places = Vec::new();
    for (table, typed) in document.tables.iter().enumerate() {
        if !typed.form.is_some_and(|form| form.standard) {
            continue;
        }
        for (row, typed) in typed.rows.iter().enumerate() {
            for (amount, cell) in typed.amounts.iter().enumerate() {
                if cell.amount.value.is_some_and(|value| !value.is_zero()) {
                    places.push(Place { table, row, amount });
                }
            }
        }
    }
    places
}

fn set(row: &mut Row, amount: usize, raw: &str) {
    row.amounts[amount].amount = Amount::read(raw);
}

/// Changes one digit of an amount; tells what it was.
fn change_digit(document: &mut Document, place: Place, dice: &mut Dice) -> String {
    let row = &mut document.tables[place.table].rows[place.row];
    let before = row.amounts[place.amount].amount.raw.clone();
    let digits: Vec<usize> = before.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
    let at = digits[dice.below(digits.len())];
    let old = before.as_bytes()[at] - b'0';
    let new = (old + 1 + dice.below(9) as u8) % 10;
    let after = format!("{}{new}{}", &before[..at], &before[at + 1..]);
    set(row, place.amount, &after);
    format!("{before} → {after}")
}

/// Shifts the amounts of a row by one column to the right or left; the last one goes round.
fn shift_row(document: &mut Document, place: Place, dice: &mut Dice) -> Option<String> {
    let table: &mut Table = &mut document.tables[place.table];
    let group = |column: usize| table.columns.get(column).map(|column| column.group);
    let own = group(table.rows[place.row].amounts[place.amount].column);
    let amounts = &table.rows[place.row].amounts;
    let at: Vec<usize> = (0..amounts.len()).filter(|&amount| group(amounts[amount].column) == own).collect();
    let before: Vec<String> = at.iter().map(|&amount| amounts[amount].amount.raw.clone()).collect();
    let mut after = before.clone();
    if dice.below(2) == 0 {
        after.rotate_right(1)
    } else {
        after.rotate_left(1)
    }
    // A row of one figure repeated looks the same when it is shifted.
    let figure = |raw: &String| Amount::read(raw).value.unwrap_or_default();
    let changed = before.iter().map(figure).ne(after.iter().map(figure));
    if at.len() < 2 || !changed {
        return None;
    }
    for (&amount, raw) in at.iter().zip(&after) {
        set(&mut table.rows[place.row], amount, raw);
    }
    Some(format!("{before:?} → {after:?}"))
}

/// Is a change reported: are there more mismatches than before, or is an amount of the row, proven before, now
/// contradicted or true within rounding only? That nothing can be said any more is not enough.
fn seen(report: &Report, changed: &Document, place: Place, before: &[Verdict]) -> bool {
    let checks = check(changed);
    let after = (0..before.len()).map(|amount| checks.verdict(Place { amount, ..place }));
    let worse = before.iter().zip(after).any(|(before, after)| {
        *before == Verdict::Proven && matches!(after, Verdict::Contradicted | Verdict::Rounding)
    });
    checks.mismatches() > report.mismatches || worse
}

fn column_key(table: &Table, column: usize) -> String {
    match table.columns.get(column).map(|column| &column.role) {
        Some(Role::Amount { key: Some(key) }) => key.clone(),
        _ => "?".to_owned(),
    }
}

fn try_folder(folder: &Path, seed: u64) -> (String, bool) {
    let mut reports = read(folder);
    assert!(!reports.is_empty(), "{} has no reports with amounts", folder.display());
    let mut dice = Dice(seed);
    let mut told = String::new();
    let mut good = true;
    for kind in ["digit", "shift"] {
        let (mut tried, mut found) = (0, 0);
        let mut escaped: BTreeMap<String, usize> = BTreeMap::new();
        let mut examples = Vec::new();
        while tried < TRIES {
            let pick = dice.below(reports.len());
            let place = reports[pick].amounts[dice.below(reports[pick].amounts.len())];
            let table = &reports[pick].document.tables[place.table];
            let kept = table.rows[place.row].clone();
            let what = format!(
                "{} {}",
                table.form.map_or("", |form| form.id.as_str()),
                column_key(table, kept.amounts[place.amount].column)
            );
            let checks = check(&reports[pick].document);
            let before: Vec<Verdict> =
                (0..kept.amounts.len()).map(|amount| checks.verdict(Place { amount, ..place })).collect();
            let change = match kind {
                "digit" => Some(change_digit(&mut reports[pick].document, place, &mut dice)),
                _ => shift_row(&mut reports[pick].document, place, &mut dice),
            };
            if let Some(change) = change {
                tried += 1;
                if seen(&reports[pick], &reports[pick].document, place, &before) {
                    found += 1;
                } else {
                    *escaped.entry(what).or_default() += 1;
                    examples.push(format!("{} {change}", reports[pick].name));
                }
            }
            reports[pick].document.tables[place.table].rows[place.row] = kept;
        }
        good &= found * 100 >= tried * SEEN;
        told += &format!("{}: {kind}: {found} of {tried} seen; escaped: {escaped:?}\n", folder.display());
        for example in examples.iter().take(12) {
            told += &format!("    {example}\n");
        }
    }
    (told, good)
}

#[test]
fn changed_digits_and_shifted_rows_are_seen() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let more = std::env::var_os("KEMU_REPORTS").map(PathBuf::from);
    let mut told = String::new();
    let mut good = true;
    for folder in std::iter::once(corpus).chain(more) {
        let (what, enough) = try_folder(&folder, 0x5eed_0000_0000_0001);
        told += &what;
        good &= enough;
    }
    println!("{told}");
    assert!(good, "too many changes are not seen:\n{told}");
}
