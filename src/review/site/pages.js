// The pages of a document: a sheet for each, filled with its picture and its amounts while it is near the window, and
// emptied again when it is not, so that a report of hundreds of pages is as light as one of ten.
"use strict";

/** How far from the window a sheet is filled. */
const NEAR = "1200px 0px";

/** The scale of a page in a wide window, in pixels for a point. */
const LARGEST = 1.6;

const sheets = {
  /** The element of each page with something on it. */
  elements: new Map(),
  /** Amounts and other boxes of each page. */
  cells: new Map(),
  marks: new Map(),
  /** Addresses of the pictures in memory. */
  pictures: new Map(),
  zoom: 1,
  watcher: null,
  related: new Map(),
  act: null,
};

/** Makes the sheets; `act` tells what to do when an amount or finding is pointed at or chosen. */
function layPages(container, act) {
  sheets.act = act;
  sortBoxes();
  sheets.watcher = new IntersectionObserver(come, { root: container, rootMargin: NEAR });
  const parts = [];
  let skipped = [];
  const skip = () => {
    if (skipped.length) parts.push(strip(skipped[0], skipped[skipped.length - 1]));
    skipped = [];
  };
  shown.pages.forEach(([width, height, picture], index) => {
    const page = index + 1;
    if (picture === "not_asked_for" && !sheets.cells.has(page) && !sheets.marks.has(page)) {
      skipped.push(page);
      return;
    }
    skip();
    const element = make("section", { class: `sheet ${picture}`, "data-page": page });
    element.style.setProperty("--w", width);
    element.style.setProperty("--h", height);
    sheets.elements.set(page, element);
    parts.push(make("div", { class: "page" }, make("p", { class: "page-name soft small", "data-name": page }), element));
  });
  skip();
  container.replaceChildren(...parts);
  fitPages(container);
  for (const element of sheets.elements.values()) sheets.watcher.observe(element);
  new ResizeObserver(() => fitPages(container)).observe(container);
}

/** Pages without anything to look at, as one line. */
function strip(from, to) {
  const element = make("p", { class: "strip soft small" });
  element.dataset.from = from;
  element.dataset.to = to;
  return element;
}

function namePages(container) {
  for (const element of container.querySelectorAll("[data-name]")) element.textContent = say("page", element.dataset.name);
  for (const element of container.querySelectorAll(".strip"))
    element.textContent = say("not_drawn", Number(element.dataset.from), Number(element.dataset.to));
  for (const [page, element] of sheets.elements) {
    element.setAttribute("aria-label", say("page", page));
    if (element.dataset.filled) {
      empty(page);
      fill(page);
    }
  }
}

/** An amount is drawn if something is printed, or if what is not printed matters. */
function sortBoxes() {
  const put = (map, page, thing) => {
    if (!map.has(page)) map.set(page, []);
    map.get(page).push(thing);
  };
  const wanted = new Set(shown.findings.map((finding) => finding.cell));
  shown.cells.forEach((cell, index) => {
    const number = index + 1;
    if (cell[STATE] !== "blank" || cell[VERDICT] === "contradicted" || wanted.has(number)) put(sheets.cells, cell[PAGE], number);
  });
  shown.findings.forEach((finding, index) => {
    if (!finding.cell) put(sheets.marks, finding.page, { finding: index + 1, page: finding.page, box: finding.bbox, kind: finding.figures ? "figures" : "names" });
  });
  for (const [page, box, text] of shown.unexplained) put(sheets.marks, page, { finding: null, page, box, kind: "unexplained", text });
}

/** Every page is as wide as the window. */
function fitPages(container) {
  const room = Math.max(container.clientWidth - 48, 200);
  for (const [page, element] of sheets.elements) {
    element.style.setProperty("--scale", Math.min(room / shown.pages[page - 1][0], LARGEST) * sheets.zoom);
  }
}

function zoomPages(container, factor) {
  const middle = (container.scrollTop + container.clientHeight / 2) / container.scrollHeight;
  sheets.zoom = factor === 0 ? 1 : Math.min(4, Math.max(0.4, sheets.zoom * factor));
  fitPages(container);
  container.scrollTop = middle * container.scrollHeight - container.clientHeight / 2;
}

function come(entries) {
  for (const entry of entries) {
    const page = Number(entry.target.dataset.page);
    if (entry.isIntersecting) fill(page);
    else empty(page);
  }
}

function fill(page) {
  const element = sheets.elements.get(page);
  if (!element || element.dataset.filled) return;
  element.dataset.filled = "yes";
  const state = shown.pages[page - 1][2];
  const parts = [];
  if (state === "drawn") load(`pictures/${page}.js`, () => lose(page));
  else parts.push(make("p", { class: "no-picture" }, say(`picture_${state}`)));
  for (const mark of sheets.marks.get(page) || []) parts.push(markElement(mark));
  for (const number of sheets.cells.get(page) || []) parts.push(cellElement(number, state !== "drawn"));
  element.append(...parts);
  const first = element.querySelector(".cell");
  if (first) first.tabIndex = 0;
}

function empty(page) {
  const element = sheets.elements.get(page);
  if (!element.dataset.filled || element.contains(document.activeElement)) return;
  delete element.dataset.filled;
  element.replaceChildren();
  if (sheets.pictures.has(page)) URL.revokeObjectURL(sheets.pictures.get(page));
  sheets.pictures.delete(page);
}

/** A picture comes as a script with the compressed SVG. */
kemu.picture = async (page, packed) => {
  try {
    const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const svg = new Blob([await new Response(stream).arrayBuffer()], { type: "image/svg+xml" });
    const element = sheets.elements.get(page);
    if (!element.dataset.filled || sheets.pictures.has(page)) return;
    const address = URL.createObjectURL(svg);
    sheets.pictures.set(page, address);
    // Inside an image element a picture can neither run scripts nor load anything.
    element.prepend(make("img", { src: address, alt: say("picture_alt", page), draggable: "false", onerror: () => lose(page) }));
  } catch {
    lose(page);
  }
};

function lose(page) {
  const element = sheets.elements.get(page);
  if (element.dataset.filled) element.append(make("p", { class: "no-picture" }, say("picture_lost")));
}

function placed(box, page) {
  const [width, height] = shown.pages[page - 1];
  const [x0, y0, x1, y1] = box.map((tenth) => tenth / 10);
  const share = (part, whole) => `${(100 * part) / whole}%`;
  return { left: share(x0, width), top: share(y0, height), width: share(x1 - x0, width), height: share(y1 - y0, height) };
}

function cellElement(number, withText) {
  const cell = cellOf(number);
  const related = sheets.related.get(number);
  const classes = ["cell", cell[VERDICT], cell[STATE] === "blank" ? "blank" : null, related, sheets.act.isChosen(number) ? "chosen" : null];
  return make("button", {
    type: "button", class: classes.filter(Boolean).join(" "), "data-cell": number, tabindex: -1, style: placed(cell[BOX], cell[PAGE]),
    "aria-label": `${cell[RAW] || say("nothing_printed")}, ${say(cell[VERDICT])}, ${rowLabel(cell)}, ${leaf(cell)}`,
    onmouseenter: () => sheets.act.point(number), onmouseleave: () => sheets.act.point(null),
    onclick: () => sheets.act.choose(number), onfocus: () => sheets.act.focus(number),
  }, withText ? make("span", { class: "printed" }, cell[RAW]) : null);
}

function markElement(mark) {
  const style = placed(mark.box, mark.page);
  if (!mark.finding) return make("div", { class: "mark unexplained", title: `${say("unexplained")}: ${mark.text}`, style });
  return make("button", {
    type: "button", class: `mark ${mark.kind}`, "data-finding": mark.finding, style, title: messageOf(shown.findings[mark.finding - 1]),
    onclick: () => sheets.act.chooseFinding(mark.finding),
  });
}

/** Shows which amounts go together. */
function relatePages(related) {
  sheets.related = related;
  for (const element of document.querySelectorAll(".cell.part, .cell.whole")) element.classList.remove("part", "whole");
  for (const [number, role] of related) {
    const element = document.querySelector(`.cell[data-cell="${number}"]`);
    if (element) element.classList.add(role);
  }
}

/** Brings a box, or the top of its page, to the middle of the window. */
function bring(container, page, box) {
  const element = sheets.elements.get(page);
  if (!element) return;
  const frame = container.getBoundingClientRect();
  const sheet = element.getBoundingClientRect();
  const scale = sheet.width / shown.pages[page - 1][0];
  if (!box) {
    container.scrollTop += sheet.top - frame.top - 28;
    return;
  }
  const middle = sheet.top + ((box[1] + box[3]) / 20) * scale;
  const seen = middle > frame.top + 60 && middle < frame.bottom - 60;
  if (!seen) container.scrollTop += middle - (frame.top + frame.height / 2);
  const across = sheet.left + ((box[0] + box[2]) / 20) * scale;
  if (across < frame.left + 20 || across > frame.right - 20) container.scrollLeft += across - (frame.left + frame.width / 2);
}

/** The page in the middle of the window. */
function currentPage(container) {
  const frame = container.getBoundingClientRect();
  const middle = frame.top + frame.height / 3;
  let current = null;
  for (const [page, element] of sheets.elements) {
    if (current === null || element.getBoundingClientRect().top <= middle) current = page;
  }
  return current;
}

/** The nearest amount to the left, right, above or below on the same page. */
function neighbour(number, [dx, dy]) {
  const from = cellOf(number);
  const middle = (cell) => [(cell[BOX][0] + cell[BOX][2]) / 2, (cell[BOX][1] + cell[BOX][3]) / 2];
  const [x, y] = middle(from);
  let best = null;
  let least = Infinity;
  for (const other of sheets.cells.get(from[PAGE]) || []) {
    const [ox, oy] = middle(cellOf(other));
    const along = (ox - x) * dx + (oy - y) * dy;
    const aside = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
    if (along > 5 && along + 3 * aside < least) {
      least = along + 3 * aside;
      best = other;
    }
  }
  return best;
}
