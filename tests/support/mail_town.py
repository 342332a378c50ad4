"""A server with mail, its people with handsets in hand, and the mail programs of the far side."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from pathlib import Path

from serving import ServeProcess, serving
from thinline.frames import Direction
from thinline.types import Collection
from thinline.v1.mail_pb2 import Mail
from thinline_emulator import Handset, Options
from thinline_emulator.apps.mail.menus import actions
from thinline_emulator.apps.mail.pages import Menu
from thinline_emulator.overlay import Shown
from thinline_emulator.wire import Packet

__all__ = ["MailTown", "Person", "mail_town"]


@dataclass
class Person:
    """Somebody with a handset in hand."""

    handset: Handset
    up_bytes: int = 0
    wire: list[Packet] = field(default_factory=list)

    @property
    def screen(self) -> str:
        return self.handset.screen.text()

    async def press(self, words: str) -> None:
        await self.handset.key(words)

    async def sees(self, *texts: str) -> None:
        """Waits until all of that stands on the screen."""
        try:
            await self.handset.until(lambda: all(text in self.screen for text in texts), within_s=15)
        except TimeoutError:
            raise AssertionError(f"{texts} is not on\n{self.screen}") from None

    async def choose(self, action: str) -> None:
        """From the menu of whatever is open."""
        await self.press("menu")
        memory = self.handset.machine.memory
        assert memory is not None
        page = memory.screens["mail"]
        assert isinstance(page, Menu)
        told = actions(page.back, self.handset.machine.desk(self.handset.now))
        at = next(at for at, one in enumerate(told) if one.startswith(action))
        await self.press("wheel-down " * at + "ok")

    def mails(self) -> dict[str, tuple[Mail, Shown]]:
        """By subject, as the handset shows them."""
        shown = self.handset.machine.desk(self.handset.now).items(Collection.COLLECTION_MAIL)
        return {(mail := Mail.FromString(one.content.fields)).subject: (mail, one) for one in shown}

    def sent_bytes(self) -> int:
        return sum(len(packet.data) for packet in self.wire if packet.direction is Direction.UP)


class MailTown:
    """A server with mail, and its people."""

    def __init__(self, process: ServeProcess) -> None:
        self.process = process

    @property
    def smtp(self) -> int:
        (told,) = (one["why"] for one in self.process.ask("status")["gateways"] if one["name"] == "mail in")
        return int(told.rpartition(":")[2])

    @asynccontextmanager
    async def person(self, name: str) -> AsyncIterator[Person]:
        self.process.ask("account.add", name=name)
        code = self.process.ask("account.enroll", name=name)["code"]
        wire: list[Packet] = []
        options = Options(radio="wifi", rate=4.0, wire=wire.append)
        async with Handset(server=self.process.address, code=code, options=options) as handset:
            await handset.until("settled")
            yield Person(handset, wire=wire)

    async def mail(self, subject: str, *paragraphs: str, to: str = "alice", **more: object) -> bytes:
        """A mail program of the far side writes."""
        message = EmailMessage(SMTP)
        message["From"], message["To"] = "Bob Far <bob@far.test>", f"{to}@thinline.test, carol@far.test"
        message["Subject"], message["Message-ID"] = subject, f"<{sha256(subject.encode()).hexdigest()}@far.test>"
        message.set_content("\n\n".join(paragraphs) + "\n")
        for name, data in more.items():
            kind = "text" if name.endswith("txt") else "image"
            sub = "plain" if kind == "text" else "jpeg"
            message.add_attachment(data, kind, sub, filename=name.replace("_", "."))
        raw = message.as_bytes()
        await self.bring(raw, to)
        return raw

    async def bring(self, raw: bytes, to: str = "alice") -> None:
        """These bytes, by SMTP."""

        def program() -> None:
            with smtplib.SMTP("127.0.0.1", self.smtp) as smtp:
                smtp.sendmail("bob@far.test", [f"{to}@thinline.test"], raw)

        await asyncio.to_thread(program)


@asynccontextmanager
async def mail_town(folder: Path, **settings: str) -> AsyncIterator[MailTown]:
    with serving(folder, THINLINE_MAIL__LISTEN="127.0.0.1:0", **settings) as process:
        yield MailTown(process)
