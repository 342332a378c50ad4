"""What gateways ask of the store, and what it answers: errands, from their making to their end, and what comes in.

These are requests as those of `requests`, where the union of all stands. What an errand is, and how its states go, is
in `thinline.errands`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from thinline.commands import Version
from thinline.errands import ErrandState
from thinline.items import Blob
from thinline.reasons import Reason

if TYPE_CHECKING:
    from thinline_server.requests import PutBegin, PutChunk

__all__ = [
    "Begin",
    "Begun",
    "Drawn",
    "Due",
    "End",
    "FindAccount",
    "Incoming",
    "ItemRead",
    "Kept",
    "KeptPart",
    "Others",
    "PeersRead",
    "ReadItem",
    "ReadNote",
    "ReadPeers",
    "Ready",
    "Report",
    "Settle",
    "Settled",
    "Spool",
    "Spooled",
    "Take",
    "Taken",
    "Task",
    "Took",
    "Word",
    "WriteNote",
]

Others: TypeAlias = tuple[tuple[bytes, frozenset[int]], ...]  # accounts, with the collections that changed there


@dataclass(frozen=True, slots=True)
class FindAccount:
    """The id of the account of a name, or of a number; None where there is none."""

    name: str = ""
    number: str = ""


# What comes in


@dataclass(frozen=True, slots=True)
class Incoming:
    """Something from outside that becomes an item: a card of a file, a mail.

    Attributes:
        origin: SHA-256 of the raw content as it came; with account and source it makes the item's id.
        parts: blobs by name, with their bytes.
        blobs: the same as a head names them; hashed by who makes this, so that the store's thread need not.
    """

    origin: bytes
    type: int
    fields: bytes
    parts: tuple[tuple[str, bytes], ...] = ()
    blobs: tuple[Blob, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = sorted(self.parts)
        hashed = tuple(Blob(name, hashlib.sha256(data).digest(), len(data)) for name, data in parts)
        object.__setattr__(self, "blobs", hashed)


@dataclass(frozen=True, slots=True)
class Take:
    """Take in what comes from outside, for an account; the server is the author. Answered by `Taken`."""

    account: bytes
    source: str
    items: tuple[Incoming, ...]


@dataclass(frozen=True, slots=True)
class Took:
    """What became of one: its id; whether it is `new`; a `reason` where it was refused, 0 else.

    What was here before is not written again, and what was deleted meanwhile stays deleted (`dead`).
    """

    item: bytes
    new: bool = False
    dead: bool = False
    reason: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """All of it is on stable storage; in the order in which it came."""

    account: bytes
    items: tuple[Took, ...]
    changed: frozenset[int]


@dataclass(frozen=True, slots=True)
class Spool:
    """Keep raw content for an account, with an errand to take it in later.

    Answered by `Spooled` once both are on stable storage: then the outside may be told that it was taken. Refused with
    INVALID where there is no such account, with LIMIT where too much waits for it.

    Attributes:
        parts: the content, as it came.
        detail: what the kind's gateway wants to know again.
        hashes: SHA-256 of the parts; made by who makes this, so that the store's thread need not.
    """

    account: bytes
    kind: int
    parts: tuple[bytes, ...]
    detail: bytes = b""
    hashes: tuple[bytes, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hashes", tuple(hashlib.sha256(part).digest() for part in self.parts))


@dataclass(frozen=True, slots=True)
class Spooled:
    """It is safe from a power cut."""

    account: bytes
    errand: int
    kind: int


# Errands under way


@dataclass(frozen=True, slots=True)
class Due:
    """Errands of some kinds whose time has come, the oldest first. Answered by `Drawn`.

    Outward ones of an older epoch become UNKNOWN on the way and are not among the answer's (spec OUT-5).

    Attributes:
        besides: those that the asker has in hand already.
        deduplicates: the next hop takes what comes twice under one token once: UNKNOWN ones come again too.
    """

    kinds: tuple[int, ...]
    limit: int
    besides: frozenset[int] = frozenset()
    deduplicates: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """An errand as its gateway gets it.

    Attributes:
        name, number: the account's.
        tries: how often it was begun.
        queued_ms: since 1970, when it was made.
        token: what the far side may know a repetition by.
        parts: what was spooled; None where the disk has damaged it.
    """

    errand: int
    account: bytes
    name: str
    kind: int
    item: bytes
    target: str
    tries: int
    queued_ms: int
    token: bytes
    detail: bytes
    parts: tuple[bytes, ...] | None
    number: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is due, and when the next one will be (since 1970; None where nothing waits). `changed` as in `Settled`."""

    tasks: tuple[Task, ...]
    next_due_ms: int | None
    changed: Mapping[bytes, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Begin:
    """Attempts are to be made at these: SENDING, on stable storage (spec OUT-2). Answered by `Begun`."""

    errands: tuple[int, ...]
    deduplicates: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """Those at which the attempt may be made. The others are careful, ended or fenced meanwhile."""

    errands: frozenset[int]


@dataclass(frozen=True, slots=True)
class Report:
    """What came tells how an outward errand of the same account went that was SENT, or may have been.

    Attributes:
        kind, item, target: of the errand; a target is the same in capitals.
        state, reason: how it went.
    """

    kind: int
    item: bytes
    target: str
    state: ErrandState
    reason: str


@dataclass(frozen=True, slots=True)
class End:
    """What became of one errand.

    Attributes:
        state: what it is from now on; QUEUED to try again at `due_ms`.
        reason: in words, for its item.
        items: what it brings in, under `source`, for its own account.
        blobs: parts of the account, on stable storage, that its item gets.
        shown: what else its item is to show; the service's own.
        spool: what it hands to another account of this server.
        hand: whether the store hands it over as its kind says, to an account of this server (spec OUT-13); where there
            is none, it is refused with NO_SUCH_ITEM.
        reports: what it tells of other errands of its account.
        names: what the far side calls what it took; word of it may come by them (see `Word`).
    """

    errand: int
    state: ErrandState
    reason: str = ""
    due_ms: int = 0
    source: str = ""
    items: tuple[Incoming, ...] = ()
    spool: Spool | None = None
    reports: tuple[Report, ...] = ()
    blobs: tuple[Blob, ...] = ()
    shown: bytes = b""
    hand: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """The far side tells how it went with something that it took (spec OUT-16).

    Attributes:
        kind: of the errand.
        name: as in `End.names`.
        state: DELIVERED, or FAILED with a reason.
    """

    kind: int
    name: str
    state: ErrandState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Settle:
    """Errands end, or wait: state, items and what the items show of it, all in one transaction. See `Settled`.

    Attributes:
        words: of errands that ended earlier.
    """

    ends: tuple[End, ...]
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """It is on stable storage.

    Attributes:
        changed: collections that changed, by account.
        queued: kinds of errands that were made.
        refused: errands that stand as they were, each with why: what it brought was refused, or its state has no such
            step.
        unheard: names in words that nobody knows, or not yet.
    """

    changed: Mapping[bytes, frozenset[int]]
    queued: frozenset[int]
    refused: Mapping[int, Reason]
    unheard: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ReadItem:
    """An item with some of its parts, as a gateway needs it: a deleted one too. Answered by `ItemRead`.

    Refused with NO_SUCH_ITEM where there is none, with STORE_FAILED where the disk has damaged a part.

    Attributes:
        parts: by name, all where none are named; those that the item does not have are left out.
    """

    account: bytes
    item: bytes
    parts: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class ItemRead:
    """The item as it is now, and the parts' bytes by name."""

    version: Version
    parts: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class ReadNote:
    """What a service noted of an account under a name: bytes, none where there is nothing."""

    account: bytes
    name: str


@dataclass(frozen=True, slots=True)
class WriteNote:
    """Note it anew. Answered by the value, once it is on stable storage."""

    account: bytes
    name: str
    value: bytes


@dataclass(frozen=True, slots=True)
class ReadPeers:
    """Which accounts of this server some items are about: those before a place of a collection's order.

    `name` reads that account's name from an item's fields; empty where it is about none. Answered by `PeersRead`.
    """

    account: bytes
    collection: int
    below: bytes
    name: Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class PeersRead:
    """The account's own name, and the others."""

    name: str
    peers: frozenset[bytes]


# What is done beside the store


class KeptPart(NamedTuple):
    """A part as its row tells it. The encoding is as in `BlobRead`; of a small one the row has the encoded `data`."""

    account: bytes
    hash: bytes
    size: int
    encoding: int
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A request whose parts are on stable storage by now; of those that were not there, what their rows will say."""

    request: Take | Spool | Settle | PutBegin | PutChunk
    parts: tuple[KeptPart, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer that was put together beside the store."""

    answer: Any
