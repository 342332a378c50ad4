"""A relay that does as it is told: it answers late, wrongly, half, or never, and counts what it was given whole.

    async with Relaying(answers={"DATA.": "451 not now"}) as relay: ... relay.port, relay.taken

`answers` gives the reply by what was said: EHLO, MAIL, RCPT, RCPT bob@far.test, DATA, and "DATA." for the mail itself.
"hang" never answers, "cut" hangs up instead, "cut!" hangs up behind having taken it.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

__all__ = ["Given", "Relaying"]


@dataclass(frozen=True, slots=True)
class Given:
    """A mail that came whole: the far side has it, whatever it answered."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass
class Relaying:
    """The relay, while the block lasts.

    Attributes:
        answers: what it does; everything else it takes.
        taken: mails that came whole.
        offers: what EHLO lists.
        tls: for STARTTLS.
        connections: how often it was spoken to.
    """

    answers: dict[str, str] = field(default_factory=dict)
    taken: list[Given] = field(default_factory=list)
    offers: tuple[str, ...] = ("SIZE 30000000", "8BITMIME")
    tls: ssl.SSLContext | None = None
    connections: int = 0
    port: int = 0
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.append(task)
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the talk is over, whoever ended it
        finally:
            writer.transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender, recipients = "", list[str]()
        await self._answer(writer, "connect", "220 relay")
        while line := (await reader.readline()).decode().strip():
            verb, _, rest = line.partition(" ")
            verb = verb.upper()
            if verb == "EHLO":
                reply = "\r\n".join(f"250-{one}" for one in ("relay", *self.offers))
                await self._answer(writer, verb, f"{reply}\r\n250 HELP")
            elif verb == "STARTTLS" and self.tls is not None:
                await self._answer(writer, verb, "220 go")
                await writer.start_tls(self.tls)
            elif verb == "MAIL":
                sender, recipients = rest.partition("<")[2].partition(">")[0], []
                await self._answer(writer, verb, "250 ok")
            elif verb == "RCPT":
                one = rest.partition("<")[2].partition(">")[0]
                reply = self.answers.get(f"RCPT {one}", self.answers.get("RCPT", "250 ok"))
                if reply.startswith("2"):
                    recipients.append(one)
                await self._answer(writer, f"RCPT {one}", reply)
            elif verb == "DATA":
                await self._mail(reader, writer, sender, tuple(recipients))
            else:
                await self._answer(writer, verb, "221 bye" if verb == "QUIT" else "250 ok")

    async def _mail(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sender: str, recipients: tuple[str, ...]
    ) -> None:
        await self._answer(writer, "DATA", "354 go on")
        if self.answers.get("DATA", "354").startswith("354"):
            if self.answers.get("DATA.") == "half":  # it reads some of it, and is gone
                await reader.readexactly(100)
                raise ConnectionResetError
            raw = b""
            while not raw.endswith(b"\r\n.\r\n"):
                raw += await reader.readline() or (_ for _ in ()).throw(ConnectionResetError())
            if self.answers.get("DATA.") != "cut":
                self.taken.append(Given(sender, recipients, (b"\r\n" + raw[:-3]).replace(b"\r\n.", b"\r\n")[2:]))
            await self._answer(writer, "DATA.", "250 taken")

    async def _answer(self, writer: asyncio.StreamWriter, what: str, usual: str) -> None:
        reply = self.answers.get(what, usual)
        if reply == "hang":
            await asyncio.Event().wait()
        if reply in ("cut", "cut!"):
            raise ConnectionResetError
        writer.write(reply.encode() + b"\r\n")
        await writer.drain()
