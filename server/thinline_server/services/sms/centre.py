"""Texts out and in: between numbers of this server by its own hand, with all others by the operator's message centre.

One session is kept with the centre, and begun again when it ends. An attempt is on the disk before the centre hears of
the text, and what it answers is, before anybody else does; what came is, before the centre is answered (spec OUT; X7).
"""

from __future__ import annotations

import asyncio
import ssl

from thinline.types import Collection
from thinline_server.config import SettingsError, SmsSettings, read_place
from thinline_server.gateways.base import GatewayState, Outside, Standing, Tell
from thinline_server.gateways.dial import DialFailed, DialRefused
from thinline_server.gateways.errands import ErrandLoop, Queue
from thinline_server.outside import Task
from thinline_server.services.sms.esme import Esme, Pace
from thinline_server.services.sms.events import Bound, Came, Refused, Slowed
from thinline_server.services.sms.inbound import Inbound
from thinline_server.services.sms.outbound import Outbound
from thinline_server.services.sms.pdu import Bind, Status
from thinline_server.services.sms.rules import SMS_OUT
from thinline_server.services.sms.wire import Wire, connect

__all__ = ["Centre"]

_IN_HAND = 256
_SOUND_S = 30.0  # after which a session that ended was a good one
_CREDENTIALS = (Status.BIND_FAILED, Status.INVALID_PASSWORD, Status.INVALID_SYSTEM)


class Centre:
    """The gateway.

    Args:
        settings: of texts.
        outside: what it works with.
        pace: of the session.
    """

    name = "texts"
    collection: int = Collection.COLLECTION_SMS
    kinds = frozenset({SMS_OUT})

    def __init__(self, settings: SmsSettings, outside: Outside, pace: Pace | None = None) -> None:
        self._settings = settings
        self._outside = outside
        self._pace = pace or Pace(window=settings.window)
        self._context = _context(settings) if settings.tls else None
        self._outbound = Outbound(outside, centre=bool(settings.centre), prefix=f"{settings.centre}/{settings.system}/")
        self._inbound = Inbound(outside, self._outbound)
        queue = Queue(self.kinds, self._pace.window, _IN_HAND)
        self._loop = ErrandLoop(outside, queue, self._send)
        self._tell: Tell = lambda _standing: None
        self._slow_until_ms = 0

    def wake(self) -> None:
        """There are texts."""
        self._loop.wake()

    async def finish(self) -> None:
        """Let the centre answer what it was given."""
        self._outbound.finish()
        await self._loop.finish()

    async def run(self, tell: Tell) -> None:
        """Work through the queue, and keep the session."""
        self._tell = tell
        tell(Standing(GatewayState.IDLE))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._loop.run())
            if self._settings.centre:
                group.create_task(self._keep(group))

    async def _send(self, tasks: tuple[Task, ...]) -> None:
        (task,) = tasks
        await self._outbound.send(task)

    # The session

    async def _keep(self, group: asyncio.TaskGroup) -> None:
        failures = 0
        while True:
            self._tell(Standing(GatewayState.STARTING))
            began_s = asyncio.get_running_loop().time()
            state, why = await self._session(group)
            sound = asyncio.get_running_loop().time() - began_s >= _SOUND_S
            failures = 1 if sound else failures + 1
            wait_s = min(self._pace.again_s * 2 ** min(failures - 1, 16), self._pace.latest_s)
            wait_s *= 0.5 + self._outside.chance()
            until_ms = self._outside.now_ms() + int(1_000 * wait_s)
            self._outbound.apart(why, until_ms)
            self._tell(Standing(state, why, until_ms))
            await asyncio.sleep(wait_s)

    async def _session(self, group: asyncio.TaskGroup) -> tuple[GatewayState, str]:
        """From dialling to the end; how it ended."""
        settings = self._settings
        host, port = read_place(settings.centre)
        bind = Bind(settings.system, settings.password.get_secret_value(), settings.system_type)
        refused: list[int] = []

        def told(output: Bound | Refused | Came | Slowed) -> None:
            match output:
                case Bound():
                    self._outbound.bound(wire, self._worked)
                    self._tell(Standing(GatewayState.CONNECTED))
                    self._loop.wake()
                case Refused(status):
                    refused.append(status)
                case Came():
                    group.create_task(self._inbound.came(output, wire))
                case Slowed(until_s):
                    self._slow(until_s)

        wire = Wire(Esme(bind, self._pace), told)
        try:
            connected = await self._outside.dial(host, port)
            await connect(wire, connected, (self._context, host) if self._context else None)
        except (DialFailed, DialRefused) as error:
            return GatewayState.BACKING_OFF, str(error)
        except OSError as error:
            return GatewayState.BACKING_OFF, f"no TLS with the message centre: {error.strerror or error}"
        try:
            why = await wire.ended
        finally:
            wire.close("the server ends")
        bad = bool(refused) and refused[0] in _CREDENTIALS
        return (GatewayState.BAD_CREDENTIALS if bad else GatewayState.BACKING_OFF), why

    def _slow(self, until_s: float) -> None:
        """The centre wants nothing for a while: whoever waits is told."""
        wait_s = until_s - asyncio.get_running_loop().time()
        self._slow_until_ms = self._outside.now_ms() + int(1_000 * wait_s)
        self._tell(Standing(GatewayState.BACKING_OFF, "the message centre is busy", self._slow_until_ms))

    def _worked(self) -> None:
        """The centre took a text."""
        if self._outside.now_ms() >= self._slow_until_ms:
            self._tell(Standing(GatewayState.CONNECTED))


def _context(settings: SmsSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(settings.ca) if settings.ca else None)
    except (OSError, ssl.SSLError) as error:
        told = f"sms.ca: {settings.ca} is no PEM file of an authority: {error.strerror or error}"
        raise SettingsError(told) from error
