//! `amounts.csv` and its companions: the documents' rows as they are stored, under one header.

use super::super::folder::{BOM, EmitError, Folder};
use super::super::guard::unguarded;
use super::super::sheets::{Fragment, Sheet};
use super::Exporter;
use super::draft::{Draft, DraftFile};
use std::io::{self, BufWriter, Write};

/// The CSV files of a run.
pub(super) struct Csv {
    files: Vec<(Sheet, Draft, BufWriter<DraftFile>)>,
    /// Leaves text as it is printed, even if a spreadsheet would run it.
    raw: bool,
}

impl Csv {
    pub(super) fn open(folder: &Folder, sheets: &[Sheet]) -> Result<Csv, EmitError> {
        let open = |sheet: &Sheet| {
            let table = sheet.schema();
            let draft = Draft::new(folder, &format!("{}.csv", table.name));
            let mut file = draft.create()?;
            let mark = if folder.options().bom { BOM } else { b"" };
            draft.named(file.write_all(mark).and_then(|()| writeln!(file, "{}", table.header().join(","))))?;
            Ok((*sheet, draft, file))
        };
        Ok(Csv { files: sheets.iter().map(open).collect::<Result<_, EmitError>>()?, raw: folder.options().raw_csv })
    }
}

impl Exporter for Csv {
    fn append(&mut self, fragment: &Fragment) -> Result<(), EmitError> {
        for (sheet, draft, file) in &mut self.files {
            let rows = fragment.rows(*sheet);
            draft.named(if self.raw { append_raw(rows, file) } else { file.write_all(rows) })?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<String>, EmitError> {
        for (_, draft, mut file) in self.files {
            draft.named(file.flush())?;
            draft.place()?;
        }
        Ok(Vec::new())
    }
}

/// Adds rows with their text as it is printed.
fn append_raw(rows: &[u8], file: &mut impl Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(file);
    for record in csv::ReaderBuilder::new().has_headers(false).from_reader(rows).records() {
        writer.write_record(record?.iter().map(unguarded))?;
    }
    writer.flush()
}
