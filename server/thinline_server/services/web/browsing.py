"""The web's gateway: it answers what handsets ask. Between asks it has no connection and nothing to do."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping

from thinline.types import Collection
from thinline_server.gateways.answers import Answer
from thinline_server.gateways.base import GatewayState, Outside, Standing, Tell
from thinline_server.services.web.asking import Asking
from thinline_server.services.web.cache import Cache
from thinline_server.services.web.jars import Jars
from thinline_server.services.web.opening import Opener

__all__ = ["Browsing"]


class Browsing:
    """The gateway.

    Args:
        outside: what it works with.
    """

    name = "web"
    collection: int = Collection.COLLECTION_PAGES
    kinds: frozenset[int] = frozenset()

    def __init__(self, outside: Outside) -> None:
        cache = Cache()
        jars = Jars(outside.operate, outside.now_ms)
        self._opener = Opener(outside, cache, jars, secrets.token_bytes)
        self._asking = Asking(outside, cache, jars, self._opener)

    @property
    def answers(self) -> Mapping[int, Answer]:
        """Asks, by kind."""
        return self._asking.answers

    def wake(self) -> None:
        """There are no errands of it."""

    async def finish(self) -> None:
        """Asks end with their links."""

    async def run(self, tell: Tell) -> None:
        """Be there."""
        tell(Standing(GatewayState.IDLE))
        await asyncio.Event().wait()
