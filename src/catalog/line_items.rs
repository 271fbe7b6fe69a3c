//! The rows of summary tables (收入支出总表, 财政拨款收支总表): what a label
//! such as 本年收入合计 or 上年结转 stands for.
//!
//! Summary tables have no codes, and every province words them differently;
//! `data/line_items.toml` gives each row a stable key and lists its names. The
//! ordinal before a name (一、) numbers the rows of one document only and is
//! never looked at. Some names occur in several blocks of a table (总计 in both
//! halves, 其他支出 in three classifications), so the block is asked for.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::subjects::System;
use super::text::{fold, without_ordinals};

/// What kind of money a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Income of the year (收入).
    Income,
    /// Expenditure of the year (支出).
    Expenditure,
    /// Money of earlier years used or carried in (年初结转和结余).
    BalanceIn,
    /// Money distributed or carried out (年末结转和结余).
    BalanceOut,
    /// A sum of other rows (合计, 总计).
    Total,
}

/// The two halves of a summary table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// Where the money comes from (收入), on the left.
    Income,
    /// Where it goes (支出).
    Expenditure,
}

/// The block of a side-by-side table in which a label stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Block {
    /// The income half.
    Income,
    /// A block of the expenditure half. Its classification, where the header
    /// tells it, decides on names that several classifications have.
    Expenditure(Option<System>),
}

/// A row of a summary table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineItem {
    /// The stable name used in output.
    pub key: String,
    /// What kind of money it is about.
    pub side: Side,
    /// The half of the table it stands in.
    pub half: Half,
    /// The subject code, if the row stands for a class (类).
    pub code: Option<String>,
    /// The names it has been printed with, without ordinals.
    pub names: Vec<String>,
}

impl LineItem {
    /// The classification the row belongs to, if it stands for a class.
    pub fn system(&self) -> Option<System> {
        self.code.as_deref().and_then(System::of_code)
    }

    fn stands_in(&self, block: Block) -> bool {
        match block {
            Block::Income => self.half == Half::Income,
            Block::Expenditure(system) => {
                self.half == Half::Expenditure
                    && (system.is_none() || self.system().is_none() || self.system() == system)
            }
        }
    }
}

/// All rows of summary tables.
#[derive(Debug)]
pub struct LineItems {
    items: Vec<LineItem>,
    by_name: HashMap<String, Vec<usize>>,
}

impl LineItems {
    /// The table compiled in, parsed at first use.
    ///
    /// # Panics
    ///
    /// If the compiled-in table is broken, which a test rules out.
    pub fn standard() -> &'static LineItems {
        static STANDARD: LazyLock<LineItems> = LazyLock::new(|| {
            LineItems::parse(include_str!("data/line_items.toml"))
                .unwrap_or_else(|error| panic!("catalog/data/line_items.toml: {error}"))
        });
        &STANDARD
    }

    /// Reads a table of `[[item]]` entries.
    pub fn parse(table: &str) -> Result<LineItems, String> {
        let file: File = toml::from_str(table).map_err(|error| error.to_string())?;
        let items: Vec<LineItem> = file.item.into_iter().map(line_item).collect::<Result<_, _>>()?;
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, item) in items.iter().enumerate() {
            for name in &item.names {
                by_name.entry(fold(name)).or_default().push(index);
            }
        }
        Ok(LineItems { items, by_name })
    }

    /// All items, in the order of a printed table.
    pub fn iter(&self) -> impl Iterator<Item = &LineItem> {
        self.items.iter()
    }

    /// The item with this key.
    pub fn get(&self, key: &str) -> Option<&LineItem> {
        self.items.iter().find(|item| item.key == key)
    }

    /// The item of a label that is folded and has lost its ordinal.
    ///
    /// Of several items of the block the first in the table is meant: in T4 the
    /// second 一般公共预算财政拨款, under 年初财政拨款结转和结余, is known by its
    /// place only, see [`find_all`](LineItems::find_all). Without a block a
    /// name of both halves (总计) is not found.
    pub fn find(&self, label: &str, block: Option<Block>) -> Option<&LineItem> {
        let mut found = self.find_all(label, block);
        let first = found.next()?;
        found.all(|item| item.half == first.half).then_some(first)
    }

    /// All items a folded label without ordinal may mean, in table order.
    pub fn find_all(&self, label: &str, block: Option<Block>) -> impl Iterator<Item = &LineItem> {
        let found = self.by_name.get(label).into_iter().flatten();
        found.map(|&index| &self.items[index]).filter(move |item| block.is_none_or(|block| item.stands_in(block)))
    }

    /// The item of a label as printed: `一、 一般公共预算财政拨款收入`.
    pub fn find_printed(&self, label: &str, block: Option<Block>) -> Option<&LineItem> {
        let folded = fold(label);
        self.find(without_ordinals(&folded), block)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    item: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    key: String,
    side: Side,
    half: Option<Half>,
    code: Option<String>,
    names: Vec<String>,
}

fn line_item(entry: Entry) -> Result<LineItem, String> {
    let Entry { key, side, half, code, names } = entry;
    let half = match (side, half) {
        (Side::Income | Side::BalanceIn, None) => Half::Income,
        (Side::Expenditure | Side::BalanceOut, None) => Half::Expenditure,
        (Side::Total, Some(half)) => half,
        (Side::Total, None) => return Err(format!("{key}: a total needs a half")),
        (_, Some(_)) => return Err(format!("{key}: only totals have a half")),
    };
    if let Some(code) = code.as_deref().filter(|code| System::of_code(code).is_none()) {
        return Err(format!("{key}: {code:?} is no code"));
    }
    if names.is_empty() {
        return Err(format!("{key}: no names"));
    }
    Ok(LineItem { key, side, half, code, names })
}
