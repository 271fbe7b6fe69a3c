//! What is known about the published forms, as data compiled in: [`titles`] (what a heading says),
//! [`forms`] (the standard tables and their columns), [`lines`] (the lines around them), [`subjects`] (subject codes, 科目),
//! [`line_items`] (the rows of summary tables), [`sums`] (what rows that sum up are called), [`figures`] (what amounts and codes look like), [`units`] of amounts, [`text`] (how labels are compared) and [`schema`] (the
//! tables that a run writes), with [`keys`] (the meaning of columns).
//!
//! The data files lie in `src/catalog/data`. A new province's form is an edit there, not new code.

pub mod changes;
pub mod columns;
pub mod figures;
pub mod forms;
pub mod formulas;
pub mod identities;
pub mod keys;
pub mod line_items;
pub mod lines;
pub mod narrative;
pub mod numbers;
pub mod regions;
pub mod schema;
pub mod subjects;
pub mod sums;
pub mod text;
pub mod titles;
pub mod units;
