"""A report as Typst markup, and its PDF by the Typst compiler."""

import tempfile
from pathlib import Path

import typst

from . import contents
from .model import Block, Report, Table

STROKES = {
    "grid": "stroke: 0.5pt",
    "hairline": "stroke: 0.1pt",
    "dotted": "stroke: (thickness: 0.6pt, dash: \"dotted\")",
    "dashed": "stroke: (thickness: 0.5pt, dash: \"dashed\")",
    "grey": "stroke: 0.5pt + luma(150)",
    "horizontal": "stroke: (x: none, y: 0.5pt)",
    "three-line": "stroke: none",
    "outer": "stroke: none",
    "none": "stroke: none",
}


def print_pdf(report: Report, target: Path, toc_pages: list[int] | None) -> None:
    """Typesets a report."""
    with tempfile.TemporaryDirectory() as work:
        source = Path(work) / "report.typ"
        source.write_text(_markup(report, toc_pages), encoding="utf-8")
        typst.compile(source, output=target, font_paths=["/usr/share/fonts"])


def _markup(report: Report, toc_pages: list[int] | None) -> str:
    style = report.style
    parts = [_preamble(style)]
    for block in report.blocks:
        if isinstance(block, Table):
            parts.append(_table(block, style))
        elif contents.is_contents(block):
            parts.append(_contents(report, toc_pages))
        else:
            parts.append(_block(block, style))
    return "\n".join(parts)


def _preamble(style: dict) -> str:
    margin = style.get("margin", "20mm")
    footer = style.get("footer", "")
    before, _, after = footer.partition("{page}")
    numbering = (
        f"context align(center, text(9pt, {_text(before)} + str(counter(page).get().first())"
        f" + {_text(after)}))"
        if footer
        else "none"
    )
    header = f"align(center, text(9pt, {_text(style['header'])}))" if "header" in style else "none"
    mark = style.get("watermark")
    behind = (
        f"rotate(-35deg, text(60pt, fill: luma(225), {_text(mark)}))" if mark else "none"
    )
    return (
        "#set document(date: none)\n"
        f'#set page(paper: "a4", flipped: {_flag(style.get("page") == "landscape")}, '
        f"margin: {margin}, footer: {numbering}, header: {header}, background: {behind})\n"
        f'#set text(font: "{style["body_font"]}", size: 12pt, lang: "zh", fallback: false)\n'
        "#set par(first-line-indent: 2em, leading: 0.8em)\n"
        f'#let head(body, size) = text(font: "{style["head_font"]}", size: size, body)\n'
    )


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _text(text: str) -> str:
    """A Typst string literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _block(block: Block, style: dict) -> str:
    text = _text(block.text)
    return {
        "cover": f"#v(12mm)#align(center, text(26pt, {text}))",
        "page": "#pagebreak(weak: true)",
        "part": f"#align(center, head({text}, 18pt))\n#v(4mm)",
        "section": f"#par(head({text}, 13pt))",
        "paragraph": f"#par(text({text}))",
    }[block.kind]


def _contents(report: Report, pages: list[int] | None) -> str:
    lines = ["#pagebreak()", "#align(center, head(\"目 录\", 18pt))"]
    for place, (level, text) in enumerate(contents.entries(report)):
        page = str(pages[place]) if pages else "0"
        dots = contents.leader(text, page, level)
        lines.append(f"#pad(left: {level * 2}em, text(11pt, {_text(text + dots + page)}))")
    return "\n".join(lines)


def _table(table: Table, style: dict) -> str:
    layout = {**style.get("tables", {}), **table.layout}
    if layout.get("title_in_grid"):
        raise ValueError("Typst tables here keep their title outside the grid")
    break_before = "#pagebreak(weak: true)\n" if layout.get("break_before") else ""
    widths = ", ".join(f"{column.width:g}fr" for column in table.columns)
    rules = style.get("rules", "grid")
    header = ", ".join(_head(table, style))
    lines = []
    if rules == "three-line":
        lines = ["table.hline(y: 0, stroke: 1.2pt)", f"table.hline(y: {_depth(table)}, stroke: 0.6pt)"]
    repeat = _flag(bool(layout.get("repeat_header")))
    body = ",\n".join(_row(table, row) for row in table.rows)
    size = style.get("table_size", 9)
    closing = ["table.hline(stroke: 1.2pt)"] if rules == "three-line" else []
    content = ",\n".join(
        [f"table.header(repeat: {repeat}, {header})", *lines, body, *closing]
    )
    frame = "1pt" if rules == "outer" else "none"
    return (
        f"{break_before}#align(center, head({_text(table.title)}, 14pt))\n"
        + _meta(table)
        + f"#block(breakable: true, stroke: {frame})[#set par(first-line-indent: 0em, leading: 0.4em)\n"
        f"#text({size}pt)[#table(columns: ({widths}), inset: {layout.get('inset', style.get('inset', '3pt'))}, "
        f"{STROKES[rules]},\n{content})]]\n"
        + "".join(f"#block(text(9pt, {_text(note)}))\n" for note in table.notes)
    )


def _meta(table: Table) -> str:
    lines = ""
    if table.number_line:
        lines += f"#align(right, text(9pt, {_text(table.number_line)}))\n"
    return lines + (
        "#block(width: 100%, below: 2mm, text(9pt, "
        f"{_text(table.department_line)} + h(1fr) + {_text(table.unit_line)}))\n"
    )


def _depth(table: Table) -> int:
    return table.head_depth + (1 if table.column_numbers else 0)


def _head(table: Table, style: dict) -> list[str]:
    fill = f", fill: rgb({_text(style['shade'])})" if "shade" in style else ""
    cells = [
        f"table.cell(x: {cell.column}, y: {cell.row}, colspan: {cell.colspan}, rowspan: "
        f"{cell.rowspan}, align: center + horizon{fill}, {_text(cell.text)})"
        for cell in table.head_cells()
    ]
    if table.column_numbers:
        cells += _spread(
            table.column_numbers, table.number_spans, lambda _: f"align: center{fill}"
        )
    return cells


def _row(table: Table, row) -> str:
    merged = {start for start, _ in row.spans}

    def settings(place: int) -> str:
        column = table.columns[place]
        side = "center" if place in merged else column.align
        indent = row.indents.get(place)
        inset = f", inset: (left: {3 + 9 * indent}pt, rest: 3pt)" if indent else ""
        return f"align: {side} + horizon{inset}"

    return ", ".join(_spread(row.drawn, row.spans, settings, row.bold))


def _spread(texts, spans, settings, bold: bool = False) -> list[str]:
    covered = {start + i for start, length in spans for i in range(1, length)}
    lengths = dict(spans)
    return [
        f"table.cell(colspan: {lengths.get(place, 1)}, {settings(place)}, "
        + (f"head({_text(text)}, 1em)" if bold else _text(text))
        + ")"
        for place, text in enumerate(texts)
        if place not in covered
    ]
