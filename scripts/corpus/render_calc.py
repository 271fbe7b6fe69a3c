"""A report as a flat OpenDocument workbook, a sheet for each table, printed by LibreOffice Calc.

Cells do not wrap: a long name runs into an empty neighbour and is cut off at a filled one.
`style.name_ems` sets how much of a name can be seen.
"""

import tempfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from . import contents
from .model import BodyRow, Report, Table
from .render_office import BORDERS, SIZES, convert, namespaces

MARGIN = 1.5
POINT = 2.54 / 72
PAD = 0.05
# How much of the character after the last whole one shows, in em: too little to count.
SLIVER = 0.25


def print_pdf(report: Report, target: Path, toc_pages: list[int] | None) -> None:
    """Typesets a report."""
    with tempfile.TemporaryDirectory(prefix="corpus-") as work:
        source = Path(work) / "report.fods"
        source.write_text(_Workbook(report).document(toc_pages), encoding="utf-8")
        convert(source, target)


def clip(report: Report) -> None:
    """Cuts the names of a report to what can be seen of them; they are drawn in full."""
    ems = report.style["name_ems"]
    for table in report.tables:
        for row in table.rows:
            for place, column in enumerate(table.columns):
                if column.role == "name" and place + 1 < len(row.texts) and row.texts[place + 1]:
                    _clip(row, place, column.group, ems)


def _clip(row: BodyRow, place: int, group: int, ems: int) -> None:
    full = row.texts[place]
    seen = full
    while contents.width(seen) > ems:
        seen = seen[:-1]
    if seen == full:
        return
    row.texts[place], row.overlay[place] = seen, full
    for typed in row.typed:
        if typed.group == group:
            typed.name = "".join(seen.split())


class _Workbook:
    """Writes the workbook; column styles gather as sheets are met."""

    def __init__(self, report: Report):
        self.report = report
        self.style = report.style
        self.size = self.style.get("table_size", 9)
        self.styles = []

    def document(self, toc_pages: list[int] | None) -> str:
        """The flat XML of the whole workbook."""
        cover = [block.text for block in self.report.blocks if getattr(block, "kind", "") == "cover"]
        sheets = [self.lines_sheet("封面", "cover", cover)]
        if any(contents.is_contents(block) for block in self.report.blocks):
            lines = []
            for place, (_, text) in enumerate(contents.entries(self.report)):
                page = str(toc_pages[place]) if toc_pages else "0"
                lines.append(text + contents.leader(text, page, 1) + page)
            sheets.append(self.lines_sheet("目录", "toc", ["目 录", *lines]))
        sheets += [self.sheet(table) for table in self.report.tables]
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document {namespaces()} '
            'office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
            f"<office:automatic-styles>{self.fixed_styles()}{''.join(self.styles)}"
            f"</office:automatic-styles><office:master-styles>{self.masters()}</office:master-styles>"
            f"<office:body><office:spreadsheet>{''.join(sheets)}</office:spreadsheet></office:body>"
            "</office:document>"
        )

    def fixed_styles(self) -> str:
        """Page layouts, and the styles of cells by what they hold."""
        foot = "<style:footer-style><style:header-footer-properties fo:min-height=\"0.6cm\"/></style:footer-style>"
        layouts = "".join(
            f'<style:page-layout style:name="L{name}"><style:page-layout-properties '
            f'fo:page-width="{width}cm" fo:page-height="{height}cm" fo:margin="{MARGIN}cm" '
            f'style:print-orientation="{name}"/>{foot}</style:page-layout>'
            f'<style:style style:name="S{name}" style:family="table" style:master-page-name="{name}">'
            '<style:table-properties table:display="true"/></style:style>'
            for name, (width, height) in SIZES.items()
        )
        border, body, head = BORDERS[self.style.get("rules", "grid")], "body_font", "head_font"
        kinds = {
            "cover": ("center", 24, head, ""),
            "toc": ("start", 11, body, ""),
            "title": ("center", 14, head, ""),
            "start": ("start", 9, body, ""),
            "end": ("end", 9, body, ""),
            "head": ("center", self.size, head, border),
            "left": ("start", self.size, body, border),
            "center": ("center", self.size, body, border),
            "right": ("end", self.size, body, border),
        }
        height = self.style.get("row_height", "0.6cm")
        layouts += (
            '<style:style style:name="ruled" style:family="table-row"><style:table-row-properties '
            f'style:row-height="{height}" style:use-optimal-row-height="false"/></style:style>'
        )
        return layouts + "".join(self.cell_style(name, *kind) for name, kind in kinds.items())

    def cell_style(self, name, align, points, font, border) -> str:
        """One style of cells; only headers wrap."""
        family = quoteattr(self.style[font])
        wrap = 'fo:wrap-option="wrap"' if name == "head" else ""
        return (
            f'<style:style style:name="{name}" style:family="table-cell">'
            f'<style:table-cell-properties {border} {wrap} fo:padding="{PAD}cm" '
            'style:vertical-align="middle" style:text-align-source="fix"/>'
            f'<style:paragraph-properties fo:text-align="{align}" fo:margin-left="0cm"/>'
            f'<style:text-properties fo:font-size="{points}pt" style:font-size-asian="{points}pt" '
            f"fo:font-family={family} style:font-family-asian={family}/></style:style>"
        )

    def masters(self) -> str:
        """The two master pages, with their footers and no headers."""
        before, number, after = self.style.get("footer", "").partition("{page}")
        line = escape(before) + ("<text:page-number/>" if number else "") + escape(after)
        return "".join(
            f'<style:master-page style:name="{name}" style:page-layout-name="L{name}">'
            f'<style:header style:display="false"/><style:footer><text:p>{line}</text:p></style:footer>'
            "</style:master-page>"
            for name in SIZES
        )

    def lines_sheet(self, name: str, style: str, lines: list[str]) -> str:
        """A sheet of one wide column of lines."""
        self.column("wide", 17.5)
        rows = "".join(_row([_cell(style, line)]) for line in lines)
        return _sheet(name, "portrait", ["wide"], rows)

    def sheet(self, table: Table) -> str:
        """A table's sheet: its captions are rows above it, its notes rows below."""
        layout = {**self.style.get("tables", {}), **table.layout}
        page = layout.get("page", self.style.get("page", "portrait"))
        name = f"T{self.report.tables.index(table)}"
        widths = self.widths(table, SIZES[page][0] - 2 * MARGIN)
        columns = [f"{name}.{place}" for place in range(len(widths))]
        for column, width in zip(columns, widths):
            self.column(column, width)
        whole = len(widths)
        left = whole // 2
        rows = _row([_cell("title", table.title, whole)])
        if table.number_line:
            rows += _row([_cell("end", table.number_line, whole)])
        sides = [_cell("start", table.department_line, left), _cell("end", table.unit_line, whole - left)]
        rows += _row(sides)
        head = self.head(table)
        if layout.get("repeat_header"):
            head = f"<table:table-header-rows>{head}</table:table-header-rows>"
        rows += head + "".join(self.body(table, row) for row in table.rows)
        rows += "".join(_row([_cell("start", note)]) for note in table.notes)
        return _sheet(table.number or table.name, page, columns, rows)

    def widths(self, table: Table, room: float) -> list[float]:
        """The widths of the columns: those of names hold their part of a name, the others share the rest."""
        name = (self.style["name_ems"] + SLIVER) * self.size * POINT + PAD
        fixed = [name if column.role == "name" else None for column in table.columns]
        rest = sum(column.width for column, width in zip(table.columns, fixed) if width is None)
        free = room - sum(width for width in fixed if width is not None)
        return [
            column.width * free / rest if width is None else width
            for column, width in zip(table.columns, fixed)
        ]

    def column(self, name: str, width: float) -> None:
        """A style for a column of some width in centimetres."""
        self.styles.append(
            f'<style:style style:name="{name}" style:family="table-column">'
            f'<style:table-column-properties style:column-width="{width:.4f}cm"/></style:style>'
        )

    def head(self, table: Table) -> str:
        """The header's rows."""
        grid = [["<table:covered-table-cell/>"] * len(table.columns) for _ in range(table.head_depth)]
        for cell in table.head_cells():
            grid[cell.row][cell.column] = _cell("head", cell.text, cell.colspan, cell.rowspan, cover=False)
        return "".join(_row(cells) for cells in grid)

    def body(self, table: Table, row: BodyRow) -> str:
        """A body row."""
        lengths = dict(row.spans)
        covered = {start + i for start, length in row.spans for i in range(1, length)}
        cells = []
        for place, text in enumerate(row.drawn):
            if place in covered:
                cells.append("<table:covered-table-cell/>")
                continue
            style = "center" if place in lengths else table.columns[place].align
            cells.append(_cell(style, text, lengths.get(place, 1), cover=False))
        return _row(cells, "ruled")


def _sheet(name: str, page: str, columns: list[str], rows: str) -> str:
    widths = "".join(f'<table:table-column table:style-name="{column}"/>' for column in columns)
    return (
        f'<table:table table:name={quoteattr(name)} table:style-name="S{page}">{widths}{rows}</table:table>'
    )


def _row(cells: list[str], style: str = "") -> str:
    style = f' table:style-name="{style}"' if style else ""
    return f"<table:table-row{style}>{''.join(cells)}</table:table-row>"


def _cell(style: str, text: str, colspan: int = 1, rowspan: int = 1, cover: bool = True) -> str:
    """A cell, followed by those it covers in its own row unless they are written apart."""
    text = f"<text:p>{escape(text)}</text:p>" if text else ""
    covered = "<table:covered-table-cell/>" * (colspan - 1) if cover else ""
    kind = ' office:value-type="string"' if text else ""
    return (
        f'<table:table-cell table:style-name="{style}"{kind} table:number-columns-spanned="{colspan}" '
        f'table:number-rows-spanned="{rowspan}">{text}</table:table-cell>{covered}'
    )
