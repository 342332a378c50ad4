"""The jump screen: the wheel of apps."""

from __future__ import annotations

from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Screen, Style

__all__ = ["Jump"]


class Jump:
    """Its state is the place of the wheel."""

    name = "jump"
    title = "Jump"
    collection = 0
    share = 0.0

    def begin(self) -> int:
        """At the first app."""
        return 0

    def view(self, state: int, desk: Desk) -> Screen:
        """One app a line, the wheel's place inverse."""
        canvas = begin_screen(desk, self.title, "wheel: turn   press: open   BACK")
        for at, (_, title) in enumerate(desk.apps):
            canvas.line(2 + at, f"  {title}", style=Style.INVERSE if at == state else Style.NORMAL)
        return canvas.screen()

    def on_key(self, state: int, key: Key | Char, desk: Desk) -> Step:
        """Turn, open, or go back."""
        match key:
            case Key.WHEEL_DOWN | Key.DOWN:
                return Step((state + 1) % len(desk.apps))
            case Key.WHEEL_UP | Key.UP:
                return Step((state - 1) % len(desk.apps))
            case Key.WHEEL_PRESS | Key.OK | Key.ENTER:
                return Step(state, open=desk.apps[state][0])
            case Key.BACK | Key.CANCEL:
                return Step(state, close=True)
            case _:
                return Step(state)
