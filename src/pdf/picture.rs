//! Pages as pictures, for showing what was read beside what is printed. Drawn by hayro-svg, which reads the file on
//! its own; nothing of a picture goes back into the tables.

use super::OpenOptions;
use flate2::{Compress, Compression, FlushCompress, Status};
use hayro_svg::hayro_interpret::InterpreterSettings;
use hayro_svg::hayro_interpret::font::{FallbackFontQuery, FontData, FontQuery};
use hayro_svg::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro_svg::{RenderCache, SvgRenderSettings, convert};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

/// A font that stands in for Chinese fonts that are not in the file.
#[derive(Clone)]
pub struct StandIn {
    /// Its name, for people.
    pub name: String,
    /// The bytes of its file.
    pub data: Arc<Vec<u8>>,
    /// Which font of the file it is.
    pub index: u32,
}

/// A document whose pages can be drawn.
pub struct Album {
    pdf: Pdf,
    settings: InterpreterSettings,
    missing: Arc<Mutex<BTreeSet<String>>>,
}

/// Why no page of a document can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AlbumError {
    /// It is encrypted, and the password does not open it.
    #[error("the file is encrypted")]
    Encrypted,
    /// It makes no sense to the library that draws.
    #[error("the file is damaged")]
    Damaged,
}

/// A picture of a page.
pub struct Picture {
    /// The picture as SVG. It can hold no scripts, and needs nothing besides itself.
    pub svg: String,
    /// Width of the page in points.
    pub width: f32,
    /// Height of the page in points.
    pub height: f32,
}

impl Picture {
    /// The SVG compressed, in the zlib format.
    pub fn compressed(&self) -> Vec<u8> {
        let svg = self.svg.as_bytes();
        let mut deflate = Compress::new(Compression::default(), true);
        let mut packed = Vec::with_capacity(svg.len() / 4 + 1024);
        loop {
            let done = usize::try_from(deflate.total_in()).unwrap_or(svg.len());
            let rest = svg.get(done..).unwrap_or_default();
            match deflate.compress_vec(rest, &mut packed, FlushCompress::Finish) {
                Ok(Status::Ok | Status::BufError) => packed.reserve(packed.len() / 2 + 1024),
                // Nothing else can go wrong in memory.
                Ok(Status::StreamEnd) | Err(_) => return packed,
            }
        }
    }
}

impl Album {
    /// Opens a document; `stand_in` is drawn in place of Chinese fonts that the file does not bring along.
    pub fn open(bytes: Vec<u8>, options: &OpenOptions, stand_in: Option<&StandIn>) -> Result<Album, AlbumError> {
        let password = options.password.clone().unwrap_or_default();
        let opened = catch_unwind(|| Pdf::new_with_password(bytes, &password));
        let pdf = match opened {
            Ok(Ok(pdf)) => pdf,
            Ok(Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected))) => return Err(AlbumError::Encrypted),
            _ => return Err(AlbumError::Damaged),
        };
        let missing = Arc::new(Mutex::new(BTreeSet::new()));
        let asked = Arc::clone(&missing);
        let stand_in = stand_in.map(|font| (Arc::clone(&font.data) as FontData, font.index));
        let settings = InterpreterSettings {
            font_resolver: Arc::new(move |query| match query {
                FontQuery::Standard(font) => Some(font.get_font_data()),
                FontQuery::Fallback(font) if is_chinese(font) => {
                    let name = font.post_script_name.clone().or_else(|| font.font_name.clone()).unwrap_or_default();
                    asked.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
                    stand_in.clone()
                }
                FontQuery::Fallback(font) => Some(font.pick_standard_font().get_font_data()),
            }),
            ..InterpreterSettings::default()
        };
        Ok(Album { pdf, settings, missing })
    }

    /// How many pages there are.
    pub fn page_count(&self) -> usize {
        catch_unwind(AssertUnwindSafe(|| self.pdf.pages().len())).unwrap_or(0)
    }

    /// Draws pages, counted from 1, one after the other; `None` is a page that cannot be drawn. Fonts are read once
    /// for all of them.
    pub fn draw(&self, pages: impl IntoIterator<Item = usize>, mut each: impl FnMut(usize, Option<Picture>)) {
        let mut cache = RenderCache::new();
        for number in pages {
            let drawn = catch_unwind(AssertUnwindSafe(|| {
                let page = self.pdf.pages().get(number.checked_sub(1)?)?;
                let svg = convert(page, &cache, &self.settings, &SvgRenderSettings::default());
                let (width, height) = page.render_dimensions();
                Some(Picture { svg, width, height })
            }));
            // What a panic left half done is not used again.
            if drawn.is_err() {
                cache = RenderCache::new();
            }
            each(number, drawn.unwrap_or(None));
        }
    }

    /// The Chinese fonts met so far that are not in the file, by name.
    pub fn missing_fonts(&self) -> Vec<String> {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// Does a font that is not in the file hold Chinese characters? Fonts for whole character collections do.
fn is_chinese(font: &FallbackFontQuery) -> bool {
    font.character_collection.is_some()
}
