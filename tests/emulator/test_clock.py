"""A wall clock that can be lost and wrong, and virtual time that can be bent."""

from __future__ import annotations

import pytest

from thinline_emulator.clock import HandsetClock, VirtualRate

NOON_MS = 1_230_000_000_000


def test_a_new_clock_does_not_know_the_time() -> None:
    clock = HandsetClock()
    assert clock.read(5) is None
    clock.set_rate(2, 6)
    assert clock.read(7) is None


def test_it_goes_on_from_what_it_was_told_and_forgets_with_memory() -> None:
    clock = HandsetClock()
    clock.set(NOON_MS, 100)
    assert clock.read(100) == NOON_MS
    assert clock.read(101.5) == NOON_MS + 1500
    clock.unset()
    assert clock.read(102) is None


def test_a_skewed_clock_is_a_day_ahead_whatever_it_is_told() -> None:
    clock = HandsetClock(skew_ms=86_400_000)
    clock.set(NOON_MS, 0)
    assert clock.read(0) == NOON_MS + 86_400_000
    clock.skew_ms = -86_400_000
    assert clock.read(0) == NOON_MS - 86_400_000


def test_a_fast_clock_gains_and_a_change_of_rate_is_no_jump() -> None:
    clock = HandsetClock(rate=1.5)
    clock.set(NOON_MS, 0)
    assert clock.read(10) == NOON_MS + 15_000
    clock.set_rate(0.5, 10)
    assert clock.rate == 0.5
    assert clock.read(10) == NOON_MS + 15_000
    assert clock.read(20) == NOON_MS + 20_000


def test_virtual_time_runs_at_its_rate() -> None:
    time = VirtualRate(host_s=1000, rate=60)
    assert time.virtual_s(1001) == 60
    assert time.host_s(120) == 1002


def test_a_change_of_rate_bends_time_and_does_not_break_it() -> None:
    time = VirtualRate(host_s=1000, virtual_s=5)
    time.set_rate(60, 1010)
    assert time.virtual_s(1010) == 15
    assert time.virtual_s(1011) == 75
    assert time.host_s(75) == 1011
    time.set_rate(1, 1011)
    assert time.virtual_s(1012) == 76


def test_time_may_stand_still() -> None:
    time = VirtualRate(host_s=0)
    time.set_rate(0, 10)
    assert time.virtual_s(500) == 10
    assert time.host_s(11) is None


@pytest.mark.parametrize("rate", [-1, -0.001])
def test_time_does_not_run_back(rate: float) -> None:
    with pytest.raises(AssertionError):
        VirtualRate(host_s=0, rate=rate)
    with pytest.raises(AssertionError):
        VirtualRate(host_s=0).set_rate(rate, 1)
