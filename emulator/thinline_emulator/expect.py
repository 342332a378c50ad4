"""What a script expects of a whole screen: the same cells, but for those that it leaves open.

The time, the date and the charge are another at each playing. A recording leaves them open; an expectation written by
hand may leave open what it likes.
"""

from __future__ import annotations

from itertools import zip_longest

from thinline_emulator.apps.digits import large
from thinline_emulator.handset import Handset

__all__ = ["OPEN", "matches", "side_by_side", "veiled"]

OPEN = "▒"
_EXPECTED, _SEEN = "expected", "seen"


def matches(expected: str, seen: str) -> bool:
    """Whether a screen, in its golden form, is as expected."""
    rows, others = expected.strip("\n").split("\n"), seen.strip("\n").split("\n")
    return len(rows) == len(others) and all(map(_row_matches, rows, others))


def _row_matches(row: str, other: str) -> bool:
    return len(row) == len(other) and all(one in (OPEN, cell) for one, cell in zip(row, other, strict=True))


def veiled(machine: Handset, now: float) -> str:
    """The screen, in its golden form, with what moves by itself left open."""
    top, bar, *rows = machine.look(now).text().split("\n")
    if machine.memory is not None:
        desk = machine.desk(now)
        charge = f"{desk.battery}|"
        if bar.endswith(charge):
            bar = f"{bar[: -len(charge)]}{OPEN * len(desk.battery)}|"
        for text in (desk.time, desk.date, *large(desk.time)):
            bar = bar.replace(text, OPEN * len(text)) if text else bar
            rows = [row.replace(text, OPEN * len(text)) for row in rows] if text else rows
    return "\n".join([top, bar, *rows])


def side_by_side(expected: str, seen: str, columns: int = 0) -> str:
    """Both screens and a mark at each row that differs; one below the other where the columns do not suffice."""
    rows, others = expected.strip("\n").split("\n"), seen.strip("\n").split("\n")
    pairs = list(zip_longest(rows, others, fillvalue=""))
    wide = max(map(len, [*rows, _EXPECTED]))
    if columns and columns < wide + max(map(len, [*others, _SEEN])) + 3:
        marked = [f"{other} {_mark(row, other)}".rstrip() for row, other in pairs]
        return "\n".join([f"{_EXPECTED}:", *rows, f"{_SEEN}:", *marked])
    lines = [(_EXPECTED, " ", _SEEN), *((row, _mark(row, other), other) for row, other in pairs)]
    return "\n".join(f"{row}{' ' * (wide - len(row))} {mark} {other}".rstrip() for row, mark, other in lines)


def _mark(row: str, other: str) -> str:
    return " " if _row_matches(row, other) else "≠"
