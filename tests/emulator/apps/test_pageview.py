"""A page on the screen: it is turned by keys, and never beyond its end."""

from __future__ import annotations

from desks import DeskBench
from thinline.v1.page_pb2 import BLOCK_KIND_PREFORMATTED
from thinline_emulator.apps.pageview import (
    cells_across,
    draw_lines,
    plain,
    rows_down,
    scrolling,
    styled,
    within,
)
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Canvas, Style


def test_a_typed_text_is_a_page_of_one_block() -> None:
    assert not plain("").blocks
    (block,) = plain("Dear Alice", BLOCK_KIND_PREFORMATTED).blocks
    assert (block.kind, block.runs[0].text) == (BLOCK_KIND_PREFORMATTED, "Dear Alice")
    assert [piece.style for line in styled("Dear Alice", 4, Style.BOLD) for piece in line] == [Style.BOLD] * 3


def test_keys_turn_it() -> None:
    desk = DeskBench().desk
    assert (cells_across(desk), rows_down(desk)) == (46, 14)
    keys = (Key.WHEEL_DOWN, Key.UP, Char(" "), Char("a"), Key.OK)
    assert [scrolling(key, desk) for key in keys] == [1, -1, 13, 0, 0]


def test_no_room_is_left_below_the_last_line() -> None:
    assert [within(top, 20, 14) for top in (-3, 0, 6, 7, 99)] == [0, 0, 6, 6, 6]
    assert within(5, 3, 14) == 0
    canvas = Canvas(12, 5)
    draw_lines(canvas, styled("one\ntwo\nthree\nfour\nfive", 10, Style.NORMAL), 99)
    told = ["".join(cell.text for cell in row).rstrip() for row in canvas.screen().rows]
    assert told == ["", " three", " four", " five", ""]
