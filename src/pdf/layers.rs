//! Layers (optional content): which of them a viewer shows when the document is opened.

use super::objects::{Objects, as_dict};
use lopdf::{Object, ObjectId};
use std::collections::HashSet;

/// A membership of memberships of … ends here.
const MAX_DEPTH: usize = 4;
/// Members asked in all whether they are off; a membership with more counts as on.
const MAX_MEMBERS: usize = 1000;

/// The layers that are off by default.
#[derive(Default)]
pub(super) struct Layers {
    off: HashSet<ObjectId>,
}

impl Layers {
    pub(super) fn read(objects: &Objects) -> Layers {
        let Some(properties) = objects.catalog().and_then(|catalog| objects.dict(catalog, b"OCProperties")) else {
            return Layers::default();
        };
        let Some(default) = objects.dict(properties, b"D") else { return Layers::default() };
        let references = |items: Option<&[Object]>| -> Vec<ObjectId> {
            let items = items.unwrap_or_default().iter();
            items.filter_map(|item| if let Object::Reference(id) = item { Some(*id) } else { None }).collect()
        };
        let mut off = HashSet::new();
        if objects.name(default, b"BaseState") == Some(b"OFF") {
            off.extend(references(objects.array(properties, b"OCGs")));
            for id in references(objects.array(default, b"ON")) {
                off.remove(&id);
            }
        }
        off.extend(references(objects.array(default, b"OFF")));
        Layers { off }
    }

    /// Is this layer, or membership in layers, off?
    pub(super) fn is_off(&self, objects: &Objects, entry: &Object) -> bool {
        let mut left = MAX_MEMBERS;
        !self.off.is_empty() && self.is_off_within(objects, entry, MAX_DEPTH, &mut left)
    }

    fn is_off_within(&self, objects: &Objects, entry: &Object, depth: usize, left: &mut usize) -> bool {
        *left = left.saturating_sub(1);
        if depth == 0 || *left == 0 {
            return false;
        }
        if let Object::Reference(id) = entry
            && self.off.contains(id)
        {
            return true;
        }
        let Some(dict) = objects.resolve(entry).and_then(as_dict) else { return false };
        if objects.name(dict, b"Type") != Some(b"OCMD") {
            return false;
        }
        let members: Vec<&Object> = match dict.as_hashmap().get(&b"OCGs"[..]) {
            Some(Object::Array(items)) => items.iter().take(MAX_MEMBERS).collect(),
            Some(one) => match objects.resolve(one) {
                Some(Object::Array(items)) => items.iter().take(MAX_MEMBERS).collect(),
                _ => vec![one],
            },
            None => Vec::new(),
        };
        if members.is_empty() {
            return false;
        }
        let mut off = members.iter().map(|member| self.is_off_within(objects, member, depth - 1, left));
        match objects.name(dict, b"P") {
            Some(b"AllOn") => off.any(|off| off),
            Some(b"AllOff") => !off.all(|off| off),
            Some(b"AnyOff") => !off.any(|off| off),
            _ => off.all(|off| off),
        }
    }
}
