"""How a picture of the screen is painted with characters: in half cells of two colours, or in shades without any.

A half block shows two pixels in a cell, the upper one in the ink's colour, the lower one in the paper's. Where colours
are unwanted (NO_COLOR) or letters are all there is, five shades stand for how bright a cell is. For a picture that
hangs over the cells in pixels of its own (see `graphics`) they are left empty under its name.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from thinline_emulator.raster import Colour, Raster, luminance
from thinline_emulator.screen import Placed
from thinline_emulator.terminal.sheet import Ink

__all__ = ["Brush", "Tint", "dimmed", "painted", "tinted"]

_UNLIT = 0.55  # what is left of a colour when the screen's light is off


class Tint(NamedTuple):
    """The two colours of a screen that has no others: what black and what white is."""

    dark: Colour
    bright: Colour


class Brush(Enum):
    """How pictures are painted."""

    HALF = "half"
    SHADE = "shade"
    PIXELS = "pixels"
    NONE = "none"


@lru_cache(maxsize=16)
def dimmed(raster: Raster) -> Raster:
    """It without the screen's light."""
    palette = bytes([int(channel * _UNLIT) for channel in raster.palette])
    return Raster(raster.width, raster.height, palette, raster.pixels, raster.clear)


@lru_cache(maxsize=16)
def tinted(raster: Raster, tint: Tint) -> Raster:
    """It on a screen of one colour: as bright as it is, between dark and bright."""
    palette = bytearray()
    for at in range(0, len(raster.palette), 3):
        light = luminance((raster.palette[at], raster.palette[at + 1], raster.palette[at + 2]))
        palette += bytes([round(dark + (bright - dark) * light) for dark, bright in zip(*tint, strict=True)])
    return Raster(raster.width, raster.height, bytes(palette), raster.pixels, raster.clear)


@lru_cache(maxsize=64)
def painted(placed: Placed, brush: Brush, paper: str) -> tuple[tuple[Ink, ...], ...]:
    """The picture as cells, row by row, on paper of that style."""
    raster, wide, high = placed.raster, placed.wide, placed.high
    match brush:
        case Brush.HALF:
            grid = raster.sampled(wide, 2 * high)
            pairs = zip(grid[::2], grid[1::2], strict=True)
            return tuple([tuple([_halves(*cell, paper) for cell in zip(*rows, strict=True)]) for rows in pairs])
        case Brush.SHADE:
            return tuple([tuple([Ink(shade, paper) for shade in row]) for row in raster.shades(wide, high)])
        case Brush.PIXELS:
            name = crc32(raster.pixels, crc32(raster.palette))
            return ((Ink(" ", f"{paper},picture-{name:x}"),) * wide,) * high
        case Brush.NONE:
            return ((Ink(" ", paper),) * wide,) * high


def _halves(upper: Colour | None, lower: Colour | None, paper: str) -> Ink:
    if upper is None and lower is None:
        return Ink(" ", paper)
    if upper is None:
        return Ink("▄", f"{paper} fg:{_hexed(lower)}")
    if lower is None:
        return Ink("▀", f"{paper} fg:{_hexed(upper)}")
    return Ink("▀", f"{paper} fg:{_hexed(upper)} bg:{_hexed(lower)}")


def _hexed(colour: Colour | None) -> str:
    assert colour is not None
    return "#" + bytes(colour).hex()
