"""A handset on asyncio with the server in the same process: the loop's own time, made fast."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import thinline_emulator
from pier import Served
from thinline.bearers import Ear
from thinline.bearers.memory import dial_memory
from thinline.driver import Driver
from thinline.errors import LocalError
from thinline_emulator import Handset, Options, simcard_file
from thinline_emulator.host import Changes, Connect
from thinline_emulator.script import ScriptFailed, read_script

RATE = 600.0


class EmbeddedServer:
    """The hub and its store behind a memory bearer."""

    def __init__(self) -> None:
        self.served = Served()
        self.driver = Driver(self.served)

    async def connect(self, listen: Callable[[Any], Ear]) -> None:
        await dial_memory(partial(self.driver.accepted, encrypted=True, loopback=True), listen)

    def options(self, connect: Connect | None = None, **more: Any) -> Options:
        return Options(rate=RATE, connect=connect or self.connect, **more)


@pytest.fixture
async def server() -> EmbeddedServer:
    server = EmbeddedServer()
    server.served.account("alice")
    return server


async def test_alice_writes_a_contact_and_her_other_handset_shows_it(server: EmbeddedServer, tmp_path: Path) -> None:
    first = Handset(code=server.served.code("alice"), sim=tmp_path / "alice.sim", options=server.options())
    second = Handset(code=server.served.code("alice"), options=server.options())
    async with first as alice, second as desk:
        await alice.until("settled")
        await desk.until("settled")
        await desk.key("jump ok")
        await alice.key("jump ok menu 'Bob B' ok")
        await alice.until("settled")
        await desk.until("shows Bob B")
        assert "(1)" in desk.screen.text()
        answer = await alice.verb("cache")
        assert answer.data["durable"] == 1
    card = simcard_file.load(tmp_path / "alice.sim")
    assert card is not None
    assert card.life == 1
    assert card.certificate is not None
    assert [autopsy.lost for autopsy in alice.autopsies] == [()]


async def test_leaving_is_pulling_the_battery_and_the_card_stays(server: EmbeddedServer, tmp_path: Path) -> None:
    path = tmp_path / "alice.sim"
    async with Handset(code=server.served.code("alice"), sim=path, options=server.options()) as alice:
        await alice.until("settled")
        await alice.verb("radio off")
        await alice.key("jump ok menu 'Bob' ok back")
        await alice.key("back")
        assert "1 item exists only here" in alice.screen.text()
    assert alice.autopsies[0].lost == ("new: Bob",)
    assert alice.autopsies[0].cause == "the battery was taken out"
    async with Handset(sim=path, options=server.options()) as alice:
        await alice.until("settled")
        assert alice.machine.sim.life == 2
    assert os.listdir(tmp_path) == ["alice.sim"]


async def test_a_dial_that_fails_is_told_and_tried_again(server: EmbeddedServer) -> None:
    failures = iter([LocalError("no such address")])

    async def connect(listen: Callable[[Any], Ear]) -> None:
        for error in failures:
            raise error
        await server.connect(listen)

    code = server.served.code("alice")
    async with Handset(code=code, options=server.options(connect, radio="wifi")) as alice:
        await alice.until("settled")
        assert alice.notices[0] == "no such address"
        assert alice.machine.power.radio.profile.name == "wifi"


async def test_time_can_stand_still_and_run(server: EmbeddedServer) -> None:
    async with Handset(code=server.served.code("alice"), options=server.options()) as alice:
        await alice.until("settled")
        await alice.verb("clock x0")
        stands_s = alice.now
        await asyncio.sleep(0)
        assert alice.now == stands_s
        assert alice.rate == 0.0
        await alice.verb(f"clock x{RATE:g}")
        await alice.until(lambda: alice.now > stands_s)


async def test_a_script_is_played(server: EmbeddedServer) -> None:
    script = read_script("""
        title = "Bob is written"
        [[step]]
        until = "settled"
        [[step]]
        key = "jump ok menu 'Bob' ok"
        shows = "Bob"
        wait = "1s"
    """)
    wrong = read_script('[[step]]\nshows = "Carol"')
    async with Handset(code=server.served.code("alice"), options=server.options()) as alice:
        await alice.play(script)
        with pytest.raises(ScriptFailed, match="Carol"):
            await alice.play(wrong)
        await alice.play(read_script(""))


async def test_what_never_comes_true_times_out(server: EmbeddedServer) -> None:
    async with Handset(options=server.options()) as alice:
        with pytest.raises(TimeoutError):
            await alice.until("linked", within_s=0.15)


def test_the_package_offers_the_handset() -> None:
    assert thinline_emulator.Handset is Handset


async def test_what_can_not_be_done_raises_and_what_is_told_is_kept(server: EmbeddedServer) -> None:
    async with Handset(options=server.options()) as alice:
        await alice.verb("battery 9")
        assert alice.notices == ["Battery 9 %: memory would be lost, nothing else"]
        await alice.verb("battery 0")
        with pytest.raises(LocalError, match="charge it"):
            await alice.key("ok")


async def test_off_loopback_a_handset_wants_tls(tmp_path: Path) -> None:
    options = Options(rate=RATE)
    async with Handset("192.0.2.1:7300", code="CODE", options=options) as alice:
        await alice.until(lambda: bool(alice.notices))
        assert "must be encrypted" in alice.notices[0]


async def test_whoever_waits_for_a_change_misses_none() -> None:
    changes = Changes()
    heard: list[str] = []

    async def wait(name: str, count: int) -> None:
        await changes.beyond(count)
        heard.append(name)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(wait("alice", 0))
        tasks.create_task(wait("bob", 0))
        tasks.create_task(wait("carol", 1))
        await asyncio.sleep(0)
        changes.happen()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert heard == ["alice", "bob"]
        await wait("dave", 0)  # it happened while nobody looked
        changes.happen()
    assert heard == ["alice", "bob", "dave", "carol"]
