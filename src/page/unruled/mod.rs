//! Tables without (vertical) rulings: columns and rows from the text itself.
//!
//! Columns are what the gutters leave between them: stretches of x that no row of the body prints in.
//! Columns whose body is empty are known by their header alone. Rows are anchored by what starts a row
//! (codes, ordinals, figures, totals); horizontal rulings, where there are any, decide instead. The
//! result is a [`Grid`] like one that was ruled, marked as inferred.

mod header;
mod rows;

use super::excess::MAX_WORDS;
use super::{Cell, Grid, Line, Word};
use crate::catalog::figures;
use crate::catalog::sums;
use crate::catalog::text::{fold, is_ideograph, ordinal};
use crate::geometry::Rect;

/// Words closer than this (in em) on one line are one chunk.
const CHUNK: f32 = 0.6;
/// Amounts and words of neighbouring columns may run into each other by this (in em).
const TOUCH: f32 = 0.3;
/// The characters of a label are spaced out by at most this (in em).
const SPACED: f32 = 6.0;
/// A gutter is at least this wide (in em).
const GUTTER: f32 = 0.15;

/// Words of one line that stand together, in one cell if the table has cells.
#[derive(Clone, Debug)]
struct Chunk {
    bbox: Rect,
    text: String,
    kind: Kind,
    glyphs: usize,
    size: f32,
    /// The words it was joined from.
    words: Vec<Word>,
}

/// What a chunk is, by its characters.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// Figures alone: an amount, a code, a line number.
    Figure,
    /// Starts a row: an ordinal, or a name the catalogue knows.
    RowLabel,
    /// Sums up.
    Total,
    /// Other words.
    Words,
}

/// An inferred column: where its text stands.
#[derive(Clone, Copy, Debug)]
struct Column {
    x0: f32,
    x1: f32,
}

/// Words that tell more than their place does; in matching form.
pub struct KnownWords<'w> {
    /// Names that start a row wherever they stand.
    pub row_name: &'w dyn Fn(&str) -> bool,
    /// Whole labels of columns.
    pub label: &'w dyn Fn(&str) -> bool,
    /// Those of codes among them.
    pub code: &'w dyn Fn(&str) -> bool,
}

/// Infers the grid of a table from its lines, which hold nothing else. `rulings` are the heights of
/// horizontal lines among them; `like` the column boundaries of the same table on the page before;
/// `None` where the lines are no table.
pub fn infer_grid(lines: &[&Line], rulings: &[f32], like: Option<&[f32]>, words: &KnownWords) -> Option<Grid> {
    if lines.iter().map(|line| line.words.len()).sum::<usize>() > MAX_WORDS {
        return None;
    }
    let rows_of_chunks: Vec<Vec<Chunk>> = lines.iter().map(|line| chunks(line, words)).collect();
    let start = rows_of_chunks.iter().position(|line| starts_body(line)).unwrap_or(rows_of_chunks.len());
    let start = start - usize::from(wraps_around(&rows_of_chunks, start));
    let (head, body) = rows_of_chunks.split_at(start);
    // The row that numbers the columns is a row of its own between header and body.
    let (head, numbering) = match head.split_last() {
        Some((last, above)) if numbers_columns(last) => (above, last.as_slice()),
        _ => (head, [].as_slice()),
    };
    let body: Vec<Chunk> = body.iter().flatten().cloned().collect();
    if body.iter().filter(|chunk| chunk.kind != Kind::Words).count() == 0 {
        return None;
    }
    let em = median(body.iter().map(|chunk| chunk.size))?;
    let of_body = gutters(&body, em);
    let parts = head.iter().flatten().flat_map(|chunk| header::parted(chunk, &of_body, words.label));
    let head: Vec<Chunk> = parts.collect();
    let columns = match like {
        Some(bounds) if fits(&body, bounds) => bounds.windows(2).map(|b| Column { x0: b[0], x1: b[1] }).collect(),
        _ => {
            let lowest = header::lowest_labels(&head, words.label);
            let columns = join_indented(of_body, &body, &lowest);
            header::with_empty_columns(columns, &head, numbering, em, words.label)
        }
    };
    if columns.len() < 2 {
        return None;
    }
    let xs = match like {
        Some(bounds) if bounds.len() == columns.len() + 1 && fits(&body, bounds) => bounds.to_vec(),
        _ => boundaries(&columns, em),
    };
    let top = lines.first()?.bbox.y0 - 0.3 * em;
    let body_rows = rows::find(&body, &xs, rulings, em)?;
    let body_top = body_rows.first()?.top;
    let head_bottom = numbering.iter().map(|chunk| chunk.bbox.y0 - 1.0).fold(body_top, f32::min);
    let mut cells = header::cells(&head, &columns, &xs, (top, head_bottom), words);
    let head_rows = cells.iter().map(|cell| cell.row + cell.row_span).max().unwrap_or(0);
    let mut ys: Vec<f32> = (0..head_rows).map(|r| top + (head_bottom - top) * r as f32 / head_rows as f32).collect();
    if !numbering.is_empty() {
        ys.push(head_bottom);
        for column in 0..xs.len() - 1 {
            let bbox = Rect { x0: xs[column], y0: head_bottom, x1: xs[column + 1], y1: body_top };
            let inside: Vec<&Chunk> = numbering.iter().filter(|chunk| column_of(chunk, &xs) == column).collect();
            cells.push(cell(head_rows, column, 1, 1, bbox, &inside));
        }
    }
    let head_rows = head_rows + usize::from(!numbering.is_empty());
    ys.push(body_top);
    let lowest = header::lowest_labels(&head, words.label);
    let of_amounts: Vec<bool> = (0..columns.len())
        .map(|column| {
            let mut amounts = body.iter().filter(|chunk| chunk.kind == Kind::Figure && chunk.text.contains(['.', ',']));
            amounts.any(|chunk| column_of(chunk, &xs) == column)
        })
        .collect();
    for (index, row) in body_rows.iter().enumerate() {
        let mut inside: Vec<Vec<&Chunk>> = vec![Vec::new(); xs.len() - 1];
        for chunk in &row.chunks {
            inside[column_of(chunk, &xs)].push(chunk);
        }
        let mut column = 0;
        while column < inside.len() {
            let run = merged(&inside, column, &columns, &of_amounts, &lowest);
            let bbox = Rect { x0: xs[column], y0: row.top, x1: xs[run + 1], y1: row.bottom };
            let chunks: Vec<&Chunk> = inside[column..=run].concat();
            cells.push(cell(head_rows + index, column, 1, run - column + 1, bbox, &chunks));
            column = run + 1;
        }
        ys.push(row.bottom);
    }
    cells.sort_by_key(|cell| (cell.row, cell.column));
    let bbox = Rect { x0: xs[0], y0: ys[0], x1: xs[xs.len() - 1], y1: ys[ys.len() - 1] };
    Some(Grid { bbox, xs, ys, cells, inferred: true })
}

/// The last of the columns that a row's cell, beginning in a column, is merged over. Labels that sum up are
/// set in the middle of several columns, which are blank but for them.
fn merged(inside: &[Vec<&Chunk>], first: usize, columns: &[Column], of_amounts: &[bool], labels: &[Rect]) -> usize {
    let blank_before = |at: usize| inside[first..at].iter().all(Vec::is_empty);
    let Some(at) = (first..inside.len()).find(|&at| !inside[at].is_empty()).filter(|&at| blank_before(at)) else {
        return first;
    };
    let [total] = inside[at][..] else { return first };
    let at_the_left = (total.bbox.x0 - columns[at].x0).abs() < 0.7 * total.size;
    // Under the middle of its column's own label it stands in that column alone.
    let under_label = labels
        .iter()
        .any(|label| (label.center_x() - total.bbox.center_x()).abs() < 0.4 * total.size && label.x0 < columns[at].x1);
    if total.kind != Kind::Total || ((at_the_left || under_label) && !of_amounts[at]) {
        return first;
    }
    let furthest = (at + 1..inside.len()).take_while(|&next| inside[next].is_empty()).last().unwrap_or(at);
    // Words leave their columns blank to the right.
    let right = |last: usize| columns.get(last + 1).map_or(columns[last].x1, |next| next.x0);
    let away = |(from, to): (usize, usize)| ((columns[from].x0 + right(to)) / 2.0 - total.bbox.center_x()).abs();
    let runs = (0..=at).rev().take_while(|&from| inside[from..at].iter().all(Vec::is_empty));
    let runs = runs.flat_map(|from| (at..=furthest).map(move |to| (from, to)));
    let nearest = runs.clone().min_by(|&a, &b| away(a).total_cmp(&away(b))).unwrap_or((at, at));
    // From one filled cell to the next, if its middle is as near as can be told. Under a column of amounts no
    // label stands alone.
    let near = if of_amounts[at] { 4.0 } else { 1.5 };
    let whole = runs.max_by_key(|(from, to)| to - from).filter(|&run| away(run) < near * total.size);
    let best = whole.unwrap_or(nearest);
    let better = of_amounts[at] || away(best) + total.size < away((at, at));
    if best.0 == first && best.1 > first && better { best.1 } else { first }
}

/// Joins the words of a line that stand together. An amount and a name side by side are two chunks
/// however close they stand.
fn chunks(line: &Line, words: &KnownWords) -> Vec<Chunk> {
    let mut chunks: Vec<Chunk> = Vec::new();
    let mut before: Option<&Word> = None;
    for word in &line.words {
        let size = line.type_size.max(1.0);
        let gap = before.map_or(f32::INFINITY, |b| word.bbox.x0 - b.bbox.x1);
        let sign = |word: &Word| matches!(fold(&word.text).as_str(), "(" | ")" | "-");
        let close = gap < 0.2 * size;
        let signed = close && before.is_some_and(|b| (sign(b) && word.figure) || (b.figure && sign(word)));
        let amount = |word: &Word| is_amount(word) || (!close && stands_alone(word));
        let apart = !signed && before.is_none_or(|b| (amount(b) || amount(word)) && b.figure != word.figure);
        let both_figures = before.is_some_and(|b| b.figure && word.figure) && gap > 0.2 * size;
        match chunks.last_mut() {
            Some(chunk) if gap <= CHUNK * size && !apart && !both_figures => {
                chunk.bbox = chunk.bbox.union(&word.bbox);
                if gap > 0.5 * size {
                    chunk.text.push(' ');
                }
                chunk.text.push_str(&word.text);
                chunk.glyphs += word.glyph_count;
                chunk.words.push(word.clone());
            }
            _ => chunks.push(Chunk {
                bbox: word.bbox,
                text: word.text.clone(),
                kind: Kind::Words,
                glyphs: word.glyph_count,
                size,
                words: vec![word.clone()],
            }),
        }
        before = Some(word);
    }
    let mut chunks = join_spaced(chunks, words.label);
    for chunk in &mut chunks {
        chunk.kind = kind(&chunk.text, words.row_name);
    }
    chunks
}

/// Joins short labels that are spaced out to fill their cells: 项　目, 合　计, 预　算　数.
fn join_spaced(chunks: Vec<Chunk>, is_label: &dyn Fn(&str) -> bool) -> Vec<Chunk> {
    let single = |chunk: &Chunk| {
        let mut characters = chunk.text.chars();
        characters.next().filter(|_| characters.next().is_none()).is_some_and(is_ideograph)
    };
    let mut joined: Vec<Chunk> = Vec::with_capacity(chunks.len());
    let mut rest = chunks.as_slice();
    while let Some(first) = rest.first() {
        let near = |pair: &[Chunk]| pair[1].bbox.x0 - pair[0].bbox.x1 < SPACED * pair[0].size;
        let run = 1 + rest.windows(2).take_while(|pair| single(&pair[0]) && single(&pair[1]) && near(pair)).count();
        let text = |length: usize| fold(&rest[..length].iter().map(|chunk| chunk.text.as_str()).collect::<String>());
        // The levels of a code head columns of their own.
        let levels = |text: &str| text.chars().all(|c| matches!(c, '类' | '款' | '项'));
        let word = |length: &usize| is_label(&text(*length)) && !levels(&text(*length));
        let length = (2..=run).rev().find(word).unwrap_or(1);
        let mut whole = first.clone();
        for chunk in &rest[1..length] {
            whole.bbox = whole.bbox.union(&chunk.bbox);
            whole.text.push_str(&chunk.text);
            whole.glyphs += chunk.glyphs;
            whole.words.extend_from_slice(&chunk.words);
        }
        joined.push(whole);
        rest = &rest[length..];
    }
    joined
}

/// An amount has a decimal point or thousands separators; a bare number may be part of words.
fn is_amount(word: &Word) -> bool {
    figures::is_amount(&fold(&word.text))
}

/// A figure that fills a cell where it does not join words: a dash or a nought in place of an amount, a code.
fn stands_alone(word: &Word) -> bool {
    let text = fold(&word.text);
    figures::is_dash(&text) || text == "0" || figures::is_code(&text)
}

fn kind(text: &str, is_row_name: &dyn Fn(&str) -> bool) -> Kind {
    let folded = fold(text);
    if folded.contains(|c: char| c.is_ascii_digit())
        && folded.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | '-' | '(' | ')' | '%'))
    {
        return Kind::Figure;
    }
    if folded == "-" || folded == "--" {
        return Kind::Figure;
    }
    // Set in the middle of several columns, it says nothing of columns.
    if sums::ends_as_sum(&folded) {
        return Kind::Total;
    }
    let named =
        ordinal(&folded).is_some_and(|(_, rest)| !rest.is_empty()) || is_row_name(&folded) || folded.starts_with('[');
    if named { Kind::RowLabel } else { Kind::Words }
}

/// Does a line belong to the body? Figures (other than the numbers of columns) or the label of a row
/// make it so; a label that might as well head a column does not.
fn starts_body(line: &[Chunk]) -> bool {
    if line.iter().any(|chunk| chunk.kind == Kind::Figure) {
        return !numbers_columns(line);
    }
    line.first().is_some_and(|first| {
        let folded = fold(&first.text);
        ordinal(&folded).is_some_and(|(_, rest)| !rest.is_empty()) || folded.starts_with('[')
    }) || (line.len() == 1 && line[0].kind == Kind::Total)
}

/// Is the line above the first row of the body the beginning of that row's name, which wraps around it: words
/// alone, as far above as more words stand below?
fn wraps_around(lines: &[Vec<Chunk>], start: usize) -> bool {
    let Some([above, row, below]) = start.checked_sub(1).and_then(|from| lines.get(from..from + 3)) else {
        return false;
    };
    let ([above], [below], Some(first)) = (&above[..], &below[..], row.first()) else { return false };
    let words = |chunk: &Chunk| matches!(chunk.kind, Kind::Words | Kind::RowLabel);
    let off = (above.bbox.center_y() + below.bbox.center_y()) / 2.0 - first.bbox.center_y();
    let near = first.bbox.center_y() - above.bbox.center_y() < 1.2 * above.size;
    words(above)
        && words(below)
        && (above.bbox.x0 - below.bbox.x0).abs() < above.size
        && off.abs() < 0.3 * above.size
        && near
}

/// Is this the row that numbers the columns (栏次 1 2 3 …)? Its figures count up, in each half of the
/// table on.
fn numbers_columns(line: &[Chunk]) -> bool {
    let figures: Vec<Option<u32>> =
        line.iter().filter(|chunk| chunk.kind == Kind::Figure).map(|chunk| chunk.text.parse().ok()).collect();
    let words = line.iter().filter(|chunk| chunk.kind != Kind::Figure);
    let named =
        words.clone().count() > 0 && words.clone().all(|chunk| fold(&chunk.text) == "栏次" || chunk.text.contains('*'));
    let counting = figures.windows(2).all(|pair| matches!(pair, [Some(a), Some(b)] if *b == a + 1));
    let from_one = figures.first().is_some_and(|first| first.is_some_and(|first| first <= 2));
    counting && from_one && (named || (words.count() == 0 && figures.len() > 2))
}

/// The columns of the body: what is printed, projected on x, cut at the gutters. Amounts and words do not share a
/// column, so between them no gutter is needed.
fn gutters(body: &[Chunk], em: f32) -> Vec<Column> {
    let mut chunks: Vec<&Chunk> = body.iter().filter(|chunk| chunk.kind != Kind::Total).collect();
    chunks.sort_by(|a, b| a.bbox.x0.total_cmp(&b.bbox.x0));
    // Each column with what stands in it.
    let mut columns: Vec<(Column, Vec<&Chunk>)> = Vec::new();
    for chunk in chunks {
        let near = |column: &Column, inside: &[&Chunk]| {
            let apart = is_amount_text(chunk) != inside.iter().all(|other| is_amount_text(other))
                && inside.iter().all(|other| is_amount_text(other) != is_amount_text(chunk));
            let gutter = if apart { -TOUCH } else { GUTTER };
            chunk.bbox.x0 - column.x1 < gutter * em
        };
        match columns.last_mut() {
            Some((column, inside)) if near(column, inside) => {
                column.x1 = column.x1.max(chunk.bbox.x1);
                inside.push(chunk);
            }
            _ => columns.push((Column { x0: chunk.bbox.x0, x1: chunk.bbox.x1 }, vec![chunk])),
        }
    }
    columns.into_iter().flat_map(|(column, inside)| split_by_right_edges(column, &inside, em)).collect()
}

/// Joins the columns under one label of which no row fills more than one: codes and names indented by level.
fn join_indented(columns: Vec<Column>, body: &[Chunk], labels: &[Rect]) -> Vec<Column> {
    let over = |label: &Rect, column: &Column| label.x1.min(column.x1) > label.x0.max(column.x0);
    let inside =
        |chunk: &Chunk, column: &Column| column.x0 <= chunk.bbox.center_x() && chunk.bbox.center_x() <= column.x1;
    let mut joined: Vec<Column> = Vec::new();
    for column in columns {
        let one_label = |last: &Column| {
            let mut own = labels.iter().filter(|label| over(label, last) || over(label, &column));
            own.next().is_some_and(|label| over(label, last) && over(label, &column)) && own.next().is_none()
        };
        let by_turns = |last: &Column| {
            let mut of_last = body.iter().filter(|chunk| inside(chunk, last));
            !of_last.any(|one| {
                let level = |other: &Chunk| (other.bbox.center_y() - one.bbox.center_y()).abs() < 0.5 * one.size;
                body.iter().any(|other| inside(other, &column) && level(other))
            })
        };
        match joined.last_mut() {
            Some(last) if one_label(last) && by_turns(last) => last.x1 = column.x1,
            _ => joined.push(column),
        }
    }
    joined
}

/// An amount, or the dash in place of one.
fn is_amount_text(chunk: &Chunk) -> bool {
    chunk.kind == Kind::Figure && (chunk.text.contains(['.', ',']) || !chunk.text.contains(|c: char| c.is_numeric()))
}

/// Amounts set to the right edges of their columns tell these apart where long ones leave no gutter.
fn split_by_right_edges(column: Column, inside: &[&Chunk], em: f32) -> Vec<Column> {
    if !inside.iter().all(|chunk| is_amount_text(chunk)) {
        return vec![column];
    }
    let mut sorted = inside.to_vec();
    sorted.sort_by(|a, b| a.bbox.x1.total_cmp(&b.bbox.x1));
    let mut parts: Vec<Column> = Vec::new();
    for chunk in sorted {
        match parts.last_mut() {
            Some(part) if chunk.bbox.x1 - part.x1 < 0.5 * em => {
                part.x0 = part.x0.min(chunk.bbox.x0);
                part.x1 = part.x1.max(chunk.bbox.x1);
            }
            _ => parts.push(Column { x0: chunk.bbox.x0, x1: chunk.bbox.x1 }),
        }
    }
    let apart = parts.windows(2).all(|pair| pair[1].x0 > pair[0].x1 - TOUCH * em);
    if apart { parts } else { vec![column] }
}

/// Do the chunks lie within given boundaries, but for a few that touch them?
fn fits(body: &[Chunk], bounds: &[f32]) -> bool {
    let crosses = |chunk: &&Chunk| {
        chunk.kind != Kind::Total
            && bounds[1..bounds.len() - 1].iter().any(|x| chunk.bbox.x0 + 2.0 < *x && *x < chunk.bbox.x1 - 2.0)
    };
    let (first, last) = (bounds[0], bounds[bounds.len() - 1]);
    let outside = |chunk: &&Chunk| chunk.bbox.center_x() < first - 5.0 || chunk.bbox.center_x() > last + 5.0;
    let misfits = body.iter().filter(|chunk| crosses(chunk) || outside(chunk)).count();
    misfits * 20 <= body.len()
}

/// Boundaries in the middle of the gutters.
fn boundaries(columns: &[Column], em: f32) -> Vec<f32> {
    let mut xs = Vec::with_capacity(columns.len() + 1);
    xs.push(columns[0].x0 - 0.5 * em);
    xs.extend(columns.windows(2).map(|pair| (pair[0].x1 + pair[1].x0) / 2.0));
    xs.push(columns[columns.len() - 1].x1 + 0.5 * em);
    xs
}

/// The column most of a chunk stands in.
fn column_of(chunk: &Chunk, xs: &[f32]) -> usize {
    let shared = |c: usize| chunk.bbox.x1.min(xs[c + 1]) - chunk.bbox.x0.max(xs[c]);
    (0..xs.len() - 1).max_by(|&a, &b| shared(a).total_cmp(&shared(b))).unwrap_or(0)
}

/// A cell with the chunks in it, from top to bottom and left to right.
fn cell(row: usize, column: usize, row_span: usize, column_span: usize, bbox: Rect, chunks: &[&Chunk]) -> Cell {
    let mut lines: Vec<Vec<&Chunk>> = Vec::new();
    let mut sorted = chunks.to_vec();
    sorted.sort_by(|a, b| a.bbox.y1.total_cmp(&b.bbox.y1));
    for chunk in sorted {
        match lines.last_mut() {
            Some(line) if chunk.bbox.y1 - line[0].bbox.y1 < 0.5 * chunk.size => line.push(chunk),
            _ => lines.push(vec![chunk]),
        }
    }
    let mut text = String::new();
    for line in &mut lines {
        line.sort_by(|a, b| a.bbox.x0.total_cmp(&b.bbox.x0));
        for (index, chunk) in line.iter().enumerate() {
            if index > 0 {
                text.push(' ');
            }
            text.push_str(&chunk.text);
        }
    }
    Cell {
        row,
        column,
        row_span,
        column_span,
        bbox,
        text,
        ink: Rect::around(chunks.iter().map(|chunk| chunk.bbox)).unwrap_or(Rect { x1: bbox.x0, y1: bbox.y0, ..bbox }),
        start: lines.first().and_then(|line| line.first()).map_or(bbox.x0, |chunk| chunk.bbox.x0),
        line_count: lines.len(),
        glyph_count: chunks.iter().map(|chunk| chunk.glyphs).sum(),
        type_size: chunks.iter().map(|chunk| chunk.size).fold(0.0, f32::max),
    }
}

fn median(values: impl Iterator<Item = f32>) -> Option<f32> {
    let mut sorted: Vec<f32> = values.collect();
    sorted.sort_by(f32::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}
