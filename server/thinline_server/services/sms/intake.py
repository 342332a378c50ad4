"""Parts that came become texts: each is kept on the disk before the message centre hears of it, and waits there.

What is joined lives in memory and is made anew from the disk after a restart: a part waits from the time when it came.
The parts of a text and the item that they become are settled in one transaction.
"""

from __future__ import annotations

import asyncio
import hashlib

import structlog

from thinline.errands import ErrandState
from thinline_server.gateways.base import GatewayFailed, GatewayState, Outside, Standing, Tell
from thinline_server.outside import Drawn, Due, End, Settle, Settled, Task
from thinline_server.requests import Refused
from thinline_server.services.sms.arrival import Arrival, item_of, read_detail
from thinline_server.services.sms.joining import Joined, Joiner, Repeated
from thinline_server.services.sms.rules import SMS_IN, SOURCE

__all__ = ["Intake"]

_log = structlog.get_logger("thinline.sms")

_WAIT_MS = 600_000  # for the parts of a text
_AT_ONCE = 256
_LOOK_MS = 60_000
_DAMAGED = "it is damaged on the server's disk"


class Intake:
    """The gateway.

    Args:
        outside: what it works with.
        wait_ms: for the parts of a text.
    """

    name = "texts taken in"
    collection = 0  # its work waits for nobody outside
    kinds = frozenset({SMS_IN})

    def __init__(self, outside: Outside, wait_ms: int = _WAIT_MS) -> None:
        self._outside = outside
        self._joiner = Joiner[bytes](wait_ms)
        self._waiting: dict[int, tuple[Task, Arrival]] = {}
        self._stuck: set[int] = set()  # what the store did not take; tried again after a restart
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There are parts."""
        self._woken.set()

    async def finish(self) -> None:
        """What waits is on the disk."""

    async def run(self, tell: Tell) -> None:
        """Join what comes."""
        tell(Standing(GatewayState.IDLE))
        while True:
            self._woken.clear()
            more = await self._draw()
            for out in self._joiner.woke(self._outside.now_ms()):
                await self._follow(out)
            if not more:
                await self._pause()

    async def _draw(self) -> bool:
        """Take up what is new; whether there may be more."""
        drawn = await self._outside.operate(Due((SMS_IN,), _AT_ONCE, frozenset(self._waiting) | self._stuck))
        if isinstance(drawn, Refused):
            raise GatewayFailed(GatewayState.BACKING_OFF, drawn.detail or "the store did not answer")
        assert isinstance(drawn, Drawn)
        for task in drawn.tasks:
            if not task.parts:
                _log.error("a text is damaged", errand=task.errand, account=task.account.hex())
                await self._settle((End(task.errand, ErrandState.FAILED, _DAMAGED),))
                continue
            arrival = read_detail(task.detail, task.parts[0])
            assert arrival.place is not None, "what is whole is not kept here"
            self._waiting[task.errand] = task, arrival
            whose = task.account, arrival.sender, arrival.to
            for out in self._joiner.came(task.errand, whose, arrival.place, arrival.seal, task.queued_ms):
                await self._follow(out)
        return len(drawn.tasks) >= _AT_ONCE

    async def _follow(self, out: Joined[bytes] | Repeated) -> None:
        if isinstance(out, Repeated):
            del self._waiting[out.name]
            await self._settle((End(out.name, ErrandState.DELIVERED),))
            return
        found = [self._waiting.pop(name) for name in out.names]
        here = {arrival.place.number: arrival for _, arrival in found if arrival.place}
        parts = [here.get(number) for number in range(1, out.total + 1)]
        first = min(task.queued_ms for task, _ in found)
        told = b"".join(out.parts[number] for number in sorted(out.parts))
        item = item_of(parts, hashlib.sha256(told + first.to_bytes(8, "big")).digest(), first)
        ends = tuple(End(name, ErrandState.DELIVERED) for name in out.names[1:])
        await self._settle((End(out.names[0], ErrandState.DELIVERED, source=SOURCE, items=(item,)), *ends))

    async def _settle(self, ends: tuple[End, ...]) -> None:
        settled = await self._outside.operate(Settle(ends))
        if not isinstance(settled, Settled) or settled.refused:
            errands = [end.errand for end in ends]
            _log.error("a text could not be shown", errands=errands)
            self._stuck.update(errands)

    async def _pause(self) -> None:
        """Until there is a part, or one waited long enough."""
        wake_at_ms = self._joiner.wake_at_ms
        wait_ms = _LOOK_MS if wake_at_ms is None else wake_at_ms - self._outside.now_ms()
        try:
            async with asyncio.timeout(max(0, min(wait_ms, _LOOK_MS)) / 1_000):
                await self._woken.wait()
        except TimeoutError:
            pass
