//! The CSV files of a finished run, read again with their text as it is printed.

use super::ReportError;
use crate::emit::unguarded;
use csv::StringRecord;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

/// Rows of a CSV file, one after the other, each as far as `T` needs it.
#[derive(Debug)]
pub struct Rows<T> {
    reader: csv::Reader<File>,
    headers: StringRecord,
    /// Formulas have been made harmless in it.
    guarded: bool,
    path: PathBuf,
    row: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Rows<T> {
    pub(super) fn open(path: PathBuf, guarded: bool) -> Result<Rows<T>, ReportError> {
        // The reader goes past a byte order mark.
        let opened = csv::Reader::from_path(&path).and_then(|mut reader| Ok((reader.headers()?.clone(), reader)));
        match opened {
            Ok((headers, reader)) => Ok(Rows { reader, headers, guarded, path, row: PhantomData }),
            Err(error) => Err(ReportError::Unreadable { path, source: error.into() }),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn read(&mut self) -> csv::Result<Option<T>> {
        let mut record = StringRecord::new();
        if !self.reader.read_record(&mut record)? {
            return Ok(None);
        }
        if self.guarded && record.iter().any(|text| text.starts_with('\'')) {
            record = record.iter().map(unguarded).collect();
        }
        record.deserialize(Some(&self.headers)).map(Some)
    }
}

impl<T: DeserializeOwned> Iterator for Rows<T> {
    type Item = Result<T, ReportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.read().transpose()?;
        Some(read.map_err(|error| ReportError::Unreadable { path: self.path.clone(), source: error.into() }))
    }
}
