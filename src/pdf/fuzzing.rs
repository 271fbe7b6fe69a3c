//! Doors for the fuzz targets (`fuzz/`) into what a document's structure otherwise stands before: content streams
//! and CMaps. Compiled with the feature `fuzzing` alone.

use super::document::Document;
use super::{Page, font};
use lopdf::{Dictionary, Object, Stream};
use std::sync::OnceLock;

/// A page to draw on: fonts of each kind, a form, a layer that is off, graphics states, colour spaces. Its content
/// is object 20.
const PAGE: &str = "%PDF-1.7
1 0 obj<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[9 0 R]/D<</OFF[9 0 R]>>>>>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 600 800]>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/Contents 20 0 R/Resources 4 0 R/Annots[<</Subtype/Widget/Rect[9 9 99 99]/AP<</N 10 0 R>>>>]>>endobj
4 0 obj<</Font<</F1 5 0 R/F2 6 0 R/F3 7 0 R/F4 8 0 R>>/XObject<</X 10 0 R/Y 20 0 R>>/Properties<</L 9 0 R>>
/ExtGState<</G<</ca 0/LW 2/D[[1]0]/Font[5 0 R 9]>>/H<</ca 1/CA 0>>>>
/ColorSpace<</C[/Indexed/DeviceRGB 1<000000FFFFFF>]/T[/Separation/All/DeviceGray 9 0 R]>>>>endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
6 0 obj<</Type/Font/Subtype/Type0/BaseFont/S/Encoding/GBK-EUC-H/DescendantFonts[<</Subtype/CIDFontType0/DW 1000/W[1[500 600]9 99 400]/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)>>>>]>>endobj
7 0 obj<</Type/Font/Subtype/Type0/BaseFont/V/Encoding/UniGB-UTF16-V/DescendantFonts[<</Subtype/CIDFontType0/W2[1[-500 1 2]]/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)>>>>]>>endobj
8 0 obj<</Type/Font/Subtype/Type3/FontMatrix[.01 0 0 .01 0 0]/FirstChar 0/Widths[50 60 70]/Encoding<</Differences[0/one/two/uni4E00]>>>>endobj
9 0 obj<</Type/OCG/Name(off)>>endobj
10 0 obj<</Subtype/Form/BBox[0 0 100 100]/Matrix[1 0 0 1 5 5]/Length 44>>stream
BT /F1 9 Tf (x) Tj ET 0 0 9 9 re f /X Do /Y Do
endstream endobj
trailer<</Root 1 0 R/Size 21>>
startxref
0
%%EOF
";

/// Carries out `content` as the content stream of a page, on which it may also draw itself.
pub fn content(content: &[u8]) -> Page {
    static EMPTY: OnceLock<Option<lopdf::Document>> = OnceLock::new();
    let Some(empty) = EMPTY.get_or_init(|| lopdf::Document::load_mem(PAGE.as_bytes()).ok()) else {
        return Page::default();
    };
    let mut document = empty.clone();
    document.objects.insert((20, 0), Object::Stream(Stream::new(Dictionary::new(), content.to_vec())));
    Document::of_objects(document).page(1)
}

/// Reads `bytes` as a ToUnicode map and as the encoding of a composite font, and `text` by both.
pub fn cmap(bytes: &[u8], text: &[u8]) {
    font::read_by(bytes, text);
}
