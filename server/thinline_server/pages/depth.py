"""HTML made shallow before a parser sees it, which takes quadratic time in its depth and in the attributes of a tag.

A tag too deep becomes a `meta`, which takes no content and leaves SVG, whatever its attributes look like; its text
stays. Tags that are void, or that end with the next of their kind, make no depth. An end tag counts only where one of
its name is open, so that no sequence of tags goes deeper for the parser than a small multiple of what is counted here.
What is a comment or a script for this scan may be none for the parser (`<title><!--</title>`), so only so many tags are
passed over in them.

A tag with too many attributes ends behind the last that it may have. Whatever looks like the beginning of a tag is
looked at for itself, wherever it stands: nothing can be hidden in quotes, comments or scripts.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from thinline_server.pages.bounds import PAGE_BOUNDS, PageBounds

__all__ = ["names", "shallow"]


def names(text: str) -> frozenset[str]:
    """A set of tag names, from a line of them."""
    return frozenset(text.split())


_START = re.compile("</?[a-zA-Z][^\\s/>]*+")
_TAG = re.compile(r"<(?:(!--)|(/?)([a-zA-Z][^\s/>]*))")
# One attribute, as the tokenizer of HTML has it: a name and what may follow; quotes that do not end go to the end.
_ATTRIBUTE = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s>"'][^\s>]*+)?+)?+"""
_FLAT = names(
    "area base br col embed hr img input link meta param source track wbr p li dt dd option tr td th tbody thead tfoot"
    " html head body"
)


@lru_cache(maxsize=4)
def _attributes(count: int) -> re.Pattern[str]:
    """Up to so many of them."""
    return re.compile(rf"(?:{_ATTRIBUTE}){{0,{count}}}+")


def _parted(html: str, bounds: PageBounds) -> tuple[str, bool]:
    """The HTML with an end behind the last attribute that a tag may have, and whether all of it was looked at."""
    several = _attributes(bounds.attributes)
    another = _attributes(1)
    kept: list[str] = []
    at, work = 0, bounds.passes * len(html)
    for found in _START.finditer(html):
        end = _past(several, html, found.end())
        beyond = _past(another, html, end) if end > found.end() else end
        work -= beyond - found.end()
        if work < 0:
            return "".join([*kept, html[at : found.start()]]), False
        if beyond > end > at:
            kept += [html[at:end], " >"]
            at = end
    return "".join([*kept, html[at:]]), True


def _past(attributes: re.Pattern[str], html: str, start: int) -> int:
    """Where they end."""
    if html.startswith(">", start):
        return start
    found = attributes.match(html, start)
    assert found is not None, "none is a match too"
    return found.end()


def shallow(html: str, bounds: PageBounds = PAGE_BOUNDS) -> tuple[str, bool]:
    """The HTML within the bounds, and whether something of it was left out."""
    cut = len(html) > bounds.characters
    html, looked_at = _parted(html[: bounds.characters], bounds)
    kept: list[str] = []
    opened: Counter[str] = Counter()
    at = depth = tags = options = hidden = 0
    while (found := _TAG.search(html, at)) is not None and tags < bounds.tags:
        tags += 1
        name = (found[3] or "").lower()
        end = found.end()
        if hidden <= bounds.hidden:
            raw = _end_of_raw(html, found)
            hidden += sum(1 for _ in _START.finditer(html, end, raw))
            end = raw if hidden <= bounds.hidden else end
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
    return "".join(kept), cut or not looked_at or found is not None


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
