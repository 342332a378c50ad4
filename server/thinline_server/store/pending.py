"""What the requests of one group write, gathered until somebody reads or the group commits.

A burst of commands edits the same items, moves the same numbers and appends to the same tables. Gathered, an item is
written once however often it was edited, and a table's new rows go in by one statement. All of it is in the group's
transaction; nothing here knows of commits.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import apsw

from thinline.commands import Version
from thinline_server.store.packing import pack_blobs

__all__ = ["Listing", "Pending"]

_PUT_ITEM = """INSERT INTO items
  (account, item, position, collection, type, dead, key, revision, fields, blobs, ancestors, copy_of, copy_by)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET position = excluded.position, type = excluded.type, dead = excluded.dead,
  collection = excluded.collection, key = excluded.key, revision = excluded.revision, fields = excluded.fields,
  blobs = excluded.blobs, ancestors = excluded.ancestors, copy_of = excluded.copy_of, copy_by = excluded.copy_by"""
# An edit that leaves the item where it is listed must not touch the indexes of the list.
_EDIT_ITEM = """UPDATE items SET position = ?, revision = ?, fields = ?, blobs = ?, ancestors = ?
  WHERE account = ? AND item = ? AND key = ? AND dead = ? AND type = ?"""
_PUT_ROW = "INSERT INTO rows (account, position, row, chain, author) VALUES (?, ?, ?, ?, ?)"
_PUT_OUTCOME = "INSERT INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?)"
_PRUNE = "DELETE FROM outcomes WHERE handset = ? AND number <= ?"
_SET_DONE = "UPDATE handsets SET done = ? WHERE handset = ?"


class Listing(NamedTuple):
    """Where an item is listed: its collection, and its key in the service's order."""

    collection: int
    key: bytes


class Pending:
    """The gathered writes of one connection.

    Attributes:
        rows: of the history, as its columns.
        outcomes: as their columns.
        versions: the newest of each item, by account and item.
        done: the highest number judged, by handset.
        pruned: the number up to which outcomes may go, by handset.
    """

    __slots__ = ("_connection", "done", "outcomes", "pruned", "rows", "versions")

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.rows: list[tuple[Any, ...]] = []
        self.outcomes: list[tuple[Any, ...]] = []
        self.versions: dict[tuple[bytes, bytes], tuple[Version, Listing]] = {}
        self.done: dict[bytes, int] = {}
        self.pruned: dict[bytes, int] = {}

    def __bool__(self) -> bool:
        return bool(self.rows or self.outcomes or self.versions or self.done or self.pruned)

    def write(self) -> None:
        """Make all of it; each table is empty-handed after."""
        many = self._connection.executemany
        rows, self.rows = self.rows, []
        many(_PUT_ROW, rows)
        versions, self.versions = self.versions, {}
        for (account, _), (version, listing) in versions.items():
            self._put(account, version, listing)
        outcomes, self.outcomes = self.outcomes, []
        many(_PUT_OUTCOME, outcomes)
        done, self.done = self.done, {}
        many(_SET_DONE, [(number, handset) for handset, number in done.items()])
        pruned, self.pruned = self.pruned, {}
        many(_PRUNE, list(pruned.items()))

    def drop(self) -> None:
        """Forget it: the group was rolled back."""
        self.rows.clear()
        self.outcomes.clear()
        self.versions.clear()
        self.done.clear()
        self.pruned.clear()

    def _put(self, account: bytes, version: Version, listing: Listing) -> None:
        head = version.head
        told = (head.revision.encode(), head.fields, pack_blobs(head.blobs), b"".join(head.ancestors))
        collection, key = listing
        if head.ancestors:
            edit = (head.position, *told, account, head.item, key, head.dead, head.type)
            self._connection.execute(_EDIT_ITEM, edit)
            if self._connection.changes():
                return
        origin = (head.copy_of or None, version.copy_by or None)
        place = (account, head.item, head.position, collection, head.type, head.dead, key)
        self._connection.execute(_PUT_ITEM, (*place, *told, *origin))
