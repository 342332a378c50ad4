"""Content lines: folding, groups, parameters, encodings. What a line means is for others.

A `Line` keeps its bytes as they came, folds and line end included, so that a card is the bytes of its lines joined.
Everything here takes time in proportion to the bytes, whoever wrote them. Of version 2.1 it bears quoted-printable
with its soft line ends, parameters without names, and base64 that nobody indented.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

__all__ = ["Line", "cut_lines", "escape", "fold", "split_value", "unescape"]

_HEAD_BYTES = 4_096  # group, name and parameters; a longer head is nobody's
_FOLD_BYTES = 75
_FOLDS = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
_SOFT_ENDS = re.compile(rb"=[ \t]*(?:\r\n|\n|\r)")
_NAME = re.compile(r"(?:([A-Za-z0-9_-]{1,64})\.)?([A-Za-z0-9-]{1,64})\Z")
_CHARSET = re.compile(
    r"(utf-?8|us-ascii|ascii|latin-?1|iso-?8859-?\d{1,2}|windows-?125\d|cp125\d|koi8-[ru]|"
    r"shift[_-]jis|euc-(jp|kr)|gb2312|gbk|gb18030|big5)\Z",
    re.IGNORECASE,
)
_ENTITIES = {"n": "\n", "N": "\n"}


@dataclass(frozen=True)
class Line:
    """One content line.

    Attributes:
        raw: as it stands in the card.
        group: what it belongs with ("item1"), or nothing.
        name: in capitals; empty for what is no content line.
        params: each parameter as it stands, in order.
        value: what follows the colon, folds taken out, encodings not.
    """

    raw: bytes
    group: str = ""
    name: str = ""
    params: tuple[str, ...] = ()
    value: bytes = b""

    def values(self, param: str) -> list[str]:
        """The values of a parameter, in small letters; of TYPE also those that stand without a name (2.1)."""
        found: list[str] = []
        for one in self.params:
            key, equals, told = one.partition("=")
            if not equals and param == "TYPE":
                found.append(one.strip().lower())
            elif equals and key.strip().upper() == param:
                found += [value.strip().lower() for value in told.replace('"', "").split(",")]
        return [value for value in found if value]

    @property
    def types(self) -> list[str]:
        """What TYPE says."""
        return self.values("TYPE")

    @property
    def quoted(self) -> bool:
        """Whether the value is quoted-printable."""
        return "quoted-printable" in (*self.values("ENCODING"), *self.types)

    @property
    def base64(self) -> bool:
        """Whether the value is base64."""
        return bool({"b", "base64"} & {*self.values("ENCODING"), *self.types})

    @cached_property
    def text(self) -> str:
        """The value as text, escapes still in it: UTF-8, else what it says itself, else what Western systems wrote."""
        data = binascii.a2b_qp(self.value) if self.quoted else self.value
        for charset in ("utf-8", *filter(_CHARSET.match, self.values("CHARSET")), "cp1252"):
            try:
                return data.decode(charset)
            except (UnicodeDecodeError, LookupError):
                continue
        return data.decode("latin-1")


def cut_lines(card: bytes) -> list[Line]:
    """The card's lines; their `raw`s joined are the card."""
    return [_read(part) for part in _logical(card)]


def _logical(card: bytes) -> Iterator[bytes]:
    """Physical lines joined to content lines."""
    parts: list[bytes] = []
    head = b""
    for physical in card.splitlines(keepends=True):
        if parts and not _continues(physical, parts[-1], head):
            yield b"".join(parts)
            parts = []
        if not parts:
            head = physical[:_HEAD_BYTES].partition(b":")[0].upper()
        parts.append(physical)
    if parts:
        yield b"".join(parts)


def _continues(physical: bytes, before: bytes, head: bytes) -> bool:
    if physical[:1] in (b" ", b"\t"):
        return True
    if b"QUOTED-PRINTABLE" in head:
        return before.rstrip().endswith(b"=")
    bare = physical.strip()
    return (b"BASE64" in head or b"ENCODING=B" in head) and bool(bare) and b":" not in physical


def _read(raw: bytes) -> Line:
    soft = b"QUOTED-PRINTABLE" in raw[:_HEAD_BYTES].partition(b":")[0].upper()
    head, colon, value = _head(_FOLDS.sub(b"", _SOFT_ENDS.sub(b"", raw) if soft else raw))
    name = _NAME.match(head[0].strip()) if colon else None
    if name is None:
        return Line(raw)
    return Line(raw, name[1] or "", name[2].upper(), tuple(head[1:]), value.rstrip(b"\r\n"))


def _head(unfolded: bytes) -> tuple[list[str], bool, bytes]:
    """Name and parameters, cut where nothing is quoted; whether there was a colon; what follows it."""
    text = unfolded[:_HEAD_BYTES].decode("latin-1")
    pieces: list[str] = []
    begun, quoted = 0, False
    for at, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif letter in ";:" and not quoted:
            pieces.append(text[begun:at])
            begun = at + 1
            if letter == ":":
                return pieces, True, unfolded[begun:]
    return pieces, False, b""


def split_value(text: str, separator: str, most: int = 1_024) -> list[str]:
    """A value's parts, cut at each separator that is not escaped; escapes stay. Beyond `most` the rest is one part."""
    parts: list[str] = []
    begun = at = 0
    while at < len(text) and len(parts) < most - 1:
        if text[at] == "\\":
            at += 1
        elif text[at] == separator:
            parts.append(text[begun:at])
            begun = at + 1
        at += 1
    return [*parts, text[begun:]]


def unescape(text: str) -> str:
    """What is meant by an escaped text."""
    if "\\" not in text:
        return text
    return re.sub(r"\\(.)", lambda found: _ENTITIES.get(found[1], found[1]), text, flags=re.DOTALL)


def escape(text: str) -> str:
    """A text as it stands in a value."""
    escaped = re.sub(r"[\\,;]", lambda found: "\\" + found[0], text.replace("\r\n", "\n"))
    return escaped.replace("\n", "\\n")


def fold(line: bytes, end: bytes) -> bytes:
    """A content line as it stands in a card: at most 75 bytes a line, cut between characters, with its end."""
    parts: list[bytes] = []
    begun = 0
    while len(line) - begun > _FOLD_BYTES:
        cut = begun + _FOLD_BYTES - bool(parts)  # the space that continues counts
        while line[cut] & 0xC0 == 0x80 and cut > begun + 1:
            cut -= 1
        parts.append(line[begun:cut])
        begun = cut
    return (end + b" ").join([*parts, line[begun:]]) + end
