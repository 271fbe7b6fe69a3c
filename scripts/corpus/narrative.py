"""The figures that a report's sentences repeat, by name."""

from decimal import ROUND_HALF_UP, Decimal

from . import figures, subjects
from .ledger import Ledger
from .money import ZERO


class Words(dict):
    """Named words for a text template; a missing name is an error."""

    def __missing__(self, key):
        raise KeyError(f"the text asks for {key}, which no figure has")


def words(ledger: Ledger) -> Words:
    """All words a text template may use."""
    general = figures.in_scope(ledger.items, "general")
    fund = figures.in_scope(ledger.items, "fund")
    sums = {
        "grand_total": figures.line(ledger, "all", "grand_income", "total"),
        "income": figures.line(ledger, "all", "income", "total"),
        "fiscal_income": figures.line(ledger, "fiscal", "income", "total"),
        "fiscal_total": figures.line(ledger, "fiscal", "grand_income", "total"),
        "expenditure": figures.line(ledger, "all", "expenditure", "total"),
        "basic": _spent(ledger.items, "basic"),
        "project": _spent(ledger.items, "project"),
        "general": _spent(general, "total"),
        "general_basic": _spent(general, "basic"),
        "general_project": _spent(general, "project"),
        "fund_income": sum((figures.income(item, "total") for item in fund), ZERO),
        "fund_expenditure": _spent(fund, "total"),
        "economic_basic": figures.economic_part(ledger, "basic"),
        "personnel": figures.economic_part(ledger, "personnel"),
        "public": figures.economic_part(ledger, "public"),
    }
    known = Words({name: _printed(value) for name, value in sums.items()})
    known |= {
        "basic_share": _share(sums["basic"], sums["expenditure"]),
        "project_share": _share(sums["project"], sums["expenditure"]),
        "general_share": _share(sums["general"], sums["expenditure"]),
    }
    for code in sorted({item.code[:3] for item in general}):
        part = _spent([item for item in general if item.code.startswith(code)], "total")
        known[f"class_{code}"] = _printed(part)
        known[f"class_{code}_share"] = _share(part, sums["general"])
    known["classes"] = "；".join(
        f"{subjects.name('functional', code, ledger.year)}（类）{known[f'class_{code}']} 万元，"
        f"占 {known[f'class_{code}_share']}%"
        for code in sorted({item.code[:3] for item in general})
    ) + "。"
    known |= {f"three_public_{k}": _printed(v) for k, v in ledger.three_public.items()}
    known |= ledger.document
    known |= {"year": ledger.year, "last_year": ledger.year - 1, "facts": Words(ledger.facts)}
    return known


def _spent(items, key: str) -> Decimal:
    return sum((figures.expenditure(item, key) for item in items), ZERO)


def _printed(amount: Decimal) -> str:
    """An amount as sentences give it: 万元, two decimals, no separators."""
    return f"{amount.quantize(Decimal('0.01'), ROUND_HALF_UP):f}"


def _share(part: Decimal, whole: Decimal) -> str:
    if whole == ZERO:
        return "0"
    return f"{(part * 100 / whole).quantize(Decimal('0.01')):f}"
