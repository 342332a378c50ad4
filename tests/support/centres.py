"""A message centre of ours, for tests: it takes a session, keeps what it was given, and answers as it is told to.

async with MessageCentre() as centre:
    ... a gateway with the settings `centre.settings` ...
    centre.taken            messages that it took, in their order
    centre.statuses = [Status.THROTTLED]    for the next messages; OK behind them
    await centre.bring(message)             the status that the other side answers
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from thinline_server.config import SmsSettings
from thinline_server.services.sms.numbers import address_of
from thinline_server.services.sms.pdu import (
    Command,
    Message,
    Pdu,
    Splitter,
    Status,
    read_message,
    read_word,
    write_message,
    write_word,
)

__all__ = ["MessageCentre", "receipt_of", "text_from"]


def text_from(sender: str, to: str, text: bytes, **more: Any) -> Message:
    """A message as a centre brings it."""
    told: dict[str, Any] = {"esm_class": 0, "coding": 0} | more
    return Message(address_of(sender), address_of(to), text=text, **told)


def receipt_of(name: str, state: str = "DELIVRD", error: str = "000") -> Message:
    """Word of a message."""
    line = f"id:{name} sub:001 dlvrd:001 submit date:2611231400 done date:2611231400 stat:{state} err:{error} text:"
    return text_from("+4412", "+15551", line.encode(), esm_class=4)


class MessageCentre:
    """The centre.

    Attributes:
        port: where it listens; the same after it was started again.
        bound: sessions that there were.
        taken: messages that it took.
        statuses: what the next messages are answered with; None leaves one unanswered.
        cut_after: sessions are cut once so many messages came, before their answers.
        first: receipts that are brought before a message's answer, by text.
        deaf: it hears nothing, and the connection stays.
        refuse: what a bind is answered with.
    """

    def __init__(self) -> None:
        self.port = 0
        self.bound = 0
        self.taken: list[Message] = []
        self.statuses: list[int | None] = []
        self.cut_after = 0
        self.first = False
        self.deaf = False
        self.refuse = int(Status.OK)
        self.passwords: list[str] = []
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self._sequence = 0
        self._answers: dict[int, asyncio.Future[int]] = {}

    @property
    def settings(self) -> SmsSettings:
        """For a gateway."""
        return SmsSettings(centre=f"127.0.0.1:{self.port}", system="thinline", password="tea")  # type: ignore[arg-type]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    def cut(self) -> None:
        """End all sessions without a word."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()
        for answer in self._answers.values():
            answer.cancel()
        self._answers.clear()

    def send(self, data: bytes) -> None:
        """Whatever bytes, to the session."""
        self._writers[-1].write(data)

    async def bring(self, message: Message) -> int:
        """Bring a message; how the other side answers."""
        return await self.post(Pdu(Command.DELIVER_SM, 0, 0, write_message(message)))

    async def post(self, pdu: Pdu) -> int:
        """Send a request; the status of its answer."""
        self._sequence += 1
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._answers[self._sequence] = answer
        self.send(Pdu(pdu.command, 0, self._sequence, pdu.body).encode())
        async with asyncio.timeout(10):
            return await answer

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        splitter = Splitter()
        with suppress(OSError, asyncio.CancelledError):
            while data := await reader.read(65_536):
                for pdu in () if self.deaf else splitter.feed(data):
                    self._heard(pdu, writer)
        writer.close()

    def _heard(self, pdu: Pdu, writer: asyncio.StreamWriter) -> None:
        match pdu.command:
            case Command.BIND_TRANSCEIVER:
                self.passwords.append(pdu.body.split(b"\0")[1].decode())
                self.bound += self.refuse == Status.OK
                writer.write(pdu.response(self.refuse, write_word("centre")).encode())
            case Command.SUBMIT_SM:
                self._submitted(pdu, writer)
            case Command.ENQUIRE_LINK | Command.UNBIND:
                writer.write(pdu.response().encode())
            case Command.DELIVER_SM_RESP | Command.GENERIC_NACK:
                assert pdu.status or read_word(pdu.body) == ""
                answer = self._answers.pop(pdu.sequence, None)
                if answer is not None and not answer.done():
                    answer.set_result(pdu.status)

    def _submitted(self, pdu: Pdu, writer: asyncio.StreamWriter) -> None:
        message = read_message(pdu.body)
        assert message is not None
        status = self.statuses.pop(0) if self.statuses else Status.OK
        if status is None or status == Status.OK:
            self.taken.append(message)
        if self.cut_after and len(self.taken) >= self.cut_after:
            self.cut_after = 0
            self.cut()
            return
        if status is None:
            return
        name = f"m{len(self.taken)}"
        if self.first:
            writer.write(Pdu(Command.DELIVER_SM, 0, 900, write_message(receipt_of(name))).encode())
        writer.write(pdu.response(status, write_word(name) if status == Status.OK else b"").encode())
