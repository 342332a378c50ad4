"""Pictures in characters: half cells in colour, shades without, empty cells under pixels, or nothing."""

from __future__ import annotations

from thinline_emulator.raster import Raster
from thinline_emulator.screen import Placed
from thinline_emulator.terminal.paint import Brush, Tint, dimmed, painted, tinted
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


def test_on_a_screen_of_one_colour_it_is_as_bright_as_it_is() -> None:
    amber = tinted(PICTURE.raster, Tint((10, 0, 0), (255, 176, 0)))
    assert [amber.colour(index) for index in (BLACK, WHITE, CLEAR)] == [(10, 0, 0), (255, 176, 0), None]
    red = amber.colour(RED)
    assert red is not None
    assert 10 < red[0] < 255


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
