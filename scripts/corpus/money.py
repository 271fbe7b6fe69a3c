"""Amounts: exact decimals, and the ways in which forms print them."""

from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)
NEGATIVES = {
    "minus": "-{}",
    "fullwidth": "－{}",
    "sign": "−{}",
    "parentheses": "({})",
    "fullwidth-parentheses": "（{}）",
    "triangle": "△{}",
    "black-triangle": "▲{}",
}


@dataclass(frozen=True)
class Notation:
    """How one form prints its amounts.

    `zero` is what stands in a cell whose amount is nought, `negative` one of
    NEGATIVES, and `scale` the number of ledger units (万元) in one printed unit
    turned upside down: 10000 prints 元, 10 prints 千元.
    """

    decimals: int = 2
    thousands: bool = False
    zero: str = ""
    negative: str = "minus"
    scale: int = 1

    def print(self, amount: Decimal) -> str:
        """The text of an amount, as it stands in its cell."""
        if amount == ZERO:
            return self.zero
        value = amount * self.scale
        exact = value.quantize(Decimal(1).scaleb(-self.decimals))
        if exact != value:
            raise ValueError(f"{value} does not fit {self.decimals} decimals")
        digits = f"{abs(exact):,f}" if self.thousands else f"{abs(exact):f}"
        if exact > 0:
            return digits
        return NEGATIVES[self.negative].format(digits)


def plain(text: str) -> str:
    """A printed amount as golden files give it: signed, no separators."""
    body = text.replace(",", "")
    for notation in NEGATIVES.values():
        before, after = notation.split("{}")
        if body.startswith(before) and body.endswith(after) and body not in (before, after):
            return "-" + body.removeprefix(before).removesuffix(after)
    return body
