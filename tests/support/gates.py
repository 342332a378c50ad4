"""What a gateway is given, for tests: a store in memory behind `operate`, a clock that is set, no chance."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from pier import NOW_MS, Pier, Served
from thinline_server.config import Place
from thinline_server.gateways.base import Outside, Standing
from thinline_server.gateways.dial import Dialer
from thinline_server.gateways.fetch import Fetcher
from thinline_server.requests import ListAccounts, Request
from thinline_server.workers.pool import Pool

__all__ = ["Gate"]


@dataclass
class Gate:
    """A server behind a gateway.

    Attributes:
        served: hub and store.
        told: how the gateway stood, in order.
        asked: every request of its.
        answers: what requests of a type are answered with instead, while it is there.
        before: what happens right before a request of a type.
    """

    served: Served = field(default_factory=Served)
    now_ms: int = NOW_MS
    told: list[Standing] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    answers: dict[type, Any] = field(default_factory=dict)
    before: dict[type, Callable[[], object]] = field(default_factory=dict)
    _pier: Pier | None = None

    def account(self, name: str) -> bytes:
        """An account's id; it is made where there is none."""
        if not self.served.operate(ListAccounts(name))[0]:
            self.served.account(name)
        account: bytes = self.served.operate(ListAccounts(name))[0][0].account
        return account

    async def operate(self, request: Request) -> Any:
        """The store's answer."""
        self.asked.append(request)
        self.before.get(type(request), lambda: None)()
        if type(request) in self.answers:
            answer = self.answers[type(request)]
            if isinstance(answer, Exception):
                raise answer
            return answer
        await asyncio.sleep(0)
        return self._pier.operate(request) if self._pier else self.served.operate(request)[0]

    def operate_by(self, pier: Pier) -> None:
        """Let its handsets see what changes."""
        self._pier = pier

    def outside(self, *allowed: Place, pool: Pool | None = None) -> Outside:
        """For a gateway."""
        dial = _dialer(allowed)
        return Outside(self.operate, pool or Pool(warm=0), dial, Fetcher(dial), lambda: self.now_ms, lambda: 0.5)

    @property
    def states(self) -> list[str]:
        """Names of the states that were told."""
        return [standing.state.name for standing in self.told]


def _dialer(allowed: Iterable[Place]) -> Dialer:
    return Dialer(allowed)
