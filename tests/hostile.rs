//! Files made to do harm: whatever they hold, they are read to an end, within stated limits (docs/limits.md), and what
//! is left out is told.

use flate2::Compression;
use flate2::write::ZlibEncoder;
use kemu::page::{Excess, lay_out};
use kemu::pdf::{Document, DocumentWarning, OpenError, OpenOptions, Page, PageSource, PageWarning, SecondReader};
use kemu::{Extraction, Options, extract};
use std::fmt::Write as _;
use std::io::Write as _;

#[path = "documents/written.rs"]
mod written;

use written::{HELVETICA, Pdf, one_page};

fn packed(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// One page whose content is packed; `more` are objects from 5 on.
fn packed_page(entries: &str, content: &[u8], more: &[&str]) -> Vec<u8> {
    let mut pdf = Pdf::new(&[3]);
    pdf.add(&format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R{entries}>>"));
    pdf.stream("/Filter/FlateDecode", &packed(content));
    for body in more {
        pdf.add(body);
    }
    pdf.finish()
}

fn open(bytes: &[u8]) -> Document {
    Document::open(bytes, &OpenOptions::default()).expect("the document opens")
}

/// The page of [`packed_page`] with Helvetica as F1.
fn read(content: &str) -> Page {
    open(&packed_page(HELVETICA, content.as_bytes(), &[])).page(1)
}

fn whole(bytes: &[u8]) -> Extraction {
    extract(bytes, &Options::default()).expect("the document is read")
}

/// Is a warning of this sort told of the page, and the limit in it?
fn tells_of(page: &Page, limit: usize) -> bool {
    page.warnings.contains(&PageWarning::TooMuch(limit))
}

#[test]
fn a_stream_that_unpacks_to_gigabytes_is_cut_and_told() {
    let bomb = packed(&vec![b' '; 70 << 20]);
    for (filter, data) in [("/FlateDecode", bomb.clone()), ("[/FlateDecode/FlateDecode]", packed(&bomb))] {
        let mut pdf = Pdf::new(&[3]);
        pdf.add(&format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R{HELVETICA}>>"));
        pdf.stream(&format!("/Filter{filter}"), &data);
        let read = whole(&pdf.finish());
        assert_eq!(read.damage, ["text is missing on page 1"], "{filter}");
        assert!(read.warnings[0].text.contains("67108864"), "{:?}", read.warnings);
    }
}

#[test]
fn a_content_drawn_again_and_again_is_cut_and_told() {
    let mut pdf = Pdf::new(&[3]);
    pdf.add(&format!("<</Type/Page/Parent 2 0 R/Contents[{}]>>", "4 0 R ".repeat(200)));
    pdf.stream("/Filter/FlateDecode", &packed(&vec![b' '; 1 << 20]));
    assert!(tells_of(&open(&pdf.finish()).page(1), 128 << 20));
}

#[test]
fn more_filters_than_anybody_needs_are_told() {
    let mut pdf = Pdf::new(&[3]);
    pdf.add("<</Type/Page/Parent 2 0 R/Contents 4 0 R>>");
    pdf.stream(&format!("/Filter[{}]", "/ASCIIHexDecode".repeat(1000)), b"00");
    let page = open(&pdf.finish()).page(1);
    assert!(matches!(&page.warnings[..], [PageWarning::Stream(why)] if why.contains("16")), "{:?}", page.warnings);
}

#[test]
fn objects_that_unpack_to_more_than_any_index_are_damage() {
    let mut pdf = Pdf::new(&[9]);
    pdf.stream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", &packed(&[&b"9 0 "[..], &vec![b' '; 40 << 20]].concat()));
    let error = Document::open(&pdf.finish(), &OpenOptions::default()).err().expect("there is no page");
    assert!(!error.to_string().is_empty() && !error.hint().is_empty());
}

#[test]
fn all_that_a_page_draws_is_counted() {
    assert!(tells_of(&read(&"q Q ".repeat(2_000_001)), 4_000_000));
    assert!(tells_of(&read(&"q ".repeat(5000)), 4096));
    assert!(tells_of(&read(&format!("{} f", "0 0 1 1 re ".repeat(60_000))), 1 << 18));
    assert!(tells_of(&read(&"0 0 m 9 9 l S ".repeat(400_000)), 400_000));
    let fonts: String = (0..600).map(|n| format!("/F{n}<</Subtype/Type1/BaseFont/N{n}>>")).collect();
    let content: String = (0..600).map(|n| format!("/F{n} 9 Tf ")).collect();
    let bytes = packed_page(&format!("/Resources<</Font<<{fonts}>>>>"), content.as_bytes(), &[]);
    assert!(tells_of(&open(&bytes).page(1), 500));
}

#[test]
fn glyphs_are_counted_within_one_string_and_one_code() {
    let page = read(&format!("BT /F1 9 Tf 9 9 Td ({}) Tj ET", "ab".repeat(100_000)));
    assert!(page.glyphs.len() + page.hidden.len() <= 100_000 && tells_of(&page, 100_000));

    let map = format!("1 beginbfchar <01> <{}> endbfchar", "0041".repeat(50_000));
    let font = "<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/X/FirstChar 1/Widths[64000]/ToUnicode 5 0 R>>>>>>";
    let mut pdf = Pdf::new(&[3]);
    pdf.add(&format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources{font}>>"));
    pdf.stream("", b"BT /F1 9 Tf 9 9 Td (\x01) Tj ET");
    pdf.stream("", map.as_bytes());
    let read = whole(&pdf.finish());
    assert_eq!(read.document.accounts[0].visible, 256);
    assert_eq!(read.damage, ["text is missing on page 1"]);
}

#[test]
fn the_work_of_all_pages_together_is_shared_out() {
    let mut pdf = Pdf::default();
    pdf.add("<</Type/Catalog/Pages 2 0 R>>");
    let kids: String = (0..10_000).map(|_| "<</Type/Page/Contents 3 0 R>>").collect();
    pdf.add(&format!("<</Type/Pages/Kids[{kids}]/Count 10000/MediaBox[0 0 9 9]>>"));
    pdf.stream("", "q Q ".repeat(50_000).as_bytes());
    assert!(tells_of(&open(&pdf.finish()).page(10_000), 40_000));
}

#[test]
fn page_trees_without_end_or_measure_are_cut_and_told() {
    // Each node has two kids written right into it, which share theirs: twice as many with each level.
    let mut nested = Pdf::default();
    nested.add("<</Type/Catalog/Pages<</Type/Pages/Kids 2 0 R>>>>");
    for id in 3..60 {
        nested.add(&format!("[<</Kids {id} 0 R>><</Kids {id} 0 R>>]"));
    }
    nested.add("[<</Type/Page/MediaBox[0 0 9 9]>>]");
    let document = open(&nested.finish());
    assert!(document.page_count() <= 20_000);
    assert!(!document.warnings().is_empty());

    // The page at the end of a long chain.
    let mut deep = Pdf::default();
    deep.add("<</Type/Catalog/Pages 2 0 R>>");
    for id in 2..500 {
        deep.add(&format!("<</Type/Pages/Kids[{} 0 R]/Count 1/Parent {} 0 R>>", id + 1, id - 1));
    }
    deep.add("<</Type/Page/MediaBox[0 0 9 9]>>");
    let document = open(&deep.finish());
    assert!(document.warnings().contains(&DocumentWarning::PageTreeTooLarge));
    assert_eq!(document.page_count(), 1, "it is found by searching");
}

#[test]
fn more_pages_than_any_report_has_are_cut_and_told() {
    let mut pdf = Pdf::default();
    pdf.add("<</Type/Catalog/Pages 2 0 R>>");
    let kids = "<</Type/Page>>".repeat(20_001);
    pdf.add(&format!("<</Type/Pages/Kids[{kids}]/Count 99999999999/MediaBox[0 0 9 9]>>"));
    let document = open(&pdf.finish());
    assert_eq!(document.page_count(), 20_000);
    assert!(document.warnings().contains(&DocumentWarning::TooManyPages(20_000)));
}

#[test]
fn absurd_boxes_are_told_and_absurd_numbers_poison_nothing() {
    let far = format!("{}.0", "9".repeat(38));
    for media in
        [format!("[0 0 {far} {far}]"), format!("[-{far} 0 {far} 9]"), "[0 0 9000 9000]/UserUnit 999".to_owned()]
    {
        let page = open(&packed_page(&format!("/MediaBox{media}"), b"0 0 9 9 re S", &[])).page(1);
        assert_eq!(page.warnings, [PageWarning::AbsurdBox], "{media}");
        assert!(page.width.is_finite() && page.width < 1.0e6);
    }
    let content = format!(
        "0 0 {far} {far} re S 0 0 m {far} {far} l S {far} w 0 0 m 9 9 l S q {far} 0 0 {far} {far} {far} cm {far} 0 0 {far} 0 \
         0 cm 0 0 9 9 re f BT /F1 {far} Tf {far} {far} Td (A) Tj ET Q BT /F1 9 Tf {far} Tz {far} Tc 9 9 Td (AB) Tj ET"
    );
    let page = read(&content);
    for glyph in page.glyphs.iter().chain(page.hidden.iter().map(|hidden| &hidden.glyph)) {
        assert!(glyph.bbox.x0.is_finite() && glyph.bbox.y1.is_finite() && glyph.size.is_finite());
    }
    assert_eq!(lay_out(&page).visible_glyphs, page.glyphs.len());
}

#[test]
fn things_within_things_end_somewhere() {
    for (open, close) in [("[", "]"), ("<</A", ">>"), ("(", ")")] {
        let deep = open.repeat(200_000) + &close.repeat(200_000);
        let mut pdf = Pdf::new(&[3]);
        pdf.add(&format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R{HELVETICA}/X{deep}>>"));
        pdf.stream("", format!("{deep} TJ BT /F1 9 Tf 9 9 Td (A) Tj ET").as_bytes());
        // Opened or not, it comes to an end, also by the second reader.
        let options = Options { second_reader: true, ..Options::default() };
        match extract(&pdf.finish(), &options) {
            Ok(read) => assert!(read.page_count <= 1, "{open}"),
            Err(error) => assert!(!error.hint().is_empty(), "{open}"),
        }
    }
}

#[test]
fn lengths_that_are_found_through_one_another_are_damage() {
    let chain = |links: usize| {
        let mut pdf = Pdf::new(&[3]);
        pdf.add("<</Type/Page/Parent 2 0 R/Contents 4 0 R>>");
        for id in 4..4 + links {
            pdf.add(&format!("<</Length {} 0 R>>stream\nq\nendstream", id + 1));
        }
        pdf.add("1");
        Document::open(&pdf.finish(), &OpenOptions::default())
    };
    assert_eq!(chain(5).map(|document| document.page_count()).ok(), Some(1));
    let error = chain(100_000).err().expect("it would overflow the stack");
    assert_eq!(error, OpenError::Damaged("the lengths of its streams refer to one another".to_owned()));
}

#[test]
fn the_second_reader_is_not_asked_about_what_it_cannot_bear() {
    let page = |map: &str, content: &[u8]| {
        let font = "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/ToUnicode 5 0 R/DescendantFonts[<<>>]>>";
        let mut pdf = Pdf::new(&[3]);
        pdf.add(&format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 {font}>>>>>>"));
        pdf.stream("/Filter/FlateDecode", content);
        pdf.stream("", map.as_bytes());
        let first = Document::open(&pdf.finish(), &OpenOptions::default()).expect("the first reader opens");
        SecondReader::beside(&first).page(1).warnings
    };
    let too_much = [PageWarning::GaveUp("the page draws too much".to_owned())];
    let content = packed(b"BT /F1 9 Tf 9 9 Td <0001> Tj ET");
    assert_ne!(page("1 beginbfrange <0000> <ffff> <0041> endbfrange", &content), too_much);
    assert_ne!(page("1 beginbfchar <0001> <d840dc3e> endbfchar", &content), too_much);
    let lists = "2 beginbfrange <0001> <0002> [<d840dc3e> <0042>] <00000000> <ffffffff> <0041> endbfrange";
    assert_eq!(page(lists, &content), too_much);
    assert_eq!(page("", &packed(&vec![b' '; 70 << 20])), too_much);
}

#[test]
fn the_second_reader_gives_up_where_the_first_comes_to_a_limit() {
    let mut pdf = Pdf::new(&[3]);
    pdf.add("<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>");
    pdf.stream("", b"/X Do /X Do");
    for id in 5..40 {
        let entries = format!("/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {} 0 R>>>>", id + 1);
        pdf.stream(&entries, b"/X Do /X Do");
    }
    pdf.stream("/Subtype/Form/BBox[0 0 9 9]", b"");
    let first = Document::open(&pdf.finish(), &OpenOptions::default()).expect("the first reader opens");
    let page = SecondReader::beside(&first).page(1);
    assert!(matches!(page.warnings[..], [PageWarning::GaveUp(_)]), "{:?}", page.warnings);
}

#[test]
fn objects_that_refer_to_themselves_are_nothing() {
    let entries = "/Contents 4 0 R/Resources 6 0 R/Annots 7 0 R/MediaBox 5 0 R/Rotate 5 0 R";
    let mut pdf = Pdf::new(&[3]);
    pdf.add(&format!("<</Type/Page/Parent 2 0 R{entries}>>"));
    pdf.stream("/Filter 5 0 R/DecodeParms 5 0 R", b"/Font gs /Font cs /Font 9 Tf (A) Tj /Font Do /OC /Font BDC");
    pdf.add("5 0 R");
    let loops = "/Font 6 0 R/XObject 6 0 R/ExtGState 6 0 R/ColorSpace 6 0 R/Properties 6 0 R/DescendantFonts[6 0 R]";
    pdf.add(&format!("<<{loops}/Encoding 6 0 R/ToUnicode 6 0 R/FontDescriptor 6 0 R/W[6 0 R]/OCGs 6 0 R/Type/OCMD>>"));
    pdf.add("[7 0 R]");
    let read = whole(&pdf.finish());
    assert_eq!((read.page_count, read.document.tables.len()), (1, 0));
}

#[test]
fn cmaps_and_widths_of_millions_of_entries_are_cut_and_told() {
    let composite = |more: &str, stream: &str, text: &str| {
        let descendant = "/DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/X/W 6 0 R>>]";
        let font = format!("<</Type/Font/Subtype/Type0/BaseFont/X{descendant}{more}>>");
        let mut pdf = Pdf::new(&[3]);
        pdf.add(&format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 {font}>>>>>>"));
        pdf.stream("", format!("BT /F1 9 Tf 9 9 Td <{text}> Tj ET").as_bytes());
        pdf.stream("/Filter/FlateDecode", &packed(stream.as_bytes()));
        pdf.add(if more.is_empty() { "[0 1 500]" } else { stream.strip_prefix('%').unwrap_or("[]") });
        open(&pdf.finish()).page(1)
    };
    let cut = |page: &Page| page.warnings.contains(&PageWarning::FontTooLarge("X".to_owned()));
    let ranges = "1 beginbfrange <0000> <ffff> <0041> endbfrange ".repeat(10);
    assert!(cut(&composite("/Encoding/Identity-H/ToUnicode 5 0 R", &ranges, "0001")));
    let long = " ".repeat(5 << 20);
    assert!(cut(&composite("/Encoding/Identity-H/ToUnicode 5 0 R", &long, "0001")));
    let spaces: String = (0..300).map(|n| format!("<{n:04x}> <{n:04x}> ")).collect();
    let spaces = format!("300 begincodespacerange {spaces} endcodespacerange");
    assert!(cut(&composite("/Encoding 5 0 R", &spaces, &"0001".repeat(1000))));
    let widths = format!("%[{}]", "0 65535 1 ".repeat(5));
    assert!(cut(&composite("/Encoding/Identity-H", &widths, "0001")));
    let fine = composite("/Encoding/Identity-H/ToUnicode 5 0 R", "1 beginbfchar <0001> <0041> endbfchar", "0001");
    assert!(!cut(&fine) && fine.glyphs.len() == 1);
}

#[test]
fn a_page_of_a_hundred_thousand_rulings_or_words_is_told() {
    let mut rulings = String::new();
    for n in 0..100_000 {
        let (x, y) = (n * 37 % 14_000, n / 10 % 14_000);
        let _ = write!(rulings, "{x} {y} m {} {} l S ", x + 5 * (n % 2), y + 5 * (1 - n % 2));
    }
    let page =
        |content: &str| open(&packed_page(&format!("{HELVETICA}/MediaBox[0 0 14400 14400]"), content.as_bytes(), &[]));
    assert!(lay_out(&page(&rulings).page(1)).excess.contains(&Excess::Rulings));

    let lattice: String = (0..300).map(|n| format!("0 {0} m 900 {0} l {0} 0 m {0} 900 l S ", 3 * n)).collect();
    let layout = lay_out(&page(&lattice).page(1));
    assert!(layout.excess.contains(&Excess::Squares) && layout.grids.is_empty());

    let tables: String = (0..600).map(|n| format!("{} {} 40 40 re S ", n % 30 * 99, n / 30 * 99)).collect();
    let bars: String =
        (0..600).map(|n| format!("{0} {1} m {0} {2} l S ", n % 30 * 99 + 20, n / 30 * 99, n / 30 * 99 + 40)).collect();
    let layout = lay_out(&page(&(tables + &bars)).page(1));
    assert_eq!((layout.excess.as_slice(), layout.grids.len()), (&[Excess::Grids][..], 500));

    let dots: String = (0..110_000).map(|n| format!("{} {} 1 1 re f ", n % 400 * 5, n / 400 * 5)).collect();
    assert!(lay_out(&page(&dots).page(1)).excess.contains(&Excess::Dots));

    let words: String =
        (0..6000).map(|n| format!("BT /F1 1 Tf {} {} Td (1.0) Tj ET ", n % 80 * 90, n / 80 * 9)).collect();
    let read = whole(&packed_page(&format!("{HELVETICA}/MediaBox[0 0 14400 14400]"), words.as_bytes(), &[]));
    assert_eq!(read.damage, ["there is more than is read on page 1"]);
}

#[test]
fn what_a_plain_page_holds_is_no_excess() {
    let bytes = one_page(HELVETICA, b"0 0 100 20 re 50 0 m 50 20 l S BT /F1 9 Tf 9 9 Td (A) Tj ET", &[]);
    let read = whole(&bytes);
    assert!(read.damage.is_empty() && read.warnings.is_empty(), "{:?}", read.warnings);
}
