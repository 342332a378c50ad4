"""The Corner on loopback: over HTTP it says what the function says, and a taken port is no obstacle."""

from __future__ import annotations

import aiohttp
import pytest

from thinline_tools.corner_shop import open_shop

pytestmark = pytest.mark.system


async def test_it_is_served() -> None:
    async with open_shop(0) as port, aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{port}/") as told:
            assert told.status == 200
            assert told.content_type == "text/html"
            assert "A tea house" in await told.text()
        async with session.post(f"http://127.0.0.1:{port}/order", data={"name": "Bob"}) as told:
            assert "Thank you, Bob" in await told.text()
            assert told.cookies["orders"].value == "1"
        async with session.get(f"http://127.0.0.1:{port}/boat.png") as told:
            assert (await told.read()).startswith(b"\x89PNG")


async def test_a_port_that_is_taken_is_another() -> None:
    async with open_shop(0) as port, open_shop(port) as other:
        assert other != port
