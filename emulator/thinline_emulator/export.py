"""Everything that a handset holds, as JSON: for a person whose server lost what only this memory still has.

Nothing is left out and nothing interpreted away: each head with its position, revision and ancestors, its fields both
as they stand and as their schema reads them, the parts that are here, and what was done and not answered.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError

from thinline.history import Point
from thinline.items import Blob, Head
from thinline.types import TYPES
from thinline_emulator.cache import Cache
from thinline_emulator.memory import Volatile
from thinline_emulator.outbox import Entry
from thinline_emulator.titles import doing

__all__ = ["export"]


def export(memory: Volatile, account: str, life: int) -> dict[str, Any]:
    """All of a memory, ready for `json.dumps`."""
    cache, outbox = memory.cache, memory.outbox
    return {
        "format": "thinline export 1",
        "account": account,
        "life": life,
        "salvage": cache.frozen,
        "seen": [_point(point) for point in memory.seen.points],
        "items": [_head(cache, number, head) for number in cache.collections() for head in cache.heads(number)],
        "only_here": [_entry(cache, entry) for entry in outbox.entries()],
        "rejected": [{**_entry(cache, one.entry), "reason": one.reason} for one in outbox.rejected],
    }


def _point(point: Point) -> dict[str, Any]:
    return {"position": point.position, "proof": point.proof.hex()}


def _head(cache: Cache, collection: int, head: Head) -> dict[str, Any]:
    return {
        "item": head.item.hex(),
        "collection": collection,
        "type": head.type,
        "position": head.position,
        "revision": head.revision.encode().hex(),
        "ancestors": [one.hex() for one in head.ancestors],
        "deleted": head.dead,
        "copy_of": head.copy_of.hex(),
        "grade": cache.grade(head).value,
        "fields": b64encode(head.fields).decode(),
        "reads": _reads(head.type, head.fields),
        "parts": [_part(cache, blob) for blob in head.blobs],
    }


def _part(cache: Cache, blob: Blob) -> dict[str, Any]:
    data = cache.part(blob.hash)
    content = None if data is None else b64encode(data).decode()
    return {"name": blob.name, "hash": blob.hash.hex(), "size": blob.size, "content": content}


def _reads(type_number: int, fields: bytes) -> dict[str, Any] | None:
    kind = TYPES.get(type_number)
    if kind is None:
        return None
    try:
        return MessageToDict(kind.message.FromString(fields), preserving_proto_field_name=True)
    except DecodeError:
        return None


def _entry(cache: Cache, entry: Entry) -> dict[str, Any]:
    return {
        "item": entry.item.hex(),
        "what": doing(entry, cache),
        "number": entry.number,
        "kind": entry.kind,
        "body": b64encode(entry.body).decode(),
        "parts": {one.hex(): b64encode(data).decode() for one, data in entry.parts.items()},
    }
