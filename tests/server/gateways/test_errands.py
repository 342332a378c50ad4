"""A queue worked through: what is due, so much at once, what belongs together, and work that raises."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from gates import Gate
from letters import LETTER
from thinline.errands import ErrandState
from thinline.reasons import Reason
from thinline_server.gateways import errands as subject
from thinline_server.gateways.base import GatewayFailed
from thinline_server.gateways.errands import ErrandLoop, Queue
from thinline_server.outside import Due, End, Settle, Spool, Task
from thinline_server.requests import Refused
from waiting import until


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with capture_logs():
        yield


class Desk:
    """Does letters, when it is let."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.done: list[tuple[bytes, ...]] = []
        self.under_way = self.most = 0
        self.may_go = asyncio.Event()
        self.may_go.set()

    async def work(self, tasks: tuple[Task, ...]) -> None:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.may_go.wait()
        self.under_way -= 1
        self.done.append(tuple(part for task in tasks for part in task.parts or ()))
        await self.gate.operate(Settle(tuple(End(task.errand, ErrandState.DELIVERED) for task in tasks)))


def letter(gate: Gate, text: bytes, name: str = "alice") -> None:
    gate.served.operate(Spool(gate.account(name), LETTER, (text,)))


@asynccontextmanager
async def running(loop: ErrandLoop) -> Any:
    task = asyncio.ensure_future(loop.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def loop_of(gate: Gate, work: Callable[[tuple[Task, ...]], Awaitable[None]], **rest: Any) -> ErrandLoop:
    told = {"at_once": 2, "limit": 10, **rest}
    return ErrandLoop(gate.outside(), Queue(frozenset({LETTER}), **told), work)


async def test_what_is_due_is_done_so_much_at_once() -> None:
    gate = Gate()
    desk = Desk(gate)
    for number in range(7):
        letter(gate, bytes([number]))
    desk.may_go.clear()
    loop = loop_of(gate, desk.work)
    async with running(loop):
        await until(lambda: desk.under_way == 2)
        assert loop.busy
        desk.may_go.set()
        await until(lambda: len(desk.done) == 7)
        assert desk.most == 2
        letter(gate, b"later")
        loop.wake()
        await until(lambda: (b"later",) in desk.done)
    assert sorted(desk.done)[:7] == [(bytes([number]),) for number in range(7)]


async def test_what_belongs_together_is_done_together() -> None:
    gate = Gate()
    desk = Desk(gate)
    for name, text in (("alice", b"1"), ("bob", b"2"), ("alice", b"3")):
        letter(gate, text, name)
    async with running(loop_of(gate, desk.work, together=lambda task: task.account)):
        await until(lambda: len(desk.done) == 2)
    assert desk.done == [(b"1", b"3"), (b"2",)]


async def test_what_is_postponed_is_drawn_at_its_time() -> None:
    gate = Gate()
    done: list[int] = []

    async def postpone(tasks: tuple[Task, ...]) -> None:
        done.append(gate.now_ms)
        state = ErrandState.QUEUED if len(done) < 3 else ErrandState.DELIVERED
        await gate.operate(Settle((End(tasks[0].errand, state, due_ms=gate.now_ms),)))

    letter(gate, b"1")
    async with running(loop_of(gate, postpone)):
        await until(lambda: len(done) == 3)


async def test_work_that_raises_is_left_alone_for_a_while_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """X6."""
    gate = Gate()
    desk = Desk(gate)
    failed: list[int] = []
    monkeypatch.setattr(subject, "_ASIDE_S", 0.02)

    async def work(tasks: tuple[Task, ...]) -> None:
        if tasks[0].parts == (b"poison",) and len(failed) < 3:
            failed.append(tasks[0].errand)
            raise ZeroDivisionError
        await desk.work(tasks)

    letter(gate, b"poison")
    letter(gate, b"2")
    async with running(loop_of(gate, work)):
        await until(lambda: len(desk.done) == 2)
    assert desk.done == [(b"2",), (b"poison",)]
    assert len(failed) == 3


async def test_an_end_is_waited_for_and_nothing_new_is_begun() -> None:
    gate = Gate()
    desk = Desk(gate)
    letter(gate, b"1")
    desk.may_go.clear()
    loop = loop_of(gate, desk.work)
    async with running(loop):
        await until(lambda: desk.under_way == 1)
        finishing = asyncio.ensure_future(loop.finish())
        letter(gate, b"2")
        loop.wake()
        await asyncio.sleep(0)
        assert not finishing.done()
        desk.may_go.set()
        await finishing
    assert desk.done == [(b"1",)]


async def test_a_store_that_refuses_is_the_supervisor_s_matter() -> None:
    gate = Gate()
    gate.answers[Due] = Refused(Reason.STORE_FAILED, "the disk failed")
    with pytest.raises(ExceptionGroup) as caught:
        await loop_of(gate, Desk(gate).work).run()
    (failed,) = caught.value.exceptions
    assert isinstance(failed, GatewayFailed)
    assert str(failed) == "the disk failed"
