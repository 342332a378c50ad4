"""A page as marked text: what is read, with a byte in between wherever something begins or ends. Spec PAGE-9.

A page's text holds no control characters but line feeds, so that all others are free to be marks. What repeats itself
stays alike: a link is not numbered where it is the next one, a style is one byte where it begins and where it ends. So
text that is compressed costs little more than its words do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from google.protobuf.message import DecodeError

from thinline.convert import require
from thinline.errors import RemoteError
from thinline.items import put_varint, take_varint
from thinline.limits import LIMITS
from thinline.pages import hold_bounds
from thinline.reasons import Reason
from thinline.v1.page_pb2 import Block, Cell, Page, Run

__all__ = ["mark", "unmark"]

_RECORD, _PARAGRAPH, _BLOCK, _CELL, _NUMBERED = 1, 2, 3, 4, 5
_STYLES: Final = {6: "strong", 7: "emphasis", 8: "code"}
_NUMBERS: Final = {11: "link", 12: "image", 14: "control"}
_STYLE_OF = {name: bytes([byte]) for byte, name in _STYLES.items()}
_NUMBER_OF = {name: bytes([byte]) for byte, name in _NUMBERS.items()}
_NUMBERS_END = 1 << 32
_MARK = re.compile(rb"[\x00-\x09\x0b-\x1f]")
_PLAIN = Block()


def mark(parts: Iterable[Page | Block]) -> bytes:
    """The marked text of a page that is told in parts, in their order: blocks, and pages without blocks."""
    told: list[bytes] = []
    highest = dict.fromkeys(_NUMBERS.values(), 0)
    for part in parts:
        if isinstance(part, Page):
            told.append(_framed(_RECORD, part.SerializeToString(deterministic=True)))
            continue
        head = Block()
        head.CopyFrom(part)
        del head.runs[:], head.cells[:]
        told.append(bytes([_PARAGRAPH]) if head == _PLAIN else _framed(_BLOCK, head.SerializeToString()))
        told += _marked(part.runs, highest)
        for cell in part.cells:
            told.append(bytes([_CELL]))
            told += _marked(cell.runs, highest)
    return b"".join(told)


def _framed(byte: int, data: bytes) -> bytes:
    return bytes([byte]) + put_varint(len(data)) + data


def _marked(runs: Sequence[Run], highest: dict[str, int]) -> Iterator[bytes]:
    """The text of runs; what is on at their end goes off with the block or cell."""
    before = Run()
    for run in runs:
        for name, byte in _STYLE_OF.items():
            if getattr(run, name) != getattr(before, name):
                yield byte
        for name, byte in _NUMBER_OF.items():
            number = getattr(run, name)
            if number == getattr(before, name):
                continue
            if number and number != highest[name] + 1:
                yield bytes([_NUMBERED]) + byte + put_varint(number)
            else:
                yield byte if not number or not getattr(before, name) else byte + byte
            highest[name] = max(highest[name], number)
        yield run.text.encode()
        before = run


class _Piece(NamedTuple):
    """A mark with what belongs to it, and the text behind it."""

    byte: int
    data: bytes
    text: bytes


def _pieces(data: bytes, *, begun: bool) -> Iterator[_Piece]:
    """All of them; of a page that is still coming those that are there.

    Raises:
        RemoteError: MALFORMED.
    """
    at = 0
    while at < len(data):
        byte, at = data[at], at + 1
        start = at
        try:
            if byte in (_RECORD, _BLOCK):
                size, start = take_varint(data, at)
                at = start + size
            elif byte == _NUMBERED:
                _, at = take_varint(data, at + 1)
            require(at <= len(data), "marked text that is cut off")
        except RemoteError:
            if begun:
                return
            raise
        found = _MARK.search(data, at)
        end = found.start() if found else len(data)
        yield _Piece(byte, data[start:at], data[at:end])
        at = end


class _Reader:
    """A page being read, and how what comes next looks."""

    def __init__(self) -> None:
        self.page = Page()
        self._highest = dict.fromkeys(_NUMBERS.values(), 0)
        self._into: Block | Cell | None = None
        self._look = Run()

    def take(self, piece: _Piece, errors: str) -> None:
        """A mark, and the text behind it.

        Raises:
            RemoteError: MALFORMED, or TOO_LARGE.
            DecodeError, UnicodeDecodeError: it is none.
        """
        byte, data, text = piece
        if byte in _STYLES:
            setattr(self._look, _STYLES[byte], not getattr(self._look, _STYLES[byte]))
        elif byte in _NUMBERS:
            name = _NUMBERS[byte]
            self._number(name, 0 if getattr(self._look, name) else self._highest[name] + 1)
        elif byte == _NUMBERED and data[0] in _NUMBERS:
            self._number(_NUMBERS[data[0]], take_varint(data, 1)[0])
        else:
            self._begin(byte, data)
        if text:
            require(self._into is not None, "text outside of a block")
            assert self._into is not None
            self._into.runs.add().CopyFrom(self._look)
            self._into.runs[-1].text = text.decode(errors=errors)

    def _number(self, name: str, number: int) -> None:
        require(number < _NUMBERS_END, "a number too high")
        setattr(self._look, name, number)
        self._highest[name] = max(self._highest[name], number)

    def _begin(self, byte: int, data: bytes) -> None:
        """A block, a cell of the last one, or what stands outside of blocks."""
        blocks = self.page.blocks
        self._look = Run()
        if byte == _RECORD:
            record = Page.FromString(data)
            require(not record.blocks, "blocks in a record")
            self.page.MergeFrom(record)
            self._into = None
        elif byte in (_PARAGRAPH, _BLOCK):
            require(len(blocks) < LIMITS.page_blocks, "too many blocks", Reason.TOO_LARGE)
            self._into = blocks.add()
            self._into.MergeFromString(data)
        else:
            require(byte == _CELL and self._into is not None, "an unknown mark")
            self._into = blocks[-1].cells.add()


def unmark(data: bytes, *, begun: bool = False) -> Page:
    """The page of a marked text; with `begun` of as much as there is of one that is still coming.

    Raises:
        RemoteError: MALFORMED where it is none, TOO_LARGE beyond the bounds (spec PAGE-5).
    """
    require(len(data) <= LIMITS.page_bytes, "a page with too many bytes", Reason.TOO_LARGE)
    reader = _Reader()
    try:
        for piece in _pieces(data, begun=begun):
            reader.take(piece, "ignore" if begun else "strict")
    except (DecodeError, UnicodeDecodeError) as error:
        raise RemoteError(Reason.MALFORMED, "no page") from error
    return hold_bounds(reader.page)
