//! Leaf columns: what each holds, the group it stands in, and the key of its amounts.

use super::BodyRow;
use super::amount::Amount;
use crate::catalog::columns::{LabelRole, amount_key, key_prefix, label_role, matching_path};
use crate::catalog::forms::Form;
use crate::catalog::text::fold;
use std::collections::HashSet;

/// A leaf column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The labels above it, top down, white space removed.
    pub header: Vec<String>,
    /// Its group: side-by-side tables (收入 | 支出) are groups of their own, from 1.
    pub group: usize,
    /// What it holds.
    pub role: Role,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Role {
    /// What labels the row.
    Label(LabelRole),
    /// Amounts; the key is `None` where the catalogue does not know the labels.
    Amount {
        /// The key in the catalogue.
        key: Option<String>,
    },
}

/// Types the columns by their labels and, where these are silent, by what stands in them.
pub(super) fn type_columns(paths: &[Vec<String>], body: &[BodyRow], form: Option<&Form>) -> Vec<Column> {
    let set = form.and_then(|form| form.columns.as_deref());
    let latest = paths.iter().filter_map(|path| year(path)).max();
    let mut columns: Vec<Column> = Vec::with_capacity(paths.len());
    let mut used: HashSet<(usize, String)> = HashSet::new();
    let mut group = 1;
    for (index, header) in paths.iter().enumerate() {
        let path = matching_path(header);
        let content = Content::of(body, index);
        let role = match label_role(&path) {
            // A label such as 项目 over figures only, or 说明 over amounts, is an amount after all.
            Some(role) if !content.is_figures() || holds_numbers(role) => Role::Label(role),
            Some(_) if set.is_none() => Role::Amount { key: None },
            _ if header.is_empty() && content.is_text() => Role::Label(LabelRole::Name),
            // An unknown label over words: with figures to its right it names rows, at the end it remarks.
            None if content.is_text() && amount_key(&path, set).is_none() => {
                let figures_follow = index + 1 < paths.len() && Content::of(body, index + 1).is_figures();
                Role::Label(if figures_follow { LabelRole::Name } else { LabelRole::Remark })
            }
            _ => Role::Amount { key: amount_key(&path, set) },
        };
        let starts_group = matches!(&role, Role::Label(role) if *role != LabelRole::Remark)
            && columns.last().is_some_and(|last| matches!(last.role, Role::Amount { .. }));
        if starts_group {
            group += 1;
        }
        let role = match role {
            Role::Amount { key: Some(key) } => {
                let key = match (year(header), latest) {
                    (Some(year), Some(latest)) if year < latest => format!("prior_year_{key}"),
                    _ => format!("{}{key}", key_prefix(&path)),
                };
                // Two columns of one group never share a key: the second is not understood.
                let key = used.insert((group, key.clone())).then_some(key);
                Role::Amount { key }
            }
            role => role,
        };
        columns.push(Column { header: header.clone(), group, role });
    }
    columns
}

/// Labels over which bare numbers stand.
fn holds_numbers(role: LabelRole) -> bool {
    matches!(
        role,
        LabelRole::Code | LabelRole::CodePart | LabelRole::UnitCode | LabelRole::LineNumber | LabelRole::Ordinal
    )
}

/// The year the labels name.
fn year(path: &[String]) -> Option<u16> {
    path.iter().find_map(|label| {
        let folded = fold(label);
        let year: u16 = folded.get(..4)?.parse().ok()?;
        (folded.get(4..)?.starts_with('年') && (2000..2100).contains(&year)).then_some(year)
    })
}

/// What stands in a column.
struct Content {
    figures: usize,
    texts: usize,
}

impl Content {
    fn of(body: &[BodyRow], column: usize) -> Content {
        let mut content = Content { figures: 0, texts: 0 };
        for text in body.iter().filter_map(|row| row.cells.get(column)).map(|cell| cell.text.trim()) {
            if text.is_empty() || matches!(text, "-" | "--" | "—" | "无" | "**") {
                continue;
            }
            if Amount::read(text).is_figure() {
                content.figures += 1;
            } else {
                content.texts += 1;
            }
        }
        content
    }

    fn is_figures(&self) -> bool {
        self.figures > 0 && self.texts * 4 <= self.figures
    }

    fn is_text(&self) -> bool {
        self.texts > self.figures
    }
}
