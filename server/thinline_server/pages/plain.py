"""Plain text becomes blocks: paragraphs, quotes by their `>`, what looks like a table or code, and links.

Mail programs break lines at some 72 characters, which a narrow screen would break again. So lines that were evidently
filled up are joined: the next line's first word would not have fitted in. With format=flowed (RFC 3676) the text says
itself where it goes on. Nothing else is guessed, and no character of the text is lost but spaces at line ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from thinline.v1.page_pb2 import BLOCK_KIND_PREFORMATTED, BLOCK_KIND_UNSPECIFIED
from thinline_server.pages.bounds import PAGE_BOUNDS
from thinline_server.pages.writer import PLAIN, Frame, Look, PageWriter

__all__ = ["write_flowed", "write_plain"]

_FILLED_LEAST, _FILLED_MOST = 56, 100  # the widths at which mail programs break lines
_QUOTE = re.compile(r"(?:> ?){1,64}")
_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"']+|\bmailto:[^\s<>\"'@:]{1,64}@[^\s<>\"'@]+", re.IGNORECASE)
_LAID_OUT = re.compile(r"\t|\S   +\S|^ {4}\S|[|+][-+=]{3}")  # columns, code, drawings
_ITEM = re.compile(r"\s*(?:[-*•–]|\d{1,3}[.)])\s")
_SIGNATURE = "-- "
_AFTER_LINK = ".,;:!?)]}»”’*_"


class _Line(NamedTuple):
    """A line without its quote marks."""

    quotes: int
    text: str
    flows: bool = False  # the next one goes on with it


def write_plain(writer: PageWriter, text: str, quotes: int = 0) -> None:
    """Write text as people wrote it, `quotes` deep already."""
    lines = [_quoted(line) for line in _lines(writer, text)]
    _write(writer, [line for group in _same_depth(lines) for line in _joined(group)], quotes)


def write_flowed(writer: PageWriter, text: str, *, delete_space: bool = False, quotes: int = 0) -> None:
    """Write text/plain; format=flowed (RFC 3676), with its DelSp parameter."""
    _write(writer, [_flowed(line, delete_space=delete_space) for line in _lines(writer, text)], quotes)


def _lines(writer: PageWriter, text: str) -> list[str]:
    """The lines that are looked at."""
    front = text[: PAGE_BOUNDS.characters].replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    lines = front.split("\n", PAGE_BOUNDS.lines)
    if len(text) > PAGE_BOUNDS.characters or len(lines) > PAGE_BOUNDS.lines:
        writer.leave_out()
    return lines[: PAGE_BOUNDS.lines]


def _quoted(line: str) -> _Line:
    found = _QUOTE.match(line)
    if found is None:
        return _Line(0, line)
    return _Line(found[0].count(">"), line[found.end() :])


def _flowed(line: str, *, delete_space: bool) -> _Line:
    text = line.lstrip(">")
    quotes = len(line) - len(text)
    text = text.removeprefix(" ")  # stuffed
    flows = text.endswith(" ") and text != _SIGNATURE
    return _Line(quotes, text[:-1] if flows and delete_space else text, flows)


def _same_depth(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    for _, group in groupby(lines, lambda line: line.quotes):
        yield list(group)


def _joined(lines: list[_Line]) -> Iterator[_Line]:
    """The lines of one depth; those that were filled up go on with the next."""
    widths = [len(line.text.rstrip()) for line in lines if " " in line.text.strip()]
    most = max(widths, default=0)
    if not _FILLED_LEAST <= most <= _FILLED_MOST:
        yield from lines
        return
    for line, follower in pairwise(lines):
        if _filled(line.text.rstrip(), follower.text, most):
            yield _Line(line.quotes, f"{line.text.rstrip()} ", True)
        else:
            yield line
    yield lines[-1]


def _filled(text: str, follower: str, most: int) -> bool:
    """Whether a line ended only because the next one's first word had no room in it."""
    parted = not follower.strip() or follower[0] in " \t" or _ITEM.match(follower)
    if parted or len(text) < _FILLED_LEAST or _LAID_OUT.search(text) or _LAID_OUT.search(follower):
        return False
    return len(text) + 1 + len(follower.split(None, 1)[0]) > most


def _write(writer: PageWriter, lines: Sequence[_Line], quotes: int) -> None:
    """Each stretch without empty lines, of one depth, is a block."""
    for (depth, empty), group in groupby(lines, lambda line: (line.quotes, not line.text.strip())):
        if empty:
            continue
        block = list(group)
        laid_out = 2 * sum(not line.flows and bool(_LAID_OUT.search(line.text)) for line in block) >= len(block)
        kind = BLOCK_KIND_PREFORMATTED if laid_out else BLOCK_KIND_UNSPECIFIED
        writer.begin(Frame(kind, 0, quotes + depth))
        for line in block:
            _write_links(writer, line.text if line.flows else f"{line.text.rstrip()}\n")
    writer.end()


def _write_links(writer: PageWriter, text: str) -> None:
    at = 0
    for found in _LINK.finditer(text):
        shown = found[0].rstrip(_AFTER_LINK)
        address = shown if ":" in shown[:8] else f"https://{shown}"
        scheme, colon, rest = address.partition(":")
        number = writer.link(f"{scheme.lower()}{colon}{rest}")
        writer.verbatim(text[at : found.start()], PLAIN)
        writer.verbatim(shown, Look(link=number))
        at = found.start() + len(shown)
    writer.verbatim(text[at:], PLAIN)
