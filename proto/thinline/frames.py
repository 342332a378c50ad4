"""The vocabulary of the line: one frozen dataclass for each kind of frame, in both directions.

These are what a link takes and gives. The generated protobuf messages stay in `codec`. Each class says which way it
goes and in which class of the scheduler it waits (spec FRAME-6).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, TypeAlias

from thinline.history import Point
from thinline.items import Head
from thinline.v1 import line_pb2

__all__ = [
    "VERSION",
    "Answer",
    "Ask",
    "Beat",
    "Challenge",
    "Chunk",
    "Class",
    "Command",
    "Credit",
    "Direction",
    "Disposition",
    "DownFrame",
    "Enrol",
    "Enrolled",
    "Follow",
    "Frame",
    "Goodbye",
    "Hello",
    "KeepUntil",
    "Outcome",
    "Proof",
    "Refusal",
    "Soft",
    "UpFrame",
    "Verdict",
    "Welcome",
    "Window",
]

VERSION = 1

Disposition = line_pb2.Disposition
KeepUntil = line_pb2.KeepUntil
Verdict = line_pb2.Verdict


class Direction(IntEnum):
    """Which way a frame goes; `BOTH` for those that either side says."""

    UP = 1
    DOWN = 2
    BOTH = 3


class Class(IntEnum):
    """What a scheduler sends first. Sync and bulk need credit."""

    CONTROL = 0
    INTERACTIVE = 1
    SYNC = 2
    BULK = 3


@dataclass(frozen=True, slots=True)
class Enrol:
    """A one-time code and the key that is to stand on the SIM."""

    DIRECTION: ClassVar = Direction.UP
    CLASS: ClassVar = Class.CONTROL
    version: int
    code: str
    key: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The certificate, as an encoded SignedCertificate."""

    DIRECTION: ClassVar = Direction.DOWN
    CLASS: ClassVar = Class.CONTROL
    certificate: bytes


@dataclass(frozen=True, slots=True)
class Follow:
    """A collection that a handset follows, how far it was sent, and what it may hold of it."""

    collection: int
    cursor: bytes
    budget_bytes: int
    since: int = 0  # with an empty cursor: the lowest position of a head held all the same


@dataclass(frozen=True, slots=True)
class Hello:
    """Who I am, what I have seen, what I follow."""

    DIRECTION: ClassVar = Direction.UP
    CLASS: ClassVar = Class.CONTROL
    version: int
    profiles: tuple[int, ...]
    handset: bytes
    link: bytes
    life: int
    seen: tuple[Point, ...]
    follows: tuple[Follow, ...]
    confirmed: int = 0
    battery_percent: int = 0
    only_here: int = 0
    safe: Point | None = None
    heartbeat_s: int = 0
    chunk_bytes: int = 0
    credit: int = 0
    dictionaries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Challenge:
    """Prove it; `certificate` asks for the SIM's certificate too."""

    DIRECTION: ClassVar = Direction.DOWN
    CLASS: ClassVar = Class.CONTROL
    nonce: bytes
    certificate: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """The signature over nonce, link, version, profiles and hello."""

    DIRECTION: ClassVar = Direction.UP
    CLASS: ClassVar = Class.CONTROL
    signature: bytes
    certificate: bytes = b""


@dataclass(frozen=True, slots=True)
class Welcome:
    """How the server's history stands to what the handset has seen."""

    DIRECTION: ClassVar = Direction.DOWN
    CLASS: ClassVar = Class.CONTROL
    disposition: int
    point: Point | None
    epoch: int
    keep_until: int
    safe: Point | None
    heartbeat_s: int
    timeout_s: int
    done: int
    credit: int
    careful: bool
    time_ms: int
    profiles: tuple[int, ...]
    dictionary: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Not now, or not ever; of a command, an ask, or (with neither) the link."""

    DIRECTION: ClassVar = Direction.DOWN
    CLASS: ClassVar = Class.CONTROL
    reason: int
    sentence: str
    retry_after_ms: int = 0
    command: int = 0
    ask: int = 0


@dataclass(frozen=True, slots=True)
class Command:
    """Something to be done once."""

    DIRECTION: ClassVar = Direction.UP
    CLASS: ClassVar = Class.INTERACTIVE
    number: int
    after: int
    confirmed: int
    kind: int
    body: bytes
    transmission: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """The server's final answer to a command.

    With it come the heads that changed; and, where they were all that the link had not told yet of their collection,
    the cursor behind them.
    """

    DIRECTION: ClassVar = Direction.DOWN
    CLASS: ClassVar = Class.INTERACTIVE
    number: int
    verdict: int
    reason: int
    point: Point
    heads: tuple[Head, ...]
    collection: int = 0
    cursor: bytes = b""


@dataclass(frozen=True, slots=True)
class Window:
    """Heads and tombstones of one collection after a cursor."""

    DIRECTION: ClassVar = Direction.DOWN
    CLASS: ClassVar = Class.SYNC
    collection: int
    heads: tuple[Head, ...]
    cursor: bytes
    point: Point
    more: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that may be repeated freely."""

    DIRECTION: ClassVar = Direction.UP
    CLASS: ClassVar = Class.INTERACTIVE
    number: int
    kind: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """To an ask; `more` says that further answers or chunks follow."""

    DIRECTION: ClassVar = Direction.DOWN
    CLASS: ClassVar = Class.INTERACTIVE
    number: int
    body: bytes
    more: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of something large, by its offset in the transferred bytes."""

    DIRECTION: ClassVar = Direction.BOTH
    CLASS: ClassVar = Class.BULK
    ask: int
    offset: int
    data: bytes
    last: bool = False


@dataclass(frozen=True, slots=True)
class Soft:
    """Soft state: the latest value of a key, for a time."""

    DIRECTION: ClassVar = Direction.BOTH
    CLASS: ClassVar = Class.INTERACTIVE
    key: int
    value: bytes
    ttl_s: int


@dataclass(frozen=True, slots=True)
class Credit:
    """Sync and bulk frames may go up to this byte of the link."""

    DIRECTION: ClassVar = Direction.BOTH
    CLASS: ClassVar = Class.CONTROL
    up_to: int


@dataclass(frozen=True, slots=True)
class Beat:
    """I am here."""

    DIRECTION: ClassVar = Direction.BOTH
    CLASS: ClassVar = Class.CONTROL


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The link ends here, and why."""

    DIRECTION: ClassVar = Direction.BOTH
    CLASS: ClassVar = Class.CONTROL
    reason: int = 0
    sentence: str = ""
    retry_after_ms: int = 0


UpFrame: TypeAlias = Enrol | Hello | Proof | Command | Ask | Chunk | Soft | Credit | Beat | Goodbye
DownFrame: TypeAlias = (
    Enrolled | Challenge | Welcome | Refusal | Outcome | Window | Answer | Chunk | Soft | Credit | Beat | Goodbye
)
Frame: TypeAlias = UpFrame | DownFrame
