//! Who may use whom: ARCHITECTURE.md's invariants, checked on the text of `src`.
//!
//! A rule that gets in the way of good code is changed here and in ARCHITECTURE.md together.

use regex::Regex;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// For each module of the crate, the modules it may name; itself is always allowed.
const MAY_USE: &[(&str, &[&str])] = &[
    ("geometry", &[]),
    ("lang", &[]),
    ("catalog", &[]),
    ("pdf", &["geometry"]),
    ("page", &["pdf", "geometry", "catalog::text", "catalog::sums", "catalog::figures"]),
    ("segment", &["page", "catalog", "geometry"]),
    ("table", &["segment", "page", "catalog", "geometry"]),
    ("check", &["table", "catalog", "geometry"]),
    ("timings", &[]),
    ("extract", &["pdf", "page", "segment", "table", "check", "timings"]),
    ("emit", &["timings", "extract", "check", "table", "segment", "catalog", "geometry"]),
    (
        "batch",
        &["timings", "emit", "extract", "check", "table", "segment", "page", "pdf", "catalog", "geometry", "lang"],
    ),
    ("panel", &["batch", "emit", "catalog"]),
    ("review", &["batch", "emit", "extract", "check", "table", "pdf", "geometry"]),
    ("cli", &["batch", "emit", "extract", "panel", "review", "pdf", "catalog", "lang"]),
    ("main", &["cli", "batch"]),
];

/// What lib.rs lifts to the root of the crate, and the module it comes from.
const LIFTED: &[(&str, &str)] = &[("Extraction", "extract"), ("Options", "extract"), ("Warning", "extract")];

/// Crates that read PDF and font files: the business of `src/pdf` alone.
const PDF_CRATES: &[&str] = &["lopdf", "hayro_cmap", "pdf_extract", "ttf_parser", "flate2", "hayro_svg"];

/// Modules that may touch files, streams and the terminal.
const MAY_DO_IO: &[&str] = &["batch", "emit", "panel", "review", "cli", "main"];

/// Modules of data compiled in, whose loaders may panic where these are broken.
const MAY_PANIC: &[&str] = &["catalog", "lang"];

/// Files besides the catalogue where `expect` may stand, for what cannot fail: writing CSV to memory.
const MAY_EXPECT: &[&str] = &["src/emit/sheets.rs", "src/emit/wide.rs"];

/// Lines of a source file beyond which there is a second module inside.
const LONGEST_FILE: usize = 600;

#[test]
fn every_module_uses_only_the_stations_before_it() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some((_, allowed)) = MAY_USE.iter().find(|(module, _)| *module == source.module) else {
            if source.module != "lib" {
                wrong.push(format!("{}: `{}` is a module without a rule", source.path, source.module));
            }
            continue;
        };
        for (line, used) in source.uses() {
            if used[0] == source.module || allowed.iter().any(|rule| permits(rule, &used)) {
                continue;
            }
            wrong.push(format!("{}:{line}: `{}` names crate::{}", source.path, source.module, used.join("::")));
        }
    }
    report(
        wrong,
        "a station may use only those before it. Move the code to the station that knows this, or hand the value over \
         in the types of the station before. If the rule is wrong, change MAY_USE here and ARCHITECTURE.md",
    );
}

#[test]
fn only_the_pdf_station_names_pdf_libraries() {
    let names = Regex::new(&format!(r"\b({})\b", PDF_CRATES.join("|"))).unwrap();
    let wrong = sources()
        .iter()
        .filter(|source| source.module != "pdf")
        .flat_map(|source| source.lines_with(&names, "names a PDF library"))
        .collect();
    report(wrong, "put what is needed from the library behind a type of our own in src/pdf");
}

#[test]
fn stations_do_no_io() {
    let io = Regex::new(r"\bstd::(fs|io|env|process|net)\b|\be?print(ln)?!").unwrap();
    let wrong = sources()
        .iter()
        .filter(|source| !MAY_DO_IO.contains(&source.module.as_str()))
        .flat_map(|source| source.lines_with(&io, "does input or output"))
        .collect();
    report(wrong, "take bytes or values and give values back; src/batch and src/emit deal with files");
}

#[test]
fn what_a_document_holds_never_panics() {
    let unwrap = Regex::new(r"\.unwrap\(\)|\.unwrap_err\(\)").unwrap();
    let expect = Regex::new(r"\.expect(_err)?\(").unwrap();
    let abort = Regex::new(r"\b(panic|unreachable|todo|unimplemented)!").unwrap();
    let mut wrong = Vec::new();
    for source in sources() {
        wrong.extend(source.lines_with(&unwrap, "unwraps"));
        if !MAY_PANIC.contains(&source.module.as_str()) {
            wrong.extend(source.lines_with(&abort, "may panic"));
        }
        if !MAY_PANIC.contains(&source.module.as_str()) && !MAY_EXPECT.contains(&source.path.as_str()) {
            wrong.extend(source.lines_with(&expect, "expects"));
        }
    }
    report(
        wrong,
        "a published file may hold anything: return an Option, or a warning with a place. `expect` is for data compiled \
         in (src/catalog) and for what cannot fail (MAY_EXPECT)",
    );
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut wrong = Vec::new();
    for source in sources() {
        let length = source.whole.lines().count();
        if length > LONGEST_FILE {
            wrong.push(format!(
                "{}: {length} lines, more than {LONGEST_FILE}: find the second module in it",
                source.path
            ));
        }
        if !source.whole.starts_with("//! ") {
            wrong.push(format!("{}: begin with a `//!` paragraph that says what the file is", source.path));
        }
        let stem = Path::new(&source.path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if ["util", "utils", "helper", "helpers", "common", "misc"].contains(&stem) {
            wrong.push(format!("{}: name the file by the data it is about", source.path));
        }
    }
    report(wrong, "see CONTRIBUTING.md, style");
}

#[test]
fn every_rule_is_about_a_module_there_is() {
    let modules: BTreeSet<String> = sources().into_iter().map(|source| source.module).collect();
    let gone: Vec<String> = MAY_USE
        .iter()
        .filter(|(module, _)| !modules.contains(*module))
        .map(|(module, _)| format!("MAY_USE has a rule for `{module}`, which is no module of src"))
        .chain(
            MAY_EXPECT
                .iter()
                .filter(|path| !root().join(path).exists())
                .map(|path| format!("MAY_EXPECT names {path}, which is gone")),
        )
        .collect();
    report(gone, "take the rule out of tests/architecture.rs");
}

#[test]
fn the_rules_would_catch_a_breach() {
    let source = Source::new(
        "src/page/sub/cell.rs",
        "use crate::{geometry::{self, Rect}, segment::Facts};\nuse super::super::table;\nuse super::super::super::emit::{Entry};\n\
         // use crate::batch;\nfn f() { crate::pdf::open(\"crate::emit\") }\n#[cfg(test)]\nmod tests { use crate::batch; }\n",
    );
    let used: Vec<String> =
        source.uses().into_iter().map(|(line, path)| format!("{line} {}", path.join("::"))).collect();
    assert_eq!(
        used,
        ["1 geometry", "1 geometry::Rect", "1 segment::Facts", "2 page::table", "3 emit::Entry", "5 pdf::open"]
    );
    assert!(permits("catalog::text", &["catalog".into(), "text".into(), "fold".into()]));
    assert!(!permits("catalog::text", &["catalog".into(), "forms".into()]));
}

/// Does a rule such as `catalog` or `catalog::text` permit naming this path?
fn permits(rule: &str, used: &[String]) -> bool {
    let rule: Vec<&str> = rule.split("::").collect();
    used.len() >= rule.len() && rule.iter().zip(used).all(|(rule, used)| rule == used)
}

/// A file of `src`.
struct Source {
    /// From the root of the project, with `/`.
    path: String,
    /// The module of the crate it belongs to: `pdf`, `page` … or `main`, `lib`.
    module: String,
    /// The path of its own module, from the crate.
    own: Vec<String>,
    whole: String,
    /// Without comments, texts and the tests at its end; as many lines.
    code: String,
}

impl Source {
    fn new(path: &str, whole: &str) -> Source {
        let inner = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
        let own: Vec<String> = inner.split('/').map(str::to_owned).collect();
        let code = bare(whole.split("#[cfg(test)]").next().unwrap_or_default());
        Source { path: path.to_owned(), module: own[0].clone(), own, whole: whole.to_owned(), code }
    }

    /// The modules of this crate that the code names, each as the path from the crate, with the line.
    fn uses(&self) -> Vec<(usize, Vec<String>)> {
        let start = Regex::new(r"\b(crate|kemu|super(?:\s*::\s*super)*)\s*::\s*([\w:{]+)").unwrap();
        let mut found = Vec::new();
        for hit in start.captures_iter(&self.code) {
            let (whole, anchor, rest) = (hit.get(0).unwrap(), &hit[1], hit.get(2).unwrap());
            let line = 1 + self.code[..whole.start()].matches('\n').count();
            let base = match anchor {
                "crate" | "kemu" => Vec::new(),
                up => {
                    let levels = up.matches("super").count();
                    self.own[..self.own.len().saturating_sub(levels)].to_vec()
                }
            };
            let branches = branches(&self.code[rest.start()..]);
            for branch in branches {
                let path: Vec<String> = base.iter().cloned().chain(branch).collect();
                found.push((line, lowered(path)));
            }
        }
        found.retain(|(_, path)| !path.is_empty() && path[0] != "*");
        found
    }

    fn lines_with(&self, pattern: &Regex, what: &str) -> Vec<String> {
        let hits = self.code.lines().enumerate().filter(|(_, line)| pattern.is_match(line));
        hits.map(|(index, line)| format!("{}:{}: {what}: {}", self.path, index + 1, line.trim())).collect()
    }
}

/// A path whose first name lib.rs lifted from a module, with the module in front.
fn lowered(mut path: Vec<String>) -> Vec<String> {
    if let Some((_, module)) = LIFTED.iter().find(|(name, _)| path.first().is_some_and(|first| first == name)) {
        path.insert(0, (*module).to_owned());
    }
    path
}

/// All paths of a use tree that begins here: `a::{b, c::d}` gives `a::b` and `a::c::d`.
fn branches(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    // The names before each open brace, and the names since.
    let mut stack: Vec<Vec<String>> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let tokens = Regex::new(r"^\s*(::|[{},*]|\w+)").unwrap();
    let mut rest = text;
    let mut after_name = false;
    while let Some(hit) = tokens.captures(rest) {
        let token = &hit[1];
        match token {
            "::" => after_name = false,
            "{" => {
                stack.push(path.clone());
                after_name = false;
            }
            "," | "}" => {
                if stack.is_empty() {
                    break;
                }
                if path.len() > stack[stack.len() - 1].len() {
                    found.push(path.clone());
                }
                if token == "}" {
                    path = stack.pop().unwrap_or_default();
                    if stack.is_empty() {
                        return found;
                    }
                    // What was in the braces is found; what encloses them is no branch of its own.
                    path.truncate(stack[stack.len() - 1].len());
                } else {
                    path = stack[stack.len() - 1].clone();
                }
                after_name = false;
            }
            // `a::b as c`, or code after the path.
            _ if after_name => {
                if stack.is_empty() {
                    break;
                }
            }
            "self" => {
                found.push(path.clone());
                after_name = true;
            }
            name => {
                path.push(name.to_owned());
                after_name = true;
            }
        }
        rest = &rest[hit[0].len()..];
    }
    if stack.is_empty() && !path.is_empty() {
        found.push(path);
    }
    found
}

/// Code with comments and the contents of texts blanked out.
fn bare(code: &str) -> String {
    let pattern =
        Regex::new(r###"(?s)//[^\n]*|/\*.*?\*/|b?r#".*?"#|b?"(?:\\.|[^"\\])*"|b?'(?:\\[^\n']+|[^\\'\n])'"###).unwrap();
    let blank = |hit: &regex::Captures| hit[0].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect::<String>();
    pattern.replace_all(code, blank).into_owned()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files of `src`, in order.
fn sources() -> Vec<Source> {
    let mut folders = vec![root().join("src")];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let name = |path: &Path| path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    paths.iter().map(|path| Source::new(&name(path), &fs::read_to_string(path).unwrap())).collect()
}

/// Fails with all breaches and what to do about them.
fn report(wrong: Vec<String>, advice: &str) {
    assert!(wrong.is_empty(), "\n\n{}\n\nWhat to do: {advice}.\n", wrong.join("\n"));
}
