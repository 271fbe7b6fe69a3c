//! Station 3: what is told of a table that cannot be read, and what is no running header.

use kemu::geometry::Rect;
use kemu::page::{Layout, lay_out};
use kemu::pdf::{Direction, Glyph, Page};
use kemu::segment::segment;

/// Text set from x at the height y, each place a run of its own.
fn text(x: f32, y: f32, text: &str) -> Vec<Glyph> {
    let mut at = x;
    let glyph = |unicode: char| {
        let width = if unicode.is_ascii() { 5.0 } else { 10.0 };
        let bbox = Rect { x0: at, y0: y - 8.0, x1: at + width, y1: y + 2.0 };
        let origin = (at, y);
        at += width;
        let run = (x * 1000.0 + y) as u32;
        Glyph { unicode, bbox, origin, size: 10.0, direction: Direction::Right, luminance: 0, font: 0, run }
    };
    text.chars().map(glyph).collect()
}

fn page(number: usize, texts: &[(f32, f32, &str)]) -> Layout {
    let glyphs = texts.iter().flat_map(|(x, y, words)| text(*x, *y, words)).collect();
    lay_out(&Page { number, width: 600.0, height: 800.0, glyphs, ..Page::default() })
}

#[test]
fn amounts_under_a_heading_that_are_no_table_are_told() {
    // Amounts over each other's columns: no gutter is left.
    let heading = (250.0, 80.0, "收入决算表");
    let crossing = [
        heading,
        (100.0, 120.0, "1.00"),
        (180.0, 120.0, "2.00"),
        (110.0, 140.0, "123456789.00"),
        (250.0, 140.0, "3.00"),
        (120.0, 160.0, "123456789012345678901234567890.00"),
    ];
    let read = segment(vec![page(1, &crossing)]);
    assert!(read.tables.is_empty());
    let unread: Vec<(usize, &str)> = read.unread.iter().map(|unread| (unread.page, unread.title.as_str())).collect();
    assert_eq!(unread, [(1, "收入决算表")]);

    // A heading in the narrative, and what is said under it.
    let told = [heading, (100.0, 120.0, "本年收入1.00万元。"), (100.0, 140.0, "支出2.00万元。")];
    assert!(segment(vec![page(1, &told)]).unread.is_empty());
}

#[test]
fn rows_that_recur_at_one_height_are_no_running_header() {
    // Three tables without rulings that all break before the same subject.
    let table = |number: usize, title: &str| {
        let head =
            [(250.0, 640.0, title), (100.0, 660.0, "科目编码"), (200.0, 660.0, "科目名称"), (400.0, 660.0, "合计")];
        let first = [(100.0, 740.0, "208"), (200.0, 740.0, "社会保障和就业支出"), (400.0, 740.0, "30.00")];
        let top = [(100.0, 30.0, "20805"), (200.0, 30.0, "行政事业单位养老支出"), (400.0, 30.0, "30.00")];
        let next = [(100.0, 50.0, "2080501"), (200.0, 50.0, "行政单位离退休"), (400.0, 50.0, "30.00")];
        [page(number, &[&head[..], &first].concat()), page(number + 1, &[&top[..], &next].concat())]
    };
    let titles = ["收入决算表", "支出决算表", "一般公共预算财政拨款支出决算表"];
    let pages = titles.iter().enumerate().flat_map(|(index, title)| table(2 * index + 1, title));
    let read = segment(pages.collect());
    assert_eq!(read.tables.len(), 3);
    let furniture: usize = read.accounts.iter().map(|account| account.furniture).sum();
    assert_eq!(furniture, 0, "{:?}", read.accounts);
    assert!(read.tables.iter().all(|table| table.pages().len() == 2), "{:?}", read.tables);
}
