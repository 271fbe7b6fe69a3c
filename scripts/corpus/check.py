"""Checks the arithmetic of printed tables: every identity must hold to the last digit.

The checks read what is printed, not the ledger, so that a fault in `figures` or
`build` shows. A ledger's planted mistakes are left out of the report that is checked.
"""

from decimal import Decimal

from .model import Report, TypedRow
from .money import ZERO

SUMMED = {
    "final_income",
    "final_expenditure",
    "final_general_budget_expenditure",
    "budget_income",
    "budget_expenditure",
    "budget_general_budget_expenditure",
    "budget_gov_fund_expenditure",
    "budget_state_capital_expenditure",
    "budget_general_budget_basic_expenditure",
}
# Columns that are parts of another column of the same table.
SUBCOLUMNS = {
    "basic": ("personnel", "public"),
    "fiscal_appropriation": ("general_public_budget", "gov_fund", "state_capital"),
}
SUMMARIES = {
    "final_income_expenditure_summary",
    "final_fiscal_appropriation_summary",
    "budget_income_expenditure_summary",
    "budget_fiscal_appropriation_summary",
}


class Mismatch(Exception):
    """An identity that does not hold."""


def check(report: Report) -> int:
    """Checks a report and gives the number of identities tried."""
    rows = {t.id: [(r, _amounts(r)) for row in t.rows for r in row.typed] for t in report.tables}
    tried = 0
    for name, typed in rows.items():
        for problem, ok in _within(name, typed):
            tried += 1
            if not ok:
                raise Mismatch(f"{report.stem}: {name}: {problem}")
    for problem, ok in _across(rows):
        tried += 1
        if not ok:
            raise Mismatch(f"{report.stem}: {problem}")
    return tried


def _amounts(row: TypedRow) -> dict[str, Decimal]:
    return {key: Decimal(text) for key, text in row.amounts.items() if _is_number(text)}


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "").isdigit()


def _within(name: str, rows):
    """The identities inside one table."""
    codes = [(row.code, amounts) for row, amounts in rows if row.code]
    for unit in {row.budget_unit for row, _ in rows}:
        yield from _hierarchy([(r.code, a) for r, a in rows if r.code and r.budget_unit == unit])
    totals = [amounts for row, amounts in rows if row.kind == "total"]
    if codes and totals and name not in SUMMARIES:
        tops = [amounts for code, amounts in codes if len(code) == 3]
        keys = {key for amounts in tops for key in amounts}
        for key in keys:
            yield f"合计 {key}", totals[0].get(key, ZERO) == _sum(tops, key)
    if name in SUMMED:
        for row, amounts in rows:
            parts = {key: value for key, value in amounts.items() if key != "total"}
            for whole, within in SUBCOLUMNS.items():
                inner = [parts.pop(key) for key in within if whole in parts and key in parts]
                if inner:
                    yield f"{row.code or row.name} {whole}", parts[whole] == sum(inner, ZERO)
            if parts:
                yield f"{row.code or row.name} total", amounts["total"] == sum(parts.values(), ZERO)
    if name in ("final_gov_fund", "final_state_capital"):
        # Some forms print the expenditure alone.
        flows = any({"opening_balance", "current_income", "closing_balance"} & a.keys() for _, a in rows)
        for row, amounts in rows:
            get = lambda key, amounts=amounts: amounts.get(key, ZERO)
            closing = get("opening_balance") + get("current_income") - get("expenditure_total")
            if flows:
                yield f"{row.name} closing", get("closing_balance") == closing
            parts = get("expenditure_basic") + get("expenditure_project")
            yield f"{row.name} expenditure", get("expenditure_total") == parts
    if name == "final_general_budget_basic_expenditure":
        yield from _basic(rows)
    if name in SUMMARIES and len(totals) > 1:
        left = next(iter(totals[0].values()))
        yield "left and right 总计", left == next(iter(totals[1].values()))
        for row, amounts in rows:
            funds = [amounts.get(k, ZERO) for k in ("general_public_budget", "gov_fund", "state_capital")]
            if any(funds):
                yield f"{row.name} by fund", amounts["total"] == sum(funds, ZERO)
    for _, amounts in rows:
        for side in ("budget_", "final_", ""):
            if f"{side}vehicle_subtotal" in amounts:
                get = lambda key, a=amounts, s=side: a.get(s + key, ZERO)
                parts = get("vehicle_purchase") + get("vehicle_operation")
                yield f"{side} vehicles", get("vehicle_subtotal") == parts
                parts = get("overseas") + get("vehicle_subtotal") + get("reception")
                yield f"{side} three public", get("total") == parts


def _hierarchy(codes):
    """类 = Σ款 and 款 = Σ项, in every column."""
    for code, amounts in codes:
        longer = {5: 7, 3: 5}.get(len(code))
        children = [a for c, a in codes if len(c) == longer and c.startswith(code)]
        if children:
            for key in {k for a in [amounts, *children] for k in a}:
                yield f"{code} {key}", amounts.get(key, ZERO) == _sum(children, key)


def _basic(rows):
    """人员经费合计 = 301 + 303; 公用经费合计 = the other classes."""
    tops = {row.code: a for row, a in rows if row.code and len(row.code) == 3}
    subtotals = {row.name: a for row, a in rows if row.kind == "subtotal"}
    personnel = [a for code, a in tops.items() if code in ("301", "303")]
    public = [a for code, a in tops.items() if code not in ("301", "303")]
    for label, parts in (("人员经费合计", personnel), ("公用经费合计", public)):
        if label in subtotals:
            yield label, subtotals[label].get("amount", ZERO) == _sum(parts, "amount")


def _across(rows):
    """The identities between tables."""
    def total(name, key, kind="total"):
        for row, amounts in rows.get(name, ()):
            if row.kind == kind and key in amounts:
                return amounts[key]
        return None

    pairs = [
        (("final_income_expenditure_summary", "income_amount", "subtotal"), ("final_income", "total")),
        (("final_income_expenditure_summary", "expenditure_amount", "subtotal"), ("final_expenditure", "total")),
        (("final_fiscal_appropriation_summary", "general_public_budget", "subtotal"), ("final_general_budget_expenditure", "total")),
        (("final_fiscal_appropriation_summary", "gov_fund", "subtotal"), ("final_gov_fund", "expenditure_total")),
        (("budget_income_expenditure_summary", "income_amount"), ("budget_income", "total")),
        (("budget_income_expenditure_summary", "expenditure_amount"), ("budget_expenditure", "total")),
        (("budget_fiscal_appropriation_summary", "general_public_budget"), ("budget_general_budget_expenditure", "total")),
        (("budget_general_budget_expenditure", "basic"), ("budget_general_budget_basic_expenditure", "total")),
    ]
    for left, right in pairs:
        a, b = total(*left), total(*right)
        if a is not None and b is not None:
            yield f"{left} = {right}", a == b
    basic = total("final_general_budget_expenditure", "basic")
    parts = [a for row, a in rows.get("final_general_budget_basic_expenditure", ()) if row.kind == "subtotal"]
    if basic is not None and parts:
        yield "basic expenditure", basic == _sum(parts, "amount")


def _sum(amounts, key: str) -> Decimal:
    return sum((a.get(key, ZERO) for a in amounts), ZERO)
