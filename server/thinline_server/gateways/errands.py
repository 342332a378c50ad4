"""A queue worked through: what is due is drawn, done at most so much at once, and waited for until the next is due.

Work ends its errands itself (`Settle`). Work that raises is a bug: its errands stay as they are for a while, and the
others go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import structlog

from thinline_server.gateways.base import GatewayFailed, GatewayState, Outside
from thinline_server.outside import Drawn, Due, Task
from thinline_server.requests import Refused

__all__ = ["ErrandLoop", "Queue"]

_log = structlog.get_logger("thinline.gateways")

_LOOK_S = 60.0  # at most, between two looks at the queue
_ASIDE_S = 60.0  # for which errands are left alone whose work raised

Work: TypeAlias = Callable[[tuple[Task, ...]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Queue:
    """What is worked through.

    Attributes:
        kinds: of errands.
        at_once: works under way at most.
        limit: errands in hand at most.
        deduplicates: as in `Due`.
        together: what errands of one work have in common; each is one by itself where there is nothing.
    """

    kinds: frozenset[int]
    at_once: int
    limit: int
    deduplicates: bool = False
    together: Callable[[Task], Hashable] = lambda task: task.errand


class ErrandLoop:
    """One gateway's.

    Args:
        outside: what the gateway is given.
        queue: what is worked through.
        work: does some errands that belong together, and ends them.
    """

    def __init__(self, outside: Outside, queue: Queue, work: Work) -> None:
        self._outside = outside
        self._queue = queue
        self._work = work
        self._woken = asyncio.Event()
        self._in_hand: set[int] = set()
        self._works = 0
        self._ending = False
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def busy(self) -> bool:
        """Whether some work is under way."""
        return self._works > 0

    def wake(self) -> None:
        """Look at the queue."""
        self._woken.set()

    async def finish(self) -> None:
        """Draw nothing more, and wait for what is under way."""
        self._ending = True
        await self._idle.wait()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._woken.clear()
                next_due_ms = await self._draw(group)
                await self._pause(next_due_ms)

    async def _draw(self, group: asyncio.TaskGroup) -> int | None:
        """Begin what is due and has a place; when the next is due."""
        limit = self._queue.limit - len(self._in_hand)
        if self._ending or limit <= 0 or self._works >= self._queue.at_once:
            return None
        kinds, besides = tuple(sorted(self._queue.kinds)), frozenset(self._in_hand)
        drawn = await self._outside.operate(Due(kinds, limit, besides, self._queue.deduplicates))
        if isinstance(drawn, Refused):
            raise GatewayFailed(GatewayState.BACKING_OFF, drawn.detail or "the store did not answer")
        assert isinstance(drawn, Drawn)
        for tasks in self._sorted(drawn.tasks):
            if self._works >= self._queue.at_once:
                return None  # the end of a work wakes this
            self._in_hand.update(task.errand for task in tasks)
            self._works += 1
            self._idle.clear()
            group.create_task(self._do(tasks, group))
        return drawn.next_due_ms

    def _sorted(self, tasks: Iterable[Task]) -> Iterable[tuple[Task, ...]]:
        groups: dict[Hashable, list[Task]] = {}
        for task in tasks:
            groups.setdefault(self._queue.together(task), []).append(task)
        return [tuple(one) for one in groups.values()]

    async def _do(self, tasks: tuple[Task, ...], group: asyncio.TaskGroup) -> None:
        errands = {task.errand for task in tasks}
        try:
            await self._work(tasks)
        except Exception:
            _log.exception("errands were left undone", errands=sorted(errands), kind=tasks[0].kind)
            group.create_task(self._let_lie(frozenset(errands)))
            errands = set()
        finally:
            self._in_hand -= errands
            self._works -= 1
            if not self._works:
                self._idle.set()
            self._woken.set()

    async def _let_lie(self, errands: frozenset[int]) -> None:
        await asyncio.sleep(_ASIDE_S)
        self._in_hand -= errands
        self._woken.set()

    async def _pause(self, next_due_ms: int | None) -> None:
        """Until something wakes it, or the next errand is due."""
        wait_s = _LOOK_S
        if next_due_ms is not None:
            wait_s = max(0.0, min(wait_s, (next_due_ms - self._outside.now_ms()) / 1_000))
        try:
            async with asyncio.timeout(wait_s):
                await self._woken.wait()
        except TimeoutError:
            pass
