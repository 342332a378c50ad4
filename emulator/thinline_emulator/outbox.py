"""The outbox: commands from the moment they are made until the server's final answer.

What stands here is LOCAL: it exists nowhere else. A command gets its number when it is first transmitted, so that one
which waits for a part does not hold up the others; what concerns one item keeps its order. Several may be under way.
An outcome is final; a refusal stored nothing, and the command is sent again. A rejected command blocks nobody: it is
kept and shown until somebody dismisses it (spec CMD).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from thinline.errors import LocalError
from thinline.frames import Command, Outcome, Refusal, Verdict
from thinline.intents import Intent, Restore, part_hashes, write_intent
from thinline.limits import LIMITS
from thinline.merge import Content
from thinline.reasons import Reason, ReasonClass, class_of

__all__ = ["Entry", "Kept", "Outbox", "Rejected"]

_ENTRY_OVERHEAD_BYTES = 64
_BLOB_BYTES = 64
_RETRY_S = 5.0  # after a refusal that names no time


@dataclass(frozen=True, slots=True)
class Kept:
    """What an item was before it was deleted, or changed."""

    type: int
    content: Content
    copy_of: bytes = b""

    @property
    def size_bytes(self) -> int:
        """What it takes of the memory."""
        return _ENTRY_OVERHEAD_BYTES + len(self.content.fields) + _BLOB_BYTES * len(self.content.blobs)


class Entry:
    """One command.

    Attributes:
        intent: what it wants.
        shown: the item at which its edit is shown; the conflict copy, once an earlier edit of it went there.
        number: in this life; 0 before the first transmission.
        transmissions: since the last refusal, which proves that nothing was stored.
        stamp: of its transmission on this link; 0 when it is not under way.
        parts: what it brings up, by hash.
        missing: hashes of the parts that must go up first.
        kept: for a restore, what it brings back: the server has it, but this memory has nothing else to show.
        laid: the overlay's own: the item as shown without it and with it, when last asked.
    """

    __slots__ = (
        "body", "intent", "kept", "kind", "laid", "missing", "number", "parts", "shown", "stamp", "transmissions",
    )  # fmt: skip

    def __init__(self, intent: Intent, parts: Mapping[bytes, bytes], kept: Kept | None = None) -> None:
        assert isinstance(intent, Restore) == (kept is not None)
        self.intent = intent
        self.kept = kept
        self.laid: tuple[Any, Any] | None = None
        self.kind, self.body = write_intent(intent)
        self.shown = intent.item
        self.number = self.transmissions = self.stamp = 0
        self.parts = parts
        self.missing = tuple(one for one in part_hashes(intent) if one in parts)

    @property
    def item(self) -> bytes:
        """The item it was made for."""
        return self.intent.item

    @property
    def size_bytes(self) -> int:
        """What it takes of the memory."""
        kept = self.kept.size_bytes if self.kept is not None else 0
        return _ENTRY_OVERHEAD_BYTES + len(self.body) + sum(map(len, self.parts.values())) + kept

    def check(self) -> None:
        """Hold that it can be sent.

        Raises:
            LocalError: its frame would be larger than a handset may send.
        """
        if len(self.body) > LIMITS.up_frame_bytes - _ENTRY_OVERHEAD_BYTES:
            raise LocalError("this is too much for one item; shorten it")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A command that the server will never carry out; its content still exists here."""

    entry: Entry
    reason: int

    @property
    def intent(self) -> Intent:
        """What it wanted."""
        return self.entry.intent


class Outbox:
    """The commands of one life.

    Attributes:
        rejected: what was refused for good, oldest first, until it is dismissed.
        held: whether a salvage keeps everything LOCAL.
        retry_at: nothing is transmitted before that second.
    """

    __slots__ = ("_last", "_made", "_sent", "_stamps", "held", "rejected", "retry_at", "used_bytes")

    def __init__(self) -> None:
        self._made: list[Entry] = []  # without a number, as made
        self._sent: list[Entry] = []  # numbered and unanswered, by number
        self._last = 0  # the last number given
        self._stamps = 0
        self.rejected: list[Rejected] = []
        self.held = False
        self.retry_at = 0.0
        self.used_bytes = 0

    # What waits

    def __len__(self) -> int:
        return len(self._sent) + len(self._made)

    def entries(self) -> Iterator[Entry]:
        """All unanswered commands; for one item in the order in which they were made."""
        yield from self._sent
        yield from self._made

    def of(self, item: bytes) -> list[Entry]:
        """The unanswered commands whose effect shows at an item."""
        return [entry for entry in self.entries() if entry.shown == item]

    @property
    def items(self) -> set[bytes]:
        """Items that something here concerns: as they are shown, they exist only here."""
        return {entry.shown for entry in self.entries()} | {one.intent.item for one in self.rejected}

    @property
    def pinned(self) -> set[bytes]:
        """Items that the cache keeps because something here lies over them, or grew from them."""
        return self.items | {entry.item for entry in self.entries()}

    @property
    def confirmed(self) -> int:
        """All outcomes up to this number have come (spec CMD-15)."""
        return self._sent[0].number - 1 if self._sent else self._last

    @property
    def part_wanted(self) -> bytes | None:
        """The hash of a part that must go up before its command."""
        return next((entry.missing[0] for entry in self.entries() if entry.missing), None)

    def part(self, blob_hash: bytes) -> bytes | None:
        """A part that a command brings up."""
        return next((entry.parts[blob_hash] for entry in self.entries() if blob_hash in entry.parts), None)

    # What is made

    def make(self, entry: Entry) -> None:
        """Put a command in.

        Raises:
            LocalError: its frame would be larger than a handset may send.
        """
        entry.check()
        self._made.append(entry)
        self.used_bytes += entry.size_bytes

    def withdraw(self, intent: Intent) -> bool:
        """Take back what was never transmitted, as if it had not been made; whether that was possible.

        Only what was done last to its item can be: what was done after it grew from it.
        """
        entry = next((one for one in reversed(self._made) if one.item == intent.item), None)
        if entry is None or entry.intent is not intent:
            return False
        self._made.remove(entry)
        self.used_bytes -= entry.size_bytes
        return True

    def dismiss(self, item: bytes) -> None:
        """Forget what was rejected for an item; its owner said so."""
        for one in self.rejected:
            if one.intent.item == item:
                self.used_bytes -= one.entry.size_bytes
        self.rejected = [one for one in self.rejected if one.intent.item != item]

    def part_up(self, blob_hash: bytes) -> None:
        """The server has the part on its disk; it stays here until its command is answered."""
        for entry in self.entries():
            if blob_hash in entry.missing:
                entry.missing = tuple(one for one in entry.missing if one != blob_hash)

    # What is sent

    def ready(self, now: float) -> list[Command]:
        """The commands to transmit now; they count as under way from here on."""
        if self.held or now < self.retry_at:
            return []
        commands: list[Command] = []
        for entry in self._sent:
            if entry.missing:  # what follows would be a gap
                return commands
            if not entry.stamp:
                commands.append(self._transmit(entry))
        self._number(commands)
        return commands

    def _number(self, commands: list[Command]) -> None:
        blocked: set[bytes] = set()
        for entry in list(self._made):
            if len(self._sent) >= LIMITS.commands_open:
                return
            if entry.missing or entry.item in blocked:
                blocked.add(entry.item)
                continue
            self._made.remove(entry)
            self._last += 1
            entry.number = self._last
            self._sent.append(entry)
            commands.append(self._transmit(entry))

    def _transmit(self, entry: Entry) -> Command:
        self._stamps += 1
        entry.stamp = self._stamps
        entry.transmissions += 1
        after = max((one.number for one in self._sent if one.number < entry.number), default=0)
        return Command(entry.number, after, self.confirmed, entry.kind, entry.body, entry.transmissions)

    def welcomed(self, done: int, *, salvage: bool) -> None:
        """A new link stands: everything unanswered is sent again, in order; in a salvage nothing is."""
        self.held = salvage
        self.retry_at = 0.0
        self._last = max(self._last, done)
        for entry in self._sent:
            entry.stamp = 0

    # What is answered

    def answered(self, outcome: Outcome) -> Entry | None:
        """Take an outcome; returns its command, None where it was answered before."""
        entry = next((one for one in self._sent if one.number == outcome.number), None)
        if entry is None:
            return None
        self._sent.remove(entry)
        if outcome.verdict == Verdict.VERDICT_REJECTED:
            self.rejected.append(Rejected(entry, outcome.reason))
            return entry
        self.used_bytes -= entry.size_bytes
        if outcome.verdict == Verdict.VERDICT_COPIED:
            self._follow_copy(entry, outcome)
        return entry

    def refused(self, refusal: Refusal, now: float, part: Callable[[bytes], bytes | None]) -> None:
        """Take a refusal: nothing was stored (spec CMD-5).

        Args:
            refusal: of a command.
            now: seconds.
            part: finds a part that is held besides those that the commands bring.
        """
        entry = next((one for one in self._sent if one.number == refusal.command), None)
        if entry is None:
            return
        if class_of(refusal.reason) is not ReasonClass.RETRY:
            self._reject(entry, refusal.reason)
            return
        stamp, entry.stamp, entry.transmissions = entry.stamp, 0, 0
        match refusal.reason:
            case Reason.GAP:
                self._rewind(entry.number, stamp)
            case Reason.SALVAGE_FIRST:
                self.held = True
            case Reason.BLOB_MISSING:
                self._want_parts(entry, part)
            case _:
                wait_s = refusal.retry_after_ms / 1000 if refusal.retry_after_ms else _RETRY_S
                self.retry_at = max(self.retry_at, now + wait_s)

    def _rewind(self, number: int, stamp: int) -> None:
        """Send again from the oldest unanswered on, but nothing that was already sent again since."""
        for entry in self._sent:
            if entry.number < number and entry.stamp < stamp:
                entry.stamp = 0

    def _want_parts(self, entry: Entry, part: Callable[[bytes], bytes | None]) -> None:
        """The server lacks a part that it was thought to have: bring up all that this command names, or give up."""
        self.used_bytes -= entry.size_bytes
        found = {one: entry.parts.get(one) or part(one) for one in part_hashes(entry.intent)}
        entry.parts = {one: data for one, data in found.items() if data is not None}
        entry.missing = tuple(entry.parts)
        self.used_bytes += entry.size_bytes
        if not entry.missing:
            self._reject(entry, Reason.BLOB_MISSING)

    def _reject(self, entry: Entry, reason: int) -> None:
        self._sent.remove(entry)
        self.rejected.append(Rejected(entry, reason))

    def _follow_copy(self, entry: Entry, outcome: Outcome) -> None:
        """Later edits of the item grew from the one that went into a copy: they show there, as the server puts them."""
        copy = next((head.item for head in outcome.heads if head.copy_of == entry.item), None)
        if copy is not None:
            for later in self.of(entry.item):
                later.shown = copy
