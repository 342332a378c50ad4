"""HTML made shallow before a parser sees it, which takes quadratic time in the depth of its tree.

A tag too deep becomes a `meta`, which takes no content and leaves SVG, whatever its attributes look like; its text
stays. Tags that are void,
or that end with the next of their kind, make no depth. An end tag counts only where one of its name is open, so that
no sequence of tags goes deeper for the parser than a small multiple of what is counted here.
"""

from __future__ import annotations

import re
from collections import Counter

from thinline_server.pages.bounds import PAGE_BOUNDS, PageBounds

__all__ = ["names", "shallow"]


def names(text: str) -> frozenset[str]:
    """A set of tag names, from a line of them."""
    return frozenset(text.split())


_TAG = re.compile(r"<(?:(!--)|(/?)([a-zA-Z][^\s/>]*))")
_FLAT = names(
    "area base br col embed hr img input link meta param source track wbr p li dt dd option tr td th tbody thead tfoot"
    " html head body"
)


def shallow(html: str, bounds: PageBounds = PAGE_BOUNDS) -> tuple[str, bool]:
    """The HTML within the bounds, and whether something of it was left out."""
    whole, html = len(html), html[: bounds.characters]
    kept: list[str] = []
    opened: Counter[str] = Counter()
    at = depth = tags = options = 0
    while (found := _TAG.search(html, at)) is not None and tags < bounds.tags:
        tags += 1
        name = (found[3] or "").lower()
        end = _end_of_raw(html, found)
        options += name == "option" and not found[2]
        fits = name != "option" or options <= bounds.options
        if end == found.end() and name not in _FLAT:
            fits = depth + (not found[2]) <= bounds.depth
            step = -min(1, opened[name]) if found[2] else 1
            opened[name] += step
            depth += step
        kept.append(html[at:end] if fits else f"{html[at : found.start()]}<{found[2]}meta")
        at = end
    if found is None:
        kept.append(html[at:])
    return "".join(kept), found is not None or whole > len(html)


def _end_of_raw(html: str, found: re.Match[str]) -> int:
    """Where the scan goes on: behind a comment, a script or a style as a whole, else behind the tag's name."""
    if found[1]:
        return _behind(html, "-->", found.end())
    if not found[2] and found[3].lower() in ("script", "style"):
        return _behind(html, f"</{found[3]}", found.end())
    return found.end()


def _behind(html: str, what: str, start: int) -> int:
    end = html.find(what, start)
    return len(html) if end < 0 else end + len(what)
