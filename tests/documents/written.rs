//! PDF files written by hand, object by object, with whatever defects they are to have.

/// A PDF under construction: objects are numbered from 1 in the order they are added.
#[derive(Default)]
pub struct Pdf {
    objects: Vec<Vec<u8>>,
}

/// Resources with Helvetica as F1, directly in the page.
pub const HELVETICA: &str = "/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>";

impl Pdf {
    /// Objects 1 and 2 are the catalog and the page tree; `page_ids` are its kids.
    pub fn new(page_ids: &[usize]) -> Pdf {
        let kids: Vec<String> = page_ids.iter().map(|id| format!("{id} 0 R")).collect();
        let mut pdf = Pdf::default();
        pdf.add("<</Type/Catalog/Pages 2 0 R>>");
        pdf.add(&format!("<</Type/Pages/Kids[{}]/Count {}/MediaBox[0 0 600 800]>>", kids.join(" "), kids.len()));
        pdf
    }

    pub fn add(&mut self, body: &str) -> usize {
        self.objects.push(body.as_bytes().to_vec());
        self.objects.len()
    }

    pub fn stream(&mut self, entries: &str, data: &[u8]) -> usize {
        let mut body = format!("<<{entries}/Length {}>>\nstream\n", data.len()).into_bytes();
        body.extend_from_slice(data);
        body.extend_from_slice(b"\nendstream");
        self.objects.push(body);
        self.objects.len()
    }

    pub fn finish(&self) -> Vec<u8> {
        let mut bytes = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
        let mut offsets = Vec::new();
        for (index, body) in self.objects.iter().enumerate() {
            offsets.push(bytes.len());
            bytes.extend_from_slice(format!("{} 0 obj\n", index + 1).as_bytes());
            bytes.extend_from_slice(body);
            bytes.extend_from_slice(b"\nendobj\n");
        }
        let start = bytes.len();
        bytes.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1).as_bytes());
        for offset in &offsets {
            bytes.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
        }
        let trailer = format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", offsets.len() + 1);
        bytes.extend_from_slice(trailer.as_bytes());
        bytes
    }
}

/// One page: object 3, its content object 4; `more` are objects from 5 on.
pub fn one_page(entries: &str, content: &[u8], more: &[&str]) -> Vec<u8> {
    let mut pdf = Pdf::new(&[3]);
    pdf.add(&format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R{entries}>>"));
    pdf.stream("", content);
    for body in more {
        pdf.add(body);
    }
    pdf.finish()
}
