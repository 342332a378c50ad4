"""The one loop: it runs a pure machine on asyncio, over any bearer and in either role.

Bearers, timers and outside work become the machine's inputs; its orders become calls on bearers, a timer and work.
What is not an order of `thinline.machine` is the machine's own and goes to the host. There is no other place where
this project's protocol meets a clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from thinline.bearers import Bearer, Ear
from thinline.machine import Arrived, Dial, Do, Done, Hang, Lost, Machine, Opened, Room, Transmit, WakeAt, Woke

__all__ = ["Driver"]

_FOREVER_S = 1e9  # a wake later than that is none; the loop's timers do not take infinity


class _WireEar:
    """What a bearer calls: the driver, with the wire's number."""

    __slots__ = ("_driver", "_wire")

    def __init__(self, driver: Driver, wire: int) -> None:
        self._driver = driver
        self._wire = wire

    def arrived(self, data: bytes) -> None:
        self._driver.feed(Arrived(self._wire, data))

    def room(self, size_bytes: int) -> None:
        self._driver.feed(Room(self._wire, size_bytes))

    def lost(self, reason: str) -> None:
        self._driver.forget(self._wire)
        self._driver.feed(Lost(self._wire, reason))


class Driver:
    """Runs one machine until it is closed.

    Args:
        machine: what decides.
        dial: opens the connection of a wire; it calls `connected`, or `feed`s `Lost`.
        work: does a request outside and calls back with its result, in this loop's thread.
        host: is given every output that is not an order to the driver.
        clock: seconds, never going back; the loop's own where none is given.
        pace: turns seconds of that clock into the loop's, where they are not the same; infinite while it stands still.
    """

    def __init__(
        self,
        machine: Machine,
        *,
        dial: Callable[[int], None] | None = None,
        work: Callable[[Any, Callable[[Any], None]], None] | None = None,
        host: Callable[[Any], None] | None = None,
        clock: Callable[[], float] | None = None,
        pace: Callable[[float], float] | None = None,
    ) -> None:
        self._machine = machine
        self._dial = dial
        self._work = work
        self._host = host
        self._loop = asyncio.get_running_loop()
        self._clock = clock or self._loop.time
        self._pace = pace
        self._wake_s: float | None = None
        self._bearers: dict[int, Bearer] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._next_wire = 1
        self._results: list[tuple[int, Any]] = []  # of this turn of the loop

    def accepted(self, bearer: Bearer, *, encrypted: bool, loopback: bool) -> Ear:
        """A connection that somebody else opened: the machine's next wire."""
        wire = self._next_wire
        self._next_wire += 1
        return self.connected(wire, bearer, encrypted=encrypted, loopback=loopback)

    def connected(self, wire: int, bearer: Bearer, *, encrypted: bool = True, loopback: bool = True) -> Ear:
        """A connection is up under that number."""
        self._bearers[wire] = bearer
        self.feed(Opened(wire, encrypted, loopback))
        return _WireEar(self, wire)

    def forget(self, wire: int) -> None:
        """The connection is gone."""
        self._bearers.pop(wire, None)

    def feed(self, event: Any) -> None:
        """Hand the machine one input and do what it says."""
        for order in self._machine.handle(event, self._clock()):
            self._obey(order)

    def repace(self) -> None:
        """The clock's pace is another from now on: the wake that was asked for comes at its time all the same."""
        if self._wake_s is not None:
            self._wake_at(self._wake_s)

    def close(self) -> None:
        """Hang up everything and wake no more."""
        self._wake_s = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for bearer in list(self._bearers.values()):
            bearer.close()

    def _obey(self, order: Any) -> None:
        match order:
            case Transmit(wire, data):
                if wire in self._bearers:
                    self._bearers[wire].send(data)
            case WakeAt(at_s):
                self._wake_at(at_s)
            case Do(ticket, request):
                assert self._work is not None, "this machine has no outside work"
                self._work(request, lambda result: self._finished(ticket, result))
            case Hang(wire, _):
                if wire in self._bearers:
                    self._bearers[wire].close()
            case Dial(wire):
                assert self._dial is not None, "this machine does not dial"
                self._dial(wire)
            case _ if self._host is not None:
                self._host(order)
            case _:
                raise AssertionError(f"nobody takes {order!r}")

    def _finished(self, ticket: int, result: Any) -> None:
        """What is finished in one turn of the loop is one input."""
        self._results.append((ticket, result))
        if len(self._results) == 1:
            self._loop.call_soon(self._done)

    def _done(self) -> None:
        results, self._results = tuple(self._results), []
        self.feed(Done(results))

    def _wake_at(self, at_s: float) -> None:
        self._wake_s = at_s
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        delay_s = max(0.0, at_s - self._clock())
        if self._pace is not None:
            delay_s = self._pace(delay_s)
        if delay_s < _FOREVER_S:
            self._timer = self._loop.call_later(delay_s, self._woke)

    def _woke(self) -> None:
        self._timer = self._wake_s = None
        self.feed(Woke())
