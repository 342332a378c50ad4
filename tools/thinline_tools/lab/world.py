"""A world: one server, any number of handsets, a seeded network between them, and a clock that jumps.

Machines are fed one input at a time in the order of virtual time; what they order is done by the world. The server's
store answers in groups, a commit's time after it was asked, as the writer thread does. `kill` takes the server away
between any two inputs, `start` brings it back on the same store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from thinline.bearers import ROOM_BYTES
from thinline.machine import Arrived, Dial, Do, Done, Hang, Lost, Machine, Opened, Room, Transmit, WakeAt, Woke
from thinline.testing.clock import Clock
from thinline.testing.netem import Delivery, Netem
from thinline_server.hub import Hub

__all__ = ["Answers", "Node", "ServerNode", "World"]

_COMMIT_S = 0.002
_UP, _DOWN = "up", "down"


class Answers(Protocol):
    """What the world needs of a store."""

    def answer(self, requests: Sequence[Any]) -> list[Any]:
        """Serve a group of requests; every effect is durable on return."""
        ...


class Node:
    """A machine of the world.

    Args:
        world: where it lives.
        name: unique in the world.
        machine: what decides.
        host: is given every output that is no order to the world.
    """

    def __init__(self, world: World, name: str, machine: Machine, host: Callable[[Any], None] | None = None) -> None:
        self.world = world
        self.name = name
        self.machine = machine
        self.alive = True
        self._host = host

    def feed(self, event: Any) -> None:
        """Hand the machine an input at this virtual time, and do what it says."""
        if not self.alive:
            return
        world = self.world
        world.fed += 1
        for order in self.machine.handle(event, world.clock.now):
            self.obey(order)

    def obey(self, order: Any) -> None:
        """Do what the machine ordered."""
        match order:
            case Transmit(wire, data):
                self.world.transmit(self, wire, data)
            case WakeAt(at_s):
                self.world.clock.wake(self.name, at_s, partial(self.feed, Woke()))
            case Hang(wire, _):
                self.world.hang(self, wire)
            case Dial(wire):
                self.world.dial(self, wire)
            case _ if self._host is not None:
                self._host(order)
            case _:
                pass


class ServerNode(Node):
    """The server: a hub whose outside work is a store's."""

    machine: Hub

    def __init__(self, world: World, hub: Hub, store: Answers, host: Callable[[Any], None] | None = None) -> None:
        super().__init__(world, "server", hub, host)
        self.store = store
        self._asked: list[Do] = []

    def obey(self, order: Any) -> None:
        """Gather what the store is asked into one group."""
        if isinstance(order, Do):
            if not self._asked:
                self.world.clock.at(self.world.clock.now + _COMMIT_S, self._commit)
            self._asked.append(order)
            return
        super().obey(order)

    def _commit(self) -> None:
        asked, self._asked = self._asked, []
        if not self.alive:
            return
        answers = self.store.answer([one.request for one in asked])
        self.feed(Done(tuple([(one.ticket, answer) for one, answer in zip(asked, answers, strict=True)])))


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a connection: whose it is and under which number."""

    node: Node
    wire: int


class World:
    """Everything that happens, in the order in which it happens.

    Attributes:
        clock: virtual time.
        net: the network; its counters tell which faults happened.
        fed: inputs that machines were given so far.
        carried: every packet that was transmitted: who sent it, and its size in bytes. None unless somebody asks.
    """

    def __init__(self, net: Netem | None = None) -> None:
        self.clock: Clock[Callable[[], None]] = Clock()
        self.net = net or Netem()
        self.server: ServerNode | None = None
        self.fed = 0
        self.carried: list[tuple[str, int]] | None = None
        self._wires: dict[int, tuple[_End, _End]] = {}  # the handset's end and the server's
        self._of_end: dict[tuple[str, int], int] = {}
        self._room: dict[tuple[str, int], int] = {}  # what an end was told and has not used yet
        self._next = 1

    @property
    def now(self) -> float:
        """Seconds since the world began."""
        return self.clock.now

    def run_until(self, condition: Callable[[], bool], within_s: float = 3_600.0) -> bool:
        """Let time pass until the condition holds; False where it does not within so many virtual seconds."""
        limit_s = self.clock.now + within_s
        while not condition():
            due_s = self.clock.due_s
            if due_s is None or due_s > limit_s:
                return False
            self.clock.jump()()
        return True

    def run_for(self, duration_s: float) -> None:
        """Let so much time pass."""
        limit_s = self.clock.now + duration_s
        while (due_s := self.clock.due_s) is not None and due_s <= limit_s:
            self.clock.jump()()
        self.clock.pass_to(limit_s)

    # Connections

    def dial(self, node: Node, wire: int) -> None:
        """A handset wants a connection: it gets one at once, or learns that there is no server."""
        server = self.server
        if server is None or not server.alive:
            self.clock.at(self.now, partial(node.feed, Lost(wire, "nobody listens")))
            return
        number, self._next = self._next, self._next + 1
        ends = (_End(node, wire), _End(server, number))
        self._wires[number] = ends
        for end in ends:
            self._of_end[end.node.name, end.wire] = number
        for end in reversed(ends):
            self.clock.at(self.now, partial(self._open, end))

    def _open(self, end: _End) -> None:
        end.node.feed(Opened(end.wire))
        end.node.feed(Room(end.wire, ROOM_BYTES))

    def transmit(self, node: Node, wire: int, data: bytes) -> None:
        """A packet leaves an end; the network says what becomes of it."""
        number = self._of_end.get((node.name, wire))
        if number is None:
            return
        towards = _DOWN if node is self.server else _UP
        self._plan(self.net.carry(number, towards, data, self.now))
        if self.carried is not None:
            self.carried.append((node.name, len(data)))
        left = self._room.get((node.name, wire), ROOM_BYTES) - len(data)
        if left < ROOM_BYTES // 2:
            left = ROOM_BYTES
            self.clock.at(self.now, partial(node.feed, Room(wire, ROOM_BYTES)))
        self._room[node.name, wire] = left

    def hang(self, node: Node, wire: int) -> None:
        """An end hangs up: it is lost to it at once, and to the other behind what is under way."""
        number = self._forget(node.name, wire)
        if number is None:
            return
        self.clock.at(self.now, partial(node.feed, Lost(wire, "hung up")))
        self._plan(self.net.hang(number, _DOWN if node is self.server else _UP, self.now))

    def _plan(self, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            self.clock.at(delivery.at_s, partial(self._deliver, delivery))

    def _deliver(self, delivery: Delivery) -> None:
        assert isinstance(delivery.wire, int)
        handset, server = self._wires[delivery.wire]
        for end, towards in ((handset, _DOWN), (server, _UP)):
            if delivery.towards not in (None, towards):
                continue
            if delivery.data is None:
                self._lose(end)
            elif (end.node.name, end.wire) in self._of_end:
                end.node.feed(Arrived(end.wire, delivery.data))

    def _lose(self, end: _End) -> None:
        if self._forget(end.node.name, end.wire) is not None:
            end.node.feed(Lost(end.wire, "cut"))

    def _forget(self, name: str, wire: int) -> int | None:
        self._room.pop((name, wire), None)
        return self._of_end.pop((name, wire), None)

    # The server's fate

    def kill(self) -> None:
        """The server's process ends here, with nothing said; its connections are cut."""
        server = self.server
        assert server is not None
        server.alive = False
        self.clock.forget(server.name)
        for number, (_, end) in list(self._wires.items()):
            if end.node is server and self._forget(server.name, end.wire) is not None:
                self._plan(self.net.cut(number, self.now))
        self.server = None

    def start(self, hub: Hub, store: Answers, host: Callable[[Any], None] | None = None) -> ServerNode:
        """A server process begins."""
        assert self.server is None, "one server at a time"
        self.server = ServerNode(self, hub, store, host)
        return self.server
