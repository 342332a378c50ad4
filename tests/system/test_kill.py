"""The server killed under load, with real processes: what a handset saw as durable is there, and once (D1, X1).

Handsets create and change contacts as fast as they are answered, and things come from outside (D9, X8). When a number
of outcomes drawn from the seed has come, and commands are still unanswered, the server gets SIGKILL, starts again on
the same folders, and the handsets connect, send again what was unanswered, and go on. In the end every account's
history is counted and read afresh.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from contextlib import AsyncExitStack
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from examples import Outside, all_outside
from line_client import LineClient, Submit
from live import LiveLine, grpc_to
from serving import ServeProcess, serving
from thinline.errors import LocalError
from thinline.frames import Disposition, Verdict
from thinline.intents import Change, Create, write_intent
from thinline.items import ITEM_ID_BYTES
from thinline.merge import Content, difference
from thinline.types import TYPES
from thinline.v1.contacts_pb2 import Contact

ACCOUNTS = ("alice", "bob")
HANDSETS = 3  # of each account
AT_ONCE = 12  # commands under way of each handset
TYPE = 1


class Mailman:
    """What comes to one account from outside, all examples in turn, each with a place in the count.

    Attributes:
        taken: what the server said that it has, by item.
    """

    def __init__(self, account: str, seed: int) -> None:
        self.account = account
        self.taken: dict[str, Outside] = {}
        self._id = ""
        self._seed = seed
        self._waiting: Outside | None = None

    def bring(self, server: ServeProcess, times: int = 10**9) -> None:
        """Bring one after another until the server is gone; the one that was not answered comes again first."""
        outside = list(all_outside().values())
        try:
            self._id = self._id or server.ask("account.show", name=self.account)["account"]
            for _ in range(times):
                number = len(self.taken)
                fresh = outside[number % len(outside)].another(1_000 * self._seed + number)
                self._waiting = self._waiting or fresh
                self._bring(server, self._waiting)
                self._waiting = None
        except LocalError:
            pass  # killed; whether the server has it is not known

    def _bring(self, server: ServeProcess, one: Outside) -> None:
        told = {
            "origin": one.item.origin.hex(),
            "type": one.item.type,
            "fields": base64.b64encode(one.item.fields).decode(),
            "parts": {name: len(data) for name, data in one.item.parts},
        }
        attached = [data for _, data in one.item.parts]
        answer = server.ask("items.take", attached=attached, account=self._id, source=one.source, items=[told])
        (took,) = answer["items"]
        assert not took["reason"]
        self.taken[took["item"]] = one

    def check_parts(self, server: ServeProcess) -> None:
        """D9: every part of what was taken is there."""
        for item, one in self.taken.items():
            for name, data in one.item.parts:
                where = {"account": self._id, "item": item, "part": name, "hash": sha256(data).hexdigest()}
                assert server.ask("items.part", **where)["size"] == len(data)


class Writer:
    """One handset's work: contacts of its own, created and then changed, each with a place in the count."""

    def __init__(self, name: str, account: str, code: str, seed: int) -> None:
        self.account = account
        self.client = LineClient(f"{name} {seed}", code, window=AT_ONCE)
        self._chance = Random(f"{name} {seed}")
        self._contents: dict[bytes, Content] = {}

    def command(self) -> Submit:
        """The next one: a new contact, or a new name and note of one of its own."""
        if not self._contents or self._chance.random() < 0.5:
            item = self._chance.randbytes(ITEM_ID_BYTES)
            self._contents[item] = self._content()
            return Submit(*write_intent(Create(item, TYPE, self._contents[item])))
        item = self._chance.choice(list(self._contents))
        old, new = self._contents[item], self._content()
        self._contents[item] = new
        return Submit(*write_intent(Change(item, difference(old, new, TYPES[TYPE].merges))))

    def _content(self) -> Content:
        number = self._chance.randrange(10**9)
        return Content(Contact(name=f"contact {number}", notes=f"note {number}").SerializeToString())

    def expected(self) -> dict[bytes, bytes]:
        """Fields by item, once everything was answered."""
        return {item: content.fields for item, content in self._contents.items()}


async def _campaign(folder: Path, seed: int, kills: int) -> int:
    """Kill and go on, then settle and count. Returns how many commands were unanswered at the kills."""
    chance = Random(seed)
    open_at_kills = 0
    writers: list[Writer] = []
    mailmen = [Mailman(account, seed) for account in ACCOUNTS]
    for kill in range(kills):
        with serving(folder) as server:
            if not writers:
                writers = _enrol(server, seed)
            async with AsyncExitStack() as stack:
                changed = asyncio.Event()
                lines = [await stack.enter_async_context(_line(one, server, changed)) for one in writers]
                await _connect(lines, f"seed {seed}, kill {kill}")
                brought = asyncio.gather(*(asyncio.to_thread(one.bring, server) for one in mailmen))
                await _load(lines, writers, outcomes=chance.randrange(1, 120))
                unanswered = sum(len(one.client.unanswered) for one in writers)
                assert unanswered, f"seed {seed}, kill {kill}: nothing was under way"
                open_at_kills += unanswered
                server.kill()
                await _ended(lines)
                await brought
    with serving(folder) as server:
        await _settle(server, writers, mailmen, seed)
        assert server.terminate() == 0
    answered, taken = sum(len(one.client.outcomes) for one in writers), sum(len(one.taken) for one in mailmen)
    told = f"{answered} commands answered, {open_at_kills} of them open at a kill, {taken} items from outside"
    print(f"seed {seed}: {kills} kills, {told}; nothing lost and nothing twice")
    return open_at_kills


def _enrol(server: ServeProcess, seed: int) -> list[Writer]:
    writers = []
    for account in ACCOUNTS:
        server.ask("account.add", name=account)
        for number in range(HANDSETS):
            code = server.ask("account.enroll", name=account)["code"]
            writers.append(Writer(f"{account}{number}", account, code, seed))
    return writers


def _line(writer: Writer, server: ServeProcess, changed: asyncio.Event | None = None) -> LiveLine:
    return LiveLine(writer.client, grpc_to(server.address), changed)


async def _connect(lines: list[LiveLine], when: str) -> None:
    for line in lines:
        assert await line.connect(), f"{when}: {line}"
        assert line.client.welcome is not None
        lost = line.client.welcome.disposition == Disposition.DISPOSITION_SALVAGE
        assert not lost, f"{when}: {line.client} was told of something that is gone (D1)"


async def _load(lines: list[LiveLine], writers: list[Writer], outcomes: int) -> None:
    """Keep every handset busy until so many more outcomes have come to all of them."""

    def answered() -> int:
        return sum(len(one.client.outcomes) for one in writers)

    goal = answered() + outcomes
    for line, writer in zip(lines, writers, strict=True):
        line.feed(*(writer.command() for _ in range(2 * AT_ONCE)))
    while answered() < goal:
        for line, writer in zip(lines, writers, strict=True):
            if writer.client.waiting < AT_ONCE:
                line.feed(*(writer.command() for _ in range(AT_ONCE)))
        await _more(lines[0], answered)


async def _more(line: LiveLine, count: Callable[[], int]) -> None:
    before = count()
    await line.until(lambda: count() > before)


async def _ended(lines: list[LiveLine]) -> None:
    await lines[0].until(lambda: all(line.client.ended for line in lines))


async def _idle(line: LiveLine) -> None:
    await line.until(lambda: line.client.idle)


async def _settle(server: ServeProcess, writers: list[Writer], mailmen: list[Mailman], seed: int) -> None:
    """Everything is answered; then the server's histories hold exactly what was answered, once."""
    async with AsyncExitStack() as stack:
        for writer in writers:
            client = writer.client
            line = await stack.enter_async_context(_line(writer, server))
            await _connect([line], f"seed {seed}, at the end")
            await _idle(line)
            assert {one.verdict for one in client.outcomes.values()} == {Verdict.VERDICT_APPLIED}, f"seed {seed}"
            assert [one.point for one in client.repeats] == [
                client.outcomes[one.number].point for one in client.repeats
            ]
        for mailman in mailmen:
            await asyncio.to_thread(mailman.bring, server, 1)
            assert mailman.taken, f"seed {seed}: nothing came from outside"
            await asyncio.to_thread(mailman.check_parts, server)
            await _count(server, mailman, [one for one in writers if one.account == mailman.account], stack)


async def _count(server: ServeProcess, mailman: Mailman, writers: list[Writer], stack: AsyncExitStack) -> None:
    account = mailman.account
    told = server.ask("account.show", name=account)
    answered = sum(len(one.client.outcomes) for one in writers)
    rows = len(writers) + answered + len(mailman.taken)
    assert told["position"] == rows, "a row for each enrolment, command and thing from outside, no more and no less"
    code = server.ask("account.enroll", name=account)["code"]
    reader = LineClient(f"reader of {account}", code, follows=sorted({one.collection for one in TYPES.values()}))
    line = await stack.enter_async_context(LiveLine(reader, grpc_to(server.address)))
    assert await line.connect()
    expected = {item: fields for one in writers for item, fields in one.expected().items()}
    expected |= {bytes.fromhex(item): one.item.fields for item, one in mailman.taken.items()}
    await line.until(lambda: len(reader.heads) >= len(expected))
    assert {item: head.fields for item, head in reader.heads.items()} == expected


@pytest.mark.parametrize("seed", range(2))
async def test_what_was_durable_survives_sigkill(seed: int, tmp_path: Path) -> None:
    """Must 2: D1, X1. Twenty kills in all."""
    assert await _campaign(tmp_path, seed, kills=10) > 0


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 110))
async def test_what_was_durable_survives_two_hundred_kills(seed: int, tmp_path: Path) -> None:
    assert await _campaign(tmp_path, seed, kills=20) > 0
