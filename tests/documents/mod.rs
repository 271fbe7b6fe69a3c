//! Tiny PDF documents for tests, built page by page.

use lopdf::content::{Content, Operation};
use lopdf::{Document, Object, Stream, StringFormat, dictionary};
use std::fs;
use std::path::Path;

/// Text set at a point, in points from the bottom left.
pub fn text(content: &mut Vec<Operation>, x: i64, y: i64, size: i64, text: &str) {
    let utf16 = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    content.extend([
        Operation::new("BT", vec![]),
        Operation::new("Tf", vec!["F1".into(), size.into()]),
        Operation::new("Td", vec![x.into(), y.into()]),
        Operation::new("Tj", vec![Object::String(utf16, StringFormat::Hexadecimal)]),
        Operation::new("ET", vec![]),
    ]);
}

/// A ruled table, its top left corner at 60, 680.
pub fn grid(content: &mut Vec<Operation>, rows: &[[&str; 4]]) {
    const WIDTH: i64 = 120;
    const HEIGHT: i64 = 22;
    let bottom = 680 - HEIGHT * rows.len() as i64;
    let mut line = |x0: i64, y0: i64, x1: i64, y1: i64| {
        content.push(Operation::new("m", vec![x0.into(), y0.into()]));
        content.push(Operation::new("l", vec![x1.into(), y1.into()]));
        content.push(Operation::new("S", vec![]));
    };
    for row in 0..=rows.len() as i64 {
        line(60, 680 - HEIGHT * row, 60 + 4 * WIDTH, 680 - HEIGHT * row);
    }
    for column in 0..=4 {
        line(60 + WIDTH * column, 680, 60 + WIDTH * column, bottom);
    }
    for (row, cells) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            text(content, 66 + WIDTH * column, 688 - HEIGHT * row, 9, cell);
        }
    }
}

/// The content of a page that is one picture.
pub fn scan() -> Vec<Operation> {
    let place: Vec<Object> = [595, 0, 0, 842, 0, 0].map(Object::from).into();
    vec![Operation::new("cm", place), Operation::new("Do", vec!["I1".into()])]
}

/// A document of these pages, in a Chinese font that is not embedded.
pub fn pdf(pages: Vec<Vec<Operation>>) -> Document {
    let mut document = Document::with_version("1.5");
    let descendant = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "CIDFontType0", "BaseFont" => "STSong-Light", "DW" => 1000,
        "CIDSystemInfo" => dictionary! {
            "Registry" => Object::string_literal("Adobe"), "Ordering" => Object::string_literal("GB1"),
            "Supplement" => 4,
        },
    });
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "STSong-Light", "Encoding" => "UniGB-UCS2-H",
        "DescendantFonts" => vec![descendant.into()],
    });
    let image = Stream::new(
        dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => 1, "Height" => 1, "BitsPerComponent" => 8,
            "ColorSpace" => "DeviceGray",
        },
        vec![200],
    );
    let image = document.add_object(image);
    let root = document.new_object_id();
    let kids: Vec<Object> = pages
        .into_iter()
        .map(|operations| {
            let content = Content { operations }.encode().unwrap();
            let content = document.add_object(Stream::new(dictionary! {}, content));
            let page = dictionary! {
                "Type" => "Page", "Parent" => root, "Contents" => content,
                "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
                "Resources" => dictionary! {
                    "Font" => dictionary! { "F1" => font }, "XObject" => dictionary! { "I1" => image },
                },
            };
            document.add_object(page).into()
        })
        .collect();
    let count = kids.len() as i64;
    document.objects.insert(root, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => root });
    document.trailer.set("Root", catalog);
    let id = Object::string_literal("0123456789abcdef");
    document.trailer.set("ID", vec![id.clone(), id]);
    document
}

pub fn save(document: &mut Document, path: impl AsRef<Path>) {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    fs::create_dir_all(path.as_ref().parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// A report with a cover and one standard table, whose total is 合计.
pub fn report(department: &str, total: &str) -> Document {
    report_on("行政运行", department, total)
}

/// The same, with another name for its only subject.
pub fn report_on(subject: &str, department: &str, total: &str) -> Document {
    pdf(report_pages(subject, department, total, total))
}

/// The pages of such a report, whose only row may be other than its total.
pub fn report_pages(subject: &str, department: &str, total: &str, row: &str) -> Vec<Vec<Operation>> {
    let mut cover = Vec::new();
    text(&mut cover, 120, 600, 22, &format!("{department}2024年度部门决算"));
    let mut page = Vec::new();
    text(&mut page, 220, 740, 16, "支出决算表");
    text(&mut page, 470, 700, 9, "单位：万元");
    grid(
        &mut page,
        &[
            ["科目编码", "科目名称", "本年支出合计", "基本支出"],
            ["合计", "", total, ""],
            ["2010601", subject, row, "0.00"],
        ],
    );
    vec![cover, page]
}

pub fn save_report(path: impl AsRef<Path>, department: &str, total: &str) {
    save(&mut report(department, total), path);
}
