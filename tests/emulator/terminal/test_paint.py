"""Pictures in characters: half cells in colour, shades without, or nothing."""

from __future__ import annotations

from thinline_emulator.raster import Raster
from thinline_emulator.screen import Placed
from thinline_emulator.terminal.paint import Brush, painted
from thinline_emulator.terminal.sheet import Ink

BLACK, WHITE, RED, CLEAR = range(4)
PALETTE = bytes([0, 0, 0, 255, 255, 255, 200, 0, 0, 9, 9, 9])
PICTURE = Placed(5, 5, 4, 1, Raster(4, 2, PALETTE, bytes([RED, WHITE, CLEAR, CLEAR, BLACK, CLEAR, RED, CLEAR]), CLEAR))


def test_a_cell_shows_two_pixels() -> None:
    (row,) = painted(PICTURE, Brush.HALF)
    assert row == (
        Ink("▀", "screen fg:#c80000 bg:#000000"),
        Ink("▀", "screen fg:#ffffff"),
        Ink("▄", "screen fg:#c80000"),
        Ink(" ", "screen"),
    )


def test_without_light_it_is_darker() -> None:
    ((first, *_),) = painted(PICTURE, Brush.HALF, lit=False)
    assert first == Ink("▀", "unlit fg:#6e0000 bg:#000000")


def test_without_colours_it_is_shaded() -> None:
    (row,) = painted(PICTURE, Brush.SHADE)
    assert row == (Ink("░", "screen"), Ink("█", "screen"), Ink("░", "screen"), Ink(" ", "screen"))


def test_none_leaves_the_place_empty() -> None:
    assert painted(PICTURE, Brush.NONE) == ((Ink(" ", "screen"),) * 4,)
