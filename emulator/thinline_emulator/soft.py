"""Soft state: one value a key, for a time, and never longer than the link; what a server tells, and what is told to it.

What is said holds as long as it is said again (spec SOFT, FLOW-10).
"""

from __future__ import annotations

from google.protobuf.message import DecodeError

from thinline.frames import Soft
from thinline.limits import LIMITS
from thinline.v1 import line_pb2

__all__ = ["GATEWAY_KEY", "SoftState"]

GATEWAY_KEY = 256  # and the collection's number (spec SOFT-2)
_NEVER = float("inf")


class SoftState:
    """What was told on this link and has not expired, and what was said on it."""

    def __init__(self) -> None:
        self._told: dict[int, tuple[bytes, float]] = {}
        self._said: dict[int, tuple[bytes, float]] = {}  # the value, and when
        self._waiting: dict[int, Soft] = {}
        self._fades_at = _NEVER

    def take(self, soft: Soft, now: float) -> None:
        """The latest value of a key wins; an empty one takes it away."""
        self._told.pop(soft.key, None)
        if soft.value and soft.ttl_s and len(self._told) < LIMITS.soft_keys:
            self._told[soft.key] = (soft.value, now + soft.ttl_s)

    def clear(self) -> None:
        """The link is over, or another one."""
        self._told.clear()
        self._said.clear()
        self._waiting.clear()

    def say(self, soft: Soft, every_s: float, now: float) -> None:
        """Tell the server, unless the same was said less than so long ago; nothing is not said again."""
        value, at_s = self._said.get(soft.key, (b"", now))
        if soft.value == value and (not value or now < at_s + every_s):
            return
        self._said[soft.key] = soft.value, now
        self._waiting[soft.key] = soft

    def ready(self) -> list[Soft]:
        """What is to be said now, once."""
        said = list(self._waiting.values())
        self._waiting.clear()
        return said

    def faded(self, now: float) -> bool:
        """Whether something that was told has expired since somebody asked last."""
        faded = self._fades_at <= now
        self._fades_at = self.next_at(now)
        return faded

    def value(self, key: int, now: float) -> bytes:
        """What was told under a key; empty once its time has passed (spec SOFT-1)."""
        value, until = self._told.get(key, (b"", _NEVER))
        return value if now < until else b""

    def next_at(self, now: float) -> float:
        """When the next value expires."""
        return min([until for _, until in self._told.values() if until > now], default=_NEVER) if self._told else _NEVER

    def trouble(self, collection: int, now: float) -> line_pb2.GatewayStatus | None:
        """What keeps the world away from a collection, or None."""
        value = self.value(GATEWAY_KEY + collection, now)
        if not value:
            return None
        try:
            return line_pb2.GatewayStatus.FromString(value)
        except DecodeError:
            return None
