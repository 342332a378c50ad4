"""Mail and a server that is killed: between sending and recording, and right behind its word that it took a mail.

Invariants: D1, X7. Real processes and a relay that counts what it was given whole. What the relay has once is never
sent to it again by itself; what nobody can say is shown so.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from line_client import LineClient, Submit
from live import LiveLine, grpc_to
from relays import Relaying
from serving import ServeProcess, serving
from smtp_talk import mail
from thinline.commands import DELETE_SEEN_BYTES
from thinline.intents import Create, write_intent
from thinline.items import Blob, content_digest
from thinline.merge import Content
from thinline.types import Collection
from thinline.v1 import mail_pb2
from thinline.v1.mail_pb2 import Address, DeliveryState, Mail
from thinline_server.config import load_settings
from thinline_server.engine import start_engine
from thinline_server.outside import Drawn, Due, FindAccount, ReadItem
from thinline_server.requests import ListItems
from thinline_server.services.mail.rules import MAIL_IN, SEND_AGAIN, SUBMIT

COLLECTION: int = Collection.COLLECTION_MAIL
BODY = b"At four?\n"


def flags(relay: Relaying) -> dict[str, str]:
    return {"THINLINE_MAIL__RELAY": f"127.0.0.1:{relay.port}", "THINLINE_MAIL__RELAY_TLS": "none"}


def sending(item: bytes, *to: str) -> list[Submit]:
    """A draft, and its sending."""
    blob = Blob("body", sha256(BODY).digest(), len(BODY))
    fields = Mail(folder="drafts", to=[Address(address=one) for one in to], subject=item.hex()).SerializeToString()
    draft = Content(fields, (blob,))
    seen = content_digest(2, draft.fields, draft.blobs, dead=False)[:DELETE_SEEN_BYTES]
    told = mail_pb2.Submit(item=item, seen=seen).SerializeToString()
    return [Submit(*write_intent(Create(item, 2, draft)), (BODY,)), Submit(SUBMIT, told)]


def shown(client: LineClient) -> dict[bytes, str]:
    """By item, what the handset shows of its one recipient."""
    found = {}
    for item, head in client.heads.items():
        for delivery in Mail.FromString(head.fields).deliveries:
            found[item] = DeliveryState.Name(delivery.state).removeprefix("DELIVERY_STATE_")
    return found


async def linked(stack: AsyncExitStack, client: LineClient, server: ServeProcess) -> LiveLine:
    line = await stack.enter_async_context(LiveLine(client, grpc_to(server.address)))
    assert await line.connect(), line
    return line


def enrolled(server: ServeProcess) -> LineClient:
    server.ask("account.add", name="alice")
    code = server.ask("account.enroll", name="alice")["code"]
    return LineClient("alice", code, follows=[COLLECTION])


async def test_killed_between_sending_and_recording_a_mail_is_unknown(tmp_path: Path) -> None:
    """X7, spec OUT-4, OUT-6: the relay has it and never answered; only alice has it sent once more."""
    item = b"mail     tea"
    async with Relaying({"DATA.": "hang"}) as relay, AsyncExitStack() as stack:
        with serving(tmp_path, **flags(relay)) as server:
            alice = enrolled(server)
            line = await linked(stack, alice, server)
            line.feed(*sending(item, "bob@far.test"))
            async with asyncio.timeout(20):
                while not relay.taken:
                    await asyncio.sleep(0)
            assert shown(alice) == {item: "QUEUED"}
            server.kill()
        relay.answers.clear()
        with serving(tmp_path, **flags(relay)) as server:
            line = await linked(stack, alice, server)
            await line.until(lambda: shown(alice) == {item: "UNKNOWN"})
            line.feed(*sending(b"mail  coffee", "bob@far.test"))
            await line.until(lambda: shown(alice).get(b"mail  coffee") == "SENT")
            assert len(relay.taken) == 2
            line.feed(
                Submit(SEND_AGAIN, mail_pb2.SendAgain(item=item, recipients=["bob@far.test"]).SerializeToString())
            )
            await line.until(lambda: shown(alice)[item] == "SENT")
            assert server.terminate() == 0
        assert [given.raw.count(item.hex().encode()) > 0 for given in relay.taken] == [True, False, True]


async def _campaign(folder: Path, seed: int, kills: int) -> dict[str, int]:
    """Mails are sent, the server is killed, and goes on; counts of what the handset shows in the end."""
    chance, sent = Random(seed), list[bytes]()
    async with Relaying() as relay:
        with serving(folder, **flags(relay)) as server:
            client = enrolled(server)
            assert server.terminate() == 0
        for kill in range(kills):
            with serving(folder, **flags(relay)) as server:
                fresh = [chance.randbytes(12) for _ in range(16)]
                await _until_killed(server, client, fresh, chance.randrange(1, 14))
                sent += fresh
            print(f"seed {seed}, kill {kill}: {len(relay.taken)} of {len(sent)} taken")
        with serving(folder, **flags(relay)) as server:
            async with AsyncExitStack() as stack:
                line = await linked(stack, client, server)
                await line.until(lambda: client.idle and set(shown(client).values()) <= {"SENT", "UNKNOWN"})
            assert server.terminate() == 0
    states = shown(client)
    copies = {item: sum(item.hex().encode() in given.raw for given in relay.taken) for item in sent}
    assert set(copies.values()) <= {0, 1}, "sent twice"
    assert all(copies[item] == 1 for item in sent if states[item] == "SENT"), "said to be sent, and was not"
    return {state: sum(one == state for one in states.values()) for state in ("SENT", "UNKNOWN")}


async def _until_killed(server: ServeProcess, client: LineClient, fresh: list[bytes], wanted: int) -> None:
    """Send them, and kill the server when so many of them are shown as sent."""
    async with AsyncExitStack() as stack:
        line = await linked(stack, client, server)
        for item in fresh:
            line.feed(*sending(item, "bob@far.test"))
        await line.until(lambda: sum(shown(client).get(item) == "SENT" for item in fresh) >= wanted)
        server.kill()
        await line.until(lambda: client.ended)


@pytest.mark.slow
async def test_whenever_the_server_is_killed_nothing_is_sent_twice(tmp_path: Path) -> None:
    """X7."""
    counts = await _campaign(tmp_path, seed=1, kills=4)
    assert counts["SENT"] > 8


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 110))
async def test_through_two_hundred_kills_nothing_is_sent_twice(seed: int, tmp_path: Path) -> None:
    """X7."""
    counts = await _campaign(tmp_path, seed, kills=20)
    assert counts["UNKNOWN"] > 0


async def test_a_mail_that_was_acknowledged_is_there_after_the_kill(tmp_path: Path) -> None:
    """D1, spec OUT-1: the word of 250 is as good as the disk."""
    raws = [b"Subject: %d\r\n\r\ntea\r\n" % number for number in range(5)]
    with serving(tmp_path, THINLINE_MAIL__LISTEN="127.0.0.1:0") as server:
        server.ask("account.add", name="alice")
        port = smtp_port(server)
        async with asyncio.TaskGroup() as group:
            codes = [group.create_task(mail(port, "alice@thinline.test", raw)) for raw in raws]
        assert [one.result() for one in codes] == [250] * len(raws)
        server.kill()
    assert await found(tmp_path) >= set(raws)


def smtp_port(server: ServeProcess) -> int:
    """Where it takes mail."""
    (told,) = (one["why"] for one in server.ask("status")["gateways"] if one["name"] == "mail in")
    return int(told.rpartition(":")[2])


async def found(folder: Path) -> set[bytes]:
    """What the store behind a killed server has: spooled, or as an item."""
    settings = load_settings(flags={"data": folder / "data", "state": folder / "state"})
    async with start_engine(settings) as engine:
        drawn = await engine.operate(Due((MAIL_IN,), 100))
        assert isinstance(drawn, Drawn)
        raws = {part for task in drawn.tasks for part in task.parts or ()}
        account = await engine.operate(FindAccount("alice"))
        for head in (await engine.operate(ListItems(account, COLLECTION, b"", 100))).heads:
            read = await engine.operate(ReadItem(account, head.item))
            raws.add(mail_pb2.Letter.FromString(read.parts["mail"]).raw)
        return raws
