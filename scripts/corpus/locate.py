"""Where the printed pieces of a report stand in the PDF a producer made."""

import bisect
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pymupdf

from . import contents
from .model import BodyRow, Report, Table

# Radicals that Noto's fonts give back for characters drawn with the same glyph.
RADICALS = str.maketrans("戶⺠⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻥⻦⻬", "户民西见角贝车长门青页风飞食马鱼鸟齐")


def tight(text: str) -> str:
    """Text without white space."""
    return "".join(text.split())


def folded(text: str) -> str:
    """Text in the form in which it is looked for: compatibility characters resolved."""
    return tight(unicodedata.normalize("NFKC", text).translate(RADICALS))


class Stream:
    """The characters of a PDF in content order, without white space."""

    def __init__(self, path: Path):
        self.starts = []
        parts = []
        length = 0
        with pymupdf.open(path) as pdf:
            for page in pdf:
                spans = page.get_texttrace()
                text = folded("".join(chr(char[0]) for span in spans for char in span["chars"]))
                self.starts.append(length)
                parts.append(text)
                length += len(text)
        self.text = "".join(parts)

    def page(self, at: int) -> int:
        """The page number, from 1, of a character."""
        return bisect.bisect_right(self.starts, at)

    def find(self, text: str, start: int) -> int:
        """Where a text next stands."""
        at = self.text.find(folded(text), start)
        if at < 0:
            raise LookupError(f"{text!r} is not on the pages from {self.page(start)}")
        return at

    def after_contents(self, report: Report) -> int:
        """The first character after the table of contents."""
        cursor = 0
        if any(contents.is_contents(block) for block in report.blocks):
            for _, text in contents.entries(report):
                cursor = self.find(text + "......", cursor) + len(folded(text))
        return cursor


def heading_pages(report: Report, chars: Stream) -> list[int]:
    """The page on which each entry of the contents has its own heading."""
    cursor = chars.after_contents(report)
    pages = []
    for _, text in contents.entries(report):
        at = chars.find(text, cursor)
        pages.append(chars.page(at))
        cursor = at + 1
    return pages


@dataclass
class Place:
    """Where a table stands: the pages of its grid, and the page of each of its rows."""

    pages: list[int]
    rows: list[int]


def table_pages(report: Report, chars: Stream) -> list[Place]:
    """Where each table's grid stands: its title may be on a page before."""
    cursor = chars.after_contents(report)
    found = []
    for table in report.tables:
        cursor = chars.find(table.title, cursor) + len(folded(table.title))
        labels = [cell.text for cell in table.head_cells()]
        first = chars.page(chars.find(labels[0], cursor))
        cursor = max(chars.find(label, cursor) + len(folded(label)) for label in labels)
        rows = []
        for row in table.rows:
            for printed in filter(None, map(folded, _pieces(row))):
                cursor = chars.find(printed, cursor) + len(printed)
            rows.append(chars.page(cursor - 1))
        found.append(Place(list(range(first, chars.page(cursor - 1) + 1)), rows))
    return found


def _pieces(row: BodyRow) -> list[str]:
    """What of a row stands in one piece in the PDF: all of it, unless a producer cut a text off."""
    cut = any(row.texts[place] and full.startswith(row.texts[place]) for place, full in row.overlay.items())
    return row.texts if cut else ["".join(row.drawn)]


def planted_pages(report: Report, planted: list[dict], places: list[Place], chars: Stream) -> list[int]:
    """The page on which each planted mistake is printed."""
    after = chars.after_contents(report)
    pages = []
    for mistake in planted:
        if "table" not in mistake:
            sentence = mistake["text"].format(mistake["printed"])
            pages.append(chars.page(chars.find(sentence, after)))
            continue
        number = next(i for i, table in enumerate(report.tables) if table.id == mistake["table"])
        # A row whose code or name is itself the mistake goes by what is printed.
        names = {mistake.get("row"), mistake["printed"]} if mistake["column"] in ("code", "name") else {mistake.get("row")}
        row = next(
            place
            for place, row in enumerate(report.tables[number].rows)
            if any({typed.code, typed.name} & names for typed in row.typed)
        )
        pages.append(places[number].rows[row])
    return pages
