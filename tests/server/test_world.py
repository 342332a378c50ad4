"""What joins an engine to the world: its gateways run, are woken and answer, and handsets hear of their trouble."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from thinline.reasons import Reason
from thinline_server.config import load_settings
from thinline_server.engine import start_engine
from thinline_server.requests import OwnAsk, Refused
from thinline_server.world import open_world

LIST_COOKIES = 21


async def test_asks_are_answered_as_long_as_the_world_is_there(tmp_path: Path) -> None:
    async with start_engine(load_settings(flags={"data": tmp_path / "data"})) as engine:
        told: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        engine.answer(OwnAsk(b"alice001", LIST_COOKIES, b""), told.set_result)
        assert await told == Refused(Reason.UNKNOWN_KIND)
        async with open_world(engine) as supervisor:
            names = {one["name"] for one in supervisor.status()}
            assert {"mail out", "mail taken in", "web"} <= names
            told = asyncio.get_running_loop().create_future()
            engine.answer(OwnAsk(b"alice001", LIST_COOKIES, b""), told.set_result)
            assert (await told).body == b""
            assert engine.queued == supervisor.wake
