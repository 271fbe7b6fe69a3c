//! Is anything in a document out of all measure? The first reader keeps its limits; the library behind the second
//! unpacks and maps whatever it is told to until memory ends, so it must be asked before.

use super::objects::{Objects, as_dict};
use super::tokens::{Operand, Tokens};
use lopdf::{Dictionary, Object, Stream};

/// Nothing packed by Flate unpacks to more than this many times its bytes.
const BEST_PACKING: usize = 1032;
/// Codes in one range of a CMap.
const MAX_RANGE: u32 = 0xFFFF;
/// Dictionaries within dictionaries in which fonts are looked for.
const MAX_DEPTH: usize = 8;

/// Does any stream of a document unpack to too much, or any CMap map too much?
pub(super) fn any(objects: &Objects) -> bool {
    objects.ids().into_iter().filter_map(|id| objects.by_id(id)).any(|object| {
        let unpacks = matches!(object, Object::Stream(stream) if unpacks_to_too_much(objects, stream));
        unpacks || as_dict(object).is_some_and(|dict| maps_too_much(objects, dict, MAX_DEPTH))
    })
}

fn unpacks_to_too_much(objects: &Objects, stream: &Stream) -> bool {
    let filters = match objects.get(&stream.dict, b"Filter") {
        Some(Object::Array(filters)) => filters.len(),
        Some(_) => 1,
        None => 0,
    };
    let most = u32::try_from(filters).ok().and_then(|filters| BEST_PACKING.checked_pow(filters));
    let small = most.and_then(|most| most.checked_mul(stream.content.len())).is_some_and(Objects::admits);
    !small && objects.name(&stream.dict, b"Subtype") != Some(b"Image") && objects.decode(stream).too_large
}

/// Has any font in a dictionary a CMap with a range wider than there are characters?
fn maps_too_much(objects: &Objects, dict: &Dictionary, depth: usize) -> bool {
    let maps = [&b"ToUnicode"[..], b"Encoding"].into_iter().filter_map(|key| objects.get(dict, key));
    let mut streams = maps.filter_map(|map| if let Object::Stream(stream) = map { Some(stream) } else { None });
    // What is written right into the dictionary is no object of its own.
    let inner = |value: &Object| matches!(value, Object::Dictionary(inner) if depth > 0 && maps_too_much(objects, inner, depth - 1));
    streams.any(|stream| has_wide_range(&objects.decode(stream).bytes)) || dict.iter().any(|(_, value)| inner(value))
}

fn has_wide_range(map: &[u8]) -> bool {
    let mut tokens = Tokens::new(map);
    while let Some(word) = tokens.next() {
        let code = |operand: &Operand| match operand {
            Operand::String(bytes) => {
                let bytes = tokens.strings.get(bytes.clone())?;
                Some(bytes.iter().fold(0u32, |code, byte| code << 8 | u32::from(*byte)))
            }
            _ => None,
        };
        let mut rest = tokens.operands.as_slice();
        while matches!(word, b"endbfrange" | b"endcidrange")
            && let [low, high, target, after @ ..] = rest
        {
            if code(high).zip(code(low)).is_some_and(|(high, low)| high.saturating_sub(low) > MAX_RANGE) {
                return true;
            }
            // A list of targets, or one.
            let list = if *target == Operand::ArrayStart { after } else { &[] };
            let length = list.iter().position(|operand| *operand == Operand::ArrayEnd).map_or(0, |end| end + 1);
            rest = after.get(length..).unwrap_or_default();
        }
    }
    false
}
