"""Pictures in characters: half cells in colour, shades without, empty cells under pixels, or nothing."""

from __future__ import annotations

from thinline_emulator.raster import Raster
from thinline_emulator.screen import Placed
from thinline_emulator.terminal.paint import Brush, dimmed, painted
from thinline_emulator.terminal.sheet import Ink

BLACK, WHITE, RED, CLEAR = range(4)
PALETTE = bytes([0, 0, 0, 255, 255, 255, 200, 0, 0, 9, 9, 9])
PICTURE = Placed(5, 5, 4, 1, Raster(4, 2, PALETTE, bytes([RED, WHITE, CLEAR, CLEAR, BLACK, CLEAR, RED, CLEAR]), CLEAR))


def test_a_cell_shows_two_pixels() -> None:
    (row,) = painted(PICTURE, Brush.HALF, "screen")
    assert row == (
        Ink("▀", "screen fg:#c80000 bg:#000000"),
        Ink("▀", "screen fg:#ffffff"),
        Ink("▄", "screen fg:#c80000"),
        Ink(" ", "screen"),
    )


def test_without_light_it_is_darker() -> None:
    assert dimmed(PICTURE.raster).colour(RED) == (110, 0, 0)
    assert dimmed(PICTURE.raster).colour(CLEAR) is None


def test_without_colours_it_is_shaded() -> None:
    (row,) = painted(PICTURE, Brush.SHADE, "screen")
    assert row == (Ink("░", "screen"), Ink("█", "screen"), Ink("░", "screen"), Ink(" ", "screen"))


def test_under_pixels_the_cells_carry_the_pictures_name() -> None:
    """So that they are written again when it is another one: that is what takes sixels away."""
    other = PICTURE._replace(raster=dimmed(PICTURE.raster))
    (row,), (others,) = (painted(one, Brush.PIXELS, "screen") for one in (PICTURE, other))
    assert {ink.text for ink in row} == {" "}
    assert row[0].style.startswith("screen,picture-")
    assert row[0].style != others[0].style


def test_none_leaves_the_place_empty() -> None:
    assert painted(PICTURE, Brush.NONE, "screen") == ((Ink(" ", "screen"),) * 4,)
