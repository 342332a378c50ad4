"""The engine: a whole server without a socket, in folders of the test."""

from __future__ import annotations

import asyncio
from pathlib import Path

import apsw
import pytest

from line_client import LineClient, Submit
from live import LiveLine, memory_to
from thinline.errors import LocalError
from thinline.frames import Disposition
from thinline.intents import Create, write_intent
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.v1 import contacts_pb2
from thinline_server.config import Settings, load_settings
from thinline_server.engine import Engine, StoreLost, start_engine
from thinline_server.hub import Logged, Queued
from thinline_server.requests import AddAccount, ListAccounts, NewCode, Refused

CREATE = Submit(
    *write_intent(Create(b"contact  bob", 1, Content(contacts_pb2.Contact(name="Bob").SerializeToString())))
)


def settings_in(folder: Path) -> Settings:
    return load_settings(flags={"data": folder / "data"})


async def enrol(engine: Engine, name: str = "alice") -> LineClient:
    await engine.operate(AddAccount(name))
    return LineClient(name, await engine.operate(NewCode(name)))


async def test_a_handset_works_with_it_and_finds_everything_after_a_restart(tmp_path: Path) -> None:
    async with start_engine(settings_in(tmp_path)) as engine:
        alice = await enrol(engine)
        async with LiveLine(alice, memory_to(engine)) as line:
            assert await line.connect()
            line.feed(CREATE)
            await line.until(lambda: alice.idle)
    async with start_engine(settings_in(tmp_path)) as engine, LiveLine(alice, memory_to(engine)) as line:
        assert await line.connect()
        assert alice.welcome is not None
        assert alice.welcome.disposition == Disposition.DISPOSITION_RESUME
        (account,) = await engine.operate(ListAccounts())
        assert account.position == 2


async def test_its_end_says_goodbye_and_serves_what_was_submitted(tmp_path: Path) -> None:
    async with start_engine(settings_in(tmp_path)) as engine:
        alice = await enrol(engine)
        line = await LiveLine(alice, memory_to(engine)).__aenter__()
        assert await line.connect()
        waiting = asyncio.ensure_future(engine.operate(AddAccount("bob")))
        await asyncio.sleep(0)
    assert (await waiting).name == "bob"
    await line.until(lambda: alice.ended)
    assert alice.ended is not None
    assert alice.ended.reason == Reason.STOPPING
    await line.__aexit__(None, None, None)
    with pytest.raises(LocalError, match="closed"):
        await engine.operate(ListAccounts())


@pytest.mark.parametrize("shared", ["data", "state"])
async def test_a_folder_has_one_server(tmp_path: Path, shared: str) -> None:
    other = {"data": tmp_path / "other", "state": tmp_path / "other-state"}
    settings = settings_in(tmp_path)
    other[shared] = getattr(settings, shared)
    async with start_engine(settings):
        with pytest.raises(LocalError, match="another server is running on"):
            async with start_engine(load_settings(flags=other)):
                pytest.fail("it started")
    async with start_engine(load_settings(flags=other)):
        pass  # the folder is free again


async def test_a_store_that_fails_is_told_and_ends_it(tmp_path: Path) -> None:
    """D7: a clear goodbye, and no word that anything is safe."""
    async with start_engine(settings_in(tmp_path)) as engine:
        alice = await enrol(engine)
        async with LiveLine(alice, memory_to(engine)) as line:
            assert await line.connect()
            engine.lose(Refused(Reason.FULL, "the disk is full"))
            assert engine.ending.is_set()
            engine.dismiss()
            await line.until(lambda: alice.ended)
            assert alice.ended is not None
            assert alice.ended.reason == Reason.FULL


async def test_what_can_not_be_opened_is_a_lost_store(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(StoreLost, match="cannot open the store in"):
        async with start_engine(settings_in(tmp_path)):
            pytest.fail("it started")
    (tmp_path / "data").unlink()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "store.db").write_text("not a database, and long enough to be looked at " * 100)
    with pytest.raises(StoreLost, match="cannot open the store in"):
        async with start_engine(settings_in(tmp_path)):
            pytest.fail("it started")


async def test_a_store_of_a_later_version_is_refused(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    async with start_engine(settings):
        pass
    connection = apsw.Connection(str(settings.data / "store.db"))
    connection.pragma("user_version", 999)
    connection.close()
    with pytest.raises(LocalError, match="upgrade the server"):
        async with start_engine(settings):
            pytest.fail("it started")


async def test_what_the_hub_says_is_logged_or_a_bug(tmp_path: Path) -> None:
    async with start_engine(settings_in(tmp_path)) as engine:
        engine._heard(Logged("linked", (("handset", "00ff"),)))
        heard: list[frozenset[int]] = []
        engine._heard(Queued(frozenset({1})))  # nobody has asked to be told
        engine.queued = heard.append
        engine._heard(Queued(frozenset({2})))
        assert heard == [{2}]
        with pytest.raises(AssertionError, match="the hub said"):
            engine._heard("what")
