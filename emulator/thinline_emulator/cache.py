"""The cache: what the server said, as far as memory reaches.

It holds heads by item within their collection, the parts that were fetched, a cursor for each collection, and a stamp
of the last use of each item. Within one history the higher position wins, so taking a head twice or late does no
harm; only a tombstone deletes. While a salvage lasts everything is frozen: nothing is replaced, evicted or dropped.

What may go when memory is short follows from grades (design 2.6, D5). An item is *settled* once it is as safe as
the server said that it must become: in a verified copy, or merely durable where no copies are kept. Settled items go
first, the least used first. Others go last, by a call of its own that only a handset makes which has announced it
and is online; and never what this handset itself wrote.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from enum import Enum, unique
from typing import TypeAlias

from thinline.frames import KeepUntil
from thinline.history import Point
from thinline.items import Head, footprint
from thinline.types import TYPES
from thinline_emulator.raster import Raster

__all__ = ["WHOLE", "Cache", "Grade", "Shape", "Stretch"]

Stretch: TypeAlias = tuple[int, int]  # of a part's content: where it starts, and its bytes
WHOLE: Stretch = (0, 0)
Shape: TypeAlias = tuple[int, int, int]  # of a picture: width, height and colours at most

_EVERYTHING = float("inf")
# An eviction frees this share of the budget beyond what is needed, so that a full memory is not sorted for each head.
_SLACK = 1 / 32


@unique
class Grade(Enum):
    """How safe an item is."""

    LOCAL = "local"
    DURABLE = "durable"
    SAFE = "safe"


class Cache:
    """Heads and parts within a budget of bytes, as `thinline.items.footprint` counts.

    Attributes:
        budget_bytes: what it may hold; an arrival may exceed it until the next eviction.
        used_bytes: what it holds.
        cursors: by collection, as the server gave them.
        frozen: whether a salvage lasts; said by the welcome, kept until another welcome continues the history.
        keep_until: what the server asked for: until an item is in a copy, or only until it is on its disk.
        safe: the newest point that is in a copy; None when there is none or it is of a foreign history.
        holes: collections of which live heads had to go.
    """

    __slots__ = (
        "_edition", "_heads", "_live", "_own", "_parts", "_pictures", "_uses", "_uses_count", "budget_bytes", "cursors",
        "frozen", "holes", "keep_until", "safe", "used_bytes",
    )  # fmt: skip

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self.used_bytes = 0
        self.cursors: dict[int, bytes] = {}
        self.frozen = False
        self.keep_until: int = KeepUntil.KEEP_UNTIL_SAFE
        self.safe: Point | None = None
        self.holes: set[int] = set()
        self._heads: dict[int, dict[bytes, Head]] = {}
        self._live = 0
        self._edition = 0  # another with each change of heads or grades
        self._parts: dict[bytes, dict[Stretch, bytes]] = {}  # by hash, then by what of it is here
        self._pictures: dict[bytes, dict[Shape, Raster]] = {}  # by the hash of the part
        self._uses: dict[bytes, int] = {}  # of items that somebody looked at
        self._uses_count = 0
        self._own: set[bytes] = set()  # written here and not settled yet

    # What is there

    def __len__(self) -> int:
        """Items held, tombstones not counted."""
        return self._live

    def get(self, item: bytes) -> Head | None:
        """The head of an item, or its tombstone."""
        for held in self._heads.values():
            if item in held:
                return held[item]
        return None

    def heads(self, collection: int | None = None) -> Iterator[Head]:
        """All heads and tombstones, or those of one collection."""
        if collection is not None:
            yield from self._heads.get(collection, {}).values()
            return
        for held in self._heads.values():
            yield from held.values()

    def edition(self, collection: int) -> tuple[int, int]:
        """The same as long as a collection's heads and their grades are the same."""
        return self._edition, len(self._heads.get(collection, ()))

    def collections(self) -> list[int]:
        """The collections of which something is held."""
        return sorted(self._heads)

    def part(self, blob_hash: bytes, stretch: Stretch = WHOLE) -> bytes | None:
        """A part that was fetched, or made here, or a stretch of it."""
        held = self._parts.get(blob_hash, {})
        start, length = stretch
        if length and WHOLE in held:
            return held[WHOLE][start : start + length]
        return held.get(stretch)

    def picture(self, blob_hash: bytes, shape: Shape) -> Raster | None:
        """A part as the picture that it was asked for as."""
        return self._pictures.get(blob_hash, {}).get(shape)

    def grade(self, head: Head) -> Grade:
        """DURABLE or SAFE. A watermark that falls lowers it (spec SYNC-15)."""
        return Grade.SAFE if self.safe is not None and head.position <= self.safe.position else Grade.DURABLE

    @property
    def over_bytes(self) -> int:
        """How far it is beyond its budget; 0 when it is not."""
        return max(0, self.used_bytes - self.budget_bytes)

    @property
    def unsettled(self) -> int:
        """Live items that are not as safe yet as the server wants them."""
        bar = self._bar()
        return sum(1 for head in self.heads() if head.position > bar and not head.dead)

    # What comes

    def take(self, head: Head, collection: int = 0, *, own: bool = False) -> bool:
        """Take what the server says of an item; tells whether that changed anything.

        Args:
            head: the item, or its tombstone.
            collection: where it lives, for a type that this version does not know.
            own: whether a command of this handset made it so.
        """
        if self.frozen:  # spec SALV-1
            return False
        kind = TYPES.get(head.type)
        number = kind.collection if kind else collection
        held = self._heads.setdefault(number, {})
        old = held.get(head.item)
        if old is not None and old.position >= head.position:
            return False
        if head.dead and (head.fields or head.blobs):
            head = replace(head, fields=b"", blobs=())
        held[head.item] = head
        self._edition += 1
        self._live += (not head.dead) - (old is not None and not old.dead)
        self.used_bytes += footprint(head) - (footprint(old) if old else 0)
        if old is not None and old.blobs:
            self._drop_orphans(old)
        if own:
            self._own.add(head.item)
        else:
            self._own.discard(head.item)
        return True

    def keep_part(self, blob_hash: bytes, data: bytes, stretch: Stretch = WHOLE) -> None:
        """Hold a part, or a stretch of it."""
        if self.part(blob_hash, stretch) is None:
            self._parts.setdefault(blob_hash, {})[stretch] = data
            self.used_bytes += len(data)

    def keep_picture(self, blob_hash: bytes, shape: Shape, raster: Raster) -> None:
        """Hold a picture of a part."""
        if self.picture(blob_hash, shape) is None:
            self._pictures.setdefault(blob_hash, {})[shape] = raster
            self.used_bytes += raster.size_bytes

    def used(self, item: bytes) -> None:
        """Somebody looked at the item."""
        self._uses_count += 1
        self._uses[item] = self._uses_count

    def told_safe(self, keep_until: int, safe: Point | None) -> None:
        """The server said until when items are to be kept, and what is in a copy."""
        self.keep_until = keep_until
        self.safe = safe
        self._edition += 1
        bar = self._bar()
        self._own = {item for item in self._own if (head := self.get(item)) is not None and head.position > bar}

    # What goes

    def make_room(self, size_bytes: int, pinned: Collection[bytes], *, unsettled: bool = False) -> list[Head]:
        """Evict until so many bytes are free, as far as that is allowed; returns what went (D5).

        Args:
            size_bytes: what is to fit; 0 to come back into the budget.
            pinned: items that a waiting command overlays.
            unsettled: whether items that are not settled may go when all settled ones have. The caller has announced
                it, is online, and is not in a salvage.
        """
        gone: list[Head] = []
        if self.frozen or self.used_bytes + size_bytes <= self.budget_bytes:
            return gone
        goal = int(self.budget_bytes * (1 - _SLACK)) - size_bytes
        settled, others = self._candidates(pinned)
        self._shed_parts(settled, goal)
        self._shed_heads(settled, goal, gone)
        if unsettled and self.used_bytes > goal:
            self._shed_parts(others, goal)
            self._shed_heads(others, goal, gone)
        return gone

    def sheddable(self, pinned: Collection[bytes]) -> bool:
        """Whether anything may go that is not settled, once it was announced."""
        return not self.frozen and bool(self._candidates(pinned)[1])

    def _bar(self) -> float:
        """The position up to which items are settled."""
        if self.keep_until == KeepUntil.KEEP_UNTIL_DURABLE:
            return _EVERYTHING
        return self.safe.position if self.safe is not None else 0

    def _candidates(self, pinned: Collection[bytes]) -> tuple[list[Head], list[Head]]:
        """What may go, in the order in which it goes: the settled, and what is not and was not written here."""
        bar = self._bar()
        settled: list[Head] = []
        others: list[Head] = []
        for head in self.heads():
            if head.item in pinned:
                continue
            if head.position <= bar:
                settled.append(head)
            elif head.item not in self._own:
                others.append(head)
        for heads in (settled, others):
            heads.sort(key=lambda head: (not head.dead, self._uses.get(head.item, 0)))
        return settled, others

    def _shed_parts(self, heads: Iterable[Head], goal_bytes: int) -> None:
        """Bodies go before heads, but none that a head names which must stay."""
        if not self._parts and not self._pictures:
            return
        may_go = list(heads)
        going = {head.item for head in may_go}
        staying = {blob.hash for head in self.heads() if head.item not in going for blob in head.blobs}
        for head in may_go:
            for blob in head.blobs:
                if self.used_bytes <= goal_bytes:
                    return
                if blob.hash not in staying:
                    self._drop_part(blob.hash)

    def _shed_heads(self, heads: Iterable[Head], goal_bytes: int, gone: list[Head]) -> None:
        for head in heads:
            if self.used_bytes <= goal_bytes:
                return
            for collection, held in self._heads.items():
                if held.pop(head.item, None) is not None:
                    self.used_bytes -= footprint(head)
                    self._edition += 1
                    if not head.dead:
                        self._live -= 1
                        self.holes.add(collection)
            self._uses.pop(head.item, None)
            gone.append(head)

    def _drop_orphans(self, old: Head) -> None:
        """Parts of a replaced head that no head names any more."""
        held = [blob.hash for blob in old.blobs if blob.hash in self._parts or blob.hash in self._pictures]
        if not held:
            return
        named = {blob.hash for head in self.heads() for blob in head.blobs}
        for blob_hash in held:
            if blob_hash not in named:
                self._drop_part(blob_hash)

    def _drop_part(self, blob_hash: bytes) -> None:
        self.used_bytes -= sum(map(len, self._parts.pop(blob_hash, {}).values()))
        self.used_bytes -= sum([raster.size_bytes for raster in self._pictures.pop(blob_hash, {}).values()])
