"""Volatile memory: the one list of what dies with the battery.

Whatever a handset knows and is not on its SIM stands here and nowhere else; losing power is forgetting this object.
None of it ever reaches the host's disk.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from thinline.errors import LocalError
from thinline.frames import Hello, Welcome
from thinline.history import Point, Seen
from thinline.reasons import Reason
from thinline_emulator.asks import Asks, AskState, GetPart, PutPart, Standing, Wish
from thinline_emulator.cache import Cache
from thinline_emulator.clock import HandsetClock
from thinline_emulator.line import NEVER, Line
from thinline_emulator.outbox import Entry, Outbox
from thinline_emulator.overlay import Shelf
from thinline_emulator.pictures import GetPicture
from thinline_emulator.soft import SoftState
from thinline_emulator.titles import doing
from thinline_emulator.undo import Undo

__all__ = ["Volatile", "only_here_text"]

_ASKS_MOST = 64  # waiting at once
_ANSWERS_MOST = 32
_ANSWERS_BYTES = 65_536


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
        soft: what the server told for a time.
        welcome: the server's last welcome in this life.
        hello: what was said and not answered yet; the proof signs it.
        filling: collections of which more was announced than has come.
        shed_at: when unsettled items will have to go; it was announced.
        undo: the newest steps, and what they changed.
        answers: to what apps asked, the newest last; bounded, and dropped with those who asked.
        fresh: wishes whose answers the apps were not told of yet.
        held: bytes that an app keeps in its own state, by its name.
        note: the newest thing to tell the owner.
        shelves: what is shown, by collection.
        screens: state by app.
        focus: the app in front, and the ones behind it.
    """

    __slots__ = (
        "answers", "asks", "cache", "clock", "filling", "focus", "fresh", "held", "hello", "line", "note", "outbox",
        "screens", "seen", "shed_at", "shelves", "soft", "undo", "welcome",
    )  # fmt: skip

    def __init__(self, budget_bytes: int, line: Line, point: Point | None) -> None:
        """A memory that came up empty; the SIM's point is all it knows."""
        self.cache = Cache(budget_bytes)
        self.outbox = Outbox()
        self.seen = Seen(point)
        self.line = line
        self.clock = HandsetClock()
        self.undo = Undo()
        self.asks = Asks()
        self.soft = SoftState()
        self.welcome: Welcome | None = None
        self.hello: Hello | None = None
        self.filling: set[int] = set()
        self.shed_at = NEVER
        self.answers: dict[Wish, Standing] = {}
        self.fresh: list[Wish] = []
        self.held: dict[str, int] = {}
        self.note = ""
        self.shelves: dict[int, Shelf] = {}
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
            at_s = min(at_s, self.soft.next_at(now))
        return at_s

    # What is asked

    def want(self, wish: Wish) -> None:
        """Ask for something; an answer to the same that is here already is forgotten.

        Raises:
            LocalError: too much is asked already; nothing was done.
        """
        if isinstance(wish, GetPart | GetPicture) and wish.wanted_bytes > self.cache.budget_bytes // 2:
            self.answered(wish, Standing(AskState.REFUSED, reason=Reason.TOO_LARGE))
            return
        if len(self.asks) >= _ASKS_MOST:
            raise LocalError("too much is asked at once; wait for an answer")
        self.answers.pop(wish, None)
        self.asks.put(wish)

    def unwant(self, wish: Wish) -> None:
        """Nobody wants it any more, or its answer."""
        self.answers.pop(wish, None)
        self.asks.drop(wish)

    def standing(self, wish: Wish) -> Standing | None:
        """How something stands that was asked for; None where it was not, or its answer had to go."""
        standing = self.asks.standing(wish)
        if standing is None:
            return self.answers.get(wish)
        if standing.state is AskState.ASKED and not self.line.live:
            return replace(standing, state=AskState.WAITING)
        return standing

    def answered(self, wish: Wish, standing: Standing) -> None:
        """Keep an answer for whoever asked; the oldest go for it."""
        self.answers.pop(wish, None)
        self.answers[wish] = standing
        self.fresh.append(wish)
        while len(self.answers) > _ANSWERS_MOST or self._answers_bytes > _ANSWERS_BYTES:
            del self.answers[next(iter(self.answers))]

    def going_up(self, item: bytes) -> tuple[int, int] | None:
        """Bytes that are up, and all there are, of the parts of an item's waiting commands; None without any."""
        parts = {
            one: (data, one in entry.missing) for entry in self.outbox.of(item) for one, data in entry.parts.items()
        }
        if not parts:
            return None
        done = 0
        for blob_hash, (data, missing) in parts.items():
            standing = self.asks.standing(PutPart(blob_hash, data)) if missing else None
            done += standing.got_bytes if standing else 0 if missing else len(data)
        return done, sum(len(data) for data, _ in parts.values())

    @property
    def _answers_bytes(self) -> int:
        return sum(one.size_bytes for one in self.answers.values())

    # Room

    def make(self, *entries: Entry) -> None:
        """Put commands into the outbox. New work is refused before what is unsettled goes for it (spec KEEP-4).

        Raises:
            LocalError: memory is full, or one is too large for a frame; nothing was done.
        """
        for entry in entries:
            entry.check()
        wanted = self.beside_bytes + sum(entry.size_bytes for entry in entries)
        self.cache.make_room(wanted, self.outbox.pinned | {entry.item for entry in entries})
        if self.cache.used_bytes + wanted > self.cache.budget_bytes:
            raise LocalError("memory is full of what exists nowhere else or is in no copy; nothing was done")
        for entry in entries:
            self.outbox.make(entry)
            self.cache.used(entry.item)

    def do(self, *entries: Entry) -> None:
        """Make the commands of one step, so that they can be undone together.

        Raises:
            LocalError: as `make` does.
        """
        what = doing(entries[0], self.cache) if len(entries) == 1 else f"{len(entries)} changes"
        self.undo.note(what, [entry.intent for entry in entries], self.cache, self.outbox)
        try:
            self.make(*entries)
        except LocalError:
            self.undo.forget()
            raise

    def undo_last(self) -> None:
        """Take back what the newest step did.

        Raises:
            LocalError: there is nothing to undo, or memory is full.
        """
        if not self.undo.what:
            raise LocalError("there is nothing to undo")
        self.make(*self.undo.back(self.cache, self.outbox))
        self.undo.forget()

    @property
    def beside_bytes(self) -> int:
        """What stands in memory beside the cache, out of the same budget."""
        asked = self.asks.bytes_came + (self._answers_bytes if self.answers else 0)
        held = sum(self.held.values()) if self.held else 0
        return self.outbox.used_bytes + asked + self.undo.used_bytes + held

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
