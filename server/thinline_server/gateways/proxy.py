"""The gate as a proxy of HTTP on a Unix socket: the only way out for a browser that runs strangers' programs.

Every connection that the browser wants, for a page, an image, a frame, a fetch or a WebSocket, is one request here. It
is judged as any address is, dialled by the gate, and counted; TLS inside a tunnel is the browser's to verify. What is
dialled is what was checked, whatever the browser believes of the name (T6).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from yarl import URL

from thinline_server.config import Place
from thinline_server.gateways.address import AddressRefused, read_address
from thinline_server.gateways.budget import Budgets
from thinline_server.gateways.dial import Dialer, DialFailed, DialRefused
from thinline_server.gateways.wish import Cause, FetchFailed

__all__ = ["Proxy", "ProxyBounds"]

_HEAD_BYTES = 65_536
_HEAD_S = 20.0
_PIECE_BYTES = 65_536
_OWN_HEADERS = ("connection", "host", "proxy-authorization", "proxy-connection", "keep-alive", "upgrade")


@dataclass(frozen=True, slots=True)
class ProxyBounds:
    """What one page may take.

    Attributes:
        connections: in all.
        received_bytes: of all of them, as they came.
    """

    connections: int = 128
    received_bytes: int = 24 * 1024 * 1024


class Proxy:
    """For one page of one account.

    Args:
        dial: the only way to open a connection.
        budgets: of accounts.
        account: whose page it is.
        now: seconds of the budgets' clock.
        bounds: of the page.

    Attributes:
        received_bytes: what came in so far.
        refused: places to which there was no connection, and why.
    """

    def __init__(
        self,
        dial: Dialer,
        budgets: Budgets,
        account: bytes,
        now: Callable[[], float],
        bounds: ProxyBounds | None = None,
    ) -> None:
        self._dial = dial
        self._budgets = budgets
        self._account = account
        self._now = now
        self._bounds = bounds or ProxyBounds()
        self._connections = 0
        self.received_bytes = 0
        self.refused: dict[Place, FetchFailed] = {}

    @asynccontextmanager
    async def serve(self, path: Path) -> AsyncIterator[None]:
        """Listen there; all connections end with this."""
        busy: set[asyncio.Task[None]] = set()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            busy.add(task)
            try:
                await self._answer(reader, writer)
            except (OSError, asyncio.CancelledError):
                writer.transport.abort()  # somebody hung up, or the page is done
            finally:
                busy.discard(task)
                writer.close()

        server = await asyncio.start_unix_server(answer, path, limit=_HEAD_BYTES)
        try:
            yield
        finally:
            server.close()
            for task in busy:
                task.cancel()
            await asyncio.gather(*busy, return_exceptions=True)
            self._budgets.received(self._account, self.received_bytes, self._now())

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_HEAD_S):
                head = await reader.readuntil(b"\r\n\r\n")
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        method, _, rest = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
        try:
            url = _read(method, rest.rpartition(" ")[0])
            far_reader, far_writer = await self._open(url)
        except (AddressRefused, FetchFailed):
            self._budgets.missed(self._account, self._now())
            return  # without a word: a page that is answered takes that for a server's
        try:
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            else:
                far_writer.write(_for_origin(head, method, url))
            await self._join((reader, far_writer), (far_reader, writer))
        finally:
            far_writer.transport.abort()

    async def _open(self, url: URL) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self._connections += 1
        place = url.raw_host or "", url.port or 0
        try:
            if self._connections > self._bounds.connections:
                raise FetchFailed(Cause.TOO_LARGE, "The page wants more connections than one page needs.")
            if wait_s := self._budgets.ask(self._account, self._now()):
                raise FetchFailed(Cause.BUDGET, "The account has fetched too much for now.", wait_s)
            connected = await self._dial(*place)
        except DialRefused as error:
            failed = FetchFailed(Cause.ADDRESS, str(error))
        except DialFailed as error:
            failed = FetchFailed(Cause.UNREACHABLE, str(error))
        except FetchFailed as error:
            failed = error
        else:
            return await asyncio.open_connection(sock=connected)  # noqa: TID251 (the gate's own socket)
        self.refused[place] = failed
        raise failed

    async def _join(
        self,
        out: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        back: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        """Carry bytes both ways until the far end is done, or too much came."""
        async with asyncio.TaskGroup() as tasks:
            forth = tasks.create_task(self._carry(*out))
            await self._carry(*back, counted=True)
            forth.cancel()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counted: bool = False) -> None:
        try:
            while data := await reader.read(_PIECE_BYTES):
                if counted:
                    self.received_bytes += len(data)
                    if self.received_bytes > self._bounds.received_bytes:
                        return
                writer.write(data)
                await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()
        except OSError:
            return  # the other way ends as well


def _read(method: str, target: str) -> URL:
    url = read_address(f"https://{target}" if method == "CONNECT" else target)
    if method != "CONNECT" and url.scheme != "http":
        raise AddressRefused("What has https: comes through a tunnel.")
    return url


def _for_origin(head: bytes, method: str, url: URL) -> bytes:
    """A request to a proxy as its server gets it; the connection is for this one only."""
    lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")[1:]
    kept = [line for line in lines if line.partition(b":")[0].strip().lower().decode("latin-1") not in _OWN_HEADERS]
    first = f"{method} {url.raw_path_qs} HTTP/1.1\r\nHost: {url.authority}\r\nConnection: close".encode()
    return b"\r\n".join([first, *kept]) + b"\r\n\r\n"
