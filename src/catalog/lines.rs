//! Patterns of the lines around tables and on covers (`data/lines.toml`).

use regex::Regex;
use serde::Deserialize;
use std::sync::LazyLock;

/// The patterns of one kind of line; they see the line in its matching form ([`super::text::fold`]).
pub struct Patterns(Vec<Regex>);

impl Patterns {
    /// Does one of them match?
    pub fn matches(&self, folded: &str) -> bool {
        self.0.iter().any(|pattern| pattern.is_match(folded))
    }

    /// The group `value` of the first that matches.
    pub fn value<'t>(&self, folded: &'t str) -> Option<&'t str> {
        self.captures(folded)?.name("value").map(|found| found.as_str())
    }

    /// The groups of the first that matches.
    pub fn captures<'t>(&self, folded: &'t str) -> Option<regex::Captures<'t>> {
        self.0.iter().find_map(|pattern| pattern.captures(folded))
    }
}

/// All kinds of lines.
pub struct Lines {
    /// The unit of a table's amounts.
    pub unit: Patterns,
    /// Whom a table is about.
    pub department: Patterns,
    /// A year on a line of its own or between the two.
    pub year: Patterns,
    /// A note under a table.
    pub note: Patterns,
    /// A page number.
    pub page_number: Patterns,
    /// An entry of a table of contents.
    pub contents: Patterns,
    /// The cell beside which a form names the department.
    pub form_department: Patterns,
    /// The department on a cover.
    pub cover_department: Patterns,
    /// The unit on a cover.
    pub cover_unit: Patterns,
    /// The title on a cover: name, year, level and kind.
    pub cover_title: Patterns,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    unit: Vec<String>,
    department: Vec<String>,
    year: Vec<String>,
    note: Vec<String>,
    page_number: Vec<String>,
    contents: Vec<String>,
    form_department: Vec<String>,
    cover_department: Vec<String>,
    cover_unit: Vec<String>,
    cover_title: Vec<String>,
}

static LINES: LazyLock<Lines> = LazyLock::new(|| {
    let data: Data = toml::from_str(include_str!("data/lines.toml")).expect("data/lines.toml is well formed");
    let compile = |patterns: Vec<String>| {
        Patterns(patterns.iter().map(|p| Regex::new(p).expect("data/lines.toml holds valid patterns")).collect())
    };
    Lines {
        unit: compile(data.unit),
        department: compile(data.department),
        year: compile(data.year),
        note: compile(data.note),
        page_number: compile(data.page_number),
        contents: compile(data.contents),
        form_department: compile(data.form_department),
        cover_department: compile(data.cover_department),
        cover_unit: compile(data.cover_unit),
        cover_title: compile(data.cover_title),
    }
});

/// The patterns.
pub fn lines() -> &'static Lines {
    &LINES
}
