"""A sheet: the whole terminal as cells with a style each, on which device, panes and legends are drawn.

What leaves it are runs of a row, safe for the terminal: a cell is exactly as wide as the terminal believes, and where
there is no UTF-8 nothing beyond ASCII is left. A picture is drawn many times a second and is nearly the same each time,
so what a text becomes in cells is remembered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from prompt_toolkit.utils import get_cwidth

from thinline_emulator.screen import Canvas
from thinline_emulator.terminal.bidi import turned

__all__ = ["Ink", "Run", "Sheet", "as_ascii", "runs"]

_ASCII: Mapping[str, str] = {
    **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴", "+"), **dict.fromkeys("─━", "-"), **dict.fromkeys("│┃", "|"),
    **dict.fromkeys("▀▙▚▛▜▞▟▌▐", "#"), **dict.fromkeys("▘▝", "'"), **dict.fromkeys("▖▗", "."),
    "▲": "^", "▼": "v", "◀": "<", "▶": ">", "●": "*", "○": "o", "◉": "@", "…": "~", "·": ".", "⇡": "^", "✓": "+",
    "▂": "_", "▄": "-", "▆": "=", "█": "#", "░": ".", "▒": ":", "▓": "%", "↑": "^", "↓": "v", "←": "<", "→": ">",
    "–": "-", "’": "'", "≈": "~",
}  # fmt: skip


class Ink(NamedTuple):
    """One cell: its text, empty in the second half of a wide one, and the name of its style."""

    text: str
    style: str


class Run(NamedTuple):
    """A stretch of a row in one style, and how many cells it takes."""

    style: str
    text: str
    cells: int


class Sheet:
    """Cells of one size; what is drawn beyond the edge is cut.

    Attributes:
        inks: row by row.
    """

    def __init__(self, width: int, height: int, style: str = "desk") -> None:
        self.width = width
        self.height = height
        self.inks = [[_blank(style)] * width for _ in range(height)]

    def put(self, x: int, y: int, text: str, style: str) -> None:
        """Write a text; a control character in it appears as a sign."""
        if 0 <= y < self.height and x < self.width and text:
            self.cells(max(0, x), y, _written(min(0, x), self.width - max(0, x), text, style))

    def centre(self, y: int, text: str, style: str) -> None:
        """Write a text in the middle of a row."""
        self.put(max(0, (self.width - len(text)) // 2), y, text, style)

    def cells(self, x: int, y: int, inks: Sequence[Ink]) -> None:
        """Put cells there, as they are; a wide character that loses one half here leaves a space in the other."""
        first, end = max(0, x), min(self.width, x + len(inks))
        if 0 <= y < self.height and first < end:
            row = self.inks[y]
            if not row[first].text and first:
                row[first - 1] = _blank(row[first - 1].style)
            if end < self.width and not row[end].text:
                row[end] = _blank(row[end].style)
            row[first:end] = inks[first - x : end - x]

    def fill(self, x: int, y: int, width: int, height: int, style: str) -> None:
        """Empty a rectangle, in a style."""
        for row in range(y, y + height):
            self.cells(x, row, [_blank(style)] * width)

    def box(self, x: int, y: int, size: tuple[int, int], style: str) -> None:
        """An empty box with a border; the size is width and height."""
        width, height = size
        self.fill(x, y, width, height, style)
        self.put(x, y, f"╭{'─' * (width - 2)}╮", style)
        for row in range(y + 1, y + height - 1):
            self.put(x, row, "│", style)
            self.put(x + width - 1, row, "│", style)
        self.put(x, y + height - 1, f"╰{'─' * (width - 2)}╯", style)

    def text(self) -> str:
        """Without styles; what a golden file holds."""
        return "\n".join("".join(ink.text for ink in row).rstrip() for row in self.inks)


@lru_cache(maxsize=64)
def _blank(style: str) -> Ink:
    return Ink(" ", style)


@lru_cache(maxsize=1024)
def _written(x: int, width: int, text: str, style: str) -> tuple[Ink, ...]:
    """A text from column x on, cut at 0 and at the width; equal ones are the same object, which compares fast."""
    canvas = Canvas(width, 1)
    end = canvas.put(x, 0, text)
    return tuple([Ink(cell.text, style) for cell in turned(canvas.screen().rows[0][: max(0, end)])])


def runs(row: Sequence[Ink], *, ascii_only: bool = False) -> Iterator[Run]:
    """What to send of a row, or of a stretch of it that cuts no wide character."""
    for style, grouped in groupby(_sized(row), key=lambda ink: ink.style):
        inks = list(grouped)
        text = "".join([ink.text for ink in inks])
        yield Run(style, as_ascii(text) if ascii_only else text, len(inks))


def _sized(row: Sequence[Ink]) -> Iterator[Ink]:
    """Each cell as wide as the terminal believes it to be: else all that follows would stand elsewhere."""
    for at, ink in enumerate(row):
        if not ink.text or (ink.text.isascii() and ink.text.isprintable()):
            yield ink
            continue
        cells = 2 if at + 1 < len(row) and row[at + 1].text == "" else 1
        spare = cells - get_cwidth(ink.text)
        yield ink if not spare else Ink(ink.text + " " * spare if spare > 0 else "?" * cells, ink.style)


def as_ascii(text: str) -> str:
    """The same in as many cells, for a terminal that knows no more than ASCII."""
    if text.isascii():
        return text
    return "".join(letter if letter.isascii() else _ASCII.get(letter, "?" * get_cwidth(letter)) for letter in text)
