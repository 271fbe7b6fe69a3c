"""The table of contents: its entries, its dotted leaders and its page numbers."""

from .model import Block, Report, Table

LINE_EMS = 36


def entries(report: Report) -> list[tuple[int, str]]:
    """Level and text of everything the table of contents lists."""
    listed = []
    for block in report.blocks:
        if isinstance(block, Table):
            listed.append((1, block.name))
        elif block.kind in ("part", "section"):
            listed.append((0 if block.kind == "part" else 1, block.text))
    return listed


def leader(text: str, page: str, level: int, ems: int = LINE_EMS) -> str:
    """The dots between an entry and its page number."""
    used = width(text) + width(page) + 2 * level
    return "." * max(6, int((ems - used) / 0.5))


def width(text: str) -> float:
    """The width of a text in ems: a CJK glyph is one, a Latin one half."""
    return sum(1 if ord(char) > 0x2E7F or char in "“”…" else 0.5 for char in text)


def is_contents(block) -> bool:
    """Whether a block is the place of the table of contents."""
    return isinstance(block, Block) and block.kind == "toc"
