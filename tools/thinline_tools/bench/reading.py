"""A handset that reads pages for the bench: it asks as the web's app does, and waits until all of it is here.

Run as a module it is the other process of W4: it reads one JSON line (where the server is, and codes), links as many
handsets, prints a line, then reads one line of addresses and has each handset read all of them, in an order of its own.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from contextlib import AsyncExitStack
from typing import NamedTuple

from thinline.bodies import Body, read_body
from thinline.v1.page_pb2 import Page
from thinline.v1.web_pb2 import GetImage, OpenPage, PageOpened
from thinline_emulator.apps.web import fetching
from thinline_emulator.asks import AskState, Query, Standing
from thinline_emulator.events import Want
from thinline_emulator.fetches import Fetch
from thinline_emulator.host import Handset

__all__ = ["Came", "pictures", "text"]

_WIDE, _HIGH = 240, 160  # the classic handset's screen
_COLOURS = 256
_IMAGE_OFFSET = 6  # field number
_PATIENCE_S = 300.0


class Came(NamedTuple):
    """A page that was opened, and all of it."""

    opened: PageOpened
    page: Page


async def _asked(handset: Handset, wish: Query | Fetch) -> Standing:
    """Ask, and wait for all of the answer."""
    handset.do(Want(wish))

    def standing() -> Standing | None:
        return handset.machine.desk(handset.now).asked(wish)

    def is_over() -> bool:
        told = standing()
        return told is not None and told.state in (AskState.CAME, AskState.REFUSED)

    await handset.until(is_over, within_s=_PATIENCE_S)
    told = standing()
    assert told is not None, "it was waited for"
    memory = handset.machine.memory
    assert memory is not None, "it has power"
    memory.asks.drop(wish)
    return told


async def text(handset: Handset, address: str) -> Came:
    """Open a page and fetch what there is of it, as somebody does who wants all of it.

    Raises:
        RuntimeError: there is none.
    """
    ask = fetching.opening(OpenPage(address=address, fresh=True))
    told = PageOpened.FromString((await _asked(handset, ask)).body)
    if not told.page:
        raise RuntimeError(f"{address}: {told.sentence}")
    body = told.first
    while len(body) < told.encoded_size:
        piece = fetching.piece(told.page, len(body), told.encoded_size, whole=True)
        body += (await _asked(handset, piece)).body
    return Came(told, read_body(Body(told.packed, told.dictionary, told.size), body))


async def pictures(handset: Handset, opened: PageOpened) -> int:
    """Fetch every picture of a page, as large as the screen; how many came."""
    came = 0
    for number in range(1, opened.images + 1):
        ask = GetImage(page=opened.page, image=number, width=_WIDE, height=_HIGH, colours=_COLOURS)
        wish = Fetch(fetching.GET_IMAGE, ask.SerializeToString(), _IMAGE_OFFSET, _WIDE, _HIGH, _COLOURS)
        came += (await _asked(handset, wish)).state is AskState.CAME
    return came


async def _read_all(handset: Handset, number: int, addresses: list[str]) -> int:
    """All of them in an order of its own, each by an address that nobody else asks for; how many."""
    for place, address in enumerate(random.Random(number).sample(addresses, len(addresses))):
        await text(handset, f"{address}?{number}.{place}")
    return len(addresses)


async def _orders() -> None:
    loop = asyncio.get_running_loop()
    first = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    async with AsyncExitStack() as stack:
        handsets = [
            await stack.enter_async_context(Handset(server=first["server"], code=code)) for code in first["codes"]
        ]
        for handset in handsets:
            await handset.verb("radio wifi")
        await asyncio.gather(*(handset.until("settled", within_s=_PATIENCE_S) for handset in handsets))
        print(json.dumps({"ready": len(handsets)}), flush=True)
        order = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
        begun_s = time.perf_counter()
        readers = [_read_all(one, number, order["addresses"]) for number, one in enumerate(handsets)]
        pages = sum(await asyncio.gather(*readers))
        print(json.dumps({"pages": pages, "took_s": time.perf_counter() - begun_s}), flush=True)


if __name__ == "__main__":
    asyncio.run(_orders())
