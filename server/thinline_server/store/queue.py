"""The table of errands: how they get into it, and how they stand. What is done about them is in `errands`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from thinline.errands import Errand, ErrandKind, ErrandState, Standing
from thinline.items import put_varint
from thinline.limits import LIMITS
from thinline_server.store.context import Context
from thinline_server.store.tables import Account

__all__ = ["COLUMNS", "Kept", "detail_of", "is_full", "keep", "move", "of_item", "queue", "read"]

COLUMNS = "errand, account, kind, item, target, state, epoch, tries, queued_ms, parts, detail"
_KEPT = f"SELECT {COLUMNS} FROM errands WHERE errand = ?"
_OF_ITEM = f"SELECT {COLUMNS} FROM errands WHERE account = ? AND item = ? AND kind = ?"
_OPEN = "SELECT count(*) FROM (SELECT 1 FROM errands WHERE account = ? AND state <= 2 LIMIT ?)"
_PUT = "INSERT INTO errands (account, kind, item, target, state, epoch, tries, queued_ms, due_ms, parts, detail)"
_KEEP = f"{_PUT} VALUES (?1, ?2, x'', '', 1, ?3, 0, ?4, ?4, ?5, ?6)"
# Spec OUT-11: what is there already is queued again only where it is UNKNOWN or FAILED.
_QUEUE = f"""{_PUT} VALUES (?1, ?2, ?3, ?4, 1, ?5, 0, ?6, ?6, x'', ?7)
  ON CONFLICT (account, item, kind, target) WHERE item <> x'' DO UPDATE SET state = 1, epoch = excluded.epoch,
  tries = 0, queued_ms = excluded.queued_ms, due_ms = excluded.due_ms, detail = excluded.detail
  WHERE state IN (3, 6)"""
# What a command said beside is kept while the errand waits or is under way (WEB-12).
_MOVE = """UPDATE errands SET state = ?1, due_ms = ?2, epoch = ?3, tries = ?4,
  detail = CASE WHEN item = x'' OR ?1 IN (1, 2) THEN detail ELSE x'' END WHERE errand = ?5"""


class Kept(NamedTuple):
    """An errand as it lies in the table."""

    errand: int
    account: bytes
    kind: int
    item: bytes
    target: str
    state: int
    epoch: int
    tries: int
    queued_ms: int
    parts: bytes
    detail: bytes

    def standing(self, account: Account) -> Standing:
        """Beside its account."""
        return Standing(ErrandState(self.state), self.epoch, account.epoch, account.careful)


def detail_of(context: Context, kept: Kept) -> bytes:
    """What its command said beside, in clear; nothing where the key that sealed it is gone."""
    return context.state.vault.open(_place(kept.account, kept.kind, kept.item), kept.detail) or b""


def _place(account: bytes, kind: int, item: bytes) -> bytes:
    return account + put_varint(kind) + item


def is_full(context: Context, account: Account) -> bool:
    """Whether as much waits for the account as may (spec OUT-12)."""
    row = context.tables.row(_OPEN, (account.account, LIMITS.errands_open))
    assert row is not None, "a count is a row"
    return int(row[0]) >= LIMITS.errands_open


def queue(context: Context, account: Account, errands: Iterable[Errand]) -> frozenset[int]:
    """Put a command's errands into the table; their kinds."""
    now_ms = context.now_ms()
    kinds = set()
    for one in errands:
        assert one.kind in context.services.errands, "a service queues its own kinds"
        detail = one.detail  # a form's fields: a password may be among them (T9)
        if detail:
            place = _place(account.account, one.kind, one.item)
            detail = context.state.vault.seal(place, detail, context.draw)
        bindings = (account.account, one.kind, one.item, one.target, account.epoch, now_ms, detail)
        context.tables.execute(_QUEUE, bindings)
        kinds.add(one.kind)
    return frozenset(kinds)


def keep(context: Context, account: Account, kind: int, parts: bytes, detail: bytes) -> int:
    """Put one for what was spooled into the table; its number."""
    context.tables.execute(_KEEP, (account.account, kind, account.epoch, context.now_ms(), parts, detail))
    return context.tables.connection.last_insert_rowid()


def read(context: Context, errand: int) -> tuple[Kept, ErrandKind] | None:
    """One of them, where it is there and its service is."""
    row = context.tables.row(_KEPT, (errand,))
    if row is None:
        return None
    kept = Kept(*row)
    kind = context.services.errands.get(kept.kind)
    return (kept, kind) if kind else None


def of_item(context: Context, account: bytes, item: bytes, kind: int) -> list[Kept]:
    """All of one kind that an item has."""
    return [Kept(*row) for row in context.tables.rows(_OF_ITEM, (account, item, kind))]


def move(context: Context, kept: Kept, state: ErrandState, due_ms: int, *, epoch: int, tries: int) -> None:
    """To another state."""
    context.tables.execute(_MOVE, (int(state), due_ms, epoch, tries, kept.errand))
