"""How a picture of the screen is painted with characters: in half cells of two colours, or in shades without any.

A half block shows two pixels in a cell, the upper one in the ink's colour, the lower one in the paper's. Where colours
are unwanted (NO_COLOR) or letters are all there is, five shades stand for how bright a cell is.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from thinline_emulator.raster import Colour
from thinline_emulator.screen import Placed
from thinline_emulator.terminal.sheet import Ink

__all__ = ["Brush", "painted"]

_UNLIT = 0.55  # what is left of a colour when the screen's light is off


class Brush(Enum):
    """How pictures are painted."""

    HALF = "half"
    SHADE = "shade"
    NONE = "none"


@lru_cache(maxsize=64)
def painted(placed: Placed, brush: Brush, *, lit: bool = True) -> tuple[tuple[Ink, ...], ...]:
    """The picture as cells, row by row."""
    paper = "screen" if lit else "unlit"
    wide, high = placed.wide, placed.high
    if brush is Brush.NONE:
        return ((Ink(" ", paper),) * wide,) * high
    if brush is Brush.SHADE:
        return tuple([tuple([Ink(shade, paper) for shade in row]) for row in placed.raster.shades(wide, high)])
    light = 1.0 if lit else _UNLIT
    grid = placed.raster.sampled(wide, 2 * high)
    pairs = zip(grid[::2], grid[1::2], strict=True)
    return tuple([tuple([_halves(*cell, paper, light) for cell in zip(*rows, strict=True)]) for rows in pairs])


def _halves(upper: Colour | None, lower: Colour | None, paper: str, light: float) -> Ink:
    if upper is None and lower is None:
        return Ink(" ", paper)
    if upper is None:
        return Ink("▄", f"{paper} fg:{_hexed(lower, light)}")
    if lower is None:
        return Ink("▀", f"{paper} fg:{_hexed(upper, light)}")
    return Ink("▀", f"{paper} fg:{_hexed(upper, light)} bg:{_hexed(lower, light)}")


def _hexed(colour: Colour | None, light: float) -> str:
    assert colour is not None
    return "#" + bytes([int(channel * light) for channel in colour]).hex()
