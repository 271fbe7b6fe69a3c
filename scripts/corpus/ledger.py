"""A ledger: the facts of one report, each figure in one place.

The unit of every amount in a ledger is 万元. A department's money is a list of
items, one for each 项 of the functional classification and budget; everything
a report prints is added up from them (see `figures`).
"""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from .money import ZERO

SPENDING = (
    "personnel",
    "public",
    "project",
    "remit_to_superior",
    "operating",
    "subsidy_to_affiliated",
)

# The income column that feeds each budget unless an item says otherwise.
OWN_SOURCE = {
    "general": "general_public_budget",
    "fund": "gov_fund",
    "capital": "state_capital",
    "other": "institutional_income",
}


@dataclass(frozen=True)
class Item:
    """What one 项 was given and what it spent, out of one budget."""

    code: str
    budget: str
    spending: dict[str, Decimal]
    income: dict[str, Decimal]
    opening: Decimal = ZERO
    closing: Decimal = ZERO
    unit: str = ""

    @property
    def spent(self) -> Decimal:
        """The item's whole expenditure."""
        return sum(self.spending.values(), ZERO)


@dataclass(frozen=True)
class Ledger:
    """One report: who publishes it, in which form, and its figures."""

    stem: str
    form: str
    document: dict
    items: list[Item]
    economic: dict[str, Decimal]
    three_public: dict[str, Decimal]
    names: dict[str, str]
    facts: dict
    planted: list[dict]
    style: dict
    numbers: dict
    tables: dict
    finish: dict

    @property
    def year(self) -> int:
        """The fiscal year."""
        return self.document["fiscal_year"]


def read(path: Path) -> Ledger:
    """Reads a ledger file; an item whose money does not balance is refused."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return Ledger(
        stem=path.stem,
        form=data["form"],
        document=data["document"],
        items=[_item(entry) for entry in data.get("item", [])],
        economic=_amounts(data.get("economic", {})),
        three_public=_amounts(data.get("three_public", {})),
        names=data.get("names", {}),
        facts=data.get("facts", {}),
        planted=data.get("planted", []),
        style=data.get("style", {}),
        numbers=data.get("numbers", {}),
        tables=data.get("tables", {}),
        finish=data.get("finish", {}),
    )


def _amounts(entries: dict[str, str]) -> dict[str, Decimal]:
    return {key: Decimal(value) for key, value in entries.items()}


def _item(entry: dict) -> Item:
    spending = {key: Decimal(entry.get(key, "0")) for key in SPENDING}
    opening = Decimal(entry.get("opening", "0"))
    closing = Decimal(entry.get("closing", "0"))
    needed = sum(spending.values(), ZERO) + closing - opening
    income = _amounts(entry.get("income", {}))
    budget = entry.get("budget", "general")
    if not income and needed != ZERO:
        income = {OWN_SOURCE[budget]: needed}
    if sum(income.values(), ZERO) != needed:
        raise ValueError(f"item {entry['code']}: income {income} is not {needed}")
    return Item(
        code=entry["code"],
        budget=budget,
        spending=spending,
        income=income,
        opening=opening,
        closing=closing,
        unit=entry.get("unit", ""),
    )
