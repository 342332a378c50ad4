"""Windows: the current heads that changed after a cursor, each once, in the order that the service likes.

A *sweep* goes over all items whose newest change lies in (base, top], in the service's order, and may be cut
anywhere; the cursor remembers where. What changes meanwhile lies beyond top and belongs to the next sweep. Nothing
here knows what a handset holds (spec SYNC-6 to SYNC-13).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from thinline.errors import RemoteError
from thinline.items import Head, footprint, put_varint, take_varint
from thinline.limits import LIMITS
from thinline.projection import admits

__all__ = ["Candidate", "Cursor", "Cut", "next_sweep", "window"]

_HEAD_WIRE_BYTES = 48  # id, revision, position and tags of a head, about


class Cursor(NamedTuple):
    """How far a handset was sent one collection. The handset never reads it.

    Attributes:
        base: all changes up to this position were sent.
        top: a sweep over (base, top] is under way; equal to base when none is.
        key: the sweep has come so far in the service's order.
        spent: bytes of the budget that this sweep has filled.
        floor: of a refill: what changed above it is sent again once the sweep is over, tombstones too.
    """

    base: int = 0
    top: int = 0
    key: bytes = b""
    spent: int = 0
    floor: int = 0

    def encode(self) -> bytes:
        """At most `Limits.cursor_bytes`."""
        if self.base == self.top:
            return put_varint(self.base)
        return b"".join(map(put_varint, (self.base, self.top, self.spent, self.floor))) + self.key

    @classmethod
    def at(cls, position: int) -> Cursor:
        """All up to that position was sent."""
        return cls(position, position)

    @classmethod
    def decode(cls, data: bytes) -> Cursor:
        """The cursor that a handset returned; the empty one where it is not one of ours (spec SYNC-8)."""
        if not data:
            return cls()
        try:
            base, at = take_varint(data, 0)
            if at == len(data):
                return cls.at(base) if base <= LIMITS.position else cls()
            top, at = take_varint(data, at)
            spent, at = take_varint(data, at)
            floor, at = take_varint(data, at)
        except RemoteError:
            return cls()
        sound = base < top <= LIMITS.position and spent <= LIMITS.position and floor <= top
        return cls(base, top, data[at:], spent, floor) if sound else cls()

    def covers(self, position: int) -> bool:
        """Whether a change at that position was sent."""
        return self.base >= position


class Candidate(NamedTuple):
    """An item of a sweep: its key in the service's order, and its head."""

    key: bytes
    head: Head


@dataclass(frozen=True, slots=True)
class Cut:
    """One window's worth."""

    heads: tuple[Head, ...]
    cursor: Cursor
    more: bool


def next_sweep(cursor: Cursor, position: int, floor: int = 0) -> Cursor:
    """The sweep to read for: the one under way, else a new one up to the newest position.

    Args:
        cursor: as the handset has it.
        position: of the newest change.
        floor: of a refill that begins here (spec SYNC-18); 0 where the handset holds nothing.
    """
    if cursor.base < cursor.top:
        return cursor
    top = max(position, cursor.base)
    return Cursor(cursor.base, top, floor=0 if cursor.base else min(floor or top, top))


def window(rows: Sequence[Candidate], sweep: Cursor, *, room_bytes: int, budget_bytes: int, complete: bool) -> Cut:
    """Cut one window from the rows of a sweep.

    Args:
        rows: items of the sweep beyond its key, in order.
        sweep: as `next_sweep` gave it.
        room_bytes: what the window's heads may take on the link; one head always fits (spec SYNC-9).
        budget_bytes: what the handset may hold of the collection; bounds a refill (spec SYNC-12).
        complete: whether the rows are all that is left of the sweep.
    """
    heads: list[Head] = []
    key, spent, room = sweep.key, sweep.spent, room_bytes
    for row in rows:
        size = 0 if row.head.dead else footprint(row.head)
        if sweep.base == 0 and not admits(spent, size, budget_bytes):
            complete = True
            break
        room -= len(row.head.fields) + 8 * len(row.head.ancestors) + _HEAD_WIRE_BYTES
        if heads and (room < 0 or len(heads) >= LIMITS.heads_per_window):
            complete = False
            break
        heads.append(row.head)
        key, spent = row.key, spent + size
    told = sweep.floor if sweep.base == 0 else sweep.top
    cursor = Cursor.at(told) if complete else sweep._replace(key=key, spent=spent)
    return Cut(tuple(heads), cursor, not complete)
