"""The world of texts on the other side: a message centre on npm's smpp, and Debian's Kannel behind it.

`Texting` starts both, takes what Kannel's callbacks bring, and has Kannel send. Kannel listens on every interface: who
runs this does so in a network namespace, as `in_namespace` starts a program. Processes are ended by their id.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.parse
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

__all__ = ["CENTRE", "Texting", "in_namespace", "missing"]

CENTRE = "127.0.0.1:2775"
_CONF = Path(__file__).resolve().parent / "centre"
_MODULES = Path(sys.prefix) / "node" / "node_modules"
_NEEDED = {"node": "nodejs", "bearerbox": "kannel", "smsbox": "kannel", "unshare": "util-linux", "ip": "iproute2"}
_LOOK_S = 0.02  # between two looks at what is not theirs
_CALLBACKS, _SMSBOX, _SEND = 13_099, 13_001, 13_013


def missing() -> str:
    """Why it can not run here; empty where it can."""
    absent = [f"{program} (apt package {package})" for program, package in _NEEDED.items() if not shutil.which(program)]
    if not (_MODULES / "smpp").exists():
        absent.append("smpp (npm)")
    if absent:
        return f"{', '.join(absent)} is missing"
    made = subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode == 0
    return "" if made else "this system makes no network namespaces for us"


def in_namespace(command: Sequence[str]) -> list[str]:
    """The command that runs a command with a loopback interface of its own and nothing else."""
    return ["unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command]


class Texting:
    """Both, running.

    Attributes:
        came: what Kannel's callbacks brought: from, to and text of each.
        at_s: by text, when it came, as `time.perf_counter` counts.
        events: what the message centre told.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.came: list[dict[str, str]] = []
        self.at_s: dict[str, float] = {}
        self._news = asyncio.Event()
        self._awaited: dict[str, asyncio.Event] = {}
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
        """Wait for something of theirs, or of whoever speaks to them.

        Raises:
            RuntimeError: it did not come.
        """
        try:
            async with asyncio.timeout(within_s):
                while not holds():
                    self._news.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._news.wait(), _LOOK_S)
        except TimeoutError:
            raise RuntimeError(f"{self.events[-20:]} {self.came[-5:]}") from None

    async def arrives(self, text: str, within_s: float) -> None:
        """Until Kannel's callback brings it."""
        came = self._awaited.setdefault(text, asyncio.Event())
        if text not in self.at_s:
            await asyncio.wait_for(came.wait(), within_s)

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
                    await asyncio.sleep(_LOOK_S)
                    continue
                writer.close()
                return

    async def _read(self, centre: Process) -> None:
        assert centre.stdout is not None
        async for line in centre.stdout:
            self.events.append(json.loads(line))
            self._news.set()

    async def _callback(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        query = head.split(" ")[1].partition("?")[2]
        told = urllib.parse.parse_qs(query, keep_blank_values=True, encoding="utf-8", errors="replace")
        fields = {name: values[0] for name, values in told.items()}
        if fields["coding"] == "2":
            raw = urllib.parse.parse_qs(query, encoding="latin-1")["text"][0].encode("latin-1")
            fields["text"] = raw.decode("utf-16-be", "replace")
        self.came.append(fields)
        self._news.set()
        self.at_s[fields["text"]] = time.perf_counter()
        if fields["text"] in self._awaited:
            self._awaited[fields["text"]].set()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()


async def _opened(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(lambda: protocol, "127.0.0.1", port)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)
