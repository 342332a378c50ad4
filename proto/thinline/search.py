"""Searching: when a text holds the words that somebody typed, the same for a server and for a handset's own memory.

Who types does not say what is a capital, an accent or a ligature, and stops in the middle of a word. So both sides are
folded, and each word that was typed is looked for at the beginnings of words, where the script has such (spec ASK-9).
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["found", "haystack", "needles", "number_tails"]

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")
_CODE_DIGITS = 3  # of a country, at most
_DIGITS = re.compile(r"\d+")
_MARKS = "\u0300"  # below it there are none
_STROKES = str.maketrans("ıøđħł", "iodhl")


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower() if text.isascii() else _fold(text))


def _fold(text: str) -> str:
    opened = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join([one for one in opened if one < _MARKS or unicodedata.category(one) != "Mn"]).translate(_STROKES)


def needles(text: str) -> tuple[str, ...]:
    """What is looked for: each word, with the space before it where it must begin one (spec ASK-10)."""
    return tuple([word if _UNSPACED.match(word) else f" {word}" for word in _words(text)])


def haystack(text: str) -> str:
    """A text to look in: its words, each behind a space."""
    return "".join([f" {word}" for word in _words(text)])


def number_tails(number: str) -> list[str]:
    """A telephone number's digits from each of its groups on, as somebody may type them without a country's code.

    Where a number is written in one, its code may be of one digit, two or three.
    """
    groups = _DIGITS.findall(number)
    told = ["".join(groups[at:]) for at in range(len(groups) - 1)]
    if number.lstrip().startswith("+") and groups and len(groups[0]) > _CODE_DIGITS:
        told += ["".join(groups)[at:] for at in range(1, _CODE_DIGITS + 1)]
    return told


def found(wanted: tuple[str, ...], hay: str) -> bool:
    """Whether all needles are in a haystack."""
    return all(needle in hay for needle in wanted)
