"""Soft state: the latest value of a key, for its time; and what a gateway's trouble reads like."""

from __future__ import annotations

from thinline.frames import Soft
from thinline.limits import LIMITS
from thinline.v1 import line_pb2
from thinline_emulator.soft import GATEWAY_KEY, SoftState

MAIL = 5


def test_a_value_is_gone_once_its_time_has_passed() -> None:
    """Spec SOFT-1; S5."""
    soft = SoftState()
    soft.take(Soft(7, b"here", 60), 100.0)
    assert (soft.value(7, 159.9), soft.value(7, 160.0), soft.value(8, 100.0)) == (b"here", b"", b"")
    assert (soft.next_at(100.0), soft.next_at(160.0)) == (160.0, float("inf"))


def test_the_latest_value_wins_and_an_empty_one_takes_it_away() -> None:
    """Spec FLOW-7, SOFT-2."""
    soft = SoftState()
    soft.take(Soft(7, b"here", 60), 0.0)
    soft.take(Soft(7, b"there", 10), 0.0)
    assert soft.value(7, 0.0) == b"there"
    soft.take(Soft(7, b"", 60), 0.0)
    soft.take(Soft(8, b"x", 60), 0.0)
    assert soft.value(7, 0.0) == b""
    soft.clear()
    assert soft.value(8, 0.0) == b""


def test_keys_beyond_the_most_are_passed_over() -> None:
    """Spec FLOW-11."""
    soft = SoftState()
    for key in range(LIMITS.soft_keys + 1):
        soft.take(Soft(key, b"x", 60), 0.0)
    assert soft.value(LIMITS.soft_keys, 0.0) == b""


def test_trouble_of_a_gateway_is_read() -> None:
    """Spec SOFT-2."""
    soft = SoftState()
    told = line_pb2.GatewayStatus(name="mail out", why="no relay", state=line_pb2.GATEWAY_STATE_BACKING_OFF)
    soft.take(Soft(GATEWAY_KEY + MAIL, told.SerializeToString(), 60), 0.0)
    assert soft.trouble(MAIL, 0.0) == told
    assert soft.trouble(MAIL, 60.0) is None
    assert soft.trouble(1, 0.0) is None
    soft.take(Soft(GATEWAY_KEY + MAIL, b"\xff", 60), 0.0)
    assert soft.trouble(MAIL, 0.0) is None


def test_what_is_said_is_said_again_after_a_while_and_behind_each_welcome() -> None:
    """Spec FLOW-10, IM-10."""
    soft, here, there = SoftState(), Soft(1, b"here", 90), Soft(1, b"there", 90)
    said: list[Soft] = []
    for now, one in ((0.0, here), (10.0, here), (20.0, there), (49.0, there), (50.0, there)):
        soft.say(one, 30.0, now)
        said += soft.ready()
    assert said == [here, there, there]
    soft.say(Soft(1, b"", 90), 30.0, 51.0)
    soft.say(Soft(1, b"", 90), 30.0, 99.0)
    soft.say(Soft(2, b"", 90), 30.0, 99.0)
    assert soft.ready() == [Soft(1, b"", 90)]
    soft.say(here, 30.0, 100.0)
    soft.clear()
    assert soft.ready() == []
    soft.say(here, 30.0, 101.0)
    assert soft.ready() == [here]
    assert soft.ready() == []


def test_that_something_faded_is_told_once() -> None:
    soft = SoftState()
    soft.take(Soft(1, b"x", 10), 0.0)
    assert not soft.faded(0.0)
    assert not soft.faded(9.0)
    assert soft.faded(10.0)
    assert not soft.faded(11.0)
