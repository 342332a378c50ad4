"""Parts on their way: up in pieces that are kept as they come, down as they are stored.

A part is compressed whole, once, where that makes it shorter, and cut for the line afterwards, so that an offset means
the same to both sides (spec PART-2). The blob is durable before its row, so a row without a blob is damage (D9).
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
from thinline_server.outside import ItemRead, KeptPart, ReadItem, Ready
from thinline_server.requests import Aside, BlobRead, Failed, GetBlob, PutBegin, PutChunk, PutState, Refused
from thinline_server.store.context import Context

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
    "read_item",
    "read_part",
    "reading",
]

_log = structlog.get_logger("thinline.store")

OPEN_UPLOADS = 8  # of one account; the oldest gives way and begins again
_HASH_BYTES = 32
_LEVEL = 3

_WHOLE = "SELECT size, encoding FROM blobs WHERE account = ? AND hash = ?"
_NOTE = "INSERT OR IGNORE INTO blobs VALUES (?, ?, ?, ?)"
_OPEN = "SELECT size, offset FROM uploads WHERE account = ? AND hash = ?"
_BEGIN = "INSERT INTO uploads VALUES (?, ?, ?, 0, ?)"
_MOVE = "UPDATE uploads SET offset = ? WHERE account = ? AND hash = ?"
_PIECE = "INSERT INTO pieces VALUES (?, ?, ?, ?)"
_PIECES = "SELECT data FROM pieces WHERE account = ? AND hash = ? ORDER BY offset"
_SURPLUS = "SELECT hash FROM uploads WHERE account = ? ORDER BY begun_ms DESC, hash LIMIT -1 OFFSET ?"


def put_begin(context: Context, request: PutBegin) -> PutState | Refused:
    """How much of the part is here already."""
    if request.size > LIMITS.blob_bytes:
        return Refused(Reason.TOO_LARGE)
    if len(request.hash) != _HASH_BYTES:
        return Refused(Reason.MALFORMED)
    if context.tables.row(_WHOLE, (request.account, request.hash)):
        return PutState(request.size, True)
    upload = context.tables.row(_OPEN, (request.account, request.hash))
    if upload is not None and upload[0] == request.size:
        return PutState(upload[1], False)
    _drop(context, request.account, request.hash)
    bindings = (request.account, request.hash, request.size, context.now_ms())
    context.tables.execute(_BEGIN, bindings)
    for row in context.tables.rows(_SURPLUS, (request.account, OPEN_UPLOADS)):
        _drop(context, request.account, row[0])
    if request.size == 0:
        return _finish(context, request.account, request.hash)
    return PutState(0, False)


def put_chunk(context: Context, request: PutChunk) -> PutState | Refused:
    """Keep a piece; the last one makes the part whole, once its hash is checked."""
    if context.tables.row(_WHOLE, (request.account, request.hash)):
        return PutState(request.size, True)
    upload = context.tables.row(_OPEN, (request.account, request.hash))
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
    return _finish(context, request.account, request.hash)


def _finish(context: Context, account: bytes, content_hash: bytes) -> PutState | Refused:
    pieces = context.tables.rows(_PIECES, (account, content_hash))
    data = b"".join(row[0] for row in pieces)
    _drop(context, account, content_hash)
    if hashlib.sha256(data).digest() != content_hash:
        return Refused(Reason.INVALID, "the part's hash is another")
    note_part(context, account, content_hash, len(data), keep_part(context.blobs, account, content_hash, data))
    return PutState(len(data), True)


def has_part(context: Context, account: bytes, content_hash: bytes) -> bool:
    """Whether an account has a part, on stable storage."""
    return context.tables.row(_WHOLE, (account, content_hash)) is not None


def keep_part(blobs: BlobStore, account: bytes, content_hash: bytes, data: bytes) -> int:
    """Put a part on stable storage, in whatever thread; its encoding. `note_part` comes after it (D9)."""
    encoding, encoded = _encode(data)
    blobs.put(blob_key(account, content_hash), encoded)
    return encoding


def note_part(context: Context, account: bytes, content_hash: bytes, size: int, encoding: int) -> None:
    """Have the row of a part that is on stable storage."""
    context.tables.execute(_NOTE, (account, content_hash, size, encoding))


def _drop(context: Context, account: bytes, content_hash: bytes) -> None:
    context.tables.execute("DELETE FROM pieces WHERE account = ? AND hash = ?", (account, content_hash))
    context.tables.execute("DELETE FROM uploads WHERE account = ? AND hash = ?", (account, content_hash))


def _encode(data: bytes) -> tuple[int, bytes]:
    squeezed = zstd.compress(data, _LEVEL)
    if len(squeezed) < len(data):
        return line_pb2.ENCODING_ZSTD, squeezed
    return line_pb2.ENCODING_IDENTITY, data


def get_blob(context: Context, request: GetBlob) -> BlobRead | Refused:
    """A part of an item, as it is stored; one answer for all that is not the asker's (T2)."""
    version = context.tables.version(request.account, request.item)
    blobs = version.head.blobs if version and not version.head.dead else ()
    if not any(blob.name == request.name and blob.hash == request.hash for blob in blobs):
        return Refused(Reason.NO_SUCH_PART)
    row = context.tables.row(_WHOLE, (request.account, request.hash))
    if row is None:
        return Refused(Reason.NO_SUCH_PART)
    size, encoding = row
    encoded = context.blobs.get(blob_key(request.account, request.hash))
    if encoded is None or _sound(encoded, encoding, size, request.hash) is None:
        _damaged(request.account, request.hash, encoded)
        return Refused(Reason.STORE_FAILED, "the part is damaged on the server's disk")
    if request.length:
        return _stretch(encoded, encoding, request, size)
    return BlobRead(encoding, encoded, size)


def _stretch(encoded: bytes, encoding: int, request: GetBlob, size: int) -> BlobRead | Refused:
    """Some bytes of a part, as a part of their own (spec PART-8)."""
    if request.start + request.length > size:
        return Refused(Reason.NO_SUCH_PART)
    data = zstd.decompress(encoded) if encoding == line_pb2.ENCODING_ZSTD else encoded
    return BlobRead(*_encode(data[request.start : request.start + request.length]), request.length)


def reading(context: Context, account: bytes, content_hash: bytes) -> KeptPart:
    """What is needed to read a part that the account has, in whatever thread."""
    row = context.tables.row(_WHOLE, (account, content_hash))
    assert row is not None, "what names a part has it"
    return KeptPart(account, content_hash, *row)


def read_part(blobs: BlobStore, part: KeptPart) -> bytes | None:
    """The plain bytes of a part, in whatever thread; None where the disk has damaged or lost it."""
    encoded = blobs.get(blob_key(part.account, part.hash))
    data = None if encoded is None else _sound(encoded, part.encoding, part.size, part.hash)
    if data is None:
        _damaged(part.account, part.hash, encoded)
    return data


def begun_part(blobs: BlobStore, part: KeptPart, most_bytes: int) -> bytes:
    """How a part begins, unchecked, in whatever thread; nothing where the disk has damaged or lost it."""
    encoded = blobs.get(blob_key(part.account, part.hash)) or b""
    if part.encoding != line_pb2.ENCODING_ZSTD:
        return encoded[:most_bytes]
    try:
        return zstd.ZstdDecompressor().decompress(encoded, most_bytes)
    except zstd.ZstdError:
        return b""


def _damaged(account: bytes, content_hash: bytes, encoded: bytes | None) -> None:
    _log.error("blob is damaged", account=account.hex(), hash=content_hash.hex(), missing=encoded is None)


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
    return Aside(lambda: _read_item_aside(context.blobs, version, parts))


def _read_item_aside(blobs: BlobStore, version: Version, parts: Mapping[str, KeptPart]) -> Ready | Failed:
    """In a thread of its own: only the blobs are touched."""
    found: dict[str, bytes] = {}
    try:
        for name, part in parts.items():
            data = read_part(blobs, part)
            if data is None:
                return Ready(Refused(Reason.STORE_FAILED, f"part {name} is damaged on the server's disk"))
            found[name] = data
    except Exception as error:
        return Failed(error)
    return Ready(ItemRead(version, found))
