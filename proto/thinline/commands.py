"""Commands happen once: their place in a handset's numbers, what they touch, and what they do, as pure functions.

Between load and write stand `place`, `touches` and `decide`; the store loads what `touches` names and writes what
`decide` answers, whatever database it is (spec CMD). The three core kinds, create, change and delete, work on items
of every type; a service adds kinds of its own as further `Rule`s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import TypeAlias

from thinline.errands import Errand
from thinline.frames import Verdict
from thinline.intents import (
    CHANGE,
    CREATE,
    DELETE,
    RESTORE,
    Change,
    Create,
    Delete,
    Restore,
    part_hashes,
    read_intent,
)
from thinline.items import NO_REVISION, Head, content_digest, next_revision, split_fields
from thinline.limits import LIMITS
from thinline.merge import Content, Merged, merge
from thinline.reasons import Reason
from thinline.types import ItemType

__all__ = [
    "CORE_RULES",
    "DELETE_SEEN_BYTES",
    "Changes",
    "Decision",
    "Place",
    "Rejection",
    "Rule",
    "Touches",
    "Version",
    "View",
    "grow",
    "payload_digest",
    "place",
    "revise",
]


DELETE_SEEN_BYTES = 8  # of the content digest, in a delete or a restore (spec CMD-4, CMD-25)

# A generated enum looks its values up by name each time.
_APPLIED, _COPIED = Verdict.VERDICT_APPLIED, Verdict.VERDICT_COPIED


@unique
class Place(Enum):
    """Where a command stands among those judged in its handset's life."""

    FRESH = "fresh"  # to be judged now
    REPEAT = "repeat"  # judged already: the stored outcome
    GAP = "gap"  # one before it, still unanswered at the handset, has not come


def place(done: int, number: int, after: int) -> Place:
    """Spec CMD-10: a lost frame is a gap, a forgotten past is not."""
    if number <= done:
        return Place.REPEAT
    return Place.GAP if after > done else Place.FRESH


def payload_digest(kind: int, body: bytes) -> bytes:
    """What tells two commands of one number apart, 8 bytes (spec CMD-12)."""
    return hashlib.sha256(kind.to_bytes(4, "big") + body).digest()[:8]


@dataclass(frozen=True, slots=True)
class Version:
    """One item as the store has it: its head, and what the head does not tell.

    A tombstone's fields are kept here, so that an edit which met a deletion keeps the whole item (spec CMD-8).
    """

    head: Head
    copy_by: bytes = b""  # the handset whose edit made this conflict copy

    @property
    def content(self) -> Content:
        """What it says."""
        return Content(self.head.fields, self.head.blobs)


@dataclass(frozen=True, slots=True)
class Touches:
    """What a command needs: items by id, all conflict copies of items, and parts that must be there already."""

    items: tuple[bytes, ...]
    copies_of: tuple[bytes, ...] = ()
    blobs: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """All that a decision may look at.

    Attributes:
        items: versions by id, for what `touches` named and the account has.
        copies: conflict copies of what `touches` named, deleted ones too.
        handset, life, number: who asks.
        types: the item types that this server knows.
        check: the service's own judgement of a content; a reason where it refuses.
        account: whose it is.
    """

    items: Mapping[bytes, Version]
    copies: tuple[Version, ...]
    handset: bytes
    life: int
    number: int
    types: Mapping[int, ItemType]
    check: Callable[[int, Content], Reason | None] = field(default=lambda _type, _content: None)
    account: bytes = b""


@dataclass(frozen=True, slots=True)
class Changes:
    """The heads that a command makes, and how it went.

    Attributes:
        heads: versions to write.
        verdict: how it went.
        told: heads to show that did not change.
        errands: what the server is to do for it; one that is there already is queued again only where it is UNKNOWN
            or FAILED (spec OUT-11).
    """

    heads: tuple[Version, ...]
    verdict: int = _APPLIED
    told: tuple[bytes, ...] = ()
    errands: tuple[Errand, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejection:
    """Final: the command occupies its number and changes nothing."""

    reason: Reason


Decision: TypeAlias = Changes | Rejection


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of command."""

    name: str
    touches: Callable[[bytes], Touches]
    decide: Callable[[bytes, View], Decision]


def grow(parent: Version | None, head: Head, copy_by: bytes = b"") -> Version:
    """A version whose revision and ancestors follow from the one it replaces (spec ITEM-5, ITEM-6).

    `head` gives item, type, fields, blobs, dead and copy_of; the store gives the position when it writes.
    """
    content = content_digest(head.type, head.fields, head.blobs, dead=head.dead)
    before = parent.head if parent else None
    ancestors = (before.revision.digest, *before.ancestors)[: LIMITS.ancestors] if before else ()
    grown = Head(
        item=head.item,
        position=0,
        revision=next_revision(before.revision if before else None, content),
        type=head.type,
        fields=head.fields,
        blobs=head.blobs,
        ancestors=ancestors,
        dead=head.dead,
        copy_of=head.copy_of,
    )
    return Version(grown, copy_by or (parent.copy_by if parent else b""))


def revise(version: Version, content: Content, *, dead: bool = False) -> Version:
    """The version of the same item that says `content` from now on."""
    head = version.head
    told = Head(head.item, 0, head.revision, head.type, content.fields, content.blobs, dead=dead, copy_of=head.copy_of)
    return grow(version, told)


def copy_id(item: bytes, view: View) -> bytes:
    """The id of the conflict copy that a command makes: derived, so that a repeat makes the same (spec CMD-9)."""
    told = item + view.handset + view.life.to_bytes(8, "big") + view.number.to_bytes(8, "big")
    return hashlib.sha256(b"copy" + told).digest()[: len(item)]


def _refused(item_type: int, content: Content, view: View) -> Rejection | None:
    if item_type not in view.types:
        return Rejection(Reason.UNKNOWN_TYPE)
    if len(content.fields) > LIMITS.head_bytes or len(content.blobs) > LIMITS.blobs_per_item:
        return Rejection(Reason.TOO_LARGE)
    reason = view.check(item_type, content)
    return Rejection(reason) if reason else None


def _create(body: bytes, view: View) -> Decision:
    intent = read_intent(CREATE, body)
    assert isinstance(intent, Create)
    if intent.item in view.items:  # spec CMD-13: an id that exists is done
        return Changes((), told=(intent.item,))
    split_fields(intent.content.fields)
    refused = _refused(intent.type, intent.content, view)
    if refused:
        return refused
    head = Head(intent.item, 0, NO_REVISION, intent.type, intent.content.fields, intent.content.blobs)
    return Changes((grow(None, head),))


def _change(body: bytes, view: View) -> Decision:
    intent = read_intent(CHANGE, body)
    assert isinstance(intent, Change)
    version = view.items.get(intent.item)
    if version is None:
        return Rejection(Reason.NO_SUCH_ITEM)
    merged = _merged(version, intent, view)
    if not merged.conflict and (not version.head.dead or merged.content == version.content):
        return _replace(version, merged, view, _APPLIED)
    return _conflict(version, intent, merged, view)


def _merged(version: Version, intent: Change, view: View) -> Merged:
    known = view.types.get(version.head.type)
    return merge(version.content, intent.edit, known.merges if known else {})


def _replace(version: Version, merged: Merged, view: View, verdict: int) -> Decision:
    """The item with the merged content in it; nothing where it says that already (spec CMD-13)."""
    if merged.content == version.content:
        return Changes((), verdict, told=(version.head.item,))
    refused = _refused(version.head.type, merged.content, view)
    if refused:
        return refused
    return Changes((revise(version, merged.content),), verdict)


def _conflict(version: Version, intent: Change, merged: Merged, view: View) -> Decision:
    """Both survive: into the copy that this handset's earlier edit made, or into a new one (spec CMD-7 to CMD-9)."""
    item = version.head.item
    new_id = copy_id(item, view)
    if any(copy.head.item == new_id for copy in view.copies):
        return Changes((), _COPIED, told=(new_id, item))
    for copy in view.copies:
        if copy.copy_by == view.handset and not copy.head.dead:
            again = _merged(copy, intent, view)
            if not again.conflict:
                return _replace(copy, again, view, _COPIED)
    refused = _refused(version.head.type, merged.content, view)
    if refused:
        return refused
    content = merged.content
    head = Head(new_id, 0, NO_REVISION, version.head.type, content.fields, content.blobs, copy_of=item)
    return Changes((grow(None, head, view.handset),), _COPIED, told=(item,))


def _delete(body: bytes, view: View) -> Decision:
    intent = read_intent(DELETE, body)
    assert isinstance(intent, Delete)
    version = view.items.get(intent.item)
    if version is None:
        return Rejection(Reason.NO_SUCH_ITEM)
    head = version.head
    if head.dead:
        return Changes((), told=(head.item,))
    if _digest_seen(version) != intent.seen:
        return Rejection(Reason.EDITED)
    return Changes((revise(version, version.content, dead=True),))


def _restore(body: bytes, view: View) -> Decision:
    """Spec CMD-25. The id stays, so that what refers to the item, or was sent for it, holds as before."""
    intent = read_intent(RESTORE, body)
    assert isinstance(intent, Restore)
    version = view.items.get(intent.item)
    if version is None:
        return Rejection(Reason.NO_SUCH_ITEM)
    if not version.head.dead:
        return Changes((), told=(intent.item,))
    if _digest_seen(version) != intent.seen:
        return Rejection(Reason.EDITED)
    refused = _refused(version.head.type, version.content, view)
    return refused or Changes((revise(version, version.content),))


def _digest_seen(version: Version) -> bytes:
    """What a delete or a restore says of the content that it saw."""
    content = version.content
    return content_digest(version.head.type, content.fields, content.blobs, dead=False)[:DELETE_SEEN_BYTES]


def _touches(kind: int) -> Callable[[bytes], Touches]:
    def touched(body: bytes) -> Touches:
        intent = read_intent(kind, body)
        copies = (intent.item,) if isinstance(intent, Change) else ()
        return Touches((intent.item,), copies, part_hashes(intent))

    return touched


CORE_RULES: Mapping[int, Rule] = {
    CREATE: Rule("create", _touches(CREATE), _create),
    CHANGE: Rule("change", _touches(CHANGE), _change),
    DELETE: Rule("delete", _touches(DELETE), _delete),
    RESTORE: Rule("restore", _touches(RESTORE), _restore),
}
