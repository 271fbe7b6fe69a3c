//! Station 1: what is read from small PDFs written by hand, each named by the trait or defect it has.

use kemu::pdf::{
    Direction, Document, DocumentWarning, FileKind, Glyph, Hidden, OpenError, OpenOptions, Page, PageSource,
    PageWarning, SecondReader, Shape, compare,
};

#[path = "documents/written.rs"]
mod written;

use written::{HELVETICA, Pdf, one_page};

fn open(bytes: &[u8]) -> Document {
    Document::open(bytes, &OpenOptions::default()).expect("the document opens")
}

fn read(entries: &str, content: &[u8], more: &[&str]) -> Page {
    open(&one_page(entries, content, more)).page(1)
}

/// A page whose F1 is a composite font: descendant entries and encoding are given.
fn composite(encoding: &str, descendant: &str, to_unicode: &str, content: &[u8], more: &[&str]) -> Page {
    let font = format!(
        "<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding {encoding}{to_unicode}/DescendantFonts[<</Type/Font\
         /Subtype/CIDFontType2/BaseFont/SimSun{descendant}>>]>>"
    );
    read(&format!("/Resources<</Font<</F1 {font}>>>>"), content, more)
}

const GB1: &str = "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>";

fn text(page: &Page) -> String {
    page.glyphs.iter().map(|glyph| glyph.unicode).collect()
}

fn hidden(page: &Page) -> Vec<(char, Hidden)> {
    page.hidden.iter().map(|hidden| (hidden.glyph.unicode, hidden.reason)).collect()
}

#[track_caller]
fn near(got: f32, expected: f32) {
    assert!((got - expected).abs() < 0.02, "{got} is not {expected}");
}

#[track_caller]
fn at(glyph: &Glyph, x: f32, y: f32) {
    near(glyph.origin.0, x);
    near(glyph.origin.1, y);
}

// ---- places -------------------------------------------------------------------------------------

#[test]
fn text_stands_where_the_matrices_put_it() {
    let page = read(HELVETICA, b"1 0 0 1 10 20 cm BT /F1 20 Tf 1 0 0 1 90 580 Tm (Ai) Tj ET", &[]);
    assert_eq!((page.width, page.height, page.number), (600.0, 800.0, 1));
    assert_eq!(text(&page), "Ai");
    at(&page.glyphs[0], 100.0, 200.0);
    // Helvetica's A is 667 wide, its i 222.
    at(&page.glyphs[1], 100.0 + 0.667 * 20.0, 200.0);
    let bbox = page.glyphs[1].bbox;
    near(bbox.width(), 0.222 * 20.0);
    near(bbox.y0, 200.0 - 16.0);
    near(bbox.y1, 200.0 + 4.0);
    assert_eq!(page.glyphs[0].size, 20.0);
    assert_eq!(page.glyphs[0].direction, Direction::Right);
    assert!(page.warnings.is_empty() && page.hidden.is_empty());
}

#[test]
fn rotated_pages_are_read_as_they_are_seen() {
    let content = b"BT /F1 10 Tf 100 700 Td (A) Tj ET 10 790 50 1 re f";
    for (degrees, size, place, direction, fill) in [
        (0, (600.0, 800.0), (100.0, 100.0), Direction::Right, (10.0, 9.0)),
        (90, (800.0, 600.0), (700.0, 100.0), Direction::Down, (790.0, 10.0)),
        (180, (600.0, 800.0), (500.0, 700.0), Direction::Left, (540.0, 790.0)),
        (270, (800.0, 600.0), (100.0, 500.0), Direction::Up, (9.0, 540.0)),
        (-90, (800.0, 600.0), (100.0, 500.0), Direction::Up, (9.0, 540.0)),
    ] {
        let page = read(&format!("{HELVETICA}/Rotate {degrees}"), content, &[]);
        assert_eq!((page.width, page.height), size, "{degrees}");
        at(&page.glyphs[0], place.0, place.1);
        assert_eq!(page.glyphs[0].direction, direction, "{degrees}");
        let Shape::Fill(rect) = page.marks[0].shape else { panic!("a fill") };
        near(rect.x0, fill.0);
        near(rect.y0, fill.1);
    }
}

#[test]
fn the_crop_box_is_the_page_and_the_user_unit_its_scale() {
    let entries = format!("{HELVETICA}/MediaBox[0 0 600 800]/CropBox[100 100 900 400]/UserUnit 2");
    let page = read(&entries, b"BT /F1 10 Tf 110 390 Td (A) Tj 0 100 Td (B) Tj ET", &[]);
    assert_eq!((page.width, page.height), (1000.0, 600.0));
    at(&page.glyphs[0], 20.0, 20.0);
    assert_eq!(page.glyphs[0].size, 20.0);
    assert_eq!(hidden(&page), [('B', Hidden::OffPage)]);
}

#[test]
fn a_watermark_runs_aslant() {
    let page = read(HELVETICA, b"BT /F1 10 Tf .7 .7 -.7 .7 300 300 Tm (A) Tj ET", &[]);
    assert_eq!(page.glyphs[0].direction, Direction::Oblique);
    near(page.glyphs[0].size, 9.899);
}

#[test]
fn spacing_operators_move_the_pen() {
    let content = b"BT /F1 10 Tf 100 700 Td [(A) -500 (A) 250 (A)] TJ ET";
    let page = read(HELVETICA, content, &[]);
    at(&page.glyphs[1], 100.0 + 6.67 + 5.0, 100.0);
    at(&page.glyphs[2], 100.0 + 2.0 * 6.67 + 5.0 - 2.5, 100.0);

    let page = read(HELVETICA, b"BT /F1 10 Tf 100 700 Td 2 Tc 3 Tw 50 Tz 4 Ts (A A) Tj ET", &[]);
    at(&page.glyphs[0], 100.0, 96.0);
    at(&page.glyphs[1], 100.0 + (6.67 + 2.0) * 0.5, 96.0);
    at(&page.glyphs[2], 100.0 + (6.67 + 2.0 + 2.78 + 2.0 + 3.0) * 0.5, 96.0);
    near(page.glyphs[0].bbox.width(), 3.335);

    let page = read(
        HELVETICA,
        b"BT /F1 10 Tf 15 TL 100 700 Td (A) Tj (B) ' 1 2 (C D) \" T* (E) Tj 0 -20 TD (F) Tj T* (G) Tj ET",
        &[],
    );
    assert_eq!(text(&page), "ABC DEFG");
    at(&page.glyphs[1], 100.0, 115.0);
    at(&page.glyphs[2], 100.0, 130.0);
    at(&page.glyphs[4], 100.0 + 7.22 + 2.0 + 2.78 + 2.0 + 1.0, 130.0);
    at(&page.glyphs[5], 100.0, 145.0);
    at(&page.glyphs[6], 100.0, 165.0);
    at(&page.glyphs[7], 100.0, 185.0);
}

// ---- what is seen -------------------------------------------------------------------------------

#[test]
fn text_outside_the_clip_is_hidden_until_the_state_is_restored() {
    let content = b"q 100 700 50 20 re W n BT /F1 10 Tf 110 705 Td (A) Tj 0 -200 Td (B) Tj ET Q BT /F1 10 Tf 110 505 Td (C) Tj ET";
    let page = read(HELVETICA, content, &[]);
    assert_eq!(text(&page), "AC");
    assert_eq!(hidden(&page), [('B', Hidden::Clipped)]);
}

#[test]
fn a_cell_cut_by_the_page_shows_each_line_once() {
    // The same cell is drawn on two pages, clipped to each page's part of it; the cut goes through
    // the middle line, which belongs to the part that shows more of it.
    let cell =
        |clip: &str| format!("q {clip} re W* n BT /F1 10 Tf 100 700 Td (a) Tj 0 -12 Td (b) Tj 0 -12 Td (c) Tj ET Q");
    let upper = read(HELVETICA, cell("90 690 100 30").as_bytes(), &[]);
    let lower = read(HELVETICA, cell("90 600 100 90").as_bytes(), &[]);
    assert_eq!((text(&upper).as_str(), text(&lower).as_str()), ("ab", "c"));
}

#[test]
fn invisible_text_is_kept_apart() {
    let page = read(HELVETICA, b"BT /F1 10 Tf 100 700 Td 3 Tr (A) Tj 7 Tr (B) Tj 2 Tr (C) Tj ET", &[]);
    assert_eq!(text(&page), "C");
    assert_eq!(hidden(&page), [('A', Hidden::Invisible), ('B', Hidden::Invisible)]);
}

#[test]
fn transparent_text_is_invisible() {
    let entries = "/Resources<</Font<</F1<</Subtype/Type1/BaseFont/Helvetica>>>>/ExtGState<</G<</ca 0>>>>>>";
    let page = read(entries, b"BT /F1 10 Tf 100 700 Td (A) Tj /G gs (B) Tj ET 1 1 9 9 re f", &[]);
    assert_eq!(text(&page), "A");
    assert_eq!(hidden(&page), [('B', Hidden::Invisible)]);
    assert!(page.marks.is_empty());
}

#[test]
fn bold_by_overprinting_is_one_character() {
    let content =
        b"BT /F1 10 Tf 100 700 Td (A) Tj ET BT /F1 10 Tf 100.4 700 Td (A) Tj ET BT /F1 10 Tf 103 700 Td (A) Tj ET";
    let page = read(HELVETICA, content, &[]);
    assert_eq!(text(&page), "AA");
    assert_eq!(hidden(&page), [('A', Hidden::Overprinted)]);
}

#[test]
fn narrow_neighbours_are_not_overprinted() {
    let page = read(HELVETICA, b"BT /F1 10 Tf 100 700 Td (ill...) Tj 30 Tz (ll) Tj ET", &[]);
    assert_eq!(text(&page), "ill...ll");
}

#[test]
fn a_layer_that_is_off_is_not_seen() {
    let mut pdf = Pdf::default();
    pdf.add("<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[5 0 R 6 0 R]/D<</OFF[5 0 R]>>>>>>");
    pdf.add("<</Type/Pages/Kids[3 0 R]/Count 1>>");
    pdf.add(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Properties<</L1 5 0 R/L2 6 0 R>>\
         /Font<</F1<</Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
    );
    let content =
        b"BT /F1 10 Tf 100 700 Td /OC /L1 BDC (A) Tj /P <</MCID 0>> BDC (B) Tj EMC EMC /OC /L2 BDC (C) Tj EMC ET";
    pdf.stream("", content);
    pdf.add("<</Type/OCG/Name(off)>>");
    pdf.add("<</Type/OCG/Name(on)>>");
    let page = open(&pdf.finish()).page(1);
    assert_eq!(text(&page), "C");
    assert_eq!(page.hidden.len(), 2);
}

#[test]
fn luminance_follows_every_colour_space() {
    let entries = "/Resources<</Font<</F1<</Subtype/Type1/BaseFont/Helvetica>>>>/ColorSpace<</I[/ICCBased 5 0 R]\
                   /S[/Separation/Gold/DeviceCMYK 6 0 R]/X[/Indexed/DeviceRGB 1<000000FFFFFF>]>>>>";
    let content = b"BT /F1 10 Tf 100 700 Td (a) Tj 1 g (b) Tj 1 0 0 rg (c) Tj 0 0 0 1 k (d) Tj 0 0 0 0 k (e) Tj \
                    /I cs 1 1 1 sc (f) Tj /S cs .25 scn (g) Tj /X cs 1 sc (h) Tj /Pattern cs /P1 scn (i) Tj ET";
    let page = read(entries, content, &["<</N 3/Length 0>>\nstream\n\nendstream", "<</FunctionType 2>>"]);
    let luminances: Vec<u8> = page.glyphs.iter().map(|glyph| glyph.luminance).collect();
    assert_eq!(luminances, [0, 255, 76, 0, 255, 255, 191, 255, 128]);
}

// ---- marks --------------------------------------------------------------------------------------

fn fills(page: &Page) -> Vec<[f32; 4]> {
    let shapes = page.marks.iter().map(|mark| mark.shape);
    shapes.filter_map(|shape| if let Shape::Fill(r) = shape { Some([r.x0, r.y0, r.x1, r.y1]) } else { None }).collect()
}

fn strokes(page: &Page) -> Vec<[f32; 5]> {
    let shapes = page.marks.iter().map(|mark| mark.shape);
    shapes
        .filter_map(|shape| match shape {
            Shape::Stroke { from, to, width, .. } => Some([from.0, from.1, to.0, to.1, width]),
            Shape::Fill(_) => None,
        })
        .collect()
}

#[test]
fn a_thin_filled_rectangle_is_a_fill_and_white_stays_white() {
    let page = read("", b"100 700 200 .5 re f 1 g 100 100 50 50 re f* 0 g 10 10 m 20 10 l 20 30 l 10 30 l h f", &[]);
    assert_eq!(fills(&page), [[100.0, 99.5, 300.0, 100.0], [100.0, 650.0, 150.0, 700.0], [10.0, 770.0, 20.0, 790.0]]);
    let luminances: Vec<u8> = page.marks.iter().map(|mark| mark.luminance).collect();
    assert_eq!(luminances, [0, 255, 0]);
}

#[test]
fn several_rectangles_in_one_path_are_several_fills() {
    let page = read("", b"0 0 10 10 re 20 0 10 10 re 40 0 10 10 re f", &[]);
    assert_eq!(fills(&page).len(), 3);
}

#[test]
fn a_frame_is_four_bars() {
    for content in [&b"0 0 100 100 re 1 1 98 98 re f*"[..], b"0 0 100 100 re 1 1 m 1 99 l 99 99 l 99 1 l h f"] {
        let page = read("", content, &[]);
        assert_eq!(fills(&page).len(), 4);
        assert!(fills(&page).iter().all(|[x0, y0, x1, y1]| (x1 - x0).min(y1 - y0) == 1.0));
    }
}

#[test]
fn a_mitred_border_is_a_bar_and_other_polygons_are_nothing() {
    // Browsers print the borders of table cells as trapezoids.
    let page = read(
        "",
        b"42 546 m 798 546 l 797 545 l 43 545 l h f 100 100 m 200 100 l 150 200 l f 0 0 m 9 9 9 9 18 0 c f",
        &[],
    );
    assert_eq!(fills(&page), [[42.0, 254.0, 600.0, 255.0]]);
}

#[test]
fn strokes_have_transformed_width_and_dashes() {
    let page =
        read("", b"q 2 0 0 3 0 0 cm 1 w 10 100 m 60 100 l S [3 2] 0 d 10 100 m 10 150 l S Q 0 w 5 5 m 9 5 l s", &[]);
    assert_eq!(
        strokes(&page),
        [
            [20.0, 500.0, 120.0, 500.0, 3.0],
            [20.0, 500.0, 20.0, 350.0, 2.0],
            [5.0, 795.0, 9.0, 795.0, 0.1],
            [9.0, 795.0, 5.0, 795.0, 0.1]
        ]
    );
    let dashed: Vec<bool> =
        page.marks.iter().map(|mark| matches!(mark.shape, Shape::Stroke { dashed: true, .. })).collect();
    assert_eq!(dashed, [false, true, false, false]);
}

#[test]
fn a_stroked_rectangle_is_four_strokes_and_a_painted_one_a_fill_too() {
    assert_eq!(strokes(&read("", b"10 10 50 50 re S", &[])).len(), 4);
    for operator in ["B", "B*", "b", "b*"] {
        let page = read("", format!("10 10 50 50 re {operator}").as_bytes(), &[]);
        assert_eq!((fills(&page).len(), strokes(&page).len()), (1, 4), "{operator}");
    }
}

#[test]
fn marks_are_cut_to_the_clip() {
    let page = read("", b"100 100 100 100 re W n 0 150 m 600 150 l S 0 200 m 600 200 l S 0 300 m 600 300 l S 150 0 200 200 re f 200 100 50 50 re f", &[]);
    // The stroke along the clip's edge is half seen; the fill beside it leaves nothing.
    assert_eq!(strokes(&page), [[100.0, 650.0, 200.0, 650.0, 1.0], [100.0, 600.0, 200.0, 600.0, 1.0]]);
    assert_eq!(fills(&page), [[150.0, 600.0, 200.0, 700.0]]);
}

#[test]
fn pictures_are_boxes() {
    let entries = "/Resources<</XObject<</I 5 0 R>>>>";
    let image = "<</Type/XObject/Subtype/Image/Width 1/Height 1/Length 0>>\nstream\n\nendstream";
    let page = read(entries, b"q 100 0 0 50 10 20 cm /I Do Q q 9 0 0 9 900 900 cm /I Do Q", &[image]);
    assert_eq!(page.pictures.len(), 1);
    near(page.pictures[0].x1, 110.0);
    near(page.pictures[0].y0, 730.0);
}

#[test]
fn inline_images_are_skipped_whatever_they_hold() {
    let raw =
        b"q 10 0 0 10 50 50 cm BI /W 4 /H 2 /BPC 8 /CS /G ID \x01 EI \xFF(\x02 EI Q BT /F1 10 Tf 100 700 Td (A) Tj ET";
    let packed =
        b"BI /W 100 /H 100 /BPC 8 /CS /RGB /F /Fl ID x\x9C\xED EI \x80\x81 (( EI\nBT /F1 10 Tf 100 700 Td (A) Tj ET";
    for content in [&raw[..], packed] {
        let page = read(HELVETICA, content, &[]);
        assert_eq!((text(&page).as_str(), page.pictures.len()), ("A", 1));
        assert!(page.warnings.is_empty(), "{:?}", page.warnings);
    }
}

// ---- forms and annotations ----------------------------------------------------------------------

#[test]
fn forms_have_their_own_matrix_clip_and_resources() {
    let form = "<</Subtype/Form/BBox[0 0 50 50]/Matrix[2 0 0 2 100 100]/Resources<</Font<</F1<</Subtype/Type1/BaseFont/Courier>>>>>>\
                /Length 62>>\nstream\nBT /F1 10 Tf 5 5 Td (AA) Tj 0 100 Td (B) Tj ET 0 0 10 10 re f  \nendstream";
    let entries = "/Resources<</XObject<</X 5 0 R>>/Font<</F1<</Subtype/Type1/BaseFont/Helvetica>>>>>>";
    let page = read(entries, b"/X Do BT /F1 10 Tf 10 10 Td (AC) Tj ET", &[form]);
    assert_eq!(text(&page), "AAAC");
    at(&page.glyphs[0], 110.0, 690.0);
    at(&page.glyphs[1], 110.0 + 12.0, 690.0);
    at(&page.glyphs[3], 10.0 + 6.67, 790.0);
    assert_eq!(page.glyphs[0].size, 20.0);
    assert_ne!(page.glyphs[0].font, page.glyphs[3].font);
    assert_eq!(hidden(&page), [('B', Hidden::Clipped)]);
    assert_eq!(fills(&page), [[100.0, 680.0, 120.0, 700.0]]);
}

const CYCLE: [&str; 2] = [
    "<</Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</Y 6 0 R>>>>/Length 6>>\nstream\n/Y Do \nendstream",
    "<</Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</X 5 0 R>>/Font<</F1<</Subtype/Type1/BaseFont/Helvetica>>>>>>\
     /Length 45>>\nstream\n/X Do BT /F1 10 Tf 100 700 Td (A) Tj ET      \nendstream",
];

#[test]
fn a_form_that_draws_itself_is_drawn_once() {
    let page = read("/Resources<</XObject<</X 5 0 R>>>>", b"/X Do", &CYCLE);
    assert_eq!(text(&page), "A");
    assert_eq!(page.warnings, [PageWarning::FormCycle]);
}

#[test]
fn forms_that_multiply_come_to_an_end() {
    // Each of ten forms draws the next one a thousand times.
    let mut pdf = Pdf::new(&[3]);
    pdf.add("<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>");
    pdf.stream("", b"/X Do");
    for next in 6..16 {
        pdf.stream(&format!("/Subtype/Form/Resources<</XObject<</X {next} 0 R>>>>"), &b"/X Do ".repeat(1000));
    }
    pdf.stream("/Subtype/Form", b"n");
    let page = open(&pdf.finish()).page(1);
    assert!(matches!(page.warnings.as_slice(), [PageWarning::TooMuch(_)]), "{:?}", page.warnings);
}

#[test]
fn form_fields_show_their_appearance() {
    let appearance = "<</Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F1<</Subtype/Type1/BaseFont/Helvetica>>>>>>/Length 34>>\n\
                      stream\nBT /F1 10 Tf 2 5 Td (1,234) Tj ET \nendstream";
    let annotation = |kind: &str, flags: u32| {
        let entries = format!("/Annots[<</Subtype/{kind}/F {flags}/Rect[100 100 300 140]/AP<</N 5 0 R>>>>]");
        read(&entries, b"", &[appearance])
    };
    let page = annotation("Widget", 4);
    assert_eq!(text(&page), "1,234");
    at(&page.glyphs[0], 104.0, 690.0);
    assert_eq!(page.glyphs[0].size, 20.0);
    assert_eq!(text(&annotation("FreeText", 0)), "1,234");
    assert_eq!(text(&annotation("Widget", 2)), "");
    assert_eq!(text(&annotation("Popup", 4)), "");
}

// ---- fonts --------------------------------------------------------------------------------------

#[test]
fn widths_of_composite_fonts_in_both_forms() {
    let content = b"BT /F1 10 Tf 100 700 Td <0003001000110005> Tj ET";
    let page = composite("/Identity-H", "/DW 800/W[3[250 300] 16 20 500]", "/ToUnicode/Identity-H", content, &[]);
    let starts: Vec<f32> = page.glyphs.iter().map(|glyph| glyph.origin.0).collect();
    assert_eq!(starts, [100.0, 102.5, 107.5, 112.5]);
    near(page.glyphs[3].bbox.width(), 8.0);
}

#[test]
fn predefined_cmaps_need_no_to_unicode() {
    let show = |string: &str| format!("BT /F1 10 Tf 100 700 Td {string} Tj ET").into_bytes();
    // 收入 1,2 in GBK; the half-width forms come out as ASCII.
    for encoding in ["/GBK-EUC-H", "/GBKp-EUC-H", "/GBK2K-H", "/GB-EUC-H"] {
        let page = composite(encoding, GB1, "", &show("<CAD5C8EB20312C32>"), &[]);
        // The half-width blank of GBK is an en space.
        assert_eq!(text(&page).replace('\u{2002}', " "), "收入 1,2", "{encoding}");
        assert!(page.warnings.is_empty());
    }
    let page = composite("/UniGB-UCS2-H", GB1, "", &show("<653651650031>"), &[]);
    assert_eq!(text(&page), "收入1");
    let page = composite("/UniGB-UTF16-H", GB1, "", &show("<6536D840DC0C0031>"), &[]);
    assert_eq!(text(&page), "收\u{2000C}1");
    let page = composite("/UniGB-UTF8-H", GB1, "", &show("<E694B631>"), &[]);
    assert_eq!(text(&page), "收1");
    // A four-byte code of GB 18030.
    let page = composite("/GBK2K-H", GB1, "", &show("<8139EF30CAD5>"), &[]);
    assert_eq!(page.glyphs.len(), 2);
    assert_eq!(page.glyphs[1].unicode, '收');
    let page = composite(
        "/ETen-B5-H",
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(CNS1)/Supplement 0>>",
        "",
        &show("<A6ACA44A31>"),
        &[],
    );
    assert_eq!(text(&page), "收入1");
}

#[test]
fn cids_mean_what_their_collection_says() {
    // CID 17 of Adobe-GB1 is 0.
    let page = composite("/Identity-H", GB1, "", b"BT /F1 10 Tf 100 700 Td <0011> Tj ET", &[]);
    assert_eq!(text(&page), "0");
}

#[test]
fn vertical_text_runs_down() {
    let descendant = format!("{GB1}/DW2[880 -1000]");
    let page = composite("/GBK-EUC-V", &descendant, "", b"BT /F1 10 Tf 100 700 Td <CAD5C8EB> Tj ET", &[]);
    assert_eq!(text(&page), "收入");
    assert_eq!(page.glyphs[0].direction, Direction::Down);
    at(&page.glyphs[1], 100.0, 110.0);
    let bbox = page.glyphs[0].bbox;
    assert_eq!([bbox.x0, bbox.y0, bbox.x1, bbox.y1], [95.0, 100.0, 105.0, 110.0]);
}

#[test]
fn to_unicode_maps_codes_ranges_and_ligatures() {
    let map = "1 beginbfchar <0001> <6536> endbfchar 1 beginbfchar <0002> <00660069> endbfchar \
               2 beginbfrange <0010> <0012> <0041> <0020> <0021> [<5165> <D840DC0C>] endbfrange";
    let stream = format!("<</Length {}>>\nstream\n{map}\nendstream", map.len());
    let content = b"BT /F1 10 Tf 100 700 Td <0001000200120020002100FF> Tj ET";
    let page = composite("/Identity-H", "/DW 1000", "/ToUnicode 5 0 R", content, &[&stream]);
    assert_eq!(text(&page), "收fiC入\u{2000C}\u{FFFD}");
    // A ligature's letters share its advance.
    at(&page.glyphs[1], 110.0, 100.0);
    at(&page.glyphs[2], 115.0, 100.0);
    near(page.glyphs[2].bbox.x1, 120.0);
    assert_eq!(page.warnings, [PageWarning::UnknownCharacters("SimSun".to_owned())]);
}

#[test]
fn embedded_cmaps_cut_codes_by_their_own_ranges() {
    let map = "/CMapName /Own def 2 begincodespacerange <00> <7F> <8000> <FFFF> endcodespacerange \
               2 begincidrange <00> <7F> 100 <8000> <80FF> 17 endcidrange";
    let stream = format!("<</Type/CMap/Length {}>>\nstream\n{map}\nendstream", map.len());
    let descendant = format!("{GB1}/W[17[400] 149[300]]");
    let page = composite("5 0 R", &descendant, "", b"BT /F1 10 Tf 100 700 Td <318000> Tj ET", &[&stream]);
    assert_eq!(page.glyphs.len(), 2);
    assert_eq!(page.glyphs[1].unicode, '0');
    at(&page.glyphs[1], 103.0, 100.0);
}

#[test]
fn simple_fonts_follow_their_encoding() {
    let font = |entries: &str| format!("/Resources<</Font<</F1<</Type/Font{entries}>>>>>>");
    let shown = |entries: &str, string: &str| {
        let content = format!("BT /F1 10 Tf 100 700 Td {string} Tj ET");
        text(&read(&font(entries), content.as_bytes(), &[]))
    };
    assert_eq!(shown("/Subtype/TrueType/BaseFont/Arial/Encoding/WinAnsiEncoding", "<419580>"), "A•€");
    assert_eq!(shown("/Subtype/Type1/BaseFont/Times-Roman/Encoding/MacRomanEncoding", "<8A>"), "ä");
    let differences = "/Subtype/Type1/BaseFont/X/Encoding<</Differences[1/uni6536/f_i/one.alt 65/yen]>>";
    assert_eq!(shown(differences, "<0102034142>"), "收fi1¥B");
    assert_eq!(shown("/Subtype/Type1/BaseFont/Symbol", "<61>"), "α");
    assert_eq!(shown("/Subtype/Type1/BaseFont/ZapfDingbats", "<34>"), "✔");
}

#[test]
fn widths_come_from_the_font_or_from_the_standard_ones() {
    let font = |entries: &str| format!("/Resources<</Font<</F1<</Type/Font{entries}>>>>>>");
    let step = |entries: &str| {
        let page = read(&font(entries), b"BT /F1 10 Tf 100 700 Td (AB) Tj ET", &[]);
        page.glyphs[1].origin.0 - 100.0
    };
    near(step("/Subtype/TrueType/BaseFont/ABCDEF+X/FirstChar 65/LastChar 65/Widths[123]"), 1.23);
    near(step("/Subtype/TrueType/BaseFont/X/FirstChar 66/Widths[123]/FontDescriptor<</MissingWidth 432>>"), 4.32);
    near(step("/Subtype/TrueType/BaseFont/Arial,Bold"), 7.22);
    near(step("/Subtype/TrueType/BaseFont/TimesNewRomanPS-BoldMT"), 7.22);
    near(step("/Subtype/Type1/BaseFont/CourierNew"), 6.0);
    near(
        step(
            "/Subtype/Type3/FontMatrix[.01 0 0 .01 0 0]/FirstChar 65/Widths[50]/CharProcs<<>>/Encoding<</Differences[65/A]>>",
        ),
        5.0,
    );
}

// ---- damage -------------------------------------------------------------------------------------

#[test]
fn other_files_are_told_by_their_kind() {
    for (bytes, kind) in [
        (&b"<!DOCTYPE html>\n<html lang=\"zh\">"[..], FileKind::Html),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", FileKind::Office),
        (b"\xD0\xCF\x11\xE0 R\0o\0o\0t\0 W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0", FileKind::Word),
        (b"\xD0\xCF\x11\xE0 R\0o\0o\0t\0 W\0o\0r\0k\0b\0o\0o\0k\0", FileKind::Excel),
        (b"PK\x03\x04\x14\x00", FileKind::Zip),
        (b"PK\x03\x04\x14\x00 [Content_Types].xml PK\x03\x04 word/document.xml", FileKind::Word),
        (b"PK\x03\x04\x14\x00 [Content_Types].xml PK\x03\x04 xl/workbook.xml", FileKind::Excel),
        (b"PK\x03\x04\x14\x00 OFD.xml", FileKind::Ofd),
        (b"PK\x03\x04\x14\x00 ppt/presentation.xml", FileKind::Office),
        (b"{\\rtf1\\ansi", FileKind::Word),
        (b"\x89PNG\r\n", FileKind::Image),
        (b"hello", FileKind::Text),
        (b"", FileKind::Empty),
        (b" \n", FileKind::Empty),
        (b"\0\0\0\0", FileKind::Empty),
        (b"\x00\x01\x02", FileKind::Unknown),
    ] {
        let error = Document::open(bytes, &OpenOptions::default()).err().expect("no document");
        assert_eq!(error, OpenError::NotPdf { looks_like: kind });
        assert!(!error.hint().is_empty());
    }
    assert_eq!(OpenError::NotPdf { looks_like: FileKind::Html }.to_string(), "not a PDF file but a web page");
}

#[test]
fn a_file_without_its_end_is_read_as_far_as_it_goes() {
    let content = b"BT /F1 10 Tf 100 700 Td (A) Tj ET";
    let whole = one_page(HELVETICA, content, &[]);
    let start = whole.windows(4).position(|window| window == b"xref").expect("an xref");
    let document = open(&whole[..start]);
    assert_eq!(document.warnings(), [DocumentWarning::Rebuilt]);
    assert_eq!(text(&document.page(1)), "A");
}

#[test]
fn pages_are_found_without_a_catalog() {
    let mut pdf = Pdf::default();
    pdf.add(&format!("<</Type/Page/MediaBox[0 0 600 800]/Contents 2 0 R{HELVETICA}>>"));
    pdf.stream("", b"BT /F1 10 Tf 100 700 Td (A) Tj ET");
    let whole = pdf.finish();
    let start = whole.windows(4).position(|window| window == b"xref").expect("an xref");
    let document = open(&whole[..start]);
    assert_eq!(text(&document.page(1)), "A");
    assert!(document.warnings().contains(&DocumentWarning::Rebuilt));
    assert!(document.warnings().contains(&DocumentWarning::PageTree));
}

#[test]
fn nothing_left_is_damage() {
    let error = Document::open(b"%PDF-1.4\nnothing", &OpenOptions::default()).err();
    assert!(matches!(error, Some(OpenError::Damaged(_))), "{error:?}");
    let mut pdf = Pdf::new(&[]);
    pdf.add("null");
    assert_eq!(Document::open(&pdf.finish(), &OpenOptions::default()).err(), Some(OpenError::NoPages));
}

#[test]
fn the_page_tree_may_loop_miss_types_and_hold_pages_directly() {
    let mut pdf = Pdf::default();
    pdf.add("<</Type/Catalog/Pages 2 0 R>>");
    pdf.add(&format!(
        "<</Kids[3 0 R 2 0 R null 99 0 R <</Contents 4 0 R/Rotate 90>> 5 0 R]/Count 3/MediaBox[0 0 600 800]{HELVETICA}>>"
    ));
    pdf.add("<</Contents[4 0 R 4 0 R]/MediaBox null>>");
    pdf.stream("", b"BT /F1 10 Tf 100 700 Td (A) Tj 100 0 Td (B) Tj ET");
    pdf.add("<</Kids[2 0 R]/Parent 2 0 R>>");
    let document = open(&pdf.finish());
    assert_eq!(document.page_count(), 2);
    let (first, second) = (document.page(1), document.page(2));
    // The second drawing of the same stream lies over the first.
    assert_eq!((text(&first).as_str(), first.hidden.len()), ("AB", 2));
    assert_eq!((second.width, second.height), (800.0, 600.0));
    assert_eq!(document.warnings(), [DocumentWarning::PageCount { announced: 3, found: 2 }]);
    assert_eq!(document.page(3).glyphs.len(), 0);
    assert_eq!(document.page(0).glyphs.len(), 0);
}

#[test]
fn a_damaged_stream_gives_what_stands_before_the_damage() {
    // Stored blocks: the first is whole, the second announces more than there is.
    let text_bytes = b"BT /F1 10 Tf 100 700 Td (A) Tj ET ";
    let mut packed = vec![0x78, 0x9C, 0];
    packed.extend_from_slice(&(text_bytes.len() as u16).to_le_bytes());
    packed.extend_from_slice(&(!(text_bytes.len() as u16)).to_le_bytes());
    packed.extend_from_slice(text_bytes);
    packed.extend_from_slice(&[1, 0xFF, 0x00, 0x00, 0xFF, b'n', b' ']);
    let mut pdf = Pdf::new(&[3]);
    pdf.add(&format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R{HELVETICA}>>"));
    pdf.stream("/Filter/FlateDecode", &packed);
    let page = open(&pdf.finish()).page(1);
    assert_eq!(text(&page), "A");
    assert!(matches!(page.warnings.as_slice(), [PageWarning::Stream(_)]), "{:?}", page.warnings);
}

#[test]
fn senseless_content_is_skipped_and_told() {
    let content = b"BT /F1 10 Tf 100 700 Td (A) Tj ) >> } xyz 1 2 (B) Tj [ (C) Tj /Missing Do (D";
    let page = read(HELVETICA, content, &[]);
    assert_eq!(text(&page), "ABC");
    assert_eq!(page.warnings, [PageWarning::Content(31)]);
}

#[test]
fn absurd_numbers_poison_nothing() {
    let content = b"BT /F1 10 Tf 100 700 Td (A) Tj 99999999999999999999999999999999999999999999999999 0 Td (B) Tj \
                    1 0 0 1 100 600 Tm (C) Tj /F1 1e9 Tf --5 4.5.6 Td ET 1e300 1 m 5 5 l S 1 0 0 1 3 3 cm 0 0 5 5 re f";
    let page = read(HELVETICA, content, &[]);
    assert!(text(&page).starts_with("AC"));
    let finite = |glyph: &Glyph| glyph.bbox.x0.is_finite() && glyph.bbox.x1.is_finite() && glyph.origin.0.is_finite();
    assert!(page.glyphs.iter().all(finite) && page.hidden.iter().all(|hidden| finite(&hidden.glyph)));
    assert_eq!(fills(&page).len(), 1);
}

// ---- encryption ---------------------------------------------------------------------------------

fn encrypted(user: &str) -> Vec<u8> {
    use lopdf::{EncryptionState, EncryptionVersion, Permissions};
    let plain = one_page(HELVETICA, b"BT /F1 10 Tf 100 700 Td (A) Tj ET", &[]);
    let mut document = lopdf::Document::load_mem(&plain).expect("a document");
    let id = lopdf::Object::string_literal("0123456789abcdef");
    document.trailer.set("ID", vec![id.clone(), id]);
    let version = EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: user,
        key_length: 128,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).expect("a state");
    document.encrypt(&state).expect("encryption");
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("bytes");
    bytes
}

#[test]
fn an_empty_password_opens_by_itself() {
    assert_eq!(text(&open(&encrypted("")).page(1)), "A");
}

#[test]
fn a_password_is_asked_for_and_checked() {
    let bytes = encrypted("secret");
    let attempt = |password: Option<&str>| {
        let options = OpenOptions { password: password.map(str::to_owned) };
        Document::open(&bytes, &options).map(|document| text(&document.page(1)))
    };
    assert_eq!(attempt(None), Err(OpenError::NeedsPassword));
    assert_eq!(attempt(Some("wrong")), Err(OpenError::WrongPassword));
    assert_eq!(attempt(Some("secret")), Ok("A".to_owned()));
}

// ---- readers ------------------------------------------------------------------------------------

#[test]
fn pages_can_be_read_from_several_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    let document = open(&one_page(HELVETICA, b"BT /F1 10 Tf 100 700 Td (A) Tj ET", &[]));
    shared(&document);
    let pages: Vec<Page> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| document.page(1))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a page")).collect()
    });
    assert!(pages.iter().all(|page| page.glyphs == pages[0].glyphs));
}

#[test]
fn the_second_reader_agrees_and_its_ignorance_of_clips_is_no_disagreement() {
    let content = b"BT /F1 10 Tf 100 700 Td (1,234) Tj ET q 0 0 9 9 re W n BT /F1 10 Tf 100 600 Td (B) Tj ET Q";
    let bytes = one_page(HELVETICA, content, &[]);
    let first = open(&bytes);
    let second = SecondReader::beside(&first);
    assert_eq!(second.page_count(), 1);
    let (first, second) = (first.page(1), second.page(1));
    assert_eq!(text(&second), "1,234B");
    at(&second.glyphs[0], 100.0, 100.0);
    assert_eq!(compare(&first, &second), None);

    let mut altered = first.clone();
    altered.glyphs[0].unicode = '7';
    let disagreement = compare(&altered, &second).expect("a disagreement");
    assert_eq!((disagreement.only_first.as_str(), disagreement.only_second.as_str()), ("7", "1"));
}

#[test]
fn the_second_reader_refuses_what_would_overflow_its_stack() {
    let bytes = one_page("/Resources<</XObject<</X 5 0 R>>>>", b"/X Do", &CYCLE);
    let first = open(&bytes);
    let page = SecondReader::beside(&first).page(1);
    assert_eq!(page.warnings, [PageWarning::GaveUp("the page contains itself".to_owned())]);
}

#[test]
fn the_second_reader_says_when_it_gives_up() {
    let font = "<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/GBK-EUC-H/DescendantFonts[<</Subtype/CIDFontType2\
                /CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>]>>";
    let bytes = one_page(&format!("/Resources<</Font<</F1 {font}>>>>"), b"BT /F1 10 Tf 100 700 Td <CAD5> Tj ET", &[]);
    let first = open(&bytes);
    let page = SecondReader::beside(&first).page(1);
    assert!(matches!(page.warnings.as_slice(), [PageWarning::GaveUp(_)]), "{:?}", page.warnings);
    assert_eq!(compare(&first.page(1), &page), None);
}
