"""A session on a real connection: what is asked is answered, and what ends is told."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import suppress

import pytest

from centres import MessageCentre, text_from
from thinline_server.services.sms.esme import Esme, Pace
from thinline_server.services.sms.events import Answered, Bound, Came, Output, Unanswered, Unsent
from thinline_server.services.sms.pdu import Bind, Status
from thinline_server.services.sms.wire import Wire, connect
from waiting import until

pytestmark = pytest.mark.system

TEXT = text_from("+15551", "+4412", b"Tea?")


async def joined(port: int, tls: tuple[ssl.SSLContext, str] | None = None) -> tuple[Wire, list[Output]]:
    """A session, and what it tells."""
    told: list[Output] = []
    wire = Wire(Esme(Bind("thinline", "tea"), Pace(window=1, silence_s=0.02)), told.append)
    opened = socket.socket()
    opened.setblocking(False)
    with suppress(BlockingIOError):
        await asyncio.get_running_loop().sock_connect(opened, ("127.0.0.1", port))
    await connect(wire, opened, tls)
    return wire, told


async def test_what_is_submitted_has_its_fate() -> None:
    """X7: an answer, none that will come, and what was never sent."""
    async with MessageCentre() as centre:
        wire, told = await joined(centre.port)
        await until(lambda: told == [Bound()])
        assert await wire.submit(TEXT) == Answered(1, Status.OK, "m1")
        centre.statuses = [None]
        fates = asyncio.gather(wire.submit(TEXT), wire.submit(TEXT))
        await until(lambda: len(centre.taken) == 2)
        wire.drain()
        centre.cut()
        assert list(await fates) == [Unanswered(2), Unsent(3)]
        assert await wire.ended != ""
        assert await wire.submit(TEXT) == Unsent(4)
        wire.close("again")


async def test_an_answer_says_whether_there_was_somebody_to_tell() -> None:
    """X8."""
    async with MessageCentre() as centre:
        wire, told = await joined(centre.port)
        await until(lambda: told == [Bound()])
        brought = asyncio.ensure_future(centre.bring(TEXT))
        await until(lambda: len(told) == 2)
        came = told[1]
        assert isinstance(came, Came)
        assert wire.answer(came.sequence, Status.OK)
        assert await brought == Status.OK
        wire.close("the server ends")
        assert not wire.answer(came.sequence, Status.OK)
        assert await wire.ended == "the server ends"


async def test_whoever_waits_no_longer_is_not_told() -> None:
    async with MessageCentre() as centre:
        wire, told = await joined(centre.port)
        await until(lambda: told == [Bound()])
        centre.statuses = [None]
        waiting = asyncio.ensure_future(wire.submit(TEXT))
        await until(lambda: len(centre.taken) == 1)
        waiting.cancel()
        wire.close("the server ends")
        await asyncio.gather(waiting, return_exceptions=True)
        assert waiting.cancelled()


async def test_where_tls_fails_there_is_no_session() -> None:
    async with MessageCentre() as centre:
        centre.deaf = True
        task = asyncio.ensure_future(joined(centre.port, (ssl.create_default_context(), "localhost")))
        await until(lambda: bool(centre._writers))
        centre.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        with pytest.raises(OSError, match="SSL"):
            await task
