//! A document opened: objects loaded, encryption undone, damage repaired, pages found.

use super::error::{DocumentWarning, OpenError};
use super::font::Font;
use super::kind::FileKind;
use super::layers::Layers;
use super::matrix::Matrix;
use super::objects::Objects;
use super::{Page, PageSource, dates, lengths, pages};
use lopdf::xref::XrefRecovery;
use lopdf::{Dictionary, LoadOptions};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

/// Larger files are refused; the largest real report has 4 MB.
pub const MAX_FILE_BYTES: usize = 1 << 30;

/// No stream of objects, nor the index, unpacks to more than this. What it holds takes many times its bytes.
const MAX_OBJECTS_BYTES: usize = 32 << 20;

/// Fonts of a document that are kept for its other pages; a font may take a megabyte.
const MAX_FONTS_KEPT: usize = 512;

/// How to open a document.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct OpenOptions {
    /// The password, where the empty one does not do.
    pub password: Option<String>,
}

/// An open document, the first reader: `lopdf` finds the objects, everything above them is our own.
///
/// Pages can be read from several threads at once; fonts are read once and shared.
pub struct Document {
    shared: Shared,
    pages: Vec<Dictionary>,
    warnings: Vec<DocumentWarning>,
}

/// What the pages of a document share.
pub(super) struct Shared {
    pub(super) objects: Objects,
    pub(super) layers: Layers,
    /// By the address of the font's dictionary, which stays where it is as long as the document
    /// lives. An object number would not do: fonts may be written right into the resources.
    fonts: Mutex<HashMap<usize, Arc<Font>>>,
    /// What all pages together may cost is shared out among so many.
    pub(super) page_count: usize,
}

impl Shared {
    /// The font a dictionary describes.
    pub(super) fn font(&self, dict: &Dictionary) -> Arc<Font> {
        let address = std::ptr::from_ref(dict).addr();
        let known = self.fonts.lock().unwrap_or_else(PoisonError::into_inner).get(&address).cloned();
        known.unwrap_or_else(|| {
            // Read without the lock: two threads may read the same font, and get the same one.
            let font = Arc::new(Font::read(&self.objects, dict));
            let mut fonts = self.fonts.lock().unwrap_or_else(PoisonError::into_inner);
            if fonts.len() >= MAX_FONTS_KEPT {
                return font;
            }
            Arc::clone(fonts.entry(address).or_insert(font))
        })
    }
}

impl Document {
    /// Opens a document from the bytes of its file.
    pub fn open(bytes: &[u8], options: &OpenOptions) -> Result<Document, OpenError> {
        let looks_like = FileKind::of(bytes);
        if looks_like != FileKind::Pdf {
            return Err(OpenError::NotPdf { looks_like });
        }
        if bytes.len() > MAX_FILE_BYTES {
            return Err(OpenError::TooLarge { bytes: bytes.len(), limit: MAX_FILE_BYTES });
        }
        if lengths::are_chained(bytes) {
            return Err(OpenError::Damaged("the lengths of its streams refer to one another".to_owned()));
        }
        let mut warnings = Vec::new();
        let (loaded, repaired) = load(bytes, options)?;
        match loaded.xref_recovery {
            _ if repaired => warnings.push(DocumentWarning::Rebuilt),
            Some(XrefRecovery::Reconstructed) => warnings.push(DocumentWarning::Rebuilt),
            Some(XrefRecovery::OffsetCorrected) => warnings.push(DocumentWarning::IndexMoved),
            _ => {}
        }
        let mut objects = Objects::new(loaded);
        let mut pages = pages::collect(&objects, &mut warnings);
        if pages.is_empty() && !repaired {
            // The index was readable and led nowhere; search for the objects instead. A sound file without
            // pages stays one.
            if let Some(rebuilt) = search(bytes, options).map(Objects::new) {
                let mut found = vec![DocumentWarning::Rebuilt];
                let searched = pages::collect(&rebuilt, &mut found);
                if !searched.is_empty() {
                    (objects, pages, warnings) = (rebuilt, searched, found);
                }
            }
        }
        if pages.is_empty() {
            let damaged = warnings.contains(&DocumentWarning::Rebuilt);
            return Err(if damaged {
                OpenError::Damaged("none of its pages is left".to_owned())
            } else {
                OpenError::NoPages
            });
        }
        let layers = Layers::read(&objects);
        let shared = Shared { objects, layers, fonts: Mutex::default(), page_count: pages.len() };
        Ok(Document { shared, pages, warnings })
    }

    /// A document of these objects, however few.
    #[cfg(feature = "fuzzing")]
    pub(super) fn of_objects(loaded: lopdf::Document) -> Document {
        let objects = Objects::new(loaded);
        let mut warnings = Vec::new();
        let pages = pages::collect(&objects, &mut warnings);
        let layers = Layers::read(&objects);
        let shared = Shared { objects, layers, fonts: Mutex::default(), page_count: pages.len() };
        Document { shared, pages, warnings }
    }

    /// How many pages there are.
    pub fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// Reads a page, counted from 1. A page that is not there is empty.
    pub fn page(&self, number: usize) -> Page {
        let dict = number.checked_sub(1).and_then(|index| self.pages.get(index));
        match dict {
            Some(dict) => pages::read(&self.shared, dict, number),
            None => Page { number, ..Page::default() },
        }
    }

    /// From user space to the page as seen, and the page's width and height.
    pub(super) fn frame(&self, number: usize) -> Option<(Matrix, f32, f32)> {
        let dict = self.pages.get(number.checked_sub(1)?)?;
        let frame = pages::frame(&self.shared.objects, dict);
        Some((frame.matrix, frame.width as f32, frame.height as f32))
    }

    pub(super) fn objects(&self) -> &Objects {
        &self.shared.objects
    }

    pub(super) fn page_dictionaries(&self) -> &[Dictionary] {
        &self.pages
    }

    /// When the file says it was created, in the form of [`super::dates`].
    pub fn created(&self) -> Option<String> {
        dates::read(self.shared.objects.information(b"CreationDate")?)
    }

    /// When the file says it was last changed.
    pub fn modified(&self) -> Option<String> {
        dates::read(self.shared.objects.information(b"ModDate")?)
    }

    /// What was wrong with the file.
    pub fn warnings(&self) -> &[DocumentWarning] {
        &self.warnings
    }
}

impl PageSource for Document {
    fn page_count(&self) -> usize {
        self.page_count()
    }

    fn page(&self, number: usize) -> Page {
        self.page(number)
    }
}

/// Loads the objects; tells whether they had to be searched for.
fn load(bytes: &[u8], options: &OpenOptions) -> Result<(lopdf::Document, bool), OpenError> {
    match attempt(bytes, options, false) {
        Ok(document) if document.trailer.has(b"Encrypt") && document.encryption_state.is_none() => {
            Err(if options.password.is_some() { OpenError::WrongPassword } else { OpenError::NeedsPassword })
        }
        Ok(document) => Ok((document, false)),
        Err(Failure::Password) => Err(OpenError::WrongPassword),
        Err(Failure::Encryption(reason)) => Err(OpenError::UnknownEncryption(reason)),
        Err(Failure::Damage(reason)) => match search(bytes, options) {
            Some(document) => Ok((document, true)),
            None => Err(OpenError::Damaged(reason)),
        },
    }
}

/// Why loading failed.
enum Failure {
    Password,
    Encryption(String),
    Damage(String),
}

fn attempt(bytes: &[u8], options: &OpenOptions, search: bool) -> Result<lopdf::Document, Failure> {
    let options = LoadOptions {
        password: options.password.clone(),
        force_reconstruct: search,
        max_decompressed_size: Some(MAX_OBJECTS_BYTES),
        ..LoadOptions::default()
    };
    // lopdf is not known to panic, but the bytes come from anywhere.
    let loaded = catch_unwind(AssertUnwindSafe(|| lopdf::Document::load_mem_with_options(bytes, options)));
    match loaded {
        Ok(Ok(document)) => Ok(document),
        Ok(Err(lopdf::Error::InvalidPassword)) => Err(Failure::Password),
        Ok(Err(error @ (lopdf::Error::Decryption(_) | lopdf::Error::UnsupportedSecurityHandler(_)))) => {
            Err(Failure::Encryption(error.to_string()))
        }
        Ok(Err(lopdf::Error::Decompress(reason))) => Err(Failure::Damage(reason.to_string())),
        Ok(Err(error)) => Err(Failure::Damage(error.to_string())),
        Err(_) => Err(Failure::Damage("its structure makes no sense".to_owned())),
    }
}

/// Finds the objects by searching the bytes for them. Where even the catalog is lost, an empty one is
/// appended, so that whatever pages are left can be found by their type.
fn search(bytes: &[u8], options: &OpenOptions) -> Option<lopdf::Document> {
    const CATALOG: &[u8] = b"\n900000 0 obj\n<</Type/Catalog/Pages 900001 0 R>>\nendobj\n\
        900001 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n\
        trailer\n<</Root 900000 0 R/Size 900002>>\nstartxref\n0\n%%EOF\n";
    let has_pages = |document: &lopdf::Document| !document.get_pages().is_empty();
    let searched = attempt(bytes, options, true).ok().filter(has_pages);
    searched.or_else(|| {
        let patched = [bytes, b"\nendstream\nendobj\n", CATALOG].concat();
        attempt(&patched, options, true).ok()
    })
}
