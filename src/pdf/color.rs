//! Colours, of which only the luminance matters: is this ink or paper?
//!
//! Colour spaces are approximated: ICC profiles by their number of components, separations by their
//! tint, patterns as a middle grey.

use super::objects::Objects;
use super::tokens::plain_name;
use lopdf::{Dictionary, Object};
use std::sync::Arc;

/// What a pattern is taken for.
const PATTERN: u8 = 128;
/// Bytes of a table of colours: 256 of four components.
const MAX_TABLE_BYTES: usize = 1024;
/// A colour space built on another built on another … ends here.
const MAX_DEPTH: usize = 4;

/// A colour space, as far as luminance needs it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Space {
    Gray,
    Rgb,
    Cmyk,
    /// Lightness in percent, and two numbers that do not matter.
    Lab,
    /// Luminance by index.
    Indexed(Arc<[u8]>),
    /// Tints of printing inks: the more, the darker.
    Tints,
    Pattern,
}

impl Space {
    /// Reads what `cs` or `CS` names.
    pub(super) fn of_name(objects: &Objects, resources: Option<&Dictionary>, name: &[u8]) -> Space {
        match Space::device(name) {
            Some(space) => space,
            None => resources
                .and_then(|resources| objects.dict(resources, b"ColorSpace"))
                .and_then(|spaces| objects.get(spaces, &plain_name(name)))
                .map_or(Space::Gray, |object| Space::read(objects, object, MAX_DEPTH)),
        }
    }

    fn device(name: &[u8]) -> Option<Space> {
        match name {
            b"DeviceGray" | b"CalGray" | b"G" => Some(Space::Gray),
            b"DeviceRGB" | b"CalRGB" | b"RGB" => Some(Space::Rgb),
            b"DeviceCMYK" | b"CMYK" => Some(Space::Cmyk),
            b"Pattern" => Some(Space::Pattern),
            _ => None,
        }
    }

    fn read(objects: &Objects, object: &Object, depth: usize) -> Space {
        let items = match object {
            Object::Name(name) => return Space::device(name).unwrap_or(Space::Gray),
            Object::Array(items) if depth > 0 => items,
            _ => return Space::Gray,
        };
        let item = |index: usize| items.get(index).and_then(|item| objects.resolve(item));
        match item(0) {
            Some(Object::Name(name)) => match name.as_slice() {
                b"ICCBased" => match item(1) {
                    Some(Object::Stream(stream)) => match objects.integer(&stream.dict, b"N") {
                        Some(4) => Space::Cmyk,
                        Some(3) => Space::Rgb,
                        _ => Space::Gray,
                    },
                    _ => Space::Gray,
                },
                b"Lab" => Space::Lab,
                b"Separation" | b"DeviceN" => Space::Tints,
                b"Indexed" | b"I" => {
                    let base = item(1).map_or(Space::Gray, |base| Space::read(objects, base, depth - 1));
                    match item(3) {
                        Some(Object::String(table, _)) => base.indexed(table),
                        Some(Object::Stream(stream)) => {
                            base.indexed(&objects.decode_up_to(stream, MAX_TABLE_BYTES).bytes)
                        }
                        _ => Space::Gray,
                    }
                }
                other => Space::device(other).unwrap_or(Space::Gray),
            },
            _ => Space::Gray,
        }
    }

    fn indexed(&self, table: &[u8]) -> Space {
        let size = match self {
            Space::Rgb | Space::Lab => 3,
            Space::Cmyk => 4,
            _ => 1,
        };
        let entries = table.chunks_exact(size).take(256).map(|entry| {
            let mut values = [0.0; 4];
            for (value, byte) in values.iter_mut().zip(entry) {
                *value = f64::from(*byte) / 255.0;
            }
            if *self == Space::Lab {
                values[0] *= 100.0;
            }
            self.luminance(values.get(..size).unwrap_or_default())
        });
        Space::Indexed(entries.collect())
    }

    /// The colour a space starts with: black, where it can be.
    pub(super) fn initial(&self) -> u8 {
        match self {
            Space::Indexed(table) => table.first().copied().unwrap_or_default(),
            Space::Pattern => PATTERN,
            _ => 0,
        }
    }

    /// Luminance of a colour; black where components are missing.
    pub(super) fn luminance(&self, values: &[f64]) -> u8 {
        let at = |index: usize| values.get(index).copied().unwrap_or_default().clamp(0.0, 1.0);
        let light = match self {
            Space::Gray => at(0),
            Space::Rgb => 0.299 * at(0) + 0.587 * at(1) + 0.114 * at(2),
            Space::Cmyk => {
                let ink = |index| 1.0 - (at(index) + at(3)).min(1.0);
                0.299 * ink(0) + 0.587 * ink(1) + 0.114 * ink(2)
            }
            Space::Lab => (values.first().copied().unwrap_or_default() / 100.0).clamp(0.0, 1.0),
            Space::Tints => 1.0 - values.iter().fold(0.0f64, |most, tint| most.max(*tint)).clamp(0.0, 1.0),
            Space::Indexed(table) => {
                let index = values.first().copied().unwrap_or_default().clamp(0.0, 255.0) as usize;
                return table.get(index).copied().unwrap_or_default();
            }
            Space::Pattern => return PATTERN,
        };
        (light * 255.0).round() as u8
    }
}
