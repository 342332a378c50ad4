"""Volatile memory: the one list of what dies with the battery.

Whatever a handset knows and is not on its SIM stands here and nowhere else; losing power is forgetting this object.
None of it ever reaches the host's disk.
"""

from __future__ import annotations

from typing import Any

from thinline.errors import LocalError
from thinline.frames import Hello, Welcome
from thinline.history import Point, Seen
from thinline_emulator.asks import Asks, Listed
from thinline_emulator.cache import Cache
from thinline_emulator.clock import HandsetClock
from thinline_emulator.line import NEVER, Line
from thinline_emulator.outbox import Entry, Outbox

__all__ = ["Volatile", "only_here_text"]


def only_here_text(count: int) -> str:
    """How many items exist only here, in words."""
    return "1 item exists only here" if count == 1 else f"{count} items exist only here"


class Volatile:
    """One filling of the memory: a life.

    Attributes:
        cache: what the server said, with its cursors.
        outbox: what was done and not answered.
        seen: the proof of the history that was told.
        line: the link, and what is in the air.
        clock: the wall clock.
        asks: parts and lists under way.
        welcome: the server's last welcome in this life.
        hello: what was said and not answered yet; the proof signs it.
        filling: collections of which more was announced than has come.
        shed_at: when unsettled items will have to go; it was announced.
        lists: the newest stretch of a list beyond memory, by collection.
        note: the newest thing to tell the owner.
        screens: state by app.
        focus: the app in front, and the ones behind it.
    """

    __slots__ = (
        "asks", "cache", "clock", "filling", "focus", "hello", "line", "lists", "note", "outbox",
        "screens", "seen", "shed_at", "welcome",
    )  # fmt: skip

    def __init__(self, budget_bytes: int, line: Line, point: Point | None) -> None:
        """A memory that came up empty; the SIM's point is all it knows."""
        self.cache = Cache(budget_bytes)
        self.outbox = Outbox()
        self.seen = Seen(point)
        self.line = line
        self.clock = HandsetClock()
        self.asks = Asks()
        self.welcome: Welcome | None = None
        self.hello: Hello | None = None
        self.filling: set[int] = set()
        self.shed_at = NEVER
        self.lists: dict[int, Listed] = {}
        self.note = ""
        self.screens: dict[str, Any] = {}
        self.focus: list[str] = []

    @property
    def only_here(self) -> int:
        """Items that exist nowhere else, as far as this handset can know.

        In a salvage that is everything it holds: the server that lost history has not looked through it yet.
        """
        local = self.outbox.items
        if not self.cache.frozen:
            return len(local)
        return len(local | {head.item for head in self.cache.heads() if not head.dead})

    def next_at(self, now: float) -> float:
        """When something in it is due."""
        at_s = min(self.line.next_at, self.shed_at)
        if self.line.live:
            if len(self.outbox) and self.outbox.retry_at > now:
                at_s = min(at_s, self.outbox.retry_at)
            if len(self.asks):
                at_s = min(at_s, self.asks.next_at(now))
        return at_s

    # Room

    def make(self, entry: Entry) -> None:
        """Put a command into the outbox. New work is refused before what is unsettled goes for it (spec KEEP-4).

        Raises:
            LocalError: memory is full, or it is too large for a frame; nothing was done.
        """
        wanted = self.beside_bytes + entry.size_bytes
        self.cache.make_room(wanted, self.outbox.pinned | {entry.item})
        if self.cache.used_bytes + wanted > self.cache.budget_bytes:
            raise LocalError("memory is full of what exists nowhere else or is in no copy; nothing was done")
        self.outbox.make(entry)
        self.cache.used(entry.item)

    @property
    def beside_bytes(self) -> int:
        """What stands in memory beside the cache, out of the same budget."""
        return self.outbox.used_bytes + self.asks.bytes_came

    @property
    def short(self) -> bool:
        """Whether more is held than the budget allows."""
        return self.cache.used_bytes + self.beside_bytes > self.cache.budget_bytes

    @property
    def may_shed(self) -> bool:
        """Whether anything could go that is not settled."""
        return self.cache.sheddable(self.outbox.pinned)

    def tidy(self) -> bool:
        """Come back into the budget by what is settled; whether that was not enough."""
        if not self.short:
            return False
        self.cache.make_room(self.beside_bytes, self.outbox.pinned)
        return self.short

    def shed(self) -> None:
        """Come back into the budget, by what is not settled too."""
        self.cache.make_room(self.beside_bytes, self.outbox.pinned, unsettled=True)
