"""Keeps gateways running: starts them, starts them again with back-off, knows and tells how each stands.

A change of state is a line in the log. Handsets hear of trouble, again before their copy of it expires, and of its end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import structlog

from thinline_server.gateways.base import Gateway, GatewayFailed, GatewayState, Outside, Standing

__all__ = ["TOLD_FOR_S", "Supervisor"]

_log = structlog.get_logger("thinline.gateways")

_FIRST_S, _LONGEST_S = 1.0, 300.0  # of backing off
_SOUND_S = 60.0  # after which a gateway that ran begins anew
_FINISH_S = 5.0  # for what was begun, when the server stops
TOLD_FOR_S = 600  # handsets are told again at half of it


class Supervisor:
    """Gateways of one server; an async context in which they run.

    Args:
        gateways: all of them.
        outside: the clock and the chance are its.
        announce: tells the handsets how a gateway stands, or with None that its trouble is over.
    """

    def __init__(
        self,
        gateways: Iterable[Gateway],
        outside: Outside,
        announce: Callable[[Gateway, Standing | None], None],
    ) -> None:
        self._standings = {gateway: Standing(GatewayState.STARTING) for gateway in gateways}
        self._outside = outside
        self._announce = announce
        self._group = asyncio.TaskGroup()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        """Start them."""
        await self._group.__aenter__()
        for gateway in self._standings:
            self._tasks.append(self._group.create_task(self._keep(gateway)))
        self._tasks.append(self._group.create_task(self._remind()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let end what was begun, for some seconds, and stop them."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_FINISH_S):
                await asyncio.gather(*(gateway.finish() for gateway in self._standings))
        for task in self._tasks:
            task.cancel()
        await self._group.__aexit__(None, None, None)

    def wake(self, kinds: frozenset[int]) -> None:
        """Errands of these kinds were made."""
        for gateway in self._standings:
            if gateway.kinds & kinds:
                gateway.wake()

    def status(self) -> list[dict[str, Any]]:
        """How each stands, for an operator."""
        return [
            {"name": gateway.name, "state": standing.state.name, "why": standing.why, "until_ms": standing.until_ms}
            for gateway, standing in self._standings.items()
        ]

    async def _keep(self, gateway: Gateway) -> None:
        delay_s = _FIRST_S
        while True:
            began_ms = self._outside.now_ms()
            failed = await self._run(gateway)
            now_ms = self._outside.now_ms()
            if now_ms - began_ms >= 1_000 * _SOUND_S:
                delay_s = _FIRST_S
            wait_s = delay_s * (0.5 + self._outside.chance())
            self._told(gateway, Standing(failed.state, str(failed), now_ms + int(1_000 * wait_s)))
            await asyncio.sleep(wait_s)
            delay_s = min(2 * delay_s, _LONGEST_S)

    async def _run(self, gateway: Gateway) -> GatewayFailed:
        """One run; how it came to its end."""
        try:
            await gateway.run(lambda standing: self._told(gateway, standing))
        except Exception as error:
            first = _first(error)
            if isinstance(first, GatewayFailed):
                return first
            _log.error("gateway failed", gateway=gateway.name, exc_info=first)
            return GatewayFailed(GatewayState.BACKING_OFF, f"unexpected {type(first).__name__}")
        return GatewayFailed(GatewayState.BACKING_OFF, "it ended by itself")

    def _told(self, gateway: Gateway, standing: Standing) -> None:
        before = self._standings[gateway]
        if standing == before:
            return
        self._standings[gateway] = standing
        if (standing.state, standing.why) != (before.state, before.why):
            log = _log.warning if standing.troubled else _log.info
            log("gateway", gateway=gateway.name, state=standing.state.name, why=standing.why)
        if standing.troubled or before.troubled:
            self._announce(gateway, standing if standing.troubled else None)

    async def _remind(self) -> None:
        """Soft state expires: trouble that lasts is told again."""
        while True:
            await asyncio.sleep(TOLD_FOR_S / 2)
            for gateway, standing in self._standings.items():
                if standing.troubled:
                    self._announce(gateway, standing)


def _first(error: Exception) -> Exception:
    """The error itself, or the first of a group's."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
