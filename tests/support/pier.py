"""Where lines land: the server's pure hub over its real store in memory, and clients on perfect wires.

Nothing here is asynchronous. `Served` is the hub with its store: what the hub asks is answered at once, or when a test
lets it. `Pier` joins `LineClient`s to one: packets arrive in the order in which they left, until nothing is under way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from itertools import count
from random import Random
from typing import Any

from letters import LETTERS
from line_client import Connect, LineClient, Told
from thinline.identity import ServiceKey
from thinline.machine import Arrived, Dial, Do, Done, Hang, Lost, Opened, Room, Transmit, WakeAt, Woke
from thinline_server.asks import AskKind
from thinline_server.handshake import Policy
from thinline_server.hub import Hub, Logged, Operate, Queued, Replied
from thinline_server.requests import AddAccount, ListAccounts, NewCode, Refused, Request
from thinline_server.services import SERVICES
from thinline_server.services.base import Catalogue, soft_parts
from thinline_server.state import State
from thinline_server.store.database import STATE_SCHEMA, STORE_SCHEMA, open_database
from thinline_server.store.store import Store
from thinline_tools.lab.town import MemoryBlobs

__all__ = ["NOW_MS", "MemoryBlobs", "Pier", "Served", "new_store"]

NOW_MS = 1_254_355_200_000
_ROOM_BYTES = 131_072


def new_store(seed: int = 0, now_ms: Callable[[], int] = lambda: NOW_MS) -> tuple[Store, ServiceKey]:
    """The server's own store in memory, with a state of its own, all chance from a seed."""
    draw = Random(seed).randbytes
    key = ServiceKey(draw(32))
    state = State(open_database(":memory:", STATE_SCHEMA, NOW_MS), key)
    connection = open_database(":memory:", STORE_SCHEMA, NOW_MS)
    return Store(connection, MemoryBlobs(), state, Catalogue((*SERVICES, LETTERS)), now_ms, draw), key


class Served:
    """A hub and its store as one machine.

    Attributes:
        log: what the hub found worth a line.
        queued: kinds of errands that were made, in order.
        asked: every request so far.
        hold: requests of these kinds wait until `release`.
        answers: what requests of a kind are answered with instead of the store's answer, while it is there.
    """

    def __init__(self, seed: int = 0, asks: Mapping[int, AskKind] | None = None, **policy: Any) -> None:
        self.store, key = new_store(seed)
        self.policy = Policy(key, Random(seed + 1).randbytes, **policy)
        self.hub = Hub(self.policy, lambda now: NOW_MS + int(1_000 * now), asks, soft_parts(SERVICES))
        self.log: list[Logged] = []
        self.queued: list[frozenset[int]] = []
        self.asked: list[Request] = []
        self.hold: set[type] = set()
        self.answers: dict[type, Any] = {}
        self._held: deque[Do] = deque()
        self._replies: dict[int, Any] = {}
        self._numbers = count(1)

    def handle(self, event: Any, now: float) -> list[Any]:
        """The hub's orders, with the store's work done."""
        return self._sort(self.hub.handle(event, now), now)

    def release(self, now: float) -> list[Any]:
        """Answer all requests that are held, as one group."""
        held, self._held = tuple(self._held), deque()
        answers = self.store.answer([do.request for do in held])
        results = tuple([(do.ticket, answer) for do, answer in zip(held, answers, strict=True)])
        return self._sort(self.hub.handle(Done(results), now), now)

    @property
    def held(self) -> int:
        """Requests that wait."""
        return len(self._held)

    def operate(self, request: Request, now: float = 0.0) -> tuple[Any, list[Any]]:
        """The answer to an operator's request, and the orders that follow from it."""
        number = next(self._numbers)
        orders = self.handle(Operate(number, request), now)
        return self._replies.pop(number), orders

    def account(self, name: str) -> None:
        """Make an account."""
        answer, _ = self.operate(AddAccount(name))
        assert not isinstance(answer, Refused), answer

    def code(self, name: str) -> str:
        """An enrolment code."""
        answer, _ = self.operate(NewCode(name))
        assert isinstance(answer, str), answer
        return answer

    def _sort(self, outputs: list[Any], now: float) -> list[Any]:
        orders: list[Any] = []
        asked: list[Do] = []  # answered later than what was put out with it
        for output in outputs:
            match output:
                case Do():
                    self.asked.append(output.request)
                    (self._held if type(output.request) in self.hold else asked).append(output)
                case Replied(number, answer):
                    self._replies[number] = answer
                case Queued(kinds):
                    self.queued.append(kinds)
                case Logged():
                    self.log.append(output)
                case _:
                    orders.append(output)
        for do in asked:
            orders += self._answer(do, now)
        return orders

    def _answer(self, do: Do, now: float) -> list[Any]:
        kind = type(do.request)
        (answer,) = (self.answers[kind],) if kind in self.answers else self.store.answer([do.request])
        return self._sort(self.hub.handle(Done(((do.ticket, answer),)), now), now)


class Pier:
    """A server and its clients in one place.

    Attributes:
        now: seconds; stands still unless a test moves it.
        heard: by client's name, all that it was told.
        packets: what is under way, oldest first.
    """

    def __init__(self, served: Served | None = None) -> None:
        self.served = served or Served()
        self.now = 0.0
        self.heard: dict[str, list[Any]] = {}
        self.packets: deque[tuple[Any, Any]] = deque()  # who gets it (a client or the hub), what
        self._ends: dict[int, tuple[LineClient, int]] = {}  # by the hub's wire: the client, and its own number for it
        self._wires: dict[tuple[str, int], int] = {}  # the hub's wire, by client and its number
        self._next_wire = 1

    def client(self, name: str, account: str = "", **options: Any) -> LineClient:
        """A client of an account, which is made where there is none; enrolled and welcome."""
        account = account or name
        if not self.served.operate(ListAccounts(account))[0]:
            self.served.account(account)
        client = LineClient(name, self.served.code(account), **options)
        self.join(client)
        assert client.live, self.heard[name]
        return client

    def join(self, client: LineClient) -> None:
        """Connect a client, and let happen what follows."""
        self.feed(client, Connect())

    def feed(self, client: LineClient, *events: Any) -> None:
        """Hand inputs to a client, and let happen what follows."""
        for event in events:
            self._client(client, event)
        self.run()

    def serve(self, event: Any) -> None:
        """Hand an input to the hub, and let happen what follows."""
        self._orders(self.served.handle(event, self.now))
        self.run()

    def release(self) -> None:
        """Let the store answer all requests that it holds, and let happen what follows."""
        self._orders(self.served.release(self.now))
        self.run()

    def operate(self, request: Request) -> Any:
        """An operator's request, with what follows from it; its answer."""
        answer, orders = self.served.operate(request, self.now)
        self._orders(orders)
        self.run()
        return answer

    def cut(self, client: LineClient) -> None:
        """Cut its connection at both ends; what was under way is lost."""
        wire = self._wires.pop((client.name, client.wire))
        del self._ends[wire]
        self.packets = deque(one for one in self.packets if one[0] is not client and one[1].wire != wire)
        self._client(client, Lost(client.wire, "cut"))
        self._orders(self.served.handle(Lost(wire, "cut"), self.now))
        self.run()

    def wake(self, seconds: float) -> None:
        """Let time pass, and wake everybody."""
        self.now += seconds
        for client, _ in list(self._ends.values()):
            self._client(client, Woke())
        self.serve(Woke())

    def run(self) -> None:
        """Deliver until nothing is under way."""
        while self.packets:
            whom, event = self.packets.popleft()
            if whom is None:
                self._orders(self.served.handle(event, self.now))
            else:
                self._client(whom, event)

    def said(self, client: LineClient, kind: type) -> list[Any]:
        """Frames of a kind that a client was told."""
        return [one for one in self.heard[client.name] if isinstance(one, kind)]

    def _client(self, client: LineClient, event: Any) -> None:
        heard = self.heard.setdefault(client.name, [])
        for output in client.handle(event, self.now):
            match output:
                case Dial(wire):
                    self._connect(client, wire)
                case Transmit(wire, data) if (client.name, wire) in self._wires:
                    self.packets.append((None, Arrived(self._wires[client.name, wire], data)))
                    self.packets.append((client, Room(wire, _ROOM_BYTES)))
                case Hang(wire) if (client.name, wire) in self._wires:
                    self._part(self._wires[client.name, wire])
                case Told(what):
                    heard.append(what)
                case _:
                    assert isinstance(output, WakeAt | Hang | Transmit), output

    def _connect(self, client: LineClient, wire: int) -> None:
        mine, self._next_wire = self._next_wire, self._next_wire + 1
        self._ends[mine] = (client, wire)
        self._wires[client.name, wire] = mine
        for whom, at in ((None, mine), (client, wire)):
            self.packets.append((whom, Opened(at)))
            self.packets.append((whom, Room(at, _ROOM_BYTES)))

    def _orders(self, orders: list[Any]) -> None:
        for order in orders:
            match order:
                case Transmit(wire, data) if wire in self._ends:
                    client, at = self._ends[wire]
                    self.packets.append((client, Arrived(at, data)))
                    self.packets.append((None, Room(wire, _ROOM_BYTES)))
                case Hang(wire) if wire in self._ends:
                    self._part(wire)
                case _:
                    assert isinstance(order, WakeAt | Hang | Transmit), order

    def _part(self, wire: int) -> None:
        """Both ends learn of it, behind what is under way."""
        client, at = self._ends.pop(wire)
        del self._wires[client.name, at]
        self.packets.append((client, Lost(at, "hung up")))
        self.packets.append((None, Lost(wire, "hung up")))
