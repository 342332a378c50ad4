"""Errands: what a server still has to do for an account, and the states in which that can be.

An errand is one durable thing: to send an item to one recipient, to take in what came for somebody. Outward ones can
not be taken back, so their states say what is known of the far side, and `UNKNOWN` is one of them: what was cut off
behind its last byte, or queued under a store that was lost, may have been sent (spec OUT). Inward ones may be repeated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, unique
from typing import TypeAlias

from thinline.items import Blob, put_varint
from thinline.limits import LIMITS
from thinline.merge import Content

__all__ = [
    "TOKEN_BYTES",
    "Errand",
    "ErrandKind",
    "ErrandState",
    "Handed",
    "Parcel",
    "Progress",
    "Standing",
    "after_restart",
    "is_fenced",
    "may_become",
    "may_begin",
    "token_of",
]

TOKEN_BYTES = 16


@unique
class ErrandState(IntEnum):
    """Where an errand stands; the numbers are stored."""

    QUEUED = 1
    SENDING = 2
    UNKNOWN = 3
    SENT = 4  # the next hop has it
    DELIVERED = 5  # whoever it is for has it
    FAILED = 6


_QUEUED, _SENDING, _UNKNOWN = ErrandState.QUEUED, ErrandState.SENDING, ErrandState.UNKNOWN
_SENT, _DELIVERED, _FAILED = ErrandState.SENT, ErrandState.DELIVERED, ErrandState.FAILED

_NEXT: Mapping[ErrandState, frozenset[ErrandState]] = {
    _QUEUED: frozenset({_QUEUED, _SENDING, _UNKNOWN, _SENT, _DELIVERED, _FAILED}),
    _SENDING: frozenset({_QUEUED, _UNKNOWN, _SENT, _DELIVERED, _FAILED}),
    _UNKNOWN: frozenset({_QUEUED, _SENDING, _SENT, _DELIVERED, _FAILED}),
    _SENT: frozenset({_DELIVERED, _FAILED}),
    _DELIVERED: frozenset(),
    _FAILED: frozenset({_QUEUED}),
}


def may_become(now: ErrandState, then: ErrandState) -> bool:
    """Whether the table has that step (spec OUT-3)."""
    return then in _NEXT[now]


@dataclass(frozen=True, slots=True)
class Errand:
    """What a command has the server do: a kind of the service's, for an item, towards a target (an address, say).

    `detail` is what its gateway needs beside; it is forgotten once the errand neither waits nor is under way.
    """

    kind: int
    item: bytes
    target: str
    detail: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an errand has come, as its item is to show it.

    Attributes:
        reason: in words, of the far side's own where it gave some.
        at_ms: since 1970.
        blobs: parts that it brought for its item.
        shown: what else it brought, for the service to read.
    """

    target: str
    state: ErrandState
    reason: str
    at_ms: int
    blobs: tuple[Blob, ...] = ()
    shown: bytes = b""


Shown: TypeAlias = Callable[[int, Content, Progress], Content | None]


def _unshown(_type: int, _content: Content, _progress: Progress) -> Content | None:
    return None


@dataclass(frozen=True, slots=True)
class Parcel:
    """An errand that may be for another account of the same server.

    Attributes:
        name, number: of the account whose errand it is.
        type, content: of its item, as that is now.
        at_ms: since 1970, now.
    """

    name: str
    number: str
    errand: Errand
    type: int
    content: Content
    at_ms: int


@dataclass(frozen=True, slots=True)
class Handed:
    """What a parcel becomes: an item of another account, new or changed.

    Attributes:
        source, origin: make its id, as of what comes from outside (spec ITEM-12).
        type: of the item.
        become: what it says from then on, by what it says now, None where it is not there; None where nothing changes.
        name, number: of the account, one of the two.
        revives: whether it is made anew where its owner deleted it; else it stays deleted (spec ITEM-13).
    """

    source: str
    origin: bytes
    type: int
    become: Callable[[Content | None], Content | None]
    name: str = ""
    number: str = ""
    revives: bool = False


@dataclass(frozen=True, slots=True)
class ErrandKind:
    """One kind of errands, as its service declares it.

    Attributes:
        name: for people.
        repeatable: doing it twice is as doing it once; of everything outward that is not so.
        progress: the item (its type and content) with a progress in it, or None where it shows nothing new. It keeps
            to the bounds of a head, and of the blobs to what the progress brought.
        hand: what it is to another account of this server, or None where its target is none's. (spec OUT-13)
    """

    name: str
    repeatable: bool = False
    progress: Shown = _unshown
    hand: Callable[[Parcel], Handed | None] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """An errand beside its account, as far as that decides what may be done.

    Attributes:
        state: the errand's.
        queued_epoch: under which it was queued.
        epoch, careful: the account's, now.
    """

    state: ErrandState
    queued_epoch: int
    epoch: int
    careful: bool


def is_fenced(kind: ErrandKind, standing: Standing) -> bool:
    """Whether it was queued under a store that went back since: then it may have been sent (spec OUT-5)."""
    return not kind.repeatable and standing.queued_epoch < standing.epoch


def may_begin(kind: ErrandKind, standing: Standing, *, deduplicates: bool) -> bool:
    """Whether an attempt may be made.

    Args:
        kind: the errand's.
        standing: beside its account.
        deduplicates: the next hop takes what comes twice under one token once (spec OUT-6).
    """
    if kind.repeatable:
        return standing.state is _QUEUED
    if standing.careful:  # spec OUT-7
        return False
    if deduplicates:
        return standing.state in (_QUEUED, _UNKNOWN)
    return standing.state is _QUEUED and not is_fenced(kind, standing)


def after_restart(kind: ErrandKind, tries: int) -> ErrandState:
    """What becomes of an errand that was SENDING when the server ended (spec OUT-4, OUT-10)."""
    if not kind.repeatable:
        return _UNKNOWN
    return _QUEUED if tries <= LIMITS.errand_starts else _FAILED


def token_of(account: bytes, errand: Errand) -> bytes:
    """What the far side may know a repetition by: the same after any loss of the store (spec OUT-8)."""
    target = errand.target.encode()
    told = b"errand" + account + put_varint(errand.kind) + put_varint(len(errand.item)) + errand.item + target
    return hashlib.sha256(told).digest()[:TOKEN_BYTES]
