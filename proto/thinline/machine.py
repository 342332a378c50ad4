"""The border between a pure machine and the one driver: bearers' news in, orders out.

A machine (the server's hub, a handset) is handled one input at a time and answers with all that follows now. A *wire*
is the number of one bearer connection. A later `WakeAt` replaces the earlier one. `Do` asks for work outside, the
store's for instance, and is answered under the same ticket by a `Done`, which brings all that is finished by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

__all__ = [
    "Arrived",
    "Dial",
    "Do",
    "Done",
    "Hang",
    "Lost",
    "Machine",
    "Opened",
    "Order",
    "Room",
    "Transmit",
    "WakeAt",
    "WireInput",
    "Woke",
]


@dataclass(frozen=True, slots=True)
class Opened:
    """A bearer connection is up. `encrypted` and `loopback` say what it is like."""

    wire: int
    encrypted: bool = True
    loopback: bool = True


@dataclass(frozen=True, slots=True)
class Arrived:
    """A packet came."""

    wire: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Room:
    """The bearer takes so many bytes now; replaces what it said before."""

    wire: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection is gone."""

    wire: int
    reason: str


@dataclass(frozen=True, slots=True)
class Woke:
    """The time asked for with `WakeAt` has come."""


@dataclass(frozen=True, slots=True)
class Done:
    """Outside work is finished: tickets with their results, in the order in which they came."""

    results: tuple[tuple[int, Any], ...]


WireInput: TypeAlias = Opened | Arrived | Room | Lost | Woke | Done


@dataclass(frozen=True, slots=True)
class Dial:
    """Open a bearer connection and call it by this number."""

    wire: int


@dataclass(frozen=True, slots=True)
class Transmit:
    """Send a packet."""

    wire: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Hang:
    """End a connection, once what was transmitted is out."""

    wire: int
    reason: str


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Wake me then, and forget what I said before."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Do:
    """Have this done outside, and tell me."""

    ticket: int
    request: Any


Order: TypeAlias = Dial | Transmit | Hang | WakeAt | Do


class Machine(Protocol):
    """Anything that the driver, or a simulation, can run."""

    def handle(self, event: Any, now: float) -> Sequence[Any]:
        """Take one input; return all that follows now."""
        ...
