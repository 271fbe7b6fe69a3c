//! kemu (科目) turns published Chinese department budgets (部门预算) and final accounts (部门决算)
//! from PDF into checked tables.
//!
//! Data flows one way through the stations, each a module: [`pdf`] (bytes → glyphs and marks) →
//! [`page`] (lines of text, grid cells) → [`segment`] (headings, table spans over pages, notes) →
//! [`table`] (typed rows and columns) → [`check`] (what the document itself proves) → [`emit`] (files).
//! [`catalog`] holds what is known about the published forms, as data; [`batch`] runs many documents, [`panel`] joins
//! what they yield, and [`review`] makes a site of it, to look at the figures on the pages. [`lang`] puts what is said to
//! people into their language.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod batch;
pub mod catalog;
pub mod check;
pub mod emit;
mod extract;
pub mod geometry;
pub mod lang;
pub mod page;
pub mod panel;
pub mod pdf;
pub mod review;
pub mod segment;
pub mod table;
pub mod timings;

pub use extract::{Extraction, Options, Warning, extract};
