"""The server as a program: the engine, the listener for handsets, the control socket, signals, and its end.

Only wiring. `async with Server(settings) as server` is the whole of it, for tests and for whoever embeds one;
`run` adds what a process needs. It ends cleanly on SIGTERM, SIGINT and the verb `stop`: handsets get a goodbye, the
store serves what was submitted, the marks are written. A store that fails ends it too, and says so (D7).
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import ssl
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Any, Self

import structlog

from thinline.bearers.grpc_stream import Listener, Tls, serve
from thinline_server.config import Settings, SettingsError
from thinline_server.control import serve_control
from thinline_server.engine import Engine, StoreLost, start_engine
from thinline_server.gateways.supervisor import Supervisor
from thinline_server.logs import loop_error
from thinline_server.requests import Request
from thinline_server.world import open_world

__all__ = ["Server", "raise_descriptors", "run", "version_of_this"]

_OWN_DESCRIPTORS = 128  # files of the store, listeners, operators

_log = structlog.get_logger("thinline.server")


def version_of_this() -> str:
    """The installed version of the distribution."""
    try:
        return version("thinline")
    except PackageNotFoundError:
        return "from source"


class Server:
    """One server with its sockets.

    Attributes:
        engine: store, hub and driver.
        supervisor: the gateways.
        port: where it listens for handsets.
    """

    engine: Engine
    supervisor: Supervisor
    port: int

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._stack = AsyncExitStack()
        self._began_s = time.monotonic()

    async def __aenter__(self) -> Self:
        """Start.

        Raises:
            LocalError: a folder or the address is taken, or off loopback there is no TLS (spec ID-9).
            SettingsError: the certificate or its key is of no use.
            StoreLost: the folders cannot be written to.
        """
        settings = self.settings
        tls = _tls(settings)
        async with AsyncExitStack() as stack:
            self.engine = await stack.enter_async_context(start_engine(settings))
            listener = await serve(self.engine.accept, settings.host, settings.port, tls)
            self.port = listener.port
            stack.push_async_callback(self._part, listener)
            self.supervisor = await stack.enter_async_context(open_world(self.engine))
            control = await serve_control(self, settings.state)
            stack.push_async_callback(control.close)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End as `run` does."""
        await self._stack.aclose()

    async def _part(self, listener: Listener) -> None:
        self.engine.dismiss()
        await listener.stop()

    # What the control socket needs

    @property
    def code_life_s(self) -> int:
        """How long an enrolment code is good for."""
        return self.settings.code_life_s

    async def operate(self, request: Request) -> Any:
        """Have the store do something for the operator."""
        return await self.engine.operate(request)

    def linked(self, handset: bytes) -> bool:
        """Whether a handset has a live link."""
        return handset in self.engine.hub.handsets

    def stop(self) -> None:
        """End, soon."""
        self.engine.stop()

    def status(self) -> dict[str, Any]:
        """What an operator asks first."""
        return {
            "version": version_of_this(),
            "pid": os.getpid(),
            "listen": f"{self.settings.host}:{self.port}",
            "encrypted": self.settings.tls_key is not None,
            "data": str(self.settings.data),
            "state": str(self.settings.state),
            "synchronous": self.engine.synchronous,
            "links": self.engine.hub.links,
            "links_most": self.settings.links_most,
            "handsets": len(self.engine.hub.handsets),
            "gateways": self.supervisor.status(),
            "up_s": round(time.monotonic() - self._began_s),
        }


def _tls(settings: Settings) -> Tls | None:
    if settings.tls_certificate is None or settings.tls_key is None:
        return None
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(settings.tls_certificate, settings.tls_key)
        return Tls(settings.tls_certificate.read_bytes(), settings.tls_key.read_bytes())
    except (OSError, ssl.SSLError) as error:
        names = f"{settings.tls_certificate} and {settings.tls_key}"
        sentence = f"{names} are not a certificate and its key: {error.strerror or error}; name two PEM files that are"
        raise SettingsError(sentence) from error


def raise_descriptors() -> int:
    """Every link is a socket: take as many descriptors as the system lets us; how many that are."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def _warn_of_few(descriptors: int, links_most: int) -> None:
    """Links beyond the descriptors would not be refused in words: no socket, no sentence."""
    if descriptors < links_most + _OWN_DESCRIPTORS:
        _log.warning(
            "descriptors are fewer than links_most needs; raise the limit (ulimit -Hn), or lower links_most",
            descriptors=descriptors,
            links_most=links_most,
        )


async def run(settings: Settings, make: Callable[[Settings], Server] = Server) -> None:
    """Serve until a signal or an operator ends it.

    Raises:
        LocalError: as `Server.__aenter__`.
        StoreLost: the store failed while it served.
    """
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(loop_error)
    _warn_of_few(raise_descriptors(), settings.links_most)
    async with make(settings) as server:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.stop)
        _log.info("listening", **{name: told for name, told in server.status().items() if name != "gateways"})
        await server.engine.ending.wait()
        _log.info("stopping", links=server.engine.hub.links)
    failed = server.engine.failed
    if failed is not None:
        raise StoreLost(f"the store failed: {failed.detail}. Nothing was acknowledged since; mend it and start again")
    _log.info("stopped")
