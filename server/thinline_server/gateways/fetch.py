"""One request to the web and what came of it, through the gate: each hop is read, checked and dialled anew.

Everything that a stranger's server decides is bounded: how often it sends elsewhere, how long it takes, what it sends,
and what that becomes when it is inflated (T5). No connection is used twice, so nothing that one answer leaves behind
can be taken for another's. A login is shown to the origin it was given for and to no other; cookies go by the jar's
rules, and no header tells where a reader came from. Proxies of the environment are not for this (abuse of all kinds).
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
import structlog
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_parser import RawResponseMessage
from aiohttp.streams import StreamReader
from yarl import URL

from thinline.limits import LIMITS
from thinline_server.config import SettingsError
from thinline_server.gateways.address import AddressRefused, origin_of, read_address
from thinline_server.gateways.budget import Budgets
from thinline_server.gateways.dial import Dialer, DialFailed, DialRefused
from thinline_server.gateways.inflate import ACCEPTED, BadBody, Inflater
from thinline_server.gateways.wish import Cause, FetchBounds, Fetched, FetchFailed, Login, Wish

__all__ = ["Fetcher"]

_log = structlog.get_logger("thinline.web")

_AGENT = "Mozilla/5.0 (compatible; Thinline)"
_AT_ONCE = 64  # of the whole server
_ACCOUNT_AT_ONCE = 6
_TURN_PIECES = 8  # inflated before others have their turn
_DOWNLOAD_BYTES_PER_S = 256 * 1024  # of what is larger than a page, at least
_HANDSHAKE_S = 20.0
_SLICE_BYTES = 4_096
_INTERIM = 16  # answers that only say that one is to come
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Fetcher:
    """Fetches for all accounts of a server.

    Args:
        dial: the only way to open a connection.
        trust: PEM file of who vouches for servers, beside the system's.
        bounds: of each request.
        budgets: of accounts.
        now: seconds of a clock that does not go back.

    Raises:
        SettingsError: the file is of no use.
    """

    def __init__(
        self,
        dial: Dialer,
        trust: Path | None = None,
        bounds: FetchBounds | None = None,
        budgets: Budgets | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._dial = dial
        self._tls = _context(trust)
        self.bounds = bounds or FetchBounds()
        self.budgets = budgets or Budgets()
        self._now = now
        self._all = asyncio.Semaphore(_AT_ONCE)
        self._mine: WeakValueDictionary[bytes, asyncio.Semaphore] = WeakValueDictionary()

    async def __call__(self, wish: Wish) -> Fetched:
        """Fetch one thing, wherever its address leads.

        Raises:
            FetchFailed: there is no answer, or none in bounds.
        """
        mine = self._mine.setdefault(wish.account, asyncio.Semaphore(_ACCOUNT_AT_ONCE))
        most_bytes = self._most_bytes(wish)
        connector = _Connector(self._dial, self._tls, self.bounds.head_bytes, most_bytes)
        total_s = self.bounds.total_s + max(0, most_bytes - self.bounds.body_bytes) / _DOWNLOAD_BYTES_PER_S
        try:
            async with asyncio.timeout(total_s), mine, self._all:
                return await self._fetch(wish, connector)
        except TimeoutError:
            self.budgets.missed(wish.account, self._now())
            failed = FetchFailed(Cause.TOO_SLOW, f"No whole answer in {total_s:.3g} seconds.")
            failed.sent = connector.connected
            raise failed from None
        finally:
            await connector.close()

    def _most_bytes(self, wish: Wish) -> int:
        return min(wish.body_bytes or self.bounds.body_bytes, LIMITS.blob_bytes)

    async def _fetch(self, wish: Wish, connector: _Connector) -> Fetched:
        """With what can go wrong named."""
        timeout = aiohttp.ClientTimeout(total=None, sock_read=self.bounds.idle_s)
        session = aiohttp.ClientSession(
            connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        )
        try:
            async with session:
                return await self._follow(session, wish)
        except Exception as error:
            failed = _translated(error, connector.flooded)
            if failed is None:
                raise
            failed.sent = connector.connected
            if failed.cause in (Cause.ADDRESS, Cause.UNREACHABLE, Cause.TOO_SLOW):
                self.budgets.missed(wish.account, self._now())
            raise failed from error

    async def _follow(self, session: aiohttp.ClientSession, wish: Wish) -> Fetched:
        url = read_address(wish.address, wish.base)
        first = origin_of(url)
        method, hops = wish.method, list[str]()
        while True:
            login = wish.login if origin_of(url) == first else None
            async with await self._ask(session, wish, url, method, login) as answer:
                wish.jar.keep(str(url), [_text(line) for line in answer.headers.getall("Set-Cookie", ())])
                location = _text(answer.headers.get("Location", ""))
                if answer.status not in _REDIRECTS or not location:
                    body, received_bytes = await self._body(wish, method, answer)
                    return Fetched(answer.status, str(url), _headers(answer), body, received_bytes, tuple(hops))
            hops.append(str(url))
            if len(hops) > self.bounds.hops:
                raise FetchFailed(Cause.REDIRECTS, f"The server sent on more than {self.bounds.hops} times.")
            if method == "POST" and answer.status in (301, 302, 303):
                method = "GET"
            url = read_address(location, str(url))

    async def _ask(
        self, session: aiohttp.ClientSession, wish: Wish, url: URL, method: str, login: Login | None
    ) -> aiohttp.ClientResponse:
        """One request; a second one where the server wants a login and there is one."""
        answer = await self._send(session, wish, url, method)
        asked = ", ".join(answer.headers.getall("WWW-Authenticate", ())).lower()
        if answer.status != 401 or login is None:
            return answer
        if "digest" in asked:
            answer.close()
            return await self._send(session, wish, url, method, digest=login)
        if "basic" in asked:
            answer.close()
            written = aiohttp.encode_basic_auth(login.name, login.password, encoding="utf-8")
            return await self._send(session, wish, url, method, basic=written)
        return answer

    async def _send(
        self,
        session: aiohttp.ClientSession,
        wish: Wish,
        url: URL,
        method: str,
        *,
        basic: str = "",
        digest: Login | None = None,
    ) -> aiohttp.ClientResponse:
        wait_s = self.budgets.ask(wish.account, self._now())
        if wait_s:
            _log.warning("an account fetches too much", account=wish.account.hex(), host=url.host, wait_s=round(wait_s))
            raise FetchFailed(Cause.BUDGET, "The account has fetched too much for now.", wait_s)
        headers = {
            "User-Agent": _AGENT,
            "Accept": wish.accept,
            "Accept-Encoding": ACCEPTED,
            "Accept-Language": wish.languages,
            "Cookie": wish.jar.cookies(str(url)),
            "Authorization": basic,
            "Content-Type": wish.content_type if method == "POST" else "",
        }
        more: dict[str, Any] = {}
        if digest is not None:
            more["middlewares"] = (aiohttp.DigestAuthMiddleware(digest.name, digest.password, preemptive=False),)
        return await session.request(
            method,
            url,
            headers={name: value for name, value in headers.items() if value},
            data=wish.body if method == "POST" else None,
            allow_redirects=False,
            **more,
        )

    async def _body(self, wish: Wish, method: str, answer: aiohttp.ClientResponse) -> tuple[bytes, int]:
        """Inflated and as it came; never more than the bound of either is held."""
        if method == "HEAD":
            return b"", 0
        most_bytes = self._most_bytes(wish)
        inflater = Inflater(answer.headers.get("Content-Encoding", ""))
        body, received_bytes, pieces = bytearray(), 0, 0
        try:
            async for data in answer.content.iter_any():
                received_bytes += len(data)
                for piece in inflater.feed(data):
                    body += piece
                    pieces += 1
                    if len(body) > most_bytes or received_bytes > most_bytes:
                        sentence = f"There is more than {most_bytes:,} bytes of it, which is too much to fetch."
                        raise FetchFailed(Cause.TOO_LARGE, sentence)
                    if pieces % _TURN_PIECES == 0:
                        await asyncio.sleep(0)
        finally:
            self.budgets.received(wish.account, received_bytes, self._now())
        inflater.finish()
        return bytes(body), received_bytes


class _Connector(aiohttp.BaseConnector):
    """Connections of one fetch: each dialled by the gate, and none kept."""

    def __init__(self, dial: Dialer, tls: ssl.SSLContext, head_bytes: int, body_bytes: int) -> None:
        super().__init__(force_close=True)
        self._dial = dial
        self._tls = tls
        self._head_bytes = head_bytes
        self._body_bytes = body_bytes
        self.connected = False
        self.flooded = False

    async def _create_connection(self, req: aiohttp.ClientRequest, traces: Any, timeout: Any) -> ResponseHandler:
        url = req.url
        host = url.raw_host or ""
        connected = await self._dial(host, url.port or 0)
        secure: dict[str, Any] = {}
        if url.scheme == "https":
            secure = {"ssl": self._tls, "server_hostname": host.rstrip("."), "ssl_handshake_timeout": _HANDSHAKE_S}
        try:
            _, handler = await self._loop.create_connection(self._handler, sock=connected, **secure)
        except ssl.SSLError as error:
            sentence = getattr(error, "verify_message", "") or error.reason or "no handshake"
            raise FetchFailed(Cause.INSECURE, f"{host} is not who it should be: {sentence}") from error
        self.connected = True
        return handler

    def _handler(self) -> _Counted:
        return _Counted(self._loop, self._head_bytes, self._body_bytes, self._flood)

    def _flood(self) -> None:
        self.flooded = True


class _Counted(ResponseHandler):
    """The reader of an answer, which ends a connection that brings more than any answer in bounds has."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, head_bytes: int, body_bytes: int, flood: Callable[[], None]
    ) -> None:
        super().__init__(loop)
        self._left_head_bytes = head_bytes
        self._left_bytes = head_bytes + 2 * body_bytes  # what frames the chunks is not part of the body
        self._left_interim = _INTERIM
        self._begun = False
        self._flood = flood

    def data_received(self, data: bytes) -> None:
        """In small slices until the head is there: a reader takes all heads of a slice apart at once."""
        self._left_bytes -= len(data)
        while data and not self._begun:
            data, piece = data[_SLICE_BYTES:], data[:_SLICE_BYTES]
            self._left_head_bytes -= len(piece)
            super().data_received(piece)
            if self._left_head_bytes < 0 or self._left_interim < 0:
                self._end()
                return
        if self._left_bytes < 0:
            self._end()
        elif data:
            super().data_received(data)

    def feed_data(self, data: tuple[RawResponseMessage, StreamReader], size: int = 0) -> None:
        """A head was read: of the answer, or of one that only says that it is to come."""
        if data[0].code >= 200 or data[0].code == 101:
            self._begun = True
        else:
            self._left_interim -= 1
        super().feed_data(data, size)

    def _end(self) -> None:
        if self.transport is not None:
            self._flood()
            self.transport.abort()


def _context(trust: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    try:
        if trust:
            context.load_verify_locations(trust.expanduser())
    except (OSError, ssl.SSLError) as error:
        told = f"web.trust: {trust} is no PEM file of an authority: {error.strerror or error}"
        raise SettingsError(told) from error
    return context


def _translated(error: Exception, flooded: bool) -> FetchFailed | None:
    """What went wrong, in the words of this module; None for what is no error of the world."""
    if flooded:
        return FetchFailed(Cause.TOO_LARGE, "The server sends more than any answer needs.")
    match error:
        case FetchFailed():
            return error
        case AddressRefused() | DialRefused():
            return FetchFailed(Cause.ADDRESS, str(error))
        case DialFailed():
            return FetchFailed(Cause.UNREACHABLE, str(error))
        case TimeoutError():
            return FetchFailed(Cause.TOO_SLOW, "The server stopped in the middle of its answer.")
        case BadBody():
            return FetchFailed(Cause.MALFORMED, str(error))
        case aiohttp.ClientResponseError() | aiohttp.ClientPayloadError() | aiohttp.InvalidURL():
            return FetchFailed(Cause.MALFORMED, "The server's answer is no whole answer of HTTP.")
        case aiohttp.ClientError() | OSError():
            return FetchFailed(Cause.UNREACHABLE, "The server hung up before it answered.")
        case _:
            return None


def _headers(answer: aiohttp.ClientResponse) -> dict[str, str]:
    names = {name.lower(): name for name in answer.headers}
    return {
        small: _text(", ".join(answer.headers.getall(name))) for small, name in names.items() if small != "set-cookie"
    }


def _text(value: str) -> str:
    """A header's value without halves of signs."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
