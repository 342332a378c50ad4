"""Large digits for a clock, in half cells: four pixels wide, six high, a blank between."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["DIGITS_HIGH", "large"]

DIGITS_HIGH = 3  # rows

_DRAWN: Mapping[str, tuple[str, ...]] = {
    "0": ("####", "#..#", "#..#", "#..#", "#..#", "####"),
    "1": ("..#.", ".##.", "..#.", "..#.", "..#.", ".###"),
    "2": ("####", "...#", "####", "#...", "#...", "####"),
    "3": ("####", "...#", ".###", "...#", "...#", "####"),
    "4": ("#..#", "#..#", "####", "...#", "...#", "...#"),
    "5": ("####", "#...", "####", "...#", "...#", "####"),
    "6": ("####", "#...", "####", "#..#", "#..#", "####"),
    "7": ("####", "...#", "..#.", "..#.", ".#..", ".#.."),
    "8": ("####", "#..#", "####", "#..#", "#..#", "####"),
    "9": ("####", "#..#", "####", "...#", "...#", "####"),
    ":": (".", "#", ".", ".", "#", "."),
    "-": ("....", "....", "####", "....", "....", "...."),
}
_HALVES = {"..": " ", "#.": "▀", ".#": "▄", "##": "█"}


def large(text: str) -> list[str]:
    """Rows of a text of digits, colons and dashes; all equally wide."""
    lines = [".".join(rows) for rows in zip(*[_DRAWN[sign] for sign in text], strict=True)]
    pairs = zip(lines[::2], lines[1::2], strict=True)
    return ["".join([_HALVES[upper + lower] for upper, lower in zip(*pair, strict=True)]) for pair in pairs]
