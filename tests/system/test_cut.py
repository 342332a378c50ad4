"""Every command, cut at every frame: applied once, the same outcome, nothing lost (X1, X2, X4, S4), on two bearers.

The examples are found by `examples.all_examples`, the frames by playing each example once without a cut. Then it is
played again for each frame, in either direction, twice: the frame is lost with the connection, or it arrives and the
connection is lost with all that it brings about. Then the handset connects again and goes on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from examples import Example, Outside, all_examples, all_outside, kinds_without_example
from line_client import Connect, LineClient, Query
from live import Connector, Fate, LiveLine, Tap, grpc_to, memory_to
from thinline.bearers.grpc_stream import serve
from thinline.frames import Answer, Direction, Frame, Outcome
from thinline.items import Head
from thinline.types import TYPES
from thinline.v1 import item_pb2, line_pb2
from thinline_server.asks import LIST_HEADS
from thinline_server.config import load_settings
from thinline_server.engine import Engine, start_engine
from thinline_server.outside import Take
from thinline_server.requests import AddAccount, ListAccounts, NewCode
from thinline_server.services import rules

COLLECTIONS = sorted({one.collection for one in TYPES.values()})
EXAMPLES = all_examples()
OUTSIDE = all_outside()
Spot = tuple[Direction, int]


@dataclass(frozen=True, slots=True)
class Played:
    """How an example went, apart from what is drawn by chance."""

    outcomes: tuple[tuple[Any, ...], ...]
    position: int
    items: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """A server, and how to reach it."""

    engine: Engine
    connector: Connector


@asynccontextmanager
async def _bench(bearer: str, folder: Path) -> AsyncIterator[Bench]:
    """A server without gateways: what they do, they do when they come to it, and here it is counted."""
    settings = load_settings(flags={"data": folder / "data", "listen": "127.0.0.1:0"})
    async with start_engine(settings) as engine:
        if bearer == "memory":
            yield Bench(engine, memory_to(engine))
            return
        listener = await serve(engine.accept, settings.host, settings.port, None)
        try:
            yield Bench(engine, grpc_to(f"127.0.0.1:{listener.port}"))
        finally:
            engine.dismiss()
            await listener.stop()


class Scissors:
    """Judges the frames of one exchange: all pass but the one at the spot.

    Attributes:
        seen: where the exchange came to, the spot included.
    """

    def __init__(self, spot: Spot | None = None, fate: Fate = Fate.PASS) -> None:
        self.seen: list[Spot] = []
        self.over = False
        self._spot = spot
        self._fate = fate

    def __call__(self, direction: Direction, number: int, _frame: Frame | None) -> Fate:
        if self.over:
            return Fate.PASS
        self.seen.append((direction, number))
        return self._fate if (direction, number) == self._spot else Fate.PASS


_names = (f"alice{number}" for number in count())


async def _play(bench: Bench, example: Example, scissors: Scissors) -> Played:
    """The stage is set on one link, the command is made on a second one that is tapped, a third ends what is open."""
    name = next(_names)
    await bench.engine.operate(AddAccount(name))
    client = LineClient("alice", await bench.engine.operate(NewCode(name)), follows=COLLECTIONS)
    async with LiveLine(client, bench.connector) as line:
        assert await line.connect(), client.ended
        line.feed(*example.before)
        await line.until(lambda: client.idle)
        client.cursors = dict.fromkeys(COLLECTIONS, b"")  # so that the exchange has windows
        line.tap = lambda bearer: Tap(bearer, scissors)
        await _make(line, example)
        scissors.over = True
        if client.ended is not None:
            assert await line.connect(), client.ended
        await line.until(lambda: client.idle)  # spec S4
        assert client.repeats == [client.outcomes[outcome.number] for outcome in client.repeats]  # X2
        held = sorted(head.item for head in client.heads.values() if not head.dead)
        assert held == sorted(await _listed(line))
        (account,) = await bench.engine.operate(ListAccounts(name))
    outcomes = tuple(_plain(outcome) for outcome in client.outcomes.values())
    return Played(outcomes, account.position, tuple(sorted(_head(head) for head in client.heads.values())))


async def _make(line: LiveLine, example: Example) -> None:
    client = line.client
    line.feed(Connect())
    await line.until(lambda: all(client.cursors.values()) or client.ended)
    line.feed(example.command)
    await line.until(lambda: client.idle or client.ended)


async def _listed(line: LiveLine) -> list[bytes]:
    """What the server has, asked for afresh."""
    client = line.client
    found: list[bytes] = []
    for collection in COLLECTIONS:
        body = line_pb2.ListHeads(collection=item_pb2.Collection.ValueType(collection)).SerializeToString()
        line.feed(Query(LIST_HEADS, body))
        answers = client.answers[max(client.answers)]
        await line.until(answers.__len__)
        (answer,) = answers
        assert isinstance(answer, Answer)
        found += [head.item for head in line_pb2.HeadList.FromString(answer.body).heads]
    return found


def _plain(outcome: Outcome) -> tuple[Any, ...]:
    heads = tuple(sorted(_head(head) for head in outcome.heads))
    return (outcome.number, outcome.verdict, outcome.reason, outcome.point.position, heads)


def _head(head: Head) -> tuple[Any, ...]:
    """A copy's id is derived from the handset's, which is drawn; all else must be equal."""
    return (b"copy" if head.copy_of else head.item, head.position, head.revision, head.fields, head.blobs, head.dead)


def test_every_kind_of_command_has_an_example() -> None:
    assert kinds_without_example(list(rules())) == []


@pytest.mark.parametrize("bearer", ["memory", "grpc"])
@pytest.mark.parametrize("name", EXAMPLES)
async def test_a_command_cut_at_any_frame_is_applied_once(name: str, bearer: str, tmp_path: Path) -> None:
    """Must 1: X1, X2, X4, S4."""
    example = EXAMPLES[name]
    async with _bench(bearer, tmp_path) as bench:
        watching = Scissors()
        whole = await _play(bench, example, watching)
        last = whole.outcomes[-1]
        assert last[1:3] == (example.verdict, example.reason)
        assert len(last[4]) == example.heads
        assert len(watching.seen) >= 7  # hello to welcome, a window, the command, its outcome
        for spot in watching.seen:
            for fate in (Fate.LOST, Fate.LAST):
                scissors = Scissors(spot, fate)
                assert await _play(bench, example, scissors) == whole, f"{fate.value} {spot}"
                assert scissors.seen[-1] == spot, f"the exchange never came to {spot}"


async def _push(bench: Bench, outside: Outside, scissors: Scissors) -> Played:
    """Something comes from outside while a handset is linked and tapped; in the end the handset has it, once."""
    name = next(_names)
    await bench.engine.operate(AddAccount(name))
    client = LineClient("alice", await bench.engine.operate(NewCode(name)), follows=COLLECTIONS)
    async with LiveLine(client, bench.connector) as line:
        assert await line.connect(), client.ended
        await line.until(lambda: all(client.cursors.values()))  # so that each exchange has the same windows
        line.tap = lambda bearer: Tap(bearer, scissors)
        line.feed(Connect())
        await line.until(lambda: client.live or client.ended)
        take = Take(client.sim.account, outside.source, (outside.item,))
        (took,) = (await bench.engine.operate(take)).items
        assert took.new
        await line.until(lambda: took.item in client.heads or client.ended)
        scissors.over = True
        if client.ended is not None:
            assert await line.connect(), client.ended
        await line.until(lambda: took.item in client.heads)
        assert not (await bench.engine.operate(take)).items[0].new
        assert await _listed(line) == [took.item]
        (account,) = await bench.engine.operate(ListAccounts(name))
    heads = tuple((b"item", *_head(head)[1:]) for head in client.heads.values())
    return Played((), account.position, heads)


@pytest.mark.parametrize("bearer", ["memory", "grpc"])
@pytest.mark.parametrize("name", OUTSIDE)
async def test_what_comes_from_outside_reaches_a_handset_that_is_cut_at_any_frame(
    name: str, bearer: str, tmp_path: Path
) -> None:
    """X8, S4; spec SYNC-16: once it is stored every handset gets it, over whichever link."""
    async with _bench(bearer, tmp_path) as bench:
        watching = Scissors()
        whole = await _push(bench, OUTSIDE[name], watching)
        assert whole.position == 2
        assert len(watching.seen) >= 5  # hello to welcome, and the window
        for spot in watching.seen:
            for fate in (Fate.LOST, Fate.LAST):
                scissors = Scissors(spot, fate)
                assert await _push(bench, OUTSIDE[name], scissors) == whole, f"{fate.value} {spot}"
                assert scissors.seen[-1] == spot, f"the exchange never came to {spot}"


@pytest.mark.parametrize("bearer", ["memory", "grpc"])
async def test_an_enrolment_cut_at_any_frame_is_one_handset(bearer: str, tmp_path: Path) -> None:
    """The same code with the same key gives the same certificate again (spec ID-3)."""
    async with _bench(bearer, tmp_path) as bench:
        for spot in ((Direction.UP, 1), (Direction.DOWN, 1)):
            for fate in (Fate.LOST, Fate.LAST):
                name = next(_names)
                await bench.engine.operate(AddAccount(name))
                client = LineClient("alice", await bench.engine.operate(NewCode(name)))
                scissors = Scissors(spot, fate)
                async with LiveLine(client, bench.connector) as line:
                    line.tap = lambda bearer, scissors=scissors: Tap(bearer, scissors)
                    assert not await line.connect()
                    assert await line.connect(), client.ended
                (account,) = await bench.engine.operate(ListAccounts(name))
                assert [one.handset for one in account.handsets] == [client.sim.handset]
                assert account.position == 1
