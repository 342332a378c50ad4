"""The server process and the real handsets that the pytest fixtures hand out."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from serving import environment
from thinline_server.control import NoServer
from thinline_tools.fixtures import Ground, NotSeen, ServerFailed, ServerProcess

FAST = 20.0


@pytest.fixture(autouse=True)
def compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first server process compile for all."""
    for name, value in environment().items():
        if name.startswith("PYTHON"):
            monkeypatch.setenv(name, value)


def test_a_server_that_is_killed_comes_back_with_what_was_acknowledged(tmp_path: Path) -> None:
    with Ground(tmp_path, {"links_most": 3}) as ground:
        phone, desk = ground.fleet(2, "alice", rate=FAST)
        server, address = ground.server, ground.server.address
        assert server.ask("status")["links_most"] == 3
        phone.key("jump ok menu 'Bob' ok")
        phone.until("settled")
        server.kill()
        phone.until("offline")
        phone.key("menu 'Carol' ok")
        server.start()
        assert server.address == address
        phone.until(lambda: len(phone.held) == 2 and "⇡" not in phone.text)
        desk.until(lambda: len(desk.held) == 2)
        assert server.account("alice")["items"] == {"contacts": 2}
        pid = server.pid
    assert not server.running
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not any(thread.name == "thinline-handsets" for thread in threading.enumerate())
    with pytest.raises(NoServer):
        server.ask("status")
    assert server.stop() == 0


def test_a_script_is_played_and_a_screen_is_told(tmp_path: Path) -> None:
    with Ground(tmp_path) as ground:
        phone = ground.handset("alice", rate=FAST)
        phone.play('[[step]]\nkey = "jump ok"\nshows = "Contacts (0)"')
        with pytest.raises(NotSeen, match=r"(?s)'offline' did not come true.*Contacts \(0\)"):
            phone.until("offline", within_s=0.05)
        assert phone.verb("battery pull").text
        assert [one.lost for one in phone.autopsies] == [()]
        assert phone.notices == []


def test_a_server_that_does_not_come_up_tells_its_log(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, settings={"links_most": 0})
    with pytest.raises(ServerFailed, match="THINLINE_LINKS_MOST: input should be greater than"):
        server.start()
    assert not server.running
