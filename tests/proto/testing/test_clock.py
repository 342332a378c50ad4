"""Alice's alarm and Bob's train: the jumping clock keeps their order."""

from __future__ import annotations

import pytest

from thinline.testing.clock import Clock


def test_it_jumps_from_deadline_to_deadline() -> None:
    clock: Clock[str] = Clock(10.0)
    clock.at(30.0, "bob's train")
    clock.at(20.0, "alice's alarm")
    assert (clock.now, clock.due_s) == (10.0, 20.0)
    assert (clock.jump(), clock.now) == ("alice's alarm", 20.0)
    assert (clock.jump(), clock.now) == ("bob's train", 30.0)
    assert clock.due_s is None
    with pytest.raises(AssertionError, match="nothing waits"):
        clock.jump()


def test_at_one_time_the_first_put_comes_first_and_the_late_comes_now() -> None:
    clock: Clock[str] = Clock(5.0)
    clock.at(5.0, "alice")
    clock.at(1.0, "bob, late")
    assert [clock.jump(), clock.jump(), str(clock.now)] == ["alice", "bob, late", "5.0"]


def test_a_later_wake_replaces_the_earlier_and_can_be_forgotten() -> None:
    clock: Clock[str] = Clock()
    clock.wake("alice", 7.0, "snooze")
    clock.wake("alice", 9.0, "up")
    clock.wake("bob", 8.0, "never")
    clock.forget("bob")
    clock.forget("carol")
    assert (clock.due_s, clock.jump(), clock.due_s) == (9.0, "up", None)


def test_time_passes_only_where_nothing_happens() -> None:
    clock: Clock[str] = Clock()
    clock.at(3.0, "bob")
    clock.pass_to(2.0)
    with pytest.raises(AssertionError, match="something happens"):
        clock.pass_to(4.0)
    assert clock.now == 2.0
    clock.jump()
    clock.pass_to(50.0)
    assert clock.now == 50.0
