"""Searching a collection: some items at a time, read in the store's thread and looked through beside it.

Nothing is indexed: what a search looks at is its service's affair, and reading on behind a cursor bounds the work of
one request whatever an account holds (T5). What was found on the way is read again at the end, so that an answer tells
the heads of one moment (spec ASK-13).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from thinline.items import ITEM_ID_BYTES, Head
from thinline.search import found, haystack
from thinline_server.requests import Aside, Failed, FindItems, HeadsRead
from thinline_server.services.base import Catalogue
from thinline_server.store.context import Context
from thinline_server.store.windows import LIST_BYTES

__all__ = ["LOOKED_MOST", "SLICE_ITEMS", "find_items"]

SLICE_ITEMS = 256  # read at once
LOOKED_MOST = 16_384  # of one request

_SLICE = """SELECT item, type, fields, key FROM items
  WHERE account = ? AND collection = ? AND dead = 0 AND (key, item) > (?, ?) ORDER BY key, item LIMIT ?"""


def find_items(context: Context, request: FindItems) -> HeadsRead | Aside:
    """The next items to look through, or the answer."""
    if request.over or len(request.found) >= request.limit or request.looked >= LOOKED_MOST:
        return _answer(context, request)
    key, item = request.cursor[:-ITEM_ID_BYTES], request.cursor[-ITEM_ID_BYTES:]
    rows = context.tables.rows(_SLICE, (request.account, request.collection, key, item, SLICE_ITEMS))
    return Aside(lambda: _look(context.services, request, rows))


def _look(services: Catalogue, request: FindItems, rows: Sequence[tuple[Any, ...]]) -> FindItems | Failed:
    """In a thread of its own: the rows are values, and a service's text is a function of them."""
    places = list(request.found)
    cursor, looked, over = request.cursor, request.looked, len(rows) < SLICE_ITEMS
    try:
        for item, item_type, fields, key in rows:
            cursor, looked = key + item, looked + 1
            if found(request.needles, haystack(services.search_text(item_type, fields))):
                places.append(cursor)
                if len(places) == request.limit:
                    over = over and looked == request.looked + len(rows)
                    break
    except Exception as error:
        return Failed(error)
    return replace(request, found=tuple(places), cursor=cursor, looked=looked, over=over)


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
    return found(request.needles, haystack(context.services.search_text(head.type, head.fields)))
