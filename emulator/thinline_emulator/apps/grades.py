"""How safe an item is, in one cell of a list and in words (spec KEEP-5)."""

from __future__ import annotations

from thinline.reasons import name_of
from thinline_emulator.cache import Grade
from thinline_emulator.overlay import Shown

__all__ = ["grade_mark", "grade_text"]

_MARKS = {Grade.LOCAL: "⇡", Grade.DURABLE: " ", Grade.SAFE: "✓"}
_TEXTS = {
    Grade.LOCAL: "exists only here",
    Grade.DURABLE: "on the server",
    Grade.SAFE: "on the server and in a copy",
}


def grade_mark(shown: Shown) -> str:
    """A cell for a list; two for another version of an item."""
    if shown.rejected:
        return "!"
    return f"{'2' if shown.copy_of else ''}{_MARKS[shown.grade]}"


def grade_text(shown: Shown) -> str:
    """The same in words, and what may be done about a change that was not accepted."""
    if shown.rejected:
        return f"not accepted: {name_of(shown.rejected)}; DELETE forgets it"
    said = _TEXTS[shown.grade]
    return f"another version; {said}" if shown.copy_of else said
