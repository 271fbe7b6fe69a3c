"""Prints HTML to PDF with headless Chromium."""

import shutil
import subprocess
import tempfile
from pathlib import Path

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
    "--disable-pdf-tagging",
)


def print_pdf(html: str, target: Path) -> None:
    """Writes a page of HTML to a PDF file."""
    work = Path(tempfile.mkdtemp(prefix="corpus-"))
    try:
        page = work / "report.html"
        page.write_text(html, encoding="utf-8")
        subprocess.run(
            [
                "chromium",
                *FLAGS,
                f"--user-data-dir={work / 'profile'}",
                f"--print-to-pdf={target}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
    finally:
        shutil.rmtree(work, ignore_errors=True)
