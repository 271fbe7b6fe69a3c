//! The rows of a body without vertical rulings.

use super::{Chunk, Kind, column_of};

/// What starts rows in different columns of one row is level within this share of the smallest row.
const LEVEL: f32 = 0.6;

/// A row: its stretch of y and what stands in it.
#[derive(Debug)]
pub(super) struct Row<'c> {
    pub top: f32,
    pub bottom: f32,
    pub chunks: Vec<&'c Chunk>,
}

/// Sorts the chunks of a body into rows.
pub(super) fn find<'c>(body: &'c [Chunk], xs: &[f32], rulings: &[f32], em: f32) -> Option<Vec<Row<'c>>> {
    let top = body.iter().map(|chunk| chunk.bbox.y0).fold(f32::INFINITY, f32::min);
    let bottom = body.iter().map(|chunk| chunk.bbox.y1).fold(f32::NEG_INFINITY, f32::max);
    let anchors = anchors(body, xs, em);
    let bounds = match bands(rulings, top, bottom) {
        Some(bands) if (bands.len() - 1) * 5 >= anchors.len() * 3 => bands,
        _ => between(&anchors, top, bottom),
    };
    let mut rows: Vec<Row> = bounds.windows(2).map(|b| Row { top: b[0], bottom: b[1], chunks: Vec::new() }).collect();
    for chunk in body {
        let y = chunk.bbox.center_y();
        let row = rows.iter().position(|row| y < row.bottom).unwrap_or(rows.len().checked_sub(1)?);
        rows[row].chunks.push(chunk);
    }
    Some(rows)
}

/// Boundaries from horizontal rulings, if there are any below the first line of the body.
fn bands(rulings: &[f32], top: f32, bottom: f32) -> Option<Vec<f32>> {
    let mut bounds: Vec<f32> = rulings.iter().copied().filter(|y| top < *y && *y < bottom).collect();
    if bounds.is_empty() {
        return None;
    }
    let above = rulings.iter().copied().filter(|y| *y <= top).fold(f32::NEG_INFINITY, f32::max);
    let below = rulings.iter().copied().filter(|y| *y >= bottom).fold(f32::INFINITY, f32::min);
    bounds.insert(0, if above.is_finite() { above } else { top - 2.0 });
    bounds.push(if below.is_finite() { below } else { bottom + 2.0 });
    Some(bounds)
}

/// The heights of the rows' middles, from what starts them.
fn anchors(body: &[Chunk], xs: &[f32], em: f32) -> Vec<f32> {
    let mut starts: Vec<(f32, usize)> = body
        .iter()
        .filter(|chunk| chunk.kind != Kind::Words)
        .map(|chunk| (chunk.bbox.center_y(), column_of(chunk, xs)))
        .collect();
    starts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let level = LEVEL * pitch(&starts, xs.len()).unwrap_or(1.4 * em);
    let mut clusters: Vec<Vec<(f32, usize)>> = Vec::new();
    for start in starts {
        match clusters.last_mut() {
            Some(cluster)
                if start.0 - cluster[0].0 < level && !cluster.iter().any(|(_, column)| *column == start.1) =>
            {
                cluster.push(start)
            }
            _ => clusters.push(vec![start]),
        }
    }
    let mut anchors: Vec<f32> =
        clusters.iter().map(|cluster| cluster.iter().map(|(y, _)| y).sum::<f32>() / cluster.len() as f32).collect();
    // Words far from every anchor are rows that neither code nor figure marks.
    for chunk in body.iter().filter(|chunk| chunk.kind == Kind::Words) {
        let y = chunk.bbox.center_y();
        if anchors.iter().all(|anchor| (anchor - y).abs() > 1.8 * em.max(level)) {
            anchors.push(y);
            anchors.sort_by(f32::total_cmp);
        }
    }
    anchors
}

/// The smallest usual distance of rows: in the column that starts most rows, the distance that a fifth
/// of them fall below.
fn pitch(starts: &[(f32, usize)], columns: usize) -> Option<f32> {
    let fullest = (0..columns).max_by_key(|c| starts.iter().filter(|(_, column)| column == c).count())?;
    let ys: Vec<f32> = starts.iter().filter(|(_, column)| *column == fullest).map(|(y, _)| *y).collect();
    let mut gaps: Vec<f32> = ys.windows(2).map(|pair| pair[1] - pair[0]).filter(|gap| *gap > 1.0).collect();
    gaps.sort_by(f32::total_cmp);
    gaps.get(gaps.len() / 5).copied()
}

/// Boundaries midway between anchors.
fn between(anchors: &[f32], top: f32, bottom: f32) -> Vec<f32> {
    let mut bounds = vec![top - 2.0];
    bounds.extend(anchors.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0));
    bounds.push(bottom + 2.0);
    bounds
}
