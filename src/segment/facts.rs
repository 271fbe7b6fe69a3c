//! What kind of report this is, of which year, by whom: read from the cover, then from the headings and
//! department lines of the tables, never from the file's name.

use super::TableSpan;
use super::roles::Role;
use crate::catalog::forms::ReportKind;
use crate::catalog::lines::lines;
use crate::catalog::regions::{Region, Regions};
use crate::catalog::text::{fold, printed, year};
use crate::page::Layout;
use serde::Serialize;
use std::collections::HashMap;

/// The cover is looked for on this many pages.
const COVER_PAGES: usize = 3;
/// A cover's title runs over at most this many lines.
const COVER_LINES: usize = 4;

/// What a report says about itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Facts {
    /// Budget or final account.
    pub report_kind: Option<ReportKind>,
    /// A whole department or one unit.
    pub report_level: Option<ReportLevel>,
    /// The year the figures are for.
    pub fiscal_year: Option<u16>,
    /// The department as printed, white space removed.
    pub department: Option<String>,
    /// The unit as printed, where the report is one unit's.
    pub unit: Option<String>,
    /// The region whose department or unit it is, as their names or the cover's title begin.
    pub region: Option<Region>,
}

/// Whom a report covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReportLevel {
    /// 部门: a department with all its units.
    Department,
    /// 单位: one unit.
    Unit,
}

/// What a cover's title says.
#[derive(Debug, Default)]
struct Cover {
    name: Option<String>,
    year: Option<u16>,
    level: Option<ReportLevel>,
    kind: Option<ReportKind>,
    department: Option<String>,
    unit: Option<String>,
    region: Option<Region>,
}

/// Budget or final account? The cover says it; else most headings do; else most of the text.
pub(super) fn report_kind(layouts: &[Layout], roles: &[Vec<Role>]) -> Option<ReportKind> {
    cover(layouts).kind.or_else(|| {
        let mut votes = (0, 0);
        for role in roles.iter().flatten() {
            if let Role::Title(title) = role {
                votes.0 += usize::from(title.tags.contains("budget"));
                votes.1 += usize::from(title.tags.contains("final"));
            }
        }
        if votes == (0, 0) {
            for line in layouts.iter().flat_map(|layout| &layout.lines) {
                votes.0 += line.text.matches("预算").count();
                votes.1 += 2 * line.text.matches("决算").count();
            }
        }
        match votes {
            (0, 0) => None,
            (budget, settled) if settled > budget => Some(ReportKind::Final),
            _ => Some(ReportKind::Budget),
        }
    })
}

/// All facts.
pub(super) fn read(layouts: &[Layout], tables: &[TableSpan], kind: Option<ReportKind>) -> Facts {
    let cover = cover(layouts);
    let heading_year = most_frequent(
        tables.iter().filter_map(|table| crate::catalog::titles::read(&table.title).and_then(|title| title.year)),
    );
    let table_name = most_frequent(tables.iter().filter_map(|table| table.department.clone()));
    let unit_titles = tables.iter().filter(|table| table.folded_title.contains("单位")).count();
    let level = cover.level.or(match (cover.unit.is_some(), tables.is_empty()) {
        (true, _) => Some(ReportLevel::Unit),
        (false, true) => None,
        (false, false) if unit_titles * 2 > tables.len() => Some(ReportLevel::Unit),
        (false, false) => Some(ReportLevel::Department),
    });
    let year = cover.year.or(heading_year).or_else(|| line_year(layouts)).or_else(|| header_year(layouts));
    let table_name = table_name.or_else(|| form_name(layouts));
    let (department, unit) = match level {
        Some(ReportLevel::Unit) => (cover.department, cover.unit.or(cover.name).or(table_name)),
        _ => (cover.department.or(cover.name).or(table_name), None),
    };
    let named = [&department, &unit].into_iter().flatten().find_map(|name| Regions::standard().of(name));
    let region = named.or(cover.region);
    Facts { report_kind: kind, report_level: level, fiscal_year: year, department, unit, region }
}

/// Reads the lines of the first pages, one by one and joined, until one is a cover's title.
fn cover(layouts: &[Layout]) -> Cover {
    let mut cover = Cover::default();
    for layout in layouts.iter().take(COVER_PAGES) {
        for (l, line) in layout.lines.iter().enumerate() {
            let folded = fold(&line.text);
            let value = |found: Option<&str>| found.map(|value| printed(&line.text, value)).filter(|v| !v.is_empty());
            // The line above a table names a department too, and a unit of amounts beside it.
            if lines().unit.value(&folded).is_none() {
                cover.department = cover.department.take().or_else(|| value(lines().cover_department.value(&folded)));
                cover.unit = cover.unit.take().or_else(|| value(lines().cover_unit.value(&folded)));
            }
            let rest = &layout.lines[l..];
            for length in 1..=COVER_LINES.min(rest.len()) {
                let text: String = rest[..length].iter().map(|line| line.text.as_str()).collect();
                if cover.kind.is_none() {
                    read_title(&text, &mut cover);
                }
            }
        }
        if cover.kind.is_some() {
            break;
        }
    }
    cover
}

/// Reads `X2024年度部门决算`, if that is what the text says.
fn read_title(text: &str, cover: &mut Cover) {
    let folded = fold(text);
    if folded.chars().count() > 60 || folded.contains(['。', ';']) {
        return;
    }
    let Some(found) = lines().cover_title.captures(&folded) else { return };
    let group = |name| found.name(name).map(|m| m.as_str());
    cover.kind = match group("kind") {
        Some("决算") => Some(ReportKind::Final),
        _ => Some(ReportKind::Budget),
    };
    cover.level = match group("level") {
        Some("单位") => Some(ReportLevel::Unit),
        Some("部门") => Some(ReportLevel::Department),
        _ => None,
    };
    cover.year = group("year").and_then(year);
    cover.region = Regions::standard().of(&folded);
    let named = |group: Option<&'_ str>| group.filter(|n| !n.is_empty()).map(str::to_string);
    let name = named(group("name")).or(named(group("owner")));
    // 「X(本级)2024年决算」 is of the head office alone, where no word says otherwise.
    if cover.level.is_none() && name.as_deref().is_some_and(|name| name.ends_with("(本级)") || name.ends_with("(机关)"))
    {
        cover.level = Some(ReportLevel::Unit);
    }
    cover.name = name.map(|name| printed(text, &name));
}

/// The year most lines of their own name: `(2026年度)` under a heading.
fn line_year(layouts: &[Layout]) -> Option<u16> {
    let texts = layouts.iter().flat_map(|layout| &layout.lines).map(|line| fold(&line.text));
    most_frequent(texts.filter_map(|text| lines().year.value(&text).and_then(|year| year.parse().ok())))
}

/// The name beside a cell 部门名称, as forms for performance targets have it.
fn form_name(layouts: &[Layout]) -> Option<String> {
    let names = layouts.iter().flat_map(|layout| &layout.grids).filter_map(|grid| {
        let label = grid.cells.iter().position(|cell| lines().form_department.matches(&fold(&cell.text)))?;
        let row = grid.cells[label].row;
        let name = grid.cells[label + 1..].iter().find(|cell| cell.row == row && cell.glyph_count > 0)?;
        Some(name.text.chars().filter(|c| !c.is_whitespace()).collect())
    });
    most_frequent(names)
}

/// The year most amounts' headers name (`2026年预算数`).
fn header_year(layouts: &[Layout]) -> Option<u16> {
    let years = layouts.iter().flat_map(|layout| &layout.grids).flat_map(|grid| &grid.cells).filter_map(|cell| {
        let folded = fold(&cell.text);
        let year: u16 = folded.get(..4)?.parse().ok()?;
        let rest = folded.get(4..)?;
        (rest.starts_with('年') && (rest.contains("预算") || rest.contains("决算"))).then_some(year)
    });
    most_frequent(years)
}

fn most_frequent<T: std::hash::Hash + Eq + Ord>(items: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: HashMap<T, usize> = HashMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    counts.into_iter().max_by(|(a, m), (b, n)| m.cmp(n).then_with(|| b.cmp(a))).map(|(item, _)| item)
}
