//! The page tree walked, and one page read: its box, its rotation, its contents, its annotations.

use super::document::Shared;
use super::interpret::{Interpreter, whole};
use super::matrix::Matrix;
use super::objects::{Objects, as_dict};
use super::state::State;
use super::{DocumentWarning, Page, PageWarning, overprint};
use lopdf::{Dictionary, Object, ObjectId, Stream};
use std::borrow::Cow;
use std::collections::HashSet;

/// No report has more pages.
const MAX_PAGES: usize = 20_000;
/// Nodes within nodes.
const MAX_DEPTH: usize = 64;
/// Nodes looked at; those written right into their parents may come any number of times.
const MAX_NODES: usize = 200_000;
/// No page is larger than this, in points, nor lies further from the origin.
const MAX_SIDE: f64 = 1.0e5;
/// Where no box is given: A4.
const A4: [f64; 4] = [0.0, 0.0, 595.276, 841.89];
/// What a page inherits from the nodes above it.
const INHERITED: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];
/// Annotation flags: hidden, and not to be viewed.
const HIDDEN: i64 = 1 << 1 | 1 << 5;

/// The dictionaries of all pages in order, each with what it inherits.
pub(super) fn collect(objects: &Objects, warnings: &mut Vec<DocumentWarning>) -> Vec<Dictionary> {
    let mut walk = Walk { objects, seen: HashSet::new(), pages: Vec::new(), nodes: 0, cut: false };
    let root = objects.catalog().and_then(|catalog| catalog.as_hashmap().get(&b"Pages"[..]));
    if let Some(root) = root {
        walk.node(root, &Dictionary::new(), 0);
        if walk.cut {
            warnings.push(DocumentWarning::PageTreeTooLarge);
        }
        let announced = objects.resolve(root).and_then(as_dict).and_then(|root| objects.integer(root, b"Count"));
        if let Some(announced) = announced
            && !walk.pages.is_empty()
            && announced != walk.pages.len() as i64
        {
            warnings.push(DocumentWarning::PageCount { announced, found: walk.pages.len() });
        }
    }
    if walk.pages.is_empty() {
        for id in objects.ids() {
            let Some(dict) = objects.by_id(id).and_then(as_dict) else { continue };
            if objects.name(dict, b"Type") == Some(b"Page") && walk.pages.len() < MAX_PAGES {
                walk.pages.push(with_ancestors(objects, dict));
            }
        }
        if !walk.pages.is_empty() {
            warnings.push(DocumentWarning::PageTree);
        }
    }
    if walk.pages.len() >= MAX_PAGES {
        warnings.push(DocumentWarning::TooManyPages(MAX_PAGES));
    }
    walk.pages
}

struct Walk<'o> {
    objects: &'o Objects,
    /// Nodes met, so that loops end.
    seen: HashSet<ObjectId>,
    pages: Vec<Dictionary>,
    nodes: usize,
    /// Some nodes lie too deep, or there are too many.
    cut: bool,
}

impl Walk<'_> {
    fn node(&mut self, object: &Object, above: &Dictionary, depth: usize) {
        if self.pages.len() >= MAX_PAGES {
            return;
        }
        self.nodes += 1;
        if depth > MAX_DEPTH || self.nodes > MAX_NODES {
            self.cut = true;
            return;
        }
        if let Object::Reference(id) = object
            && !self.seen.insert(*id)
        {
            return;
        }
        let Some(dict) = self.objects.resolve(object).and_then(as_dict) else { return };
        let kids = self.objects.array(dict, b"Kids");
        let is_page = self.objects.name(dict, b"Type") == Some(b"Page");
        match kids {
            Some(kids) if !is_page => {
                let mut inherited = above.clone();
                for key in INHERITED {
                    if let Some(value) = present(self.objects, dict, key) {
                        inherited.set(key, value.clone());
                    }
                }
                for kid in kids {
                    self.node(kid, &inherited, depth + 1);
                    if self.nodes > MAX_NODES {
                        break;
                    }
                }
            }
            // A node without kids and without the looks of a page is an empty branch.
            None if !is_page && !dict.has(b"Contents") && !dict.has(b"MediaBox") && !dict.has(b"Resources") => {}
            _ => {
                let mut page = dict.clone();
                for key in INHERITED {
                    if present(self.objects, dict, key).is_none()
                        && let Some(value) = above.as_hashmap().get(key)
                    {
                        page.set(key, value.clone());
                    }
                }
                self.pages.push(page);
            }
        }
    }
}

/// An entry that is there and not null, as written.
fn present<'a>(objects: &Objects, dict: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    let value = dict.as_hashmap().get(key)?;
    objects.resolve(value).map(|_| value)
}

/// A page found outside the tree, with what its parents hand down.
fn with_ancestors(objects: &Objects, dict: &Dictionary) -> Dictionary {
    let mut page = dict.clone();
    let mut node = dict;
    for _ in 0..MAX_DEPTH {
        for key in INHERITED {
            if present(objects, &page, key).is_none()
                && let Some(value) = present(objects, node, key)
            {
                page.set(key, value.clone());
            }
        }
        match objects.dict(node, b"Parent") {
            Some(parent) => node = parent,
            None => break,
        }
    }
    page
}

/// Reads one page.
pub(super) fn read(shared: &Shared, dict: &Dictionary, number: usize) -> Page {
    let objects = &shared.objects;
    let Frame { matrix, width, height, absurd } = frame(objects, dict);
    let mut page = Page { number, width: width as f32, height: height as f32, ..Page::default() };
    if absurd {
        page.warnings.push(PageWarning::AbsurdBox);
    }
    let state = State::new(matrix, whole(&page));
    let resources = objects.dict(dict, b"Resources");
    let mut interpreter = Interpreter::new(shared, page);
    let content = contents(&mut interpreter, dict);
    interpreter.run(&content, resources, state.clone());
    annotations(&mut interpreter, dict, &state);
    let mut page = interpreter.page;
    overprint::remove(&mut page);
    page
}

/// How a page lies.
pub(super) struct Frame {
    /// From user space to the page as seen.
    pub(super) matrix: Matrix,
    pub(super) width: f64,
    pub(super) height: f64,
    /// Its box makes no sense, and another is taken.
    absurd: bool,
}

pub(super) fn frame(objects: &Objects, dict: &Dictionary) -> Frame {
    let sorted = |[ax, ay, bx, by]: [f64; 4]| [ax.min(bx), ay.min(by), ax.max(bx), ay.max(by)];
    let large = |[x0, y0, x1, y1]: &[f64; 4]| x1 - x0 > 1.0 && y1 - y0 > 1.0;
    let unit = objects.number(dict, b"UserUnit").filter(|unit| (0.01..=1000.0).contains(unit)).unwrap_or(1.0);
    let near = |[x0, y0, x1, y1]: &[f64; 4]| [x0, y0, x1, y1].iter().all(|side| side.abs() * unit <= MAX_SIDE);
    let given = objects.numbers(dict, b"MediaBox").map(sorted).filter(large);
    let absurd = given.is_some_and(|media| !near(&media));
    let media = given.filter(near).unwrap_or(A4);
    let cropped = objects.numbers(dict, b"CropBox").map(sorted).map(|[x0, y0, x1, y1]| {
        let [mx0, my0, mx1, my1] = media;
        [x0.max(mx0), y0.max(my0), x1.min(mx1), y1.min(my1)]
    });
    let [x0, y0, x1, y1] = cropped.filter(large).unwrap_or(media);
    let (w, h) = ((x1 - x0) * unit, (y1 - y0) * unit);
    let turns = objects.number(dict, b"Rotate").map_or(0, |degrees| (degrees / 90.0).round() as i64).rem_euclid(4);
    let matrix = match turns {
        0 => [unit, 0.0, 0.0, -unit, -x0 * unit, y1 * unit],
        1 => [0.0, unit, unit, 0.0, -y0 * unit, -x0 * unit],
        2 => [-unit, 0.0, 0.0, unit, x1 * unit, -y0 * unit],
        _ => [0.0, -unit, -unit, 0.0, y1 * unit, x1 * unit],
    };
    let (width, height) = if turns % 2 == 0 { (w, h) } else { (h, w) };
    Frame { matrix: Matrix::new(matrix), width, height, absurd }
}

/// The content streams of a page as one. Streams end anywhere between two tokens, so white space is
/// put between them.
fn contents<'d>(interpreter: &mut Interpreter<'d>, dict: &Dictionary) -> Cow<'d, [u8]> {
    let shared = interpreter.shared;
    let objects = &shared.objects;
    // The page's dictionary is a copy, so its contents are followed from the objects.
    let mut whole: Cow<'d, [u8]> = Cow::Borrowed(&[]);
    let Some(entry) = dict.as_hashmap().get(&b"Contents"[..]) else { return whole };
    let ids: Vec<ObjectId> = match entry {
        Object::Reference(id) => match objects.by_id(*id) {
            Some(Object::Array(items)) => references(items),
            _ => vec![*id],
        },
        Object::Array(items) => references(items),
        _ => Vec::new(),
    };
    for id in ids {
        let Some(Object::Stream(stream)) = objects.by_id(id) else {
            interpreter.warn(PageWarning::Stream("it is not in the file".to_owned()));
            continue;
        };
        let content = objects.decode(stream);
        if let Some(reason) = content.problem {
            interpreter.warn(PageWarning::Stream(reason));
        }
        if !interpreter.admit(content.bytes.len()) {
            break;
        }
        if whole.is_empty() {
            whole = content.bytes;
        } else {
            let whole = whole.to_mut();
            whole.push(b'\n');
            whole.extend_from_slice(&content.bytes);
        }
    }
    whole
}

fn references(items: &[Object]) -> Vec<ObjectId> {
    items.iter().filter_map(|item| if let Object::Reference(id) = item { Some(*id) } else { None }).collect()
}

/// Draws the appearances of form fields and free text, which stand over the page's content.
fn annotations<'d>(interpreter: &mut Interpreter<'d>, dict: &'d Dictionary, state: &State) {
    let objects = &interpreter.shared.objects;
    for annotation in objects.array(dict, b"Annots").unwrap_or_default() {
        let Some(annotation) = objects.resolve(annotation).and_then(as_dict) else { continue };
        let kind = objects.name(annotation, b"Subtype");
        let flags = objects.integer(annotation, b"F").unwrap_or_default();
        if !matches!(kind, Some(b"Widget" | b"FreeText")) || flags & HIDDEN != 0 {
            continue;
        }
        if let Some(layer) = annotation.as_hashmap().get(&b"OC"[..])
            && interpreter.shared.layers.is_off(objects, layer)
        {
            continue;
        }
        let Some(stream) = appearance(objects, annotation) else { continue };
        let Some(placed) = placed(objects, annotation, stream) else { continue };
        let mut state = state.clone();
        state.matrix = placed.then(&state.matrix);
        interpreter.form(stream, None, state);
    }
}

/// The normal appearance, in the state the annotation is in.
fn appearance<'d>(objects: &'d Objects, annotation: &'d Dictionary) -> Option<&'d Stream> {
    let appearances = objects.dict(annotation, b"AP")?;
    match objects.get(appearances, b"N")? {
        Object::Stream(stream) => Some(stream),
        Object::Dictionary(states) => match objects.get(states, objects.name(annotation, b"AS")?)? {
            Object::Stream(stream) => Some(stream),
            _ => None,
        },
        _ => None,
    }
}

/// Takes the appearance's box, after its own matrix, to the annotation's rectangle
/// (ISO 32000-1, 12.5.5, algorithm 8).
fn placed(objects: &Objects, annotation: &Dictionary, stream: &Stream) -> Option<Matrix> {
    let [rx0, ry0, rx1, ry1] = objects.numbers::<4>(annotation, b"Rect")?;
    let [x0, y0, x1, y1] = objects.numbers::<4>(&stream.dict, b"BBox")?;
    let own = objects.numbers(&stream.dict, b"Matrix").map_or(Matrix::IDENTITY, Matrix::new);
    let bounds = own.bounds(x0, y0, x1, y1);
    let (bx, by) = (f64::from(bounds.x0), f64::from(bounds.y0));
    let (bw, bh) = (f64::from(bounds.width()), f64::from(bounds.height()));
    if bw <= 0.0 || bh <= 0.0 {
        return None;
    }
    let (sx, sy) = ((rx1 - rx0).abs() / bw, (ry1 - ry0).abs() / bh);
    let matrix = Matrix::new([sx, 0.0, 0.0, sy, rx0.min(rx1) - bx * sx, ry0.min(ry1) - by * sy]);
    matrix.is_finite().then_some(matrix)
}
