"""How much of a text or of HTML is looked at: the numbers, in one place.

An honest mail is far below them; what is beyond is left out, and its page says `cut`. What a page itself holds at most
is the protocol's (spec PAGE-5).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PAGE_BOUNDS", "WEB_BOUNDS", "PageBounds"]


@dataclass(frozen=True, slots=True)
class PageBounds:
    """What is looked at."""

    characters: int = 1_048_576
    lines: int = 50_000  # of plain text
    tags: int = 50_000
    options: int = 4_096  # of choices; a parser needs quadratic time in them
    depth: int = 256  # of tags; a parser needs quadratic time in it
    attributes: int = 256  # of a tag; the same
    hidden: int = 10_000  # tags in comments, scripts and styles, which a parser may not take for those
    passes: int = 16  # over the HTML, looking for attributes


PAGE_BOUNDS = PageBounds()
WEB_BOUNDS = PageBounds(characters=8_388_608, tags=400_000)
