"""Everything a report prints, added up from the items of its ledger."""

from dataclasses import replace
from decimal import Decimal

from . import subjects
from .ledger import SPENDING, Item, Ledger
from .money import ZERO

BUDGETS = {"general_public_budget": "general", "gov_fund": "fund", "state_capital": "capital"}
FISCAL = tuple(BUDGETS.values())
SCOPES = {
    "all": None,
    "fiscal": FISCAL,
    "general": ("general",),
    "fund": ("fund",),
    "capital": ("capital",),
}
PERSONNEL_CLASSES = ("301", "303")


def in_scope(items: list[Item], scope: str) -> list[Item]:
    """The items whose budget belongs to a scope."""
    budgets = SCOPES[scope]
    return [item for item in items if budgets is None or item.budget in budgets]


def income(item: Item, key: str) -> Decimal:
    """One column of an income table."""
    if key == "total":
        return sum(item.income.values(), ZERO)
    if key == "fiscal_appropriation":
        return sum((item.income.get(source, ZERO) for source in BUDGETS), ZERO)
    return item.income.get(key, ZERO)


def expenditure(item: Item, key: str) -> Decimal:
    """One column of an expenditure table."""
    if key == "total":
        return item.spent
    if key == "basic":
        return item.spending["personnel"] + item.spending["public"]
    return item.spending[key]


def balance(item: Item, key: str) -> Decimal:
    """One column of a table with carried-over balances."""
    if key == "opening_balance":
        return item.opening
    if key == "closing_balance":
        return item.closing
    if key == "current_income":
        return income(item, "total")
    return expenditure(item, key.removeprefix("expenditure_"))


MEASURES = {"income": income, "expenditure": expenditure, "balance": balance}


def line(ledger: Ledger, scope: str, source: str, key: str) -> Decimal:
    """The amount of a line of a summary table.

    `source` names what the line shows: `income`, `income.<source>`,
    `expenditure`, `function.<class>`, `basic`, `project`, `opening`, `closing`,
    `opening.<budget>`, `closing.<budget>`, `grand_income`, `grand_expenditure`, `nothing`,
    `economic.<class>` (of basic expenditure) or `government.<class>` (of all). A column keyed by
    a budget, or by a kind of spending, shows that part only.
    """
    items = in_scope(ledger.items, scope)
    if key in BUDGETS:
        items = [item for item in items if item.budget == BUDGETS[key]]
    if key in SPENDING:
        items = [replace(item, spending=_only(item, key)) for item in items]
    what, _, part = source.partition(".")
    match what:
        case "nothing":
            amounts = []
        case "function":
            amounts = [item.spent for item in items if item.code.startswith(part)]
        case "income":
            amounts = [income(item, part or "total") for item in items]
        case "expenditure":
            amounts = [item.spent for item in items]
        case "basic" | "project":
            amounts = [expenditure(item, what) for item in items]
        case "economic":
            amounts = [economic(ledger, part)]
        case "government":
            amounts = [government(ledger, part)]
        case "opening":
            amounts = [item.opening for item in items if part in ("", item.budget)]
        case "closing":
            amounts = [item.closing for item in items if part in ("", item.budget)]
        case "grand_income":
            amounts = [income(item, "total") + item.opening for item in items]
        case "grand_expenditure":
            amounts = [item.spent + item.closing for item in items]
        case _:
            raise ValueError(f"no such line: {source}")
    return sum(amounts, ZERO)


def _only(item: Item, kind: str) -> dict[str, Decimal]:
    return {key: value if key == kind else ZERO for key, value in item.spending.items()}


def economic(ledger: Ledger, code: str) -> Decimal:
    """Basic expenditure under a code of the economic classification."""
    return sum((v for k, v in ledger.economic.items() if k.startswith(code)), ZERO)


def economic_part(ledger: Ledger, part: str) -> Decimal:
    """The personnel or the public part of basic expenditure."""
    if part == "basic":
        return sum(ledger.economic.values(), ZERO)
    wanted = part == "personnel"
    return sum(
        (v for k, v in ledger.economic.items() if (k[:3] in PERSONNEL_CLASSES) == wanted),
        ZERO,
    )


def government(ledger: Ledger, code: str) -> Decimal:
    """Expenditure under a government economic class; projects buy services."""
    basic = sum(
        (v for k, v in ledger.economic.items() if subjects.government(k).startswith(code)), ZERO
    )
    bought = sum((item.spending["project"] for item in ledger.items), ZERO)
    return basic + (bought if code == "502" else ZERO)
