"""A town: accounts and handsets in a world, with the server's real store in memory behind them.

The store's database outlives a killed server, as a disk does; it can be copied and put back, which is how a history
goes back. Each handset's emulator keeps what it is told: the SIM, the notices, what was lost with the power.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import apsw

from thinline.errors import LocalError
from thinline.frames import Disposition
from thinline.identity import ServiceKey
from thinline.testing.netem import Netem
from thinline_emulator import events
from thinline_emulator.autopsy import Autopsy, examine
from thinline_emulator.handset import Handset
from thinline_emulator.memory import Volatile
from thinline_emulator.profiles import HandsetProfile, load_profile
from thinline_emulator.settings import Settings
from thinline_emulator.sim import Sim
from thinline_server.asks import own_ask
from thinline_server.blobs import BlobStore
from thinline_server.handshake import Policy
from thinline_server.hub import Hub, Logged, Operate, Replied
from thinline_server.requests import AddAccount, NewCode, OwnAsk, Refused, Request
from thinline_server.services import SERVICES
from thinline_server.services.base import Catalogue, soft_parts
from thinline_server.state import State
from thinline_server.store.database import STATE_SCHEMA, STORE_SCHEMA, open_database
from thinline_server.store.store import Store
from thinline_tools.lab.web import LabWeb
from thinline_tools.lab.world import Node, World

__all__ = ["BEGAN_MS", "HandsetNode", "MemoryBlobs", "Town"]

BEGAN_MS = 1_254_355_200_000  # 1 October 2009, 00:00 UTC


class MemoryBlobs(BlobStore):
    """Blobs in a dict."""

    least_bytes = 0

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, key: str, data: bytes) -> None:
        """Keep them."""
        self.kept[key] = data

    def get(self, key: str) -> bytes | None:
        """The bytes, or None."""
        return self.kept.get(key)

    def delete(self, key: str) -> None:
        """Forget them."""
        self.kept.pop(key, None)


class HandsetNode(Node):
    """A handset and the emulator around it.

    Attributes:
        sim: as it was last written.
        notices: what the handset told its owner.
        lost: memories that went with the power, and why.
        autopsies: the same as the emulator tells it.
    """

    machine: Handset

    def __init__(self, world: World, name: str, handset: Handset) -> None:
        super().__init__(world, name, handset, self._told)
        self.sim: Sim = handset.sim
        self.notices: list[str] = []
        self._denied = ""
        self.lost: list[tuple[Volatile, str]] = []
        self.autopsies: list[Autopsy] = []

    @property
    def memory(self) -> Volatile:
        """What it holds now; it must have power."""
        memory = self.machine.memory
        assert memory is not None, f"{self.name} has no power"
        return memory

    # As a script and a verb see it

    @property
    def now(self) -> float:
        """Its time in seconds."""
        return self.world.now

    @property
    def rate(self) -> float:
        """In a world time only jumps."""
        return float("inf")

    def set_rate(self, rate: float) -> None:
        """It cannot be set.

        Raises:
            LocalError: always.
        """
        raise LocalError(f"time only jumps here; it does not pass {rate:g} times as fast")

    def do(self, event: Any) -> None:
        """Hand it an input.

        Raises:
            LocalError: it could not be done, and nothing of it was.
        """
        self._denied = ""
        self.feed(event)
        if self._denied:
            raise LocalError(self._denied)

    @property
    def text(self) -> str:
        """What its screen shows."""
        return self.machine.look(self.now).text()

    def _told(self, output: Any) -> None:
        match output:
            case events.SimWritten(sim):
                self.sim = sim
            case events.Notice(text):
                self.notices.append(text)
            case events.Denied(text):
                self._denied = text
            case events.MemoryLost(memory, cause):
                self.lost.append((memory, cause))
                self.autopsies.append(examine(output))
            case _:
                pass


class _Answering:
    """A store, and beside it what answers services' own asks."""

    def __init__(self, store: Store, web: LabWeb) -> None:
        self.store = store
        self._web = web

    def answer(self, requests: Sequence[Any]) -> list[Any]:
        """Serve a group of requests, in their order."""
        stored = iter(self.store.answer([one for one in requests if not isinstance(one, OwnAsk)]))
        return [self._web.answer(one) if isinstance(one, OwnAsk) else next(stored) for one in requests]


class Town(World):
    """A world with one server and people in it.

    Args:
        seed: of all chance but the network's, which has its own.
        net: the network.
        profile: what the handsets are; the classic one where none is given.

    Attributes:
        handsets: by name.
        log: what the server found worth a line, counted by event.
        welcomes: dispositions told, counted by name.
    """

    def __init__(self, seed: int = 0, net: Netem | None = None, profile: HandsetProfile | None = None) -> None:
        super().__init__(net or Netem(seed))
        self._chance = Random(seed)
        self._profile = profile or load_profile("classic")
        self._key = ServiceKey(self._chance.randbytes(32))
        self._database = open_database(":memory:", STORE_SCHEMA, BEGAN_MS)
        self._state = State(open_database(":memory:", STATE_SCHEMA, BEGAN_MS), self._key)
        self._blobs = MemoryBlobs()
        self._replies: dict[int, Any] = {}
        self.handsets: dict[str, HandsetNode] = {}
        self.log: Counter[str] = Counter()
        self.welcomes: Counter[str] = Counter()
        self.start_server()

    def now_ms(self) -> int:
        """The wall clock."""
        return BEGAN_MS + int(self.now * 1_000)

    @property
    def store(self) -> Store:
        """The server's store."""
        assert self.server is not None and isinstance(self.server.store, _Answering)
        return self.server.store.store

    @property
    def database(self) -> apsw.Connection:
        """What is on the server's disk."""
        return self._database

    # The server

    def start_server(self) -> None:
        """A server process begins on what is on the disk."""
        draw = Random(self._chance.getrandbits(64)).randbytes
        store = Store(self._database, self._blobs, self._state, Catalogue(SERVICES), self.now_ms, draw)
        policy = Policy(self._key, draw)
        asks = {kind: own_ask(kind) for service in SERVICES for kind in service.asks}
        web = LabWeb(lambda request: store.answer([request])[0], self.now_ms, Random(draw(8)).randbytes)
        hub = Hub(policy, lambda now: BEGAN_MS + int(now * 1_000), asks, soft_parts(SERVICES))
        self.start(hub, _Answering(store, web), self._served)

    def _served(self, output: Any) -> None:
        match output:
            case Logged(event, facts):
                self.log[event] += 1
                told = dict(facts)
                if "disposition" in told:
                    self.welcomes[Disposition.Name(told["disposition"]).removeprefix("DISPOSITION_")] += 1
            case Replied(number, answer):
                self._replies[number] = answer
            case _:
                pass

    def copy(self) -> bytes:
        """A copy of what is on the server's disk."""
        return bytes(self._database.serialize("main"))

    def put_back(self, copy: bytes) -> None:
        """Put an older copy in place, while no server runs."""
        assert self.server is None, "not under a running server"
        self._database.deserialize("main", copy)

    def operate(self, request: Request) -> Any:
        """An operator's request, answered at once."""
        server = self.server
        assert server is not None
        number = len(self._replies) + 1
        for order in server.machine.handle(Operate(number, request), self.now):
            server.obey(order)
        assert self.run_until(lambda: number in self._replies)
        answer = self._replies[number]
        assert not isinstance(answer, Refused), answer
        return answer

    # The people

    def account(self, name: str) -> None:
        """A new subscriber."""
        self.operate(AddAccount(name))

    def handset(self, name: str, account: str, **settings: Any) -> HandsetNode:
        """A new handset of an account, switched on with a code; it enrols when time passes."""
        code = self.operate(NewCode(account))
        draw = Random(self._chance.getrandbits(64)).randbytes
        made = replace(Settings(self._profile, draw), **settings)
        node = HandsetNode(self, name, Handset(made, Sim(draw(32)), code, self.now))
        self.handsets[name] = node
        node.feed(events.PowerOn())
        return node

    def settle(self, within_s: float = 3_600.0) -> bool:
        """Let time pass until every handset has all that was announced and all its commands are answered."""
        return self.run_until(lambda: all(node.machine.settled for node in self.handsets.values()), within_s)
