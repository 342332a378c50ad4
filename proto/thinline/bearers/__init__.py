"""What carries packets between the two ends: each bearer offers `send` and `close`, and calls back.

A bearer knows nothing of frames, states or accounts. It tells its ear what arrived, how much room there is, and that
it is lost; one driver serves them all, in both roles.
"""

from __future__ import annotations

from typing import Protocol

__all__ = ["ROOM_BYTES", "Bearer", "Ear"]

ROOM_BYTES = 131_072  # what a bearer holds for its peer at most, beyond what the transport took


class Bearer(Protocol):
    """One connection."""

    def send(self, data: bytes) -> None:
        """Take a packet; never more bytes than the room that was reported."""
        ...

    def close(self) -> None:
        """End the connection once all that was sent is out. May be called twice."""
        ...


class Ear(Protocol):
    """Who a bearer calls back. After `lost` it calls no more."""

    def arrived(self, data: bytes) -> None:
        """A packet came."""
        ...

    def room(self, size_bytes: int) -> None:
        """So many bytes may be sent now."""
        ...

    def lost(self, reason: str) -> None:
        """The connection is gone."""
        ...
