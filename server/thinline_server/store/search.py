"""Searching a collection: some items at a time, read in the store's thread and looked through beside it.

Nothing is indexed: what a search looks at is its service's affair, and reading on behind a cursor bounds the work of
one request whatever an account holds (T5). Parts are read only of items whose heads do not say all that is looked for.
What was found on the way is read again at the end, so that an answer tells the heads of one moment (spec ASK-13).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from thinline.items import ITEM_ID_BYTES, Head
from thinline.search import found, haystack
from thinline_server.blobs import BlobStore
from thinline_server.outside import KeptPart
from thinline_server.requests import Aside, FindItems, HeadsRead
from thinline_server.services.base import Catalogue
from thinline_server.store.context import Context, beside
from thinline_server.store.packing import unpack_blobs
from thinline_server.store.parts import begun_part, reading
from thinline_server.store.windows import LIST_BYTES

__all__ = ["LOOKED_MOST", "SLICE_ITEMS", "TEXT_BYTES", "find_items"]

SLICE_ITEMS = 128  # read at once
LOOKED_MOST = 16_384  # of one request: an item is 1, a part _PART, and 1 more for each _PART_BYTES of it
_PART, _PART_BYTES = 16, 4_096
TEXT_BYTES = 65_536  # of a part (spec MAIL-11)

_SLICE = """SELECT item, type, fields, key, blobs FROM items
  WHERE account = ? AND collection = ? AND dead = 0 AND (key, item) > (?, ?) ORDER BY key, item LIMIT ?"""


@dataclass(frozen=True, slots=True)
class _Row:
    """An item to look at, and how to read the parts of it that hold text."""

    place: bytes
    type: int
    fields: bytes
    parts: Mapping[str, KeptPart]


def find_items(context: Context, request: FindItems) -> HeadsRead | Aside:
    """The next items to look through, or the answer."""
    if request.over or len(request.found) >= request.limit or request.looked >= LOOKED_MOST:
        return _answer(context, request)
    key, item = request.cursor[:-ITEM_ID_BYTES], request.cursor[-ITEM_ID_BYTES:]
    told = context.tables.rows(_SLICE, (request.account, request.collection, key, item, SLICE_ITEMS))
    rows = [
        _Row(key + item, item_type, fields, _parts(context, request.account, item_type, blobs))
        for item, item_type, fields, key, blobs in told
    ]
    return beside(lambda: _look(context.services, context.blobs, request, rows))


def _parts(context: Context, account: bytes, item_type: int, blobs: bytes) -> dict[str, KeptPart]:
    texts = context.services.part_texts(item_type)
    named = [blob for blob in unpack_blobs(blobs) if blob.name in texts] if texts else []
    return {blob.name: reading(context, account, blob.hash) for blob in named}


def _look(services: Catalogue, blobs: BlobStore, request: FindItems, rows: Sequence[_Row]) -> FindItems:
    """In a thread of its own: the rows are values, and a service's texts are functions of them."""
    places, said = list(request.found), dict(request.said)
    cursor, looked, count = request.cursor, request.looked, 0
    for row in rows:
        if len(places) == request.limit or looked >= LOOKED_MOST:
            break
        cursor, looked, count = row.place, looked + 1, count + 1
        hay = haystack(services.search_text(row.type, row.fields))
        missing = {needle for needle in request.needles if needle not in hay}
        texts = services.part_texts(row.type)
        told = dict[bytes, frozenset[str]]()
        for name, part in row.parts.items() if missing else ():
            looked += _PART + part.size // _PART_BYTES
            hay = haystack(texts[name](begun_part(blobs, part, TEXT_BYTES)))
            told[part.hash] = frozenset(needle for needle in missing if needle in hay)
            missing -= told[part.hash]
        if not missing:
            places.append(cursor)
            said |= told
    over = len(rows) < SLICE_ITEMS and count == len(rows)
    return replace(request, found=tuple(places), said=said, cursor=cursor, looked=looked, over=over)


def _answer(context: Context, request: FindItems) -> HeadsRead:
    heads: list[Head] = []
    room, behind = LIST_BYTES, b""
    for place in request.found:
        version = context.tables.version(request.account, place[-ITEM_ID_BYTES:])
        if version is None or version.head.dead or not _holds(context, request, version.head):
            continue
        room -= len(version.head.fields)
        if heads and room < 0:
            return HeadsRead(tuple(heads), behind)
        heads.append(version.head)
        behind = place
    return HeadsRead(tuple(heads), b"" if request.over else request.cursor)


def _holds(context: Context, request: FindItems, head: Head) -> bool:
    """Whether it still says so: somebody may have edited it since it was looked at."""
    hay = haystack(context.services.search_text(head.type, head.fields))
    said = frozenset[str]().union(*(request.said.get(blob.hash, ()) for blob in head.blobs))
    return found(tuple(needle for needle in request.needles if needle not in said), hay)
