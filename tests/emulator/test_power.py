"""Power: loads that end by themselves are settled at their own second, and the end is foreseen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from thinline_emulator.coverage import Coverage, Span, Track
from thinline_emulator.power import Power
from thinline_emulator.profiles import load_profile, load_radio
from thinline_emulator.radio import Radio, RadioState

GPRS = replace(load_radio("gprs"), loss=0.0)
CLASSIC = replace(load_profile("classic"), radio=GPRS)
NEVER = float("inf")
HOUR_S = 3_600.0


def started(percent: float = 100.0, track: Track | None = None) -> Power:
    power = Power(CLASSIC, Radio(GPRS, 1), Coverage(track or Track()))
    power.set_percent(percent, 0.0)
    assert power.start(0.0)
    return power


def dark(power: Power) -> Power:
    """Past the light of the start."""
    power.settle(CLASSIC.screen_timeout_s)
    return power


def test_a_handset_that_is_off_spends_nothing() -> None:
    power = Power(CLASSIC, Radio(GPRS, 1), Coverage())
    assert power.battery.draw_ma == 0
    assert power.next_at(0.0) == NEVER
    power.foresee(0.0)
    assert power.level_at == NEVER
    power.set_percent(0.0, 0.0)
    assert not power.start(0.0)
    power.charge(True, 0.0)
    assert power.start(0.0)


def test_the_screen_goes_dark_by_itself() -> None:
    power = started()
    lit_ma = CLASSIC.idle_ma + CLASSIC.screen_ma + CLASSIC.cpu_ma + GPRS.idle_ma
    assert power.battery.draw_ma == pytest.approx(lit_ma)
    assert power.next_at(0.0) == CLASSIC.screen_timeout_s
    dark(power)
    assert power.battery.draw_ma == pytest.approx(CLASSIC.idle_ma + GPRS.idle_ma)
    assert power.battery.spent_mah("screen", 100.0) == pytest.approx(CLASSIC.screen_ma * 30 / HOUR_S)
    assert power.lit_until == 0.0


def test_a_packet_and_its_tail_are_spent_exactly_without_an_event() -> None:
    power = dark(started())
    at_s = 1_000.0
    done_s = power.radio.transmit(1_000, at_s) - GPRS.latency_s
    power.booked(at_s)
    assert power.radio.state(at_s) is RadioState.ACTIVE
    power.settle(at_s + HOUR_S)
    (tail,) = GPRS.tails
    active_mah = GPRS.active_ma * (done_s - at_s) / HOUR_S + tail.current_ma * tail.duration_s / HOUR_S
    idle_mah = GPRS.idle_ma * (at_s + HOUR_S - (done_s - at_s) - tail.duration_s) / HOUR_S
    assert power.battery.spent_mah("radio", at_s + HOUR_S) == pytest.approx(active_mah + idle_mah, rel=1e-6)


def test_the_screen_and_a_tail_end_in_their_order() -> None:
    power = started()
    power.radio.transmit(100, 28.0)
    power.booked(28.0)
    power.settle(60.0)
    assert power.lit_until == 0.0
    assert power.battery.draw_ma == pytest.approx(CLASSIC.idle_ma + GPRS.idle_ma)


def test_warnings_come_at_their_levels_and_then_the_end() -> None:
    power = dark(started(21.0))
    said = []
    now = 30.0
    while power.on:
        now = power.next_at(now)
        power.settle(now)
        level = power.level_reached(now)
        if level is not None:
            said.append(level)
        if level == 0:
            power.stop(now)
    assert said == [20, 10, 5, 0]
    hours = 0.21 * CLASSIC.capacity_mah / (CLASSIC.idle_ma + GPRS.idle_ma)
    assert now == pytest.approx(hours * HOUR_S, rel=0.02)
    assert power.battery.draw_ma == 0


def test_an_early_wake_is_no_warning() -> None:
    power = dark(started(21.0))
    power.radio.transmit(1_000, 100.0)
    power.booked(100.0)
    early_s = power.next_at(100.0)
    power.settle(early_s)
    assert power.level_reached(early_s) is None
    assert power.next_at(early_s) > early_s


def test_a_verb_that_lowers_the_charge_warns_and_one_that_raises_it_does_not() -> None:
    power = dark(started())
    power.set_percent(12.0, 40.0)
    assert power.level_reached(40.0) == 12
    assert power.level_reached(40.0) is None
    power.set_percent(15.0, 41.0)
    assert power.level_reached(41.0) is None
    power.set_percent(0.0, 42.0)
    assert power.level_reached(42.0) == 0
    power.charge(True, 42.0)
    assert power.level_reached(42.0) is None


def test_a_charger_holds_off_the_end() -> None:
    power = dark(started(50.0))
    power.charge(True, 40.0)
    assert power.next_at(40.0) == NEVER
    power.charge(False, 41.0)
    assert power.next_at(41.0) < NEVER


def test_the_radio_is_its_owners_and_the_signal_the_routes() -> None:
    power = started(track=Track((Span(100.0, 50.0),)))
    assert power.cover_at == 100.0
    assert power.radio.attached
    power.cover(100.0)
    assert not power.radio.attached
    assert power.cover_at == 150.0
    power.cover(150.0)
    assert power.radio.attached
    power.switch_radio(False, 160.0)
    assert not power.radio_on
    assert power.radio.state(160.0) is RadioState.OFF
    power.set_radio(load_radio("wifi"), 170.0)
    assert power.radio_on
    assert power.radio.profile.name == "wifi"
    power.tunnel(30.0, 180.0)
    assert not power.radio.attached
    assert power.cover_at == 210.0


def test_a_radio_that_was_switched_while_all_is_off_stays_off_until_the_start() -> None:
    power = Power(CLASSIC, Radio(GPRS, 1), Coverage())
    power.switch_radio(True, 0.0)
    assert not power.radio.attached
    assert power.battery.draw_ma == 0
    power.start(1.0)
    assert power.radio.attached
    power.light(2.0)
    assert power.lit_until == 32.0
