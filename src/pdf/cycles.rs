//! Does any part of a document contain itself? The first reader ends such loops; the library behind
//! the second follows them until the stack overflows, which aborts the process, so it must be asked
//! before.

use super::objects::{Objects, as_dict};
use lopdf::{Dictionary, Object, ObjectId};
use std::collections::HashSet;

/// Nesting that the second reader's recursion is known to survive.
const MAX_DEPTH: usize = 40;

/// Do the forms of these pages draw themselves, or do their ancestors descend from themselves?
pub(super) fn any(objects: &Objects, pages: &[Dictionary]) -> bool {
    let mut search = Search { objects, open: Vec::new(), done: HashSet::new() };
    pages.iter().any(|page| {
        has_endless_ancestors(objects, page)
            || objects.dict(page, b"Resources").is_some_and(|resources| search.in_resources(resources))
    })
}

fn has_endless_ancestors(objects: &Objects, page: &Dictionary) -> bool {
    let mut node = page;
    for _ in 0..MAX_DEPTH {
        match objects.dict(node, b"Parent") {
            Some(parent) => node = parent,
            None => return false,
        }
    }
    true
}

struct Search<'o> {
    objects: &'o Objects,
    /// The forms being followed, outermost first.
    open: Vec<ObjectId>,
    /// Forms that are known to be harmless: they draw nothing, or have resources of their own.
    done: HashSet<ObjectId>,
}

impl Search<'_> {
    fn in_resources(&mut self, resources: &Dictionary) -> bool {
        let Some(entries) = self.objects.dict(resources, b"XObject") else { return false };
        entries.iter().any(|(_, entry)| {
            let Object::Reference(id) = entry else { return false };
            let Some(Object::Stream(stream)) = self.objects.by_id(*id) else { return false };
            if self.objects.name(&stream.dict, b"Subtype") == Some(b"Image") || self.done.contains(id) {
                return false;
            }
            if self.open.contains(id) || self.open.len() >= MAX_DEPTH {
                return true;
            }
            // A form without resources draws from those around it, itself among them; whether it
            // does so is in its content.
            let own = self.objects.get(&stream.dict, b"Resources").and_then(as_dict);
            if own.is_none() && !draws(&self.objects.decode(stream).bytes) {
                self.done.insert(*id);
                return false;
            }
            self.open.push(*id);
            let found = self.in_resources(own.unwrap_or(resources));
            self.open.pop();
            if own.is_some() && !found {
                self.done.insert(*id);
            }
            found
        })
    }
}

/// Might this content draw a form?
fn draws(content: &[u8]) -> bool {
    content.windows(2).any(|window| window == b"Do")
}
