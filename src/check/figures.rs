//! The printed amounts of a document in one list, made comparable: in yuan where their unit is money.

use super::{Outcome, Place};
use crate::catalog::units;
use crate::table::{AmountState, Table};
use rust_decimal::Decimal;

/// A printed amount.
#[derive(Debug)]
pub(super) struct Figure {
    /// Where it stands.
    pub place: Place,
    /// The value in yuan (in the printed unit where that is no money); zero where nothing is printed.
    pub value: Decimal,
    /// Half a unit of its last printed digit, as `value`; zero where nothing is printed.
    pub half_digit: Decimal,
    /// What one of the printed unit counts for.
    pub factor: Decimal,
    /// Whether a figure is printed.
    pub printed: bool,
    /// Whether what is printed can be read as a figure, or as none.
    pub readable: bool,
    /// Whether its unit is known.
    pub unit_known: bool,
}

/// A sum that should come out as nothing: the whole with a minus, its parts with a plus.
pub(super) type Terms = Vec<(usize, i8)>;

/// All amounts of a document, in reading order.
#[derive(Debug)]
pub(super) struct Figures {
    list: Vec<Figure>,
    /// Index of the first amount of each row, by table and row.
    first: Vec<Vec<usize>>,
}

/// How a sum came out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Result {
    /// Parts less whole, as [`Figure::value`].
    pub difference: Decimal,
    /// What rounding may explain.
    pub bound: Decimal,
    pub outcome: Outcome,
}

impl Figures {
    pub fn collect(tables: &[Table]) -> Figures {
        let mut list = Vec::new();
        let mut first = Vec::with_capacity(tables.len());
        for (table_index, table) in tables.iter().enumerate() {
            let shared = table.unit.as_deref().and_then(units::yuan);
            let own: Vec<Option<Decimal>> = (0..table.columns.len())
                .map(|column| table.columns[column].header.iter().rev().find_map(|label| units::own_unit(label)))
                .map(|unit| unit.map(|unit| units::yuan(unit).unwrap_or(Decimal::ONE)))
                .collect();
            let mut rows = Vec::with_capacity(table.rows.len());
            for (row_index, row) in table.rows.iter().enumerate() {
                rows.push(list.len());
                let row_unit = row.name_raw.as_deref().and_then(units::own_unit);
                let row_unit = row_unit.map(|unit| units::yuan(unit).unwrap_or(Decimal::ONE));
                for (amount_index, cell) in row.amounts.iter().enumerate() {
                    let own = own.get(cell.column).copied().flatten().or(row_unit);
                    let factor = own.or(shared);
                    let unit_known = factor.is_some();
                    let factor = factor.unwrap_or(Decimal::ONE);
                    let amount = &cell.amount;
                    let value = amount.value.and_then(|value| value.checked_mul(factor));
                    let nothing = matches!(amount.state, AmountState::Blank | AmountState::Dash) || amount.raw == "无";
                    let digit = amount.value.map(|value| Decimal::new(5, value.scale() + 1));
                    list.push(Figure {
                        place: Place { table: table_index, row: row_index, amount: amount_index },
                        value: value.unwrap_or_default(),
                        half_digit: digit.and_then(|digit| digit.checked_mul(factor)).unwrap_or_default(),
                        factor,
                        printed: value.is_some(),
                        readable: value.is_some() || nothing,
                        unit_known,
                    });
                }
            }
            first.push(rows);
        }
        Figures { list, first }
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn get(&self, figure: usize) -> &Figure {
        &self.list[figure]
    }

    /// The figure of an amount cell.
    pub fn at(&self, table: usize, row: usize, amount: usize) -> usize {
        self.first[table][row] + amount
    }

    /// Adds up; `None` where there is nothing to learn: all zeros, or a term that cannot be read.
    pub fn add_up(&self, terms: &[(usize, i8)]) -> Option<Result> {
        let (mut sum, mut bound) = (Decimal::ZERO, Decimal::ZERO);
        let mut trivial = true;
        for (figure, sign) in terms {
            let figure = &self.list[*figure];
            if !figure.readable {
                return None;
            }
            trivial &= figure.value.is_zero();
            let change = if *sign < 0 { sum.checked_sub(figure.value) } else { sum.checked_add(figure.value) };
            sum = change?;
            bound = bound.checked_add(figure.half_digit)?;
        }
        if trivial {
            return None;
        }
        let outcome = if sum.is_zero() {
            Outcome::Exact
        } else if sum.abs() <= bound {
            Outcome::Rounding
        } else {
            Outcome::Mismatch
        };
        Some(Result { difference: sum, bound, outcome })
    }
}
