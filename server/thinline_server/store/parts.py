"""Parts on their way: up in pieces that are kept as they come, down as they are stored.

A part is compressed whole, once, where that makes it shorter, and cut for the line afterwards, so that an offset means
the same to both sides (spec PART-2). A small part lies in its row. The blob of any other is durable before its row, so
a row without a blob is damage (D9); it is squeezed, checked and written beside the store, as it is read (see `aside`).
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping

import structlog

from thinline.commands import Version
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.v1 import line_pb2
from thinline_server.blobs import BlobStore, blob_key
from thinline_server.outside import ItemRead, Kept, KeptPart, ReadItem, Ready
from thinline_server.requests import Aside, BlobRead, GetBlob, PutBegin, PutChunk, PutState, Refused
from thinline_server.store.context import Context, beside

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = [
    "OPEN_UPLOADS",
    "begun_part",
    "get_blob",
    "has_part",
    "keep_part",
    "note_part",
    "put_begin",
    "put_chunk",
    "put_kept",
    "read_item",
    "read_part",
    "reading",
]

_log = structlog.get_logger("thinline.store")

OPEN_UPLOADS = 8  # of one account; the oldest gives way and begins again
_HASH_BYTES = 32
_LEVEL = 3

_WHOLE = "SELECT size, encoding FROM blobs WHERE account = ? AND hash = ?"
_PART = "SELECT size, encoding, data FROM blobs WHERE account = ? AND hash = ?"
_NOTE = "INSERT OR IGNORE INTO blobs VALUES (?, ?, ?, ?, ?)"
_OPEN = "SELECT size, offset FROM uploads WHERE account = ? AND hash = ?"
_BEGIN = "INSERT INTO uploads VALUES (?, ?, ?, 0, ?)"
_MOVE = "UPDATE uploads SET offset = ? WHERE account = ? AND hash = ?"
_PIECE = "INSERT INTO pieces VALUES (?, ?, ?, ?)"
_PIECES = "SELECT data FROM pieces WHERE account = ? AND hash = ? ORDER BY offset"
_SURPLUS = "SELECT hash FROM uploads WHERE account = ? ORDER BY begun_ms DESC, hash LIMIT -1 OFFSET ?"


def put_begin(context: Context, request: PutBegin) -> PutState | Refused | Aside:
    """How much of the part is here already."""
    if request.size > LIMITS.blob_bytes:
        return Refused(Reason.TOO_LARGE)
    if len(request.hash) != _HASH_BYTES:
        return Refused(Reason.MALFORMED)
    if context.tables.row(_WHOLE, (request.account, request.hash)):
        return PutState(request.size, True)
    upload = context.tables.row(_OPEN, (request.account, request.hash))
    if upload == (request.size, request.size):  # the server ended before it could look at it
        return _finish(context, request)
    if upload is not None and upload[0] == request.size:
        return PutState(upload[1], False)
    _drop(context, request.account, request.hash)
    bindings = (request.account, request.hash, request.size, context.now_ms())
    context.tables.execute(_BEGIN, bindings)
    for row in context.tables.rows(_SURPLUS, (request.account, OPEN_UPLOADS)):
        _drop(context, request.account, row[0])
    if request.size == 0:
        return _finish(context, request)
    return PutState(0, False)


def put_chunk(context: Context, request: PutChunk) -> PutState | Refused | Aside:
    """Keep a piece; the last one makes the part whole, once its hash is checked (spec PART-6)."""
    if context.tables.row(_WHOLE, (request.account, request.hash)):
        return PutState(request.size, True)
    upload = context.tables.row(_OPEN, (request.account, request.hash))
    if upload == (request.size, request.size):  # all of it came, and is being checked
        return _finish(context, request)
    if upload is None or upload != (request.size, request.offset):
        return Refused(Reason.OFFSET)
    offset = request.offset + len(request.data)
    if offset > request.size:
        return Refused(Reason.TOO_LARGE)
    if request.data:
        context.tables.execute(_PIECE, (request.account, request.hash, request.offset, request.data))
        context.tables.execute(_MOVE, (offset, request.account, request.hash))
    if offset < request.size:
        return PutState(offset, False)
    return _finish(context, request)


def _finish(context: Context, request: PutBegin | PutChunk) -> PutState | Refused | Aside:
    pieces = [row[0] for row in context.tables.rows(_PIECES, (request.account, request.hash))]

    def kept() -> Kept:
        data = b"".join(pieces)
        sound = hashlib.sha256(data).digest() == request.hash
        return Kept(request, (keep_part(context.blobs, request.account, request.hash, data),) if sound else ())

    if request.size >= context.blobs.least_bytes:
        return beside(kept)
    for part in kept().parts:
        note_part(context, part)
    return put_kept(context, request)


def put_kept(context: Context, request: PutBegin | PutChunk) -> PutState | Refused:
    """All of a part came; it has its row now if it was what its hash says (spec PART-7)."""
    _drop(context, request.account, request.hash)
    if not has_part(context, request.account, request.hash):
        return Refused(Reason.INVALID, "the part's hash is another")
    return PutState(request.size, True)


def has_part(context: Context, account: bytes, content_hash: bytes) -> bool:
    """Whether an account has a part, on stable storage."""
    return context.tables.row(_WHOLE, (account, content_hash)) is not None


def keep_part(blobs: BlobStore, account: bytes, content_hash: bytes, data: bytes) -> KeptPart:
    """Put a part on stable storage, in whatever thread, but for a small one. `note_part` comes after it (D9)."""
    encoding, encoded = _encode(data)
    if len(data) < blobs.least_bytes:
        return KeptPart(account, content_hash, len(data), encoding, encoded)
    blobs.put(blob_key(account, content_hash), encoded)
    return KeptPart(account, content_hash, len(data), encoding)


def note_part(context: Context, part: KeptPart) -> None:
    """Have the row of a part that is on stable storage, or small."""
    context.tables.execute(_NOTE, part)


def _drop(context: Context, account: bytes, content_hash: bytes) -> None:
    context.tables.execute("DELETE FROM pieces WHERE account = ? AND hash = ?", (account, content_hash))
    context.tables.execute("DELETE FROM uploads WHERE account = ? AND hash = ?", (account, content_hash))


def _encode(data: bytes) -> tuple[int, bytes]:
    squeezed = zstd.compress(data, _LEVEL)
    if len(squeezed) < len(data):
        return line_pb2.ENCODING_ZSTD, squeezed
    return line_pb2.ENCODING_IDENTITY, data


def get_blob(context: Context, request: GetBlob) -> BlobRead | Refused | Aside:
    """A part of an item, as it is stored; one answer for all that is not the asker's (T2)."""
    version = context.tables.version(request.account, request.item)
    blobs = version.head.blobs if version and not version.head.dead else ()
    if not any(blob.name == request.name and blob.hash == request.hash for blob in blobs):
        return Refused(Reason.NO_SUCH_PART)
    row = context.tables.row(_PART, (request.account, request.hash))
    if row is None or (request.length and request.start + request.length > row[0]):
        return Refused(Reason.NO_SUCH_PART)
    part = KeptPart(request.account, request.hash, *row)
    if part.data is not None:
        return _read(context.blobs, request, part)
    return beside(lambda: Ready(_read(context.blobs, request, part)))


def _read(blobs: BlobStore, request: GetBlob, part: KeptPart) -> BlobRead | Refused:
    """All of a part, or some bytes of it as a part of their own (spec PART-8)."""
    encoded, data = _checked(blobs, part)
    if data is None or encoded is None:
        return Refused(Reason.STORE_FAILED, "the part is damaged on the server's disk")
    if request.length:
        return BlobRead(*_encode(data[request.start : request.start + request.length]), request.length)
    return BlobRead(part.encoding, encoded, part.size)


def reading(context: Context, account: bytes, content_hash: bytes) -> KeptPart:
    """What is needed to read a part that the account has, in whatever thread."""
    row = context.tables.row(_PART, (account, content_hash))
    assert row is not None, "what names a part has it"
    return KeptPart(account, content_hash, *row)


def read_part(blobs: BlobStore, part: KeptPart) -> bytes | None:
    """The plain bytes of a part, in whatever thread; None where the disk has damaged or lost it."""
    return _checked(blobs, part)[1]


def begun_part(blobs: BlobStore, part: KeptPart, most_bytes: int) -> bytes:
    """How a part begins, unchecked, in whatever thread; nothing where the disk has damaged or lost it."""
    encoded = _encoded(blobs, part) or b""
    if part.encoding != line_pb2.ENCODING_ZSTD:
        return encoded[:most_bytes]
    try:
        return zstd.ZstdDecompressor().decompress(encoded, most_bytes)
    except zstd.ZstdError:
        return b""


def _encoded(blobs: BlobStore, part: KeptPart) -> bytes | None:
    return part.data if part.data is not None else blobs.get(blob_key(part.account, part.hash))


def _checked(blobs: BlobStore, part: KeptPart) -> tuple[bytes | None, bytes | None]:
    """A part as it is stored, and its plain bytes unless it is damaged."""
    encoded = _encoded(blobs, part)
    data = None if encoded is None else _sound(encoded, part.encoding, part.size, part.hash)
    if data is None:
        _log.error("blob is damaged", account=part.account.hex(), hash=part.hash.hex(), missing=encoded is None)
    return encoded, data


def _sound(encoded: bytes, encoding: int, size: int, content_hash: bytes) -> bytes | None:
    """The plain bytes: a read returns the written value or an error, never another value (D8)."""
    data = encoded
    if encoding == line_pb2.ENCODING_ZSTD:
        try:
            data = zstd.ZstdDecompressor().decompress(encoded, size + 1)
        except zstd.ZstdError:
            return None
    return data if len(data) == size and hashlib.sha256(data).digest() == content_hash else None


def read_item(context: Context, request: ReadItem) -> ItemRead | Refused | Aside:
    """An item and its parts, as a gateway sends them; also one whose owner deleted it since."""
    version = context.tables.version(request.account, request.item)
    if version is None:
        return Refused(Reason.NO_SUCH_ITEM)
    wanted = [blob for blob in version.head.blobs if request.parts is None or blob.name in request.parts]
    if not wanted:
        return ItemRead(version, {})
    parts = {blob.name: reading(context, request.account, blob.hash) for blob in wanted}
    if all(part.data is not None for part in parts.values()):
        return _item_read(context.blobs, version, parts)
    return beside(lambda: Ready(_item_read(context.blobs, version, parts)))


def _item_read(blobs: BlobStore, version: Version, parts: Mapping[str, KeptPart]) -> ItemRead | Refused:
    found: dict[str, bytes] = {}
    for name, part in parts.items():
        data = read_part(blobs, part)
        if data is None:
            return Refused(Reason.STORE_FAILED, f"part {name} is damaged on the server's disk")
        found[name] = data
    return ItemRead(version, found)
