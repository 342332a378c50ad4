"""A clock that jumps: time stands still while something happens, and then it is the next deadline.

What is to happen waits in one agenda, ordered by time and, at one time, by the order in which it was put. A *wake* has
a name, and asking again under the same name replaces it, as `machine.WakeAt` means it.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Hashable
from typing import Generic, TypeVar

__all__ = ["Clock"]

T = TypeVar("T")


class Clock(Generic[T]):
    """Virtual time in seconds with an agenda of things of one kind.

    Attributes:
        now: the time; only `jump` and `pass_to` move it.
    """

    def __init__(self, now: float = 0.0) -> None:
        self.now = now
        self._order = itertools.count()  # of a thing; no two compare
        self._agenda: list[tuple[float, int, Hashable, T]] = []
        self._wakes: dict[Hashable, int] = {}  # name of a wake to its order; any other of that name is stale

    def at(self, at_s: float, thing: T) -> None:
        """Put something on the agenda; what is late already happens now."""
        heapq.heappush(self._agenda, (max(at_s, self.now), next(self._order), None, thing))

    def wake(self, name: Hashable, at_s: float, thing: T) -> None:
        """Put a wake on the agenda in place of an earlier one of that name."""
        assert name is not None, "None names no wake"
        order = self._wakes[name] = next(self._order)
        heapq.heappush(self._agenda, (max(at_s, self.now), order, name, thing))

    def forget(self, name: Hashable) -> None:
        """Take a wake off the agenda, if it is there."""
        self._wakes.pop(name, None)

    @property
    def due_s(self) -> float | None:
        """When the next thing happens; None where nothing waits."""
        while self._agenda:
            at_s, order, name, _ = self._agenda[0]
            if name is None or self._wakes.get(name) == order:
                return at_s
            heapq.heappop(self._agenda)
        return None

    def jump(self) -> T:
        """Go to the next deadline and take what happens then; an error where nothing waits."""
        assert self.due_s is not None, "nothing waits"
        self.now, _, name, thing = heapq.heappop(self._agenda)
        self._wakes.pop(name, None)
        return thing

    def pass_to(self, at_s: float) -> None:
        """Let time pass in which nothing happens."""
        assert self.due_s is None or at_s <= self.due_s, "something happens before"
        self.now = max(self.now, at_s)
