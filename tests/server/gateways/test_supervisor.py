"""Gateways that work, fail, and are started again; and who is told of it. Spec SOFT-2."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
from structlog.testing import capture_logs

from gates import Gate
from thinline_server.gateways import supervisor as subject
from thinline_server.gateways.base import Gateway, GatewayFailed, GatewayState, Standing, Tell
from thinline_server.gateways.supervisor import Supervisor
from waiting import until

IDLE, OFF = Standing(GatewayState.IDLE), GatewayState.BACKING_OFF


class Post:
    """A gateway whose runs end as told."""

    name = "mail out"
    collection = 5
    kinds = frozenset({1})

    def __init__(self, *runs: Callable[[Tell], None]) -> None:
        self._runs = list(runs)
        self.woken = self.finished = 0

    def wake(self) -> None:
        self.woken += 1

    async def finish(self) -> None:
        self.finished += 1

    async def run(self, tell: Tell) -> None:
        if not self._runs:
            tell(IDLE)
            await asyncio.Event().wait()
        self._runs.pop(0)(tell)


def fail(_tell: Tell) -> None:
    raise GatewayFailed(GatewayState.BAD_CREDENTIALS, "the relay does not let us in")


def fail_in_a_group(_tell: Tell) -> None:
    raise ExceptionGroup("tasks", [ExceptionGroup("inner", [GatewayFailed(OFF, "the store did not answer")])])


def crash(_tell: Tell) -> None:
    raise ZeroDivisionError("somebody's content")


def end(_tell: Tell) -> None:
    return


class Heard:
    """What handsets are told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __call__(self, gateway: Gateway, standing: Standing | None) -> None:
        self.told.append(standing.why if standing else "over")


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No log, and a back-off that a test can wait for."""
    monkeypatch.setattr(subject, "_FIRST_S", 0.001)
    with capture_logs():
        yield


def names(supervisor: Supervisor) -> list[str]:
    return [one["state"] for one in supervisor.status()]


async def test_a_gateway_that_fails_is_started_again_and_its_trouble_told() -> None:
    """Spec SOFT-2: when it begins, changes and is over; a calm gateway is nobody's concern."""
    gate, heard = Gate(), Heard()
    post = Post(fail, fail_in_a_group, crash, end)
    supervisor = Supervisor([post], gate.outside(), heard)
    assert names(supervisor) == ["STARTING"]
    async with supervisor:
        await until(lambda: names(supervisor) == ["IDLE"])
        supervisor.wake(frozenset({2}))
        supervisor.wake(frozenset({1, 3}))
        assert post.woken == 1
    assert post.finished == 1
    assert heard.told == [
        "the relay does not let us in",
        "the store did not answer",
        "unexpected ZeroDivisionError",
        "it ended by itself",
        "over",
    ]
    (told,) = supervisor.status()
    assert told == {"name": "mail out", "state": "IDLE", "why": "", "until_ms": 0}


async def test_a_gateway_backs_off_longer_each_time_until_it_worked_for_a_while() -> None:
    gate = Gate()
    waits: list[int] = []

    def note(_gateway: Gateway, standing: Standing | None) -> None:
        if standing is not None:
            waits.append(standing.until_ms - gate.now_ms)

    def work(_tell: Tell) -> None:
        gate.now_ms += 61_000

    async with Supervisor([Post(end, end, end, work)], gate.outside(), note) as supervisor:
        await until(lambda: names(supervisor) == ["IDLE"])
    assert waits == [1, 2, 4, 1]


async def test_trouble_that_lasts_is_told_again_before_it_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spec SOFT-2."""
    monkeypatch.setattr(subject, "TOLD_FOR_S", 0.002)
    heard = Heard()

    class Troubled(Post):
        async def run(self, tell: Tell) -> None:
            tell(Standing(OFF, "no relay", 5))
            tell(Standing(OFF, "no relay", 5))
            await asyncio.Event().wait()

    async with Supervisor([Troubled()], Gate().outside(), heard):
        await until(lambda: len(heard.told) > 4)
    assert set(heard.told) == {"no relay"}


async def test_a_gateway_that_does_not_finish_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "_FINISH_S", 0.01)

    class Slow(Post):
        async def finish(self) -> None:
            await asyncio.Event().wait()

    async with Supervisor([Slow()], Gate().outside(), Heard()) as supervisor:
        await until(lambda: names(supervisor) == ["IDLE"])
