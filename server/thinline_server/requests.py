"""What the hub and the operator ask of the store, and what it answers: the border between deciding and disk.

Every request is carried out whole, in the store's one thread, and answered once its effects are on stable storage
(D1, D6, D11). A `Refused` stores nothing. Any database may serve them. What gateways ask is in `outside`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from thinline.frames import Command, Hello, Outcome, Window
from thinline.history import Point
from thinline.identity import Certificate
from thinline.items import Head
from thinline.reasons import Reason
from thinline_server.outside import (
    Begin,
    Due,
    FindAccount,
    Kept,
    Others,
    ReadItem,
    ReadNote,
    ReadPeers,
    Ready,
    Settle,
    Spool,
    Take,
    WriteNote,
)

__all__ = [
    "AccountInfo",
    "AddAccount",
    "Applied",
    "Apply",
    "Aside",
    "BlobRead",
    "EnrolHandset",
    "Enrolment",
    "Failed",
    "FindItems",
    "GetBlob",
    "GetPicture",
    "Greet",
    "Greeting",
    "HandsetInfo",
    "HeadsRead",
    "Identify",
    "Known",
    "ListAccounts",
    "ListItems",
    "NewCode",
    "OwnAsk",
    "PutBegin",
    "PutChunk",
    "PutState",
    "ReadWindow",
    "Refused",
    "Request",
    "Revoke",
    "Revoked",
    "WindowRead",
]


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was stored. `retry_after_ms` where a time helps."""

    reason: Reason
    detail: str = ""
    retry_after_ms: int = 0


@dataclass(frozen=True, slots=True)
class Aside:
    """Not answered yet: work that needs no transaction, to be done while the store serves others.

    What `work` returns is asked of the store in the request's place; it raises nothing.
    """

    work: Callable[[], Request]


@dataclass(frozen=True, slots=True)
class Failed:
    """What such work came to where it failed: the store meets the error as its own (D7)."""

    error: Exception


# Links


@dataclass(frozen=True, slots=True)
class Identify:
    """Who is this handset? Answered by `Known`, or None for one that the store does not have."""

    handset: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """A handset of the store; `revoked` also where only the state folder's log says so (H14)."""

    account: bytes
    handset: bytes
    key: bytes
    revoked: bool


@dataclass(frozen=True, slots=True)
class Greet:
    """A proven hello. `certificate` where the store did not know the handset: it is adopted (spec ID-8)."""

    account: bytes
    hello: Hello
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True)
class Greeting:
    """The judgement of a hello, all of one snapshot."""

    disposition: int
    point: Point
    epoch: int
    keep_until: int
    safe: Point | None
    done: int
    careful: bool


@dataclass(frozen=True, slots=True)
class Apply:
    """A command of a handset's life."""

    account: bytes
    handset: bytes
    life: int
    command: Command


@dataclass(frozen=True, slots=True)
class Applied:
    """The final outcome; which collections changed, of which kinds errands were made, what `others` were handed."""

    outcome: Outcome
    changed: frozenset[int] = frozenset()
    queued: frozenset[int] = frozenset()
    others: Others = ()


@dataclass(frozen=True, slots=True)
class ReadWindow:
    """The next window after a cursor; `room_bytes` is what its heads may take on the link."""

    account: bytes
    collection: int
    cursor: bytes
    room_bytes: int
    budget_bytes: int
    floor: int = 0  # of a refill that begins with it (spec SYNC-18)


@dataclass(frozen=True, slots=True)
class WindowRead:
    """The window. `current` where nothing is left to send of the collection at this snapshot."""

    window: Window
    current: bool


@dataclass(frozen=True, slots=True)
class ListItems:
    """Heads in the service's order from a cursor on, live ones only."""

    account: bytes
    collection: int
    cursor: bytes
    limit: int
    behind: bytes = b""  # an item to begin behind, instead of a cursor
    before: bytes = b""  # an item: the last ones before it


@dataclass(frozen=True, slots=True)
class HeadsRead:
    """Some heads, and the cursor behind them; an empty cursor at the end."""

    heads: tuple[Head, ...]
    cursor: bytes


@dataclass(frozen=True, slots=True)
class FindItems:
    """Live heads in the service's order behind a cursor, in which all needles are found. Answered by `HeadsRead`.

    Attributes:
        cursor: how far it was looked.
        found: places (key and item) of what was found so far, at most `limit`.
        said: of these, which needles a part holds, by its hash.
        looked: the work so far: an item is 1, a part that is read as much as `thinline_server.store.search` says.
        over: whether there is nothing behind the cursor.
    """

    account: bytes
    collection: int
    needles: tuple[str, ...]
    cursor: bytes
    limit: int
    found: tuple[bytes, ...] = ()
    said: Mapping[bytes, frozenset[str]] = field(default_factory=dict)
    looked: int = 0
    over: bool = False


@dataclass(frozen=True, slots=True)
class GetBlob:
    """A part of an item. Answered by `BlobRead`, or `Refused(NO_SUCH_PART)`, whoever else may have it (T2)."""

    account: bytes
    item: bytes
    name: str
    hash: bytes
    start: int = 0  # of a stretch of its content
    length: int = 0  # 0 for the whole


@dataclass(frozen=True, slots=True)
class BlobRead:
    """The bytes as they travel: compressed whole where that makes them shorter (spec PART-2)."""

    encoding: int
    encoded: bytes
    size: int


@dataclass(frozen=True, slots=True)
class GetPicture:
    """A part of an item as a picture, so large and in so many colours at most; see `thinline_server.pictures`."""

    account: bytes
    item: bytes
    name: str
    hash: bytes
    width: int
    height: int
    colours: int


@dataclass(frozen=True, slots=True)
class OwnAsk:
    """An ask of a service's own, answered beside the store by its gateway (`thinline_server.gateways.answers`)."""

    account: bytes
    kind: int
    body: bytes


@dataclass(frozen=True, slots=True)
class PutBegin:
    """A handset wants to bring a part up. Answered by `PutState`."""

    account: bytes
    hash: bytes
    size: int


@dataclass(frozen=True, slots=True)
class PutChunk:
    """A piece of it at an offset."""

    account: bytes
    hash: bytes
    size: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class PutState:
    """How many bytes of the part are on stable storage; `whole` once its hash was checked."""

    offset: int
    whole: bool


@dataclass(frozen=True, slots=True)
class EnrolHandset:
    """A one-time code against a certificate; the key's signature was checked by the asker."""

    code: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The encoded SignedCertificate."""

    certificate: bytes


# The operator


@dataclass(frozen=True, slots=True)
class AddAccount:
    """A new subscriber. Answered by `AccountInfo`, or refused where the name is taken or unfit."""

    name: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class ListAccounts:
    """All accounts, or the one of that name; answered by a tuple of `AccountInfo`."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class HandsetInfo:
    """A handset as an operator sees it."""

    handset: bytes
    life: int
    done: int
    revoked: bool


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """An account as an operator sees it."""

    account: bytes
    name: str
    number: str
    epoch: int
    position: int
    careful: bool
    items: dict[int, int]  # live items by collection
    handsets: tuple[HandsetInfo, ...]


@dataclass(frozen=True, slots=True)
class NewCode:
    """A one-time enrolment code for an account; answered by the code, 26 characters of 128 bits."""

    name: str
    life_s: int = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Revoke:
    """Never again: answered by `Revoked` once the state folder's log has it."""

    handset: bytes


@dataclass(frozen=True, slots=True)
class Revoked:
    """Done, of this account."""

    account: bytes


Request: TypeAlias = (
    Identify
    | Greet
    | Apply
    | ReadWindow
    | ListItems
    | FindItems
    | GetBlob
    | GetPicture
    | OwnAsk
    | PutBegin
    | PutChunk
    | EnrolHandset
    | AddAccount
    | ListAccounts
    | NewCode
    | Revoke
    | Failed
    | FindAccount
    | Take
    | Spool
    | Due
    | Begin
    | Settle
    | ReadItem
    | ReadNote
    | ReadPeers
    | WriteNote
    | Kept
    | Ready
)
