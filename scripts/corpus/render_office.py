"""A report as a flat OpenDocument text, exported to PDF by LibreOffice Writer."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from . import contents
from .model import Block, Report, Table


def namespaces() -> str:
    """The XML namespaces of a flat document."""
    names = {"fo": "xsl-fo-compatible", "svg": "svg-compatible"}
    return " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{names.get(prefix, prefix)}:1.0"'
        for prefix in ("office", "style", "text", "table", "fo", "svg")
    )


BORDERS = {
    "grid": 'fo:border="0.5pt solid #000000"',
    "hairline": 'fo:border="0.05pt solid #000000"',
    "dotted": 'fo:border="0.75pt dotted #000000"',
    "horizontal": 'fo:border-top="0.5pt solid #000000" fo:border-bottom="0.5pt solid #000000"',
    "none": 'fo:border="none"',
}
SIZES = {"portrait": (21.0, 29.7), "landscape": (29.7, 21.0)}
MARGIN = 2.0


def print_pdf(report: Report, target: Path, toc_pages: list[int] | None) -> None:
    """Typesets a report."""
    with tempfile.TemporaryDirectory(prefix="corpus-") as work:
        source = Path(work) / "report.fodt"
        source.write_text(_Writer(report).document(toc_pages), encoding="utf-8")
        convert(source, target)


def convert(source: Path, target: Path) -> None:
    """Has LibreOffice export a document to PDF, with a profile of its own beside it."""
    work = source.parent
    subprocess.run(
        [
            "soffice",
            "--headless",
            f"-env:UserInstallation={(work / 'profile').as_uri()}",
            "--convert-to",
            "pdf",
            "--outdir",
            str(work),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    shutil.copy(source.with_suffix(".pdf"), target)


class _Writer:
    """Writes the document; table styles gather as tables are met."""

    def __init__(self, report: Report):
        self.report = report
        self.style = report.style
        self.styles = []
        self.page = "portrait"
        self.pending = ""

    def document(self, toc_pages: list[int] | None) -> str:
        """The flat XML of the whole report."""
        body = []
        for block in self.report.blocks:
            if isinstance(block, Table):
                body.append(self.table(block))
            elif contents.is_contents(block):
                body.append(self.contents(toc_pages))
            else:
                body.append(self.block(block))
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document {namespaces()} '
            'office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">'
            f"<office:automatic-styles>{self.fixed_styles()}{''.join(self.styles)}"
            f"</office:automatic-styles><office:master-styles>{self.masters()}"
            f"</office:master-styles><office:body><office:text>{''.join(body)}"
            "</office:text></office:body></office:document>"
        )

    def fixed_styles(self) -> str:
        """Page layouts, and the paragraph styles of text and captions."""
        layouts = "".join(
            f'<style:page-layout style:name="L{name}"><style:page-layout-properties '
            f'fo:page-width="{width}cm" fo:page-height="{height}cm" fo:margin="{MARGIN}cm" '
            f'style:print-orientation="{name}"/></style:page-layout>'
            for name, (width, height) in SIZES.items()
        )
        size = self.style.get("table_size", 9)
        kinds = {
            "cover": ("center", 26, "head"),
            "part": ("center", 18, "head"),
            "title": ("center", 14, "head"),
            "section": ("start", 13, "head"),
            "paragraph": ("start", 12, "body"),
            "toc": ("start", 11, "body"),
            "small": ("start", 9, "body"),
            "smallright": ("end", 9, "body"),
            "footer": ("center", 9, "body"),
            "left": ("start", size, "body"),
            "center": ("center", size, "body"),
            "right": ("end", size, "body"),
        }
        paragraphs = ""
        for name, (align, points, font) in kinds.items():
            for suffix, extra in (
                ("", ""),
                ("-break", 'fo:break-before="page"'),
            ):
                paragraphs += self.paragraph_style(name + suffix, align, points, font, extra)
            for page in SIZES:
                master = f' style:master-page-name="{page}"'
                paragraphs += self.paragraph_style(f"{name}-{page}", align, points, font, "", master)
        return layouts + paragraphs

    def paragraph_style(self, name, align, points, font, extra="", master="") -> str:
        """One paragraph style, with the fonts of the form."""
        family = quoteattr(self.style[f"{font}_font"])
        indent = 'fo:text-indent="0.85cm"' if name.startswith("paragraph") else ""
        return (
            f'<style:style style:name="{name}" style:family="paragraph"{master}>'
            f'<style:paragraph-properties fo:text-align="{align}" {indent} {extra}/>'
            f'<style:text-properties fo:font-size="{points}pt" style:font-size-asian="{points}pt" '
            f"fo:font-family={family} style:font-family-asian={family}/></style:style>"
        )

    def masters(self) -> str:
        """The two master pages, with their footers."""
        footer = self.style.get("footer", "")
        before, number, after = footer.partition("{page}")
        line = escape(before) + ("<text:page-number/>" if number else "") + escape(after)
        return "".join(
            f'<style:master-page style:name="{name}" style:page-layout-name="L{name}">'
            f'<style:footer><text:p text:style-name="footer">{line}</text:p></style:footer>'
            "</style:master-page>"
            for name in SIZES
        )

    def paragraph(self, kind: str, text: str, page: str | None = None) -> str:
        """A paragraph, on a new page or another kind of page where that is due."""
        wanted = page or self.page
        suffix = self.pending
        if wanted != self.page:
            suffix, self.page = f"-{wanted}", wanted
        self.pending = ""
        return f'<text:p text:style-name="{kind}{suffix}">{escape(text)}</text:p>'

    def block(self, block: Block) -> str:
        """A piece of prose."""
        if block.kind == "page":
            self.pending = "-break"
            return ""
        return self.paragraph(block.kind, block.text, "portrait")

    def contents(self, pages: list[int] | None) -> str:
        """The table of contents, its leaders typed as dots."""
        self.pending = "-break"
        lines = [self.paragraph("part", "目 录", "portrait")]
        for place, (level, text) in enumerate(contents.entries(self.report)):
            page = str(pages[place]) if pages else "0"
            dots = contents.leader(text, page, level)
            lines.append(self.paragraph("toc", "\u3000" * level + text + dots + page))
        return "".join(lines)

    def table(self, table: Table) -> str:
        """A table with its captions and notes."""
        layout = {**self.style.get("tables", {}), **table.layout}
        page = layout.get("page", self.style.get("page"))
        if layout.get("break_before"):
            self.pending = "-break"
        parts = [self.paragraph("title", table.title, page)]
        if table.number_line:
            parts.append(self.paragraph("smallright", table.number_line))
        if table.department_line:
            parts.append(self.paragraph("small", table.department_line))
        parts.append(self.paragraph("smallright", table.unit_line))
        parts.append(self.grid(table, layout, page))
        parts += [self.paragraph("small", note) for note in table.notes]
        return "".join(parts)

    def grid(self, table: Table, layout: dict, page: str) -> str:
        """The table itself."""
        name = f"T{len(self.styles)}"
        width = SIZES[page][0] - 2 * MARGIN
        whole = sum(column.width for column in table.columns)
        self.styles.append(self.table_styles(name, table, width, whole))
        columns = "".join(
            f'<table:table-column table:style-name="{name}.{place}"/>'
            for place in range(len(table.columns))
        )
        head = self.head(table, name)
        if layout.get("repeat_header"):
            head = f"<table:table-header-rows>{head}</table:table-header-rows>"
        rows = "".join(self.row(table, row, name) for row in table.rows)
        return (
            f'<table:table table:name="{name}" table:style-name="{name}">{columns}{head}{rows}'
            "</table:table>"
        )

    def table_styles(self, name: str, table: Table, width: float, whole: float) -> str:
        """The widths of a table and the rules of its cells."""
        borders = BORDERS[self.style.get("rules", "grid")]
        shade = self.style.get("shade")
        fill = f'fo:background-color="{shade}"' if shade else ""
        cell = 'fo:padding="0.06cm" style:vertical-align="middle"'
        styles = (
            f'<style:style style:name="{name}" style:family="table"><style:table-properties '
            f'style:width="{width}cm" table:align="margins"/></style:style>'
            f'<style:style style:name="{name}.body" style:family="table-cell">'
            f"<style:table-cell-properties {borders} {cell}/></style:style>"
            f'<style:style style:name="{name}.head" style:family="table-cell">'
            f"<style:table-cell-properties {borders} {cell} {fill}/></style:style>"
        )
        for place, column in enumerate(table.columns):
            styles += (
                f'<style:style style:name="{name}.{place}" style:family="table-column">'
                f'<style:table-column-properties style:column-width="'
                f'{column.width * width / whole:.3f}cm"/></style:style>'
            )
        return styles

    def head(self, table: Table, name: str) -> str:
        """The header's rows, covered cells and all."""
        grid = [[None] * len(table.columns) for _ in range(table.head_depth)]
        for cell in table.head_cells():
            grid[cell.row][cell.column] = cell
        rows = ""
        for level in grid:
            cells = "".join(
                self.cell(name, "head", cell.text, "center", cell.colspan, cell.rowspan)
                if cell
                else "<table:covered-table-cell/>"
                for cell in level
            )
            rows += f"<table:table-row>{cells}</table:table-row>"
        if table.column_numbers:
            cells = self.cells(name, table.column_numbers, table.number_spans, lambda _: "center", {})
            rows += f"<table:table-row>{cells}</table:table-row>"
        return rows

    def row(self, table: Table, row, name: str) -> str:
        """A body row."""
        merged = {start for start, _ in row.spans}

        def align(place: int) -> str:
            return "center" if place in merged else table.columns[place].align

        cells = self.cells(name, row.drawn, row.spans, align, row.indents)
        return f"<table:table-row>{cells}</table:table-row>"

    def cells(self, name, texts, spans, align, indents) -> str:
        """The cells of a row with merged stretches; indents are typed as spaces."""
        lengths = dict(spans)
        covered = {start + i for start, length in spans for i in range(1, length)}
        return "".join(
            "<table:covered-table-cell/>"
            if place in covered
            else self.cell(
                name,
                "body",
                "\u3000" * int(indents.get(place, 0)) + text,
                align(place),
                lengths.get(place, 1),
                1,
            )
            for place, text in enumerate(texts)
        )

    def cell(self, name, kind, text, align, colspan, rowspan) -> str:
        """One cell."""
        return (
            f'<table:table-cell table:style-name="{name}.{kind}" '
            f'table:number-columns-spanned="{colspan}" table:number-rows-spanned="{rowspan}">'
            f'<text:p text:style-name="{align}">{escape(text)}</text:p></table:table-cell>'
        )
