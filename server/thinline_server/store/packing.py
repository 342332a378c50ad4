"""How parts of a head lie in a column: blobs as one value, ancestors joined, ids joined."""

from __future__ import annotations

from collections.abc import Iterable

from thinline.items import ITEM_ID_BYTES, Blob, put_varint, take_varint

__all__ = ["join_ids", "pack_blobs", "pack_spooled", "split_ancestors", "split_ids", "unpack_blobs", "unpack_spooled"]

_ANCESTOR_BYTES = 8
_HASH_BYTES = 32


def pack_blobs(blobs: Iterable[Blob]) -> bytes:
    """Name, hash and size of each, one after another."""
    packed = []
    for blob in blobs:
        name = blob.name.encode()
        packed += [put_varint(len(name)), name, blob.hash, put_varint(blob.size)]
    return b"".join(packed)


def unpack_blobs(data: bytes) -> tuple[Blob, ...]:
    """The blobs again."""
    blobs = []
    at = 0
    while at < len(data):
        length, at = take_varint(data, at)
        name, at = data[at : at + length].decode(), at + length
        content_hash, at = data[at : at + _HASH_BYTES], at + _HASH_BYTES
        size, at = take_varint(data, at)
        blobs.append(Blob(name, content_hash, size))
    return tuple(blobs)


def pack_spooled(parts: Iterable[bytes | None], hashes: Iterable[bytes]) -> bytes:
    """Spooled content as one value: each part itself, or its hash where it lies beside the store (None)."""
    packed = []
    for part, content_hash in zip(parts, hashes, strict=True):
        packed += [put_varint(0), content_hash] if part is None else [put_varint(len(part) + 1), part]
    return b"".join(packed)


def unpack_spooled(data: bytes) -> list[tuple[bytes, bytes]]:
    """Of each part its hash, or itself: one of the two is empty, and the hash is for one that lies there."""
    found = []
    at = 0
    while at < len(data):
        size, at = take_varint(data, at)
        end = at + (size - 1 if size else _HASH_BYTES)
        found.append((b"", data[at:end]) if size else (data[at:end], b""))
        at = end
    return found


def _split(data: bytes, size_bytes: int) -> tuple[bytes, ...]:
    return tuple(data[at : at + size_bytes] for at in range(0, len(data), size_bytes))


def split_ancestors(data: bytes) -> tuple[bytes, ...]:
    """Digests of earlier revisions."""
    return _split(data, _ANCESTOR_BYTES)


def join_ids(items: Iterable[bytes]) -> bytes:
    """Item ids as one value."""
    return b"".join(items)


def split_ids(data: bytes) -> tuple[bytes, ...]:
    """Item ids again."""
    return _split(data, ITEM_ID_BYTES)
