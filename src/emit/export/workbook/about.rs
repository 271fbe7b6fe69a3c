//! The workbook's first sheet: what the others hold, and what their columns and values mean.

use crate::catalog::schema;
use rust_xlsxwriter::{Format, Worksheet, XlsxError};

const NOTES: &[&str] = &[
    "kemu 科目：从部门预算、决算 PDF 中提取的表格，数字与原文一致，从不更正。",
    "Tables read from the PDFs of department budgets and final accounts; figures are as printed, never corrected.",
    "各表式工作表：每行对应原表一行，金额以元计；红底为与其他数字矛盾者；不以货币计或单位不明者以文字列出。",
    "Sheets of forms: a row for each printed row, amounts in yuan; red cells contradict other figures; what is no money, or \
     in no known unit, stands as text.",
    "findings 工作表列出勾稽不平之处，点击 → 跳至所涉单元格。超过 15 位有效数字的金额以文字写出，以免失真。",
    "The sheet of findings lists what does not add up; a click on → leads to its cell. Figures of more than 15 digits stand \
     as text, since Excel would round them.",
];

/// The sheet.
pub(super) fn sheet(header: &Format) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name("说明")?;
    for (column, width) in [(0, 16.0), (1, 24.0), (2, 60.0), (3, 80.0)] {
        sheet.set_column_width(column, width)?;
    }
    for (row, note) in (0..).zip(NOTES) {
        sheet.write_string(row, 0, *note)?;
    }
    let mut row = 7;
    let mut line = |cells: [&str; 4], format: &Format| -> Result<(), XlsxError> {
        for (column, text) in (0..).zip(cells) {
            sheet.write_string_with_format(row, column, text, format)?;
        }
        row += 1;
        Ok(())
    };
    let plain = Format::new();
    line(["table", "column", "说明", "meaning"], header)?;
    for table in schema::tables() {
        line([&table.name, "", &table.zh, &table.en], &plain)?;
        for column in &table.columns {
            line([&table.name, &column.name, &column.zh, &column.en], &plain)?;
        }
    }
    line(["", "", "", ""], &plain)?;
    line(["values", "value", "说明", "meaning"], header)?;
    for set in schema::sets() {
        for value in &set.values {
            line([&set.name, &value.value, &value.zh, &value.en], &plain)?;
        }
    }
    Ok(sheet)
}
