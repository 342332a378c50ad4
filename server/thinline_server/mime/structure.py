"""A mail's parts, found on its bytes in one pass, before any of them is decoded.

Only lines that begin with two dashes are looked at, against the boundaries that are open: so the work is linear in the
bytes whatever is nested in whatever, and nothing is copied. A part is a range of the mail and the fields before it.
Line ends may be CRLF, LF or CR; boundaries may be missing, repeated or never closed.

The standard library's parser is not used for this: it is quadratic in the number of parts, recurses in their depth, and
keeps several copies of the mail. It reads the fields, which are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, pairwise

from thinline.errors import LocalError
from thinline_server.mime.bounds import MIME_BOUNDS
from thinline_server.mime.fields import Fields, read_fields

__all__ = ["Part", "TooManyParts", "cut_mail", "read_header"]

_END = r"(?:\r\n|\n|\r(?!\n))"
_DELIMITER = re.compile(rb"(?:\A|[\r\n])--([^\r\n]*)")
_HEADER_END = re.compile(f"{_END}{_END}".encode())
_LINE_END = re.compile(f"{_END}?".encode())
_FROM_LINE = re.compile(rb"From [^\r\n:]*[^\r\n]*" + _END.encode())


class TooManyParts(LocalError):
    """More parts, or deeper ones, than a mail that a person wrote has."""


@dataclass(slots=True)
class Part:
    """One part: a range of the mail.

    Attributes:
        fields: its header.
        header_start: where that begins.
        start: where its content begins.
        end: behind its content.
        children: of a multipart, in their order; of a forwarded message, that message.
    """

    fields: Fields
    header_start: int
    start: int
    end: int
    default_type: str = "text/plain"
    children: list[Part] = field(default_factory=list)

    @property
    def media_type(self) -> str:
        """In lower case; what its place implies where it says none."""
        return self.fields.media_type or self.default_type


@dataclass(frozen=True, slots=True)
class _Delimiter:
    """A line that may be a boundary: where what is before it ends, where it and what follows begin, what it says."""

    start: int
    dashes: int
    behind: int
    text: bytes


def cut_mail(data: bytes) -> Part:
    """The parts of a mail, from its own header down.

    Raises:
        TooManyParts: beyond the bounds.
    """
    return _Cutter(data).cut()


def read_header(data: bytes) -> Fields:
    """The fields of a mail of which nothing else can be read."""
    return _Cutter(data).header(_after_from_line(data), len(data), "").fields


class _Cutter:
    """One pass over a mail."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._parts = 0
        self._open: list[tuple[Part, int]] = []  # parts that have not ended, with how many multiparts they are in
        self._multiparts: list[tuple[bytes, Part]] = []  # by boundary, the innermost last
        self._expected: dict[bytes, tuple[int, bool]] = {}  # a line: whose boundary, and whether it closes

    def cut(self) -> Part:
        start = _after_from_line(self._data)
        end = _Delimiter(len(self._data), len(self._data), len(self._data), b"")
        delimiters = pairwise(chain(_delimiters(self._data), [end]))
        first, following = next(delimiters, (end, end))
        root = self._begin(start, first.dashes, "text/plain")
        while first is not end:
            known = self._expected.get(first.text)
            if known is not None and first.start >= start:
                self._close(known[0], first.start)
                if known[1]:
                    self._forget(known[0])
                else:
                    around = self._multiparts[known[0]][1].media_type
                    default = "message/rfc822" if around == "multipart/digest" else "text/plain"
                    self._begin(first.behind, following.dashes, default)
            first, following = next(delimiters, (following, end))
        return root

    def header(self, start: int, limit: int, default_type: str) -> Part:
        """A part of which the content may reach to the end of the mail; its header ends before the limit."""
        data = self._data
        if data[start : start + 1] in (b"\r", b"\n"):
            header_end, body = start, min(limit, _behind_line(data, start))
        else:
            found = _HEADER_END.search(data, start, limit)
            header_end, body = found.span() if found else (limit, limit)
        fields = read_fields(data[start : min(header_end, start + MIME_BOUNDS.header_bytes)])
        if not fields and header_end > start:
            body = start  # no header at all: what looked like one is text
        return Part(fields, start, body, len(data), default_type)

    def _begin(self, start: int, limit: int, default_type: str) -> Part:
        """Open a part, and the messages in it that have no boundary before them."""
        part = top = self._add(start, limit, default_type)
        while part.media_type == "message/rfc822" and part.fields.encoding not in ("base64", "quoted-printable"):
            inner = self._add(part.start, limit, "text/plain", part)
            part = inner
        return top

    def _add(self, start: int, limit: int, default_type: str, parent: Part | None = None) -> Part:
        self._parts += 1
        if self._parts > MIME_BOUNDS.parts:
            raise TooManyParts(f"it has more than {MIME_BOUNDS.parts:,} parts")
        if len(self._open) > MIME_BOUNDS.nesting:
            raise TooManyParts(f"its parts are nested more than {MIME_BOUNDS.nesting} deep")
        part = self.header(start, limit, default_type)
        if parent is None and self._multiparts:
            parent = self._multiparts[-1][1]
        if parent is not None:
            parent.children.append(part)
        self._open.append((part, len(self._multiparts)))
        boundary = part.fields.boundary
        if part.media_type.startswith("multipart/") and boundary:
            self._multiparts.append((boundary, part))
            self._expect()
        return part

    def _close(self, level: int, at: int) -> None:
        """End all that is open in a multipart."""
        while self._open[-1][1] > level:
            part, _ = self._open.pop()
            part.end = max(part.start, at)
        del self._multiparts[level + 1 :]
        self._expect()

    def _forget(self, level: int) -> None:
        """A multipart is closed: what follows is of the one around it."""
        del self._multiparts[level:]
        self._expect()

    def _expect(self) -> None:
        self._expected = {}
        for level, (boundary, _) in enumerate(self._multiparts):
            self._expected[boundary] = (level, False)
            self._expected[boundary + b"--"] = (level, True)


def _delimiters(data: bytes) -> Iterator[_Delimiter]:
    for number, found in enumerate(_DELIMITER.finditer(data)):
        if number >= MIME_BOUNDS.delimiters:
            raise TooManyParts(f"more than {MIME_BOUNDS.delimiters:,} of its lines look like boundaries")
        start = found.start()
        if start and data[start] == 0x0A and data[start - 1] == 0x0D:
            start -= 1
        yield _Delimiter(start, found.start(1) - 2, _behind_line(data, found.end()), found[1].rstrip(b" \t"))


def _behind_line(data: bytes, at: int) -> int:
    found = _LINE_END.match(data, at)
    return found.end() if found else at


def _after_from_line(data: bytes) -> int:
    """Where a mail begins that was cut out of a mailbox file."""
    found = _FROM_LINE.match(data)
    return found.end() if found else 0
