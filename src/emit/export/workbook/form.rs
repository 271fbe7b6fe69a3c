//! The sheet of a form: a row for each printed row, a column for each column key, in yuan.

use super::super::super::sheets::Sheet;
use super::super::cells::Cell;
use super::leaf::{Book, Heading, Leaf, MOST_ROWS, Place};
use crate::catalog::forms::Form;
use crate::catalog::keys;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;

/// What labels a row: columns of the amounts, and their headings.
const LABELS: &[(&str, &str, f64)] = &[
    ("document", "文档", 24.0),
    ("department", "部门", 22.0),
    ("unit_name", "单位", 22.0),
    ("fiscal_year", "年度", 8.0),
    ("table_title", "表", 20.0),
    ("page", "页", 6.0),
    ("line_no", "行次", 6.0),
    ("code", "科目编码", 12.0),
    ("name", "科目名称或项目", 30.0),
];

/// The column keys that occur in each form.
#[derive(Default)]
pub(super) struct Occurring(BTreeMap<String, BTreeSet<String>>);

impl Occurring {
    /// Takes note of an amount.
    pub(super) fn note(&mut self, amount: &Amount<'_>) {
        let (Some(form), Some(key)) = (amount.text("table_id"), amount.text("column_key")) else { return };
        if !self.0.get(form).is_some_and(|keys| keys.contains(key)) {
            self.0.entry(form.to_owned()).or_default().insert(key.to_owned());
        }
    }

    /// Those of a form, in the order of columns.
    pub(super) fn keys(&self, form: &Form) -> Vec<String> {
        let mut keys: Vec<String> = self.0.get(&form.id).into_iter().flatten().cloned().collect();
        keys::sort(&mut keys);
        keys
    }
}

/// A row of the amounts, by the names of its columns.
pub(super) struct Amount<'a> {
    pub(super) cells: &'a [Cell<'a>],
}

impl<'a> Amount<'a> {
    fn cell(&self, name: &str) -> Cell<'a> {
        self.cells.get(Sheet::Amounts.schema().position(name)).copied().unwrap_or(Cell::Null)
    }

    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.cell(name).text()
    }

    /// The table and row it stands in, from 1.
    pub(super) fn row(&self) -> Option<(i64, i64)> {
        self.cell("table_index").integer().zip(self.cell("row_index").integer())
    }
}

/// The sheet of a form.
pub(super) struct FormSheet {
    pub(super) leaf: Leaf,
    columns: HashMap<String, u16>,
}

impl FormSheet {
    pub(super) fn new(form: &Form, keys: Vec<String>) -> FormSheet {
        let labels =
            LABELS.iter().map(|(name, label, width)| Heading { label: format!("{label}\n{name}"), width: *width });
        let amounts = keys.iter().map(|key| {
            let label = keys::meaning(key).map_or_else(|| key.clone(), |meaning| meaning.zh);
            Heading { label: format!("{label}（元）\n{key}"), width: 18.0 }
        });
        let leaf = Leaf::new(&form.name, labels.chain(amounts).collect(), MOST_ROWS);
        let first = u16::try_from(LABELS.len()).unwrap_or(u16::MAX);
        FormSheet { leaf, columns: keys.into_iter().zip(first..).collect() }
    }

    /// The column of a key; where there is none, that of the row's name.
    pub(super) fn column(&self, key: Option<&str>) -> u16 {
        let name = LABELS.len().saturating_sub(1);
        key.and_then(|key| self.columns.get(key).copied()).unwrap_or(u16::try_from(name).unwrap_or(0))
    }

    /// Begins a row by the labels of its first amount.
    pub(super) fn begin_row(&mut self, amount: &Amount<'_>, book: &mut Book) -> io::Result<Place> {
        let labels: Vec<Cell<'_>> = LABELS.iter().map(|(name, ..)| amount.cell(name)).collect();
        self.leaf.write_row(book, &labels)?;
        Ok(self.leaf.place())
    }

    /// Writes an amount into the row that was begun: a number where it is in yuan, else what is printed.
    pub(super) fn write_amount(&mut self, amount: &Amount<'_>, book: &Book) -> io::Result<()> {
        let Some(column) = amount.text("column_key").and_then(|key| self.columns.get(key).copied()) else {
            return Ok(());
        };
        let contradicted = amount.text("verdict") == Some("contradicted");
        let raw = amount.text("raw_text").unwrap_or_default();
        match (amount.cell("value_yuan"), amount.cell("value"), amount.text("unit")) {
            (Cell::Decimal(yuan), ..) => self.leaf.set_figure(column, yuan, contradicted, book),
            (_, Cell::Decimal(_), Some(unit)) => self.leaf.set(column, Cell::Text(&format!("{raw} {unit}")), book),
            (_, Cell::Decimal(_), None) => self.leaf.set(column, Cell::Text(&format!("{raw}（单位不明）")), book),
            _ if raw.is_empty() => Ok(()),
            _ => self.leaf.set(column, Cell::Text(raw), book),
        }
    }
}
