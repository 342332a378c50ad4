"""The cookies of all accounts: read from the store when they are first needed, and written when they changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from thinline_server.outside import ReadNote, WriteNote
from thinline_server.requests import Request
from thinline_server.services.web.cookies import Jar

__all__ = ["Jars"]

_NOTE = "web.cookies"


class Jars:
    """By account.

    Args:
        operate: asks the store.
        now_ms: since 1970.
    """

    def __init__(self, operate: Callable[[Request], Awaitable[Any]], now_ms: Callable[[], int]) -> None:
        self._operate = operate
        self._now_ms = now_ms
        self._jars: dict[bytes, Jar] = {}
        self._stored: dict[bytes, bytes] = {}

    async def of(self, account: bytes) -> Jar:
        """An account's."""
        if account not in self._jars:
            stored = await self._operate(ReadNote(account, _NOTE))
            assert isinstance(stored, bytes), stored
            if account not in self._jars:  # nobody else was quicker
                self._jars[account] = Jar(lambda: self._now_ms() // 1_000, stored)
                self._stored[account] = stored
        return self._jars[account]

    async def save(self, account: bytes) -> None:
        """Put it on stable storage, where it changed."""
        stored = self._jars[account].stored
        if stored != self._stored[account]:
            self._stored[account] = stored
            await self._operate(WriteNote(account, _NOTE, stored))
