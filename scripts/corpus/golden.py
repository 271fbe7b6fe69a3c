"""The golden file of a report: what reading its PDF must give, from the ledger alone."""

import json

from .ledger import Ledger
from .locate import Place, tight
from .model import Report, Table, TypedRow

DOCUMENT_FACTS = ("report_kind", "report_level", "fiscal_year", "department", "unit")


def text(report: Report, ledger: Ledger, places: list[Place], planted_on: list[int]) -> str:
    """The golden file's text."""
    tables = [_table(table, at.pages) for table, at in zip(report.tables, places)]
    facts = {key: ledger.document.get(key) for key in DOCUMENT_FACTS}
    # A unit's report prints the unit alone; whose unit it is stands nowhere.
    if facts["unit"] == facts["department"]:
        facts["department"] = None
    document = _object(facts)
    planted = [_object(_planted(*each)) for each in zip(ledger.planted, planted_on)]
    return (
        f'{{\n"document": {document},\n"tables": [\n'
        + ",\n".join(tables)
        + '\n],\n"planted": ['
        + ",".join(f"\n{entry}" for entry in planted)
        + "]\n}\n"
    )


def _object(value) -> str:
    return json.dumps(value, ensure_ascii=False)


def _table(table: Table, pages: list[int]) -> str:
    """One table, its rows one a line so that changes read well."""
    head = {
        "id": table.id,
        "title": table.name,
        "number": table.number,
        "unit": table.unit,
        "pages": pages,
        "header": ["/".join(tight(part) for part in column.head) for column in table.columns],
    }
    grid = ",\n".join(_object([tight(cell) for cell in row.texts]) for row in table.rows)
    rows = ",\n".join(_object(_typed(typed)) for row in table.rows for typed in row.typed)
    fields = ",\n".join(f"{_object(key)}: {_object(value)}" for key, value in head.items())
    return f'{{\n{fields},\n"grid": [\n{grid}\n],\n"rows": [\n{rows}\n]\n}}'


def _planted(mistake: dict, page: int) -> dict:
    """A planted mistake; a row whose code is wrong goes by the code it prints."""
    entry = {"kind": mistake["kind"], "page": page} | {k: v for k, v in mistake.items() if k != "kind"}
    if entry.get("column") == "code":
        entry["row"] = mistake["printed"]
    if "text" in entry:
        entry["text"] = mistake["text"].format(mistake["printed"])
    return entry


def _typed(row: TypedRow) -> dict:
    known = {
        "group": row.group,
        "kind": row.kind,
        "code": row.code,
        "line_no": row.line_no,
        "name": row.name,
        "amounts": row.amounts,
    }
    extra = {"budget_unit": row.budget_unit, "government_code": row.government_code}
    return known | {key: value for key, value in extra.items() if value}
