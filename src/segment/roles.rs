//! What each line of text outside the grids is: heading, unit line, note, furniture, contents, prose.

use crate::catalog::figures;
use crate::catalog::lines::lines;
use crate::catalog::text::{fold, printed};
use crate::catalog::titles::{self, Title};
use crate::page::{Layout, Line, Piece};
use std::collections::HashMap;

/// Furniture stands within this share of the page's height at its top or bottom.
const MARGIN: f32 = 0.13;
/// A line that comes back on this many pages at the same height is a running header or footer.
const RUNNING: usize = 3;
/// A page with this many headings and fewer grids is a table of contents.
const CONTENTS: usize = 4;

/// What a line is, before its neighbours are looked at.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Role {
    /// A table's heading.
    Title(Title),
    /// A table's number, alone.
    Number(String),
    /// Unit, department or year of a table, one or several of them.
    UnitLine { unit: Option<String>, department: Option<String>, number: Option<String> },
    /// A note under a table.
    Note,
    /// Page number, running header or footer.
    Furniture,
    /// An entry of a table of contents.
    Contents,
    /// In a grid that was inferred from the text.
    Tabled,
    /// Anything else.
    Prose,
}

/// The role of every line, by page and line.
pub(super) fn classify(layouts: &[Layout]) -> Vec<Vec<Role>> {
    let mut roles: Vec<Vec<Role>> =
        layouts.iter().map(|layout| layout.lines.iter().map(|line| role(line, layout)).collect()).collect();
    mark_running(layouts, &mut roles);
    for (layout, roles) in layouts.iter().zip(&mut roles) {
        mark_contents(layout, roles);
    }
    roles
}

/// The role of a line by its words alone.
fn role(line: &Line, layout: &Layout) -> Role {
    let known = lines();
    let folded = fold(&line.text);
    // Cells with a dash for nothing, side by side, are no leader.
    let dash = |piece: &Piece| figures::is_dash(&fold(&piece.text));
    if known.contents.matches(&folded) && !line.pieces.iter().any(dash) {
        return Role::Contents;
    }
    let in_margin = line.bbox.y1 < layout.height * MARGIN || line.bbox.y0 > layout.height * (1.0 - MARGIN);
    if in_margin && known.page_number.matches(&folded) {
        return Role::Furniture;
    }
    if let Some(number) = titles::number_alone(&line.text) {
        return Role::Number(number);
    }
    if let Some(title) = titles::read(&line.text) {
        return Role::Title(title);
    }
    if let Some(role) = unit_line(line) {
        return role;
    }
    if known.note.matches(&folded) {
        return Role::Note;
    }
    Role::Prose
}

/// Reads a line whose pieces are units, departments, years or numbers, one of these at least.
fn unit_line(line: &Line) -> Option<Role> {
    let pieces: Vec<&str> = line.pieces.iter().map(|piece| piece.text.as_str()).collect();
    let UnitLine { unit, department, number } = read_unit_line(&pieces)?;
    Some(Role::UnitLine { unit, department, number })
}

/// What the line between heading and grid says.
#[derive(Debug, Default)]
pub(super) struct UnitLine {
    pub unit: Option<String>,
    pub department: Option<String>,
    pub number: Option<String>,
}

/// Reads the pieces of such a line; `None` where one of them is something else.
pub(super) fn read_unit_line(pieces: &[&str]) -> Option<UnitLine> {
    let known = lines();
    let mut found = UnitLine::default();
    for piece in pieces {
        let folded = fold(piece);
        // Both in one piece, where the gap between them is narrow.
        let cut = ["金额单位", "单位:"].iter().find_map(|word| folded.rfind(word));
        let (front, back) = match cut {
            Some(cut) if cut > 0 && known.unit.value(&folded[cut..]).is_some() => folded.split_at(cut),
            _ => (folded.as_str(), ""),
        };
        found.unit = found.unit.or_else(|| known.unit.value(back).map(str::to_string));
        let front = front.trim_end_matches('(');
        if front.is_empty() {
            continue;
        }
        if let Some(value) = known.unit.value(front) {
            found.unit = Some(value.to_string());
        } else if let Some(value) = known.department.value(front) {
            found.department = Some(printed(piece, value));
        } else if let Some(value) = titles::number_alone(front) {
            found.number = Some(value);
        } else if !known.year.matches(front) {
            // The name itself may be cut from its label by a wide gap.
            match &mut found.department {
                Some(name) => name.push_str(&printed(piece, front)),
                None => return None,
            }
        }
    }
    found.department = found.department.filter(|name| !name.is_empty());
    (found.unit.is_some() || found.department.is_some() || found.number.is_some() || pieces.len() == 1).then_some(found)
}

/// Finds running headers and footers: the same words, figures aside, at the same height on several pages.
fn mark_running(layouts: &[Layout], roles: &mut [Vec<Role>]) {
    let key = |line: &Line| -> String { fold(&line.text).chars().filter(|c| !c.is_ascii_digit()).collect() };
    let margin = |line: &Line, layout: &Layout| {
        line.bbox.y1 < layout.height * MARGIN || line.bbox.y0 > layout.height * (1.0 - MARGIN)
    };
    let mut seen: HashMap<String, Vec<(usize, usize, f32)>> = HashMap::new();
    for (p, layout) in layouts.iter().enumerate() {
        for (l, line) in layout.lines.iter().enumerate() {
            if margin(line, layout) && matches!(roles[p][l], Role::Prose | Role::Note) && !is_row(line) {
                seen.entry(key(line)).or_default().push((p, l, line.bbox.center_y()));
            }
        }
    }
    for places in seen.into_values().filter(|places| places.len() >= RUNNING) {
        for &(p, l, y) in &places {
            let alike = places.iter().filter(|(_, _, other)| (other - y).abs() < 6.0).count();
            if alike >= RUNNING {
                roles[p][l] = Role::Furniture;
            }
        }
    }
}

/// Is this a row of a table: amounts, or a code, beside something else? Several tables may break at the same row.
fn is_row(line: &Line) -> bool {
    let figure = |piece: &Piece| {
        let text = fold(&piece.text);
        figures::is_amount(&text) || figures::is_code(&text)
    };
    line.pieces.len() > 1 && line.pieces.iter().any(figure)
}

/// On a page of contents the headings are entries, leaders or not.
fn mark_contents(layout: &Layout, roles: &mut [Role]) {
    let headings = roles.iter().filter(|role| matches!(role, Role::Title(_) | Role::Contents)).count();
    if headings >= CONTENTS && layout.grids.len() * 2 < headings {
        for role in roles.iter_mut().filter(|role| matches!(role, Role::Title(_))) {
            *role = Role::Contents;
        }
    }
}
