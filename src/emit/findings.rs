//! Findings in words, and as rows of `findings.csv`.

use super::guard::text;
use super::report::Entry;
use super::{header_path, tenth};
use crate::check::{Finding, FindingKind, Source};
use crate::table::Document;
use serde::Serialize;

/// A row of `findings.csv`.
#[derive(Serialize)]
pub(super) struct FindingRecord<'a> {
    #[serde(serialize_with = "text")]
    document: &'a str,
    document_id: Option<&'a str>,
    finding: usize,
    kind: FindingKind,
    source: Source,
    #[serde(serialize_with = "text")]
    message: String,
    page: usize,
    x0: f64,
    y0: f64,
    x1: f64,
    y1: f64,
    table_index: usize,
    table_id: Option<&'a str>,
    #[serde(serialize_with = "text")]
    table_title: Option<&'a str>,
    row_index: Option<usize>,
    #[serde(serialize_with = "text")]
    code: Option<&'a str>,
    #[serde(serialize_with = "text")]
    name: Option<&'a str>,
    column_index: Option<usize>,
    column_key: Option<&'a str>,
    #[serde(serialize_with = "text")]
    header_path: Option<String>,
    #[serde(serialize_with = "text")]
    printed: &'a str,
    #[serde(serialize_with = "text")]
    expected: Option<&'a str>,
    slip: Option<&'a str>,
    #[serde(serialize_with = "text")]
    identities: String,
    #[serde(serialize_with = "text")]
    differences: String,
}

/// The rows of a document.
pub(super) fn records(entry: &Entry) -> impl Iterator<Item = FindingRecord<'_>> {
    let extraction = entry.extraction.iter();
    let findings = extraction
        .flat_map(|extraction| extraction.checks.findings.iter().map(move |finding| (&extraction.document, finding)));
    (1..).zip(findings).map(|(number, (document, finding))| {
        let table = document.tables.get(finding.table);
        let row = finding.row.and_then(|row| table?.rows.get(row));
        let column = column(finding, document);
        FindingRecord {
            document: &entry.stem,
            document_id: entry.sha256.as_deref(),
            finding: number,
            kind: finding.kind,
            source: finding.source,
            message: message(finding, document),
            page: finding.page,
            x0: tenth(finding.bbox.x0),
            y0: tenth(finding.bbox.y0),
            x1: tenth(finding.bbox.x1),
            y1: tenth(finding.bbox.y1),
            table_index: finding.table + 1,
            table_id: table.and_then(|table| table.form).map(|form| form.id.as_str()),
            table_title: table.map(|table| table.title.as_str()),
            row_index: finding.row.map(|row| row + 1),
            code: row.and_then(|row| row.code.as_deref()),
            name: row.and_then(|row| row.name.as_deref()),
            column_index: column,
            column_key: column.and_then(|column| table?.amount_key(column)),
            header_path: column.and_then(|column| table?.columns.get(column)).map(header_path),
            printed: &finding.printed,
            expected: finding.expected.as_deref(),
            slip: finding.slip,
            identities: joined(finding.checks.iter().map(|check| check.identity.to_owned())),
            differences: joined(finding.checks.iter().map(|check| check.difference.to_string())),
        }
    })
}

fn joined(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join("; ")
}

/// The column a finding is about.
pub(super) fn column(finding: &Finding, document: &Document) -> Option<usize> {
    let place = finding.suspect.or_else(|| finding.checks.first()?.whole.first().map(|term| term.place))?;
    let row = document.tables.get(place.table)?.rows.get(place.row)?;
    row.amounts.get(place.amount).map(|cell| cell.column)
}

/// What was found, in a sentence.
pub fn message(finding: &Finding, document: &Document) -> String {
    let table = document.tables.get(finding.table);
    let row = finding.row.and_then(|row| table?.rows.get(row));
    let label = row.map(|row| {
        let label = [row.code.as_deref(), row.name.as_deref()];
        label.into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    let column = column(finding, document).and_then(|column| table?.columns.get(column)).map(header_path);
    let place = [label, column].into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let place = if place.is_empty() { table.map_or_else(String::new, |table| table.title.clone()) } else { place };
    let printed = if finding.printed.is_empty() { "nothing" } else { finding.printed.as_str() };
    let expected = finding.expected.as_deref().unwrap_or_default();
    match finding.kind {
        FindingKind::Mismatch => {
            let sums = match finding.checks.as_slice() {
                [one] => format!("{} fails by {}", one.says, one.difference),
                several => {
                    let first = several.first().map(|check| format!(" ({}: {})", check.says, check.difference));
                    format!("{} sums fail{}", several.len(), first.unwrap_or_default())
                }
            };
            match (finding.suspect, finding.slip) {
                (Some(_), Some(slip)) if expected.is_empty() => format!("{place}: printed {printed}; {slip}; {sums}"),
                (Some(_), Some(slip)) => format!("{place}: printed {printed}, {expected} would agree ({slip}); {sums}"),
                (Some(_), None) => format!("{place}: printed {printed}, only {expected} would agree; {sums}"),
                (None, _) => format!("{place}: printed {printed}; {sums}"),
            }
        }
        FindingKind::MissingRows => {
            let differences = joined(finding.checks.iter().map(|check| check.difference.to_string()));
            format!("{place}: printed {printed}; its rows, sound in themselves, differ from it by {differences}")
        }
        FindingKind::NarrativeDiffers => {
            let unit = finding.unit.unwrap_or("万元");
            format!("the narrative says {printed} {unit}, the table {expected}")
        }
        FindingKind::ShareDiffers => format!("the narrative says {printed} %, its amounts give {expected} %"),
        FindingKind::CodeWithoutParent if expected.is_empty() => format!("{place}: the code above it is missing"),
        FindingKind::CodeWithoutParent => format!("{place}: {expected} has this name and stands under the rows above"),
        FindingKind::CodeLostZero => format!("{place}: the code is printed {printed:?}, a zero is lost"),
        FindingKind::OldName => format!("{place}: an older name of {expected}"),
        FindingKind::CutName => format!("{place}: the name is cut short; the code is known as {expected}"),
        FindingKind::OtherName => format!("{place}: the code is known as {expected}"),
        FindingKind::FormulaNotUnderstood => format!("{place}: only {printed} in the note name its rows and columns"),
    }
}
