"""The web's gateway stands by, and ends when it is told to."""

from __future__ import annotations

import asyncio

import pytest

from gates import Gate
from thinline_server.services.web.browsing import Browsing


async def test_it_is_idle_until_it_is_ended() -> None:
    gate = Gate()
    browsing = Browsing(gate.outside())
    browsing.wake()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await browsing.run(gate.told.append)
    await browsing.finish()
    assert gate.states == ["IDLE"]
