"""A server without sockets: its folders, its store with the writer's thread, and the hub on the one driver.

`app.Server` puts listeners around it; an embedded server, in a test or beside an emulated handset, needs no more than
this and a bearer (`thinline.bearers.memory`) handed to `accept`.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import apsw
import structlog

from thinline.bearers import Bearer, Ear
from thinline.driver import Driver
from thinline.errors import LocalError
from thinline.reasons import Reason
from thinline_server.asks import AskKind, own_ask
from thinline_server.blobs import FolderBlobs
from thinline_server.config import Settings
from thinline_server.handshake import Policy
from thinline_server.hub import Announce, Hub, Logged, Operate, Queued, Replied, Stop
from thinline_server.pictures.darkroom import Darkroom
from thinline_server.requests import GetPicture, OwnAsk, Refused, Request
from thinline_server.services import SERVICES
from thinline_server.services.base import Catalogue, soft_parts
from thinline_server.state import State, lock_folder, open_state
from thinline_server.store.database import STORE_SCHEMA, open_database
from thinline_server.store.store import Store
from thinline_server.store.writer import Writer
from thinline_server.workers.pool import Pool

__all__ = ["Engine", "StoreLost", "start_engine"]

_log = structlog.get_logger("thinline.server")


class StoreLost(LocalError):
    """The disk failed the store, or is full: nothing is acknowledged any more until a new start (D7)."""


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _unanswered(_ask: OwnAsk, callback: Callable[[Any], None]) -> None:
    asyncio.get_running_loop().call_soon(callback, Refused(Reason.UNKNOWN_KIND))


class Engine:
    """One running server, apart from what listens.

    Attributes:
        hub: the links.
        synchronous: how the store syncs, as SQLite told it.
        failed: why the store is dead, if it is.
        queued: told the kinds of errands that were made; whoever runs their gateways sets it.
        answer: answers services' own asks, later; whoever runs their gateways sets it.
        ending: set once the server is to end.
    """

    def __init__(self, settings: Settings, hub: Hub, synchronous: str) -> None:
        self.settings = settings
        self.synchronous = synchronous
        self.hub = hub
        self.failed: Refused | None = None
        self.queued: Callable[[frozenset[int]], None] = lambda _kinds: None
        self.answer: Callable[[OwnAsk, Callable[[Any], None]], None] = _unanswered
        self.ending = asyncio.Event()
        self._writer: Writer | None = None
        self._darkroom: Darkroom | None = None
        self._driver = Driver(hub, work=self._submit, host=self._heard)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._next_number = 1
        self._closed = False

    def attach(self, writer: Writer, darkroom: Darkroom) -> None:
        """Name the writer that does the store's work, and who makes pictures."""
        self._writer = writer
        self._darkroom = darkroom

    def accept(self, bearer: Bearer, *, encrypted: bool = True, loopback: bool = True) -> Ear:
        """A connection that somebody opened to this server; its bearer calls the ear back from now on."""
        return self._driver.accepted(bearer, encrypted=encrypted, loopback=loopback)

    async def operate(self, request: Request) -> Any:
        """Have the store do something for the operator; its answer, a `Refused` among them.

        Raises:
            LocalError: after the end.
        """
        if self._closed:
            raise LocalError("this server is closed")
        number, self._next_number = self._next_number, self._next_number + 1
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        self._driver.feed(Operate(number, request))
        return await answer

    def announce(self, collection: int, value: bytes, ttl_s: int) -> None:
        """Tell handsets how a gateway of a collection stands; empty where its trouble is over (spec SOFT-2)."""
        if not self._closed:
            self._driver.feed(Announce(collection, value, ttl_s))

    def stop(self) -> None:
        """End, soon."""
        self.ending.set()

    def dismiss(self) -> None:
        """Say goodbye to every handset."""
        reason = Reason.STOPPING if self.failed is None else self.failed.reason
        self._driver.feed(Stop(reason=reason))

    def close(self) -> None:
        """Take no more work; what was submitted is still served."""
        self._closed = True

    def hang_up(self) -> None:
        """End every connection that is still there."""
        self._driver.close()

    def lose(self, failed: Refused) -> None:
        """The store is dead: nobody is told that anything is safe, and the server ends (D7)."""
        self.failed = failed
        self.ending.set()

    def _submit(self, request: Request, callback: Callable[[Any], None]) -> None:
        assert self._writer is not None and self._darkroom is not None
        if isinstance(request, GetPicture):
            self._darkroom.submit(request, callback)
        elif isinstance(request, OwnAsk):
            self.answer(request, callback)
        else:
            self._writer.submit(request, callback)

    def _heard(self, output: Any) -> None:
        match output:
            case Replied(number, answer):
                waiting = self._asked.pop(number)
                if not waiting.done():
                    waiting.set_result(answer)
            case Queued(kinds):
                self.queued(kinds)
            case Logged(event, facts):
                _log.info(event, **dict(facts))
            case _:
                raise AssertionError(f"the hub said {output!r}")


def _open_store(settings: Settings, stack: AsyncExitStack) -> tuple[Store, State]:
    """Hold both folders and open what is in them; the stack lets go of them."""
    for folder in (settings.state, settings.data):
        stack.callback(lock_folder(folder).release)
    now_ms = _now_ms()
    state = open_state(settings.state, os.urandom, now_ms)
    try:
        connection = open_database(str(settings.data / "store.db"), STORE_SCHEMA, now_ms)
        blobs = FolderBlobs(settings.data / "blobs")
        return Store(connection, blobs, state, Catalogue(SERVICES), _now_ms, os.urandom), state
    except BaseException:
        state.close()
        raise


def _own_asks() -> Mapping[int, AskKind]:
    return {kind: own_ask(kind) for service in SERVICES for kind in service.asks}


@asynccontextmanager
async def start_engine(settings: Settings) -> AsyncIterator[Engine]:
    """A server's engine, running until the block ends: then everybody was told, and all that came is on the disk.

    Raises:
        LocalError: another server has a folder, or a file in it is of a later version.
        StoreLost: the folders cannot be written to.
    """
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        try:
            store, state = _open_store(settings, stack)
        except (OSError, apsw.Error) as error:
            where = f"{settings.data} and {settings.state}"
            raise StoreLost(f"cannot open the store in {where}: {error}; name other folders, or mend these") from error
        policy = Policy(state.key, os.urandom, settings.heartbeat_s, settings.timeout_s, settings.links_most)
        hub = Hub(policy, lambda _now: _now_ms(), _own_asks(), soft_parts(SERVICES))
        engine = Engine(settings, hub, store.synchronous)
        writer = Writer(store, lambda call: _post(loop, call), engine.lose)
        # Left in the other order: the workers end, then what waits for them does.
        pool = Pool(warm=0)
        darkroom = await stack.enter_async_context(Darkroom(pool, writer.submit))
        await stack.enter_async_context(pool)
        engine.attach(writer, darkroom)
        writer.start()
        try:
            yield engine
        finally:
            engine.dismiss()
            engine.close()
            # The loop goes on while the store serves what was submitted: goodbyes leave, answers arrive.
            await loop.run_in_executor(None, writer.stop)
            engine.hang_up()


def _post(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    """In the loop's thread; not at all once the loop is over."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(call)
