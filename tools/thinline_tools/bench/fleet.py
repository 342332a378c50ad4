"""The bench's handsets: real ones, many in a process of their own, on sockets of their own, over an ideal radio.

Run as a module it is the other process of one measurement. It reads one JSON line (where the server is, codes, and
what to do), and prints one JSON line for each step; it ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from thinline.intents import Change, Create
from thinline.merge import Content, difference
from thinline.types import TYPES
from thinline.v1 import contacts_pb2
from thinline_emulator.events import Make, SetRadio, SwitchRadio
from thinline_emulator.host import Handset
from thinline_emulator.memory import Volatile
from thinline_emulator.radio import RadioProfile

__all__ = ["IDEAL", "Editor"]

_CONTACT = 1
_PATIENCE_S = 300.0
_PAYLOAD_BYTES = 160  # of notes; with its name, ids and digests an edit is about 200 bytes

# No radio at all: what a bench of the server wants between the handset and its socket.
IDEAL = RadioProfile(
    name="ideal",
    up_bytes_s=1e18,
    down_bytes_s=1e18,
    latency_s=0.0,
    promotion_s=0.0,
    loss=0.0,
    retry_s=0.0,
    overhead_bytes=0,
    burst_bytes=1 << 20,
    idle_ma=0.0,
    search_ma=0.0,
    active_ma=0.0,
    tails=(),
)


@dataclass(slots=True)
class Counts:
    """What one editor saw: outcomes while it was measured, and how long each took, in seconds."""

    outcomes: int = 0
    took_s: list[float] | None = None


def _contact(notes: str) -> Content:
    return Content(contacts_pb2.Contact(name="Somebody", notes=notes).SerializeToString())


class Editor:
    """A handset that keeps a number of edits of one contact outstanding."""

    def __init__(self, handset: Handset, number: int) -> None:
        self._handset = handset
        self._item = number.to_bytes(12, "big")
        self._edits = 0
        self._says = _contact("x" * _PAYLOAD_BYTES)

    async def begin(self) -> None:
        """Enrol, and make the contact."""
        await self._handset.until("settled")
        self._handset.do(SetRadio(IDEAL))
        await self._handset.until("settled")
        self._handset.do(Make(Create(self._item, _CONTACT, self._says)))
        await self._handset.until("settled")

    def edit(self) -> None:
        """One more edit."""
        self._edits += 1
        notes = f"{self._edits:08}".ljust(_PAYLOAD_BYTES, "x")
        before, self._says = self._says, _contact(notes)
        self._handset.do(Make(Change(self._item, difference(before, self._says, TYPES[_CONTACT].merges))))

    async def run(self, outstanding: int, begin_s: float, end_s: float) -> Counts:
        """Edit until the end; what is answered between begin and end is counted."""
        counts = Counts(took_s=[])
        outbox = _memory(self._handset).outbox
        made: list[float] = []
        while (now := time.perf_counter()) < end_s:
            answered = len(made) - len(outbox)
            if answered and now >= begin_s:
                counts.outcomes += answered
                assert counts.took_s is not None
                counts.took_s += [now - at_s for at_s in made[:answered]]
            del made[:answered]
            while len(made) < outstanding:
                self.edit()
                made.append(time.perf_counter())
            await self._handset.changes.beyond(self._handset.changes.count)
        await self._handset.until("settled")
        return counts


async def _measure(editors: list[Editor], order: dict[str, Any]) -> dict[str, Any]:
    begin_s = time.perf_counter() + order["warm_s"]
    end_s = begin_s + order["measure_s"]
    counts = await asyncio.gather(*(one.run(order["outstanding"], begin_s, end_s) for one in editors))
    took_s = sorted(second for one in counts for second in one.took_s or ())
    outcomes = sum(one.outcomes for one in counts)
    p99_ms = took_s[int(len(took_s) * 0.99)] * 1_000 if took_s else 0.0
    return {"per_s": outcomes / order["measure_s"], "p99_ms": p99_ms, "outcomes": outcomes}


async def _switch(handsets: list[Handset], order: dict[str, Any]) -> dict[str, Any]:
    """Take the radio of some handsets away, or give it back and wait until they are linked and have everything."""
    chosen = handsets[order["first"] : order["first"] + order["count"]]
    for handset in chosen:
        handset.do(SwitchRadio(order["radio"]))
    if order["radio"]:
        await asyncio.gather(*(handset.until("settled", within_s=_PATIENCE_S) for handset in chosen))
    return {"linked": sum(handset.machine.live for handset in handsets)}


def _memory(handset: Handset) -> Volatile:
    memory = handset.machine.memory
    assert memory is not None, "it has power"
    return memory


async def _orders() -> None:
    loop = asyncio.get_running_loop()
    first = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    async with AsyncExitStack() as stack:
        handsets = [
            await stack.enter_async_context(Handset(server=first["server"], code=code)) for code in first["codes"]
        ]
        editors = [Editor(handset, number) for number, handset in enumerate(handsets)]
        if first["edit"]:
            await asyncio.gather(*(editor.begin() for editor in editors))
        else:
            await asyncio.gather(*(handset.until("settled", within_s=_PATIENCE_S) for handset in handsets))
        if first.get("ideal"):
            for handset in handsets:
                handset.do(SetRadio(IDEAL))
            await asyncio.gather(*(handset.until("settled", within_s=_PATIENCE_S) for handset in handsets))
        print(json.dumps({"ready": len(handsets)}), flush=True)
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            order = json.loads(line)
            if "caches" in order:
                answer = {"used_bytes": [_memory(handset).cache.used_bytes for handset in handsets]}
            elif "radio" in order:
                answer = await _switch(handsets, order)
            else:
                answer = await _measure(editors, order)
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(_orders())
