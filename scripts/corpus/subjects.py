"""Names of subject codes, by classification and fiscal year."""

import tomllib
from pathlib import Path

_DATA = tomllib.loads((Path(__file__).parent / "subjects.toml").read_text(encoding="utf-8"))


def name(system: str, code: str, year: int) -> str:
    """The name of a code in a fiscal year; an unknown code is an error."""
    entry = _DATA[system][code]
    if isinstance(entry, str):
        return entry
    return [text for since, text in entry if year >= since][-1]


def government(code: str) -> str:
    """The government economic code of a department economic code."""
    return _DATA["to_government"][code]


def summary_classes(year: int) -> list[str]:
    """The classes that the summary tables of a year list."""
    return [codes for since, codes in _DATA["summary"]["classes"] if year >= since][-1].split()


def level(code: str) -> int:
    """1 for 类, 2 for 款, 3 for 项."""
    return {3: 1, 5: 2, 7: 3}[len(code)]


def with_parents(codes) -> list[str]:
    """The codes and all that lie above them, in order."""
    every = {code[:size] for code in codes for size in (3, 5, 7) if size <= len(code)}
    return sorted(every)
