// The words of the site in Chinese and English. What comes from a document stays as printed.
"use strict";

const WORDS = {
  en: {
    review: "review", other_language: "中文", count_documents: (n) => `${n} documents`,
    search: "Name, department, year", status: "Status", any: "any", only_contradicted: "contradicted only",
    only_findings: "with findings only", nothing_fits: "No document fits.", paging: "Pages of the list",
    previous: "Previous", next: "Next", page_of: (page, pages, n) => `page ${page} of ${pages} · ${n} documents`,
    document: "Document", who: "Department or unit", year: "Year", pages: "Pages", amounts_checked: "Amounts",
    proven: "proven", rounding: "within rounding", contradicted: "contradicted", unchecked: "unchecked",
    unexplained: "unexplained glyphs", findings: "findings",
    proven_means: "takes part in a sum that holds to the last digit, and in none that fails",
    rounding_means: "takes part in sums that hold within half a unit of the last printed digits",
    contradicted_means: "a sum it takes part in fails",
    unchecked_means: "no sum applies that would tell",
    budget: "budget", final: "final account", department: "department", unit: "unit",
    status_ok: "read", status_findings: "with findings", status_duplicate: "duplicate", status_incomplete: "incomplete", status_no_table: "no standard table",
    status_no_text_layer: "scanned", status_not_pdf: "not a PDF", status_encrypted: "encrypted", status_damaged: "damaged",
    status_no_pages: "no pages", status_too_large: "too large", status_timeout: "took too long",
    status_unreadable: "unreadable", status_crashed: "crashed",
    status_internal_error: "internal error",
    all_documents: "All documents", legend: "Verdicts; press to hide or show", zoom_in: "Larger (+)", zoom_out: "Smaller (-)",
    help: "Help and keys (?)", contents: "Findings and tables", inspector: "The chosen amount",
    figures_findings: "Figures", names_findings: "Names and codes", tables: "Tables", no_findings: "Nothing to look at.",
    page: (n) => `page ${n}`, page_short: (n) => `p. ${n}`, table_inferred: "inferred without rulings", other_table: "not a standard table",
    not_drawn: (from, to) => from === to ? `Page ${from} has no standard table and is not drawn (--all-pages draws it).`
      : `Pages ${from}–${to} have no standard table and are not drawn (--all-pages draws them).`,
    picture_failed: "This page could not be drawn. The boxes stand where the amounts were read.",
    picture_not_asked_for: "This page has no standard table and is not drawn. The boxes stand where the amounts were read.",
    picture_lost: "The picture of this page cannot be loaded.", picture_alt: (n) => `Picture of page ${n}`,
    choose: "Point at an amount, or choose one, to see what it is and which sums prove it.",
    choose_finding: "n and p go through the findings.",
    value: "Value", unit_of: "Unit", raw_text: "As printed", header: "Column", code: "Code", name: "Name", line: "Line",
    table: "Table", place: "Place", column_key: "Key", nothing_printed: "nothing printed",
    state_zero: "zero", state_blank: "blank", state_dash: "dash", state_text: "text", no_unit: "not given",
    sums: (n) => n === 1 ? "1 sum it takes part in" : `${n} sums it takes part in`, no_sums: "It takes part in no sum.",
    exact: "holds", mismatch: "fails", within: "holds within rounding",
    difference: (d) => `parts less whole ${d}`, difference_bound: (d, b) => `parts less whole ${d}, rounding explains up to ${b}`,
    show_more: (n) => `… ${n} more`, zeros: (n) => `${n} that are zero or blank`, finding: (n, all) => `Finding ${n} of ${all}`,
    kind_mismatch: "Figures do not add up", kind_missing_rows: "Rows are missing",
    kind_narrative_differs: "Narrative differs", kind_share_differs: "Share differs",
    kind_code_without_parent: "Code without its parent", kind_code_lost_zero: "Code lost a zero", kind_cut_name: "Name cut short",
    kind_old_name: "Older name", kind_other_name: "Name not known", kind_formula_not_understood: "Formula not understood",
    source_printed_so: "Printed so: two readers find the same characters.",
    source_extraction_doubtful: "The page may say something else: look at the picture.", source_unknown: "",
    expected: "Would agree", expected_name: "Known as", slip: "Perhaps",
    note_missing: (path) => `The file is not where the run has read it: ${path}. Run kemu review in the folder in which kemu extract was run.`,
    note_encrypted: () => "The file is encrypted: give kemu review the --password.",
    note_unread: (message) => `The file cannot be read any more: ${message}.`,
    note_changed: (path) => `The file has changed since the run: ${path}. What is shown is read from the file as it is now; the counts in the list are those of the run.`,
    note_other_reading: () => "This build of kemu reads the file otherwise than the run did. Run kemu extract again.",
    note_no_pictures: () => "The pages cannot be drawn. The boxes stand where the amounts were read.",
    note_missing_fonts: (names) => `Fonts that are neither in the file nor on the machine the site was made on: ${names}. Their text is missing from the pictures.`,
    note_replaced_fonts: (names, font) => `Fonts that are not in the file: ${names}. Their text is drawn in ${font}, so its shapes and widths may differ from print.`,
    hint: "What to do", keys: "Keys",
    key_findings: "next and previous finding", key_pages: "next and previous page", key_cells: "neighbouring amount, where one has the focus",
    key_zoom: "larger, smaller, as wide as the window", key_clear: "let go of the chosen amount", key_help: "this help", close: "Close",
  },
  zh: {
    review: "核对", other_language: "English", count_documents: (n) => `${n} 份文件`,
    search: "文件名、部门、年度", status: "状态", any: "全部", only_contradicted: "仅有矛盾", only_findings: "仅有问题",
    nothing_fits: "没有符合条件的文件。", paging: "列表翻页",
    previous: "上一页", next: "下一页", page_of: (page, pages, n) => `第 ${page} / ${pages} 页 · ${n} 份文件`,
    document: "文件", who: "部门或单位", year: "年度", pages: "页数", amounts_checked: "金额",
    proven: "已验证", rounding: "舍入误差内", contradicted: "有矛盾", unchecked: "未核对", unexplained: "未解释字符", findings: "问题",
    proven_means: "参与的某个勾稽关系分毫不差，且没有不成立的",
    rounding_means: "参与的勾稽关系在末位四舍五入误差内成立",
    contradicted_means: "参与的某个勾稽关系不成立",
    unchecked_means: "没有可用的勾稽关系",
    budget: "预算", final: "决算", department: "部门", unit: "单位",
    status_ok: "已读取", status_findings: "有问题", status_duplicate: "重复", status_incomplete: "不完整", status_no_table: "无标准表",
    status_no_text_layer: "扫描件", status_not_pdf: "不是 PDF", status_encrypted: "已加密", status_damaged: "已损坏",
    status_no_pages: "无页面", status_too_large: "过大", status_timeout: "超时",
    status_unreadable: "无法读取", status_crashed: "崩溃", status_internal_error: "内部错误",
    all_documents: "全部文件", legend: "核对结论；点击可隐藏或显示", zoom_in: "放大（+）", zoom_out: "缩小（-）",
    help: "帮助与按键（?）", contents: "问题与表格", inspector: "选中的金额",
    figures_findings: "数字", names_findings: "名称与科目编码", tables: "表格", no_findings: "没有需要查看的问题。",
    page: (n) => `第 ${n} 页`, page_short: (n) => `第 ${n} 页`, table_inferred: "无表格线，按文字位置推断", other_table: "非标准表",
    not_drawn: (from, to) => from === to ? `第 ${from} 页没有标准表，未绘制（用 --all-pages 可绘制）。`
      : `第 ${from}–${to} 页没有标准表，未绘制（用 --all-pages 可绘制）。`,
    picture_failed: "本页无法绘制。方框表示读到金额的位置。",
    picture_not_asked_for: "本页没有标准表，未绘制。方框表示读到金额的位置。",
    picture_lost: "本页图片无法载入。", picture_alt: (n) => `第 ${n} 页图片`,
    choose: "指向或选中一个金额，查看其含义以及由哪些勾稽关系验证。",
    choose_finding: "按 n、p 逐个查看问题。",
    value: "数值", unit_of: "单位", raw_text: "原文", header: "列", code: "科目编码", name: "名称", line: "行次",
    table: "表", place: "位置", column_key: "列键", nothing_printed: "空白",
    state_zero: "零", state_blank: "空白", state_dash: "短横", state_text: "文字", no_unit: "未注明",
    sums: (n) => `参与的勾稽关系：${n} 个`, no_sums: "没有参与任何勾稽关系。",
    exact: "成立", mismatch: "不成立", within: "在舍入误差内成立",
    difference: (d) => `各项之和减合计 ${d}`, difference_bound: (d, b) => `各项之和减合计 ${d}，舍入误差最多 ${b}`,
    show_more: (n) => `… 另 ${n} 项`, zeros: (n) => `${n} 项为零或空白`, finding: (n, all) => `问题 ${n} / ${all}`,
    kind_mismatch: "数字不平", kind_missing_rows: "缺行", kind_narrative_differs: "文字说明不一致", kind_share_differs: "占比不一致",
    kind_code_without_parent: "缺上级科目", kind_code_lost_zero: "编码缺零", kind_cut_name: "名称被截断", kind_old_name: "旧名称",
    kind_other_name: "名称不在目录中", kind_formula_not_understood: "公式无法理解",
    source_printed_so: "原文如此：两个读取器读到的字符相同。",
    source_extraction_doubtful: "页面上可能不是这样：请对照图片。", source_unknown: "",
    expected: "应为", expected_name: "目录名称", slip: "可能是",
    note_missing: (path) => `文件已不在原处：${path}。请在运行 kemu extract 的目录中运行 kemu review。`,
    note_encrypted: () => "文件已加密：请为 kemu review 提供 --password。",
    note_unread: (message) => `文件已无法读取：${message}。`,
    note_changed: (path) => `文件在运行之后有改动：${path}。此处显示的是现在的文件；列表中的计数来自当时的运行。`,
    note_other_reading: () => "当前版本的 kemu 对该文件的读取结果与当时的运行不同。请重新运行 kemu extract。",
    note_no_pictures: () => "页面无法绘制。方框表示读到金额的位置。",
    note_missing_fonts: (names) => `文件未嵌入、制作本站的机器上也没有的字体：${names}。图片中缺少其文字。`,
    note_replaced_fonts: (names, font) => `文件未嵌入的字体：${names}。图片中以 ${font} 代替，字形和宽度可能与原文不同。`,
    hint: "怎么办", keys: "按键",
    key_findings: "下一个、上一个问题", key_pages: "下一页、上一页", key_cells: "焦点在金额上时，移到相邻金额",
    key_zoom: "放大、缩小、适合窗口", key_clear: "取消选中", key_help: "本帮助", close: "关闭",
  },
};

/** Findings in Chinese; in English they come with the data. */
const FOUND = {
  mismatch: (f, place) => {
    const sums = f.checks.length === 1 ? `差额 ${f.checks[0][DIFFERENCE]}` : `${f.checks.length} 个勾稽关系不成立`;
    return `${place}：原文 ${f.printed || "空白"}${f.expected ? `，若为 ${f.expected} 则相符` : ""}；${sums}`;
  },
  missing_rows: (f, place) => `${place}：原文 ${f.printed}，各行自身无误，合计差 ${f.checks.map((c) => c[DIFFERENCE]).join("、")}`,
  narrative_differs: (f) => `文字说明为 ${f.printed} ${f.unit || "万元"}，表中为 ${f.expected}`,
  share_differs: (f) => `文字说明为 ${f.printed} %，按金额计算为 ${f.expected} %`,
  code_without_parent: (f, place) => f.expected ? `${place}：此名称属于 ${f.expected}，且位于其上级之下` : `${place}：上方缺少上级科目`,
  code_lost_zero: (f, place) => `${place}：编码印为“${f.printed}”，缺少零`,
  old_name: (f, place) => `${place}：${f.expected} 的旧名称`,
  cut_name: (f, place) => `${place}：名称被截断，目录中为 ${f.expected}`,
  other_name: (f, place) => `${place}：目录中为 ${f.expected}`,
  formula_not_understood: (f, place) => `${place}：附注中的公式未能全部理解（${f.printed.replace(" of ", " / ").replace(" formulas", "")}）`,
};

const SLIPS = {
  "元 among 万元": "万元表中填了元",
  "the amount stands in the wrong column": "金额填错了列",
  "so says the narrative": "文字说明如此",
  "the decimal point slips": "小数点错位",
  "two digits change places": "两个数字颠倒",
  "one digit differs": "一个数字不同",
};

let language = remembered() || ((navigator.language || "").toLowerCase().startsWith("zh") ? "zh" : "en");
const changed = [];

function remembered() {
  try {
    const kept = localStorage.getItem("kemu-language");
    return kept === "zh" || kept === "en" ? kept : null;
  } catch {
    return null;
  }
}

/** A word or sentence in the language of the reader; a key without words stands for itself, without its kind. */
function say(key, ...values) {
  const plain = () => key.replace(/^(status|state|kind|source|note)_/, "").replaceAll("_", " ");
  const word = Object.hasOwn(WORDS[language], key) ? WORDS[language][key] : plain();
  return typeof word === "function" ? word(...values) : word;
}

function slip(text) {
  return language === "zh" && Object.hasOwn(SLIPS, text) ? SLIPS[text] : text;
}

/** Puts words where the page asks for them. */
function translate(root) {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const element of root.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
  for (const element of root.querySelectorAll("[data-label]")) element.setAttribute("aria-label", say(element.dataset.label));
  for (const element of root.querySelectorAll("[data-title]")) element.title = say(element.dataset.title);
  for (const element of root.querySelectorAll("[data-placeholder]")) element.placeholder = say(element.dataset.placeholder);
  const button = find("language");
  button.textContent = say("other_language");
  button.lang = language === "zh" ? "en" : "zh-CN";
}

function whenLanguageChanges(show) {
  changed.push(show);
}

find("language").addEventListener("click", () => {
  language = language === "zh" ? "en" : "zh";
  try {
    localStorage.setItem("kemu-language", language);
  } catch {
    // It is asked for again on the next page.
  }
  for (const show of changed) show();
});
