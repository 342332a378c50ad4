"""A name in its parts after somebody edited it as a whole: each word stays the part that it was.

A card says a name twice, as it is said (FN) and in parts: family, given, additional, prefix, suffix (N; RFC 6350,
6.2.2). Only the first is shown and edited. Where a word was replaced, its part is that of the word that it replaces;
what is in the parts and not in the name that was shown nobody has seen, and it stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from thinline_server.services.contacts.vcard.lines import escape, unescape

__all__ = ["renamed"]

_FAMILY, _GIVEN, _PARTS = 0, 1, 5
_WORDS_MOST = 64  # beyond it a name is no name, and comparing takes too long


def renamed(parts: Sequence[str], was: str, now: str) -> list[str]:
    """The parts, escaped as in a card, of a name that was shown as `was` and is `now`."""
    parts = [*parts, *[""] * (_PARTS - len(parts))]
    before, after = was.split(), now.split()
    places = _places(parts, before)
    if len(before) + len(after) > _WORDS_MOST or not any(place is not None for place in places):
        return _by_order(now)
    known = [_GIVEN if place is None else place for place in places]
    wanted: list[list[str]] = [[] for _ in parts]
    for word, place in zip(after, _inherited(before, after, known), strict=True):
        wanted[place].append(word)
    shown = [[word for word, at in zip(before, places, strict=True) if at == place] for place in range(len(parts))]
    return [
        part if words == old else escape(" ".join(words)) for part, words, old in zip(parts, wanted, shown, strict=True)
    ]


def _by_order(name: str) -> list[str]:
    """Without parts to go by, the last word is the family's, unless it is the only one."""
    given, _, family = name.rpartition(" ")
    return [*map(escape, (family, given) if given else ("", name)), "", "", ""]


def _places(parts: Sequence[str], words: Sequence[str]) -> list[int | None]:
    """Of which part each word is, as far as they tell."""
    left = [(word, place) for place, part in enumerate(parts) for word in re.split(r"[\s,]+", unescape(part)) if word]
    found: list[int | None] = []
    for word in words:
        one = next((pair for pair in left if pair[0] == word.strip(",")), None)
        if one is not None:
            left.remove(one)
        found.append(one[1] if one is not None else None)
    return found


def _inherited(before: Sequence[str], after: Sequence[str], places: Sequence[int]) -> list[int]:
    """The part of each word of the new name."""
    found: list[int] = []
    for tag, first, last, begin, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for at in range(end - begin):
            if tag == "insert":  # beside its neighbour on the left, which it completes
                found.append(places[max(0, first - 1)])
            else:
                found.append(places[min(first + at, last - 1)])
    return found
