// The index: all documents of the run, filtered and sorted in memory, a hundred of them on the page at a time.
"use strict";

const ON_A_PAGE = 100;

/** Fields of a document as the data scripts give it. */
const NAME = 0, WHO = 1, YEAR = 2, KIND = 3, LEVEL = 4, STATUS = 5, MESSAGE = 6, PAGES = 7, COUNTS = 8,
  FINDINGS = 9, UNEXPLAINED = 10, SAME_AS = 11;

/** Columns: word, value to sort by, whether it is a number. */
const COLUMNS = [
  ["document", (d) => d[NAME], false],
  ["who", (d) => d[WHO] || "", false],
  ["year", (d) => d[YEAR] || 0, true],
  ["status", (d) => d[STATUS], false],
  ["pages", (d) => d[PAGES] || 0, true],
  ["amounts_checked", (d) => total(d[COUNTS]), true],
  ["proven", (d) => d[COUNTS][0], true],
  ["rounding", (d) => d[COUNTS][1], true],
  ["contradicted", (d) => d[COUNTS][2], true],
  ["unchecked", (d) => d[COUNTS][3], true],
  ["unexplained", (d) => d[UNEXPLAINED], true],
  ["findings", (d) => d[FINDINGS], true],
];

const view = { search: "", status: "", contradicted: false, findings: false, sort: "", down: false, page: 0 };
let run = null;
let documents = [];
let chunks = [];

kemu.run = (facts) => {
  run = facts;
  readHash();
  showAll();
  if (run.chunks > 0) load("data/documents-0.js", () => missing(0));
};

/** Chunks come one after the other, so that the first is seen at once. */
kemu.documents = (number, lines) => {
  chunks[number] = lines;
  documents = chunks.flat();
  if (number + 1 < run.chunks) load(`data/documents-${number + 1}.js`, () => missing(number + 1));
  showAll();
};

function missing(number) {
  kemu.documents(number, []);
}

function total(counts) {
  return counts.reduce((sum, count) => sum + count, 0);
}

function readHash() {
  const given = new URLSearchParams(location.hash.slice(1));
  view.search = given.get("q") || "";
  view.status = given.get("status") || "";
  view.contradicted = given.has("contradicted");
  view.findings = given.has("findings");
  view.sort = given.get("sort") || "";
  view.down = given.has("down");
  view.page = Math.max(0, (parseInt(given.get("page"), 10) || 1) - 1);
  find("search").value = view.search;
  find("contradicted").checked = view.contradicted;
  find("findings").checked = view.findings;
}

function writeHash() {
  const given = new URLSearchParams();
  if (view.search) given.set("q", view.search);
  if (view.status) given.set("status", view.status);
  if (view.contradicted) given.set("contradicted", "1");
  if (view.findings) given.set("findings", "1");
  if (view.sort) given.set("sort", view.sort);
  if (view.down) given.set("down", "1");
  if (view.page) given.set("page", String(view.page + 1));
  history.replaceState(null, "", `#${given}`);
}

function matching() {
  const wanted = view.search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (d) => {
    if (view.status && d[STATUS] !== view.status) return false;
    if (view.contradicted && d[COUNTS][2] === 0) return false;
    if (view.findings && d[FINDINGS] === 0) return false;
    const text = `${d[NAME]} ${d[WHO] || ""} ${d[YEAR] || ""}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
  const found = documents.filter(fits);
  const column = COLUMNS.find(([word]) => word === view.sort);
  if (column) {
    const [, value, numeric] = column;
    const order = new Intl.Collator(language === "zh" ? "zh-CN" : "en", { numeric: true }).compare;
    const compare = numeric ? (one, other) => one - other : order;
    const turned = view.down ? -1 : 1;
    found.sort((one, other) => turned * compare(value(one), value(other)));
  }
  return found;
}

function showAll() {
  translate(document);
  if (!run) return;
  document.title = `kemu · ${say("review")}`;
  find("run").textContent = `${say("count_documents", grouped(run.documents))} · kemu ${run.version}`;
  showTotals();
  showStatuses();
  showHead();
  showRows();
}

function showTotals() {
  const counts = [0, 1, 2, 3].map((at) => documents.reduce((sum, d) => sum + d[COUNTS][at], 0));
  const all = total(counts);
  const share = (count) => (all ? `${(Math.floor((count * 1000) / all) / 10).toFixed(1)} %` : "–");
  const item = ([verdict, sign], at) =>
    make("div", { class: `total ${verdict}`, title: say(`${verdict}_means`) },
      make("span", { class: "sign", "aria-hidden": "true" }, sign),
      make("strong", {}, grouped(counts[at])), " ", make("span", {}, say(verdict)), " ",
      make("span", { class: "soft" }, share(counts[at])));
  find("totals").replaceChildren(bar(counts), make("div", { class: "figures" }, VERDICTS.map(item)));
}

function showStatuses() {
  const seen = [...new Set(documents.map((d) => d[STATUS]))].sort();
  if (view.status && !seen.includes(view.status)) seen.push(view.status);
  const option = (value, text) => make("option", { value, selected: value === view.status }, text);
  find("status").replaceChildren(option("", say("any")), ...seen.map((status) => option(status, say(`status_${status}`))));
}

function showHead() {
  const cell = ([word, , numeric]) => {
    const chosen = view.sort === word;
    const arrow = chosen ? (view.down ? " ↓" : " ↑") : "";
    const order = chosen ? (view.down ? "descending" : "ascending") : null;
    const button = make("button", { type: "button", class: "plain", "data-sort": word, onclick: () => sortBy(word, numeric) },
      say(word), arrow);
    return make("th", { scope: "col", class: numeric ? "number" : null, "aria-sort": order }, button);
  };
  find("documents").tHead.replaceChildren(make("tr", {}, COLUMNS.map(cell)));
}

/** Numbers begin with the largest; a third click goes back to the order of the run. */
function sortBy(word, numeric) {
  if (view.sort !== word) Object.assign(view, { sort: word, down: numeric });
  else if (view.down === numeric) view.down = !numeric;
  else Object.assign(view, { sort: "", down: false });
  view.page = 0;
  showHead();
  showRows();
  const again = document.querySelector(`[data-sort="${word}"]`);
  if (again) again.focus();
}

function showRows() {
  writeHash();
  const found = matching();
  const pages = Math.max(1, Math.ceil(found.length / ON_A_PAGE));
  view.page = Math.min(view.page, pages - 1);
  const shown = found.slice(view.page * ON_A_PAGE, (view.page + 1) * ON_A_PAGE);
  const body = find("documents").tBodies[0];
  body.replaceChildren(...shown.map(row));
  if (shown.length === 0) body.append(make("tr", {}, make("td", { colspan: COLUMNS.length, class: "soft" }, say("nothing_fits"))));
  const turn = (by, word) => make("button", {
    type: "button", disabled: view.page + by < 0 || view.page + by >= pages, "data-turn": by,
    onclick: () => { view.page += by; showRows(); window.scrollTo(0, 0); },
  }, say(word));
  find("pager").replaceChildren(turn(-1, "previous"),
    make("span", { id: "shown" }, say("page_of", view.page + 1, pages, grouped(found.length))), turn(1, "next"));
}

function row(d) {
  const path = `documents/${encodeURIComponent(d[SAME_AS] || d[NAME])}/index.html`;
  const number = (count, verdict) =>
    make("td", { class: count ? `number ${verdict || ""}` : "number zero" }, grouped(count));
  const facts = [d[KIND] && say(d[KIND]), d[LEVEL] && say(d[LEVEL])].filter(Boolean).join(" · ");
  const good = d[STATUS] === "ok" || d[STATUS] === "duplicate";
  return make("tr", {},
    make("th", { scope: "row" }, make("a", { href: path }, d[NAME])),
    make("td", {}, d[WHO] || make("span", { class: "soft" }, "–"), facts && make("div", { class: "soft small" }, facts)),
    make("td", { class: "number" }, d[YEAR] || "–"),
    make("td", { title: d[MESSAGE] || null },
      make("span", { class: good ? "status" : "status bad" }, say(`status_${d[STATUS]}`))),
    make("td", { class: "number" }, d[PAGES] === null ? "–" : grouped(d[PAGES])),
    make("td", { class: "number" }, bar(d[COUNTS])),
    number(d[COUNTS][0]), number(d[COUNTS][1], "rounding"), number(d[COUNTS][2], "contradicted"),
    number(d[COUNTS][3]), number(d[UNEXPLAINED], "unexplained"), number(d[FINDINGS]));
}

function filtered() {
  view.search = find("search").value;
  view.status = find("status").value;
  view.contradicted = find("contradicted").checked;
  view.findings = find("findings").checked;
  view.page = 0;
  showRows();
}

find("filter").addEventListener("input", filtered);
find("filter").addEventListener("submit", (event) => event.preventDefault());
whenLanguageChanges(showAll);
