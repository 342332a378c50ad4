"""Waiting for a condition instead of sleeping: the loop turns until it holds, or the test fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

__all__ = ["until"]


async def until(condition: Callable[[], object], within_s: float = 20.0) -> None:
    """Let the loop turn until the condition holds.

    Raises:
        TimeoutError: when it does not within so many seconds.
    """
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0)
