"""A list to choose from: the wheel goes round, a press does it, and the chosen one is in sight."""

from __future__ import annotations

import pytest

from thinline_emulator.apps.choices import draw_choices, first_row, is_press, turned
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Canvas, Style


def test_the_wheel_goes_round() -> None:
    assert [turned(at, Key.WHEEL_DOWN, 3) for at in range(3)] == [1, 2, 0]
    assert [turned(at, Key.UP, 3) for at in range(3)] == [2, 0, 1]
    assert turned(0, Key.MENU, 3) is None


def test_what_presses() -> None:
    assert [is_press(key) for key in (Key.OK, Key.WHEEL_PRESS, Key.ENTER, Key.BACK, Char("o"))] == [True] * 3 + [
        False
    ] * 2


@pytest.mark.parametrize(("at", "first"), [(0, 0), (2, 0), (5, 3), (9, 6)])
def test_the_chosen_one_is_in_sight(at: int, first: int) -> None:
    canvas = Canvas(12, 6)
    draw_choices(canvas, [f"line {number}" for number in range(10)], at)
    rows = canvas.screen().rows
    assert first_row(at, 10, 4) == first
    assert [row[2].style is Style.INVERSE for row in rows].index(True) == 1 + at - first
    assert "".join(cell.text for cell in rows[1]).strip() == f"line {first}"
    assert not "".join(cell.text for cell in rows[5]).strip(), "the hint has its row"
