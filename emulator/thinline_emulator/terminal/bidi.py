"""Rows as they are read: a terminal puts cells from left to right, and Hebrew and Arabic run the other way.

The Unicode bidirectional algorithm (UAX 9) without explicit formatting, which no screen holds. A row of a screen is
several texts beside each other, a name and a mark, a label and a value; where two cells or more are blank one ends and
the next begins, and each runs as its first letter says (P2, P3). A terminal that would turn them itself is told not to
(ECMA-48's BDSM, as "BiDi in Terminal Emulators" of the Terminal WG has it); most take no notice, and need not.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import groupby

from thinline_emulator.screen import Cell

__all__ = ["AS_THEY_RUN", "AS_THEY_STAND", "turned"]

AS_THEY_STAND, AS_THEY_RUN = "\x1b[8l", "\x1b[8h"  # how the terminal is to put cells: what it had is the latter

_STRONG = ("L", "R", "AL")
_MIRRORED = dict(zip("()[]{}<>«»‹›≤≥", ")(][}{><»«›‹≥≤", strict=True))
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_APART = 2  # blank cells between two texts


def turned(row: Sequence[Cell]) -> list[Cell]:
    """The cells in the order in which a terminal is to show them."""
    if all(cell.text.isascii() for cell in row):
        return list(row)
    shown: list[Cell] = []
    for text in _texts(row):
        kinds = [unicodedata.bidirectional(one[0].text[0]) for one in text]
        ordered = _ordered(text, kinds) if {"R", "AL"} & set(kinds) else text
        shown += [cell for one in ordered for cell in one]
    return shown


def _texts(row: Sequence[Cell]) -> list[list[list[Cell]]]:
    """The texts of a row and the gaps between them, each as characters of one cell or two."""
    characters: list[list[Cell]] = []
    for cell in row:
        if cell.text:
            characters.append([cell])
        elif characters:
            characters[-1].append(cell)
        else:  # the half of a wide character at the edge
            characters.append([cell._replace(text=" ")])
    texts: list[list[list[Cell]]] = [[]]
    for blank, grouped in groupby(characters, key=lambda one: one[0].text == " "):
        run = list(grouped)
        if blank and (len(run) >= _APART or not texts[-1]):
            texts += [run, []]
        else:
            texts[-1] += run
    return texts


def _ordered(text: list[list[Cell]], kinds: list[str]) -> list[list[Cell]]:
    """One text, from logical order into that of a terminal."""
    base = 1 if next((kind for kind in kinds if kind in _STRONG), "L") != "L" else 0
    end = len(text)
    while end and text[end - 1][0].text == " ":  # L1: blanks at the end stay there
        end -= 1
    numbered = _numbered(kinds[:end], base)
    _bracket([one[0].text for one in text[:end]], numbered, base)
    levels = _levels(numbered, base)
    places = list(range(end))
    for level in range(max(levels, default=0), 0, -1):  # L2
        at = 0
        while at < end:
            if levels[places[at]] < level:
                at += 1
                continue
            last = at
            while last < end and levels[places[last]] >= level:
                last += 1
            places[at:last] = reversed(places[at:last])
            at = last
    mirrored = [_mirror(one) if levels[at] % 2 else one for at, one in enumerate(text[:end])]
    return [mirrored[place] for place in places] + text[end:]


def _mirror(character: list[Cell]) -> list[Cell]:
    cell = character[0]
    return [cell._replace(text=_MIRRORED.get(cell.text, cell.text)), *character[1:]]


def _numbered(kinds: Sequence[str], base: int) -> list[str]:
    """Rules W2 to W7: what a number is, and the signs in it."""
    out, strong = [], "RL"[base == 0]
    for kind in kinds:
        strong = kind if kind in _STRONG else strong
        out.append("AN" if kind == "EN" and strong == "AL" else kind)
    for at in range(1, len(out) - 1):
        before, after = out[at - 1], out[at + 1]
        if before == after and ((out[at] == "ES" and before == "EN") or (out[at] == "CS" and before in ("EN", "AN"))):
            out[at] = before
    for first, end in _runs(out, ("ET",)):
        if "EN" in (out[first - 1] if first else "", out[end] if end < len(out) else ""):
            out[first:end] = ["EN"] * (end - first)
    strong = "RL"[base == 0]
    for at, kind in enumerate(out):
        strong = "R" if kind == "AL" else kind if kind in _STRONG else strong
        if kind == "AL":
            out[at] = "R"
        elif kind == "EN" and strong == "L":
            out[at] = "L"
        elif kind not in ("L", "R", "EN", "AN"):
            out[at] = "ON"
    return out


def _bracket(letters: Sequence[str], kinds: list[str], base: int) -> None:
    """Rule N0: the two brackets of a pair go the same way: that of the text, or of what they hold and follow."""
    edge, other = ("R", "L") if base else ("L", "R")
    strong = ["R" if kind in ("EN", "AN") else kind for kind in kinds]
    for first, last in _pairs(letters):
        inside = strong[first + 1 : last]
        if edge in inside:
            way = edge
        elif other in inside:
            way = next((kind for kind in reversed(strong[:first]) if kind != "ON"), edge)
        else:
            continue
        for at in (first, last):
            kinds[at] = strong[at] = way


def _pairs(letters: Sequence[str]) -> list[tuple[int, int]]:
    """Brackets that belong together, by where they open."""
    found, opened = [], []
    for at, letter in enumerate(letters):
        if letter in _BRACKETS:
            opened.append((at, _BRACKETS[letter]))
        elif letter in _BRACKETS.values():
            while opened:
                first, closing = opened.pop()
                if closing == letter:
                    found.append((first, at))
                    break
    return sorted(found)


def _levels(kinds: list[str], base: int) -> list[int]:
    """Rules N1, N2, I1 and I2: neutrals go with their surroundings; then each level."""
    out = list(kinds)
    edge = "R" if base else "L"
    for first, end in _runs(kinds, ("ON",)):
        sides = [
            "R" if kind in ("EN", "AN") else kind
            for kind in (kinds[first - 1] if first else edge, kinds[end] if end < len(kinds) else edge)
        ]
        out[first:end] = [sides[0] if sides[0] == sides[1] else edge] * (end - first)
    if base:
        return [1 if kind == "R" else 2 for kind in out]
    return [{"L": 0, "R": 1}.get(kind, 2) for kind in out]


def _runs(kinds: Sequence[str], wanted: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where those kinds stand together: first and end."""
    found, at = [], 0
    for match, grouped in groupby(kinds, key=lambda kind: kind in wanted):
        end = at + len(list(grouped))
        if match:
            found.append((at, end))
        at = end
    return found
