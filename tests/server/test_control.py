"""The control socket: lines of JSON over a real Unix socket, and its client."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from thinline.errors import LocalError
from thinline.reasons import Reason
from thinline_server.control import CONTROL_SOCKET, NoServer, ask_server, calling, serve_control
from thinline_server.outside import Take, Taken
from thinline_server.requests import BlobRead, GetBlob, NewCode, Refused, Request
from thinline_server.verbs import ControlRefused

pytestmark = pytest.mark.system

PHOTO = bytes(range(256)) * 4_000  # some pieces of the socket


class FakeServer:
    """Enrols whoever is called alice."""

    code_life_s = 600

    def __init__(self) -> None:
        self.stopped = asyncio.Event()
        self.took: list[bytes] = []

    async def operate(self, request: Request) -> Any:
        if isinstance(request, Take):
            self.took = [data for one in request.items for _, data in one.parts]
            return Taken(request.account, (), frozenset())
        if isinstance(request, GetBlob):
            return BlobRead(1, PHOTO, len(PHOTO))
        if request == NewCode("crash", 600):
            raise ConnectionError
        return "CODE" if request == NewCode("alice", 600) else Refused(Reason.INVALID, "there is no such account")

    def status(self) -> dict[str, Any]:
        return {"links": 3}

    def linked(self, handset: bytes) -> bool:
        return False

    def stop(self) -> None:
        self.stopped.set()


@asynccontextmanager
async def control(folder: Path) -> AsyncIterator[FakeServer]:
    server = FakeServer()
    opened = await serve_control(server, folder)
    try:
        yield server
    finally:
        await opened.close()


async def ask(folder: Path, verb: str, **arguments: Any) -> Any:
    return await asyncio.to_thread(ask_server, folder, verb, **arguments)


async def lines(folder: Path, *sent: bytes) -> list[Any]:
    """Send raw lines on one connection; all that comes back until the server hangs up or all are answered."""
    reader, writer = await asyncio.open_unix_connection(str(folder / CONTROL_SOCKET))
    for line in sent:
        writer.write(line)
    writer.write_eof()
    async with asyncio.timeout(10):
        answers = (await reader.read()).splitlines()
    writer.close()
    return [json.loads(answer) for answer in answers]


async def test_a_verb_is_answered(tmp_path: Path) -> None:
    async with control(tmp_path):
        assert await ask(tmp_path, "account.enroll", name="alice") == {"name": "alice", "code": "CODE"}
        assert await ask(tmp_path, "status") == {"links": 3}
        with pytest.raises(ControlRefused, match="there is no such account") as raised:
            await ask(tmp_path, "account.enroll", name="bob")
        assert raised.value.reason == "INVALID"


async def test_only_its_owner_may_speak_to_it(tmp_path: Path) -> None:
    async with control(tmp_path):
        path = tmp_path / CONTROL_SOCKET
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert os.listdir(tmp_path) == [CONTROL_SOCKET]
    assert not path.exists()


async def test_what_a_killed_server_left_over_is_replaced(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / CONTROL_SOCKET))
    with pytest.raises(NoServer, match="no server runs on"):
        await ask(tmp_path, "status")
    async with control(tmp_path):
        assert await ask(tmp_path, "status") == {"links": 3}


async def test_a_long_path_is_no_hindrance(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30) / ("longer" * 20)
    folder.mkdir(parents=True)
    async with control(folder):
        assert await ask(folder, "status") == {"links": 3}


async def test_a_stop_is_answered_before_it_happens(tmp_path: Path) -> None:
    async with control(tmp_path) as server:
        assert await ask(tmp_path, "stop") == {"stopping": True}
        await asyncio.wait_for(server.stopped.wait(), 10)


async def test_a_connection_carries_many_requests_and_bad_ones_harm_none(tmp_path: Path) -> None:
    async with control(tmp_path):
        answers = await lines(tmp_path, b"what\n", b"\xff\n", b"[" * 60_000 + b"\n", b'{"verb": "status"}\n')
        assert [one["ok"] for one in answers] == [False, False, False, True]
        assert {one.get("reason") for one in answers[:3]} == {"MALFORMED"}


async def test_bytes_are_attached_behind_a_line(tmp_path: Path) -> None:
    """Nothing is read as text that is none, and a refusal in between harms nobody."""
    item = {"origin": "00" * 32, "type": 1, "fields": "", "parts": {"photo": len(PHOTO), "vcard": 5}}
    take: dict[str, Any] = {"account": "00" * 8, "source": "vcard", "items": [item]}
    part: dict[str, Any] = {"account": "00" * 8, "item": "00" * 12, "part": "photo", "hash": "00" * 32}

    def talk() -> None:
        with calling(tmp_path) as operator:
            with pytest.raises(ControlRefused, match="attach the bytes of all parts"):
                operator.ask("items.take", [PHOTO], **take)
            assert operator.ask("items.take", [PHOTO, b"BEGIN"], **take) == {"account": "00" * 8, "items": []}
            assert operator.ask("items.part", **part) == {"size": len(PHOTO), "zstd": False, "data": PHOTO}
            assert operator.ask("status") == {"links": 3}

    async with control(tmp_path) as server:
        await asyncio.to_thread(talk)
        assert server.took == [PHOTO, b"BEGIN"]


@pytest.mark.parametrize("size", ["1", -1, True, 1 << 40])
async def test_more_than_may_be_attached_is_refused_and_ends_the_connection(tmp_path: Path, size: object) -> None:
    """What follows cannot be told from a line."""
    async with control(tmp_path):
        told = json.dumps({"verb": "status", "attached": size}).encode()
        (answer,) = await lines(tmp_path, told + b"\n", b'{"verb": "status"}\n')
        assert (answer["ok"], answer["reason"]) == (False, "TOO_LARGE")


async def test_who_goes_in_the_middle_of_what_is_attached_harms_nobody(tmp_path: Path) -> None:
    async with control(tmp_path):
        assert await lines(tmp_path, b'{"verb": "status", "attached": 9}\n', b"half") == []
        assert await ask(tmp_path, "status") == {"links": 3}


async def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thinline_server.control._LINE_BYTES", 65_536)
    async with control(tmp_path):
        (answer,) = await lines(tmp_path, b"x" * 200_000)
        assert (answer["ok"], answer["reason"]) == (False, "TOO_LARGE")


async def test_a_server_that_ends_before_it_answers_is_told(tmp_path: Path) -> None:
    async with control(tmp_path):
        with pytest.raises(LocalError, match="did not answer"):
            await ask(tmp_path, "account.enroll", name="crash")


async def test_an_open_connection_does_not_hold_up_the_end(tmp_path: Path) -> None:
    async with control(tmp_path):
        fresh_reader, fresh = await asyncio.open_unix_connection(str(tmp_path / CONTROL_SOCKET))
        reader, used = await asyncio.open_unix_connection(str(tmp_path / CONTROL_SOCKET))
        used.write(b'{"verb": "status"}\n')
        assert await reader.readline()
    async with asyncio.timeout(10):
        assert await fresh_reader.read() == await reader.read() == b""
    fresh.close()
    used.close()


async def test_without_a_server_there_is_no_answer(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NoServer, match="no server runs on"):
            await ask(folder, "status")
