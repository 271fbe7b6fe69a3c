//! The header above a body without vertical rulings: which words head a column, which head several.
//!
//! Labels of single columns stand lowest; a label above them heads a run of columns whose own labels stand
//! below it. A label with no other above it is set level with the middle of the whole header, so levels are
//! told by how far below the upper label the lower ones stand.

use super::{Chunk, Column, Kind, KnownWords, cell};
use crate::catalog::text::fold;
use crate::geometry::Rect;
use crate::page::{Cell, Word};

/// Lines of one label follow each other within this (in em).
const LEADING: f32 = 1.7;
/// Labels are level within this (in em).
const LEVEL: f32 = 0.25;
/// Labels may stand off the middle of their columns by this together (in em) where the labels below repeat.
const OFF_MIDDLE: f32 = 6.0;
/// What stands lower than the middle by this share of the height is under another label.
const HALF_WAY: f32 = 0.09;

/// A chunk of the header in its parts: labels that fill their columns stand wall to wall, and are told from each other by
/// the gutters below them.
pub(super) fn parted(chunk: &Chunk, columns: &[Column], is_label: &dyn Fn(&str) -> bool) -> Vec<Chunk> {
    let one = |text: &str| text.chars().nth(1).is_none();
    let in_gutter = |pair: &[Word]| {
        let x = (pair[0].bbox.x1 + pair[1].bbox.x0) / 2.0;
        let gutter = columns.windows(2).any(|columns| columns[0].x1 <= x && x <= columns[1].x0);
        gutter && !one(&pair[0].text) && !one(&pair[1].text)
    };
    if is_label(&fold(&chunk.text)) {
        return vec![chunk.clone()];
    }
    let of_words = |words: &[Word]| Chunk {
        bbox: Rect::around(words.iter().map(|word| word.bbox)).unwrap_or(chunk.bbox),
        text: words.iter().map(|word| word.text.as_str()).collect(),
        glyphs: words.iter().map(|word| word.glyph_count).sum(),
        words: words.to_vec(),
        ..*chunk
    };
    let mut parts = Vec::new();
    let mut start = 0;
    for (index, pair) in chunk.words.windows(2).enumerate() {
        if in_gutter(pair) {
            parts.push(of_words(&chunk.words[start..=index]));
            start = index + 1;
        }
    }
    if start == 0 { vec![chunk.clone()] } else { parts.into_iter().chain([of_words(&chunk.words[start..])]).collect() }
}

/// Fits the columns of the body to the header and to the row that numbers them, from left to right: each column
/// has one lowest label, and a label without a column is one that is empty in the body.
pub(super) fn with_empty_columns(
    columns: Vec<Column>,
    head: &[Chunk],
    numbering: &[Chunk],
    em: f32,
    is_label: &dyn Fn(&str) -> bool,
) -> Vec<Column> {
    let numbers = numbering.iter().filter(|chunk| chunk.kind == Kind::Figure).map(|chunk| chunk.bbox).collect();
    // The numbers mark the columns of amounts one by one; then the labels mark those of words as well.
    let columns = matched(columns, numbers, em);
    matched(columns, lowest_labels(head, is_label), em)
}

/// Matches marks with columns in their order, as near as can be.
fn matched(columns: Vec<Column>, mut marks: Vec<Rect>, em: f32) -> Vec<Column> {
    /// What it costs that a mark has no column, that a column has no mark, that one stands beside the other, in em.
    const NEW: f32 = 2.5;
    const BARE: f32 = 7.0;
    const BESIDE: f32 = 1.5;
    /// The last of both belong together however far apart: a label in the middle, figures at the right edge.
    const FURTHEST: f32 = 9.0;
    if marks.is_empty() {
        return columns;
    }
    marks.sort_by(|a, b| a.center_x().total_cmp(&b.center_x()));
    let apart = |mark: &Rect, column: &Column| {
        let gap = (column.x0 - mark.x1).max(mark.x0 - column.x1);
        if gap > 0.0 { BESIDE + gap / em } else { 0.0 }
    };
    let (m, n) = (marks.len(), columns.len());
    // The least cost of the first marks and columns, and whether a mark, a column or both come last.
    let mut cost = vec![vec![(f32::INFINITY, Step::Both); n + 1]; m + 1];
    cost[0][0].0 = 0.0;
    for i in 0..=m {
        for j in 0..=n {
            let mut best = cost[i][j];
            if i > 0 && j > 0 {
                let most = if (i, j) == (m, n) { FURTHEST } else { f32::INFINITY };
                let apart = apart(&marks[i - 1], &columns[j - 1]).min(most);
                best = cheaper(best, (cost[i - 1][j - 1].0 + apart, Step::Both));
            }
            if i > 0 {
                best = cheaper(best, (cost[i - 1][j].0 + NEW, Step::Mark));
            }
            if j > 0 {
                best = cheaper(best, (cost[i][j - 1].0 + BARE, Step::Column));
            }
            cost[i][j] = best;
        }
    }
    let (mut i, mut j) = (m, n);
    // Each with the column of the body that it is, if there is one.
    let mut fitted: Vec<(Column, Option<Column>)> = Vec::with_capacity(n);
    while i > 0 || j > 0 {
        match cost[i][j].1 {
            Step::Both => {
                (i, j) = (i - 1, j - 1);
                let (mark, column) = (&marks[i], &columns[j]);
                fitted.push((Column { x0: column.x0.min(mark.x0), x1: column.x1.max(mark.x1) }, Some(*column)));
            }
            Step::Mark => {
                i -= 1;
                fitted.push((Column { x0: marks[i].x0, x1: marks[i].x1 }, None));
            }
            Step::Column => {
                j -= 1;
                fitted.push((columns[j], Some(columns[j])));
            }
        }
    }
    fitted.reverse();
    // A mark without a column and a column without a mark come in either order.
    for index in 1..fitted.len() {
        if fitted[index].0.x1 <= fitted[index - 1].0.x0 {
            fitted.swap(index - 1, index);
        }
    }
    // Labels run over their columns now and then, and over several: columns do not.
    for index in 1..fitted.len() {
        let ((left, of_left), (right, of_right)) = (fitted[index - 1], fitted[index]);
        if right.x0 < left.x1 {
            let (from, to) = (of_left.unwrap_or(left), of_right.unwrap_or(right));
            let middle = (right.x0 + left.x1) / 2.0;
            let cuts = (of_left.is_some() && middle < from.x1) || (of_right.is_some() && middle > to.x0);
            let middle = if cuts && from.x1 < to.x0 { (from.x1 + to.x0) / 2.0 } else { middle };
            fitted[index - 1].0.x1 = middle.max(left.x0);
            fitted[index].0.x0 = middle.min(right.x1);
        }
    }
    fitted.into_iter().map(|(column, _)| column).collect()
}

fn cheaper(one: (f32, Step), other: (f32, Step)) -> (f32, Step) {
    if other.0 < one.0 { other } else { one }
}

/// What comes last where marks and columns are matched.
#[derive(Clone, Copy)]
enum Step {
    Mark,
    Column,
    Both,
}

/// The boxes of the labels that have none below them.
pub(super) fn lowest_labels(head: &[Chunk], is_label: &dyn Fn(&str) -> bool) -> Vec<Rect> {
    let labels = stacked(head, is_label);
    let top = labels.iter().map(|label| label.bbox.y0).fold(f32::INFINITY, f32::min);
    let bottom = labels.iter().map(|label| label.bbox.y1).fold(f32::NEG_INFINITY, f32::max);
    let high = (top + bottom) / 2.0 - HALF_WAY * (bottom - top);
    let is_under = |other: &Label, label: &Label| other.bbox.y0 > label.bbox.center_y() + 0.3 * label.chunks[0].size;
    let overlapped = |label: &Label| {
        let across = |other: &Label| other.bbox.x1.min(label.bbox.x1) - other.bbox.x0.max(label.bbox.x0) > 0.0;
        labels.iter().any(|other| is_under(other, label) && across(other))
    };
    let heads: Vec<bool> = labels.iter().map(overlapped).collect();
    let is_lowest = |(label, is_head): &(&Label, &bool)| {
        let under = || labels.iter().filter(|other| is_under(other, label)).map(|other| other.bbox);
        let left = under().filter(|other| other.x1 <= label.bbox.x0).max_by(|a, b| a.x1.total_cmp(&b.x1));
        let right = under().filter(|other| other.x0 >= label.bbox.x1).min_by(|a, b| a.x0.total_cmp(&b.x0));
        let (Some(left), Some(right)) = (left, right) else { return !**is_head };
        // One that is set between the two labels it heads …
        let (y, size) = (label.bbox.center_y(), label.chunks[0].size);
        let level = |other: &&Label| (other.bbox.center_y() - y).abs() <= LEVEL * size;
        let alone = labels.iter().filter(level).filter(|other| left.x1 <= other.bbox.x0 && other.bbox.x1 <= right.x0);
        let amid = ((left.center_x() + right.center_x()) / 2.0 - label.bbox.center_x()).abs() < 0.5 * size;
        // … level with others that stand right above theirs.
        let row_of_heads = || labels.iter().zip(&heads).any(|(other, head)| *head && level(&other));
        let in_a_row_of_heads = amid && alone.count() == 1 && row_of_heads();
        !(**is_head || y < high || in_a_row_of_heads)
    };
    labels.iter().zip(&heads).filter(is_lowest).map(|(label, _)| label.bbox).collect()
}

fn overlaps(column: &Column, ink: &Rect) -> bool {
    ink.x1.min(column.x1) - ink.x0.max(column.x0) > 0.0
}

/// A label of the header: its lines and the columns it heads.
#[derive(Debug)]
struct Label<'c> {
    chunks: Vec<&'c Chunk>,
    bbox: Rect,
    first: usize,
    last: usize,
}

impl Label<'_> {
    fn covers(&self, column: usize) -> bool {
        (self.first..=self.last).contains(&column)
    }

    fn text(&self) -> String {
        self.chunks.iter().map(|chunk| fold(&chunk.text)).collect()
    }
}

/// The header's cells, in rows from 0; `top` and `bottom` bound it in y.
pub(super) fn cells(
    head: &[Chunk],
    columns: &[Column],
    xs: &[f32],
    (top, bottom): (f32, f32),
    words: &KnownWords,
) -> Vec<Cell> {
    let mut labels = labels(head, columns, words.label);
    widen(&mut labels, columns, words.code);
    spread(&mut labels, columns);
    // The row of a label is the number of labels above it in any of its columns.
    labels.sort_by(|a, b| a.bbox.y0.total_cmp(&b.bbox.y0));
    let mut rows: Vec<usize> = Vec::with_capacity(labels.len());
    for (index, label) in labels.iter().enumerate() {
        let above = (0..index).filter(|&other| {
            labels[other].first <= label.last
                && label.first <= labels[other].last
                && labels[other].bbox.center_y() < label.bbox.y0
        });
        rows.push(above.map(|other| rows[other] + 1).max().unwrap_or(0));
    }
    let count = rows.iter().map(|row| row + 1).max().unwrap_or(0);
    let y = |row: usize| top + (bottom - top) * row as f32 / count.max(1) as f32;
    labels
        .iter()
        .zip(&rows)
        .map(|(label, &row)| {
            // A label reaches down to the one below it.
            let below = labels.iter().zip(&rows).filter(|(other, other_row)| {
                **other_row > row && other.first <= label.last && label.first <= other.last
            });
            let end = below.map(|(_, row)| *row).min().unwrap_or(count);
            let bbox = Rect { x0: xs[label.first], y0: y(row), x1: xs[label.last + 1], y1: y(end) };
            cell(row, label.first, end - row, label.last - label.first + 1, bbox, &label.chunks)
        })
        .collect()
}

/// The labels of the header with the columns they stand over.
fn labels<'c>(head: &'c [Chunk], columns: &[Column], is_label: &dyn Fn(&str) -> bool) -> Vec<Label<'c>> {
    let mut labels = stacked(head, is_label);
    for label in &mut labels {
        let over: Vec<usize> = (0..columns.len()).filter(|&c| overlaps(&columns[c], &label.bbox)).collect();
        let x = label.bbox.center_x();
        let away = |c: usize| (columns[c].x0.max(x.min(columns[c].x1)) - x).abs();
        let nearest = (0..columns.len()).min_by(|&a, &b| away(a).total_cmp(&away(b))).unwrap_or(0);
        label.first = over.first().copied().unwrap_or(nearest);
        label.last = over.last().copied().unwrap_or(label.first);
    }
    labels
}

/// Gathers the lines of each label: one below the other, about the same middle or from the same left edge.
fn stacked<'c>(head: &'c [Chunk], is_label: &dyn Fn(&str) -> bool) -> Vec<Label<'c>> {
    let mut sorted: Vec<&Chunk> = head.iter().collect();
    sorted.sort_by(|a, b| a.bbox.center_y().total_cmp(&b.bbox.center_y()));
    let mut stacks: Vec<Label> = Vec::new();
    for chunk in sorted {
        let continues = |label: &&mut Label| {
            let aligned = (label.bbox.center_x() - chunk.bbox.center_x()).abs() < 0.6 * chunk.size
                || (label.bbox.x0 - chunk.bbox.x0).abs() < 0.3 * chunk.size;
            let gap = chunk.bbox.center_y() - label.bbox.y1;
            aligned
                && gap < (LEADING - 0.5) * chunk.size
                && chunk.bbox.center_y() > label.bbox.center_y() + 0.3 * chunk.size
        };
        match stacks.iter_mut().rev().find(continues) {
            Some(label) => {
                label.chunks.push(chunk);
                label.bbox = label.bbox.union(&chunk.bbox);
            }
            None => stacks.push(Label { chunks: vec![chunk], bbox: chunk.bbox, first: 0, last: 0 }),
        }
    }
    stacks.into_iter().flat_map(|stack| unstack(stack, head, is_label)).collect()
}

/// Parts a label from others that stand close above it. The lines of one label stand around the middle of its
/// cell, where labels of a single line stand in other columns; where there are none such, but labels level
/// with the lowest line and fewer level with the upper, the upper ones are labels of several columns.
fn unstack<'c>(stack: Label<'c>, head: &[Chunk], is_label: &dyn Fn(&str) -> bool) -> Vec<Label<'c>> {
    let mut parts = Vec::new();
    let mut rest = stack;
    while rest.chunks.len() > 1 {
        let level_with = |y: f32| {
            let others = head.iter().filter(|chunk| !rest.chunks.iter().any(|own| std::ptr::eq(*own, *chunk)));
            others.filter(|chunk| (chunk.bbox.center_y() - y).abs() <= LEVEL * chunk.size).count()
        };
        let y = |index: usize| rest.chunks[index].bbox.center_y();
        let last = rest.chunks.len() - 1;
        let around_the_middle = level_with((y(0) + y(last)) / 2.0) > 0;
        let joined = |chunks: &[&Chunk]| chunks.iter().map(|chunk| fold(&chunk.text)).collect::<String>();
        let known = |chunks: &[&Chunk]| is_label(&joined(chunks));
        let (all, several) = (known(&rest.chunks), known_parts(&rest.chunks, &known));
        // A label over the whole height may stand level with the middle of two labels, too.
        let whole = around_the_middle && (!known(&rest.chunks[1..]) || all);
        let apart = !whole && level_with(y(0)) < level_with(y(last));
        let upper = match several {
            Some(first) if !all => first,
            Some(_) if apart => 1,
            None if apart && !all => 1,
            _ => break,
        };
        let below = rest.chunks.split_off(upper);
        let chunks = std::mem::replace(&mut rest.chunks, below);
        let around = |chunks: &[&Chunk]| Rect::around(chunks.iter().map(|chunk| chunk.bbox));
        let bbox = around(&chunks).unwrap_or(rest.bbox);
        parts.push(Label { chunks, bbox, first: rest.first, last: rest.last });
        rest.bbox = around(&rest.chunks).unwrap_or(rest.bbox);
    }
    parts.push(rest);
    parts
}

/// Widens the label of a code over the columns beside it that no label stands over, where that leaves it nearer to the
/// middle: the parts of the code (类, 款, 项), whose own labels stand in the body.
fn widen(labels: &mut [Label], columns: &[Column], is_code: &dyn Fn(&str) -> bool) {
    /// 类, 款, 项.
    const PARTS: usize = 3;
    let mut bare: Vec<bool> = (0..columns.len()).map(|c| !labels.iter().any(|label| label.covers(c))).collect();
    let middle = |first: usize, last: usize| (columns[first].x0 + columns[last].x1) / 2.0;
    for label in labels.iter_mut().filter(|label| is_code(&label.text())) {
        let from = (0..label.first).rev().take(PARTS).take_while(|&c| bare[c]).last().unwrap_or(label.first);
        let to = (label.last + 1..columns.len()).take(PARTS).take_while(|&c| bare[c]).last().unwrap_or(label.last);
        let runs = (from..=label.first).flat_map(|first| (label.last..=to).map(move |last| (first, last)));
        let away = |&(first, last): &(usize, usize)| (middle(first, last) - label.bbox.center_x()).abs();
        let nearest = runs.clone().map(|run| away(&run)).fold(f32::INFINITY, f32::min);
        let near = runs.filter(|run| away(run) <= nearest + 0.5 * label.chunks[0].size);
        if let Some((first, last)) = near.max_by_key(|(first, last)| last - first) {
            (label.first, label.last) = (first, last);
            bare[first..=last].fill(false);
        }
    }
}

/// How many of the chunks are the first label, where they are several known ones, one below the other.
fn known_parts(chunks: &[&Chunk], known: &dyn Fn(&[&Chunk]) -> bool) -> Option<usize> {
    /// No label has more lines, and no header more levels.
    const MOST: usize = 12;
    if chunks.len() > MOST {
        return None;
    }
    let rest_is_known = |rest: &[&Chunk]| known(rest) || known_parts(rest, known).is_some();
    (1..chunks.len()).rev().find(|&first| known(&chunks[..first]) && rest_is_known(&chunks[first..]))
}

/// Spreads the labels above others over the columns they head.
fn spread(labels: &mut [Label], columns: &[Column]) {
    let count = columns.len();
    // The lowest label of each column.
    let lowest: Vec<Option<usize>> = (0..count)
        .map(|c| {
            let over = labels.iter().enumerate().filter(|(_, label)| label.covers(c));
            over.max_by(|a, b| a.1.bbox.center_y().total_cmp(&b.1.bbox.center_y())).map(|(index, _)| index)
        })
        .collect();
    let is_leaf: Vec<bool> = (0..labels.len()).map(|label| lowest.contains(&Some(label))).collect();
    let leaf_y: Vec<f32> =
        lowest.iter().map(|leaf| leaf.map_or(f32::NEG_INFINITY, |leaf| labels[leaf].bbox.center_y())).collect();
    let leaf_text: Vec<String> =
        lowest.iter().map(|leaf| leaf.map(|leaf| labels[leaf].text()).unwrap_or_default()).collect();
    // A lowest label that touches several columns heads the one it is nearest to.
    for (index, label) in labels.iter_mut().enumerate().filter(|(index, _)| is_leaf[*index]) {
        let own: Vec<usize> = (0..count).filter(|&c| lowest[c] == Some(index)).collect();
        let away = |c: usize| ((columns[c].x0 + columns[c].x1) / 2.0 - label.bbox.center_x()).abs();
        if let Some(nearest) = own.iter().copied().min_by(|&a, &b| away(a).total_cmp(&away(b)))
            && own.len() == 1
        {
            (label.first, label.last) = (nearest, nearest);
        }
    }
    let above: Vec<usize> = (0..labels.len()).filter(|&label| !is_leaf[label]).collect();
    let top = labels.iter().map(|label| label.bbox.y0).fold(f32::INFINITY, f32::min);
    let lowest = Lowest { y: leaf_y, text: leaf_text };
    spread_over((0, count.saturating_sub(1)), top, &above, labels, columns, &lowest);
}

/// The lowest label of each column.
struct Lowest {
    y: Vec<f32>,
    text: Vec<String>,
}

/// Spreads the labels above others within a run of columns, from a height downwards. A label that reaches over
/// the whole height stands in its middle; what stands lower is under another label.
fn spread_over(
    (first, last): (usize, usize),
    top: f32,
    above: &[usize],
    labels: &mut [Label],
    columns: &[Column],
    lowest: &Lowest,
) {
    let bottom = labels.iter().filter(|label| first <= label.first && label.last <= last);
    let bottom = bottom.map(|label| label.bbox.y1).fold(f32::NEG_INFINITY, f32::max);
    // Between the text of two rows there is twice the room between text and ruling.
    let next = labels.iter().filter(|label| first <= label.first && label.last <= last && label.bbox.y0 >= top);
    let gap = next.map(|label| label.bbox.y0 - top).fold(f32::INFINITY, f32::min);
    let middle = (top + bottom + if gap.is_finite() { gap } else { 0.0 }) / 2.0;
    let inside = |labels: &[Label], label: usize, from: usize, to: usize| {
        let (x, size) = (labels[label].bbox.center_x(), labels[label].chunks[0].size);
        columns[from].x0 - size < x && x < columns[to].x1 + size && labels[label].bbox.y0 >= top - 1.0
    };
    let under = |c: usize| lowest.y[c] > middle + HALF_WAY * (bottom - top);
    let mut start = first;
    while start <= last {
        if !under(start) {
            start += 1;
            continue;
        }
        let end = (start..=last).take_while(|&c| under(c)).last().unwrap_or(start);
        let within: Vec<usize> = above.iter().copied().filter(|&label| inside(labels, label, start, end)).collect();
        let y = within.iter().map(|&label| labels[label].bbox.center_y()).fold(f32::INFINITY, f32::min);
        let is_level = |label: &usize| labels[*label].bbox.center_y() - y <= 0.5 * labels[*label].chunks[0].size;
        let (mut level, deeper): (Vec<usize>, Vec<usize>) = within.into_iter().partition(is_level);
        level.sort_by(|&a, &b| labels[a].bbox.center_x().total_cmp(&labels[b].bbox.center_x()));
        if !level.is_empty() {
            let parts = divide(&level, start, end, labels, columns, &lowest.text);
            for (&label, part) in level.iter().zip(parts) {
                (labels[label].first, labels[label].last) = part;
                let below = labels[label].bbox.y1;
                spread_over(part, below, &deeper, labels, columns, lowest);
            }
        }
        start = end + 1;
    }
}

/// Divides a run of columns among the labels above it: so that each stands over the middle of its part, the
/// parts beginning alike where the labels below repeat (项目, 行次, 金额, 项目, 行次, 金额).
fn divide(
    over: &[usize],
    start: usize,
    end: usize,
    labels: &[Label],
    columns: &[Column],
    leaf_text: &[String],
) -> Vec<(usize, usize)> {
    let middle = |first: usize, last: usize| (columns[first].x0 + columns[last].x1) / 2.0;
    // The cuts among some columns that leave the labels nearest to the middles of their parts, and how near.
    let best_of = |candidates: &[usize]| {
        let mut best: (f32, Vec<usize>) = (f32::INFINITY, Vec::new());
        try_cuts(over.len().saturating_sub(1), 0, candidates, &mut Vec::new(), &mut |cuts| {
            let firsts = std::iter::once(start).chain(cuts.iter().copied());
            let lasts = cuts.iter().map(|cut| cut - 1).chain(std::iter::once(end));
            let away = |(label, (first, last)): (&usize, (usize, usize))| {
                (middle(first, last) - labels[*label].bbox.center_x()).abs()
            };
            let cost: f32 = over.iter().zip(firsts.zip(lasts)).map(away).sum();
            if cost < best.0 {
                best = (cost, cuts.to_vec());
            }
        });
        best
    };
    let all: Vec<usize> = (start + 1..=end).collect();
    let repeats: Vec<usize> = all.iter().copied().filter(|&c| leaf_text[c] == leaf_text[start]).collect();
    let (nearest, repeating) = (best_of(&all), best_of(&repeats));
    let em = over.first().map_or(0.0, |&label| labels[label].chunks[0].size);
    let (_, cuts) = if repeating.0 <= nearest.0 + OFF_MIDDLE * em { repeating } else { nearest };
    let firsts = std::iter::once(start).chain(cuts.iter().copied());
    let lasts = cuts.iter().map(|cut| cut - 1).chain(std::iter::once(end));
    firsts.zip(lasts).collect()
}

/// Tries all ascending choices of `count` cuts. Headers have few labels level with one another.
fn try_cuts(count: usize, from: usize, candidates: &[usize], cuts: &mut Vec<usize>, seen: &mut impl FnMut(&[usize])) {
    const MOST: usize = 4;
    if count == 0 {
        return seen(cuts);
    }
    for index in from..candidates.len() {
        cuts.push(candidates[index]);
        if count <= MOST {
            try_cuts(count - 1, index + 1, candidates, cuts, seen);
        }
        cuts.pop();
    }
}
