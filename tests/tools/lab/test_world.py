"""The world: machines are fed in the order of time, wires break at both ends, a dead server says nothing."""

from __future__ import annotations

from typing import Any

from thinline.machine import Arrived, Dial, Hang, Lost, Opened, Room, Transmit, WakeAt, Woke
from thinline_tools.lab.world import Node, World


class Notebook:
    """A machine that notes what it is fed, and when, and answers as it was told to."""

    def __init__(self) -> None:
        self.inputs: list[tuple[float, Any]] = []
        self.orders: dict[type, list[Any]] = {}

    def handle(self, event: Any, now: float) -> list[Any]:
        self.inputs.append((now, event))
        return self.orders.pop(type(event), [])

    @property
    def events(self) -> list[Any]:
        return [event for _, event in self.inputs if not isinstance(event, Room)]


class NoStore:
    """Answers nothing."""

    def answer(self, requests: Any) -> list[Any]:
        return [None for _ in requests]


def meet() -> tuple[World, Notebook, Notebook, Node]:
    """A world with a notebook for a server, and one for a handset that has dialled."""
    world = World()
    server, handset = Notebook(), Notebook()
    world.start(server, NoStore())  # type: ignore[arg-type]  # a notebook is hub enough
    node = Node(world, "alice", handset)
    node.obey(Dial(1))
    return world, server, handset, node


def test_packets_go_both_ways_and_hanging_up_reaches_both() -> None:
    world, server, handset, node = meet()
    server.orders[Arrived] = [Transmit(1, b"and to you")]
    world.run_for(1)
    node.obey(Transmit(1, b"good day"))
    world.run_for(1)
    node.obey(Hang(1, "done"))
    node.obey(Hang(1, "done"))
    node.obey(Transmit(1, b"too late"))
    world.run_for(1)
    assert server.events == [Opened(1), Arrived(1, b"good day"), Lost(1, "cut")]
    assert handset.events == [Opened(1), Arrived(1, b"and to you"), Lost(1, "hung up")]


def test_a_killed_server_says_nothing_more_and_nobody_listens() -> None:
    world, server, handset, node = meet()
    server.orders[Opened] = [WakeAt(50.0)]
    world.run_for(1)
    world.kill()
    node.obey(Dial(2))
    world.run_for(100)
    assert server.events == [Opened(1)]
    assert handset.events == [Opened(1), Lost(1, "cut"), Lost(2, "nobody listens")]


def test_a_wake_comes_at_its_time_and_a_later_one_replaces_it() -> None:
    world, _, handset, node = meet()
    node.obey(WakeAt(5.0))
    node.obey(WakeAt(7.0))
    assert world.run_until(lambda: Woke() in handset.events)
    assert world.now == 7.0
    assert not world.run_until(lambda: False, within_s=10)


def test_what_is_no_order_goes_to_the_host() -> None:
    told: list[Any] = []
    world, _, _, node = meet()
    node.obey("nobody takes this")
    Node(world, "bob", Notebook(), told.append).obey("the host does")
    assert told == ["the host does"]
