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
    """A telephone number's digits from each of its groups on: `+45 20 30` is 4520 30, and 2030 without its country."""
    groups = _DIGITS.findall(number)
    return ["".join(groups[at:]) for at in range(len(groups) - 1)]


def found(wanted: tuple[str, ...], hay: str) -> bool:
    """Whether all needles are in a haystack."""
    return all(needle in hay for needle in wanted)
