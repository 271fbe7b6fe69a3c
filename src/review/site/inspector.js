// What is told of an amount: what it is, what the document says of it, and the sums it takes part in.
"use strict";

/** Fields of an amount as the data script gives it. */
const TABLE = 0, ROW = 1, COLUMN = 2, PAGE = 3, BOX = 4, VERDICT = 5, STATE = 6, RAW = 7, VALUE = 8, UNIT = 9;

/** Fields of a check. */
const SAYS = 0, IDENTITY = 1, OUTCOME = 2, DIFFERENCE = 3, BOUND = 4, WHOLE = 5, PARTS = 6;

/** Fields of a row. */
const CODE = 0, ROW_NAME = 1, LINE = 2;

/** Sums and terms that are shown at once. */
const SUMS_SHOWN = 8, TERMS_SHOWN = 12;

const SIGNS = { exact: "✓", rounding: "≈", mismatch: "✗" };
const OUTCOME_WORDS = { exact: "exact", rounding: "within", mismatch: "mismatch" };
const SEVERITY = { mismatch: 0, rounding: 1, exact: 2 };

/** What was read, once the data script has come; amounts count from 1. */
let shown = null;

function cellOf(number) {
  return shown.cells[number - 1];
}

function tableOf(cell) {
  return shown.tables[cell[TABLE] - 1];
}

function rowOf(cell) {
  return tableOf(cell).rows[cell[ROW] - 1];
}

function rowLabel(cell) {
  const row = rowOf(cell);
  const label = [row[CODE], row[ROW_NAME]].filter(Boolean).join(" ");
  return label || (row[LINE] ? `${say("line")} ${row[LINE]}` : "");
}

function leaf(cell) {
  const header = tableOf(cell).header[cell[COLUMN]] || "";
  return header.split(" / ").pop();
}

/** The checks an amount takes part in, those that fail first. */
const checksOf = new Map();

function sortChecks() {
  for (const check of shown.checks) {
    for (const term of new Set([...check[WHOLE], ...check[PARTS]].map(Math.abs))) {
      if (!checksOf.has(term)) checksOf.set(term, []);
      checksOf.get(term).push(check);
    }
  }
  for (const checks of checksOf.values()) checks.sort((one, other) => SEVERITY[one[OUTCOME]] - SEVERITY[other[OUTCOME]]);
}

/** Which amounts go together in a check. */
function relatedIn(check) {
  const related = new Map();
  for (const term of check[PARTS]) related.set(Math.abs(term), "part");
  for (const term of check[WHOLE]) related.set(Math.abs(term), "whole");
  return related;
}

/** Shows an amount, a finding, both, or neither; `act` tells what to do when something in the panel is chosen. */
function inspect(panel, number, found, act) {
  const parts = [];
  if (found !== null) parts.push(findingPart(found));
  if (number !== null) parts.push(...cellParts(number, act));
  if (parts.length === 0) {
    parts.push(make("p", { class: "soft" }, say("choose")));
    if (shown && shown.findings.length) parts.push(make("p", { class: "soft" }, say("choose_finding")));
  }
  panel.replaceChildren(...parts);
}

/** The table, row and column a finding is about. */
function placeOf(finding) {
  if (finding.cell) {
    const cell = cellOf(finding.cell);
    return [rowLabel(cell), tableOf(cell).header[cell[COLUMN]]].filter(Boolean).join("，");
  }
  const table = shown.tables[finding.table - 1];
  const row = table && finding.row ? table.rows[finding.row - 1] : null;
  return (row && [row[CODE], row[ROW_NAME]].filter(Boolean).join(" ")) || (table ? table.title : "");
}

function messageOf(finding) {
  return language === "zh" && FOUND[finding.kind] ? FOUND[finding.kind](finding, placeOf(finding)) : finding.message;
}

function findingPart(number) {
  const finding = shown.findings[number - 1];
  const source = finding.checks.length ? say(`source_${finding.source}`) : "";
  return make("section", { class: finding.figures ? "found figures" : "found names" },
    make("p", { class: "soft small" }, say("finding", number, shown.findings.length)),
    make("h2", {}, say(`kind_${finding.kind}`)),
    make("p", {}, messageOf(finding)),
    finding.expected ? make("p", {}, make("span", { class: "soft" }, `${say(finding.figures ? "expected" : "expected_name")} `),
      make("strong", {}, finding.expected)) : null,
    finding.slip ? make("p", {}, make("span", { class: "soft" }, `${say("slip")} `), slip(finding.slip)) : null,
    source ? make("p", { class: "soft" }, source) : null);
}

function cellParts(number, act) {
  const cell = cellOf(number);
  const table = tableOf(cell);
  const row = rowOf(cell);
  const verdict = cell[VERDICT];
  const sign = VERDICTS.find(([name]) => name === verdict)[1];
  const state = cell[STATE] === "value" ? "" : ` (${say(`state_${cell[STATE]}`)})`;
  const facts = [
    ["value", cell[VALUE] === null ? null : cell[VALUE] + state],
    ["unit_of", cell[UNIT] || table.unit || say("no_unit")],
    ["raw_text", cell[RAW] === "" ? say("nothing_printed") : cell[RAW]],
    ["header", table.header[cell[COLUMN]]],
    ["code", row[CODE]],
    ["name", row[ROW_NAME]],
    ["line", row[LINE]],
    ["table", [table.number, table.title].filter(Boolean).join(" ") + (table.inferred ? ` (${say("table_inferred")})` : "")],
    ["column_key", table.keys[cell[COLUMN]]],
    ["place", say("page", cell[PAGE])],
  ];
  const known = facts.filter(([, text]) => text !== null && text !== undefined && text !== "");
  const checks = checksOf.get(number) || [];
  return [
    make("section", { class: `amount ${verdict}` },
      make("p", { class: "figure", id: "figure" }, cell[RAW] === "" ? make("span", { class: "soft" }, say("nothing_printed")) : cell[RAW]),
      make("p", { class: "verdict" }, make("span", { class: "sign", "aria-hidden": "true" }, sign), " ",
        make("strong", {}, say(verdict)), make("span", { class: "soft" }, ` – ${say(`${verdict}_means`)}`))),
    make("dl", {}, known.map(([word, text]) => [make("dt", {}, say(word)), make("dd", { "data-fact": word }, String(text))])),
    make("h3", {}, checks.length ? say("sums", checks.length) : say("no_sums")),
    ...shortened(checks, SUMS_SHOWN, (check) => checkPart(check, number, act)),
  ];
}

/** The first of many things, and a button that shows the rest. */
function shortened(things, most, part) {
  if (things.length <= most + 2) return things.map(part);
  const button = make("button", { type: "button", class: "plain more", onclick: () => {
    button.replaceWith(...things.slice(most).map(part));
  } }, say("show_more", things.length - most));
  return [...things.slice(0, most).map(part), button];
}

function checkPart(check, number, act) {
  const outcome = check[OUTCOME];
  const differs = outcome !== "exact";
  const difference = outcome === "rounding" ? say("difference_bound", signed(check), check[BOUND]) : say("difference", signed(check));
  const terms = check[PARTS].filter((term) => Math.abs(term) === number || !isNothing(term));
  const left = check[PARTS].length - terms.length;
  const called = nameIn(check);
  const chip = (term, at) => termPart(term, at, called(Math.abs(term)), Math.abs(term) === number, act);
  const chips = shortened(terms.map((term, at) => [term, at]), TERMS_SHOWN, ([term, at]) => chip(term, at));
  const part = make("article", { class: `check ${outcome}`, onmouseenter: () => act.relate(check), onfocusin: () => act.relate(check) },
    make("h4", {}, make("span", { class: "sign", "aria-hidden": "true" }, SIGNS[outcome]), " ", shown.says[check[SAYS]],
      make("span", { class: "soft small", title: shown.says[check[IDENTITY]] }, ` ${say(OUTCOME_WORDS[outcome])}`)),
    make("div", { class: "sum" }, check[WHOLE].map(chip), make("span", { class: "equals" }, differs ? "≠" : "="),
      chips, left ? make("span", { class: "soft small" }, `+ ${say("zeros", left)}`) : null),
    differs ? make("p", { class: "difference" }, difference) : null);
  if (outcome === "rounding") part.querySelector(".equals").textContent = "≈";
  return part;
}

/** The parts less the whole, as a reader writes it. */
function signed(check) {
  return check[DIFFERENCE].startsWith("-") ? `−${check[DIFFERENCE].slice(1)}` : `+${check[DIFFERENCE]}`;
}

function isNothing(term) {
  const value = cellOf(Math.abs(term))[VALUE];
  return value === null || Number(value) === 0;
}

/** What tells the amounts of a check apart: their columns, their rows, or their tables. */
function nameIn(check) {
  const cells = [...check[WHOLE], ...check[PARTS]].map((term) => cellOf(Math.abs(term)));
  const same = (field) => cells.every((cell) => cell[field] === cells[0][field]);
  if (!same(TABLE)) {
    return (number) => {
      const table = tableOf(cellOf(number));
      return [table.number || table.title, rowLabel(cellOf(number))].filter(Boolean).join(" · ");
    };
  }
  if (same(ROW)) return (number) => leaf(cellOf(number));
  return (number) => rowLabel(cellOf(number));
}

function termPart(term, at, label, own, act) {
  const number = Math.abs(term);
  const cell = cellOf(number);
  const sign = term < 0 ? "−" : at > 0 ? "+" : "";
  const printed = cell[RAW] === "" ? "–" : cell[RAW];
  return make("span", { class: "term" }, sign ? make("span", { class: "soft" }, sign) : null,
    make("button", {
      type: "button", class: own ? "chip own" : "chip", title: `${label} · ${say("page", cell[PAGE])}`,
      "data-cell": number, onclick: () => act.choose(number),
    }, make("span", { class: "digits" }, printed), make("span", { class: "soft small" }, label)));
}
