"""Scripted handsets on the one driver, over gRPC or in memory, and a tap on the line between them and a server.

    alice = LiveLine(LineClient("alice", code), grpc_to("127.0.0.1:7300"))
    async with alice:
        await alice.connect()
        alice.feed(Submit(kind, body))
        await alice.until(lambda: alice.client.idle)

A `Tap` sees every frame of one connection, at the handset's end, and can lose one, or let one pass and lose all after.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import Enum, unique
from types import TracebackType
from typing import Any, Protocol, Self

from line_client import Connect, LineClient, Told
from thinline.bearers import Bearer, Ear
from thinline.bearers.grpc_stream import GrpcBearer, Tls, dial
from thinline.bearers.memory import memory_pair
from thinline.codec import cut_packet, join_packet, read_frame
from thinline.driver import Driver
from thinline.frames import Direction, Frame
from thinline.machine import Lost
from thinline_server.engine import Engine

__all__ = ["Connector", "Fate", "LiveLine", "Tap", "grpc_to", "memory_to"]


@unique
class Fate(Enum):
    """What becomes of a frame."""

    PASS = "pass"
    LOST = "lost"  # and with it the connection
    LAST = "last"  # it arrives, and nothing of what it brings about comes back


class Tap:
    """Between a driver and a bearer.

    Args:
        bearer: towards the server.
        judge: what becomes of a frame, by its direction, its number and what it is.
    """

    def __init__(self, bearer: Bearer, judge: Callable[[Direction, int, Frame | None], Fate]) -> None:
        self._bearer = bearer
        self._judge = judge
        self._ear: Ear | None = None
        self._mute = False

    def listen(self, ear: Ear) -> None:
        """The driver's ear."""
        self._ear = ear

    # What the driver calls

    def send(self, data: bytes) -> None:
        """Up, frame by frame."""
        for number, frame, packet in _split(data, Direction.UP):
            if self._mute or self._ear is None:
                return
            fate = self._judge(Direction.UP, number, frame)
            if fate is not Fate.LOST:
                self._bearer.send(packet)
            if fate is not Fate.PASS:
                self._bearer.close()  # behind what was sent
                asyncio.get_running_loop().call_soon(self.lost, "cut")  # not in the middle of the driver's orders
                self._mute = True

    def close(self) -> None:
        """Hang up."""
        self._bearer.close()

    # What the bearer calls

    def arrived(self, data: bytes) -> None:
        """Down, frame by frame."""
        for number, frame, packet in _split(data, Direction.DOWN):
            if self._mute or self._ear is None:
                return
            fate = self._judge(Direction.DOWN, number, frame)
            self._mute = fate is not Fate.PASS
            if fate is not Fate.LOST:
                self._ear.arrived(packet)
            if self._mute:
                self._bearer.close()
                self.lost("cut")

    def room(self, size_bytes: int) -> None:
        """Pass it on."""
        if self._ear is not None:
            self._ear.room(size_bytes)

    def lost(self, reason: str) -> None:
        """Pass it on, once."""
        ear, self._ear = self._ear, None
        if ear is not None:
            ear.lost(reason)


def _split(data: bytes, direction: Direction) -> list[tuple[int, Frame | None, bytes]]:
    return [(*read_frame(one, direction), join_packet([one])) for one in cut_packet(data)]


class Connector(Protocol):
    """Opens the connection of a wire."""

    def __call__(self, line: LiveLine, wire: int) -> None: ...


class LiveLine:
    """A client that lives on this loop.

    Args:
        changed: set whenever something happened here; several lines may share one, and are then waited for together.

    Attributes:
        tap: makes the tap of the next connection, where there is to be one.
        error: why the newest dial failed.
    """

    def __init__(self, client: LineClient, connector: Connector, changed: asyncio.Event | None = None) -> None:
        self.client = client
        self.tap: Callable[[Bearer], Tap] | None = None
        self.error: Exception | None = None
        self._changed = changed or asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._driver = Driver(client, dial=lambda wire: connector(self, wire), host=self._heard)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._driver.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def feed(self, *events: Any) -> None:
        """Hand inputs to the client."""
        for event in events:
            self._driver.feed(event)
        self._changed.set()

    async def connect(self) -> bool:
        """Dial, and wait for the welcome or the end; whether it is live."""
        self.error = None
        self.feed(Connect())
        await self.until(lambda: self.client.live or self.client.ended is not None)
        return self.client.live

    async def until(self, condition: Callable[[], object], within_s: float = 20.0) -> None:
        """Wait for a condition, looked at whenever something happened here."""
        async with asyncio.timeout(within_s):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def __repr__(self) -> str:
        return f"<{self.client.name}: ended {self.client.ended}, error {self.error!r}>"

    # For connectors

    def hold(self, coroutine: Any) -> None:
        """Run something as long as this line lives."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def opened(self, wire: int, bearer: Bearer) -> Ear:
        """A connection is up; gives the ear that its bearer calls back."""
        if self.tap is None:
            return _Waker(self._driver.connected(wire, bearer), self._changed)
        tap, self.tap = self.tap(bearer), None
        tap.listen(_Waker(self._driver.connected(wire, tap), self._changed))
        return tap

    def failed(self, wire: int, error: Exception) -> None:
        """There is no connection."""
        self.error = error
        self.feed(Lost(wire, str(error)))

    def _heard(self, output: Any) -> None:
        assert isinstance(output, Told), output
        self._changed.set()


class _Waker:
    """An ear that tells whoever waits that something came."""

    def __init__(self, ear: Ear, changed: asyncio.Event) -> None:
        self._ear = ear
        self._changed = changed

    def arrived(self, data: bytes) -> None:
        self._ear.arrived(data)
        self._changed.set()

    def room(self, size_bytes: int) -> None:
        self._ear.room(size_bytes)
        self._changed.set()

    def lost(self, reason: str) -> None:
        self._ear.lost(reason)
        self._changed.set()


def grpc_to(address: str, tls: Tls | None = None) -> Connector:
    """Over gRPC, each connection a socket of its own."""

    def connect(line: LiveLine, wire: int) -> None:
        async def carry() -> None:
            try:
                await dial(address, tls, lambda bearer: _opened(line, wire, bearer))
            except Exception as error:
                line.failed(wire, error)

        line.hold(carry())

    return connect


def _opened(line: LiveLine, wire: int, bearer: GrpcBearer) -> Ear:
    return line.opened(wire, bearer)


def memory_to(engine: Engine) -> Connector:
    """In memory, to a server of this process."""

    def connect(line: LiveLine, wire: int) -> None:
        ours, theirs = memory_pair()
        theirs.listen(engine.accept(theirs))
        ours.listen(line.opened(wire, ours))

    return connect
