"""Texts and a server that is killed: between the message centre's taking one and the record of it, and behind its word.

Invariants: D1, X7. Real processes and a centre that counts what it was given. What it has once is never sent to it
again by itself; what nobody can say is shown so; what was answered is there.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from centres import MessageCentre, text_from
from line_client import LineClient, Submit
from live import LiveLine, grpc_to
from serving import ServeProcess, serving
from thinline.commands import DELETE_SEEN_BYTES
from thinline.intents import Create, write_intent
from thinline.items import content_digest
from thinline.merge import Content
from thinline.types import Collection
from thinline.v1.mail_pb2 import DeliveryState
from thinline.v1.sms_pb2 import SendText, Text
from thinline_server.services.sms.pdu import Status
from thinline_server.services.sms.rules import SEND_TEXT, TEXT_TYPE
from waiting import until

ALICE, CAROL = "+15551000001", "+441200000001"
TEA, CAKE = b"text     tea", b"text    cake"


def flags(centre: MessageCentre) -> dict[str, str]:
    told = {"CENTRE": f"127.0.0.1:{centre.port}", "SYSTEM": "thinline", "PASSWORD": "tea"}
    return {f"THINLINE_SMS__{name}": value for name, value in told.items()}


def writing(item: bytes) -> list[Submit]:
    """A draft, and its sending."""
    draft = Content(Text(number=CAROL, text="Tea?", out=True).SerializeToString())
    return [Submit(*write_intent(Create(item, TEXT_TYPE, draft))), sending(item, draft)]


def sending(item: bytes, content: Content) -> Submit:
    seen = content_digest(TEXT_TYPE, content.fields, (), dead=False)[:DELETE_SEEN_BYTES]
    return Submit(SEND_TEXT, SendText(item=item, seen=seen).SerializeToString())


def shows(alice: LineClient, item: bytes) -> str:
    if item not in alice.heads:
        return ""
    state = Text.FromString(alice.heads[item].fields).state
    return DeliveryState.Name(state).removeprefix("DELIVERY_STATE_")


def came(alice: LineClient) -> list[str]:
    texts = (Text.FromString(head.fields) for head in alice.heads.values())
    return [text.text for text in texts if not text.out]


def files_with(folder: Path, secret: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and secret in path.read_bytes()]


async def linked(stack: AsyncExitStack, alice: LineClient, server: ServeProcess) -> LiveLine:
    line = await stack.enter_async_context(LiveLine(alice, grpc_to(server.address)))
    assert await line.connect(), line
    return line


@pytest.mark.slow  # two servers start
async def test_killed_between_sending_and_recording_a_text_is_unknown(tmp_path: Path) -> None:
    """X7, D1, spec OUT-4, SMS-7: the centre has it and did not answer; the part that it brought waits on the disk."""
    async with MessageCentre() as centre, AsyncExitStack() as stack:
        with serving(tmp_path, **flags(centre)) as server:
            server.ask("account.add", name="alice", number=ALICE)
            code = server.ask("account.enroll", name="alice")["code"]
            alice = LineClient("alice", code, follows=[Collection.COLLECTION_SMS])
            line = await linked(stack, alice, server)
            await until(lambda: centre.bound == 1)
            first = text_from(CAROL, ALICE, b"\5\0\3\7\2\1With ", esm_class=0x40)
            assert await centre.bring(first) == Status.OK
            assert await centre.bring(text_from(CAROL, ALICE, b"Hello")) == Status.OK
            centre.statuses = [None]
            line.feed(*writing(TEA))
            await until(lambda: len(centre.taken) == 1)
            server.kill()
        with serving(tmp_path, **flags(centre)) as server:
            line = await linked(stack, alice, server)
            await line.until(lambda: shows(alice, TEA) == "UNKNOWN" and came(alice) == ["Hello"])
            await until(lambda: centre.bound == 2)
            second = text_from(CAROL, ALICE, b"\5\0\3\7\2\2pleasure", esm_class=0x40)
            assert await centre.bring(second) == Status.OK
            line.feed(*writing(CAKE))
            await line.until(lambda: shows(alice, CAKE) == "SENT" and "With pleasure" in came(alice))
            assert len(centre.taken) == 2, "alice has not said that it may go again"
            head = alice.heads[TEA]
            line.feed(sending(TEA, Content(head.fields)))
            await line.until(lambda: shows(alice, TEA) == "SENT")
            assert len(centre.taken) == 3
            assert server.terminate() == 0


@pytest.mark.slow  # a server starts
async def test_no_password_is_told(tmp_path: Path) -> None:
    """T9: in no log, no file, and not to an operator."""
    async with MessageCentre() as centre:
        centre.refuse = Status.INVALID_PASSWORD
        told = flags(centre) | {"THINLINE_SMS__PASSWORD": "hush-hsh"}
        with serving(tmp_path, **told) as server:
            async with asyncio.timeout(20):
                while not any(one["state"] == "BAD_CREDENTIALS" for one in server.ask("status")["gateways"]):
                    await asyncio.sleep(0)
            status = str(server.ask("status"))
            assert server.terminate() == 0
        assert centre.passwords[0] == "hush-hsh"
        assert "hush" not in status
        assert "hush" not in str(server.said)
        assert files_with(tmp_path, b"hush") == []
