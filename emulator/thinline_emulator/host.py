"""A handset in this process: the pure machine on asyncio, with a card in a file and a line to a server.

    async with Handset(server="127.0.0.1:7300", code=code, sim="alice.sim") as handset:
        await handset.until("settled")
        await handset.key("jump ok menu 'Bob' ok")
        print((await handset.verb("battery 12")).text)

The card is the only thing of it that the host's disk ever sees. Leaving the block is pulling the battery: what
existed only in its memory is gone, and `autopsies` names it. Time is the loop's, times the rate that `clock x60` sets.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thinline.bearers import Ear
from thinline.bearers.grpc_stream import GrpcBearer, Tls
from thinline.bearers.grpc_stream import dial as dial_grpc
from thinline.driver import Driver
from thinline.errors import LocalError
from thinline.frames import Direction
from thinline.machine import Lost
from thinline_emulator import simcard_file
from thinline_emulator.autopsy import Autopsy, examine
from thinline_emulator.clock import VirtualRate
from thinline_emulator.events import (
    Denied,
    HandsetInput,
    HandsetOutput,
    KeyPressed,
    MemoryLost,
    Notice,
    PowerOff,
    PowerOn,
    SetRadio,
    SimWritten,
)
from thinline_emulator.handset import Handset as Machine
from thinline_emulator.keys import Char, Key, keys_of
from thinline_emulator.profiles import load_profile, load_radio
from thinline_emulator.record import Recorder, deed_of
from thinline_emulator.screen import Screen
from thinline_emulator.script import Script, condition, play
from thinline_emulator.settings import Settings
from thinline_emulator.sim import KEY_BYTES, Sim
from thinline_emulator.verbs import Answer, do_verb
from thinline_emulator.wire import Packet, Tap

__all__ = ["Changes", "Connect", "Handset", "Options"]

# Opens a connection and carries it until it ends: given what to call with the bearer; see `grpc_stream.dial`.
Connect = Callable[[Callable[[Any], Ear]], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Options:
    """What a handset in this process may be told beyond its server, code and card.

    Attributes:
        radio: another network than the profile's.
        tls: the authority to trust; plain text, where the server is on loopback, without.
        rate: seconds of its time in one of the world's.
        heartbeat_s: wished; 0 leaves it to the server.
        entropy: random bytes; the system's own unless a test wants others.
        connect: another way to the server than gRPC.
        wire: called with every packet that passes.
        recorder: told of everything that is done to it.
    """

    radio: str = ""
    tls: Tls | None = None
    rate: float = 1.0
    heartbeat_s: int = 0
    entropy: Callable[[int], bytes] = os.urandom
    connect: Connect | None = None
    wire: Callable[[Packet], None] | None = None
    recorder: Recorder | None = None


_PLAIN = Options()
_ALONE: Mapping[str, Handset] = {}


class Changes:
    """Things that happened, counted: whoever waits for the next one misses none, however many wait.

    Attributes:
        count: so many until now.
    """

    def __init__(self) -> None:
        self.count = 0
        self._woken = asyncio.Event()

    def happen(self) -> None:
        """Something happened."""
        self.count += 1
        self._woken.set()
        self._woken.clear()  # it wakes those who wait, and is no answer to those who come later

    async def beyond(self, count: int) -> None:
        """Wait until more than so many have happened."""
        while self.count <= count:
            await self._woken.wait()


class Handset:
    """One handset, running while the `async with` block does.

    Args:
        server: HOST:PORT.
        code: a one-time code, for a card that is not enrolled.
        sim: the card's file, made where it is missing; None keeps the card in memory.
        profile: the kind of handset.
        options: everything else.

    Attributes:
        notices: what it told its owner, oldest first.
        autopsies: of every memory that it lost.
        changes: all that happened to it; wait for the next.
    """

    def __init__(
        self,
        server: str = "",
        code: str = "",
        sim: str | Path | None = None,
        profile: str = "classic",
        options: Options = _PLAIN,
    ) -> None:
        self._options = options
        self._profile = profile
        self._server = server
        self._code = code
        self._path = None if sim is None else Path(sim)
        self._stack = AsyncExitStack()
        self._tasks: asyncio.TaskGroup | None = None
        self._carrying: set[asyncio.Task[None]] = set()
        self._driver: Driver | None = None
        self._machine: Machine | None = None
        self._rate = VirtualRate(0.0)
        self._denied = ""
        self.notices: list[str] = []
        self.autopsies: list[Autopsy] = []
        self.changes = Changes()

    async def __aenter__(self) -> Handset:
        """Switch it on.

        Raises:
            LocalError: no such profile or radio, or a damaged card.
        """
        options = self._options
        settings = Settings(load_profile(self._profile), options.entropy, options.heartbeat_s)
        card = self._load()
        loop = asyncio.get_running_loop()
        self._rate = VirtualRate(loop.time(), rate=options.rate)
        self._machine = Machine(settings, card, self._code)
        self._tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        self._driver = Driver(
            self._machine, dial=self._dial, host=self._obey, clock=lambda: self.now, pace=self._real_s
        )
        self.do(PowerOn())
        if options.radio:
            self.do(SetRadio(load_radio(options.radio)))
        return self

    async def __aexit__(self, *raised: Any) -> None:
        """Pull the battery, and leave nothing running."""
        self.do(PowerOff())
        assert self._driver is not None
        self._driver.close()
        for task in self._carrying:
            task.cancel()
        await self._stack.__aexit__(*raised)

    # What can be done to it

    async def key(self, words: str) -> None:
        """Press keys, by their words; what is in single quotes is typed. Raises LocalError."""
        for key in keys_of(words):
            self.do(KeyPressed(key))
        await asyncio.sleep(0)

    async def verb(self, line: str) -> Answer:
        """Carry out a verb. Raises LocalError."""
        answer = do_verb(line, self)
        await asyncio.sleep(0)
        return answer

    async def until(self, what: str | Callable[[], object], within_s: float = 30.0) -> None:
        """Wait for a condition: `settled`, `linked`, `shows TEXT`, ... or a function, asked after every event.

        Raises:
            TimeoutError: it did not come true within so many of the world's seconds.
        """
        holds = what if callable(what) else self._condition(what)
        async with asyncio.timeout(within_s):
            while not holds():
                with suppress(TimeoutError):  # the clock on the screen tells nobody
                    await asyncio.wait_for(self.changes.beyond(self.changes.count), 0.1)

    async def play(self, script: Script, beside: Mapping[str, Handset] = _ALONE, key_s: float = 0.0) -> None:
        """Play a script on this handset, and on others that it names.

        Args:
            script: what is to be done; steps without a name, and those of the first name, are for this one.
            beside: the others.
            key_s: how long to wait after each key, for somebody who looks on.

        Raises:
            ScriptFailed: something is not as the script says.
        """
        mine = script.steps[0].handset if script.steps else ""
        for pause_s in play(script, {"": self, mine: self, **beside}, key_s):
            await asyncio.sleep(self._real_s(pause_s) if self._rate.rate else pause_s)

    def do(self, event: HandsetInput) -> None:
        """Hand the machine an input and carry out what follows. Raises LocalError."""
        assert self._driver is not None, "it runs inside `async with`"
        self._denied = ""
        self._driver.feed(event)
        self.changes.happen()
        if self._denied:
            raise LocalError(self._denied)
        if self._options.recorder is not None:
            self._record(deed_of(event))

    def set_rate(self, rate: float) -> None:
        """Let its time pass faster from now on."""
        assert self._driver is not None, "it runs inside `async with`"
        self._rate.set_rate(rate, asyncio.get_running_loop().time())
        self._driver.repace()
        self._record(f"clock x{rate:g}")

    def _record(self, deed: Key | Char | str) -> None:
        if self._options.recorder is not None:
            self._options.recorder.did(deed, self.now, asyncio.get_running_loop().time())

    # What can be seen of it

    @property
    def machine(self) -> Machine:
        """The pure machine."""
        assert self._machine is not None, "it runs inside `async with`"
        return self._machine

    @property
    def now(self) -> float:
        """Its time in seconds."""
        return self._rate.virtual_s(asyncio.get_running_loop().time())

    @property
    def rate(self) -> float:
        """Its seconds in one of the world's."""
        return self._rate.rate

    @property
    def screen(self) -> Screen:
        """What it shows."""
        return self.machine.look(self.now)

    # The driver's host

    def _load(self) -> Sim:
        card = None if self._path is None else simcard_file.load(self._path)
        return card or Sim(self._options.entropy(KEY_BYTES))

    def _obey(self, output: HandsetOutput) -> None:
        match output:
            case SimWritten(sim):
                if self._path is not None:
                    simcard_file.save(self._path, sim)
            case MemoryLost():
                self.autopsies.append(examine(output))
            case Notice(text):
                self.notices.append(text)
            case Denied(text):
                self._denied = text
            case _:
                pass  # the screen is drawn by whoever looks
        self.changes.happen()

    def _dial(self, wire: int) -> None:
        assert self._tasks is not None
        task = self._tasks.create_task(self._carry(wire))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _carry(self, wire: int) -> None:
        """One connection, from dialling to its end."""
        driver = self._driver
        assert driver is not None
        connect = self._options.connect or self._grpc
        try:
            await connect(lambda bearer: self._joined(driver, wire, bearer))
        except LocalError as error:
            self.notices.append(str(error))
            driver.feed(Lost(wire, str(error)))
        self.changes.happen()

    def _joined(self, driver: Driver, wire: int, bearer: Any) -> Ear:
        """The ear of a new connection, tapped where somebody listens in."""
        heard = self._options.wire
        if heard is None:
            return driver.connected(wire, bearer)

        def passed(direction: Direction, data: bytes) -> None:
            heard(Packet(self.now, direction, data, self.machine.power.battery.spent_mah("radio", self.now)))

        tap = Tap(bearer, passed)
        tap.listen(driver.connected(wire, tap))
        return tap

    async def _grpc(self, listen: Callable[[GrpcBearer], Ear]) -> None:
        await dial_grpc(self._server, self._options.tls, listen)

    def _real_s(self, seconds: float) -> float:
        return seconds / self._rate.rate if self._rate.rate else float("inf")

    def _condition(self, text: str) -> Callable[[], bool]:
        holds = condition(text)
        return lambda: holds(self)
