// One document: findings, tables, pages and the inspector, and how one gets from one to the other.
"use strict";

const container = find("pages");
const panel = find("inspector");

let contents = null;
/** What is chosen: the number of an amount, and of a finding, or null. */
let chosen = null;
let finding = null;
let pointed = null;
/** The verdicts whose amounts are not drawn. */
const hidden = new Set();

kemu.document = (given) => {
  contents = given;
  shown = given.shown;
  if (shown) {
    sortChecks();
    layPages(container, { point, choose: (number) => choose(number), chooseFinding: (number) => chooseFinding(number), focus: (number) => choose(number, { still: true }), isChosen: (number) => number === chosen });
  }
  showAll();
  followHash(true);
};

function showAll() {
  translate(document);
  if (!contents) return;
  showFacts();
  showLegend();
  showSide();
  showHelp();
  if (shown) namePages(container);
  else container.replaceChildren(...notes(), make("p", { class: "note" }, say(`status_${contents.row.status}`),
    contents.row.message ? `: ${contents.row.message}` : null),
    contents.row.hint ? make("p", { class: "note" }, `${say("hint")}: ${contents.row.hint}`) : "");
  showPanel();
}

function showFacts() {
  const row = contents.row;
  const who = row.unit_name || row.department;
  find("title").textContent = who || row.document;
  const facts = [row.fiscal_year, row.report_kind && say(row.report_kind), row.report_level && say(row.report_level), who ? row.document : null, `${say("status")}: ${say(`status_${row.status}`)}`];
  find("facts").textContent = facts.filter(Boolean).join(" · ");
}

/** The counts of the run are the legend too. */
function showLegend() {
  const row = contents.row;
  const toggles = VERDICTS.map(([verdict, sign]) => make("button", {
    type: "button", class: `key ${verdict}`, "aria-pressed": String(!hidden.has(verdict)), "data-verdict": verdict, title: say(`${verdict}_means`),
    onclick: () => toggle(verdict),
  }, make("span", { class: "sign", "aria-hidden": "true" }, sign), make("strong", {}, grouped(row[verdict])), make("span", {}, say(verdict))));
  const ink = row.unexplained ? make("span", { class: "key unexplained" }, make("strong", {}, grouped(row.unexplained)), make("span", {}, say("unexplained"))) : null;
  find("legend").replaceChildren(...toggles, ...(ink ? [ink] : []));
}

function toggle(verdict) {
  if (!hidden.delete(verdict)) hidden.add(verdict);
  container.classList.toggle(`without-${verdict}`, hidden.has(verdict));
  showLegend();
  document.querySelector(`[data-verdict="${verdict}"]`).focus();
}

/** What is to be said of the document; fonts matter least. */
function notes(about = () => true) {
  return contents.notes.filter(([key]) => about(key)).map(([key, values]) => make("p", { class: "note", "data-note": key }, say(`note_${key}`, ...values)));
}

/** Findings about figures come first: they matter most. */
function findingOrder() {
  const numbers = shown ? shown.findings.map((_, index) => index + 1) : [];
  const about = (figures) => numbers.filter((number) => shown.findings[number - 1].figures === figures);
  return [...about(true), ...about(false)];
}

function showSide() {
  const aboutFonts = (key) => key.endsWith("_fonts");
  const parts = shown ? notes((key) => !aboutFonts(key)) : [];
  const order = findingOrder();
  for (const figures of [true, false]) {
    const some = order.filter((number) => shown.findings[number - 1].figures === figures);
    if (some.length === 0) continue;
    parts.push(make("h2", {}, say(figures ? "figures_findings" : "names_findings"), make("span", { class: "soft" }, ` ${grouped(some.length)}`)));
    parts.push(make("ol", { class: "findings" }, some.map((number) => make("li", {}, findingButton(number)))));
  }
  if (shown && order.length === 0) parts.push(make("h2", {}, say("findings")), make("p", { class: "soft" }, say("no_findings")));
  if (shown && shown.tables.length) {
    parts.push(make("h2", {}, say("tables")), make("ol", { class: "tables" }, shown.tables.map((table) => make("li", {}, make("button", {
      type: "button", class: "plain", onclick: () => goTo(table.pages[0]),
    }, make("span", {}, [table.number, table.title].filter(Boolean).join(" ")), make("span", { class: "soft small" },
      [say("page_short", table.pages[0]), table.standard ? null : say("other_table"), table.inferred ? say("table_inferred") : null].filter(Boolean).join(" · ")))))));
  }
  if (shown) parts.push(...notes(aboutFonts));
  find("side").replaceChildren(...parts);
  showChosenFinding();
}

function findingButton(number) {
  const item = shown.findings[number - 1];
  const table = shown.tables[item.table - 1];
  return make("button", { type: "button", class: item.figures ? "plain figures" : "plain names", "data-finding": number, onclick: () => chooseFinding(number) },
    make("strong", {}, say(`kind_${item.kind}`)),
    make("span", { class: "soft small" }, ` ${say("page_short", item.page)}${table ? ` · ${table.title}` : ""}`),
    make("span", { class: "message" }, messageOf(item)));
}

function showChosenFinding() {
  for (const element of document.querySelectorAll("#side [data-finding]")) {
    const is = Number(element.dataset.finding) === finding;
    element.setAttribute("aria-current", String(is));
    if (is) element.scrollIntoView({ block: "nearest" });
  }
  for (const element of container.querySelectorAll(".mark[data-finding]")) element.classList.toggle("chosen", Number(element.dataset.finding) === finding);
}

/** The panel tells of what is pointed at, else of what is chosen. */
function showPanel() {
  const number = pointed ?? chosen;
  const found = pointed !== null && pointed !== chosen ? null : finding;
  inspect(panel, shown ? number : null, shown ? found : null, { choose: (other) => choose(other), relate: (check) => relatePages(relatedIn(check)) });
  const first = number === null ? null : (found !== null && shown.findings[found - 1].checks[0]) || (checksOf.get(number) || [])[0];
  relatePages(first ? relatedIn(first) : new Map());
}

function point(number) {
  pointed = number;
  showPanel();
}

/** Chooses an amount; `still` leaves the window where it is. */
function choose(number, { still = false, found = null } = {}) {
  chosen = number;
  finding = found ?? findingOf(number);
  pointed = null;
  const cell = cellOf(number);
  if (!still) bring(container, cell[PAGE], cell[BOX]);
  fill(cell[PAGE]);
  showBox(number);
  showPanel();
  panel.scrollTop = 0;
  showChosenFinding();
  find("spoken").textContent = `${cell[RAW] || say("nothing_printed")}, ${say(cell[VERDICT])}, ${rowLabel(cell)}`;
  history.replaceState(null, "", `#page=${cell[PAGE]}&cell=${cell[TABLE]}.${cell[ROW]}.${cell[COLUMN]}`);
}

/** Marks the chosen amount; one with nothing printed gets a box for as long as it is chosen. */
function showBox(number) {
  for (const element of container.querySelectorAll(".cell.chosen")) element.classList.remove("chosen");
  if (number === null) return;
  const page = cellOf(number)[PAGE];
  const sheet = sheets.elements.get(page);
  let element = container.querySelector(`.cell[data-cell="${number}"]`);
  if (!element && sheet) {
    element = cellElement(number, false);
    sheet.append(element);
  }
  if (element) element.classList.add("chosen");
}

function findingOf(number) {
  const index = shown.findings.findIndex((item) => item.cell === number);
  return index < 0 ? null : index + 1;
}

function chooseFinding(number) {
  const item = shown.findings[number - 1];
  finding = number;
  if (item.cell) {
    choose(item.cell, { found: number });
  } else {
    chosen = null;
    pointed = null;
    showBox(null);
    bring(container, item.page, item.bbox);
    fill(item.page);
    showPanel();
    showChosenFinding();
    find("spoken").textContent = messageOf(item);
  }
  history.replaceState(null, "", `#page=${item.page}&finding=${number}`);
}

function stepFinding(by) {
  const order = findingOrder();
  if (order.length === 0) return;
  const at = order.indexOf(finding);
  const next = at < 0 ? (by > 0 ? 0 : order.length - 1) : (at + by + order.length) % order.length;
  chooseFinding(order[next]);
}

function goTo(page) {
  bring(container, page, null);
  history.replaceState(null, "", `#page=${page}`);
}

function stepPage(by) {
  const pages = [...sheets.elements.keys()];
  const at = pages.indexOf(currentPage(container));
  const page = pages[Math.min(pages.length - 1, Math.max(0, at + by))];
  if (page) goTo(page);
}

function clear() {
  chosen = null;
  finding = null;
  pointed = null;
  showBox(null);
  showPanel();
  showChosenFinding();
}

/** `#page=3`, `#page=3&cell=2.14.5` (table, row and column as in amounts.csv) or `#finding=4` (as in findings.csv). */
function followHash(first) {
  if (!shown) return;
  const given = new URLSearchParams(location.hash.slice(1));
  const [table, row, column] = (given.get("cell") || "").split(".").map(Number);
  const cell = shown.cells.findIndex((cell) => cell[TABLE] === table && cell[ROW] === row && cell[COLUMN] === column);
  const number = Number(given.get("finding"));
  const page = Number(given.get("page"));
  if (cell >= 0) choose(cell + 1);
  else if (number >= 1 && number <= shown.findings.length) chooseFinding(number);
  else if (sheets.elements.has(page)) bring(container, page, null);
  else if (first) showPanel();
}

function showHelp() {
  const keys = [["n  p", "key_findings"], ["[  ]  ←  →", "key_pages"], ["← ↑ → ↓", "key_cells"], ["+  −  0", "key_zoom"], ["Esc", "key_clear"], ["?", "key_help"]];
  find("help").replaceChildren(
    make("h2", {}, say("keys")),
    make("dl", {}, keys.map(([key, word]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, say(word))])),
    make("h2", {}, say("legend").split(/[;；]/)[0]),
    make("dl", { class: "verdicts" }, VERDICTS.map(([verdict, sign]) => [make("dt", {}, make("span", { class: `swatch ${verdict}` }, sign), " ", say(verdict)), make("dd", {}, say(`${verdict}_means`))])),
    make("button", { type: "button", onclick: () => find("help").close() }, say("close")));
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

document.addEventListener("keydown", (event) => {
  if (!shown || event.ctrlKey || event.metaKey || event.altKey || find("help").open) return;
  const focused = document.activeElement;
  if (focused && focused.matches("input, select, textarea")) return;
  const onCell = focused && focused.matches(".cell") ? Number(focused.dataset.cell) : null;
  const steps = {
    n: () => stepFinding(1), p: () => stepFinding(-1), "[": () => stepPage(-1), "]": () => stepPage(1),
    "+": () => zoomPages(container, 1.25), "=": () => zoomPages(container, 1.25), "-": () => zoomPages(container, 0.8), 0: () => zoomPages(container, 0),
    "?": () => find("help").showModal(), Escape: clear,
  };
  if (onCell !== null && ARROWS[event.key]) {
    const next = neighbour(onCell, ARROWS[event.key]);
    const element = next && container.querySelector(`.cell[data-cell="${next}"]`);
    if (element) {
      element.focus({ preventScroll: true });
      bring(container, cellOf(next)[PAGE], cellOf(next)[BOX]);
    }
  } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    stepPage(event.key === "ArrowLeft" ? -1 : 1);
  } else if (Object.hasOwn(steps, event.key)) {
    steps[event.key]();
  } else {
    return;
  }
  event.preventDefault();
});

find("smaller").addEventListener("click", () => zoomPages(container, 0.8));
find("larger").addEventListener("click", () => zoomPages(container, 1.25));
find("ask").addEventListener("click", () => find("help").showModal());
window.addEventListener("hashchange", () => followHash(false));
whenLanguageChanges(showAll);
