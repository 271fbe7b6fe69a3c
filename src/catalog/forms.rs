//! The standard tables (`data/forms.toml`): which headings mean them and how their rows and columns
//! are keyed.

use super::titles::Title;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// A table that departments publish in the same form.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Stable id, such as `final_income`.
    pub id: String,
    /// The Chinese name it usually has.
    pub name: String,
    /// What it is, in English.
    pub english: String,
    /// Tags a heading must have.
    when: Vec<String>,
    /// Tags a heading must not have.
    #[serde(default)]
    unless: Vec<String>,
    /// Whether its tags are enough, though other words of the heading are not known: for tables kept without typed
    /// meaning, whose headings name all sorts of projects.
    #[serde(default)]
    loose: bool,
    /// The axis of its rows.
    pub rows: RowAxis,
    /// The set of column keys, by name.
    #[serde(default)]
    pub columns: Option<String>,
    /// Whether it counts among the standard tables.
    #[serde(default = "yes")]
    pub standard: bool,
    /// Whether the same heading on the next page goes on with the table (otherwise it starts another).
    #[serde(default = "yes")]
    pub joins: bool,
}

fn yes() -> bool {
    true
}

/// What the rows of a form are keyed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowAxis {
    /// Subject codes by function (支出功能分类科目).
    Functional,
    /// Subject codes by economic nature (支出经济分类科目).
    Economic,
    /// Line items of a summary (项目).
    LineItems,
    /// One row of named figures.
    Items,
    /// No fixed axis.
    Free,
}

/// What a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReportKind {
    /// Budget, 预算.
    Budget,
    /// Final account, 决算.
    Final,
}

impl ReportKind {
    /// The tag of `titles.toml`.
    pub fn tag(self) -> &'static str {
        match self {
            ReportKind::Budget => "budget",
            ReportKind::Final => "final",
        }
    }
}

#[derive(Deserialize)]
struct Data {
    form: Vec<Form>,
}

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let data: Data = toml::from_str(include_str!("data/forms.toml")).expect("data/forms.toml is well formed");
    data.form
});

/// All forms, in the order in which they are tried.
pub fn all() -> &'static [Form] {
    &FORMS
}

/// The form a heading means. Where the heading does not say whether it is a budget or a final account,
/// the report's kind decides.
pub fn identify(title: &Title, report: Option<ReportKind>) -> Option<&'static Form> {
    let said = ["final", "budget"].iter().any(|kind| title.tags.contains(kind));
    let assumed = if said { None } else { report.map(ReportKind::tag) };
    let has = |tag: &String| title.tags.contains(tag.as_str()) || assumed == Some(tag.as_str());
    let fits = |form: &&Form| form.when.iter().all(has) && !form.unless.iter().any(has);
    FORMS.iter().filter(|form| title.understood || form.loose).find(fits)
}
