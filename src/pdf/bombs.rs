//! Is a character map out of all measure? The first reader keeps its limits; the library behind the second maps
//! whatever it is told to until memory ends, so it must be asked before.

use super::tokens::{Operand, Tokens};

/// Codes in one range of a CMap.
const MAX_RANGE: u32 = 0xFFFF;

/// Has a CMap a range wider than there are characters?
pub(super) fn has_wide_range(map: &[u8]) -> bool {
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
