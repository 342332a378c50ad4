"""The one loop, with a machine that is only a notebook: orders are obeyed, inputs come in their order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from thinline.bearers.memory import memory_pair
from thinline.driver import Driver
from thinline.machine import Arrived, Dial, Do, Done, Hang, Lost, Opened, Room, Transmit, WakeAt, Woke
from waiting import until


class Notebook:
    """A machine that notes every input and answers with what the test put there."""

    def __init__(self) -> None:
        self.inputs: list[Any] = []
        self.orders: dict[type, list[Any]] = {}

    def handle(self, event: Any, now: float) -> list[Any]:
        self.inputs.append(event)
        return self.orders.pop(type(event), [])

    def saw(self, kind: type) -> list[Any]:
        return [event for event in self.inputs if isinstance(event, kind)]


class Keen:
    """An ear for the far end that keeps packets."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []
        self.reasons: list[str] = []

    def arrived(self, data: bytes) -> None:
        self.packets.append(data)

    def room(self, size_bytes: int) -> None:
        pass

    def lost(self, reason: str) -> None:
        self.reasons.append(reason)


async def test_a_connection_is_opened_heard_answered_and_hung_up() -> None:
    machine = Notebook()
    driver = Driver(machine)
    near, far = memory_pair()
    ear = Keen()
    far.listen(ear)
    machine.orders[Arrived] = [
        Transmit(1, b"hello yourself"),
        Hang(1, "enough"),
        Transmit(7, b"to nobody"),
        Hang(7, ""),
    ]
    near.listen(driver.accepted(near, encrypted=False, loopback=True))
    far.send(b"hello")
    await until(lambda: bool(machine.saw(Lost)))
    assert machine.inputs[0] == Opened(1, encrypted=False, loopback=True)
    assert machine.saw(Arrived) == [Arrived(1, b"hello")]
    assert machine.saw(Room)
    assert ear.packets == [b"hello yourself"]
    assert ear.reasons == ["closed"]


async def test_a_later_wake_replaces_the_earlier_one() -> None:
    now = [0.0]
    machine = Notebook()
    driver = Driver(machine, clock=lambda: now[0])
    machine.orders[Opened] = [WakeAt(1_000.0), WakeAt(0.0)]
    near, far = memory_pair()
    far.listen(Keen())
    near.listen(driver.accepted(near, encrypted=True, loopback=True))
    await until(lambda: bool(machine.saw(Woke)))
    assert len(machine.saw(Woke)) == 1
    driver.close()


async def test_closing_the_driver_cancels_the_wake_and_hangs_up() -> None:
    machine = Notebook()
    driver = Driver(machine)
    machine.orders[Opened] = [WakeAt(driver._clock() + 60)]
    near, far = memory_pair()
    ear = Keen()
    far.listen(ear)
    near.listen(driver.accepted(near, encrypted=True, loopback=True))
    driver.close()
    driver.close()
    await until(lambda: bool(ear.reasons))
    assert not machine.saw(Woke)


async def test_outside_work_comes_back_with_its_ticket_and_other_orders_go_to_the_host() -> None:
    machine = Notebook()
    told: list[Any] = []
    dialled: list[int] = []
    driver = Driver(machine, dial=dialled.append, work=lambda request, done: done(request * 2), host=told.append)
    machine.orders[Woke] = [Do(5, "ab"), Do(6, "cd"), Dial(3), "for the host"]
    driver.feed(Woke())
    await until(lambda: bool(machine.saw(Done)))
    assert machine.saw(Done) == [Done(((5, "abab"), (6, "cdcd")))], "what is finished in one turn is one input"
    assert dialled == [3]
    assert told == ["for the host"]


async def test_an_order_that_nobody_takes_is_a_bug() -> None:
    machine = Notebook()
    driver = Driver(machine)
    machine.orders[Woke] = ["?"]
    with pytest.raises(AssertionError, match="nobody takes"):
        driver.feed(Woke())


async def test_a_clock_with_another_pace_wakes_at_its_own_seconds() -> None:
    loop = asyncio.get_running_loop()
    started_s, rate = loop.time(), [0.0]
    machine = Notebook()

    def clock() -> float:
        return (loop.time() - started_s) * rate[0]

    def pace(seconds: float) -> float:
        return seconds / rate[0] if rate[0] else float("inf")

    driver = Driver(machine, clock=clock, pace=pace)
    driver.repace()  # no wake was asked for
    machine.orders[Room] = [WakeAt(3_600.0)]
    driver.feed(Room(1, 0))
    await asyncio.sleep(0)
    assert not machine.saw(Woke)
    rate[0] = 1e9  # an hour in microseconds
    driver.repace()
    await until(lambda: bool(machine.saw(Woke)))
    driver.close()
