"""A raster: a small picture as a handset keeps it, a palette and one byte a pixel.

Nothing here decodes a file: a server did that, and what reaches a handset is no larger than its screen. One colour of
the palette may stand for nothing, so that an icon has the screen's own paper around it. What shows a raster asks for
it in as many places as it has, and gets the mean colour of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

__all__ = ["COLOURS_MOST", "Colour", "Raster", "luminance"]

COLOURS_MOST = 256
_SHADES = " ░▒▓█"

Colour: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Raster:
    """Pixels, rows from the top, each pixel as high as wide.

    Attributes:
        palette: red, green and blue of each colour, a byte each.
        pixels: the colour of each pixel, as its place in the palette.
        clear: the colour that is not painted; -1 for none.
    """

    width: int
    height: int
    palette: bytes
    pixels: bytes
    clear: int = -1

    def __post_init__(self) -> None:
        """Hold that every pixel is there and has a colour."""
        assert self.width > 0 and self.height > 0 and len(self.pixels) == self.width * self.height
        assert len(self.palette) % 3 == 0 and max(self.pixels) < len(self.palette) // 3 <= COLOURS_MOST

    @property
    def size_bytes(self) -> int:
        """What it takes of the memory."""
        return len(self.palette) + len(self.pixels)

    def crop(self, x: int, y: int, width: int, height: int) -> Raster:
        """A part of it, which lies inside."""
        rows = range(y * self.width + x, (y + height) * self.width, self.width)
        pixels = b"".join([self.pixels[at : at + width] for at in rows])
        return Raster(width, height, self.palette, pixels, self.clear)

    def colour(self, index: int) -> Colour | None:
        """A colour of the palette; None for the clear one."""
        if index == self.clear:
            return None
        red, green, blue = self.palette[3 * index : 3 * index + 3]
        return red, green, blue

    def sampled(self, width: int, height: int) -> tuple[tuple[Colour | None, ...], ...]:
        """The mean colours in a grid of another size, row by row; None where most of it is clear."""
        return _sampled(self, width, height)

    def shades(self, width: int, height: int) -> list[str]:
        """It in characters of five shades, for a reader of text."""
        rows = self.sampled(width, height)
        return ["".join([_shade(colour) for colour in row]) for row in rows]


def luminance(colour: Colour) -> float:
    """How bright it is, 0 to 1 (ITU-R BT.709's weights)."""
    red, green, blue = colour
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def _shade(colour: Colour | None) -> str:
    """What is painted is never blank: a reader sees where it is."""
    return " " if colour is None else _SHADES[1 + int(luminance(colour) * 3.999)]


@lru_cache(maxsize=64)
def _sampled(raster: Raster, width: int, height: int) -> tuple[tuple[Colour | None, ...], ...]:
    colours = [raster.colour(index) for index in range(len(raster.palette) // 3)]
    columns = [_span(x, width, raster.width) for x in range(width)]
    sampled = []
    for y in range(height):
        top, bottom = _span(y, height, raster.height)
        rows = [raster.pixels[at * raster.width : (at + 1) * raster.width] for at in range(top, bottom)]
        sampled.append(tuple([_mean([colours[i] for row in rows for i in row[a:b]]) for a, b in columns]))
    return tuple(sampled)


def _span(at: int, of: int, pixels: int) -> tuple[int, int]:
    first = at * pixels // of
    return first, max(first + 1, (at + 1) * pixels // of)


def _mean(colours: list[Colour | None]) -> Colour | None:
    painted = [colour for colour in colours if colour is not None]
    if 2 * len(painted) < len(colours) or not painted:
        return None
    count = len(painted)
    red, green, blue = (sum(channel) // count for channel in zip(*painted, strict=True))
    return red, green, blue
