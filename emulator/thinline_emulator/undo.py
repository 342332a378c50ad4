"""Undo: what was done last, taken back by a command of its own, or before anybody heard of it.

A step's commands are noted with what their items were before. What was never transmitted is withdrawn from the outbox
and leaves no trace. What was is answered by its opposite: a create by a delete, a change by the change back, a delete
by a restore. All three name what they undo by digest, so that what somebody else did meanwhile is never undone with
it: it is kept beside, or the undoing is refused and shown. What a service's own kind did, as sending a mail, can be
withdrawn only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from thinline.commands import DELETE_SEEN_BYTES
from thinline.errors import LocalError
from thinline.intents import Change, Create, Delete, Intent, Own, Restore
from thinline.items import content_digest
from thinline.merge import Content, difference, merge
from thinline.types import TYPES
from thinline_emulator.cache import Cache
from thinline_emulator.outbox import Entry, Kept, Outbox
from thinline_emulator.overlay import lay_over

__all__ = ["Undo"]

_MOST = 8
_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class _Done:
    """What one step did, with what each item was before; None where it was not."""

    what: str
    done: tuple[tuple[Intent, Kept | None], ...]
    size_bytes: int


class Undo:
    """The newest steps of one memory, bounded in number and bytes.

    Attributes:
        used_bytes: what they take of the memory.
    """

    __slots__ = ("_done", "used_bytes")

    def __init__(self) -> None:
        self._done: list[_Done] = []
        self.used_bytes = 0

    @property
    def what(self) -> str:
        """What would be undone, in words; empty where there is nothing."""
        return self._done[-1].what if self._done else ""

    def note(self, what: str, intents: Sequence[Intent], cache: Cache, outbox: Outbox) -> None:
        """A step is about to be made: remember what it is about to change.

        Of a step with a service's own kind in it that alone can be undone: a mail is not sent, but still a draft.
        """
        intents = [one for one in intents if isinstance(one, Own)] or intents
        done = tuple([(intent, _before(intent, cache, outbox)) for intent in intents])
        size_bytes = sum([kept.size_bytes for _, kept in done if kept is not None])
        self._done.append(_Done(what, done, size_bytes))
        self.used_bytes += size_bytes
        while len(self._done) > _MOST or (len(self._done) > 1 and self.used_bytes > _BYTES):
            self.used_bytes -= self._done.pop(0).size_bytes

    def forget(self) -> None:
        """The newest is undone, or was never done."""
        self.used_bytes -= self._done.pop().size_bytes

    def back(self, cache: Cache, outbox: Outbox) -> list[Entry]:
        """Withdraw what is still here of the newest step; the commands that undo the rest of it.

        Raises:
            LocalError: it can not be undone any more; it is forgotten.
        """
        entries: list[Entry] = []
        for intent, kept in reversed(self._done[-1].done):
            if outbox.withdraw(intent):
                continue
            if isinstance(intent, Own):
                self.forget()
                raise LocalError("this is on its way and can not be undone")
            entry = _opposite(intent, kept, cache, outbox)
            if entry is not None:
                entries.append(entry)
        return entries


def _before(intent: Intent, cache: Cache, outbox: Outbox) -> Kept | None:
    shown = lay_over(cache, outbox, intent.item)
    return Kept(shown.type, shown.content, shown.copy_of) if shown is not None else None


def _opposite(
    intent: Create | Change | Delete | Restore, kept: Kept | None, cache: Cache, outbox: Outbox
) -> Entry | None:
    match intent:
        case Delete(item, seen):
            if kept is None or lay_over(cache, outbox, item) is not None:  # it lives: the delete was rejected
                return None
            return Entry(Restore(item, seen), {}, kept)
        case Change(item, edit):
            if kept is None:
                return None
            kind = TYPES.get(kept.type)
            merges = kind.merges if kind else {}
            after = merge(kept.content, edit, merges).content
            return Entry(Change(item, difference(after, kept.content, merges)), {})
        case Create(item, number, content):
            return Entry(Delete(item, _seen(number, content)), {})
        case Restore(item, seen):
            return Entry(Delete(item, seen), {})
        case _ as never:
            assert_never(never)


def _seen(number: int, content: Content) -> bytes:
    return content_digest(number, content.fields, content.blobs, dead=False)[:DELETE_SEEN_BYTES]
