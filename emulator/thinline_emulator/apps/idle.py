"""The idle screen: the time, and what the owner should know without asking."""

from __future__ import annotations

from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.digits import large
from thinline_emulator.asks import Wish
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Screen, Style, width

__all__ = ["Idle"]

_TIME_Y, _DATE_Y, _WARNINGS_Y = 2, 5, 7


class Idle:
    """Shown when no app is open."""

    name = "idle"
    title = ""
    collection = 0
    share = 0.0

    def begin(self) -> None:
        """It has no state."""

    def view(self, state: None, desk: Desk) -> Screen:
        """The time in the middle, warnings below it, the newest note at the bottom."""
        canvas = begin_screen(desk, desk.account, "JUMP: apps")
        for y, row in enumerate(large(desk.time), _TIME_Y):
            canvas.put((canvas.width - len(row)) // 2, y, row)
        canvas.put((canvas.width - width(desk.date)) // 2, _DATE_Y, desk.date, Style.BOLD)
        note = _in_two(desk.memory.note, canvas.width - 2)
        below = canvas.height - 1 - len(note)
        for y, text in zip(range(_WARNINGS_Y, below), desk.warnings, strict=False):  # the gravest come first
            canvas.put(1, y, text)
        for y, text in enumerate(note, below):
            canvas.line(y, f" {text}", style=Style.BOLD)
        return canvas.screen()

    def along(self, desk: Desk) -> tuple[Wish, ...]:
        """Nothing."""
        return ()

    def came(self, state: None, wish: Wish, desk: Desk) -> Step | None:
        """Nothing."""
        return None

    def on_key(self, state: None, key: Key | Char, desk: Desk) -> Step:
        """Nearly every key opens the wheel of apps."""
        if key in (Key.JUMP, Key.OK, Key.WHEEL_PRESS, Key.MENU, Key.ENTER):
            return Step(state, open="jump")
        return Step(state)


def _in_two(note: str, most: int) -> list[str]:
    """A note as one row, or as two where it is too long for one; none where there is no note."""
    words, first = note.split(), list[str]()
    while words and width(" ".join([*first, words[0]])) <= most:
        first.append(words.pop(0))
    return [row for row in (" ".join(first), " ".join(words)) if row]
