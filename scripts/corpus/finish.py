"""Finishes a producer's PDF: fixed dates, so that making it again changes nothing,
and what else a ledger asks for: object streams, encryption, or a scan of the pages."""

import io
import subprocess
import tempfile
from pathlib import Path

import pikepdf
import pymupdf

STAMP = "D:20260101000000Z"
SCAN_DPI = 130
SCAN_QUALITY = 45


# RC4 with 128 bits and AES with 128 and 256 bits, each with an empty user password.
ENCRYPTIONS = {
    "rc4-128": {"R": 3, "aes": False, "metadata": False},
    "aes-128": {"R": 4, "aes": True},
    "aes-256": {"R": 6, "aes": True},
}


def finish(source: Path, target: Path, wanted: dict) -> None:
    """Writes the producer's file to its place in the corpus."""
    if wanted.get("scan"):
        _scan(source)
    kind = wanted.get("encrypt")
    with pikepdf.open(source) as pdf:
        _stamp(pdf)
        settings = {"deterministic_id": True}
        if wanted.get("object_streams"):
            settings["object_stream_mode"] = pikepdf.ObjectStreamMode.generate
        if kind:
            settings = {
                "static_id": True,
                "encryption": pikepdf.Encryption(owner="corpus", user="", **ENCRYPTIONS[kind]),
            }
        # AES draws random numbers: the file is left alone where what it holds has not changed.
        if not (kind and target.exists() and _bare(pdf) == _bare_file(target)):
            pdf.save(target, **settings)


def _stamp(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/CreationDate"] = STAMP
    pdf.docinfo["/ModDate"] = STAMP
    for name in ("/ID", "/DocChecksum"):
        if name in pdf.trailer:
            del pdf.trailer[name]


def _bare(pdf: pikepdf.Pdf) -> bytes:
    """The file without encryption and what comes with it, in one canonical form."""
    plain = io.BytesIO()
    pdf.save(plain, static_id=True, encryption=False)
    with pikepdf.open(plain) as copy:
        if "/Extensions" in copy.Root:
            del copy.Root.Extensions
        written = io.BytesIO()
        copy.save(written, static_id=True, force_version="1.7")
    return written.getvalue()


def _bare_file(path: Path) -> bytes:
    with pikepdf.open(path) as pdf:
        _stamp(pdf)
        return _bare(pdf)


def _scan(path: Path) -> None:
    """Replaces every page by a grey picture of itself."""
    with tempfile.TemporaryDirectory() as work:
        subprocess.run(
            [
                "pdftoppm", "-gray", "-r", str(SCAN_DPI), "-jpeg",
                "-jpegopt", f"quality={SCAN_QUALITY}", str(path), f"{work}/page",
            ],
            check=True,
        )  # fmt: skip
        with pymupdf.open(path) as pages, pymupdf.open() as scan:
            for page, picture in zip(pages, sorted(Path(work).iterdir())):
                made = scan.new_page(width=page.rect.width, height=page.rect.height)
                made.insert_image(made.rect, filename=picture)
            pictures = scan.tobytes(no_new_id=True)
    path.write_bytes(pictures)
