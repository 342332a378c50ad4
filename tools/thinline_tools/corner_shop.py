"""The Corner, served on loopback: the site that an embedded server may fetch without a network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from thinline_tools.corner import Request, answer

__all__ = ["open_shop"]

_PORT = 7380  # so that a bookmark of it still leads there after the next start


@asynccontextmanager
async def open_shop(port: int = _PORT) -> AsyncIterator[int]:
    """Serve it until the block ends; its port, another where that one is taken."""
    runner = web.ServerRunner(web.Server(_served), access_log=None)
    await runner.setup()
    try:
        yield await _listen(runner, port)
    finally:
        await runner.cleanup()


async def _listen(runner: web.ServerRunner, port: int) -> int:
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
    except OSError:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
    listening: int = runner.addresses[0][1]
    return listening


async def _served(request: web.BaseRequest) -> web.Response:
    headers = {name.lower(): value for name, value in request.headers.items()}
    told = answer(Request(request.path, request.query_string, request.method, headers, await request.read()))
    media_type, _, charset = told.media_type.partition("; charset=")
    response = web.Response(body=told.body, status=told.status, content_type=media_type, charset=charset or None)
    for name, value in told.headers:
        response.headers.add(name, value)
    return response
