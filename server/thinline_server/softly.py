"""Soft state by way of services: what handsets say of themselves under a service's keys, and what they are told.

Nothing of it is stored. A service has one machine for all links; it hears what is said, that a link is over, that a
collection changed of an account that it watches, and answers with what handsets are to be told. The hub knows no more
of presence than this page does (spec SOFT-3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from thinline.machine import WakeAt, Woke
from thinline_server.requests import Request

__all__ = ["KEYS", "Changed", "Got", "Heard", "Silenced", "SoftInput", "SoftOutput", "SoftPart", "Tell", "Want"]

KEYS = 4_096  # of each collection, from its number times that on


@dataclass(frozen=True, slots=True)
class Heard:
    """A handset says something; an empty value takes it back."""

    account: bytes
    handset: bytes
    key: int
    value: bytes
    ttl_s: int


@dataclass(frozen=True, slots=True)
class Silenced:
    """A handset's link is over, and with it all that it said (spec FLOW-10)."""

    account: bytes
    handset: bytes


@dataclass(frozen=True, slots=True)
class Changed:
    """Something changed in the collection, of an account that is watched."""

    account: bytes


@dataclass(frozen=True, slots=True)
class Got:
    """The store's answer to a `Want`."""

    account: bytes
    answer: Any


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell a handset; an empty value takes it back."""

    handset: bytes
    key: int
    value: bytes
    ttl_s: int


@dataclass(frozen=True, slots=True)
class Want:
    """Ask the store for an account's sake."""

    account: bytes
    request: Request


SoftInput: TypeAlias = Heard | Silenced | Changed | Got | Woke
SoftOutput: TypeAlias = Tell | Want | WakeAt


class SoftPart(Protocol):
    """A service's machine."""

    @property
    def collection(self) -> int:
        """Whose keys it hears; it is told to handsets that follow it."""
        ...

    def watches(self, account: bytes) -> bool:
        """Whether it wants to hear of changes of an account. Asked at each change of any."""
        ...

    def handle(self, event: SoftInput, now: float) -> list[SoftOutput]:
        """Take one input; return all that follows."""
        ...
