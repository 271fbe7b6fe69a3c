"""Invents a ledger: a department that does not exist, with figures that add up.

The ledger is written once and then belongs to the corpus; the same name always
invents the same figures.
"""

import random
import tomllib
from decimal import Decimal
from pathlib import Path

_DUTIES = tomllib.loads((Path(__file__).parent / "departments.toml").read_text(encoding="utf-8"))
RANGES = {"p": (40, 900), "u": (5, 120), "j": (8, 600)}
PARTS = {"p": "personnel", "u": "public", "j": "project"}
PERSONNEL = {
    "30101": 20, "30102": 28, "30103": 14, "30107": 9, "30108": 8, "30109": 4, "30110": 5,
    "30111": 2, "30112": 1, "30113": 9, "30199": 2, "30302": 3, "30305": 1, "30399": 1,
}
PUBLIC = {
    "30201": 18, "30202": 3, "30205": 1, "30206": 5, "30207": 4, "30209": 12, "30211": 6,
    "30213": 5, "30215": 2, "30216": 4, "30217": 1, "30226": 4, "30227": 7, "30228": 8,
    "30229": 6, "30231": 3, "30239": 12, "30299": 4, "31002": 3,
}


def invent(stem: str, spec: dict) -> str:
    """The text of a ledger.

    `spec` gives `form`, `document`, `duty`, and where wanted `decimals`, `units`
    (several units, each with its own items), `fund` (fund expenditure), `own`
    (income of its own), `extra` items, `carried` (balances), `last_year` (three public columns
    of the year before), `agency_operation` and `three_public_decimals`.
    """
    dice = random.Random(stem)
    decimals = spec.get("decimals", 2)
    items, sums = [], {"personnel": Decimal(0), "public": Decimal(0)}
    for unit in spec.get("units", [""]):
        for entry in _DUTIES[spec["duty"]]["codes"]:
            code, letters = entry.split()
            item = {"code": code}
            if unit:
                item["unit"] = unit
            for letter in letters:
                amount = _amount(dice, RANGES[letter], decimals)
                item[PARTS[letter]] = str(amount)
                if letter in "pu":
                    sums[PARTS[letter]] += amount
            items.append(item)
    if spec.get("fund"):
        items.append({"code": "2120803", "budget": "fund", "project": str(_amount(dice, (100, 900), decimals))})
    if spec.get("own"):
        code = items[1]["code"]
        items.append({"code": code, "budget": "other", "project": str(_amount(dice, (3, 90), decimals))})
    items += spec.get("extra", [])
    if spec.get("carried"):
        _carry(dice, items, decimals)
    economic = _split(dice, sums["personnel"], PERSONNEL, decimals)
    economic |= _split(dice, sums["public"], PUBLIC, decimals)
    document = {**spec["document"], "duty": _DUTIES[spec["duty"]]["name"]}
    kind, precision = spec["document"]["report_kind"], spec.get("three_public_decimals", decimals)
    three = _three_public(dice, kind, spec.get("last_year"), precision)
    if spec.get("agency_operation"):
        three["agency_operation"] = str(sums["public"].quantize(Decimal("0.01")))
    return _text(spec["form"], document, items, economic, three, spec)


def _amount(dice: random.Random, span: tuple[int, int], decimals: int) -> Decimal:
    scale = 10**decimals
    return Decimal(dice.randint(span[0] * scale, span[1] * scale)).scaleb(-decimals)


def _split(dice, whole: Decimal, weights: dict[str, int], decimals: int) -> dict[str, Decimal]:
    """Parts of a sum, in the weights' proportions give or take a fifth."""
    shares = {code: weight * dice.uniform(0.8, 1.2) for code, weight in weights.items()}
    total = sum(shares.values())
    unit = Decimal(1).scaleb(-decimals)
    parts = {
        code: (whole * Decimal(share / total)).quantize(unit) for code, share in shares.items()
    }
    last = max(parts, key=lambda code: parts[code])
    parts[last] += whole - sum(parts.values())
    return parts


def _carry(dice, items: list[dict], decimals: int) -> None:
    """Gives every project some money left over from the year before, or for the next."""
    for item in items:
        if "project" in item and dice.random() < 0.6:
            item[dice.choice(["opening", "closing"])] = str(_amount(dice, (1, 7), decimals))


def _three_public(dice, kind: str, last_year: bool | None, decimals: int) -> dict[str, str]:
    sides = ["budget_", "final_"] if kind == "final" else [""]
    if last_year:
        sides = ["last_year_", ""]
    amounts = {}
    for side in sides:
        parts = {
            "overseas": _amount(dice, (0, 20), decimals),
            "vehicle_purchase": _amount(dice, (0, 30), decimals),
            "vehicle_operation": _amount(dice, (2, 40), decimals),
            "reception": _amount(dice, (0, 9), decimals),
        }
        parts["vehicle_subtotal"] = parts["vehicle_purchase"] + parts["vehicle_operation"]
        parts["total"] = parts["overseas"] + parts["vehicle_subtotal"] + parts["reception"]
        amounts |= {side + key: str(value) for key, value in parts.items()}
    return amounts


def _text(form, document, items, economic, three, spec) -> str:
    lines = [f"# Invented: {document['department']} does not exist. Amounts are 万元.", ""]
    lines += [f'form = "{form}"', "", "[document]"]
    lines += [f"{key} = {_value(value)}" for key, value in document.items()]
    for section in ("style", "numbers", "tables", "finish"):
        if section in spec:
            lines += ["", f"[{section}]"]
            lines += [f"{key} = {_value(value)}" for key, value in spec[section].items()]
    for item in items:
        lines += ["", "[[item]]"] + [f'{key} = "{value}"' for key, value in item.items()]
    lines += ["", "[economic]"] + [f'{code} = "{v}"' for code, v in sorted(economic.items())]
    lines += ["", "[three_public]"] + [f'{key} = "{value}"' for key, value in three.items()]
    for mistake in spec.get("planted", []):
        lines += ["", "[[planted]]"] + [f'{key} = "{value}"' for key, value in mistake.items()]
    return "\n".join(lines) + "\n"


def _value(value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
    return f'"{value}"' if isinstance(value, str) else str(value)
