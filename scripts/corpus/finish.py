"""Finishes a producer's PDF: fixed dates, so that making it again changes nothing."""

from pathlib import Path

import pikepdf

STAMP = "D:20260101000000Z"


def finish(source: Path, target: Path, style: dict) -> None:
    """Writes the producer's file to its place in the corpus."""
    with pikepdf.open(source) as pdf:
        pdf.docinfo["/CreationDate"] = STAMP
        pdf.docinfo["/ModDate"] = STAMP
        pdf.save(target, deterministic_id=True)
