"""The screen: a grid of cells, and the canvas on which one is drawn.

A cell holds what a reader takes for one character: a base with the marks that join it. A wide
character (Chinese, Japanese, Korean, most pictures) takes two cells, of which the second holds
nothing. Text runs in logical order; to turn right-to-left runs around is the business of whoever
shows the cells. A `Screen` never changes, so that two of them can be compared and only the cells
that differ be sent to a terminal; a `Canvas` is where an application draws the next one.

A picture covers a rectangle of cells, and says nothing of how it is painted: that is the business of
whoever shows the cells, too. The cells under it are empty.

What is drawn comes from strangers. Control characters appear as a replacement sign and invisible
formatting is dropped, so that no name in a list can move the cursor or turn the line around.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from thinline_emulator.raster import Raster

__all__ = [
    "CLASSIC_HEIGHT",
    "CLASSIC_WIDTH",
    "ELLIPSIS",
    "Canvas",
    "Cell",
    "Placed",
    "Screen",
    "Style",
    "cells_of",
    "clip",
    "clip_start",
    "fitting",
    "width",
]

CLASSIC_WIDTH = 48
CLASSIC_HEIGHT = 16
ELLIPSIS = "…"

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Formatting characters that change how letters join, and so belong to the text.
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
# What makes one picture of several, or another of one, and is as wide as the terminal happens to know.
_EMOJI_JOINTS = "\N{ZERO WIDTH JOINER}\N{VARIATION SELECTOR-15}\N{VARIATION SELECTOR-16}" + "".join(
    [chr(modifier) for modifier in range(0x1F3FB, 0x1F400)]  # of skin
)
_SYMBOLS = ("So", "Sk", "Sm")
# A real name needs two or three marks a letter; "zalgo" text has hundreds.
_MOST_MARKS = 8


class Style(Enum):
    """How a cell is shown."""

    NORMAL = "normal"
    BOLD = "bold"
    INVERSE = "inverse"
    DIM = "dim"
    LINK = "link"


class Cell(NamedTuple):
    """One place of the grid; the second half of a wide character has no text."""

    text: str
    style: Style


class Placed(NamedTuple):
    """A picture and the cells that it covers."""

    x: int
    y: int
    wide: int
    high: int
    raster: Raster


_BLANK = Cell(" ", Style.NORMAL)


@dataclass(frozen=True, slots=True)
class Screen:
    """A finished grid, rows from the top, cells from the left.

    Attributes:
        pictures: what covers some of the cells.
        moving: it changes by itself: who shows it should look again in a moment.
    """

    rows: tuple[tuple[Cell, ...], ...]
    pictures: tuple[Placed, ...] = ()
    moving: bool = False

    @classmethod
    def blank(cls, width: int = CLASSIC_WIDTH, height: int = CLASSIC_HEIGHT) -> Screen:
        """Return an empty screen."""
        return cls(((_BLANK,) * width,) * height)

    @property
    def width(self) -> int:
        """Cells a row."""
        return len(self.rows[0])

    @property
    def height(self) -> int:
        """Rows."""
        return len(self.rows)

    def text(self) -> str:
        """Return the golden form: the rows between bars, in a frame, without styles; pictures in shades."""
        edge = f"+{'-' * self.width}+"
        cells = [[cell.text for cell in row] for row in self.rows]
        for x, y, wide, high, raster in self.pictures:
            for row, shades in enumerate(raster.shades(wide, high), y):
                cells[row][x : x + wide] = shades
        lines = ["|" + "".join(row) + "|" for row in cells]
        return "\n".join([edge, *lines, edge])


class Canvas:
    """A grid to draw on; what does not fit is clipped by cells."""

    __slots__ = ("_pictures", "_rows", "height", "width")

    def __init__(self, width: int = CLASSIC_WIDTH, height: int = CLASSIC_HEIGHT) -> None:
        """Start empty."""
        assert min(width, height) > 0, (width, height)
        self.width = width
        self.height = height
        self._rows = [[_BLANK] * width for _ in range(height)]
        self._pictures: list[Placed] = []

    def put(self, x: int, y: int, text: str, style: Style = Style.NORMAL) -> int:
        """Write ``text`` from column ``x`` of row ``y``; return the column after it.

        Any ``x`` and ``y`` will do. A wide character of which one half is outside leaves a space
        in the other, inside or over the edge of what was there before.
        """
        end = x + len(text)
        if _plain(text) and x >= 0 and end <= self.width and 0 <= y < self.height:
            self._lay(x, y, _cells(text, style))
            return end
        characters = cells_of(text)
        if not 0 <= y < self.height:
            return x + sum([cells for _, cells in characters])
        for character, cells in characters:
            self._place(x, y, character, cells, style)
            x += cells
        return x

    def line(self, y: int, left: str, right: str = "", style: Style = Style.NORMAL) -> None:
        """Fill row ``y``: ``left`` from the left edge, ``right`` to the right edge.

        When both do not fit, ``left`` gives way and ends in an ellipsis.
        """
        right = clip(right, self.width)
        right_from = self.width - width(right)
        if 0 <= y < self.height:
            self._rows[y] = [Cell(" ", style)] * self.width
        # Two cells stay free between the two: nearer, a right-to-left text would take the right end for its own.
        self.put(0, y, clip(left, right_from - 2 if right else right_from), style)
        self.put(right_from, y, right, style)

    def picture(self, x: int, y: int, wide: int, high: int, raster: Raster) -> None:
        """Cover a rectangle of cells with a picture, stretched to it; what is outside is cut off.

        Give a rectangle of the picture's own shape: see `fitting`.
        """
        left, top, right, bottom = max(0, x), max(0, y), min(self.width, x + wide), min(self.height, y + high)
        if left >= right or top >= bottom:
            return
        if (right - left, bottom - top) != (wide, high):
            across, down = raster.width / wide, raster.height / high
            first_x, first_y = int((left - x) * across), int((top - y) * down)
            last_x, last_y = int((right - x) * across), int((bottom - y) * down)
            raster = raster.crop(first_x, first_y, max(1, last_x - first_x), max(1, last_y - first_y))
        for row in range(top, bottom):
            self.put(left, row, " " * (right - left))
        self._pictures.append(Placed(left, top, right - left, bottom - top, raster))

    def screen(self, *, moving: bool = False) -> Screen:
        """Return what has been drawn; the canvas can be drawn on further."""
        return Screen(tuple([tuple(row) for row in self._rows]), tuple(self._pictures), moving)

    def _place(self, x: int, y: int, character: str, cells: int, style: Style) -> None:
        if x >= 0 and x + cells <= self.width:
            self._set(x, y, Cell(character, style))
            if cells == 2:
                self._set(x + 1, y, Cell("", style))
            return
        for column in range(max(0, x), min(self.width, x + cells)):
            self._set(column, y, Cell(" ", style))

    def _set(self, x: int, y: int, cell: Cell) -> None:
        self._lay(x, y, (cell,))

    def _lay(self, x: int, y: int, cells: tuple[Cell, ...]) -> None:
        """Write some cells; a wide character that loses one half here leaves a space in the other."""
        if not cells:
            return
        row = self._rows[y]
        end = x + len(cells)
        if row[x].text == "":
            row[x - 1] = Cell(" ", row[x - 1].style)
        if end < self.width and row[end].text == "":
            row[end] = Cell(" ", row[end].style)
        row[x:end] = cells


def fitting(raster: Raster, wide: int, high: int) -> tuple[int, int]:
    """Return the most cells, across and down, that a picture may cover in its own shape.

    A cell is twice as high as wide, as those of the classic handset and of most terminals are.
    """
    scale = min(wide / raster.width, 2 * high / raster.height)
    return max(1, round(raster.width * scale)), max(1, round(raster.height * scale / 2))


def width(text: str) -> int:
    """Return how many cells ``text`` takes."""
    return len(text) if _plain(text) else sum([cells for _, cells in cells_of(text)])


def clip(text: str, most: int) -> str:
    """Return ``text`` if it fits into ``most`` cells, else its beginning and an ellipsis."""
    if width(text) <= most:
        return text
    if most <= 0:
        return ""
    characters = cells_of(text)
    ends = accumulate([cells for _, cells in characters])
    fitting = [character for (character, _), end in zip(characters, ends, strict=True) if end < most]
    return "".join(fitting) + ELLIPSIS


def _plain(text: str) -> bool:
    """Whether each letter is a cell."""
    return text.isascii() and text.isprintable()


def clip_start(text: str, most: int) -> str:
    """Return ``text`` if it fits into ``most`` cells, else an ellipsis and its end: for what is being typed."""
    if width(text) <= most:
        return text
    if most <= 0:
        return ""
    characters = cells_of(text)[::-1]
    ends = accumulate([cells for _, cells in characters])
    fitting = [character for (character, _), end in zip(characters, ends, strict=True) if end < most]
    return ELLIPSIS + "".join(fitting[::-1])


@lru_cache(maxsize=1024)
def _cells(text: str, style: Style) -> tuple[Cell, ...]:
    """A plain text in cells. A screen is drawn anew for each change and is nearly the same each time."""
    return tuple([Cell(letter, style) for letter in text])


def cells_of(text: str) -> list[tuple[str, int]]:
    """Split ``text`` into (what goes into one cell or two, how many)."""
    if _plain(text):
        return [(letter, 1) for letter in text]
    characters: list[tuple[str, int]] = []
    marks = 0
    for letter in text:
        category = unicodedata.category(letter)
        if letter in _EMOJI_JOINTS and (not characters or unicodedata.category(characters[-1][0][0]) in _SYMBOLS):
            continue
        if category in ("Mn", "Me") or letter in _JOINERS:
            base, cells = characters.pop() if characters else (" ", 1)
            marks += 1
            characters.append((base + letter if marks <= _MOST_MARKS else base, cells))
        elif category != "Cf":
            marks = 0
            characters.append(_base(letter, category))
    return characters


def _base(letter: str, category: str) -> tuple[str, int]:
    # Controls, halves of surrogate pairs, and the separators that a terminal may obey.
    if category in ("Cc", "Cs", "Zl", "Zp"):
        return _REPLACEMENT, 1
    return letter, 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1
