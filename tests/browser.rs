//! The review site as a reader meets it: the corpus's site, opened from the disk in a real browser.
//!
//! Where no Chromium is installed there is nothing to drive, and `scripts/test` says so; with `KEMU_BROWSER=required`
//! that fails.

mod chromium;
// Of its documents only the report is wanted here.
#[allow(dead_code)]
mod documents;

use chromium::{Browser, installed};
use documents::{report_on, save};
use serde_json::Value;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// How many of the amounts drawn on a page have dark ink of the picture under their box. The picture is set on a canvas
/// at twice its size; one dark dot for each character is asked for, away from the box's edge.
const INK: &str = "(async (page) => {
  const sheet = sheets.elements.get(page);
  const image = sheet.querySelector('img');
  await image.decode();
  const [width, height] = shown.pages[page - 1];
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [2 * width, 2 * height];
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.fillStyle = 'white';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  const frame = sheet.getBoundingClientRect();
  let [drawn, inked] = [0, 0];
  for (const element of sheet.querySelectorAll('.cell')) {
    const printed = cellOf(Number(element.dataset.cell))[RAW];
    if (!printed) continue;
    const box = element.getBoundingClientRect();
    const scale = canvas.width / frame.width;
    const [x, y, w, h] = [box.x - frame.x, box.y - frame.y, box.width, box.height].map((side) => side * scale);
    const dots = pen.getImageData(x + 2, y + 2, Math.max(1, w - 4), Math.max(1, h - 4)).data;
    let dark = 0;
    for (let at = 0; at < dots.length; at += 4) dark += dots[at] + dots[at + 1] + dots[at + 2] < 640;
    drawn += 1;
    inked += dark >= printed.length;
  }
  return [drawn, inked];
})";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A browser, or none where none is installed and none is required.
fn browser(name: &str) -> Option<Browser> {
    let Some(program) = installed() else {
        assert!(env::var_os("KEMU_BROWSER").is_none_or(|wish| wish != "required"), "no Chromium is installed");
        eprintln!("SKIPPED: no Chromium is installed");
        return None;
    };
    let profile = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("browser").join(name);
    let _ = fs::remove_dir_all(&profile);
    fs::create_dir_all(&profile).unwrap();
    Some(Browser::start(&program, &profile, 1400, 900))
}

/// The site of the corpus.
fn corpus() -> &'static Path {
    static SITE: OnceLock<PathBuf> = OnceLock::new();
    SITE.get_or_init(|| site("corpus", &["corpus"]))
}

/// The site of some reports.
fn site(name: &str, inputs: &[&str]) -> PathBuf {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("sites").join(name);
    let _ = fs::remove_dir_all(&out);
    let run = |arguments: &[&str]| {
        let status = Command::new(env!("CARGO_BIN_EXE_kemu"))
            .current_dir(root())
            .args(arguments)
            .args(["--quiet"])
            .status()
            .unwrap();
        assert!(status.code().is_some_and(|code| code < 2), "{arguments:?}: {status}");
    };
    let folder = out.to_str().unwrap();
    run(&[&["extract"], inputs, &["--out", folder]].concat());
    run(&["review", folder]);
    out.join("review")
}

fn address(path: &Path) -> String {
    format!("file://{}", path.to_str().unwrap())
}

fn count(value: &Value) -> u64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number")) as u64
}

#[test]
fn a_reader_finds_a_contradiction_and_sees_it_on_its_page() {
    let Some(mut browser) = browser("reader") else { return };
    let site = corpus();
    let documents = csv::Reader::from_path(site.join("../documents.csv")).unwrap().records().count() as u64;

    browser.open(&address(&site.join("index.html")));
    browser.until("document.querySelectorAll('#documents tbody tr').length > 1");
    assert_eq!(count(&browser.eval("document.querySelectorAll('#documents tbody tr').length")), documents);

    // Only what is contradicted, most of it first.
    browser.click("document.getElementById('contradicted')");
    browser.until(&format!("document.querySelectorAll('#documents tbody tr').length < {documents}"));
    browser.click("document.querySelector('[data-sort=contradicted]')");
    let first = browser.text("document.querySelector('#documents tbody th').textContent");
    let contradicted =
        "[...document.querySelectorAll('#documents tbody td.contradicted')].map((e) => Number(e.textContent))";
    let counts: Vec<u64> = browser.eval(contradicted).as_array().unwrap().iter().map(count).collect();
    assert!(!counts.is_empty() && counts.is_sorted_by(|one, other| one >= other), "{counts:?}");

    // Found again by its name.
    browser.click("document.getElementById('contradicted')");
    browser.click("document.getElementById('search')");
    browser.call("Input.insertText", serde_json::json!({ "text": first }));
    browser.until("document.querySelectorAll('#documents tbody tr').length === 1");
    browser.click("document.querySelector('#documents tbody a')");
    browser.until(
        "typeof shown !== 'undefined' && shown !== null && document.querySelector('#side [data-finding]') !== null",
    );
    assert!(browser.text("location.pathname").contains(&first));

    // A click on a finding shows its amount, its page and the sum that fails.
    browser.click("document.querySelector('#side [data-finding]')");
    browser.until("document.querySelector('.cell.chosen') !== null");
    let number = browser.text("document.querySelector('#side [data-finding]').dataset.finding");
    let finding = finding_row(site, &first, &number);
    assert_eq!(browser.text("document.getElementById('figure').textContent"), finding["printed"]);
    assert_eq!(
        browser.text("document.querySelector('[data-fact=header]').textContent").replace(" / ", "/"),
        finding["header_path"]
    );
    let page = browser.text("document.querySelector('.cell.chosen').closest('.sheet').dataset.page");
    assert_eq!(page, finding["page"]);
    assert!(browser.text("location.hash").contains(&format!("page={page}&finding={number}")));
    assert_ne!(browser.eval("document.querySelector('#inspector .check.mismatch')"), Value::Null);
    let seen = "(() => { const c = document.querySelector('.cell.chosen').getBoundingClientRect(); \
        const p = document.getElementById('pages').getBoundingClientRect(); \
        return c.top >= p.top && c.bottom <= p.bottom && c.left >= p.left && c.right <= p.right; })()";
    assert_eq!(browser.eval(seen), true, "the amount is not in the window");

    // Its box lies where findings.csv says, on the picture, and there is ink under every amount.
    browser.until(&format!("sheets.elements.get({page}).querySelector('img')?.complete === true"));
    let place = "(() => { const c = document.querySelector('.cell.chosen').getBoundingClientRect(); \
        const i = document.querySelector('.cell.chosen').parentElement.querySelector('img').getBoundingClientRect(); \
        const scale = shown.pages[PAGE - 1][0] / i.width; \
        return [c.left - i.left, c.top - i.top, c.right - i.left, c.bottom - i.top].map((side) => side * scale); })()";
    let place = browser.eval(&place.replace("PAGE", &page));
    for (at, side) in ["x0", "y0", "x1", "y1"].iter().enumerate() {
        let printed: f64 = finding[*side].parse().unwrap();
        assert!((place[at].as_f64().unwrap() - printed).abs() < 0.5, "{side}: {place} against {printed}");
    }
    let ink = browser.eval(&format!("{INK}({page})"));
    assert!(count(&ink[0]) > 5 && ink[0] == ink[1], "ink under {} of {} amounts", ink[1], ink[0]);

    keys_go_through_the_findings(&mut browser);
    words_are_in_the_language_of_the_reader(&mut browser);
    nothing_went_wrong(&browser);
}

/// The row of `findings.csv` for a finding of a document.
fn finding_row(site: &Path, document: &str, number: &str) -> std::collections::BTreeMap<String, String> {
    let mut reader = csv::Reader::from_path(site.join("../findings.csv")).unwrap();
    let mut rows = reader.deserialize().map(|row| row.unwrap());
    rows.find(|row: &std::collections::BTreeMap<String, String>| {
        row["document"] == document && row["finding"] == number
    })
    .unwrap()
}

fn keys_go_through_the_findings(browser: &mut Browser) {
    let current = "document.querySelector('#side [aria-current=true]').dataset.finding";
    let order = browser.eval("findingOrder().map(String)");
    let order: Vec<&str> = order.as_array().unwrap().iter().map(|number| number.as_str().unwrap()).collect();
    assert!(order.len() > 1, "the report has findings to go through");
    assert_eq!(browser.text(current), order[0]);
    browser.press("n");
    assert_eq!(browser.text(current), order[1]);
    browser.press("p");
    assert_eq!(browser.text(current), order[0]);
    browser.press("p");
    assert_eq!(browser.text(current), order[order.len() - 1]);
    browser.press("Escape");
    assert_eq!(browser.eval("document.querySelector('#side [aria-current=true]')"), Value::Null);
    browser.press("?");
    assert_eq!(browser.eval("document.getElementById('help').open"), true);
    browser.press("Escape");
    browser.eval("document.getElementById('help').close()");

    // Pages, and amounts by the arrows.
    browser.eval("container.scrollTop = 0");
    let before = count(&browser.eval("currentPage(container)"));
    browser.press("]");
    assert!(count(&browser.eval("currentPage(container)")) > before);
    browser.press("[");
    assert_eq!(count(&browser.eval("currentPage(container)")), before);
    let cell = "document.querySelector('.cell[tabindex=\"0\"]')";
    browser.eval(&format!("{cell}.focus()"));
    let from = count(&browser.eval("chosen"));
    browser.press("ArrowDown");
    let to = count(&browser.eval("chosen"));
    assert_ne!(from, to);
    assert_eq!(browser.eval(&format!("cellOf({to})[BOX][1] > cellOf({from})[BOX][1]")), true);

    // Pointing at an amount tells of it, and leaving it goes back to the chosen one.
    browser.point(&format!("document.querySelector('.cell[data-cell=\"{from}\"]')"));
    let told = "document.querySelector('[data-fact=raw_text]').textContent";
    let raw = browser.text(&format!("cellOf({from})[RAW]"));
    browser.until(&format!("{told} === {}", serde_json::to_string(&raw).unwrap()));
    browser.point("document.getElementById('title')");
    let raw = browser.text(&format!("cellOf({to})[RAW]"));
    browser.until(&format!("{told} === {}", serde_json::to_string(&raw).unwrap()));
}

fn words_are_in_the_language_of_the_reader(browser: &mut Browser) {
    let heading = "document.querySelector('#inspector h3').textContent";
    let language = "document.documentElement.lang";
    let before = (browser.text(language), browser.text(heading));
    browser.click("document.getElementById('language')");
    let after = (browser.text(language), browser.text(heading));
    assert_ne!(before.0, after.0);
    assert_ne!(before.1, after.1);
    let chinese = if before.0 == "zh-CN" { &before.1 } else { &after.1 };
    assert!(chinese.contains("勾稽关系"), "{chinese}");
    // It is remembered on the next page, and every word is there in both languages.
    browser.click("document.querySelector('.back')");
    browser.until("document.querySelectorAll('#documents tbody tr').length > 0");
    assert_eq!(browser.text(language), after.0);
    let lacking = browser.eval(
        "Object.keys(WORDS.en).concat(Object.keys(WORDS.zh)).filter((key) => !(key in WORDS.en && key in WORDS.zh))",
    );
    assert_eq!(lacking, serde_json::json!([]));
}

fn nothing_went_wrong(browser: &Browser) {
    assert_eq!(browser.complaints, Vec::<String>::new());
    let local =
        |address: &&String| ["file:", "about:", "blob:", "data:"].iter().any(|scheme| address.starts_with(scheme));
    let foreign: Vec<&String> = browser.requests.iter().filter(|address| !local(address)).collect();
    assert!(foreign.is_empty() && !browser.requests.is_empty(), "{foreign:?}");
}

#[test]
fn amounts_lie_on_their_ink_on_every_page_of_the_corpus() {
    let Some(mut browser) = browser("ink") else { return };
    let site = corpus();
    let mut rotated = 0;
    for folder in fs::read_dir(site.join("documents")).unwrap() {
        let page = folder.unwrap().path().join("index.html");
        browser.open(&address(&page));
        browser.until("contents !== null");
        let pages = browser.eval("shown === null ? [] : [...sheets.elements.keys()].filter((page) => shown.pages[page - 1][2] === 'drawn' && sheets.cells.has(page))");
        for number in pages.as_array().unwrap() {
            browser.eval(&format!("fill({number})"));
            browser.until(&format!("sheets.elements.get({number}).querySelector('img')?.complete === true"));
            let ink = browser.eval(&format!("{INK}({number})"));
            assert_eq!(ink[0], ink[1], "{}, page {number}: amounts drawn, amounts with ink", page.display());
            rotated += u64::from(
                browser.eval(&format!("shown.pages[{number} - 1][0] > shown.pages[{number} - 1][1]")) == true,
            );
        }
    }
    assert!(rotated > 0, "the corpus has landscape pages");
    nothing_went_wrong(&browser);
}

#[test]
fn what_a_document_says_is_never_markup() {
    let Some(mut browser) = browser("markup") else { return };
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("hostile").join("a'&#b %41 <b id=pwned>.pdf");
    save(&mut report_on("<hr>", "<hr>局", "12.50"), &file);
    let site = site("markup", &[file.to_str().unwrap()]);
    browser.open(&address(&site.join("index.html")));
    browser.until("document.querySelector('#documents tbody a') !== null");
    browser.click("document.querySelector('#documents tbody a')");
    browser.until("typeof shown !== 'undefined' && shown !== null && document.querySelector('.cell') !== null");
    assert_eq!(browser.text("document.title"), "a'&#b %41 _b id=pwned_ · kemu");
    browser.eval("document.querySelector('.cell[tabindex=\"0\"]').focus()");
    browser.press("ArrowDown");
    assert_eq!(browser.text("document.querySelector('[data-fact=name]').textContent"), "<hr>");
    assert_eq!(browser.eval("document.querySelector('hr, #pwned')"), Value::Null);
    nothing_went_wrong(&browser);
}

#[test]
fn ten_thousand_documents_are_a_short_page() {
    let Some(mut browser) = browser("many") else { return };
    let site = site("many", &["corpus/weicheng-yingji-2026.pdf"]);
    // The index of a run of ten thousand, in the form `kemu review` writes it: the one document again and again.
    let one = fs::read_to_string(site.join("data/documents-0.js")).unwrap();
    let lines = one.strip_prefix("kemu.documents(...[0,[").unwrap().strip_suffix("]]);\n").unwrap();
    for chunk in 0..10 {
        let numbered =
            (0..1000).map(|at| lines.replace("weicheng-yingji-2026", &format!("report-{:05}", chunk * 1000 + at)));
        let script = format!("kemu.documents(...[{chunk},[{}]]);\n", numbered.collect::<Vec<_>>().join(","));
        fs::write(site.join(format!("data/documents-{chunk}.js")), script).unwrap();
    }
    let run = fs::read_to_string(site.join("data/run.js")).unwrap();
    fs::write(
        site.join("data/run.js"),
        run.replace("\"documents\":1,\"chunks\":1", "\"documents\":10000,\"chunks\":10"),
    )
    .unwrap();
    browser.open(&address(&site.join("index.html")));
    browser.until("documents.length === 10000");
    assert_eq!(count(&browser.eval("document.querySelectorAll('#documents tbody tr').length")), 100);
    browser.click("document.querySelector('[data-turn=\"1\"]')");
    assert_eq!(browser.text("document.querySelector('#documents tbody th').textContent"), "report-00100");
    browser.click("document.getElementById('search')");
    browser.call("Input.insertText", serde_json::json!({ "text": "report-0999" }));
    browser.until("document.querySelectorAll('#documents tbody tr').length === 10");
    nothing_went_wrong(&browser);
}
