"""Handsets that talk to each other, in a process of their own: what IM1 and IM2 measure.

It reads one JSON line: where the server is, the authority to trust, and names with their codes, two and two. Then it
takes orders: so many messages at so many a second from the first to the second, or as many as go with some outstanding.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack
from typing import Any

from thinline.bearers.grpc_stream import Tls
from thinline_emulator.apps.im.pages import Talk
from thinline_emulator.events import KeyPressed, SetRadio
from thinline_emulator.host import Handset, Options
from thinline_emulator.keys import Key
from thinline_emulator.memory import Volatile
from thinline_tools.bench.fleet import IDEAL

__all__ = ["Pair"]

_APP = "im"
_PATIENCE_S = 120.0


def _memory(handset: Handset) -> Volatile:
    memory = handset.machine.memory
    assert memory is not None, "it has power"
    return memory


class Pair:
    """Somebody who says something, and somebody who looks at it."""

    def __init__(self, sender: Handset, receiver: Handset, names: tuple[str, str]) -> None:
        self._sender, self._receiver, self._names = sender, receiver, names
        self._said = 0

    async def begin(self) -> None:
        """Both are linked, and have the conversation open."""
        for handset, peer in zip((self._sender, self._receiver), reversed(self._names), strict=True):
            await handset.until("settled", within_s=_PATIENCE_S)
            handset.do(SetRadio(IDEAL))
            await handset.until("settled", within_s=_PATIENCE_S)
            _memory(handset).focus.append(_APP)
            _memory(handset).screens[_APP] = Talk(peer)

    def say(self) -> str:
        """The send key, with a message typed; its text."""
        self._said += 1
        text = f"Is it still on, number {self._said:06}?"
        _memory(self._sender).screens[_APP] = Talk(self._names[1], text)
        self._sender.do(KeyPressed(Key.SEND))
        return text

    async def talk(self, count: int, per_s: float, warm: int) -> list[float]:
        """Seconds from when each should have been sent until it stood on the other's screen, in order."""
        due: dict[str, float] = {}
        took: list[float] = []

        async def watch() -> None:
            while len(took) < count + warm:
                screen = self._receiver.screen.text()
                now = time.perf_counter()
                took.extend([now - due.pop(text) for text in tuple(due) if text in screen])
                if len(took) < count + warm:
                    await self._receiver.changes.beyond(self._receiver.changes.count)

        async with asyncio.timeout(_PATIENCE_S), asyncio.TaskGroup() as group:
            group.create_task(watch())
            begin_s = time.perf_counter() + 0.1
            for number in range(count + warm):
                at_s = begin_s + number / per_s
                await asyncio.sleep(max(0.0, at_s - time.perf_counter()))
                due[self.say()] = at_s
        return took[warm:]

    async def pour(self, outstanding: int, begin_s: float, end_s: float) -> int:
        """As many as go; how many came to the other handset between begin and end."""
        cache = _memory(self._receiver).cache
        before, told = len(cache), 0
        counted = 0
        while (now := time.perf_counter()) < end_s:
            came = len(cache) - before
            if now >= begin_s:
                counted += came - told
            told = came
            while self._said - told < outstanding:
                self.say()
            await self._receiver.changes.beyond(self._receiver.changes.count)
        await self._sender.until("settled", within_s=_PATIENCE_S)
        return counted


async def _poured(pairs: list[Pair], order: dict[str, Any]) -> dict[str, Any]:
    begin_s = time.perf_counter() + order["warm_s"]
    end_s = begin_s + order["measure_s"]
    counts = await asyncio.gather(*(pair.pour(order["outstanding"], begin_s, end_s) for pair in pairs))
    return {"per_s": sum(counts) / order["measure_s"]}


async def _orders() -> None:
    loop = asyncio.get_running_loop()
    first = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    tls = Tls(first["authority"].encode()) if first["authority"] else None
    async with AsyncExitStack() as stack:
        handsets = [
            await stack.enter_async_context(Handset(server=first["server"], code=code, options=Options(tls=tls)))
            for _, code in first["people"]
        ]
        names = [name for name, _ in first["people"]]
        pairs = [Pair(handsets[at], handsets[at + 1], (names[at], names[at + 1])) for at in range(0, len(handsets), 2)]
        await asyncio.gather(*(pair.begin() for pair in pairs))
        print(json.dumps({"ready": len(pairs)}), flush=True)
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            order = json.loads(line)
            if "per_s" in order:
                took_s = await pairs[0].talk(order["count"], order["per_s"], order["warm"])
                print(json.dumps({"took_s": took_s}), flush=True)
            else:
                print(json.dumps(await _poured(pairs, order)), flush=True)


if __name__ == "__main__":
    asyncio.run(_orders())
