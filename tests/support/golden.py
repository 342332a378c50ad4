"""Screens as text files: `tests/golden/NAME.txt` holds what a screen showed when somebody looked at it and agreed.

With UPDATE_GOLDEN=1 in the environment the files are written anew; the difference is then for a person to read.
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["check_golden"]

_FOLDER = Path(__file__).resolve().parents[1] / "golden"


def check_golden(name: str, shown: str) -> None:
    """Hold that a screen is as it was agreed."""
    path = _FOLDER / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(shown + "\n", encoding="utf-8")
    assert path.exists(), f"no {path.name}; look at the screen and run with UPDATE_GOLDEN=1:\n{shown}"
    assert shown + "\n" == path.read_text(encoding="utf-8"), f"{path.name} shows something else:\n{shown}"
