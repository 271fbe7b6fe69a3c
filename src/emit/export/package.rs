//! `datapackage.json`: what the run's files are, in the words of Frictionless Data Package, version 2.
//!
//! The inputs are its sources, with their hashes. A package is read as a whole by those who use it, so that of a large
//! run only `documents.csv` is named, which has them all.

use super::super::folder::{EmitError, Folder};
use super::super::sheets::{Fragment, Sheet};
use super::super::table_schema::{TableSchema, describe};
use super::cells::each_row;
use super::draft::Draft;
use super::{Exporter, Format, jsonl, sqlite, workbook};
use serde::Serialize;
use std::fs;

const FILE: &str = "datapackage.json";

/// Inputs that are named one by one.
const MOST_SOURCES: usize = 1000;

const DESCRIPTION: &str = "Tables of Chinese department budgets and final accounts, as printed, with what their own \
                           arithmetic proves. In CSV, text that a spreadsheet would run as a formula has an apostrophe in \
                           front.";

/// The description of a run's files.
pub(super) struct Package<'f> {
    folder: &'f Folder,
    sources: Vec<Source>,
    inputs: usize,
}

#[derive(Serialize)]
struct Source {
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
}

#[derive(Serialize)]
struct PackageJson<'a> {
    #[serde(rename = "$schema")]
    profile: &'static str,
    name: &'static str,
    title: &'static str,
    description: &'static str,
    sources: &'a [Source],
    resources: Vec<Resource>,
}

#[derive(Serialize)]
struct Resource {
    name: String,
    /// `table`, or `file` for what tools should take as it is: the reader of frictionless takes an empty integer of
    /// Parquet for an error.
    #[serde(rename = "type")]
    kind: &'static str,
    path: String,
    format: &'static str,
    mediatype: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    bytes: u64,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<TableSchema>,
}

impl<'f> Package<'f> {
    pub(super) fn new(folder: &'f Folder) -> Package<'f> {
        Package { folder, sources: Vec::new(), inputs: 0 }
    }

    /// The run's files, which are there by now.
    fn resources(&self) -> Result<Vec<Resource>, EmitError> {
        let formats = &self.folder.options().formats;
        let mut resources = Vec::new();
        let csv = if formats.has(Format::Csv) { &Sheet::ALL[..] } else { &[Sheet::Documents] };
        for sheet in csv {
            resources.push(self.table(*sheet, Format::Csv)?);
        }
        for sheet in Sheet::ALL.iter().filter(|_| formats.has(Format::Parquet)) {
            resources.push(self.table(*sheet, Format::Parquet)?);
        }
        let others = [
            (Format::Jsonl, jsonl::FILE, "all that was read, one document a line"),
            (Format::Sqlite, sqlite::FILE, "the tables, with a view for each form"),
            (Format::Xlsx, workbook::FILE, "the tables, with a sheet for each form"),
        ];
        for (format, path, description) in others.into_iter().filter(|(format, ..)| formats.has(*format)) {
            resources.push(self.resource(format.key().to_owned(), path.to_owned(), format, description.to_owned())?);
        }
        Ok(resources)
    }

    fn table(&self, sheet: Sheet, format: Format) -> Result<Resource, EmitError> {
        let table = sheet.schema();
        let named = |table: &str| match format {
            Format::Csv => table.to_owned(),
            other => format!("{table}-{}", other.key()),
        };
        let path = format!("{}.{}", table.name, format.key());
        let resource = self.resource(named(&table.name), path, format, table.en.clone())?;
        let kind = if format == Format::Csv { "table" } else { "file" };
        Ok(Resource { kind, schema: Some(describe(table, named)), ..resource })
    }

    fn resource(&self, name: String, path: String, format: Format, description: String) -> Result<Resource, EmitError> {
        let file = self.folder.root().join(&path);
        let bytes = fs::metadata(&file).map_err(EmitError::at(&file))?.len();
        let mediatype = match format {
            Format::Csv => "text/csv",
            Format::Json => "application/json",
            Format::Jsonl => "application/jsonl",
            Format::Parquet => "application/vnd.apache.parquet",
            Format::Sqlite => "application/vnd.sqlite3",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        };
        let encoding = matches!(format, Format::Csv | Format::Jsonl).then_some("utf-8");
        Ok(Resource {
            name,
            kind: "file",
            path,
            format: format.key(),
            mediatype,
            encoding,
            bytes,
            description,
            schema: None,
        })
    }
}

impl Exporter for Package<'_> {
    fn append(&mut self, fragment: &Fragment) -> Result<(), EmitError> {
        let table = Sheet::Documents.schema();
        let [path, hash] = ["path", "sha256"].map(|name| table.position(name));
        let noted = each_row(fragment, Sheet::Documents, |cells| {
            let text = |at: usize| cells.get(at).and_then(|cell| cell.text());
            if self.inputs < MOST_SOURCES {
                let hash = text(hash).map(|hash| format!("sha256:{hash}"));
                self.sources.push(Source { title: text(path).unwrap_or_default().to_owned(), path: None, hash });
            }
            self.inputs += 1;
            Ok(())
        });
        Draft::new(self.folder, FILE).named(noted)
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, EmitError> {
        if self.inputs > MOST_SOURCES {
            let title = format!("{} files, with their SHA-256", self.inputs);
            self.sources = vec![Source { title, path: Some("documents.csv"), hash: None }];
        }
        let package = PackageJson {
            profile: "https://datapackage.org/profiles/2.0/datapackage.json",
            name: "kemu",
            title: "kemu 科目",
            description: DESCRIPTION,
            sources: &self.sources,
            resources: self.resources()?,
        };
        let json = serde_json::to_vec_pretty(&package).map(|json| [&json[..], b"\n"].concat());
        self.folder.write(FILE, &Draft::new(self.folder, FILE).named(json)?)?;
        Ok(Vec::new())
    }
}
