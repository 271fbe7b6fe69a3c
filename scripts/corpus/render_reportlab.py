"""A report drawn with ReportLab in fonts that are named but not embedded.

The pages carry CID codes of a predefined CMap (UniGB-UCS2-H, GBK-EUC-H) and no
ToUnicode map, as some reports do; table pages may be turned by /Rotate.
"""

import copy
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import CIDFontInfo, UnicodeCIDFont, structToPDF
from reportlab.pdfgen.canvas import Canvas

from . import contents
from .model import Block, Report, Table

BODY = 12
LEADING = 20
MARGIN = 56
PAD = 2.5


class GbkFont(UnicodeCIDFont):
    """SimSun under the GBK-EUC-H CMap: text is written as GBK bytes."""

    def __init__(self):
        super().__init__("STSong-Light")
        self.name = self.fontName = "SimSun"
        self.encodingName = "GBK-EUC-H"

    def formatForPdf(self, text):
        """The text's GBK bytes, escaped for a string in a content stream."""
        data = text.encode("gbk") if isinstance(text, str) else text
        return "".join(f"\\{byte:03o}" for byte in data)

    def stringWidth(self, text, size, encoding=None):
        """Half an em for ASCII, one em for all else."""
        return sum(0.5 if ord(char) < 128 else 1 for char in text) * size

    def addObjects(self, doc):
        """Writes the font's dictionaries: half-width CIDs are 814 to 939
        and, the space among them, 7712 to 7716."""
        key = f"F{len(doc.fontMapping) + 1}"
        font = copy.deepcopy(CIDFontInfo["STSong-Light"])
        font |= {"Name": f"/{key}", "BaseFont": "/SimSun", "Encoding": "/GBK-EUC-H"}
        below = font["DescendantFonts"][0]
        below |= {"Subtype": "/CIDFontType2", "BaseFont": "/SimSun", "W": [814, 939, 500, 7712, 7716, 500]}
        below["FontDescriptor"]["FontName"] = "/SimSun"
        reference = doc.Reference(structToPDF(font), key)
        doc.idToObject["BasicFonts"].dict[key] = reference
        doc.fontMapping[self.name] = f"/{key}"


def print_pdf(report: Report, target: Path, toc_pages: list[int] | None) -> None:
    """Draws a report."""
    style = report.style
    font = GbkFont() if style["cmap"] == "GBK-EUC-H" else UnicodeCIDFont("STSong-Light")
    pdfmetrics.registerFont(font)
    drawing = _Drawing(Canvas(str(target), pagesize=A4, invariant=1), font, style)
    for block in report.blocks:
        if isinstance(block, Table):
            drawing.table(block)
        elif contents.is_contents(block):
            drawing.contents(report, toc_pages)
        else:
            drawing.block(block)
    drawing.close()


class _Drawing:
    """The page being drawn, with a cursor that runs down it."""

    def __init__(self, canvas: Canvas, font, style: dict):
        self.canvas = canvas
        self.font = font
        self.style = style
        self.number = 0
        self.open = False
        self.wide = False

    def page(self, wide: bool) -> None:
        """Begins a page; a wide one is turned or laid across."""
        self.close_page()
        self.open, self.wide = True, wide
        self.number += 1
        short, long = A4
        self.width, self.height = (long, short) if wide else (short, long)
        canvas = self.canvas
        turned = self.style.get("rotate", 0) if wide else 0
        canvas.setPageSize((self.width, self.height))
        canvas.setPageRotation(turned)
        if turned == 90:
            canvas.transform(0, 1, -1, 0, short, 0)
        elif turned == 270:
            canvas.transform(0, -1, 1, 0, 0, long)
        self.y = self.height - MARGIN

    def close_page(self) -> None:
        """Ends the open page with its number."""
        if not self.open:
            return
        footer = self.style.get("footer")
        if footer:
            self.text(footer.replace("{page}", str(self.number)), 9, self.width / 2, 30, "center")
        self.canvas.showPage()
        self.open = False

    def close(self) -> None:
        """Writes the file."""
        self.close_page()
        self.canvas.save()

    def text(self, text: str, size: float, x: float, y: float, align: str = "left") -> None:
        """Draws one line of text with its baseline at y."""
        width = self.font.stringWidth(text, size)
        x -= {"left": 0, "center": width / 2, "right": width}[align]
        run = self.canvas.beginText(x, y)
        run.setFont(self.font.fontName, size)
        run.textOut(text)
        self.canvas.drawText(run)

    def need(self, height: float) -> None:
        """Makes room for some height of prose."""
        if not self.open or self.wide or self.y - height < MARGIN:
            self.page(wide=False)

    def block(self, block: Block) -> None:
        """Draws a piece of prose."""
        if block.kind == "page":
            self.close_page()
        elif block.kind in ("cover", "part"):
            self.need(60)
            if block.kind == "cover" and self.y > self.height - 100:
                self.y -= 200
            size = 24 if block.kind == "cover" else 18
            for line in self.wrap(block.text, size, self.width - 2 * MARGIN):
                self.text(line, size, self.width / 2, self.y - size, "center")
                self.y -= size * 1.8
        else:
            indent = "　　"
            for line in self.wrap(indent + block.text, BODY, self.width - 2 * MARGIN):
                self.need(LEADING)
                self.text(line, BODY, MARGIN, self.y - BODY)
                self.y -= LEADING

    def contents(self, report: Report, pages: list[int] | None) -> None:
        """Draws the table of contents on a page of its own."""
        self.page(wide=False)
        self.text("目 录", 18, self.width / 2, self.y - 18, "center")
        self.y -= 50
        for place, (level, text) in enumerate(contents.entries(report)):
            page = str(pages[place]) if pages else "0"
            self.need(LEADING)
            dots = contents.leader(text, page, level)
            self.text(text + dots + page, 11, MARGIN + 22 * level, self.y - 11)
            self.y -= LEADING

    def wrap(self, text: str, size: float, width: float) -> list[str]:
        """Breaks a text into lines that fit a width."""
        lines, line = [], ""
        for char in text:
            if line and self.font.stringWidth(line + char, size) > width:
                lines.append(line)
                line = ""
            line += char
        return lines + [line]

    def table(self, table: Table) -> None:
        """Draws a table over as many pages as it takes."""
        layout = {**self.style.get("tables", {}), **table.layout}
        wide = layout.get("page", self.style.get("page")) == "landscape"
        grid = _Grid(self, table)
        height = 60 + sum(grid.head_heights)
        if not self.open or self.wide != wide or layout.get("break_before") or self.y - height < MARGIN:
            self.page(wide)
            grid = _Grid(self, table)
        self.captions(table)
        grid.draw_head()
        for place in range(len(table.rows)):
            if self.y - grid.heights[place] < MARGIN:
                self.page(wide)
                if layout.get("repeat_captions"):
                    self.captions(table)
                if layout.get("repeat_header"):
                    grid.draw_head()
            grid.draw_row(place)
        for note in table.notes:
            for line in self.wrap(note, 9, self.width - 2 * MARGIN):
                self.text(line, 9, MARGIN, self.y - 12)
                self.y -= 14
        self.y -= 10

    def captions(self, table: Table) -> None:
        """Draws what stands above a table."""
        right = self.width - MARGIN
        if table.number_line:
            self.text(table.number_line, 9, right, self.y - 9, "right")
            self.y -= 14
        self.text(table.title, 15, self.width / 2, self.y - 15, "center")
        self.y -= 26
        if table.department_line:
            self.text(table.department_line, 9, MARGIN, self.y - 9)
        if table.unit_line:
            self.text(table.unit_line, 9, right, self.y - 9, "right")
        self.y -= 14


class _Grid:
    """A table's geometry on the open page."""

    def __init__(self, drawing: _Drawing, table: Table):
        self.drawing = drawing
        self.table = table
        self.size = drawing.style.get("table_size", 8)
        self.rules = drawing.style.get("rules", "grid")
        whole = sum(column.width for column in table.columns)
        width = drawing_width(drawing, table)
        self.edges = [MARGIN]
        for column in table.columns:
            self.edges.append(self.edges[-1] + column.width * width / whole)
        least = drawing.style.get("row_height", self.size * 1.7)
        self.heights = [
            max(least, self.lines_height(self.row_cells(row))) for row in table.rows
        ]
        self.head_heights = self.measure_head(least)

    def row_cells(self, row) -> list[tuple[int, int, str, str, float]]:
        """A row's cells: first and past-last column, text, alignment, indent."""
        lengths = dict(row.spans)
        covered = {start + i for start, length in row.spans for i in range(1, length)}
        cells = []
        for place, text in enumerate(row.drawn):
            if place in covered:
                continue
            align = "center" if place in lengths else self.table.columns[place].align
            indent = row.indents.get(place, 0) * self.size
            cells.append((place, place + lengths.get(place, 1), text, align, indent))
        return cells

    def lines(self, start: int, end: int, text: str, indent: float) -> list[str]:
        """A cell's text in lines that fit it."""
        width = self.edges[end] - self.edges[start] - 2 * PAD - indent
        return self.drawing.wrap(text, self.size, width)

    def lines_height(self, cells) -> float:
        """The height that a row's fullest cell needs."""
        most = max(len(self.lines(a, b, text, indent)) for a, b, text, _, indent in cells)
        return most * self.size * 1.25 + 2 * PAD

    def measure_head(self, least: float) -> list[float]:
        """The heights of the header's levels."""
        heights = [least] * self.table.head_depth
        for cell in self.table.head_cells():
            lines = self.lines(cell.column, cell.column + cell.colspan, cell.text, 0)
            needed = len(lines) * self.size * 1.25 + 2 * PAD
            span = range(cell.row, cell.row + cell.rowspan)
            missing = needed - sum(heights[level] for level in span)
            if missing > 0:
                heights[span[-1]] += missing
        return heights

    def draw_head(self) -> None:
        """Draws the header and the row of column numbers."""
        top = self.drawing.y
        tops = [top]
        for height in self.head_heights:
            tops.append(tops[-1] - height)
        for cell in self.table.head_cells():
            box = (cell.column, cell.column + cell.colspan, tops[cell.row], tops[cell.row + cell.rowspan])
            self.cell(*box, cell.text, "center", 0)
        self.drawing.y = tops[-1]
        if self.table.column_numbers:
            lengths = dict(self.table.number_spans)
            skip = {s + i for s, n in self.table.number_spans for i in range(1, n)}
            bottom = self.drawing.y - self.size * 1.7
            for place, text in enumerate(self.table.column_numbers):
                if place not in skip:
                    end = place + lengths.get(place, 1)
                    self.cell(place, end, self.drawing.y, bottom, text, "center", 0)
            self.drawing.y = bottom

    def draw_row(self, place: int) -> None:
        """Draws a body row under the last one."""
        top = self.drawing.y
        bottom = top - self.heights[place]
        for start, end, text, align, indent in self.row_cells(self.table.rows[place]):
            self.cell(start, end, top, bottom, text, align, indent)
        self.drawing.y = bottom

    def cell(self, start, end, top, bottom, text, align, indent) -> None:
        """Draws a cell: its rules and its lines, centred in height."""
        left, right = self.edges[start], self.edges[end]
        self.rule(left, right, top, bottom)
        lines = self.lines(start, end, text, indent)
        step = self.size * 1.25
        y = (top + bottom) / 2 + step * len(lines) / 2 - self.size
        x = {"left": left + PAD + indent, "center": (left + right) / 2, "right": right - PAD}[align]
        for line in lines:
            if line:
                self.drawing.text(line, self.size, x, y + self.size * 0.12, align)
            y -= step

    def rule(self, left, right, top, bottom) -> None:
        """Draws a cell's rules in the form's way."""
        canvas = self.drawing.canvas
        canvas.setLineWidth(0.1 if self.rules == "hairline" else 0.6)
        if self.rules == "grid" or self.rules == "hairline":
            canvas.rect(left, bottom, right - left, top - bottom, stroke=1, fill=0)
        elif self.rules == "thin-rect":
            for x, y, w, h in (
                (left, top, right - left, 0.5),
                (left, bottom, right - left, 0.5),
                (left, bottom, 0.5, top - bottom),
                (right, bottom, 0.5, top - bottom),
            ):
                canvas.rect(x, y, w, h, stroke=0, fill=1)
        elif self.rules == "dashed":
            canvas.setDash(1, 1)
            canvas.rect(left, bottom, right - left, top - bottom, stroke=1, fill=0)
            canvas.setDash()
        elif self.rules == "horizontal":
            canvas.line(left, top, right, top)
            canvas.line(left, bottom, right, bottom)


def drawing_width(drawing: _Drawing, table: Table) -> float:
    """The width of a table on the page it is for."""
    layout = {**drawing.style.get("tables", {}), **table.layout}
    wide = layout.get("page", drawing.style.get("page")) == "landscape"
    return A4[1 if wide else 0] - 2 * MARGIN
