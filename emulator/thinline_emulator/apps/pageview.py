"""A page on the screen, whatever it is of: its lines drawn from the one on top, and turned through.

It stands between the status bar and the hint, with an empty cell on either side.
"""

from __future__ import annotations

from collections.abc import Sequence

from thinline.v1.page_pb2 import Block, BlockKind, Page, Run
from thinline_emulator.apps.base import Desk
from thinline_emulator.keys import Char, Key
from thinline_emulator.layout import Line, lay_out
from thinline_emulator.screen import Canvas, Style

__all__ = ["FROM_TOP", "cells_across", "draw_lines", "plain", "rows_down", "scrolling", "styled", "within"]

FROM_TOP = 1  # below the status bar
_BESIDE = 1  # the hint


def plain(text: str, kind: BlockKind.ValueType = BlockKind.BLOCK_KIND_UNSPECIFIED) -> Page:
    """Text that was typed, or a file of text, as a page of one block."""
    return Page(blocks=[Block(kind=kind, runs=[Run(text=text)])] if text else [])


def styled(text: str, cells: int, style: Style) -> list[Line]:
    """A text of one style in lines."""
    return [tuple(piece._replace(style=style) for piece in line) for line in lay_out(plain(text), cells)]


def cells_across(desk: Desk) -> int:
    """The cells of its lines."""
    return desk.power.profile.cells_wide - 2


def rows_down(desk: Desk) -> int:
    """How many lines of it are seen at once."""
    return desk.power.profile.cells_high - FROM_TOP - _BESIDE


def within(top: int, count: int, rows: int) -> int:
    """The nearest line on top that leaves no room below the last of so many."""
    return max(0, min(top, count - rows))


def scrolling(key: Key | Char, desk: Desk) -> int:
    """By how many lines a key turns the page."""
    match key:
        case Key.WHEEL_DOWN | Key.DOWN:
            return 1
        case Key.WHEEL_UP | Key.UP:
            return -1
        case Char(" "):
            return rows_down(desk) - 1
        case _:
            return 0


def draw_lines(canvas: Canvas, lines: Sequence[Line], top: int, y: int = FROM_TOP) -> None:
    """The lines from the one on top, from a row of the screen down to the hint."""
    rows = canvas.height - _BESIDE - y
    top = within(top, len(lines), rows)
    for row, line in enumerate(lines[top : top + rows], y):
        for piece in line:
            canvas.put(1 + piece.x, row, piece.text, piece.style)
