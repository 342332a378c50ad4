"""What a kind of handset has in common; one frozen value, shared by all of a fleet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from thinline_emulator.coverage import EVERYWHERE, Track
from thinline_emulator.profiles import HandsetProfile

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How handsets are made.

    Attributes:
        profile: body and memory.
        entropy: random bytes, for ids and seeds.
        heartbeat_s: wished; 0 leaves it to the server.
        track: the signal along the way.
    """

    profile: HandsetProfile
    entropy: Callable[[int], bytes]
    heartbeat_s: int = 0
    track: Track = EVERYWHERE
