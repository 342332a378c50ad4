"""A page that shows nothing until its programs have run, as it is once they have: a browser's work, behind the gate.

Each page gets a browser of its own, in a process tree of its own that ends with the page: in namespaces without a
network, with the gate's proxy as the one way out, without the server's folders. It costs about two seconds and as much
memory as a browser takes, so it is optional (`[render]`), and few run at once.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yarl import URL

from thinline_server.config import SettingsError
from thinline_server.gateways.address import AddressRefused, read_address
from thinline_server.gateways.budget import Budgets
from thinline_server.gateways.dial import Dialer
from thinline_server.gateways.proxy import Proxy, ProxyBounds
from thinline_server.gateways.wish import Cause, Fetched, FetchFailed, Wish

__all__ = ["RenderBounds", "Renderer", "missing"]

_PROGRAM = "chromium-headless-shell"
_NAMESPACES = ("--user", "--map-root-user", "--net", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc")
_AT_ONCE = 2
_TRIES, _TRY_S = 50, 0.1  # to remove a browser's files


@dataclass(frozen=True, slots=True)
class RenderBounds:
    """What one page may take.

    Attributes:
        html_characters: of the page once its programs have run.
        total_s: from the browser's start to its end.
        load_s: until the page is loaded.
        settle_s: for what it fetches after that.
        memory_bytes: of each process of the browser.
        proxy: of its connections.
    """

    html_characters: int = 8 * 1024 * 1024
    total_s: float = 45.0
    load_s: float = 30.0
    settle_s: float = 4.0
    memory_bytes: int = 1024 * 1024 * 1024
    proxy: ProxyBounds = field(default_factory=ProxyBounds)


def missing() -> str:
    """What this machine lacks for rendering, as a sentence that says what to do; empty where it lacks nothing."""
    if importlib.util.find_spec("playwright") is None:
        return "rendering needs playwright: pip install 'thinline[render]'"
    if not shutil.which(_PROGRAM):
        return f"rendering needs {_PROGRAM} (Debian: apt install {_PROGRAM})"
    if not shutil.which("unshare"):
        return "rendering needs unshare (Debian: apt install util-linux)"
    if subprocess.run(["unshare", *_NAMESPACES, "true"], check=False, capture_output=True).returncode:
        return "rendering needs namespaces, which this system does not give to this user"
    return ""


class Renderer:
    """Fetches as a `Fetcher` does, with a browser.

    Args:
        dial: the only way to open a connection.
        budgets: of accounts.
        hide: folders that no browser sees.
        bounds: of a page.
        now: seconds of the budgets' clock.

    Raises:
        SettingsError: this machine lacks what it takes.
    """

    def __init__(
        self,
        dial: Dialer,
        budgets: Budgets,
        hide: Sequence[Path] = (),
        bounds: RenderBounds | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        if lacks := missing():
            raise SettingsError(f"web.render: {lacks}")
        self._dial = dial
        self._budgets = budgets
        self._hide = [str(one.absolute()) for one in hide]
        self.bounds = bounds or RenderBounds()
        self._now = now
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def __call__(self, wish: Wish) -> Fetched:
        """The page at the wish's address, once its programs have run; forms and logins are none of its.

        Raises:
            FetchFailed: there is none, or none in bounds.
        """
        try:
            address = str(read_address(wish.address, wish.base))
        except AddressRefused as error:
            raise FetchFailed(Cause.ADDRESS, str(error)) from error
        proxy = Proxy(self._dial, self._budgets, wish.account, self._now, self.bounds.proxy)
        try:
            patience = asyncio.timeout(self.bounds.total_s)
            async with patience, self._turns, _folder() as folder, proxy.serve(Path(folder) / "gate"):
                told = await self._run(address, wish.jar.cookies(address), folder)
        except TimeoutError:
            raise FetchFailed(Cause.TOO_SLOW, "The page's programs did not come to an end in time.") from None
        final = self._final(told, proxy)
        wish.jar.keep(str(final), told["cookies"])
        headers = {"content-type": "text/html; charset=utf-8"}
        body = told["html"].encode("utf-8", "replace")
        return Fetched(told["status"], str(final), headers, body, proxy.received_bytes)

    @staticmethod
    def _final(told: Mapping[str, Any], proxy: Proxy) -> URL:
        """Where the page is, if it is one."""
        try:
            final = read_address(told["address"])
        except AddressRefused as error:
            raise FetchFailed(Cause.ADDRESS, f"The page led to where nothing is fetched. {error}") from error
        if failed := proxy.refused.get((final.raw_host or "", final.port or 0)):
            raise failed
        if "failed" in told:
            raise _failed(told["failed"])
        return final

    async def _run(self, address: str, cookies: str, folder: str) -> Mapping[str, Any]:
        """One browser, from its start to its end."""
        bounds = self.bounds
        order = {
            "address": address,
            "cookies": cookies,
            "proxy": f"{folder}/gate",
            "program": shutil.which(_PROGRAM),
            "hide": self._hide,
            "total_s": bounds.total_s,
            "load_s": bounds.load_s,
            "settle_s": bounds.settle_s,
            "html_characters": bounds.html_characters,
            "memory_bytes": bounds.memory_bytes,
        }
        process = await asyncio.create_subprocess_exec(
            *("unshare", *_NAMESPACES, sys.executable, "-P", "-m", "thinline_server.gateways.browser"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "HOME": folder,
                "TMPDIR": folder,
                "LC_ALL": "C.UTF-8",
            },
        )
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(order).encode() + b"\n")
            most_bytes = 8 * bounds.html_characters
            told = bytearray()
            while data := await process.stdout.read(65_536):
                told += data
                if len(told) > most_bytes:
                    return {"address": address, "failed": "too large"}
            return json.loads(told) if told else {"address": address, "failed": "it ended"}
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


@asynccontextmanager
async def _folder() -> AsyncIterator[str]:
    """For a browser's files; they go with it. Its processes may end a moment after the one that holds them."""
    folder = tempfile.mkdtemp(prefix="thinline-render-")
    try:
        yield folder
    finally:
        await asyncio.to_thread(_remove, folder)


def _remove(folder: str) -> None:
    for _ in range(_TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.exists(folder):
            return
        time.sleep(_TRY_S)


def _failed(sentence: str) -> FetchFailed:
    """In the words of a fetch."""
    if sentence == "too large":
        return FetchFailed(Cause.TOO_LARGE, "The page grew larger than a page is.")
    if "ERR_CERT" in sentence or "ERR_SSL" in sentence:
        return FetchFailed(Cause.INSECURE, sentence)
    if "Timeout" in sentence:
        return FetchFailed(Cause.TOO_SLOW, "The page did not load in time.")
    return FetchFailed(Cause.UNREACHABLE, f"The browser has no page: {sentence}")
