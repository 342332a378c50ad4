"""The web's gateway: it answers what handsets ask, sends forms and fetches files. It keeps no connection."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from thinline.types import Collection
from thinline_server.gateways.answers import Answer
from thinline_server.gateways.base import GatewayState, Outside, Standing, Tell
from thinline_server.services.web.asking import Asking
from thinline_server.services.web.cache import Cache
from thinline_server.services.web.jars import Jars
from thinline_server.services.web.opening import Opener
from thinline_server.services.web.sending import KINDS, Sending

__all__ = ["Browsing"]


class Browsing:
    """The gateway.

    Args:
        outside: what it works with.
    """

    name = "web"
    collection: int = Collection.COLLECTION_PAGES
    kinds = KINDS

    def __init__(self, outside: Outside) -> None:
        cache = Cache()
        jars = Jars(outside.operate, outside.now_ms)
        opener = Opener(outside, cache, jars, secrets.token_bytes)
        self._asking = Asking(outside, cache, jars, opener)
        self._sending = Sending(outside, cache, opener)

    @property
    def answers(self) -> Mapping[int, Answer]:
        """Asks, by kind."""
        return self._asking.answers

    def wake(self) -> None:
        """There is something to send or to fetch."""
        self._sending.loop.wake()

    async def finish(self) -> None:
        """Let end what is under way; asks end with their links."""
        await self._sending.loop.finish()

    async def run(self, tell: Tell) -> None:
        """Work through the queue."""
        tell(Standing(GatewayState.IDLE))
        await self._sending.loop.run()
