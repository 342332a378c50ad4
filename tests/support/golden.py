"""Screens as text files: `tests/golden/NAME.txt` holds what a screen showed when somebody looked at it and agreed.

`pytest --golden-update` writes the files anew; the difference is then for a person to read before it is committed.
"""

from __future__ import annotations

from pathlib import Path

from thinline_emulator.screen import Screen, Style
from thinline_emulator.terminal.bidi import turned

__all__ = ["as_seen", "check_golden", "update"]

_FOLDER = Path(__file__).resolve().parents[1] / "golden"
_updating: list[bool] = []


def update() -> None:
    """From here on the files are written, and whatever is shown is agreed."""
    _updating.append(True)


def check_golden(name: str, shown: str) -> None:
    """Hold that a screen is as it was agreed; a name may have a folder."""
    path = _FOLDER / f"{name}.txt"
    if _updating:
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown + "\n", encoding="utf-8")
    assert path.exists(), f"no {name}.txt; run with --golden-update, and look at it:\n{shown}"
    assert shown + "\n" == path.read_text(encoding="utf-8"), f"{name}.txt shows something else:\n{shown}"


def as_seen(screen: Screen) -> str:
    """A screen as a reader of a terminal sees it: right-to-left texts run the other way, and > is at a chosen row."""
    rows = tuple([tuple(turned(row)) for row in screen.rows])
    top, status, *lines = Screen(rows, screen.pictures).text().splitlines()
    chosen = [any(cell.style is Style.INVERSE for cell in row) for row in rows[1:]]
    marked = [f">{line[1:]}" if one else line for one, line in zip([*chosen, False], lines, strict=True)]
    return "\n".join([top, status, *marked])
