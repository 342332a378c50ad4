"""The idle screen: the time, and what the owner should know without asking."""

from __future__ import annotations

from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.asks import Wish
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Screen, Style, width

__all__ = ["Idle"]


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
        for y, text in ((3, desk.time), (4, desk.date)):
            canvas.put((canvas.width - width(text)) // 2, y, text, Style.BOLD)
        y = 6
        for text in desk.warnings:
            canvas.put(1, y, text)
            y += 1
        if desk.memory.note:
            canvas.line(canvas.height - 2, f" {desk.memory.note}", style=Style.BOLD)
        return canvas.screen()

    def along(self, desk: Desk) -> tuple[Wish, ...]:
        """Nothing."""
        return ()

    def on_key(self, state: None, key: Key | Char, desk: Desk) -> Step:
        """Nearly every key opens the wheel of apps."""
        if key in (Key.JUMP, Key.OK, Key.WHEEL_PRESS, Key.MENU, Key.ENTER):
            return Step(state, open="jump")
        return Step(state)
