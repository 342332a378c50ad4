"""What is played with a message centre and Kannel: see `smsc`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from line_client import LineClient, Submit
from live import LiveLine, memory_to
from thinline.commands import DELETE_SEEN_BYTES
from thinline.gsm import ESCAPE, decode_gsm
from thinline.intents import Create, write_intent
from thinline.items import content_digest
from thinline.merge import Content
from thinline.types import Collection
from thinline.v1.mail_pb2 import DeliveryState
from thinline.v1.sms_pb2 import SendText, Text
from thinline_server.app import Server
from thinline_server.config import Settings, SmsSettings
from thinline_server.requests import AddAccount, NewCode
from thinline_server.services.sms.rules import SEND_TEXT, TEXT_TYPE
from thinline_tools.bench.messaging import CENTRE, Texting

__all__ = ["ALICE", "KANNEL", "TEN", "alphabet", "beyond", "to_and_fro"]

ALICE, KANNEL = "+15551000001", "+441200000001"
TEN = "".join(f"part {number} of ten ".ljust(153, chr(96 + number)) for number in range(1, 11))


def alphabet() -> str:
    """Every character of the 7-bit alphabet and its extension but the breaks, which Kannel's keywords are cut at."""
    basic = "".join(decode_gsm(bytes([code])) for code in range(128) if code not in (ESCAPE, 10, 13))
    return f"x{basic}^{{}}\\[~]|€x"


class Desk:
    """Alice's handset, and the server between."""

    def __init__(self, alice: LineClient, line: LiveLine, server: Server) -> None:
        self.alice = alice
        self.line = line
        self.server = server
        self._count = 0

    def write(self, text: str, to: str = KANNEL) -> bytes:
        """Write a text and send it; its item."""
        self._count += 1
        item = b"text %07d" % self._count
        draft = Text(number=to, text=text, out=True, date_s=1_254_355_200 + self._count)
        content = Content(draft.SerializeToString())
        seen = content_digest(TEXT_TYPE, content.fields, (), dead=False)[:DELETE_SEEN_BYTES]
        self.line.feed(Submit(*write_intent(Create(item, TEXT_TYPE, content))))
        self.line.feed(Submit(SEND_TEXT, SendText(item=item, seen=seen).SerializeToString()))
        return item

    def shows(self, item: bytes) -> str:
        """How far it came."""
        if item not in self.alice.heads:
            return ""
        state = Text.FromString(self.alice.heads[item].fields).state
        return DeliveryState.Name(state).removeprefix("DELIVERY_STATE_")

    def came(self) -> list[Text]:
        """Texts that came."""
        texts = (Text.FromString(head.fields) for head in self.alice.heads.values())
        return [text for text in texts if not text.out]

    async def delivered(self, item: bytes) -> None:
        """Until it is."""
        await self.line.until(lambda: self.shows(item) == "DELIVERED")

    def more(self) -> Callable[[], bool]:
        """Whether more came than now."""
        before = len(self.came())
        return lambda: len(self.came()) > before

    def standing(self) -> str:
        """The gateway's state."""
        (told,) = (one for one in self.server.status()["gateways"] if one["name"] == "texts")
        return str(told["state"])


@asynccontextmanager
async def _desk(folder: Path) -> AsyncIterator[Desk]:
    sms = SmsSettings(centre=CENTRE, system="thinline", password="secret")  # type: ignore[arg-type]
    settings = Settings(data=folder / "data", state=folder / "state", listen="127.0.0.1:0", sms=sms)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(Server(settings))
        await server.operate(AddAccount("alice", ALICE))
        alice = LineClient("alice", await server.operate(NewCode("alice")), follows=[int(Collection.COLLECTION_SMS)])
        line = await stack.enter_async_context(LiveLine(alice, memory_to(server.engine)))
        assert await line.connect()
        yield Desk(alice, line, server)


async def to_and_fro(folder: str) -> dict[str, Any]:
    """All that a text can be, to Kannel and back, with receipts before the answers and a busy centre."""
    told: dict[str, Any] = {}
    async with Texting(Path(folder)) as far, _desk(Path(folder)) as alice:
        await far.until(lambda: alice.standing() == "CONNECTED")
        for name, text in (("alphabet", alphabet()), ("emoji", "Tea ☕ 😀?"), ("ten", TEN)):
            await alice.delivered(alice.write(text))
            await far.until(lambda: bool(far.came))
            told[name] = far.came.pop()
        await far.set("first")
        await far.set("throttle 2")
        await alice.delivered(alice.write("Tea?"))
        await far.until(lambda: bool(far.came))
        told["throttled"] = [one["text"] for one in far.came]
        for text, coding in ((alphabet(), 0), ("Tea ☕ 😀?", 2), (TEN, 0)):
            more = alice.more()
            await far.send(ALICE.removeprefix("+"), text, coding=coding)
            await alice.line.until(more)
        told["back"] = [[text.number, text.text] for text in alice.came()]
        nobody = alice.write("Tea?", "+3312345")
        await alice.line.until(lambda: alice.shows(nobody) == "FAILED")
    return told


async def beyond(folder: str) -> dict[str, Any]:
    """The centre is killed and comes back; ten parts come in reverse order, one of them never."""
    async with Texting(Path(folder)) as far, _desk(Path(folder)) as alice:
        await far.until(lambda: alice.standing() == "CONNECTED")
        await far.kill_centre()
        await far.until(lambda: alice.standing() == "BACKING_OFF")
        item = alice.write("Are you there?")
        await alice.line.until(lambda: alice.shows(item) == "QUEUED")
        await far.start_centre()
        await far.until(lambda: far.has("bind", me="kannel"))
        await alice.line.until(lambda: alice.shows(item) == "DELIVERED")
        await far.until(lambda: bool(far.came))
        texts = [one["text"] for one in far.came]
        await far.set("hold 10")
        await far.send(ALICE.removeprefix("+"), TEN)
        await far.until(lambda: sum(one["event"] == "brought" for one in far.events) >= 9)
        kept = len(alice.came())
        (intake,) = (one for one in alice.server.supervisor._standings if one.name == "texts taken in")
        joiner = intake._joiner  # type: ignore[attr-defined]
        for text in joiner._texts.values():
            text.until_ms = 0
        intake.wake()
        await alice.line.until(lambda: len(alice.came()) > kept)
        (text,) = alice.came()
        await asyncio.sleep(0)
        return {"texts": texts, "kept": kept, "text": text.text, "missing": text.missing}
