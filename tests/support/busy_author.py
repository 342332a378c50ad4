"""Another handset of the account, in a process of its own, that changes contacts at a steady rate.

Run as a module with HOST:PORT, a code, how many contacts there are to be, and how many changes it makes a second. It
prints `ready` when its contacts are on the server, begins with the next line of its standard input, and ends with it.
The names keep their order, so that a list that shows them changes in its cells and not in its rows. Every other change
is of one of the first contacts, which are those that a list shows.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

from thinline.intents import Change, Create
from thinline.merge import Content, difference
from thinline.types import TYPES
from thinline.v1 import contacts_pb2
from thinline_emulator import Handset
from thinline_emulator.events import Make, SetRadio
from thinline_tools.bench.fleet import IDEAL

__all__ = ["SHOWN"]

SHOWN = 12  # contacts that are changed most
_CONTACT = 1
_WAITING = 50  # changes that may wait for their outcome


def _named(number: int, version: int) -> Content:
    return Content(contacts_pb2.Contact(name=f"Contact {number:04} version {version:07}").SerializeToString())


class _Author:
    def __init__(self, handset: Handset, count: int) -> None:
        self._handset = handset
        self._contents = [_named(number, 0) for number in range(count)]
        self._changes = 0

    def _ahead(self) -> int:
        memory = self._handset.machine.memory
        assert memory is not None
        return len(memory.outbox)

    async def make(self) -> None:
        for number, content in enumerate(self._contents):
            await self._handset.until(lambda: self._ahead() < _WAITING)
            self._handset.do(Make(Create(number.to_bytes(12, "big"), _CONTACT, content)))
        await self._handset.until("settled")

    async def change(self, per_s: float, end: asyncio.Event) -> None:
        """By the clock: what could not be made in time is made after it."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        while not end.is_set():
            while self._changes < (loop.time() - began_s) * per_s and self._ahead() < _WAITING:
                self._change()
            with suppress(TimeoutError):
                async with asyncio.timeout(1 / per_s):
                    await end.wait()

    def _change(self) -> None:
        self._changes += 1
        among = SHOWN if self._changes % 2 else len(self._contents)
        number = self._changes // 2 % among
        before, after = self._contents[number], _named(number, self._changes)
        self._contents[number] = after
        self._handset.do(Make(Change(number.to_bytes(12, "big"), difference(before, after, TYPES[_CONTACT].merges))))


async def _lived(server: str, code: str, count: int, per_s: float) -> None:
    loop = asyncio.get_running_loop()
    end = asyncio.Event()
    async with Handset(server, code) as handset:
        await handset.until("settled")
        handset.do(SetRadio(IDEAL))
        await handset.until("settled")
        author = _Author(handset, count)
        await author.make()
        print("ready", flush=True)
        await loop.run_in_executor(None, sys.stdin.readline)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(author.change(per_s, end))
            await loop.run_in_executor(None, sys.stdin.readline)
            end.set()


if __name__ == "__main__":
    asyncio.run(_lived(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
