"""A report from its ledger and form: text and tables in printing order.

The text of a form is a file of lines. `@cover`, `@toc`, `@page` and `@tables`
(or `@table ID`) open or insert a part, `# ` and `## ` are headings, any other
line is a paragraph; `{name}` takes a word of `narrative.words`.
"""

import tomllib
from pathlib import Path

from . import build
from .ledger import Ledger
from .model import Block, Report
from .narrative import Words, words

FORMS = Path(__file__).parent / "forms"


def compose(ledger: Ledger) -> Report:
    """Lays out a ledger's report in its form."""
    form = tomllib.loads((FORMS / f"{ledger.form}.toml").read_text(encoding="utf-8"))
    story = ledger.style.get("text", form.get("text", ledger.form))
    text = (FORMS / f"{story}.txt").read_text(encoding="utf-8")
    form["numbers"] = {**form.get("numbers", {}), **ledger.numbers}
    known = words(ledger)
    tables = {spec["id"]: build.table(form, spec, ledger) for spec in form["table"]}
    blocks = []
    in_cover = False
    for line in filter(None, text.splitlines()):
        command, _, argument = line.partition(" ")
        if command == "@tables":
            blocks += tables.values()
        elif command == "@table":
            blocks.append(tables[argument])
        elif command == "@cover":
            in_cover = True
            blocks += [Block("cover", part.format_map(known)) for part in form.get("cover", [])]
        elif command in ("@toc", "@page"):
            in_cover = False
            blocks.append(Block(command[1:]))
        elif command in ("#", "##"):
            kind = "part" if command == "#" else "section"
            blocks.append(Block(kind, argument.format_map(known)))
        else:
            kind = "cover" if in_cover else "paragraph"
            if not (in_cover and "cover" in form):
                blocks.append(Block(kind, line.format_map(known)))
    for mistake in ledger.planted:
        if "table" not in mistake:
            _plant(blocks, mistake)
    style = {"renderer": form["renderer"], **form.get("style", {}), **ledger.style}
    for place in ("header", "footer"):
        if place in style:
            style[place] = style[place].format_map(Words(known, page="{page}"))
    return Report(ledger.stem, ledger.document, blocks, style)


def _plant(blocks: list, mistake: dict) -> None:
    """Prints the wrong figure in the one sentence that a planted mistake names."""
    right, wrong = (mistake["text"].format(mistake[side]) for side in ("correct", "printed"))
    places = [b for b in blocks if isinstance(b, Block) and right in b.text]
    if len(places) != 1 or places[0].text.count(right) != 1:
        raise ValueError(f"{right!r} does not stand in one sentence")
    places[0].text = places[0].text.replace(right, wrong)
