"""The server with its sockets, in this process; `tests/system/test_serve.py` has it in one of its own."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from certificates import Authority
from line_client import LineClient
from live import LiveLine, grpc_to
from thinline.errors import LocalError
from thinline.reasons import Reason
from thinline_server.app import Server, raise_descriptors, run, version_of_this
from thinline_server.config import Settings, SettingsError, load_settings
from thinline_server.control import NoServer, ask_server
from thinline_server.engine import StoreLost
from thinline_server.requests import AddAccount, NewCode, Refused

pytestmark = pytest.mark.system


def settings_in(folder: Path, **flags: object) -> Settings:
    return load_settings(flags={"data": folder / "data", "listen": "127.0.0.1:0", **flags})


async def test_it_is_reached_by_handsets_and_operators(tmp_path: Path) -> None:
    async with Server(settings_in(tmp_path)) as server:
        await server.operate(AddAccount("alice"))
        alice = LineClient("alice", await server.operate(NewCode("alice")))
        assert not server.linked(alice.sim.handset)
        async with LiveLine(alice, grpc_to(f"127.0.0.1:{server.port}")) as line:
            assert await line.connect(), line
            assert server.linked(alice.sim.handset)
            status = await asyncio.to_thread(ask_server, server.settings.state, "status")
            assert (status["handsets"], status["links"], status["pid"]) == (1, 1, os.getpid())
            assert (status["listen"], status["encrypted"]) == (f"127.0.0.1:{server.port}", False)
    with pytest.raises(NoServer):
        ask_server(server.settings.state, "status")


async def test_its_codes_live_as_long_as_the_settings_say(tmp_path: Path) -> None:
    async with Server(settings_in(tmp_path, code_life_s=77)) as server:
        assert server.code_life_s == 77


async def test_what_it_took_is_free_again_when_it_can_not_start(tmp_path: Path) -> None:
    async with Server(settings_in(tmp_path)) as server:
        taken = settings_in(tmp_path / "other", listen=f"127.0.0.1:{server.port}")
        said = f"cannot listen on 127.0.0.1:{server.port}: Address already in use; choose another address or port"
        with pytest.raises(LocalError, match=said):
            async with Server(taken):
                pytest.fail("it started")
    async with Server(taken):
        pass


async def test_off_loopback_it_wants_tls(tmp_path: Path) -> None:
    """Spec ID-9."""
    with pytest.raises(LocalError, match="not a loopback address"):
        async with Server(settings_in(tmp_path, listen="0.0.0.0:0")):
            pytest.fail("it started")


async def test_a_certificate_that_is_none_is_a_bad_setting(tmp_path: Path) -> None:
    certificate, key = Authority("thinline test").issue(tmp_path)
    for pair in (
        (certificate, tmp_path / "missing"),
        (key, key),
        (certificate, Authority("x").issue(tmp_path / "x")[1]),
    ):
        settings = settings_in(tmp_path, tls_certificate=pair[0], tls_key=pair[1])
        with pytest.raises(SettingsError, match="are not a certificate and its key"):
            async with Server(settings):
                pytest.fail("it started")


async def test_a_run_ends_on_a_signal_and_on_the_verb(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    for end in ("signal", "verb"):
        running = asyncio.ensure_future(run(settings))
        await _up(settings, running)
        if end == "signal":
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            await asyncio.to_thread(ask_server, settings.state, "stop")
        await asyncio.wait_for(running, 20)


async def test_a_run_whose_store_failed_says_so(tmp_path: Path) -> None:
    """D7."""
    settings = settings_in(tmp_path)
    started: list[Server] = []

    class Watched(Server):
        async def __aenter__(self) -> Watched:
            started.append(self)
            return await super().__aenter__()

    running = asyncio.ensure_future(run(settings, Watched))
    await _up(settings, running)
    started[0].engine.lose(Refused(Reason.FULL, "no space left"))
    with pytest.raises(StoreLost, match="the store failed: no space left"):
        await asyncio.wait_for(running, 20)


async def _up(settings: Settings, running: asyncio.Future[None]) -> None:
    """Until its control socket answers."""
    async with asyncio.timeout(20):
        while not running.done():
            try:
                await asyncio.to_thread(ask_server, settings.state, "status")
            except NoServer:
                continue
            return
    await running


def test_it_takes_as_many_descriptors_as_it_may() -> None:
    told = raise_descriptors()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert told == soft == hard


@pytest.mark.parametrize(("links_most", "warned"), [(1, 0), (10**9, 1)])
async def test_more_links_than_descriptors_is_a_warning(links_most: int, warned: int, tmp_path: Path) -> None:
    """Where they run out nobody can be told to come back."""
    settings = settings_in(tmp_path, links_most=links_most)
    with capture_logs() as said:
        running = asyncio.ensure_future(run(settings))
        await _up(settings, running)
        await asyncio.to_thread(ask_server, settings.state, "stop")
        await running
    told = [line for line in said if line["event"].startswith("descriptors are fewer")]
    assert len(told) == warned


def test_it_knows_its_version() -> None:
    assert version_of_this()
