"""Charge, loads, a charger, and the second of death, all from closed forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.errors import LocalError
from thinline_emulator.battery import Battery

HOUR_S = 3600.0


def test_a_battery_starts_full_and_lasts_for_ever_without_loads() -> None:
    battery = Battery(1500)
    assert battery.charge_mah(1e9) == 1500
    assert battery.percent(1e9) == 100
    assert battery.draw_ma == 0
    assert battery.empty_at(5) is None
    assert battery.reaches_at(50, 5) is None


def test_the_draw_is_the_sum_of_the_named_loads() -> None:
    battery = Battery(1000, 500)
    battery.set_load("idle", 4, 0)
    battery.set_load("screen", 60, 0)
    battery.set_load("radio", 36, 0)
    assert battery.draw_ma == 100
    assert battery.charge_mah(HOUR_S) == pytest.approx(400)
    assert battery.empty_at(0) == 5 * HOUR_S
    battery.set_load("screen", 0, HOUR_S)
    assert battery.draw_ma == 40
    assert battery.empty_at(HOUR_S) == pytest.approx(11 * HOUR_S)


def test_a_load_with_the_same_value_changes_nothing() -> None:
    battery = Battery(1000)
    battery.set_load("idle", 10, 0)
    told = battery.empty_at(0)
    for second in range(1, 1000):
        battery.set_load("idle", 10, second / 3)
        battery.set_load("never on", 0, second / 3)
    assert battery.empty_at(0) == told


def test_loads_that_are_gone_leave_no_dust_in_the_draw() -> None:
    battery = Battery(1000)
    for name, current_ma in (("idle", 0.1), ("cpu", 0.2), ("radio", 0.3)):
        battery.set_load(name, current_ma, 0)
    for name in ("idle", "cpu", "radio"):
        battery.set_load(name, 0, 1)
    assert battery.draw_ma == 0
    assert battery.empty_at(1) is None


def test_each_load_knows_what_it_spent() -> None:
    battery = Battery(1000)
    battery.set_load("idle", 10, 0)
    battery.set_load("screen", 50, HOUR_S)
    battery.set_load("screen", 0, 2 * HOUR_S)
    assert battery.spent_mah("idle", 3 * HOUR_S) == pytest.approx(30)
    assert battery.spent_mah("screen", 3 * HOUR_S) == pytest.approx(50)
    assert battery.spent_mah("radio", 3 * HOUR_S) == 0
    assert battery.charge_mah(3 * HOUR_S) == pytest.approx(920)


def test_percent_rounds_up_so_that_only_an_empty_battery_shows_0() -> None:
    battery = Battery(1500, 15)
    battery.set_load("idle", 15, 0)
    assert battery.percent(0) == 1
    assert battery.percent(0.999999 * HOUR_S) == 1
    assert battery.percent(HOUR_S) == 0
    assert Battery(1500, 15.1).percent(0) == 2


@pytest.mark.parametrize("percent", range(101))
def test_the_percent_that_was_set_is_the_percent_shown(percent: int) -> None:
    battery = Battery(1337.7)
    battery.set_percent(percent, 3)
    assert battery.percent(3) == percent


@pytest.mark.parametrize("percent", [-1, 101, float("nan")])
def test_there_is_no_percent_outside_0_to_100(percent: float) -> None:
    with pytest.raises(LocalError, match="0 to 100 percent"):
        Battery(1000).set_percent(percent, 0)


def test_an_empty_battery_feeds_nobody() -> None:
    battery = Battery(1000, 100)
    battery.set_load("idle", 40, 0)
    battery.set_load("screen", 60, 0)
    assert battery.empty_at(0) == HOUR_S
    assert battery.charge_mah(5 * HOUR_S) == 0
    assert battery.spent_mah("idle", 5 * HOUR_S) == pytest.approx(40)
    assert battery.empty_at(5 * HOUR_S) == 5 * HOUR_S, "a brown-out is due, and has been"
    battery.set_load("screen", 0, 5 * HOUR_S)
    battery.set_load("idle", 0, 5 * HOUR_S)
    assert battery.empty_at(5 * HOUR_S) is None
    assert battery.spent_mah("screen", 6 * HOUR_S) == pytest.approx(60)


def test_a_charger_fills_it_and_then_only_carries_the_loads() -> None:
    battery = Battery(1000, 800)
    battery.set_load("idle", 100, 0)
    battery.set_charger(500, 0)
    assert battery.charger_ma == 500
    assert battery.empty_at(0) is None
    assert battery.reaches_at(100, 0) == pytest.approx(HOUR_S / 2)
    assert battery.charge_mah(10 * HOUR_S) == 1000
    assert battery.spent_mah("idle", 10 * HOUR_S) == pytest.approx(1000)
    battery.set_charger(0, 10 * HOUR_S)
    assert battery.empty_at(10 * HOUR_S) == pytest.approx(20 * HOUR_S)


def test_a_weak_charger_only_delays_the_end() -> None:
    battery = Battery(1000, 100)
    battery.set_load("screen", 300, 0)
    battery.set_charger(200, 0)
    assert battery.empty_at(0) == pytest.approx(HOUR_S)


def test_when_a_level_is_reached_rising_and_falling() -> None:
    battery = Battery(1000, 500)
    battery.set_load("idle", 100, 0)
    assert battery.reaches_at(40, 0) == pytest.approx(HOUR_S)
    assert battery.reaches_at(50, 0) == 0
    assert battery.reaches_at(60, 0) is None
    battery.set_charger(300, 0)
    assert battery.reaches_at(60, 0) == pytest.approx(HOUR_S / 2)
    assert battery.reaches_at(40, 0) is None


def test_time_does_not_go_back() -> None:
    battery = Battery(1000)
    battery.set_load("idle", 1, 100)
    with pytest.raises(AssertionError):
        battery.charge_mah(99)


# Seconds such as a host's monotonic or wall clock gives, where a float's steps are no longer small.
STARTS_S = st.sampled_from([0.0, 1e5, 1.7e9])


@given(
    start_s=STARTS_S,
    capacity_mah=st.floats(1, 5000),
    loads=st.lists(st.floats(0.1, 400), min_size=1, max_size=4),
    percent=st.integers(1, 100),
)
def test_the_second_that_was_told_is_the_second_of_death(
    start_s: float, capacity_mah: float, loads: list[float], percent: int
) -> None:
    battery = Battery(capacity_mah)
    battery.set_percent(percent, start_s)
    for number, current_ma in enumerate(loads):
        battery.set_load(f"load {number}", current_ma, start_s)
    at_s = battery.empty_at(start_s)
    assert at_s is not None
    # A wake may find the dust of one rounding; the next second told must be later or the last.
    for _ in range(3):
        told = battery.empty_at(at_s)
        assert told is not None
        at_s = max(at_s, told)
    assert battery.charge_mah(at_s + 1e-3) == 0
    assert battery.percent(at_s + 1e-3) == 0
    below_s = battery.reaches_at(percent - 1, start_s)
    assert below_s is not None
    assert battery.percent(below_s + 1e-3) <= percent - 1


@given(
    events=st.lists(
        st.tuples(
            st.sampled_from(["idle", "screen", "cpu", "radio", "charger"]),
            st.integers(0, 300),
            st.integers(0, 4000),
        ),
        max_size=30,
    )
)
def test_what_was_spent_is_what_is_missing(events: list[tuple[str, int, int]]) -> None:
    battery = Battery(10_000)
    now = 0.0
    for name, current_ma, wait_s in events:
        if name != "charger":
            battery.set_load(name, current_ma, now)
        now += wait_s
    spent_mah = sum(battery.spent_mah(name, now) for name in ("idle", "screen", "cpu", "radio"))
    assert battery.charge_mah(now) == pytest.approx(10_000 - spent_mah, abs=1e-6)
