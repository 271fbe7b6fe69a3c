"""A report as HTML, printed to PDF by headless Chromium or LibreOffice."""

from html import escape

from . import contents
from .model import Block, Report, Table

RULES = {
    "grid": "td, th { border: 0.5pt solid #000; }",
    "hairline": "td, th { border: 0.1pt solid #000; }",
    "dotted": "td, th { border: 0.75pt dotted #000; }",
    "horizontal": "td, th { border: 0 solid #000; border-width: 0.5pt 0; }",
    "outer": "table.t { border: 1pt solid #000; }",
    "none": "",
    "three-line": (
        "table.t { border: 0 solid #000; border-width: 1.5pt 0; }"
        "table.t thead tr:last-child > *, table.t .below { border-bottom: 0.75pt solid #000; }"
    ),
}

PAGES = {"portrait": "A4 portrait", "landscape": "A4 landscape"}


def render(report: Report, toc_pages: list[int] | None = None) -> str:
    """The whole report as one HTML page."""
    body = []
    for place, block in enumerate(report.blocks):
        if isinstance(block, Table):
            section = _table(block, report.style)
            if block.layout.get("beside"):
                section = _pair(body.pop(), section)
            body.append(section)
        elif contents.is_contents(block):
            body.append(_contents(report, toc_pages))
        else:
            body.append(_block(block, first=place == 0))
    mark = report.style.get("watermark")
    watermark = f"<div class='watermark'>{escape(mark)}</div>" if mark else ""
    return (
        "<!DOCTYPE html><html lang='zh-CN'><head><meta charset='utf-8'>"
        f"<title>{escape(report.stem)}</title><style>{_css(report.style)}</style></head>"
        f"<body>{watermark}{''.join(body)}</body></html>"
    )


def _css(style: dict) -> str:
    margins = style.get("margins", "22mm 18mm")
    running = ""
    for place, key in (("top-center", "header"), ("bottom-center", "footer")):
        if key in style:
            content = '"' + style[key].replace("{page}", '" counter(page) "') + '"'
            running += f"@{place} {{ content: {content}; font: 9pt '{style['body_font']}'; }}"
    shade = style.get("shade", "")
    return (
        f"@page {{ size: {PAGES['portrait']}; margin: {margins}; {running} }}"
        f"@page wide {{ size: {PAGES['landscape']}; margin: {margins}; {running} }}"
        f"body {{ font: 12pt/1.7 '{style['body_font']}', 'Noto Serif CJK SC'; margin: 0; }}"
        ".wide { page: wide; }"
        "p { text-indent: 2em; margin: 0; text-align: justify; }"
        f"h1, h2, .title {{ font-family: '{style['head_font']}'; font-weight: normal; }}"
        "h1 { font-size: 18pt; text-align: center; margin: 6mm 0 10mm; }"
        "h2 { font-size: 13pt; margin: 4mm 0 1mm 2em; }"
        ".cover { text-align: center; font-size: 24pt; } .first { padding-top: 70mm; }"
        ".toc { font-size: 11pt; } .toc div { white-space: pre; }"
        ".break { break-before: page; }"
        ".title { font-size: 14pt; text-align: center; margin: 6mm 0 1mm; }"
        ".meta { display: flex; justify-content: space-between; font-size: 9pt; }"
        ".meta.right { justify-content: flex-end; }"
        "table.t { border-collapse: collapse; width: 100%; table-layout: fixed;"
        f" font-size: {style.get('table_size', 9)}pt; line-height: 1.25; }}"
        f"td, th {{ padding: {style.get('padding', '0.6mm 0.8mm')}; font-weight: normal;"
        " height: 1.25em; overflow-wrap: anywhere; }"
        f"th {{ text-align: center; {f'background: {shade};' if shade else ''} }}"
        "tr { break-inside: avoid; }"
        ".pair { display: flex; gap: 8mm; } .pair > section { flex: 1; }"
        "tr.apart { break-before: page; }"
        "table.once thead { display: table-row-group; }"
        ".right { text-align: right; } .center { text-align: center; } .left { text-align: left; }"
        f".bold td {{ font-family: '{style['head_font']}'; }}"
        ".note { font-size: 9pt; text-indent: 0; }"
        ".watermark { position: fixed; top: 45%; left: 10%; width: 80%; text-align: center;"
        " font-size: 60pt; color: #e4e4e4; transform: rotate(-35deg); z-index: -1; }"
        + RULES[style.get("rules", "grid")]
        + style.get("css", "")
    )


def _block(block: Block, first: bool) -> str:
    text = escape(block.text)
    return {
        "cover": f"<div class='cover{' first' if first else ''}'>{text}</div>",
        "page": "<div class='break'></div>",
        "part": f"<h1>{text}</h1>",
        "section": f"<h2>{text}</h2>",
        "paragraph": f"<p>{text}</p>",
    }[block.kind]


def _contents(report: Report, pages: list[int] | None) -> str:
    lines = []
    for place, (level, text) in enumerate(contents.entries(report)):
        page = str(pages[place]) if pages else "0"
        dots = contents.leader(text, page, level)
        lines.append(f"<div style='padding-left:{level * 2}em'>{escape(text)}{dots}{page}</div>")
    return f"<div class='break toc'><h1>目 录</h1>{''.join(lines)}</div>"


def _table(table: Table, style: dict) -> str:
    layout = {**style.get("tables", {}), **table.layout}
    wide = layout.get("page", style.get("page")) == "landscape"
    classes = " ".join(
        name
        for name, on in (("wide", wide), ("break", layout.get("break_before")))
        if on
    )
    gap = layout.get("gap", "0")
    title = f"<div class='title' style='padding-top:{gap}'>{escape(table.title)}</div>"
    if layout.get("orphan_title"):
        title += "<div class='break'></div>"
    meta = ""
    if table.number_line:
        side = "" if style.get("number_left") else " right"
        meta += f"<div class='meta{side}'><span>{escape(table.number_line)}</span></div>"
    meta += (
        f"<div class='meta'><span>{escape(table.department_line)}</span>"
        f"<span>{escape(table.unit_line)}</span></div>"
    )
    head = _head(table)
    if layout.get("title_in_grid"):
        head = _captions_in_grid(table) + head
        title = meta = ""
    notes = "".join(f"<div class='note'>{escape(note)}</div>" for note in table.notes)
    repeat = "t" if layout.get("repeat_header") else "t once"
    return (
        f"<section class='{classes}'>{title}{meta}"
        f"<table class='{repeat}'>{_columns(table)}"
        f"<thead>{head}</thead><tbody>{_body(table, layout)}</tbody></table>{notes}</section>"
    )


def _pair(left: str, right: str) -> str:
    """Two tables beside each other: what the first asks of the page holds for both."""
    classes = left.removeprefix("<section class='").split("'")[0]
    return f"<div class='pair {classes}'>{left.replace(classes, '', 1)}{right}</div>"


def _captions_in_grid(table: Table) -> str:
    """The title and the lines under it as ruled rows of the table."""
    whole = len(table.columns)
    left = whole // 2
    return (
        f"<tr><th colspan='{whole}'>{escape(table.title)}</th></tr><tr>"
        f"<td colspan='{left}'>{escape(table.department_line)}</td>"
        f"<td colspan='{whole - left}' class='right'>{escape(table.unit_line)}</td></tr>"
    )


def _columns(table: Table) -> str:
    whole = sum(column.width for column in table.columns)
    widths = "".join(
        f"<col style='width:{column.width * 100 / whole:.3f}%'>" for column in table.columns
    )
    return f"<colgroup>{widths}</colgroup>"


def _head(table: Table) -> str:
    rows = [[] for _ in range(table.head_depth)]
    for cell in table.head_cells():
        rows[cell.row].append(
            f"<th rowspan='{cell.rowspan}' colspan='{cell.colspan}'>{escape(cell.text)}</th>"
        )
    html = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    if table.column_numbers:
        cells = _cells(table.column_numbers, table.number_spans, lambda _: "center")
        html += f"<tr>{cells}</tr>"
    return html


def _body(table: Table, layout: dict) -> str:
    html = []
    for row in table.rows:
        merged = {start for start, _ in row.spans}

        def align(place: int, row=row, merged=merged) -> str:
            column = table.columns[place]
            centred = place in merged or (column.role == "name" and _is_sum(row, column.group))
            return "center" if centred else column.align

        cells = _cells(row.drawn, row.spans, align, row.indents, row.downs)
        classes = "bold" if row.bold else ""
        coded = table.columns[0].role == "class"
        if coded and layout.get("total_apart") and any(t.kind == "total" for t in row.typed):
            classes += " apart"
        html.append(f"<tr class='{classes}'>{cells}</tr>")
    return "".join(html)


def _is_sum(row, group: int) -> bool:
    return any(t.group == group and t.kind in ("total", "subtotal") for t in row.typed)


def _cells(texts, spans, align, indents=None, downs=None) -> str:
    covered = {place for place, rows in (downs or {}).items() if rows == 0}
    covered |= {start + i for start, length in spans for i in range(1, length)}
    lengths = dict(spans)
    cells = []
    for place, text in enumerate(texts):
        if place in covered:
            continue
        span = f" colspan='{lengths[place]}'" if place in lengths else ""
        if downs and place in downs:
            span += f" rowspan='{downs[place]}'"
        indent = (indents or {}).get(place, 0)
        style = f" style='padding-left:{indent}em'" if indent else ""
        cells.append(f"<td class='{align(place)}'{span}{style}>{escape(text)}</td>")
    return "".join(cells)
