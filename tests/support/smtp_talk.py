r"""Speaking SMTP by hand: what a test says is what leaves, byte for byte, and when.

async with talking(port) as talk:
    assert await talk.say("EHLO there") == 250
    await talk.say("DATA"); await talk.raw(b"Subject: x\r\n.\r\n")
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from gates import Gate
from thinline_server.config import load_settings
from thinline_server.outside import Drawn, Due, Task
from thinline_server.services.mail.rules import MAIL_IN
from thinline_server.services.mail.smtp_in import SmtpIn
from thinline_server.services.mail.smtp_session import Bounds
from waiting import until

__all__ = ["Talk", "kept", "listening", "mail", "talking"]


class Talk:
    """One conversation.

    Attributes:
        told: the last reply, all its lines.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.told = ""

    async def reply(self) -> int:
        """The code of the next reply; 0 where the other end hung up instead."""
        lines: list[str] = []
        while not lines or lines[-1][3:4] == "-":
            try:
                line = await self._reader.readline()
            except ConnectionError:
                line = b""
            if not line:
                return 0
            lines.append(line.decode().rstrip())
        self.told = "\n".join(lines)
        return int(lines[-1][:3])

    async def say(self, line: str) -> int:
        """A command, and the reply's code."""
        return await self.raw(line.encode() + b"\r\n")

    async def raw(self, data: bytes) -> int:
        """Some bytes, and the reply's code."""
        await self.push(data)
        return await self.reply()

    async def push(self, data: bytes) -> None:
        """Some bytes; nothing is waited for."""
        try:
            self._writer.write(data)
            await self._writer.drain()
        except ConnectionError:
            pass  # the reply tells

    async def secure(self, context: ssl.SSLContext, name: str) -> None:
        """TLS, from here on."""
        await self._writer.start_tls(context, server_hostname=name)

    async def gone(self) -> bool:
        """Whether the other end hung up, whatever it said before."""
        try:
            while await self._reader.read(65_536):
                pass
        except ConnectionError:
            pass
        return True

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


@asynccontextmanager
async def talking(port: int, *, greeted: bool = True) -> AsyncIterator[Talk]:
    """A connection to a listener of this machine; past its greeting, unless that is the test's matter."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)  # noqa: TID251
    talk = Talk(reader, writer)
    try:
        if greeted:
            assert await talk.reply() == 220, talk.told
            assert await talk.say("EHLO far.test") == 250, talk.told
        yield talk
    finally:
        talk.close()


async def mail(port: int, to: str, raw: bytes, sender: str = "bob@far.test") -> int:
    """Bring one mail as a program would; the code that it ends with."""
    async with talking(port) as talk:
        for line in (f"MAIL FROM:<{sender}> SIZE={len(raw)}", f"RCPT TO:<{to}>", "DATA"):
            code = await talk.say(line)
            if code >= 400:
                return code
        return await talk.raw(raw.replace(b"\r\n.", b"\r\n..") + (b".\r\n" if raw.endswith(b"\r\n") else b"\r\n.\r\n"))


@asynccontextmanager
async def listening(gate: Gate, bounds: Bounds | None = None, **flags: Any) -> AsyncIterator[int]:
    """A listener for alice and bob; its port."""
    for name in ("alice", "bob"):
        gate.account(name)
    mail_settings = {"listen": "127.0.0.1:0", **flags.pop("mail", {})}
    settings = load_settings(flags={"data": Path("/nowhere"), "mail": mail_settings, **flags})
    gateway = SmtpIn(settings, gate.outside(), bounds)
    gateway.wake()
    running = asyncio.ensure_future(gateway.run(gate.told.append))
    try:
        await until(lambda: gate.told)
        yield int(gate.told[-1].why.rpartition(":")[2])
        assert gateway.held == 0 or not running.done()
    finally:
        await gateway.finish()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def kept(gate: Gate) -> tuple[Task, ...]:
    """What waits to be taken in."""
    drawn: Drawn = gate.served.operate(Due((MAIL_IN,), 100))[0]
    return drawn.tasks
