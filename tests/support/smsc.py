"""The world of texts on the other side: a message centre on npm's smpp, and Debian's Kannel behind it.

`run` plays an async function of a support module in a network namespace of its own, since Kannel listens on every
interface. There `Texting` starts both, takes what Kannel's callbacks bring, and has Kannel send. Processes are ended
by their id. Who lacks a program skips with the reason.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import shutil
import subprocess
import sys
import urllib.parse
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

__all__ = ["CENTRE", "Texting", "run"]

CENTRE = "127.0.0.1:2775"
_CONF = Path(__file__).resolve().parents[1] / "fixtures" / "counterparts"
_MODULES = Path(sys.prefix) / "node" / "node_modules"
_NEEDED = {"node": "nodejs", "bearerbox": "kannel", "smsbox": "kannel", "unshare": "util-linux", "ip": "iproute2"}
_PATIENCE_S = 120
_CALLBACKS, _SMSBOX, _SEND = 13_099, 13_001, 13_013


def _missing() -> str:
    absent = [f"{program} (apt package {package})" for program, package in _NEEDED.items() if not shutil.which(program)]
    if not (_MODULES / "smpp").exists():
        absent.append("smpp (npm)")
    return f"left out: texts to Kannel and back: {', '.join(absent)} is missing" if absent else ""


def run(scene: str, *arguments: str) -> Any:
    """What an async function, as `module:function`, makes of it; through JSON."""
    why = _missing()
    if why:
        pytest.skip(why)
    if subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system makes no network namespaces for us")
    inner = [sys.executable, "-W", "error", __file__, scene, *arguments]
    ran = subprocess.run(
        ["unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *inner],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_S,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


class Texting:
    """Both, running.

    Attributes:
        came: what Kannel's callbacks brought: from, to and text of each.
        events: what the message centre told.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.came: list[dict[str, str]] = []
        self.events: list[dict[str, Any]] = []
        self._running: list[Process] = []
        self._reading: asyncio.Task[None] | None = None
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._callback, "127.0.0.1", _CALLBACKS)
        await self.start_centre()
        conf = self._folder / "kannel.conf"
        conf.write_text((_CONF / "kannel.conf").read_text().replace("@DIR@", str(self._folder)))
        await self._start("bearerbox", str(conf))
        await self._listens(_SMSBOX)  # smsbox gives up where bearerbox is absent
        await self._start("smsbox", str(conf))
        await self._listens(_SEND)
        await self.until(lambda: self.has("bind", me="kannel"))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self._running):
            await self._end(process)
        if self._reading is not None:
            await self._reading
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def start_centre(self) -> None:
        """The message centre."""
        told = os.environ | {"NODE_PATH": str(_MODULES)}
        command = ("node", str(_CONF / "smsc.js"), CENTRE.rpartition(":")[2])
        centre = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env=told)
        self._running.insert(0, centre)
        self.events.clear()
        self._reading = asyncio.ensure_future(self._read(centre))
        await self.until(lambda: self.has("up"))

    async def kill_centre(self) -> None:
        """At once, without a word."""
        centre = self._running.pop(0)
        centre.kill()
        await centre.wait()
        if self._reading is not None:
            await self._reading

    async def set(self, line: str) -> None:
        """Change what the message centre does."""
        pipe = self._running[0].stdin
        assert pipe is not None
        before = len(self.events)
        pipe.write(f"{line}\n".encode())
        await self.until(lambda: any(one["event"] == "set" for one in self.events[before:]))

    def has(self, event: str, **fields: str) -> bool:
        """Whether the message centre told of it."""
        return any({**one, "event": event, **fields} == one for one in self.events)

    async def send(self, to: str, text: str, *, coding: int = 0) -> None:
        """Kannel sends a text."""
        query = {"username": "tea", "password": "tea", "to": to, "text": text, "charset": "utf-8", "coding": coding}
        reader, writer = await _opened(_SEND)
        writer.write(f"GET /cgi-bin/sendsms?{urllib.parse.urlencode(query)} HTTP/1.0\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        assert b" 202 " in answer.splitlines()[0], answer

    async def until(self, holds: Callable[[], bool], within_s: float = 30.0) -> None:
        """Wait for something of theirs."""
        try:
            async with asyncio.timeout(within_s):
                while not holds():
                    await asyncio.sleep(0)
        except TimeoutError:
            raise AssertionError(f"{self.events[-20:]} {self.came[-5:]}") from None

    async def _start(self, *command: str) -> None:
        self._running.append(await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL))

    async def _end(self, process: Process) -> None:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(5):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()

    async def _listens(self, port: int) -> None:
        async with asyncio.timeout(20):
            while True:
                try:
                    _, writer = await _opened(port)
                except OSError:
                    await asyncio.sleep(0)
                    continue
                writer.close()
                return

    async def _read(self, centre: Process) -> None:
        assert centre.stdout is not None
        async for line in centre.stdout:
            self.events.append(json.loads(line))

    async def _callback(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        query = head.split(" ")[1].partition("?")[2]
        told = urllib.parse.parse_qs(query, keep_blank_values=True, encoding="utf-8", errors="replace")
        fields = {name: values[0] for name, values in told.items()}
        if fields["coding"] == "2":
            raw = urllib.parse.parse_qs(query, encoding="latin-1")["text"][0].encode("latin-1")
            fields["text"] = raw.decode("utf-16-be", "replace")
        self.came.append(fields)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()


async def _opened(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(lambda: protocol, "127.0.0.1", port)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


async def _play(scene: str, *arguments: str) -> None:
    module, _, function = scene.partition(":")
    told = await getattr(importlib.import_module(module), function)(*arguments)
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(_play(*sys.argv[1:]))
