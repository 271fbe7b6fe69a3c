//! The objects of a document and the questions asked of them: follow this reference, read this
//! number, decode this stream. Nothing here fails: what is missing or of the wrong type is `None`.

use lopdf::{Dictionary, Object, ObjectId, Stream};
use std::borrow::Cow;
use std::collections::HashMap;

/// No stream decodes to more than this; a small stream that does is a bomb.
const MAX_STREAM_BYTES: usize = 64 << 20;

/// A chain of references longer than this is a loop.
const MAX_REFERENCES: usize = 32;

/// All objects of a document, by number.
pub(super) struct Objects {
    by_id: HashMap<ObjectId, Object, std::hash::BuildHasherDefault<IdHasher>>,
    trailer: Dictionary,
}

/// Object numbers are small and dense; SipHash on them would cost more than the rest of the lookup.
#[derive(Default)]
struct IdHasher(u64);

impl std::hash::Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }
    fn write_u32(&mut self, value: u32) {
        self.0 = (self.0.rotate_left(16) ^ u64::from(value)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    fn write_u16(&mut self, value: u16) {
        self.write_u32(u32::from(value));
    }
}

impl Objects {
    pub(super) fn new(document: lopdf::Document) -> Self {
        // The structure tree is never drawn, and in a tagged report it has more objects than all the rest.
        let is_structure = |object: &Object| matches!(object, Object::Dictionary(dict) if dict.has_type(b"StructElem"));
        let drawn = document.objects.into_iter().filter(|(_, object)| !is_structure(object));
        Objects { by_id: drawn.collect(), trailer: document.trailer }
    }

    /// The object itself, after any references.
    pub(super) fn resolve<'a>(&'a self, mut object: &'a Object) -> Option<&'a Object> {
        for _ in 0..MAX_REFERENCES {
            match object {
                Object::Reference(id) => object = self.by_id.get(id)?,
                Object::Null => return None,
                _ => return Some(object),
            }
        }
        None
    }

    pub(super) fn by_id(&self, id: ObjectId) -> Option<&Object> {
        self.by_id.get(&id).and_then(|object| self.resolve(object))
    }

    /// All ids, ascending.
    pub(super) fn ids(&self) -> Vec<ObjectId> {
        let mut ids: Vec<_> = self.by_id.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// An entry of the document's information dictionary (title, dates …).
    pub(super) fn information(&self, key: &[u8]) -> Option<&Object> {
        self.get(self.dict(&self.trailer, b"Info")?, key)
    }

    pub(super) fn catalog(&self) -> Option<&Dictionary> {
        self.dict(&self.trailer, b"Root")
    }

    pub(super) fn get<'a>(&'a self, dict: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
        // `Dictionary::get` would build an error with an owned key for every absent entry.
        dict.as_hashmap().get(key).and_then(|object| self.resolve(object))
    }

    pub(super) fn dict<'a>(&'a self, dict: &'a Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
        as_dict(self.get(dict, key)?)
    }

    pub(super) fn array<'a>(&'a self, dict: &'a Dictionary, key: &[u8]) -> Option<&'a [Object]> {
        match self.get(dict, key)? {
            Object::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn name<'a>(&'a self, dict: &'a Dictionary, key: &[u8]) -> Option<&'a [u8]> {
        match self.get(dict, key)? {
            Object::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn number(&self, dict: &Dictionary, key: &[u8]) -> Option<f64> {
        self.as_number(self.get(dict, key)?)
    }

    pub(super) fn integer(&self, dict: &Dictionary, key: &[u8]) -> Option<i64> {
        self.number(dict, key).map(|value| value as i64)
    }

    pub(super) fn as_number(&self, object: &Object) -> Option<f64> {
        let value = match self.resolve(object)? {
            Object::Integer(value) => *value as f64,
            Object::Real(value) => f64::from(*value),
            _ => return None,
        };
        value.is_finite().then_some(value)
    }

    /// Exactly `N` numbers; a longer array is cut, a shorter one is no answer.
    pub(super) fn numbers<const N: usize>(&self, dict: &Dictionary, key: &[u8]) -> Option<[f64; N]> {
        let items = self.array(dict, key)?;
        let mut numbers = [0.0; N];
        for (number, item) in numbers.iter_mut().zip(items.get(..N)?) {
            *number = self.as_number(item)?;
        }
        Some(numbers)
    }

    /// A stream's bytes after its filters. A damaged stream gives what stands before the damage.
    pub(super) fn decode<'a>(&self, stream: &'a Stream) -> Decoded<'a> {
        self.decode_up_to(stream, MAX_STREAM_BYTES)
    }

    /// As [`Objects::decode`], of a stream that sensibly has no more bytes than this.
    pub(super) fn decode_up_to<'a>(&self, stream: &'a Stream, limit: usize) -> Decoded<'a> {
        let Some(filter) = self.get(&stream.dict, b"Filter") else {
            return Decoded::whole(Cow::Borrowed(&stream.content));
        };
        let parameters = self.get(&stream.dict, b"DecodeParms").or_else(|| self.get(&stream.dict, b"DP"));
        let only = match filter {
            Object::Array(filters) => match filters.as_slice() {
                [] => return Decoded::whole(Cow::Borrowed(&stream.content)),
                [one] => self.resolve(one),
                _ => None,
            },
            one => Some(one),
        };
        if matches!(only, Some(Object::Name(name)) if full_filter_name(name) == b"FlateDecode")
            && !parameters.is_some_and(|parameters| self.predicts(parameters))
        {
            return inflate(&stream.content, limit);
        }
        // lopdf looks at filters and their parameters without following references, and takes no
        // abbreviations, so such dictionaries are put in plain form first.
        let mut dict = Dictionary::new();
        dict.set("Filter", self.plain(filter));
        if let Some(parameters) = parameters {
            dict.set("DecodeParms", self.plain(parameters));
        }
        let decoded = Stream::new(dict, stream.content.clone()).decompressed_content_with_limit(limit);
        match decoded {
            Ok(bytes) => Decoded::whole(Cow::Owned(bytes)),
            Err(lopdf::Error::Decompress(reason)) => {
                Decoded { bytes: Cow::Borrowed(&[]), problem: Some(reason.to_string()) }
            }
            Err(reason) => Decoded { bytes: Cow::Borrowed(&[]), problem: Some(reason.to_string()) },
        }
    }

    /// Do these decode parameters call for a predictor?
    fn predicts(&self, parameters: &Object) -> bool {
        match parameters {
            Object::Array(items) => items.iter().filter_map(|item| self.resolve(item)).any(|item| self.predicts(item)),
            Object::Dictionary(dict) => self.integer(dict, b"Predictor").is_some_and(|predictor| predictor > 1),
            _ => false,
        }
    }

    /// A copy without references, one level down.
    fn plain(&self, object: &Object) -> Object {
        match object {
            Object::Array(items) => Object::Array(
                items.iter().map(|item| self.resolve(item).map_or(Object::Null, |it| self.plain_entries(it))).collect(),
            ),
            other => self.plain_entries(other),
        }
    }

    fn plain_entries(&self, object: &Object) -> Object {
        match object {
            Object::Name(name) => Object::Name(full_filter_name(name).to_vec()),
            Object::Dictionary(dict) => {
                let entries = dict.iter().filter_map(|(key, value)| Some((key.clone(), self.resolve(value)?.clone())));
                Object::Dictionary(entries.collect())
            }
            other => other.clone(),
        }
    }
}

/// What a stream holds after its filters.
pub(super) struct Decoded<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// Why there is less of it than there should be.
    pub(super) problem: Option<String>,
}

impl<'a> Decoded<'a> {
    fn whole(bytes: Cow<'a, [u8]>) -> Self {
        Decoded { bytes, problem: None }
    }
}

/// Undoes Flate. lopdf does so too, but is silent about data that breaks off, and missing text must be
/// told. The checksum is not looked at: it is the first thing to be wrong, and means nothing here.
fn inflate(input: &[u8], limit: usize) -> Decoded<'static> {
    let has_header =
        matches!(input, [cmf, flg, ..] if cmf & 15 == 8 && (u16::from(*cmf) << 8 | u16::from(*flg)) % 31 == 0);
    let data = if has_header { input.get(2..).unwrap_or_default() } else { input };
    let mut inflater = flate2::Decompress::new(false);
    let mut bytes: Vec<u8> = Vec::with_capacity(input.len().saturating_mul(4).clamp(1024, limit.max(1024)));
    let problem = loop {
        let rest = data.get(inflater.total_in() as usize..).unwrap_or_default();
        let before = bytes.len();
        match inflater.decompress_vec(rest, &mut bytes, flate2::FlushDecompress::None) {
            Ok(flate2::Status::StreamEnd) if bytes.len() <= limit => break None,
            Ok(_) if bytes.len() > limit => {
                bytes.truncate(limit);
                break Some(format!("it unpacks to more than {limit} bytes"));
            }
            Ok(_) if bytes.len() == bytes.capacity() => {
                bytes.reserve_exact(bytes.len().max(4096).min(limit.saturating_sub(bytes.len()) + 1));
            }
            Ok(_) if bytes.len() > before => {}
            Ok(_) => break Some(format!("its packed data breaks off after {} bytes", bytes.len())),
            Err(_) => break Some(format!("its packed data is damaged after {} bytes", bytes.len())),
        }
    };
    // Nothing packed is nothing missing.
    let problem = problem.filter(|_| !input.iter().all(u8::is_ascii_whitespace));
    Decoded { bytes: Cow::Owned(bytes), problem }
}

fn full_filter_name(name: &[u8]) -> &[u8] {
    match name {
        b"Fl" => b"FlateDecode",
        b"LZW" => b"LZWDecode",
        b"A85" => b"ASCII85Decode",
        b"AHx" => b"ASCIIHexDecode",
        b"RL" => b"RunLengthDecode",
        other => other,
    }
}

/// The dictionary of a dictionary or of a stream.
pub(super) fn as_dict(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(dict) => Some(dict),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    }
}
