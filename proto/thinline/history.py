"""The history of one account: rows written once, a chain over them, and points that prove a place in it.

`chain(0)` is 16 random bytes and names the history; `chain(n)` is the first 16 bytes of SHA-256(chain(n-1), row n).
Only the server computes chains, and only over stored bytes. A handset gets a *point*: the position and 16 bytes of
which half are the chain's and half a MAC, so that a point is also a receipt (spec HIST).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from thinline.items import Revision, put_varint
from thinline.limits import LIMITS

__all__ = ["CHAIN_BYTES", "Author", "Point", "Row", "Seal", "Seen", "advance", "continues"]

CHAIN_BYTES = 16
_HALF = 8


class Point(NamedTuple):
    """A place in a history and the proof of all before it; opaque to handsets (spec HIST-4)."""

    position: int
    proof: bytes


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a row: the k-th change of a handset's command, or the server for a reason of its own."""

    handset: bytes  # 8 bytes; all zero for the server
    life: int = 0
    number: int = 0
    part: int = 0

    def encode(self) -> bytes:
        """The handset, then life, number and part as varints."""
        return self.handset + put_varint(self.life) + put_varint(self.number) + put_varint(self.part)


@dataclass(frozen=True, slots=True)
class Row:
    """One change. `encode` gives the bytes that are stored once and hashed for ever (spec HIST-2)."""

    position: int
    epoch: int
    item: bytes
    revision: Revision
    author: bytes

    def encode(self) -> bytes:
        """(position, epoch, item, revision, author), under 50 bytes."""
        return b"".join(
            (put_varint(self.position), put_varint(self.epoch), self.item, self.revision.encode(), self.author)
        )


def advance(chain: bytes, row: bytes) -> bytes:
    """The chain one row on (spec HIST-1)."""
    return hashlib.sha256(chain + row).digest()[:CHAIN_BYTES]


@dataclass(frozen=True, slots=True)
class Seal:
    """Makes and checks the points of all accounts of one server, with a key derived from the service key."""

    key: bytes

    def _mac(self, account: bytes, position: int, shown: bytes) -> bytes:
        told = account + put_varint(position) + shown
        return hmac.digest(self.key, told, "sha256")[:_HALF]

    def point(self, account: bytes, position: int, chain: bytes) -> Point:
        """The point that a handset is told (spec HIST-4)."""
        shown = chain[:_HALF]
        return Point(position, shown + self._mac(account, position, shown))

    def genuine(self, account: bytes, point: Point) -> bool:
        """Whether this server, or one with the same service key, told that point (spec HIST-5)."""
        shown, mac = point.proof[:_HALF], point.proof[_HALF:]
        return hmac.compare_digest(self._mac(account, point.position, shown), mac)


def continues(seen: Iterable[Point], chains: Mapping[int, bytes]) -> bool:
    """Whether the history is the one that the points were told of: every chain equals its row's (spec HIST-6).

    Args:
        seen: what the handset was told.
        chains: chain by position for those positions that the history has.
    """
    return all(point.position in chains and chains[point.position][:_HALF] == point.proof[:_HALF] for point in seen)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a handset was told of its account's history: the proof it says hello with (spec HIST-7).

    Within a continued history there is one newest point. Once a salvage opens, the points of the lost history are
    kept beside the newest of the new one, so that a right copy restored later is recognised (spec HIST-8).
    """

    newest: Point | None = None
    kept: tuple[Point, ...] = ()

    @property
    def points(self) -> tuple[Point, ...]:
        """All points to say hello with."""
        return self.kept if self.newest is None else (*self.kept, self.newest)

    def told(self, point: Point) -> Seen:
        """After a point came in any frame."""
        if self.newest is not None and self.newest.position >= point.position:
            return self
        return Seen(point, self.kept)

    def parted(self) -> Seen:
        """After a welcome said SALVAGE: what was seen is of another history than what comes.

        However often that happens, the oldest point and the newest ones still fit into a hello.
        """
        points = self.points
        return Seen(None, (*points[:1], *points[1:][2 - LIMITS.seen_points :]))

    def folded(self) -> Seen:
        """After a welcome that continues them all: the newest of them stands for all."""
        return Seen(max(self.points, default=None), ())
