"""Everything between the services and the world, around an engine: workers, the gate, gateways, and who answers asks.

`async with open_world(engine) as world` is the whole of it, for the program and for whoever embeds a server.
"""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from thinline.v1 import line_pb2
from thinline_server.engine import Engine
from thinline_server.gateways.answers import Answers
from thinline_server.gateways.base import Gateway, Outside, Standing
from thinline_server.gateways.dial import Dialer
from thinline_server.gateways.fetch import Fetcher
from thinline_server.gateways.render import Renderer
from thinline_server.gateways.supervisor import TOLD_FOR_S, Supervisor
from thinline_server.services import SERVICES
from thinline_server.workers.pool import Pool

__all__ = ["open_world"]

_WHY_CHARACTERS = 200  # of a sentence, as handsets are told


@asynccontextmanager
async def open_world(engine: Engine) -> AsyncIterator[Supervisor]:
    """The gateways of a server, running until the block ends, and its handsets told how they stand."""
    settings = engine.settings
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(Pool(warm=1 if settings.mail.listen else 0))
        dial = Dialer(settings.named_places)
        web_dial = Dialer(settings.web_places)
        fetch = Fetcher(web_dial, settings.web.trust)
        render = Renderer(web_dial, fetch.budgets, (settings.data, settings.state)) if settings.web.render else None
        outside = Outside(engine.operate, pool, dial, fetch, _now_ms, random.random, render)
        gateways = [one for service in SERVICES for one in service.gateways(settings, outside)]
        answers = await stack.enter_async_context(Answers(gateways))
        tell = _Teller(engine)
        supervisor = await stack.enter_async_context(Supervisor(gateways, outside, tell))
        engine.queued, engine.answer = supervisor.wake, answers.submit
        yield supervisor


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class _Teller:
    """Tells those who follow a collection how its gateway stands."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __call__(self, gateway: Gateway, standing: Standing | None) -> None:
        """Anew, or with None that its trouble is over."""
        if not gateway.collection:
            return
        value = b""
        if standing is not None:
            told = line_pb2.GatewayStatus(
                name=gateway.name, why=standing.why[:_WHY_CHARACTERS], until_ms=standing.until_ms
            )
            told.state = line_pb2.GatewayState.ValueType(standing.state.value)
            value = told.SerializeToString()
        self._engine.announce(gateway.collection, value, TOLD_FOR_S)
