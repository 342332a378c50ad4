"""What could not be handed over in its command's own transaction: to an account that was careful, or to nobody.

Handing over twice is as once, so what may have been handed over under a store that was lost is handed over again.
"""

from __future__ import annotations

from thinline.errands import ErrandState
from thinline.reasons import Reason
from thinline_server.gateways.base import GatewayState, Outside, Standing, Tell
from thinline_server.gateways.errands import ErrandLoop, Queue
from thinline_server.outside import End, FindAccount, Settle, Settled, Task
from thinline_server.services.im.rules import ERRANDS

__all__ = ["Courier"]

_AT_ONCE, _IN_HAND = 4, 64
_AGAIN_MS = 60_000
_NOBODY = "There is nobody of that name here."
_WAITS = "Their account does not take anything just now."


class Courier:
    """The gateway."""

    name = "messages handed over"
    collection = 0  # it waits for nobody outside
    kinds = frozenset(ERRANDS)

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._loop = ErrandLoop(outside, Queue(self.kinds, _AT_ONCE, _IN_HAND, deduplicates=True), self._hand_over)

    def wake(self) -> None:
        """There is something."""
        self._loop.wake()

    async def finish(self) -> None:
        """Let end what is under way."""
        await self._loop.finish()

    async def run(self, tell: Tell) -> None:
        """Work through the queue."""
        tell(Standing(GatewayState.IDLE))
        await self._loop.run()

    async def _hand_over(self, tasks: tuple[Task, ...]) -> None:
        for task in tasks:
            end = End(task.errand, ErrandState.DELIVERED, hand=True)
            settled = await self._outside.operate(Settle((end,)))
            if isinstance(settled, Settled) and settled.refused:
                await self._outside.operate(Settle((await self._later(task, settled.refused[task.errand]),)))

    async def _later(self, task: Task, reason: Reason) -> End:
        there = reason is not Reason.NO_SUCH_ITEM or "@" not in task.target
        if there and await self._outside.operate(FindAccount(task.target)) is not None:
            return End(task.errand, ErrandState.QUEUED, _WAITS, due_ms=self._outside.now_ms() + _AGAIN_MS)
        return End(task.errand, ErrandState.FAILED, _NOBODY)
