// Elements built from values. Text only ever becomes text: nothing in this site is parsed as markup.
"use strict";

/** What the data scripts call. */
const kemu = {};

/** Makes an element: attributes, `on…` listeners, then children (elements, texts, lists; nothing for null). */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(element.style, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function find(id) {
  return document.getElementById(id);
}

/** Loads a script with data, and forgets it once it has run. */
function load(path, failed) {
  const script = make("script", { src: path });
  script.onload = () => script.remove();
  script.onerror = () => {
    script.remove();
    if (failed) failed();
  };
  document.body.append(script);
}

/** The verdicts, with signs that do without colour. */
const VERDICTS = [
  ["proven", "✓"],
  ["rounding", "≈"],
  ["contradicted", "✗"],
  ["unchecked", "·"],
];

/** Amounts of each verdict as one bar. */
function bar(counts) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const parts = VERDICTS.map(([verdict], at) =>
    counts[at] > 0 ? make("span", { class: verdict, style: { flexGrow: counts[at] } }) : null);
  const label = VERDICTS.map(([verdict], at) => `${say(verdict)} ${counts[at]}`).join(", ");
  return make("div", { class: total ? "bar" : "bar none", role: "img", "aria-label": label, title: label }, parts);
}

/** A count with its digits in groups. */
function grouped(count) {
  return count.toLocaleString("en-US");
}
