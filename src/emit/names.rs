//! Names for the output of each document: taken from the file's name, safe on every system, and never
//! the same for two documents, not even where case does not count.

use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::path::{Component, Path};
use unicode_normalization::UnicodeNormalization;

/// A name has at most this many bytes, so that endings and temporary names stay below the 255 of
/// common file systems.
const LONGEST: usize = 160;

/// Names that Windows keeps for devices.
const RESERVED: &[&str] = &["con", "prn", "aux", "nul"];

/// The names for documents found under these paths, in their order. A name that two documents would
/// share gets, for both of them, the beginning of a hash of the path: it does not depend on what else
/// is in the run, nor on the order.
pub fn stems(paths: &[impl AsRef<Path>]) -> Vec<String> {
    let plain: Vec<(String, bool)> = paths.iter().map(|path| sanitized(path.as_ref())).collect();
    let mut uses: HashMap<String, usize> = HashMap::new();
    for (stem, _) in &plain {
        *uses.entry(comparable(stem)).or_default() += 1;
    }
    let mut taken: HashSet<String> = HashSet::new();
    // Names that nobody else wants go first; a suffixed one must then keep clear of them.
    let is_plain = |(stem, cut): &(String, bool)| !cut && uses[&comparable(stem)] == 1;
    taken.extend(plain.iter().filter(|name| is_plain(name)).map(|(stem, _)| comparable(stem)));
    let mut names = Vec::with_capacity(paths.len());
    for (path, name) in paths.iter().zip(&plain) {
        if is_plain(name) {
            names.push(name.0.clone());
            continue;
        }
        let hash = path_hash(path.as_ref());
        let candidates = (8..=hash.len()).step_by(8).map(|length| format!("{}-{}", name.0, &hash[..length]));
        let numbered = (2..).map(|number| format!("{}-{hash}-{number}", name.0));
        let unique = candidates.chain(numbered).find(|name| taken.insert(comparable(name)));
        names.push(unique.unwrap_or_default());
    }
    names
}

/// A file's name without its ending, made safe; and whether it had to be cut.
fn sanitized(path: &Path) -> (String, bool) {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
    let safe = |c: char| match c {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
        c if c.is_control() || is_invisible(c) => '_',
        c => c,
    };
    let mut name: String = stem.nfc().map(safe).collect();
    let end = (0..=LONGEST).rev().find(|end| name.is_char_boundary((*end).min(name.len()))).unwrap_or(0);
    let cut = name.len() > end;
    if cut {
        name.truncate(end);
    }
    // Windows drops dots and blanks at the end; a dot at the beginning hides the file.
    let mut name = name.trim_end_matches(['.', ' ']).trim_start_matches(' ').to_owned();
    if name.is_empty() || name.starts_with(['.', '-']) || is_reserved(&name) {
        name.insert(0, '_');
    }
    (name, cut)
}

/// Marks that turn the direction of text or take no space: two names that look the same.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

fn is_reserved(name: &str) -> bool {
    let base = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let numbered = |prefix: &str| {
        base.strip_prefix(prefix).is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    RESERVED.contains(&base.as_str()) || numbered("com") || numbered("lpt")
}

/// A name as file systems that ignore case compare it.
fn comparable(name: &str) -> String {
    name.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// Hexadecimal hash of a path, the same on all systems for a path that is text.
fn path_hash(path: &Path) -> String {
    match path.to_str() {
        Some(text) => hex(&Sha256::digest(text.replace('\\', "/").as_bytes())),
        None => hex(&Sha256::digest(path.as_os_str().as_encoded_bytes())),
    }
}

/// Is this the name of one file or folder, that leads nowhere else? What is read again from a run may have been
/// written by others.
pub(crate) fn is_name(name: &str) -> bool {
    matches!(*Path::new(name).components().collect::<Vec<_>>(), [Component::Normal(part)] if *part == *name)
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_their_own_stay_as_they_are() {
        assert_eq!(stems(&["a/财政局2024.pdf", "b/教育局2024.PDF"]), ["财政局2024", "教育局2024"]);
    }

    #[test]
    fn shared_names_get_a_hash_of_their_path_whatever_the_order() {
        let names = stems(&["a/x.pdf", "b/X.pdf", "c/y.pdf"]);
        assert!(names[0].starts_with("x-") && names[1].starts_with("X-") && names[2] == "y", "{names:?}");
        let turned = stems(&["c/y.pdf", "b/X.pdf", "a/x.pdf"]);
        assert_eq!([&turned[2], &turned[1], &turned[0]], [&names[0], &names[1], &names[2]]);
    }

    #[test]
    fn a_suffixed_name_keeps_clear_of_a_plain_one() {
        let first = stems(&["a/x.pdf", "b/x.pdf"])[0].clone();
        let names = stems(&["a/x.pdf".to_owned(), "b/x.pdf".to_owned(), format!("{first}.pdf")]);
        assert_eq!(names[2], first);
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), 3);
    }

    #[test]
    fn names_never_leave_the_folder() {
        let hostile = [
            "..",
            "../../x.pdf",
            "/etc/passwd",
            "a/...pdf",
            "a/..\\..\\x.pdf",
            "C:\\x.pdf",
            "\\\\host\\share.pdf",
            "a/con.pdf",
            "a/COM1.final.pdf",
            "a/nul .pdf",
            "a/b:c\n.pdf",
            "a/x\0y.pdf",
            "a/ .pdf",
            "a/.hidden",
            "a/-o.pdf",
            "a/x. . .pdf",
            "a/\u{202E}fdp.exe.pdf",
            "",
            "/",
        ];
        let names = stems(&hostile);
        for name in &names {
            assert_eq!(Path::new(name).components().count(), 1, "{name:?}");
            assert!(matches!(Path::new(name).components().next(), Some(std::path::Component::Normal(_))), "{name:?}");
            assert!(!name.starts_with(['.', '-', ' ']) && !name.ends_with(['.', ' ']), "{name:?}");
            assert!(!name.contains(['/', '\\', ':', '\u{202E}']) && !name.contains(char::is_control), "{name:?}");
        }
        let named = |path: &str| names[hostile.iter().position(|known| *known == path).unwrap()].as_str();
        assert_eq!(
            [named("a/con.pdf"), named("a/COM1.final.pdf"), named("a/nul .pdf")],
            ["_con", "_COM1.final", "_nul"]
        );
        assert_eq!(names.iter().map(|name| comparable(name)).collect::<HashSet<_>>().len(), names.len());
    }

    #[test]
    fn long_names_are_cut_between_characters_and_stay_apart() {
        let long = "预算".repeat(100);
        let names = stems(&[format!("{long}1.pdf"), format!("{long}2.pdf")]);
        assert_ne!(names[0], names[1]);
        assert!(names.iter().all(|name| name.len() <= LONGEST + 9 && name.starts_with("预算")));
    }
}
