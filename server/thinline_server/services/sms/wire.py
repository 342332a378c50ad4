"""A session on a connection: hands bytes and time to the machine, and what follows to whoever waits for it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from itertools import count
from typing import TypeAlias

from thinline_server.services.sms.esme import Esme
from thinline_server.services.sms.events import (
    Answer,
    Answered,
    Arrived,
    Bound,
    Came,
    Close,
    Closed,
    Drain,
    Input,
    Opened,
    Output,
    Refused,
    Slowed,
    Submit,
    Transmit,
    Unanswered,
    Unsent,
    Woke,
)
from thinline_server.services.sms.pdu import Message

__all__ = ["Fate", "Wire", "connect"]

Fate: TypeAlias = Answered | Unsent | Unanswered


class Wire(asyncio.Protocol):
    """One connection.

    Args:
        esme: the machine.
        tell: hears of `Bound`, `Refused`, `Came` and `Slowed`.

    Attributes:
        ended: why the session is over, once it is.
    """

    def __init__(self, esme: Esme, tell: Callable[[Bound | Refused | Came | Slowed], None]) -> None:
        self._esme = esme
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._keys = count(1)
        self._fates: dict[int, asyncio.Future[Fate]] = {}
        self.ended: asyncio.Future[str] = self._loop.create_future()

    async def submit(self, message: Message) -> Fate:
        """Send it; what became of it, whatever happens."""
        key = next(self._keys)
        fate: asyncio.Future[Fate] = self._loop.create_future()
        self._fates[key] = fate
        self._feed(Submit(key, message))
        return await fate

    def answer(self, sequence: int, status: int) -> bool:
        """Tell the centre how it went with what came; whether there was still somebody to tell."""
        return self._feed(Answer(sequence, status))

    def drain(self) -> None:
        """Give back what was not sent yet."""
        self._feed(Drain())

    def close(self, why: str) -> None:
        """End the session."""
        self._feed(Closed())
        self._over(why)

    # The connection's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is there."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._feed(Opened())

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self._feed(Arrived(data))

    def connection_lost(self, error: Exception | None) -> None:
        """It is gone."""
        self.close(f"the connection was lost{f': {error}' if error else ''}")

    def _over(self, why: str) -> None:
        if not self.ended.done():
            self.ended.set_result(why)
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is not None:
            self._transport.close()
            self._loop.call_later(1.0, self._transport.abort)  # whoever does not read keeps nothing open

    # The machine's side

    def _feed(self, told: Input) -> bool:
        """Whether anything followed."""
        outputs = self._esme.handle(told, self._loop.time())
        for output in outputs:
            self._obey(output)
        self._set_timer()
        return bool(outputs)

    def _obey(self, output: Output) -> None:
        match output:
            case Transmit(data):
                assert self._transport is not None, "it speaks on an open connection only"
                self._transport.write(data)
            case Answered() | Unsent() | Unanswered():
                fate = self._fates.pop(output.key)
                if not fate.done():  # whoever waited may have been cancelled
                    fate.set_result(output)
            case Close(why):
                self._over(why)
            case Bound() | Refused() | Came() | Slowed():
                self._tell(output)

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        at_s = self._esme.wake_at_s
        if at_s != float("inf") and not self.ended.done():
            self._timer = self._loop.call_at(at_s, self._feed, Woke())


async def connect(wire: Wire, connected: socket.socket, tls: tuple[ssl.SSLContext, str] | None) -> None:
    """Let it run on a connected socket, by TLS for a host where that is told.

    Raises:
        OSError: TLS failed.
    """
    loop = asyncio.get_running_loop()
    context, host = tls or (None, None)
    try:
        await loop.create_connection(lambda: wire, sock=connected, ssl=context, server_hostname=host)
    except BaseException:
        connected.close()
        raise
