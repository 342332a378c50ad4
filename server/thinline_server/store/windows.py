"""Reading a collection: the next window after a cursor, and lists in the service's order.

A refill goes by the order's index over what lives, a delta by the position's index over what changed: the work is that
of what is sent, never of what is stored (S3).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from thinline.frames import Window
from thinline.items import ITEM_ID_BYTES
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.windows import Candidate, Cursor, next_sweep, window
from thinline_server.requests import HeadsRead, ListItems, ReadWindow, Refused, WindowRead
from thinline_server.store.apply import shown
from thinline_server.store.context import Context
from thinline_server.store.tables import HEAD_COLUMNS, read_head

__all__ = ["LIST_BYTES", "list_items", "newest_position", "read_window"]

_POSITION_BYTES = 8
LIST_BYTES = 32_768  # a list fits a frame

_BY_KEY = f"""SELECT {HEAD_COLUMNS}, key FROM items
  WHERE account = ? AND collection = ? AND dead = 0 AND (key, item) > (?, ?) AND position <= ? ORDER BY key, item"""
_BY_KEY_BACK = _BY_KEY.replace("(key, item) >", "(key, item) <").replace("BY key, item", "BY key DESC, item DESC")
_BY_POSITION = f"""SELECT {HEAD_COLUMNS} FROM items
  WHERE account = ? AND collection = ? AND position > ? AND position <= ? ORDER BY position"""
_PLACE = "SELECT key FROM items WHERE account = ? AND collection = ? AND item = ?"
_NEWEST = "SELECT max(position) FROM items WHERE account = ? AND collection = ?"


def newest_position(context: Context, account: bytes, collection: int) -> int:
    """The position of the newest change of a collection; 0 where nothing ever happened in it."""
    row = context.tables.row(_NEWEST, (account, collection))
    assert row is not None
    return row[0] or 0


def read_window(context: Context, request: ReadWindow) -> WindowRead | Refused:
    """The next window of a collection."""
    account = context.tables.account(request.account)
    if account is None:
        return Refused(Reason.UNKNOWN_HANDSET)
    sweep = next_sweep(Cursor.decode(request.cursor), account.position, request.floor)
    rows, complete = _rows(context, request, sweep)
    cut = window(rows, sweep, room_bytes=request.room_bytes, budget_bytes=request.budget_bytes, complete=complete)
    current = not cut.more and cut.cursor.covers(newest_position(context, request.account, request.collection))
    heads = tuple(shown(head) for head in cut.heads)
    sent = Window(request.collection, heads, cut.cursor.encode(), context.point(account), not current)
    return WindowRead(sent, current)


def _rows(context: Context, request: ReadWindow, sweep: Cursor) -> tuple[list[Candidate], bool]:
    """Rows of the sweep, somewhat more than the room takes, and whether these are all that is left of it."""
    bounds: tuple[bytes | int, ...]
    if sweep.base == 0:
        key, item = sweep.key[:-ITEM_ID_BYTES], sweep.key[-ITEM_ID_BYTES:]
        sql, bounds = _BY_KEY, (key, item, sweep.top)
    else:
        come = int.from_bytes(sweep.key[:_POSITION_BYTES], "big")
        sql, bounds = _BY_POSITION, (max(sweep.base, come), sweep.top)
    cursor = context.tables.execute(sql, (request.account, request.collection, *bounds))
    rows: list[Candidate] = []
    room = request.room_bytes
    for row in islice(cursor, LIMITS.heads_per_window + 1):
        rows.append(_candidate(row))
        room -= len(rows[-1].head.fields)
        if room < 0 and len(rows) > 1:
            break
    else:
        complete = len(rows) <= LIMITS.heads_per_window
        cursor.close()
        return rows, complete
    cursor.close()
    return rows, False


def _candidate(row: tuple[Any, ...]) -> Candidate:
    head = read_head(row)
    if len(row) > 9:
        return Candidate(row[9] + head.item, head)
    return Candidate(head.position.to_bytes(_POSITION_BYTES, "big"), shown(head))


def list_items(context: Context, request: ListItems) -> HeadsRead | Refused:
    """Live heads in the service's order behind a cursor, or beside an item (spec ASK-8, ASK-14)."""
    key, item = request.cursor[:-ITEM_ID_BYTES], request.cursor[-ITEM_ID_BYTES:]
    beside = request.behind or request.before
    if beside:
        row = context.tables.row(_PLACE, (request.account, request.collection, beside))
        if row is None:
            return Refused(Reason.NO_SUCH_ITEM)
        key, item = row[0], beside
    bindings = (request.account, request.collection, key, item, LIMITS.position)
    limit = max(1, min(request.limit, LIMITS.heads_per_window))
    backwards = not request.behind and bool(request.before)
    cursor = context.tables.execute(_BY_KEY_BACK if backwards else _BY_KEY, bindings)
    found: list[Candidate] = []
    room, more = LIST_BYTES, False
    rows: Iterable[tuple[Any, ...]] = cursor
    for row in rows:
        candidate = _candidate(row)
        room -= len(candidate.head.fields)
        if found and (room < 0 or len(found) == limit):
            more = True
            break
        found.append(candidate)
    cursor.close()
    if backwards:
        return HeadsRead(tuple(one.head for one in reversed(found)), b"")
    return HeadsRead(tuple(one.head for one in found), found[-1].key if more else b"")
