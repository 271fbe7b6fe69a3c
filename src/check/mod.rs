//! Station 5: typed tables → what the document itself says of each of its amounts.
//!
//! A report states its figures several times, and its tables obey arithmetic: items add up to sections,
//! sections to classes, columns to totals, one table's total is another's. [`check`] runs all these
//! identities (catalogue: `identities.toml`) and gives every amount a [`Verdict`]. Nothing is ever
//! corrected: what does not add up is a [`Finding`] with its place on the page.
//!
//! Sums are exact decimals, in yuan where units differ. A difference within half a unit of the last
//! printed digit of each term is rounding, anything above a mismatch.

mod across;
mod columns;
mod figures;
mod findings;
mod formulas;
mod narrative;
mod outline;
mod sources;
mod subjects;
mod suspects;

use crate::catalog::identities::Rule;
use crate::table::Document;
use figures::{Figures, Terms};
pub use findings::{Finding, FindingKind, Source};
use rust_decimal::Decimal;
use serde::Serialize;
pub use sources::Ink;

/// Where an amount stands: indices into [`Document::tables`], its rows and their amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The table.
    pub table: usize,
    /// Its row.
    pub row: usize,
    /// The row's amount cell.
    pub amount: usize,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It holds to the last digit.
    Exact,
    /// The difference is within rounding.
    Rounding,
    /// It does not hold.
    Mismatch,
}

/// What the document itself says of an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No identity applies that would tell.
    Unchecked,
    /// It takes part in an identity that holds exactly, and in none that fails.
    Proven,
    /// It takes part in identities that hold within rounding only, and in none that fails.
    Rounding,
    /// An identity it takes part in fails.
    Contradicted,
}

/// An identity as it was run on printed amounts.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its id in the catalogue.
    pub identity: &'static str,
    /// In words: `合计 = 基本支出 + 项目支出`.
    pub says: String,
    /// The amount that should be the sum.
    pub whole: Vec<Term>,
    /// What it is the sum of.
    pub parts: Vec<Term>,
    /// Parts less whole, in the unit of the whole.
    pub difference: Decimal,
    /// What rounding may explain of it.
    pub bound: Decimal,
    /// How it came out.
    pub outcome: Outcome,
}

/// An amount in a check.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    /// Where it stands.
    pub place: Place,
    /// Whether it is taken away.
    pub negative: bool,
}

/// What was found out about a document.
#[derive(Debug, Default)]
pub struct Checks {
    /// By table, row and amount.
    verdicts: Vec<Vec<Vec<Verdict>>>,
    /// The checks that do not hold exactly: mismatches and rounding differences.
    pub inexact: Vec<Check>,
    /// How many checks held exactly.
    pub exact: usize,
    /// What does not add up, or is not as the catalogue knows it.
    pub findings: Vec<Finding>,
}

impl Checks {
    /// The verdict on an amount.
    pub fn verdict(&self, place: Place) -> Verdict {
        let row = self.verdicts.get(place.table).and_then(|rows| rows.get(place.row));
        row.and_then(|amounts| amounts.get(place.amount)).copied().unwrap_or(Verdict::Unchecked)
    }

    /// Settles whose mistake each mismatch is, by what another reader finds on its page: `ink` is asked for
    /// each page once, and gives `None` where that reader cannot read it.
    pub fn settle_sources(&mut self, document: &Document, ink: impl FnMut(usize) -> Option<Ink>) {
        sources::settle(&mut self.findings, document, ink);
    }

    /// How many checks fail.
    pub fn mismatches(&self) -> usize {
        self.inexact.iter().filter(|check| check.outcome == Outcome::Mismatch).count()
    }

    /// How many printed amounts other than zero of the standard tables have each verdict.
    pub fn count(&self, document: &Document) -> Counts {
        let standard = |index: &usize| document.tables[*index].form.is_some_and(|form| form.standard);
        let mut counts = Counts::default();
        for table in (0..document.tables.len()).filter(standard) {
            counts += self.count_table(document, table);
        }
        counts
    }

    /// The same for one table, standard or not.
    pub fn count_table(&self, document: &Document, table: usize) -> Counts {
        let mut counts = Counts::default();
        for (row, typed) in document.tables.get(table).into_iter().flat_map(|table| &table.rows).enumerate() {
            for (amount, cell) in typed.amounts.iter().enumerate() {
                if cell.amount.value.is_some_and(|value| !value.is_zero()) {
                    counts.add(self.verdict(Place { table, row, amount }));
                }
            }
        }
        counts
    }
}

/// How many amounts have each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Proven.
    pub proven: usize,
    /// Consistent within rounding.
    pub rounding: usize,
    /// Contradicted.
    pub contradicted: usize,
    /// Unchecked.
    pub unchecked: usize,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.proven += other.proven;
        self.rounding += other.rounding;
        self.contradicted += other.contradicted;
        self.unchecked += other.unchecked;
    }
}

impl Counts {
    /// All of them.
    pub fn total(&self) -> usize {
        self.proven + self.rounding + self.contradicted + self.unchecked
    }

    fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Proven => self.proven += 1,
            Verdict::Rounding => self.rounding += 1,
            Verdict::Contradicted => self.contradicted += 1,
            Verdict::Unchecked => self.unchecked += 1,
        }
    }
}

/// Runs all checks on a document.
pub fn check(document: &Document) -> Checks {
    let figures = Figures::collect(&document.tables);
    let (ledger, contrary, shares) = run(document, &figures);
    ledger.close(document, &figures, contrary, shares)
}

/// All checks that apply to a document, also those that hold: which sums prove an amount.
pub fn explain(document: &Document) -> Vec<Check> {
    let figures = Figures::collect(&document.tables);
    let (ledger, ..) = run(document, &figures);
    ledger.entries.iter().map(|entry| findings::public(entry, &figures)).collect()
}

fn run(document: &Document, figures: &Figures) -> (Ledger, Vec<narrative::Contrary>, Vec<Finding>) {
    let mut ledger = Ledger::default();
    let mut known = Vec::new();
    for (index, table) in document.tables.iter().enumerate() {
        if !table.form.is_some_and(|form| form.standard) {
            continue;
        }
        columns::check(index, table, figures, &mut ledger);
        let outline = outline::check(index, table, document.facts.fiscal_year, figures, &mut ledger);
        formulas::check(index, table, figures, &mut ledger);
        known.push(across::Known { index, table, outline });
    }
    across::check(&known, figures, &mut ledger);
    let (contrary, shares) = narrative::check(document, &known, figures, &mut ledger);
    (ledger, contrary, shares)
}

/// How an identity fares in the rows or columns of one table.
#[derive(Clone, Copy, Debug, Default)]
struct Evidence {
    exact: usize,
    rounding: usize,
    fails: usize,
}

impl Evidence {
    fn count(&mut self, outcome: Option<Outcome>) {
        match outcome {
            Some(Outcome::Exact) => self.exact += 1,
            Some(Outcome::Rounding) => self.rounding += 1,
            Some(Outcome::Mismatch) => self.fails += 1,
            None => {}
        }
    }

    /// The better of two readings of a table has the higher score.
    fn score(&self) -> i64 {
        (self.exact + self.rounding) as i64 - 2 * self.fails as i64
    }

    /// Do the figures follow the identity, apart from single mistakes? For identities that are only guessed
    /// from the layout.
    fn bears_out(&self) -> bool {
        let holds = self.exact + self.rounding;
        holds > 0 && holds >= self.fails
    }

    /// Do the figures follow the identity, apart from single mistakes? A single instance is believed.
    fn supports(&self) -> bool {
        let holds = self.exact + self.rounding;
        holds >= self.fails || holds + self.fails == 1
    }
}

/// What an identity says, and how binding it is.
#[derive(Clone, Copy, Debug)]
struct Statement {
    id: &'static str,
    says: &'static str,
    rule: Rule,
    family: Family,
}

/// Among what an identity holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    /// The columns of one row.
    Columns,
    /// The rows of one column.
    Rows,
    /// Tables, or anything else.
    Other,
}

/// A check with the figures it is about.
#[derive(Debug)]
struct Entry {
    statement: Statement,
    terms: Terms,
    result: figures::Result,
}

impl Entry {
    fn fails(&self) -> bool {
        self.result.outcome == Outcome::Mismatch
    }
}

/// The checks run so far.
#[derive(Debug, Default)]
struct Ledger {
    entries: Vec<Entry>,
}

impl Ledger {
    /// Runs a check; what fails and need not hold is left out.
    fn enter(&mut self, figures: &Figures, statement: Statement, terms: Terms) {
        let Some(result) = figures.add_up(&terms) else { return };
        let entry = Entry { statement, terms, result };
        let told = match statement.rule {
            Rule::Law => true,
            Rule::Repeat => !entry.fails(),
            // What is left over is no proof.
            Rule::AtMost => entry.fails() && entry.result.difference.is_sign_negative(),
        };
        if told {
            self.entries.push(entry);
        }
    }

    /// The failing sums of rows that no single amount explains: every amount in them agrees with its own row.
    /// Then whole rows are missing (or too many), and only the total is at odds with what is printed.
    fn missing_rows(&self, figures: &Figures) -> Vec<bool> {
        let mut in_row = vec![None; figures.len()];
        for entry in self.entries.iter().filter(|entry| entry.statement.family == Family::Columns) {
            for (figure, _) in &entry.terms {
                in_row[*figure] = Some(in_row[*figure].unwrap_or(true) && !entry.fails());
            }
        }
        let sound = |figure: usize| figures.get(figure).value.is_zero() || in_row[figure] == Some(true);
        let missing = |entry: &Entry| {
            entry.fails()
                && entry.statement.family == Family::Rows
                && entry.terms.len() > 2
                && entry.terms.iter().all(|(figure, _)| sound(*figure))
        };
        self.entries.iter().map(missing).collect()
    }

    fn close(
        self,
        document: &Document,
        figures: &Figures,
        contrary: Vec<narrative::Contrary>,
        shares: Vec<Finding>,
    ) -> Checks {
        let mut verdicts = vec![Verdict::Unchecked; figures.len()];
        let missing_rows = self.missing_rows(figures);
        for (entry, missing_rows) in self.entries.iter().zip(&missing_rows) {
            let verdict = match entry.result.outcome {
                Outcome::Exact => Verdict::Proven,
                Outcome::Rounding => Verdict::Rounding,
                Outcome::Mismatch => Verdict::Contradicted,
            };
            // Of rows that are missing those that are printed know nothing.
            let concerned = if *missing_rows { 1 } else { entry.terms.len() };
            for (figure, _) in &entry.terms[..concerned] {
                let known = &mut verdicts[*figure];
                *known = match (*known, verdict) {
                    (Verdict::Contradicted, _) | (_, Verdict::Contradicted) => Verdict::Contradicted,
                    (Verdict::Proven, _) | (_, Verdict::Proven) => Verdict::Proven,
                    (_, other) => other,
                };
            }
        }
        let findings = findings::collect(document, figures, &self.entries, &missing_rows, contrary, shares);
        let by_place = document.tables.iter().enumerate().map(|(table, typed)| {
            let rows = typed.rows.iter().enumerate();
            rows.map(|(row, typed)| {
                (0..typed.amounts.len()).map(|amount| verdicts[figures.at(table, row, amount)]).collect()
            })
            .collect()
        });
        Checks {
            verdicts: by_place.collect(),
            exact: self.entries.iter().filter(|entry| entry.result.outcome == Outcome::Exact).count(),
            inexact: findings::inexact(figures, &self.entries),
            findings,
        }
    }
}
