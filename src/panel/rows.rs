//! The amounts of a document as rows of the panel.

use super::notes::{Note, NoteKind, Notes};
use super::reports::{Basis, Report};
use super::series::Subject;
use crate::catalog::forms::{self, Form, RowAxis};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// A row of `amounts.csv`, as far as the panel needs it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct AmountRow {
    pub(super) document: String,
    pub(super) table_index: usize,
    pub(super) table_id: String,
    pub(super) row_index: usize,
    pub(super) row_kind: String,
    pub(super) code_system: String,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) group: usize,
    pub(super) column_key: String,
    pub(super) value: String,
    pub(super) unit: String,
    pub(super) value_yuan: String,
    pub(super) cell_state: String,
    pub(super) verdict: String,
    pub(super) page: usize,
    #[serde(default)]
    pub(super) row_unit: String,
    #[serde(default)]
    pub(super) row_labels: String,
}

/// An amount with its key.
pub(super) struct Keyed {
    pub(super) amount: AmountRow,
    subject: Subject,
    /// The line without a code that it stands under in a table of codes: a unit, as a rule.
    section: String,
    /// Which of the amounts of its document with the same key it is, from 1.
    occurrence: usize,
    /// Others with the same key have another value.
    conflicting: bool,
}

impl Keyed {
    /// The amounts of a document with their keys, in order. Those of tables or columns that are not known have none:
    /// they are counted in the notes.
    pub(super) fn all(report: &Report, amounts: impl Iterator<Item = AmountRow>, notes: &mut Notes) -> Vec<Keyed> {
        let mut without_key: BTreeMap<(usize, String), (usize, usize)> = BTreeMap::new();
        let mut keyed: Vec<Keyed> = Vec::new();
        let mut section = Section::default();
        for amount in amounts.filter(|amount| amount.cell_state != "blank") {
            let section = section.of(&amount);
            if amount.table_id.is_empty() || amount.column_key.is_empty() {
                let table = (amount.table_index, amount.table_id.clone());
                without_key.entry(table).or_insert((0, amount.page)).0 += 1;
                continue;
            }
            let subject = Subject::of(&amount, report, notes);
            keyed.push(Keyed { amount, subject, section, occurrence: 1, conflicting: false });
        }
        for ((table_index, table_id), (count, page)) in without_key {
            let message =
                format!("table {table_index}: amounts left out, as their table or column is not known: {count}");
            notes.add(Note { table_id, page: Some(page), message, ..Note::of(NoteKind::NoKey, report) });
        }
        tell_apart(report, &mut keyed, notes);
        keyed
    }

    fn key(&self) -> [&str; 7] {
        let Keyed { amount, subject, section, .. } = self;
        let group = GROUPS[amount.group.min(GROUPS.len() - 1)];
        let AmountRow { table_id, row_unit, row_labels, column_key, .. } = amount;
        [table_id, row_unit, section, &subject.id, row_labels, column_key, group]
    }

    fn series(&self) -> String {
        [&self.amount.table_id, &self.subject.id, &self.amount.column_key].map(String::as_str).join("|")
    }
}

/// The line without a code that codes stand under.
#[derive(Default)]
struct Section {
    table_index: usize,
    line: String,
}

impl Section {
    /// The section of the next amount; a table begins without one, and so does what follows a total.
    fn of(&mut self, amount: &AmountRow) -> String {
        let is_code = amount.row_kind == "code";
        if amount.table_index != self.table_index || !(is_code || amount.row_kind == "line") {
            *self = Section { table_index: amount.table_index, line: String::new() };
        }
        if is_code {
            return self.line.clone();
        }
        if amount.row_kind == "line" && is_keyed_by_codes(&amount.table_id) {
            self.line.clone_from(if amount.name.is_empty() { &amount.row_unit } else { &amount.name });
        }
        String::new()
    }
}

fn is_keyed_by_codes(table_id: &str) -> bool {
    let keyed = |form: &Form| matches!(form.rows, RowAxis::Functional | RowAxis::Economic);
    forms::all().iter().any(|form| form.id == table_id && keyed(form))
}

/// Groups of columns as text, for keys.
const GROUPS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// Numbers the amounts of a document that have the same key, and tells of them, table by table.
fn tell_apart(report: &Report, keyed: &mut [Keyed], notes: &mut Notes) {
    let mut same: HashMap<[&str; 7], Vec<usize>> = HashMap::new();
    for (index, one) in keyed.iter().enumerate() {
        same.entry(one.key()).or_default().push(index);
    }
    let mut repeated: Vec<Vec<usize>> = same.into_values().filter(|several| several.len() > 1).collect();
    repeated.sort_unstable();
    let mut tables: BTreeMap<usize, Repeated> = BTreeMap::new();
    for several in repeated {
        let first = &keyed[several[0]];
        let differs = several.iter().any(|index| keyed[*index].amount.value != first.amount.value);
        let table = tables.entry(first.amount.table_index).or_default();
        table.keys += 1;
        table.conflicting += usize::from(differs);
        if table.example.is_none() || (differs && table.conflicting == 1) {
            table.example = Some(several[0]);
        }
        for (index, occurrence) in several.into_iter().zip(1..) {
            keyed[index].occurrence = occurrence;
            keyed[index].conflicting = differs;
        }
    }
    for (table_index, Repeated { keys, conflicting, example }) in tables {
        let Some(example) = example.map(|index| &keyed[index]) else { continue };
        let message = format!(
            "table {table_index}: keys that stand there more than once: {keys}, with several values: {conflicting}; \
             told apart by their occurrence"
        );
        let note = Note::at(NoteKind::RepeatedKey, report, &example.amount);
        notes.add(Note { series: example.series(), message, ..note });
    }
}

/// What of a table has the same key.
#[derive(Default)]
struct Repeated {
    keys: usize,
    conflicting: usize,
    example: Option<usize>,
}

/// A row of the panel.
#[derive(Serialize)]
pub(super) struct PanelRow<'a> {
    report_key: &'a str,
    region_code: &'a str,
    region: &'a str,
    department: &'a str,
    unit_name: &'a str,
    report_level: &'a str,
    report_kind: &'a str,
    fiscal_year: Option<u16>,
    table_id: &'a str,
    row_unit: &'a str,
    section: &'a str,
    series: String,
    row_labels: &'a str,
    group: usize,
    occurrence: usize,
    row_kind: &'a str,
    code_system: &'a str,
    code: &'a str,
    scheme_year: Option<u16>,
    code_since: Option<u16>,
    line_item: Option<&'static str>,
    name: &'a str,
    column_key: &'a str,
    value_yuan: &'a str,
    value: &'a str,
    unit: &'a str,
    cell_state: &'a str,
    verdict: &'a str,
    flags: String,
    document: &'a str,
    document_id: &'a str,
    table_index: usize,
    row_index: usize,
    page: usize,
    version: usize,
    versions: usize,
    version_basis: Basis,
}

impl<'a> PanelRow<'a> {
    pub(super) fn new(report: &'a Report, keyed: &'a Keyed) -> PanelRow<'a> {
        let Keyed { amount, subject, section, occurrence, conflicting } = keyed;
        let flags = [
            ("region_unknown", report.unknown.contains(&"region")),
            ("facts_unknown", report.unknown.iter().any(|fact| *fact != "region")),
            ("version_uncertain", report.basis == Basis::InputOrder),
            ("code_redefined", subject.code_since.is_some()),
            ("other_name", subject.other_name),
            ("conflicting", *conflicting),
            ("unit_unknown", amount.unit.is_empty() && !amount.value.is_empty()),
        ];
        let flags: Vec<&str> = flags.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect();
        PanelRow {
            report_key: &report.key,
            region_code: &report.region_code,
            region: &report.region,
            department: &report.department,
            unit_name: &report.unit_name,
            report_level: &report.level,
            report_kind: &report.kind,
            fiscal_year: report.fiscal_year,
            table_id: &amount.table_id,
            row_unit: &amount.row_unit,
            section,
            series: keyed.series(),
            row_labels: &amount.row_labels,
            group: amount.group,
            occurrence: *occurrence,
            row_kind: &amount.row_kind,
            code_system: &amount.code_system,
            code: &amount.code,
            // The codes of a report are those of its year's book.
            scheme_year: report.fiscal_year.filter(|_| !amount.code.is_empty()),
            code_since: subject.code_since,
            line_item: subject.line_item,
            name: &amount.name,
            column_key: &amount.column_key,
            value_yuan: &amount.value_yuan,
            value: &amount.value,
            unit: &amount.unit,
            cell_state: &amount.cell_state,
            verdict: &amount.verdict,
            flags: flags.join(" "),
            document: &amount.document,
            document_id: &report.sha256,
            table_index: amount.table_index,
            row_index: amount.row_index,
            page: amount.page,
            version: report.version,
            versions: report.versions,
            version_basis: report.basis,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::schema;

    fn header(row: impl Serialize) -> Vec<String> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.serialize(row).unwrap();
        let lines = writer.into_inner().unwrap();
        csv::Reader::from_reader(&lines[..]).headers().unwrap().iter().map(str::to_owned).collect()
    }

    #[test]
    fn rows_have_the_columns_of_the_schema_in_their_order() {
        let (report, amount) = (Report::default(), AmountRow::default());
        let keyed =
            Keyed { amount, subject: Subject::default(), section: String::new(), occurrence: 1, conflicting: false };
        assert_eq!(header(PanelRow::new(&report, &keyed)), schema::table("panel").header());
        assert_eq!(header(Note::default()), schema::table("panel_notes").header());
    }
}
