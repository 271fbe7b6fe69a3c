//! `kemu.sqlite`: the four tables with their keys, indexes and a view for each form, ready for Datasette; and
//! `datasette.json`, which tells Datasette what they are.
//!
//! SQLite has no decimals. `value` and `value_yuan` are exact text; `value_fen` is the same in fen (分), a whole number
//! that can be summed and sorted without loss, where the amount is one.

use super::super::folder::{EmitError, Folder};
use super::super::sheets::{Fragment, Sheet};
use super::Exporter;
use super::cells::{Cell, each_row};
use super::draft::Draft;
use crate::catalog::schema::{self, Kind};
use crate::catalog::{forms, keys};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ErrorCode, Result, ToSql, params_from_iter};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, json};
use std::io;

pub(super) const FILE: &str = "kemu.sqlite";
pub(super) const METADATA_FILE: &str = "datasette.json";

/// The column that the amounts have only here.
const VALUE_FEN: (&str, &str, &str) =
    ("value_fen", "The amount in fen, a whole number; empty where it is not whole", "以分计的整数金额；不为整数则为空");

/// What is looked for: documents by whom they are about, amounts by what they mean.
const INDEXES: &str = "
CREATE INDEX amounts_meaning ON amounts (table_id, column_key, code, fiscal_year);
CREATE INDEX amounts_name ON amounts (name);
CREATE INDEX amounts_verdict ON amounts (verdict);
CREATE INDEX tables_form ON tables (table_id);
CREATE INDEX findings_kind ON findings (kind, source);
CREATE INDEX documents_department ON documents (department, fiscal_year, report_kind);
";

/// The database of a run.
pub(super) struct Database<'f> {
    folder: &'f Folder,
    draft: Draft,
    connection: Connection,
}

impl<'f> Database<'f> {
    pub(super) fn open(folder: &'f Folder) -> std::result::Result<Database<'f>, EmitError> {
        let draft = Draft::new(folder, FILE);
        let connection = draft.named(begin(&draft).map_err(system))?;
        Ok(Database { folder, draft, connection })
    }

    fn fill(&self, fragment: &Fragment) -> io::Result<()> {
        for sheet in Sheet::ALL {
            let table = sheet.schema();
            let value_yuan = (sheet == Sheet::Amounts).then(|| table.position("value_yuan"));
            let marks = vec!["?"; table.columns.len() + usize::from(value_yuan.is_some())].join(",");
            let mut insert = self
                .connection
                .prepare_cached(&format!("INSERT INTO {} VALUES ({marks})", table.name))
                .map_err(system)?;
            each_row(fragment, sheet, |cells| {
                let fen = value_yuan.and_then(|at| cells.get(at)).map(|cell| fen(*cell));
                insert.execute(params_from_iter(cells.iter().copied().chain(fen))).map(|_| ()).map_err(system)
            })?;
        }
        Ok(())
    }

    fn end(&self) -> Result<()> {
        self.connection.execute_batch(INDEXES)?;
        self.write_views()?;
        self.write_meanings()?;
        self.connection.execute_batch("ANALYZE; COMMIT;")
    }

    /// A view for each form that occurs: a row for each printed row, a column for each column key.
    fn write_views(&self) -> Result<()> {
        let mut keys_of = self
            .connection
            .prepare("SELECT DISTINCT column_key FROM amounts WHERE table_id = ? AND column_key IS NOT NULL ")?;
        for form in forms::all() {
            let mut found: Vec<String> = keys_of.query_map([&form.id], |row| row.get(0))?.collect::<Result<_>>()?;
            if !found.is_empty() {
                keys::sort(&mut found);
                self.connection.execute_batch(&view(&form.id, &found))?;
            }
        }
        Ok(())
    }

    /// What the columns and values mean, as tables beside the data.
    fn write_meanings(&self) -> Result<()> {
        self.connection.execute_batch(
            "CREATE TABLE meaning_of_columns (\"table\" TEXT, \"column\" TEXT, type TEXT, unit TEXT, en TEXT, zh TEXT,
               PRIMARY KEY (\"table\", \"column\")) WITHOUT ROWID;
             CREATE TABLE meaning_of_values (\"set\" TEXT, value TEXT, en TEXT, zh TEXT,
               PRIMARY KEY (\"set\", value)) WITHOUT ROWID;",
        )?;
        let mut insert = self.connection.prepare("INSERT INTO meaning_of_columns VALUES (?, ?, ?, ?, ?, ?)")?;
        for table in schema::tables() {
            for column in &table.columns {
                let kind = sql_type(column.kind);
                insert.execute((&table.name, &column.name, kind, &column.unit, &column.en, &column.zh))?;
            }
        }
        let (name, en, zh) = VALUE_FEN;
        insert.execute(("amounts", name, "INTEGER", "fen", en, zh))?;
        let mut insert = self.connection.prepare("INSERT INTO meaning_of_values VALUES (?, ?, ?, ?)")?;
        for set in schema::sets() {
            for value in &set.values {
                insert.execute((&set.name, &value.value, &value.en, &value.zh))?;
            }
        }
        Ok(())
    }
}

impl Exporter for Database<'_> {
    fn append(&mut self, fragment: &Fragment) -> std::result::Result<(), EmitError> {
        self.draft.named(self.fill(fragment))
    }

    fn finish(self: Box<Self>) -> std::result::Result<Vec<String>, EmitError> {
        self.draft.named(self.end().map_err(system))?;
        self.draft.named(self.connection.close().map_err(|(_, error)| system(error)))?;
        self.draft.place()?;
        self.folder.write(METADATA_FILE, &metadata())?;
        Ok(Vec::new())
    }
}

/// An empty database with its tables, in one transaction to the end. Nothing needs to be undone: a database that is
/// not finished is thrown away.
fn begin(draft: &Draft) -> Result<Connection> {
    let connection = Connection::open(draft.temporary())?;
    connection
        .execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000; BEGIN;")?;
    for sheet in Sheet::ALL {
        connection.execute_batch(&ddl(sheet.schema()))?;
    }
    Ok(connection)
}

fn ddl(table: &schema::Table) -> String {
    let mut parts: Vec<String> = Vec::new();
    for column in &table.columns {
        let required = if column.required { " NOT NULL" } else { "" };
        parts.push(format!("{} {}{required}", quoted(&column.name), sql_type(column.kind)));
    }
    if table.name == Sheet::Amounts.schema().name {
        parts.push(format!("{} INTEGER", VALUE_FEN.0));
    }
    let list = |columns: &[String]| columns.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
    parts.push(format!("PRIMARY KEY ({})", list(&table.key)));
    for reference in &table.references {
        let (columns, to) = (list(&reference.columns), list(&reference.to));
        parts.push(format!("FOREIGN KEY ({columns}) REFERENCES {} ({to})", reference.table));
    }
    format!("CREATE TABLE {} (\n  {}\n);", table.name, parts.join(",\n  "))
}

/// A form's view. Amounts are in yuan; what is no money stands as printed; what is in no unit known, or in a column
/// that is not understood, is counted in `left_out`.
fn view(form: &str, keys: &[String]) -> String {
    let figure = "CASE WHEN value_yuan IS NOT NULL THEN CAST(value_yuan AS NUMERIC) \
                  WHEN unit IS NOT NULL THEN CAST(value AS NUMERIC) END";
    let columns = keys.iter().map(|key| {
        let column = quoted(key);
        format!("max(CASE WHEN column_key = '{key}' THEN {figure} END) AS {column}")
    });
    format!(
        "CREATE VIEW {} AS SELECT document, department, unit_name, report_level, fiscal_year, table_index, row_index,
           \"group\", row_kind, line_no, code_system, code, name, min(page) AS page,
           {},
           sum(value IS NOT NULL AND (column_key IS NULL OR unit IS NULL)) AS left_out,
           CASE max(CASE WHEN cell_state = 'value' THEN
               CASE verdict WHEN 'contradicted' THEN 3 WHEN 'unchecked' THEN 2 WHEN 'rounding' THEN 1 ELSE 0 END END)
             WHEN 3 THEN 'contradicted' WHEN 2 THEN 'unchecked' WHEN 1 THEN 'rounding' WHEN 0 THEN 'proven' END
             AS worst_verdict
         FROM amounts WHERE table_id = '{form}' GROUP BY document, table_index, row_index;",
        quoted(form),
        columns.collect::<Vec<_>>().join(",\n           ")
    )
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

fn sql_type(kind: Kind) -> &'static str {
    match kind {
        // Text is how SQLite keeps a decimal as it is.
        Kind::Text | Kind::Decimal => "TEXT",
        Kind::Integer => "INTEGER",
        Kind::Measure => "REAL",
        Kind::Boolean => "BOOLEAN",
    }
}

/// An amount in yuan as whole fen; none where it is not.
fn fen(yuan: Cell<'_>) -> Cell<'static> {
    let Cell::Decimal(yuan) = yuan else { return Cell::Null };
    let fen = yuan.checked_mul(Decimal::ONE_HUNDRED).filter(Decimal::is_integer);
    fen.and_then(|fen| fen.to_i64()).map_or(Cell::Null, Cell::Integer)
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(match self {
            Cell::Null => ToSqlOutput::Owned(Value::Null),
            Cell::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Cell::Integer(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Cell::Decimal(value) => ToSqlOutput::Owned(Value::Text(value.to_string())),
            Cell::Measure(value) => ToSqlOutput::Owned(Value::Real(*value)),
            Cell::Boolean(value) => ToSqlOutput::Owned(Value::Integer(i64::from(*value))),
        })
    }
}

/// What Datasette shows beside the tables and views.
fn metadata() -> Vec<u8> {
    let mut tables = Map::new();
    for table in schema::tables() {
        let columns = table.columns.iter().map(|column| {
            let unit = column.unit.as_ref().map(|unit| format!(" [{unit}]")).unwrap_or_default();
            (column.name.clone(), json!(format!("{}{unit} · {}", column.en, column.zh)))
        });
        let (name, en, zh) = VALUE_FEN;
        let fen = (table.name == Sheet::Amounts.schema().name).then(|| (name.to_owned(), json!(both(en, zh))));
        let description =
            json!({ "description": both(&table.en, &table.zh), "columns": columns.chain(fen).collect::<Map<_, _>>() });
        tables.insert(table.name.clone(), description);
    }
    for form in forms::all() {
        let description = json!({ "description": format!("{} · {} (yuan · 元)", form.english, form.name) });
        tables.insert(form.id.clone(), description);
    }
    let metadata = json!({
        "title": "kemu 科目",
        "description": "Chinese department budgets and final accounts as printed, with what their arithmetic proves",
        "databases": { "kemu": { "tables": tables } },
    });
    serde_json::to_vec_pretty(&metadata).map(|json| [&json[..], b"\n"].concat()).unwrap_or_default()
}

fn both(en: &str, zh: &str) -> String {
    format!("{en} · {zh}")
}

/// A failure of the library as one of the system.
fn system(error: rusqlite::Error) -> io::Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => io::Error::new(io::ErrorKind::StorageFull, error),
        Some(ErrorCode::ReadOnly) => io::Error::new(io::ErrorKind::ReadOnlyFilesystem, error),
        _ => io::Error::other(error),
    }
}
