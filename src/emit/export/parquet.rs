//! `amounts.parquet` and its companions: typed columns, for DuckDB, polars, pandas, Spark and R.
//!
//! Decimals are DECIMAL(38,18), which is also what Spark takes a decimal for: exact for up to 20 digits before the point
//! and 18 behind it, in every run the same, so that the files of several runs can be read as one. A figure that does
//! not fit is left out, never rounded, and told of; its `raw_text` is there.

use super::super::folder::{EmitError, Folder};
use super::super::sheets::{Fragment, Sheet};
use super::Exporter;
use super::cells::{Cell, each_row};
use super::draft::{Draft, DraftFile};
use crate::catalog::schema::{self, Kind};
use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArrayType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use rust_decimal::Decimal;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;

/// Rows that are held until they are written as one group.
const GROUP_ROWS: usize = 1 << 15;

const PRECISION: u32 = 38;
const SCALE: u32 = 18;
const DECIMAL_BYTES: usize = 16;

/// The Parquet files of a run.
pub(super) struct Parquet {
    files: Vec<Writer>,
}

impl Parquet {
    pub(super) fn open(folder: &Folder) -> std::result::Result<Parquet, EmitError> {
        let open = |sheet: Sheet| Writer::open(folder, sheet);
        Ok(Parquet { files: Sheet::ALL.into_iter().map(open).collect::<std::result::Result<_, _>>()? })
    }
}

impl Exporter for Parquet {
    fn append(&mut self, fragment: &Fragment) -> std::result::Result<(), EmitError> {
        self.files.iter_mut().try_for_each(|file| {
            let added = file.append(fragment);
            file.draft.named(added)
        })
    }

    fn finish(self: Box<Self>) -> std::result::Result<Vec<String>, EmitError> {
        let mut notes = Vec::new();
        for mut file in self.files {
            let written = file.write_group().and_then(|()| file.writer.finish().map(|_| ()));
            let written = written.and_then(|()| Ok(file.writer.inner_mut().flush()?));
            file.draft.named(written.map_err(system))?;
            if file.left_out > 0 {
                notes.push(format!(
                    "{} of {} have more digits than DECIMAL({PRECISION},{SCALE}) takes and are left out of the Parquet \
                     file; raw_text and the CSV have them",
                    file.left_out,
                    file.sheet.schema().name
                ));
            }
            drop(file.writer);
            file.draft.place()?;
        }
        Ok(notes)
    }
}

/// One Parquet file.
struct Writer {
    sheet: Sheet,
    draft: Draft,
    writer: SerializedFileWriter<BufWriter<DraftFile>>,
    columns: Vec<Buffer>,
    rows: usize,
    /// Figures that do not fit.
    left_out: usize,
}

impl Writer {
    fn open(folder: &Folder, sheet: Sheet) -> std::result::Result<Writer, EmitError> {
        let table = sheet.schema();
        let draft = Draft::new(folder, &format!("{}.parquet", table.name));
        let file = draft.create()?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(format!("kemu {}", env!("CARGO_PKG_VERSION")))
            .build();
        let writer = parse_message_type(&message_type(table))
            .and_then(|schema| SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties)));
        let writer = draft.named(writer.map_err(system))?;
        let columns = table.columns.iter().map(|column| Buffer::new(column.kind, column.required)).collect();
        Ok(Writer { sheet, draft, writer, columns, rows: 0, left_out: 0 })
    }

    fn append(&mut self, fragment: &Fragment) -> io::Result<()> {
        each_row(fragment, self.sheet, |cells| {
            for (buffer, cell) in self.columns.iter_mut().zip(cells) {
                self.left_out += usize::from(!buffer.push(*cell)?);
            }
            self.rows += 1;
            if self.rows == GROUP_ROWS {
                write_group(&mut self.writer, &mut self.columns).map_err(system)?;
                self.rows = 0;
            }
            Ok(())
        })
    }

    fn write_group(&mut self) -> Result<()> {
        if self.rows > 0 { write_group(&mut self.writer, &mut self.columns) } else { Ok(()) }
    }
}

fn write_group(writer: &mut SerializedFileWriter<BufWriter<DraftFile>>, columns: &mut [Buffer]) -> Result<()> {
    let mut group = writer.next_row_group()?;
    for buffer in columns {
        if let Some(mut column) = group.next_column()? {
            buffer.write(&mut column)?;
            column.close()?;
        }
    }
    group.close().map(|_| ())
}

/// A table's columns in Parquet's own notation.
fn message_type(table: &schema::Table) -> String {
    let fields = table.columns.iter().map(|column| {
        let repetition = if column.required { "REQUIRED" } else { "OPTIONAL" };
        let name = &column.name;
        match column.kind {
            Kind::Text => format!("{repetition} BYTE_ARRAY {name} (STRING);"),
            Kind::Integer => format!("{repetition} INT64 {name};"),
            Kind::Decimal => {
                format!("{repetition} FIXED_LEN_BYTE_ARRAY ({DECIMAL_BYTES}) {name} (DECIMAL({PRECISION},{SCALE}));")
            }
            Kind::Measure => format!("{repetition} DOUBLE {name};"),
            Kind::Boolean => format!("{repetition} BOOLEAN {name};"),
        }
    });
    format!("message {} {{ {} }}", table.name, fields.collect::<Vec<_>>().join(" "))
}

/// The cells of a column that are held for a group of rows.
struct Buffer {
    values: Values,
    /// For a column that may be empty: whether each row has a value.
    present: Option<Vec<i16>>,
}

enum Values {
    /// One text after the other, and where each ends.
    Text(Vec<u8>, Vec<usize>),
    Integer(Vec<i64>),
    /// One number of [`DECIMAL_BYTES`] after the other.
    Decimal(Vec<u8>),
    Measure(Vec<f64>),
    Boolean(Vec<bool>),
}

impl Buffer {
    fn new(kind: Kind, required: bool) -> Buffer {
        let values = match kind {
            Kind::Text => Values::Text(Vec::new(), Vec::new()),
            Kind::Integer => Values::Integer(Vec::new()),
            Kind::Decimal => Values::Decimal(Vec::new()),
            Kind::Measure => Values::Measure(Vec::new()),
            Kind::Boolean => Values::Boolean(Vec::new()),
        };
        Buffer { values, present: (!required).then(Vec::new) }
    }

    /// Adds a cell; is all of it there?
    fn push(&mut self, cell: Cell<'_>) -> io::Result<bool> {
        let mut whole = true;
        let mut has_value = true;
        match (&mut self.values, cell) {
            (Values::Text(bytes, ends), Cell::Text(text)) => {
                bytes.extend_from_slice(text.as_bytes());
                ends.push(bytes.len());
            }
            (Values::Integer(values), Cell::Integer(value)) => values.push(value),
            (Values::Measure(values), Cell::Measure(value)) => values.push(value),
            (Values::Boolean(values), Cell::Boolean(value)) => values.push(value),
            (Values::Decimal(values), Cell::Decimal(value)) => match fixed(value) {
                Some(number) => values.extend(number.to_be_bytes()),
                None => (whole, has_value) = (false, false),
            },
            _ => has_value = false,
        }
        match &mut self.present {
            Some(present) => present.push(i16::from(has_value)),
            None if !has_value => return Err(io::Error::new(io::ErrorKind::InvalidData, "a required cell is empty")),
            None => {}
        }
        Ok(whole)
    }

    /// Writes the cells and is empty again.
    fn write(&mut self, column: &mut SerializedColumnWriter<'_>) -> Result<()> {
        let present = self.present.as_deref();
        match &mut self.values {
            Values::Text(bytes, ends) => {
                let all = ByteArray::from(std::mem::take(bytes));
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let texts: Vec<_> = starts.zip(&*ends).map(|(start, end)| all.slice(start, end - start)).collect();
                column.typed::<ByteArrayType>().write_batch(&texts, present, None)?;
                ends.clear();
            }
            Values::Integer(values) => {
                column.typed::<Int64Type>().write_batch(values, present, None)?;
                values.clear();
            }
            Values::Decimal(values) => {
                let all = ByteArray::from(std::mem::take(values));
                let starts = (0..all.len()).step_by(DECIMAL_BYTES);
                let numbers: Vec<_> = starts.map(|start| all.slice(start, DECIMAL_BYTES).into()).collect();
                column.typed::<FixedLenByteArrayType>().write_batch(&numbers, present, None)?;
            }
            Values::Measure(values) => {
                column.typed::<DoubleType>().write_batch(values, present, None)?;
                values.clear();
            }
            Values::Boolean(values) => {
                column.typed::<BoolType>().write_batch(values, present, None)?;
                values.clear();
            }
        }
        if let Some(present) = &mut self.present {
            present.clear();
        }
        Ok(())
    }
}

/// A decimal as so many units of the last place; `None` where it does not fit exactly.
fn fixed(value: Decimal) -> Option<i128> {
    let value = if value.scale() > SCALE { value.normalize() } else { value };
    let factor = 10_i128.checked_pow(SCALE.checked_sub(value.scale())?)?;
    let number = value.mantissa().checked_mul(factor)?;
    (number.unsigned_abs() < 10_u128.pow(PRECISION)).then_some(number)
}

/// A failure of the library as one of the system.
fn system(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_fit_exactly_or_not_at_all() {
        let fixed = |text: &str| fixed(Decimal::from_str_exact(text).unwrap()).map(|number| number.to_string());
        assert_eq!(fixed("-12.30").as_deref(), Some("-12300000000000000000"));
        assert_eq!(fixed("0.30000000000000004").as_deref(), Some("300000000000000040"));
        assert_eq!(fixed("99999999999999999999").as_deref(), Some("99999999999999999999000000000000000000"));
        assert_eq!(fixed("1.5000000000000000000000").as_deref(), Some("1500000000000000000"));
        assert_eq!(fixed("100000000000000000000"), None);
        assert_eq!(fixed("0.0000000000000000001"), None);
    }
}
