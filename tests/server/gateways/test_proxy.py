"""The gate as a browser's proxy: what it judges, what it carries, and that it counts. T5, T6, T8."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiohttp import web

from thinline_server.gateways.budget import Allowance, Budgets, Rate
from thinline_server.gateways.dial import Dialer
from thinline_server.gateways.proxy import Proxy, ProxyBounds
from thinline_server.gateways.wish import Cause
from websites import Site, raw_site, site

pytestmark = pytest.mark.system

ALICE = b"alice"


class Talk:
    """A browser's side of one proxy."""

    def __init__(self, proxy: Proxy, path: Path) -> None:
        self.proxy = proxy
        self._path = path

    async def say(self, *pieces: bytes) -> bytes:
        """All that comes back on one connection."""
        reader, writer = await asyncio.open_unix_connection(self._path)
        try:
            for piece in pieces:
                writer.write(piece)
            return await reader.read()
        finally:
            writer.close()

    async def get(self, address: str) -> bytes:
        head, _, body = (await self.say(f"GET {address} HTTP/1.1\r\nHost: x.test\r\n\r\n".encode())).partition(
            b"\r\n\r\n"
        )
        return body or head.partition(b"\r\n")[0]


@asynccontextmanager
async def proxied(
    tmp_path: Path, *sites: Site, bounds: ProxyBounds | None = None, budgets: Budgets | None = None
) -> AsyncIterator[Talk]:
    async def resolve(host: str, _port: int) -> list[str]:
        return ["127.0.0.1"] if host == "home.test" else [host]

    dial = Dialer([("home.test", one.port) for one in sites], resolve)
    proxy = Proxy(dial, budgets or Budgets(), ALICE, lambda: 7.0, bounds)
    async with proxy.serve(tmp_path / "gate"):
        yield Talk(proxy, tmp_path / "gate")


async def hello(request: web.Request) -> web.Response:
    return web.Response(text=f"hello {request.query_string}")


async def test_a_page_is_fetched_as_its_server_would_be_asked(tmp_path: Path) -> None:
    async with site({"/p": hello}) as home, proxied(tmp_path, home) as talk:
        address = home.address("/p?q=%C3%B6", "home.test")
        head = f"GET {address} HTTP/1.1\r\nHost: other.test\r\nProxy-Connection: keep-alive\r\nAccept: x/y\r\n\r\n"
        told = await talk.say(head.encode())
    assert told.endswith(b"hello q=%C3%B6") or told.endswith("hello q=ö".encode())
    (headers,) = home.heads
    assert headers == {"Host": f"home.test:{home.port}", "Connection": "close", "Accept": "x/y"}


async def test_a_form_s_body_goes_with_it(tmp_path: Path) -> None:
    async def take(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    async with site({"/": take}) as home, proxied(tmp_path, home) as talk:
        head = f"POST {home.address('/', 'home.test')} HTTP/1.1\r\nContent-Length: 3\r\n\r\n".encode()
        assert (await talk.say(head, b"a=1")).endswith(b"\r\n\r\na=1")


async def test_a_tunnel_carries_what_the_browser_says(tmp_path: Path) -> None:
    async with site({"/": hello}) as home, proxied(tmp_path, home) as talk:
        inner = b"GET /?x HTTP/1.1\r\nHost: home.test\r\nConnection: close\r\n\r\n"
        told = await talk.say(f"CONNECT home.test:{home.port} HTTP/1.1\r\n\r\n".encode(), inner)
    assert told.startswith(b"HTTP/1.1 200 Connected\r\n\r\nHTTP/1.1 200 OK")
    assert told.endswith(b"hello x")


@pytest.mark.parametrize(
    "first",
    [
        *("CONNECT 127.0.0.1:443", "CONNECT [::1]:443", "CONNECT 127.1:443", "CONNECT home.test:22", "CONNECT x:0"),
        *("CONNECT 169.254.169.254:80", "CONNECT alice@home.test:443", "CONNECT 10.0.0.1:443", "CONNECT :443"),
        *("GET http://127.0.0.1:8080/", "GET http://[::ffff:10.0.0.1]/", "GET https://home.test/", "GET /", "GET *"),
        *("GET file:///etc/passwd", "GET http://0x7f000001/", "GET gopher://home.test:6379/", "", "\xff\xfe"),
    ],
)
async def test_what_may_not_be_dialled_is_not(first: str, tmp_path: Path) -> None:
    """T6, T8."""
    async with proxied(tmp_path) as talk:
        told = await talk.say(f"{first} HTTP/1.1\r\nHost: home.test\r\n\r\n".encode("latin-1"))
        assert told == b""
        assert {failed.cause for failed in talk.proxy.refused.values()} <= {Cause.ADDRESS}


async def test_what_does_not_answer_is_told_apart(tmp_path: Path) -> None:
    async with raw_site(b"") as home:
        pass
    async with proxied(tmp_path, home) as talk:
        assert await talk.get(home.address("/", "home.test")) == b""
        assert talk.proxy.refused["home.test", home.port].cause is Cause.UNREACHABLE


async def test_a_page_has_so_many_connections(tmp_path: Path) -> None:
    """T5."""
    async with site({"/": hello}) as home, proxied(tmp_path, home, bounds=ProxyBounds(connections=3)) as talk:
        told = [await talk.get(home.address("/", "home.test")) for _ in range(5)]
        assert told == [b"hello "] * 3 + [b""] * 2
        assert talk.proxy.refused["home.test", home.port].cause is Cause.TOO_LARGE


async def test_a_page_takes_from_its_account_s_budget(tmp_path: Path) -> None:
    """T1."""
    budgets = Budgets(Allowance(requests=Rate(2, 0.5), body_bytes=Rate(200, 1)))
    async with site({"/": hello}) as home, proxied(tmp_path, home, budgets=budgets) as talk:
        told = [await talk.get(home.address("/", "home.test")) for _ in range(3)]
        assert told == [b"hello ", b"hello ", b""]
        assert talk.proxy.refused["home.test", home.port].cause is Cause.BUDGET
    assert budgets.ask(ALICE, 7.0) > 100  # for what came
    assert budgets.ask(b"bob", 7.0) == 0


async def test_what_never_ends_is_ended(tmp_path: Path) -> None:
    """T5."""
    bounds = ProxyBounds(received_bytes=1024 * 1024)
    begin = b"HTTP/1.1 200 OK\r\n\r\n"
    async with raw_site(begin, endless=bytes(65_536)) as home, proxied(tmp_path, home, bounds=bounds) as talk:
        told = await talk.say(f"GET {home.address('/', 'home.test')} HTTP/1.1\r\n\r\n".encode())
    assert 900_000 < len(told) <= bounds.received_bytes


async def test_a_head_that_is_none_ends_the_connection(tmp_path: Path) -> None:
    """T8."""
    async with proxied(tmp_path) as talk:
        assert await talk.say(b"x" * 100_000) == b""


async def test_what_is_open_ends_with_the_page(tmp_path: Path) -> None:
    async with raw_site(b"HTTP/1.1 200 OK\r\n\r\n", endless=b"x", wait_s=0.05) as home:
        async with proxied(tmp_path, home) as talk:
            reader, writer = await asyncio.open_unix_connection(tmp_path / "gate")
            writer.write(f"GET {home.address('/', 'home.test')} HTTP/1.1\r\n\r\n".encode())
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        assert talk.proxy.received_bytes > 0
        with suppress(ConnectionError):
            while await reader.read(100):
                pass
        writer.close()
