"""A list of things to choose from, as every app has it: one line each, turned by the wheel, done with a press."""

from __future__ import annotations

from collections.abc import Sequence

from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Canvas, Style

__all__ = ["draw_choices", "first_row", "is_press", "turned"]


def turned(at: int, key: Key | Char, count: int) -> int | None:
    """The wheel's next place; None for another key."""
    match key:
        case Key.WHEEL_DOWN | Key.DOWN:
            return (at + 1) % count
        case Key.WHEEL_UP | Key.UP:
            return (at - 1) % count
        case _:
            return None


def is_press(key: Key | Char) -> bool:
    """Whether it does what is chosen."""
    return key in (Key.WHEEL_PRESS, Key.OK, Key.ENTER)


def first_row(at: int, count: int, room: int) -> int:
    """The row on top that keeps the chosen one in sight."""
    return max(0, min(at - room // 2, count - room))


def draw_choices(canvas: Canvas, told: Sequence[str], at: int, top: int = 1) -> None:
    """The rows around the chosen one, from that row of the screen down to the hint."""
    room = canvas.height - 1 - top
    first = first_row(at, len(told), room)
    for y, text in enumerate(told[first : first + room]):
        canvas.line(top + y, f"  {text}", style=Style.INVERSE if first + y == at else Style.NORMAL)
