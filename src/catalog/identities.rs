//! The arithmetic of the published tables (`data/identities.toml`): which columns, subtotals and tables
//! must agree.

use super::text::fold;
use serde::Deserialize;
use std::sync::LazyLock;

/// All identities.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identities {
    /// Labels put before the keys of columns.
    pub prefixes: Vec<String>,
    /// Labels put behind the keys of columns.
    pub suffixes: Vec<String>,
    /// Wholes and parts among the columns of a row.
    #[serde(rename = "partition")]
    pub partitions: Vec<Partition>,
    /// Other sums among the columns of a row.
    #[serde(rename = "balance")]
    pub balances: Vec<Balance>,
    /// Named subtotals of classes.
    #[serde(rename = "subtotal")]
    pub subtotals: Vec<Subtotal>,
    /// What must agree between tables, or between the halves of one.
    pub across: Vec<Across>,
}

/// A column that is the sum of others.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partition {
    /// Stable id.
    pub id: String,
    /// The question the parts answer; of several entries for one whole and view, a table follows one.
    pub view: String,
    /// The key of the whole.
    pub whole: String,
    /// The keys of the parts.
    pub parts: Vec<String>,
    /// Whether the whole may be left blank where its parts are printed.
    #[serde(default)]
    pub may_be_blank: bool,
    /// In words.
    pub says: String,
}

/// A column that is a sum with signs; `{}` in keys stands for any key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Balance {
    /// Stable id.
    pub id: String,
    /// The key on the left.
    pub whole: String,
    /// What is added.
    pub plus: Vec<String>,
    /// What is taken away.
    pub minus: Vec<String>,
    /// In words.
    pub says: String,
}

/// A row that sums up named classes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subtotal {
    /// Stable id.
    pub id: String,
    /// Its names.
    pub names: Vec<String>,
    /// The codes of the classes.
    pub classes: Vec<String>,
    /// In words.
    pub says: String,
}

/// How binding an identity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Where it fails, the report contradicts itself.
    Law,
    /// Proves where it holds, says nothing where it does not.
    Repeat,
    /// The left is at most the right: proves nothing, and where it fails the report contradicts itself.
    AtMost,
}

/// Two figures that must agree.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Across {
    /// Stable id.
    pub id: String,
    /// How binding it is.
    pub rule: Rule,
    /// One figure.
    pub left: Reference,
    /// The other.
    pub right: Reference,
    /// In words.
    pub says: String,
}

/// Which figures: `form[row].column`, alternatives separated by `|`.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Reference {
    /// Ids of forms.
    pub forms: Vec<String>,
    /// The rows.
    pub rows: Vec<RowReference>,
    /// Column keys, the first that the table has counts.
    pub columns: Vec<String>,
}

/// Which rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowReference {
    /// The row 合计 or 总计, or the row that heads all others.
    Total,
    /// As `Total`; where the table prints none, the sum of all classes.
    Grand,
    /// Every class (类) of the functional classification, compared class by class.
    Classes,
    /// Every subject code, compared code by code.
    Codes,
    /// The only row of a table of named figures.
    Single,
    /// The row whose name ends the text before a figure (sentences only).
    Named,
    /// The row with this folded name.
    Name(String),
    /// A line item by its key.
    Item(String),
}

impl TryFrom<String> for Reference {
    type Error = String;

    fn try_from(text: String) -> Result<Reference, String> {
        Reference::parse(&text)
    }
}

impl Reference {
    /// Reads `form[row].column`.
    pub fn parse(text: &str) -> Result<Reference, String> {
        let broken = || format!("{text:?} is not of the shape form[row].column");
        let (forms, rest) = text.split_once('[').ok_or_else(broken)?;
        let (rows, columns) = rest.split_once("].").ok_or_else(broken)?;
        let list = |text: &str| text.split('|').map(str::to_owned).collect::<Vec<_>>();
        let row = |row: &str| match row {
            "total" => RowReference::Total,
            "grand" => RowReference::Grand,
            "class" => RowReference::Classes,
            "code" => RowReference::Codes,
            "single" => RowReference::Single,
            "named" => RowReference::Named,
            name if name.starts_with("name:") => RowReference::Name(fold(&name["name:".len()..])),
            key => RowReference::Item(key.to_owned()),
        };
        Ok(Reference { forms: list(forms), rows: rows.split('|').map(row).collect(), columns: list(columns) })
    }
}

impl Identities {
    /// The identities compiled in.
    ///
    /// # Panics
    ///
    /// If the compiled-in file is broken, which a test rules out.
    pub fn standard() -> &'static Identities {
        static STANDARD: LazyLock<Identities> = LazyLock::new(|| {
            let mut read: Identities = toml::from_str(include_str!("data/identities.toml"))
                .unwrap_or_else(|error| panic!("catalog/data/identities.toml: {error}"));
            for name in read.subtotals.iter_mut().flat_map(|subtotal| &mut subtotal.names) {
                *name = fold(name);
            }
            read
        });
        &STANDARD
    }

    /// The subtotal with this folded name.
    pub fn subtotal(&self, name: &str) -> Option<&Subtotal> {
        self.subtotals.iter().find(|subtotal| subtotal.names.iter().any(|known| known == name))
    }
}
