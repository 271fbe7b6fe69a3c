"""Tables from a form description and a ledger."""

from decimal import Decimal

from . import figures, subjects
from .ledger import Ledger
from .model import BodyRow, Column, Table, TypedRow
from .money import ZERO, Notation, plain

ROLES = {
    "name",
    "code",
    "class",
    "section",
    "item",
    "line_no",
    "fused",
    "unit",
    "government_code",
    "government_class",
    "government_section",
    "government_name",
    "blank",
}
CODE_PARTS = {"class": (0, 3, 1), "section": (3, 5, 2), "item": (5, 7, 3)}


def table(form: dict, spec: dict, ledger: Ledger) -> Table:
    """Builds one table of a form; a ledger may have its own numbers and layout for it."""
    own = {**ledger.tables.get("all", {}), **ledger.tables.get(spec["id"], {})}
    spec = {**spec, **own, "layout": {**spec.get("layout", {}), **own.get("layout", {})}}
    words = {
        **ledger.document,
        "year": ledger.year,
        "last_year": ledger.year - 1,
        "number": spec.get("number", ""),
    }
    numbers = {**form.get("numbers", {}), **spec.get("numbers", {})}
    notation = Notation(**numbers)
    groups = [_columns(group, i + 1, words) for i, group in enumerate(spec["group"])]
    columns = [column for group in groups for column in group]
    printer = _Printer(ledger, spec, notation)
    stacks = [
        printer.rows(group, members, i + 1)
        for i, (group, members) in enumerate(zip(spec["group"], groups))
    ]
    rows = _side_by_side(stacks, [len(members) for members in groups])
    rows += [printer.footer(footer, columns) for footer in spec.get("footer", [])]
    made = Table(
        id=spec["id"],
        title=spec["title"].format(**words),
        name=spec.get("name", spec["title"]).format(**words),
        number=spec.get("number"),
        unit=spec.get("unit", form.get("unit", "万元")),
        columns=columns,
        rows=rows,
        department_line=spec.get("department_line", form.get("department_line", "")).format(**words),
        unit_line=spec.get("unit_line", form.get("unit_line", "")).format(**words),
        number_line=spec.get("number_line", "").format(**words),
        notes=[note.format(**words) for note in _notes(spec, ledger)],
        layout=spec.get("layout", {}),
    )
    _number_columns(made, spec)
    if spec.get("head_in_total"):
        _share_head_row(made)
    _plant(made, ledger)
    return made


def _notes(spec: dict, ledger: Ledger) -> list[str]:
    """The notes of a table, and what is said where it is empty."""
    scope = spec["group"][0].get("scope", "all")
    empty = not figures.in_scope(ledger.items, scope)
    return spec.get("notes", []) + (spec.get("empty_notes", []) if empty else [])


def _columns(group: dict, index: int, words: dict) -> list[Column]:
    """A group's columns, each written `role-or-key width header/path`."""
    columns = []
    for entry in group["columns"]:
        what, width, head = entry.split(" ", 2)
        role = what if what in ROLES else "amount"
        columns.append(
            Column(
                role=role,
                head=tuple(part.format(**words) for part in head.split("/")),
                width=float(width),
                group=index,
                key=what if role == "amount" else None,
            )
        )
    return columns


class _Printer:
    """Prints the rows of one table."""

    def __init__(self, ledger: Ledger, spec: dict, notation: Notation):
        self.ledger = ledger
        self.spec = spec
        self.notation = notation

    def rows(self, group: dict, columns: list[Column], index: int) -> list[BodyRow]:
        """The rows of a group, in its own columns."""
        source = group["rows"]
        if source == "items":
            return self._items(group, columns, index)
        if source == "economic":
            return self._economic(group, columns, index)
        if source == "single":
            return self._single(columns, index)
        return self._lines(group, columns, index)

    def _items(self, group: dict, columns: list[Column], index: int) -> list[BodyRow]:
        """Code rows for the items in scope, with their total first or last."""
        items = figures.in_scope(self.ledger.items, group.get("scope", "all"))
        measure = figures.MEASURES[group.get("measure", "expenditure")]

        def amounts(prefix: str, unit: str = "") -> dict[str, Decimal]:
            mine = [i for i in items if i.code.startswith(prefix) and unit in ("", i.unit)]
            return {
                column.key: sum((measure(item, column.key) for item in mine), ZERO)
                for column in columns
                if column.role == "amount"
            }

        rows = []
        for unit in self._units(group):
            mine = [item for item in items if unit in ("", item.unit)]
            for code in subjects.with_parents(item.code for item in mine):
                name = self._name("functional", code)
                sums = amounts(code, unit)
                rows.append(self._code_row(columns, index, code, name, sums, unit))
            if self.spec.get("unit_merged"):
                _merge_down(rows[-len(subjects.with_parents(i.code for i in mine)) :], columns)
        if not items and "empty" in self.spec:
            row = BodyRow([self.spec["empty"]] + [""] * (len(columns) - 1))
            row.typed = [TypedRow(index, "line", name=self.spec["empty"])]
            rows.append(row)
        rows += [BodyRow([""] * len(columns)) for _ in range(group.get("spare", 0))]
        if group.get("total"):
            total = self._total_row(group, columns, index, amounts(""))
            at = 0 if group.get("total_first", True) else len(rows)
            rows.insert(at, total)
        return rows

    def _economic(self, group: dict, columns: list[Column], index: int) -> list[BodyRow]:
        """Rows of the economic classification: the preprinted or the used codes."""
        ledger = self.ledger
        codes = group.get("codes")
        if codes is None:
            codes = sorted({c[:n] for c in ledger.economic for n in (3, 5)})

        def amounts(code: str, of_total: bool = False) -> dict[str, Decimal]:
            personnel = code[:3] in figures.PERSONNEL_CLASSES
            whole = figures.economic(ledger, code)
            parts = {
                "amount": whole,
                "total": whole,
                "personnel": whole if personnel else ZERO,
                "public": ZERO if personnel else whole,
            }
            if of_total:
                parts["personnel"] = figures.economic_part(ledger, "personnel")
                parts["public"] = figures.economic_part(ledger, "public")
            return {c.key: parts[c.key] for c in columns if c.role == "amount"}

        rows = [
            self._code_row(columns, index, code, self._name("economic", code), amounts(code))
            if code
            else BodyRow([""] * len(columns))
            for code in codes
        ]
        if group.get("total"):
            total = self._total_row(group, columns, index, amounts("", of_total=True))
            rows.insert(0 if group.get("total_first", True) else len(rows), total)
        return rows

    def _single(self, columns: list[Column], index: int) -> list[BodyRow]:
        """The one row of a table without a row axis."""
        amounts = {
            column.key: self.ledger.three_public.get(column.key, ZERO) for column in columns
        }
        printed = self._print(amounts)
        texts = [printed[column.key] for column in columns]
        return [BodyRow(texts, typed=self._typed(TypedRow(index, "single"), printed))]

    def _lines(self, group: dict, columns: list[Column], index: int) -> list[BodyRow]:
        """The preprinted lines of a summary table."""
        rows = []
        number = group.get("first_line")
        for label, source, *kind in _expand(group["lines"], self.ledger):
            amounts = {
                c.key: figures.line(self.ledger, group.get("scope", "all"), source, c.key)
                if source
                else ZERO
                for c in columns
                if c.role == "amount"
            }
            printed = self._print(amounts) if source else dict.fromkeys(amounts, "")
            texts = []
            for column in columns:
                if column.role == "line_no":
                    texts.append(str(number))
                elif column.role == "name":
                    texts.append(label)
                else:
                    texts.append(printed[column.key])
            row = BodyRow(texts, bold=bool(kind))
            typed = TypedRow(
                index,
                kind[0] if kind else "line",
                line_no=number,
                name=_tight(label) or None,
            )
            row.typed = self._typed(typed, printed)
            rows.append(row)
            if number is not None:
                number += 1
        return rows

    def footer(self, footer: dict, columns: list[Column]) -> BodyRow:
        """A closing row whose parts each cover some columns: label, then amount."""
        row = BodyRow([""] * len(columns))
        at = 0
        for part in footer["parts"]:
            width = part["columns"] - 1
            row.texts[at] = part["label"]
            if width > 1:
                row.spans.append((at, width))
            amount = columns[at + width]
            value = figures.economic_part(self.ledger, part["value"])
            text = self.notation.print(value) or part.get("zero", "")
            row.texts[at + width] = text
            typed = TypedRow(columns[at].group, "subtotal", name=_tight(part["label"]))
            row.typed += self._typed(typed, {amount.key: text})
            at += part["columns"]
        return row

    def _units(self, group: dict) -> list[str]:
        """The units whose rows stand apart, or one nameless whole."""
        if not group.get("by_unit"):
            return [""]
        return list(dict.fromkeys(item.unit for item in self.ledger.items))

    def _name(self, system: str, code: str) -> str:
        return self.ledger.names.get(code) or subjects.name(system, code, self.ledger.year)

    def _code_row(
        self,
        columns: list[Column],
        index: int,
        code: str,
        name: str,
        amounts: dict,
        unit: str = "",
    ) -> BodyRow:
        """A row of a subject code, printed in the way of the form's columns."""
        printed = self._print(amounts)
        depth = subjects.level(code)
        last_only = self.spec.get("last_part_only")
        row = BodyRow([])
        for place, column in enumerate(columns):
            if column.role == "code":
                row.texts.append(code)
                row.indents[place] = (depth - 1) * self.spec.get("indent_codes", 0)
            elif column.role in CODE_PARTS:
                start, end, least = CODE_PARTS[column.role]
                printed_part = depth >= least and (depth == least or not last_only)
                part = code[start:end].lstrip("0" if self.spec.get("strip_zeros") else "")
                row.texts.append(part if printed_part else "")
            elif column.role == "name":
                row.texts.append(name)
                row.indents[place] = (depth - 1) * self.spec.get("indent_names", 0)
            elif column.role == "unit":
                row.texts.append(unit)
            elif column.role.startswith("government_"):
                row.texts.append(_government(column.role, code, self.ledger.year))
            elif column.role == "blank":
                row.texts.append("")
            elif column.role == "fused":
                row.texts.append(f"[{code}]{name}")
                row.indents[place] = (depth - 1) * self.spec.get("indent_names", 0)
            else:
                row.texts.append(printed[column.key])
        coded = any(c.role in ("code", "class", "fused") for c in columns)
        typed = TypedRow(index, "code", code=code, name=_tight(name), budget_unit=unit or None)
        if not coded:
            typed.kind, typed.code = "line", None
        if len(code) > 3 and any(c.role.startswith("government_") for c in columns):
            typed.government_code = subjects.government(code)
        row.typed = self._typed(typed, printed)
        return row

    def _total_row(
        self, group: dict, columns: list[Column], index: int, amounts: dict
    ) -> BodyRow:
        """The 合计 row: its label covers the code and name columns or stands in one."""
        printed = self._print(amounts)
        label = group["total"]
        first = next(i for i, column in enumerate(columns) if column.role == "amount")
        heads = list(range(first))
        row = BodyRow([printed.get(column.key, "") for column in columns])
        if group.get("total_merged", True):
            row.texts[heads[0]] = label
            if len(heads) > 1:
                row.spans.append((heads[0], len(heads)))
        else:
            names = [i for i in heads if columns[i].role in ("name", "fused")]
            row.texts[names[0]] = label
        row.typed = self._typed(TypedRow(index, "total", name=_tight(label)), printed)
        row.bold = True
        return row

    def _print(self, amounts: dict[str, Decimal]) -> dict[str, str]:
        return {key: self.notation.print(value) for key, value in amounts.items()}

    def _typed(self, row: TypedRow, printed: dict[str, str]) -> list[TypedRow]:
        """The typed row, or none when nothing at all is printed in it."""
        row.amounts = {key: plain(text) for key, text in printed.items() if text}
        blank = not row.amounts and row.code is None and row.line_no is None and not row.name
        return [] if blank else [row]


def _merge_down(rows: list[BodyRow], columns: list[Column]) -> None:
    """Merges the cells of the unit's column; the text stands in the first."""
    place = next(i for i, column in enumerate(columns) if column.role == "unit")
    for row in rows:
        row.downs[place] = 0
        if row is not rows[0]:
            row.texts[place] = ""
    rows[0].downs[place] = len(rows)


def _government(role: str, code: str, year: int) -> str:
    """The government economic code or name beside a department economic code."""
    if len(code) == 3:
        return ""
    government = subjects.government(code)
    parts = {"code": government, "class": government[:3], "section": government[3:]}
    part = role.removeprefix("government_")
    if part in parts:
        return parts[part]
    return subjects.name("government", government, year)


def _expand(lines: list, ledger: Ledger) -> list[list[str]]:
    """Writes out the stretches of lines that a form names: `@functions`,
    `@functions-used`, `@blank N`, and `@fill N`, which makes N lines of those before."""
    whole = []
    for entry in lines:
        if not isinstance(entry, str):
            whole.append(entry)
            continue
        what, _, count = entry.partition(" ")
        if what == "@blank":
            whole += [["", ""]] * int(count)
            continue
        if what == "@fill":
            whole += [["", ""]] * (int(count) - len(whole))
            continue
        classes = subjects.summary_classes(ledger.year)
        if what == "@functions-used":
            classes = [c for c in classes if any(i.code.startswith(c) for i in ledger.items)]
        for number, code in enumerate(classes, 1):
            name = subjects.name("functional", code, ledger.year)
            whole.append([f"{ordinal(number)}、{name}", f"function.{code}"])
    return whole


def ordinal(number: int) -> str:
    """A Chinese ordinal below a hundred."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    if tens == 0:
        return digits[ones]
    return (digits[tens] if tens > 1 else "") + "十" + (digits[ones] if ones else "")


def _side_by_side(stacks: list[list[BodyRow]], widths: list[int]) -> list[BodyRow]:
    """Joins the groups' rows, padding the shorter ones with blanks."""
    rows = []
    for number in range(max(len(stack) for stack in stacks)):
        joined = BodyRow([])
        for stack, width in zip(stacks, widths):
            part = stack[number] if number < len(stack) else BodyRow([""] * width)
            offset = len(joined.texts)
            joined.texts += part.texts
            joined.spans += [(start + offset, length) for start, length in part.spans]
            joined.downs |= {place + offset: n for place, n in part.downs.items()}
            joined.indents |= {place + offset: n for place, n in part.indents.items()}
            joined.typed += part.typed
            joined.bold |= part.bold
        rows.append(joined)
    return rows


def _number_columns(made: Table, spec: dict) -> None:
    """Adds the 栏次 row: a label over the leading columns, then 1, 2, 3 …"""
    style = spec.get("column_numbers")
    if not style:
        return
    texts = []
    number = 0
    for place, column in enumerate(made.columns):
        if column.role == "amount":
            number += 1
            texts.append(str(number))
        elif place and made.columns[place - 1].group == column.group:
            texts.append("")
        else:
            texts.append(style["label"])
    made.column_numbers = texts
    if style.get("merged") and style["label"]:
        for place, text in enumerate(texts):
            if text == style["label"]:
                length = 1
                while texts[place + length] == "":
                    length += 1
                made.number_spans.append((place, length))


def _share_head_row(made: Table) -> None:
    """Prints the last header level (类, 款, 项) in the code cells of the first row."""
    row = made.rows[0]
    row.spans = []
    for place, column in enumerate(made.columns):
        if column.role in CODE_PARTS:
            row.overlay[place] = column.head[-1]
            column.lowered = True


def _plant(made: Table, ledger: Ledger) -> None:
    """Prints the wrong text where the ledger plants a mistake: in an amount, a name or a code."""
    for mistake in ledger.planted:
        if mistake.get("table") != made.id:
            continue
        what = mistake["column"]
        column = next(i for i, c in enumerate(made.columns) if what in (c.key, c.role) or _holds(c, what))
        group = made.columns[column].group
        row, typed = next(
            (row, typed)
            for row in made.rows
            for typed in row.typed
            if typed.group == group and mistake.get("row") in (typed.code, typed.name)
        )
        if what == "code":
            _reprint_code(made, row, mistake)
            typed.code = mistake["printed"]
        else:
            _expect(mistake, plain(row.texts[column]))
            row.texts[column] = mistake["printed"]
            if what == "name":
                typed.name = _tight(mistake["printed"])
            else:
                typed.amounts[what] = plain(mistake["printed"])
                typed.amounts = {key: text for key, text in typed.amounts.items() if text}


def _holds(column: Column, what: str) -> bool:
    return what == "code" and column.role in CODE_PARTS


def _reprint_code(made: Table, row: BodyRow, mistake: dict) -> None:
    """Prints another code in a row, whole or in its parts."""
    right, wrong = mistake["correct"], mistake["printed"]
    _expect(mistake, mistake["row"])
    for place, column in enumerate(made.columns):
        if column.role in CODE_PARTS:
            start, end, _ = CODE_PARTS[column.role]
            if row.texts[place]:
                row.texts[place] = wrong[start:end]
        elif column.role in ("code", "fused"):
            row.texts[place] = row.texts[place].replace(right, wrong)


def _expect(mistake: dict, text: str) -> None:
    """A planted mistake must name what would stand there without it."""
    if mistake["correct"] != text:
        raise ValueError(f"planted where {text!r} stands: {mistake}")


def _tight(text: str) -> str:
    return "".join(text.split())
