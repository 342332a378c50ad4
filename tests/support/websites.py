"""Web servers on loopback for tests: one that speaks HTTP well, and one that says whatever bytes it is given."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from aiohttp import web

__all__ = ["Handler", "Site", "raw_site", "site"]

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Site:
    """A server: its port, and each request's method, path and headers in order."""

    port: int = 0
    scheme: str = "http"
    asked: list[tuple[str, str]] = field(default_factory=list)
    heads: list[Mapping[str, str]] = field(default_factory=list)

    def address(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """Of one of its pages."""
        return f"{self.scheme}://{host}:{self.port}{path}"


@asynccontextmanager
async def site(routes: Mapping[str, Handler], tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    """Pages by path."""
    told = Site(scheme="https" if tls else "http")

    async def answer(request: web.Request) -> web.StreamResponse:
        told.asked.append((request.method, request.path_qs))
        told.heads.append(dict(request.headers))
        handler = routes.get(request.path)
        return await handler(request) if handler else web.Response(status=404, text="There is no such page.")

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        told.port = runner.addresses[0][1]
        yield told
    finally:
        await runner.cleanup()


@asynccontextmanager
async def raw_site(*pieces: bytes, endless: bytes = b"", wait_s: float = 0.0) -> AsyncIterator[Site]:
    """Whatever is asked, these bytes; then `endless` again and again, each after a while."""
    told = Site()
    busy: set[asyncio.Task[None]] = set()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        gone = False
        while endless and not gone:
            writer.write(endless)
            await writer.drain()
            with suppress(TimeoutError):
                gone = await asyncio.wait_for(reader.read(1), wait_s) == b""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        busy.add(task := cast("asyncio.Task[None]", asyncio.current_task()))
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            method, path, _ = head.decode("latin-1").split(" ", 2)
            told.asked.append((method, path))
            await speak(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            busy.discard(task)
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        told.port = server.sockets[0].getsockname()[1]
        yield told
        await asyncio.gather(*busy)  # they notice that nobody listens any more
