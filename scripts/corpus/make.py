"""Makes the corpus: every ledger's PDF and golden file, or those named."""

import argparse
import dataclasses
import tempfile
import tomllib
from pathlib import Path

from . import (
    check,
    chromium,
    finish,
    golden,
    invent,
    ledger,
    locate,
    render_calc,
    render_html,
    render_office,
    render_reportlab,
    render_typst,
    report,
)

ROOT = Path(__file__).resolve().parents[2]
LEDGERS = ROOT / "corpus" / "ledgers"
CORPUS = ROOT / "corpus"
GOLDEN = ROOT / "golden"


def main() -> None:
    """Makes the corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stem", nargs="*", help="ledgers to make (default: all)")
    parser.add_argument("--invent", action="store_true", help="write the ledgers that are missing")
    options = parser.parse_args()
    wanted = options.stem
    if options.invent:
        invent_missing()
    for path in sorted(LEDGERS.glob("*.toml")):
        if not wanted or path.stem in wanted:
            make(path)
            print(path.stem)


def invent_missing() -> None:
    """Writes a ledger for every invented report that has none yet."""
    specs = tomllib.loads((Path(__file__).parent / "invented.toml").read_text(encoding="utf-8"))
    for stem, spec in specs.items():
        target = LEDGERS / f"{stem}.toml"
        if not target.exists():
            target.write_text(invent.invent(stem, spec), encoding="utf-8")


def make(path: Path) -> None:
    """Makes one report: twice over, since the contents need the page numbers."""
    facts = ledger.read(path)
    check.check(report.compose(dataclasses.replace(facts, planted=[])))
    made = report.compose(facts)
    if made.style["renderer"] == "calc":
        render_calc.clip(made)
    target = CORPUS / f"{facts.stem}.pdf"
    with tempfile.TemporaryDirectory() as work:
        draft = Path(work) / "draft.pdf"
        typeset(made, draft, None)
        pages = locate.heading_pages(made, locate.Stream(draft))
        typeset(made, draft, pages)
        tables = locate.table_pages(made, locate.Stream(draft))
        planted = locate.planted_pages(made, facts.planted, tables, locate.Stream(draft))
        finish.finish(draft, target, facts.finish)
    text = golden.text(made, facts, tables, planted)
    (GOLDEN / f"{facts.stem}.json").write_text(text, encoding="utf-8")


def typeset(made: report.Report, target: Path, toc_pages: list[int] | None) -> None:
    """Typesets a report with its form's producer."""
    PRODUCERS[made.style["renderer"]](made, target, toc_pages)


PRODUCERS = {
    "chromium": lambda made, target, pages: chromium.print_pdf(
        render_html.render(made, pages), target
    ),
    "calc": render_calc.print_pdf,
    "office": render_office.print_pdf,
    "reportlab": render_reportlab.print_pdf,
    "typst": render_typst.print_pdf,
}
