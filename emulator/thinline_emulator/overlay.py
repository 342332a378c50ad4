"""What a person sees: the cache with the waiting commands laid over it.

The cache holds what the server said, the outbox what was done since; neither changes the other. Each item is shown as
if its commands had been carried out, with the grade that tells the truth about it: LOCAL as long as any waits (B1).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar, assert_never

from thinline.intents import Change, Create, Delete, Intent, Own, Restore
from thinline.items import Head
from thinline.merge import Content, merge
from thinline.types import TYPES
from thinline_emulator.cache import Cache, Grade
from thinline_emulator.outbox import Entry, Outbox

__all__ = ["Shelf", "Shown", "lay_over"]


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as it is shown.

    Attributes:
        rejected: the reason for which the server refused something done to it; 0 for none.
    """

    item: bytes
    type: int
    content: Content
    grade: Grade
    copy_of: bytes = b""
    rejected: int = 0

    @property
    def collection(self) -> int:
        """Where it lives; 0 for a type that this version does not know."""
        kind = TYPES.get(self.type)
        return kind.collection if kind else 0


def lay_over(cache: Cache, outbox: Outbox, item: bytes) -> Shown | None:
    """One item as it is shown; None where there is none, or it was deleted."""
    entries = outbox.of(item)
    rejected = [one for one in outbox.rejected if one.intent.item == item]
    head = cache.get(item)
    shown = _base(cache, head)
    if shown is None:  # what was to be is nowhere else: shown until dismissed
        entries = [one.entry for one in rejected if _makes(one.intent)] + entries
    for entry in entries:
        if entry.laid is None or entry.laid[0] != shown:
            entry.laid = shown, _after(shown, entry)
        shown = entry.laid[1]
    if shown is None or not rejected:
        return shown
    return Shown(shown.item, shown.type, shown.content, shown.grade, shown.copy_of, rejected[-1].reason)


class Shelf:
    """The items of a collection as they are shown, and what apps arrange of them.

    An item is made once for its head, and a list once for what it is of: somebody who turns a wheel through thousands
    of them waits for neither.
    """

    __slots__ = ("_arranged", "_items", "_made", "_of")

    def __init__(self) -> None:
        self._made: dict[bytes, tuple[Head, Shown]] = {}
        self._of: object = None  # what `_items` were made of
        self._items: list[Shown] = []
        self._arranged: dict[Hashable, Any] = {}

    def items(self, cache: Cache, outbox: Outbox, collection: int) -> list[Shown]:
        """All of them, in no order that means anything."""
        waiting = tuple([(entry, entry.shown) for entry in outbox.entries()])
        of = (cache.edition(collection), waiting, tuple(outbox.rejected))
        if self._of != of:
            self._items = self._lay_out(cache, outbox, collection)
            self._of = of
            self._arranged.clear()
        return self._items.copy()

    def arranged(self, name: Hashable, items: list[Shown], arrange: Callable[[list[Shown]], T]) -> T:
        """What an app makes of them, by a name that stands for it; made once, as long as they are the same."""
        if name not in self._arranged:
            self._arranged[name] = arrange(items)
        made: T = self._arranged[name]
        return made

    def _lay_out(self, cache: Cache, outbox: Outbox, collection: int) -> list[Shown]:
        touched = outbox.items
        before, self._made = self._made, {}
        for head in cache.heads(collection):
            if head.dead or head.item in touched:
                continue
            made = before.get(head.item)
            if made is None or made[0] is not head or made[1].grade is not cache.grade(head):
                made = head, _alone(cache, head)
            self._made[head.item] = made
        laid_over = [lay_over(cache, outbox, item) for item in touched]
        waited_for = [shown for shown in laid_over if shown is not None and shown.collection == collection]
        return [shown for _, shown in self._made.values()] + waited_for


def _makes(intent: Intent) -> bool:
    return isinstance(intent, Create | Restore) or (isinstance(intent, Own) and bool(intent.creates))


def _base(cache: Cache, head: Head | None) -> Shown | None:
    return None if head is None or head.dead else _alone(cache, head)


def _alone(cache: Cache, head: Head) -> Shown:
    return Shown(head.item, head.type, Content(head.fields, head.blobs), cache.grade(head), head.copy_of)


def _after(shown: Shown | None, entry: Entry) -> Shown | None:
    match entry.intent:
        case Create() | Restore() if shown is not None:  # its outcome is under way, but a window was faster
            return Shown(shown.item, shown.type, shown.content, Grade.LOCAL, shown.copy_of)
        case Create(item, number, content):
            return Shown(item, number, content, Grade.LOCAL)
        case Restore(item):
            kept = entry.kept
            assert kept is not None
            return Shown(item, kept.type, kept.content, Grade.LOCAL, kept.copy_of)
        case Change(_, edit) | Own(_, _, _, edit):
            if shown is None and isinstance(entry.intent, Own) and entry.intent.creates:
                shown = Shown(entry.intent.item, entry.intent.creates, Content(), Grade.LOCAL)
            if shown is None:
                return None
            known = TYPES.get(shown.type)
            merged = merge(shown.content, edit, known.merges if known else {})
            return Shown(shown.item, shown.type, merged.content, Grade.LOCAL, shown.copy_of)
        case Delete():
            return None
        case _ as never:
            assert_never(never)
