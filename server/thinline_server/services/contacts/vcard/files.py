"""A file of cards, cut into cards while it is read: never more of it in memory than one card may have.

What is no card is told, by line and reason, and the rest goes on behind it. A file in UTF-16, as some telephones
write it, is read as if it had been in UTF-8.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from thinline_server.services.contacts.vcard.reading import CARD_BYTES

__all__ = ["Piece", "cut_file"]

_READ_BYTES = 65_536
_BEGIN, _END = b"BEGIN:VCARD", b"END:VCARD"
_UTF8 = codecs.BOM_UTF8
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A card of a file, or why there is none.

    Attributes:
        number: which card of the file, from 1; 0 for what stands outside of cards.
        line: where it begins, from 1.
        data: its bytes; empty where it is refused.
        refused: why.
    """

    number: int
    line: int
    data: bytes
    refused: str = ""


class _Cutter:
    """Takes lines, gives pieces."""

    def __init__(self) -> None:
        self.number = self.line = self._begun = self._depth = self._size = 0
        self._card: list[bytes] = []
        self._inside = self._agent = False  # `_agent`: the line before leads to a card inside this one (2.1)

    def take(self, part: bytes, *, starts: bool) -> Iterator[Piece]:
        """A line, or a further part of one that is longer than is read at once."""
        word = part.strip().upper() if starts and len(part) < 64 else b""
        self.line += starts
        if not self._inside:
            if word == _BEGIN:
                self._inside, self._depth, self._begun, self._size = True, 1, self.line, 0
                self.number += 1
                self._card = []
            elif part.strip() and starts:
                yield Piece(0, self.line, b"", "this stands outside of any card")
                return
            else:
                return
        elif word == _BEGIN and not self._agent:
            yield from self.end()
            self._inside = False
            self.line -= starts
            yield from self.take(part, starts=starts)
            return
        else:
            self._depth += (word == _BEGIN) - (word == _END)
        self._agent = starts and part[:5].upper() == b"AGENT"
        self._keep(part)
        if self._depth == 0:
            yield self._finished()

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > CARD_BYTES:
            self._card = []
        else:
            self._card.append(part)

    def _finished(self) -> Piece:
        self._inside = False
        card, self._card = b"".join(self._card), []
        if self._size > CARD_BYTES:
            return Piece(self.number, self._begun, b"", f"it has {self._size} bytes; a card has at most {CARD_BYTES}")
        return Piece(self.number, self._begun, card)

    def end(self) -> Iterator[Piece]:
        """The file is over."""
        if self._inside:
            yield Piece(self.number, self._begun, b"", "it has no END:VCARD")


def cut_file(file: BinaryIO) -> Iterator[Piece]:
    """The cards of a file, one after the other."""
    cutter = _Cutter()
    starts, strange = True, False
    for part in _parts(file):
        for piece in cutter.take(part, starts=starts):
            if piece.number or not strange:  # one word for a stretch of lines outside of cards
                yield piece
            strange = not piece.number
        starts = part.endswith(b"\n")
    yield from cutter.end()


def _parts(file: BinaryIO) -> Iterator[bytes]:
    """Lines, long ones in parts, in one of ASCII's kin."""
    first = file.readline(_READ_BYTES)
    charset = _UTF16.get(first[:2])
    if charset is None:
        yield first.removeprefix(_UTF8)
        while part := file.readline(_READ_BYTES):
            yield part
        return
    decoder = codecs.getincrementaldecoder(charset)(errors="replace")
    waiting = decoder.decode(first[2:])
    while True:
        *lines, waiting = waiting.splitlines(keepends=True) or [""]
        yield from (line.encode() for line in lines)
        if len(waiting) > _READ_BYTES:
            yield waiting.encode()
            waiting = ""
        data = file.read(_READ_BYTES)
        if not data:
            break
        waiting += decoder.decode(data)
    if waiting:
        yield waiting.encode()
