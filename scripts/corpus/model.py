"""A report ready to be typeset: blocks of text, and tables with every cell printed.

Renderers read these types and nothing else; the golden files are written from
the same objects, so what is expected is what was sent to be printed.
"""

from dataclasses import dataclass, field


@dataclass
class Column:
    """A leaf column: its header path as printed, its role and its place."""

    role: str
    head: tuple[str, ...]
    width: float
    group: int
    key: str | None = None
    lowered: bool = False

    @property
    def drawn_head(self) -> tuple[str, ...]:
        """The header path as drawn: its last level may stand in a body row."""
        return self.head[:-1] if self.lowered else self.head

    @property
    def align(self) -> str:
        """How the column's body cells are set."""
        if self.role == "amount":
            return "right"
        centred = ("line_no", "class", "section", "item", "government_class", "government_section")
        return "center" if self.role in centred else "left"


@dataclass
class TypedRow:
    """What a printed row of one group means."""

    group: int
    kind: str
    code: str | None = None
    line_no: int | None = None
    name: str | None = None
    amounts: dict[str, str] = field(default_factory=dict)
    budget_unit: str | None = None
    government_code: str | None = None


@dataclass
class BodyRow:
    """A printed row: its texts, one a column, and its merged stretches.

    `downs` has the rows a cell is merged over, 0 for those a cell above covers.
    """

    texts: list[str]
    spans: list[tuple[int, int]] = field(default_factory=list)
    typed: list[TypedRow] = field(default_factory=list)
    indents: dict[int, int] = field(default_factory=dict)
    overlay: dict[int, str] = field(default_factory=dict)
    downs: dict[int, int] = field(default_factory=dict)
    bold: bool = False

    @property
    def drawn(self) -> list[str]:
        """The texts as drawn: header labels that share the row included."""
        return [self.overlay.get(place, text) for place, text in enumerate(self.texts)]


@dataclass
class HeadCell:
    """A header cell and the rectangle of leaf columns and levels it covers."""

    text: str
    row: int
    column: int
    rowspan: int
    colspan: int


@dataclass
class Table:
    """One standard table as it is to be printed."""

    id: str
    title: str
    name: str
    number: str | None
    unit: str
    columns: list[Column]
    rows: list[BodyRow]
    column_numbers: list[str] | None = None
    number_spans: list[tuple[int, int]] = field(default_factory=list)
    department_line: str = ""
    unit_line: str = ""
    number_line: str = ""
    notes: list[str] = field(default_factory=list)
    layout: dict = field(default_factory=dict)

    def head_cells(self) -> list[HeadCell]:
        """The header's cells, merged where neighbours share a path."""
        paths = [column.drawn_head for column in self.columns]
        cells = []
        for level in range(self.head_depth):
            start = 0
            while start < len(paths):
                path, end = paths[start], start + 1
                inner = len(path) > level + 1
                shares = inner or self.columns[start].lowered
                while shares and end < len(paths) and _joined(paths[end], path, level):
                    end += 1
                if len(path) > level:
                    rows = 1 if inner else self.head_depth - level
                    cells.append(HeadCell(path[level], level, start, rows, end - start))
                start = end
        return cells

    @property
    def head_depth(self) -> int:
        """The number of header levels."""
        return max(len(column.drawn_head) for column in self.columns)


def _joined(one: tuple[str, ...], other: tuple[str, ...], level: int) -> bool:
    """Whether two header paths share their cell at a level."""
    same_depth = len(one) == len(other)
    return one[: level + 1] == other[: level + 1] and (
        same_depth or min(len(one), len(other)) > level + 1
    )


@dataclass
class Block:
    """A piece of a report that is not a table."""

    kind: str
    text: str = ""


@dataclass
class Report:
    """A whole report: its blocks and tables in order, and its style."""

    stem: str
    document: dict
    blocks: list[Block | Table]
    style: dict

    @property
    def tables(self) -> list[Table]:
        """The report's tables in order."""
        return [block for block in self.blocks if isinstance(block, Table)]
