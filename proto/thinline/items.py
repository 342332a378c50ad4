"""Items: heads, their cells, and the revisions that say which of two versions grew from the other.

A head's fields are the protobuf encoding of the service's message, kept as it came. The core cuts that encoding into
*cells*, one for each field number: the field's records, tags included, in their order. Joining the cells by ascending
number gives the encoding back, so what nobody here understands survives verbatim (spec ITEM-2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from thinline.errors import RemoteError
from thinline.limits import LIMITS
from thinline.reasons import Reason

__all__ = [
    "ITEM_ID_BYTES",
    "NO_REVISION",
    "Blob",
    "Cells",
    "Head",
    "Revision",
    "blob_cell",
    "content_digest",
    "digest",
    "footprint",
    "join_cells",
    "next_revision",
    "outside_id",
    "put_varint",
    "split_fields",
    "take_varint",
]

ITEM_ID_BYTES = 12
_REVISION_DIGEST_BYTES = 8
_HEAD_OVERHEAD_BYTES = 64
_ONE_BYTE = tuple(bytes((value,)) for value in range(0x80))
_FIELD_NUMBERS = 1 << 29  # protobuf's own bound

Cells = dict[int, tuple[bytes, ...]]


def put_varint(value: int) -> bytes:
    """Encode an unsigned integer as protobuf does."""
    if value < 0x80:  # most are one byte, and the rest two
        return _ONE_BYTE[value]
    if value < 0x4000:
        return bytes((value & 0x7F | 0x80, value >> 7))
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def take_varint(data: bytes, at: int) -> tuple[int, int]:
    """Decode a varint at an offset; returns the value and the offset behind it.

    Raises:
        RemoteError: MALFORMED, when it is cut off or longer than ten bytes.
    """
    if at < len(data) and data[at] < 0x80:  # most are one byte
        return data[at], at + 1
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise RemoteError(Reason.MALFORMED, "bad varint")


class Revision(bytes):
    """(generation, 8 bytes of SHA-256 of the parent revision and the content digest); spec ITEM-5.

    It is its own encoding: handsets hold one for each of thousands of heads, and look into none.
    """

    __slots__ = ()

    def __new__(cls, generation: int, digest: bytes) -> Self:
        """Of its two parts."""
        return super().__new__(cls, put_varint(generation) + digest)

    @property
    def generation(self) -> int:
        """1 for an item's first version."""
        return take_varint(self, 0)[0]

    @property
    def digest(self) -> bytes:
        """8 bytes; none for `NO_REVISION`."""
        return self[take_varint(self, 0)[1] :]

    def encode(self) -> bytes:
        """The generation as a varint, then the digest."""
        return bytes(self)

    def __repr__(self) -> str:
        """As it is made."""
        return f"Revision({self.generation}, {self.digest!r})"

    @classmethod
    def decode(cls, data: bytes) -> Revision:  # type: ignore[override]  # text is what bytes decode to
        """Read an encoded revision.

        Raises:
            RemoteError: MALFORMED.
        """
        generation, at = take_varint(data, 0)
        if len(data) - at != _REVISION_DIGEST_BYTES:
            raise RemoteError(Reason.MALFORMED, "bad revision")
        return cls(generation, data[at:])


NO_REVISION = Revision(0, b"")  # of what the server has not judged yet


@dataclass(frozen=True, slots=True)
class Blob:
    """A part that hangs on an item by name, hash (SHA-256, 32 bytes) and size in bytes."""

    name: str
    hash: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Head:
    """One item, or its tombstone, at one position of its account's history."""

    item: bytes
    position: int
    revision: Revision
    type: int
    fields: bytes = b""
    blobs: tuple[Blob, ...] = ()
    ancestors: tuple[bytes, ...] = ()  # digests of the newest earlier revisions, newest first (spec ITEM-6)
    safe_ancestor: Revision | None = None
    dead: bool = False
    copy_of: bytes = b""


def digest(value: bytes) -> bytes:
    """What a command says of a value that it replaces: 8 bytes of SHA-256; nothing for an absent value (spec CMD-2)."""
    return hashlib.sha256(value).digest()[:8] if value else b""


def blob_cell(blob: Blob) -> bytes:
    """The bytes that stand for a blob in digests: hash and size; the name is the cell's key (spec ITEM-4)."""
    return blob.hash + put_varint(blob.size)


def content_digest(type_number: int, fields: bytes, blobs: Iterable[Blob], *, dead: bool) -> bytes:
    """SHA-256 over all that a head says, 32 bytes; blobs in the order of their names (spec ITEM-4)."""
    hasher = hashlib.sha256(b"\x01" if dead else b"\x00")
    hasher.update(put_varint(type_number))
    hasher.update(put_varint(len(fields)))
    hasher.update(fields)
    for blob in sorted(blobs, key=lambda one: one.name):
        name = blob.name.encode()
        hasher.update(put_varint(len(name)) + name + blob_cell(blob))
    return hasher.digest()


def next_revision(parent: Revision | None, content: bytes) -> Revision:
    """The revision of a content that replaces `parent` (spec ITEM-5)."""
    if parent is None:
        return Revision(1, hashlib.sha256(content).digest()[:_REVISION_DIGEST_BYTES])
    grown = hashlib.sha256(parent.encode() + content).digest()
    return Revision(parent.generation + 1, grown[:_REVISION_DIGEST_BYTES])


def outside_id(account: bytes, source: str, origin: bytes) -> bytes:
    """The id of what came from outside: account, the source's name, and SHA-256 of the raw content (spec ITEM-12)."""
    told = source.encode()
    named = b"outside" + account + put_varint(len(told)) + told + origin
    return hashlib.sha256(named).digest()[:ITEM_ID_BYTES]


def _record_end(data: bytes, at: int, wire_type: int) -> int:
    """The offset behind a record's value; at or beyond the end of the data where it is cut off."""
    if wire_type == 2:
        size, start = take_varint(data, at)
        return start + size
    if wire_type == 0:
        return take_varint(data, at)[1]
    if wire_type == 1:
        return at + 8
    if wire_type == 5:
        return at + 4
    raise RemoteError(Reason.MALFORMED, "groups are not spoken here")


def split_fields(data: bytes) -> Cells:
    """Cut an encoded message into its cells: field number to records, tags included (spec ITEM-2).

    Raises:
        RemoteError: MALFORMED, or TOO_LARGE beyond `Limits.head_records`.
    """
    return _split_fields(data).copy()


@lru_cache(maxsize=16)  # what one edit made is what the next one is made of
def _split_fields(data: bytes) -> Cells:
    cells: dict[int, list[bytes]] = {}
    at = records = 0
    size = len(data)
    while at < size:
        tag, start = data[at], at + 1
        if tag >= 0x80:  # else it is all of its varint, as nearly always: this is done to every item
            tag, start = take_varint(data, at)
        end = _record_end(data, start, tag & 7)
        if end > size or not 0 < tag >> 3 < _FIELD_NUMBERS:
            raise RemoteError(Reason.MALFORMED, "bad record")
        records += 1
        if records > LIMITS.head_records:
            raise RemoteError(Reason.TOO_LARGE, "too many records")
        cells.setdefault(tag >> 3, []).append(data[at:end])
        at = end
    return {number: tuple(values) for number, values in cells.items()}


def join_cells(cells: Mapping[int, tuple[bytes, ...]]) -> bytes:
    """The encoding again: cells by ascending number, records in their order."""
    return b"".join(record for number in sorted(cells) for record in cells[number])


def footprint(head: Head) -> int:
    """Bytes of memory that a head takes on a handset, as budgets and caches count (spec SYNC-12)."""
    blobs = sum(len(blob.name) + 48 for blob in head.blobs)
    return _HEAD_OVERHEAD_BYTES + len(head.fields) + blobs + 8 * len(head.ancestors)
