//! kemu (科目) turns published Chinese department budgets (部门预算) and final accounts (部门决算)
//! from PDF into checked tables.
//!
//! Data flows one way through the stations, each a module: [`pdf`] (bytes → glyphs and marks) →
//! [`page`] (lines of text, grid cells) → [`segment`] (headings, table spans over pages, notes) →
//! [`table`] (typed rows and columns) → [`check`] (what the document itself proves) → [`emit`] (files).
//! [`catalog`] holds what is known about the published forms, as data; [`batch`] runs many documents, and [`review`]
//! makes a site of a finished run, to look at its figures on the pages.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod batch;
pub mod catalog;
pub mod check;
pub mod emit;
mod extract;
pub mod geometry;
pub mod page;
pub mod pdf;
pub mod review;
pub mod segment;
pub mod table;

pub use extract::{Extraction, Options, Warning, extract};
