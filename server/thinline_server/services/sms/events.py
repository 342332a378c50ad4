"""What a session with a message centre is told, and what follows from that: the inputs and outputs of `esme`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from thinline_server.services.sms.pdu import Message

__all__ = [
    "Answer",
    "Answered",
    "Arrived",
    "Bound",
    "Came",
    "Close",
    "Closed",
    "Drain",
    "Input",
    "Opened",
    "Output",
    "Refused",
    "Slowed",
    "Submit",
    "Transmit",
    "Unanswered",
    "Unsent",
    "Woke",
]


# Inputs


@dataclass(frozen=True, slots=True)
class Opened:
    """The connection is there."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Bytes came."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Woke:
    """The time came."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection is gone."""


@dataclass(frozen=True, slots=True)
class Submit:
    """Send a message; `key` is its giver's."""

    key: int
    message: Message


@dataclass(frozen=True, slots=True)
class Answer:
    """Tell the centre how it went with what `Came`."""

    sequence: int
    status: int


@dataclass(frozen=True, slots=True)
class Drain:
    """Give back what was not sent yet."""


Input: TypeAlias = Opened | Arrived | Woke | Closed | Submit | Answer | Drain


# Outputs


@dataclass(frozen=True, slots=True)
class Transmit:
    """Hand these bytes to the connection."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bound:
    """The centre let us in."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It did not."""

    status: int


@dataclass(frozen=True, slots=True)
class Came:
    """A message, or word of one; it wants an `Answer`."""

    sequence: int
    message: Message


@dataclass(frozen=True, slots=True)
class Answered:
    """The centre's word for a message: taken under a name, or a status that says why not."""

    key: int
    status: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Unsent:
    """Not a byte of it has left."""

    key: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """It was written, and no answer came: whether the centre took it nobody can say."""

    key: int


@dataclass(frozen=True, slots=True)
class Slowed:
    """The centre wants nothing for so long."""

    until_s: float


@dataclass(frozen=True, slots=True)
class Close:
    """End the connection, and why."""

    why: str


Output: TypeAlias = Transmit | Bound | Refused | Came | Answered | Unsent | Unanswered | Slowed | Close
