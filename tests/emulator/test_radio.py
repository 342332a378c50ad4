"""Bytes become seconds in the air, and seconds become charge."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.errors import LocalError
from thinline_emulator.battery import Battery
from thinline_emulator.radio import Radio, RadioProfile, RadioState, Tail

HOUR_S = 3600.0

PLAIN = RadioProfile(
    name="plain",
    up_bytes_s=1000,
    down_bytes_s=2000,
    latency_s=0.25,
    promotion_s=0,
    loss=0,
    retry_s=0.5,
    overhead_bytes=0,
    burst_bytes=4500,
    idle_ma=8,
    search_ma=25,
    active_ma=170,
    tails=(Tail(100, 5), Tail(40, 12)),
)
PROMOTED = replace(PLAIN, promotion_s=2)


def test_a_packet_takes_its_size_over_the_rate_and_a_latency() -> None:
    radio = Radio(PLAIN, seed=1)
    assert radio.transmit(500, 10) == 10.75
    assert radio.receive(500, 10) == 10.5


def test_packets_of_one_direction_queue_and_the_other_is_free() -> None:
    radio = Radio(PLAIN, seed=1)
    assert [radio.transmit(1000, 10) for _ in range(3)] == [11.25, 12.25, 13.25]
    assert radio.receive(2000, 10.5) == 11.75
    assert radio.receive(2000, 10.5) == 12.75
    assert radio.transmit(1000, 20) == 21.25


def test_overhead_is_carried_and_counted() -> None:
    radio = Radio(replace(PLAIN, overhead_bytes=50), seed=1)
    assert radio.transmit(950, 0) == 1.25
    radio.receive(950, 0)
    assert (radio.bytes_up, radio.bytes_down) == (1000, 1000)


def test_traffic_goes_through_active_and_the_tails_to_idle() -> None:
    radio = Radio(PLAIN, seed=1)
    assert radio.phase(9) == (RadioState.IDLE, 8, None)
    radio.transmit(1000, 10)
    seen = [(10.0, RadioState.ACTIVE, 170.0)]
    while (at_s := radio.changes_at(seen[-1][0])) is not None:
        seen.append((at_s, radio.state(at_s), radio.current_ma(at_s)))
    assert seen == [
        (10, RadioState.ACTIVE, 170),
        (11, RadioState.TAIL, 100),
        (16, RadioState.TAIL, 40),
        (28, RadioState.IDLE, 8),
    ]


def test_traffic_during_the_tail_begins_a_new_one() -> None:
    radio = Radio(PLAIN, seed=1)
    radio.transmit(1000, 0)
    radio.receive(2000, 10)
    assert radio.phase(10) == (RadioState.ACTIVE, 170, 11)
    assert radio.phase(11) == (RadioState.TAIL, 100, 16)
    assert radio.active_s == 2


def test_two_directions_at_once_are_active_once() -> None:
    radio = Radio(PLAIN, seed=1)
    radio.transmit(3000, 0)
    radio.receive(2000, 1)
    assert radio.active_s == 3
    radio.receive(8000, 1.5)
    assert radio.changes_at(1.5) == 6
    assert radio.active_s == 6


def test_a_sleeping_radio_is_promoted_first_and_only_once() -> None:
    radio = Radio(PROMOTED, seed=1)
    assert radio.transmit(1000, 10) == 13.25
    assert radio.state(10) is RadioState.ACTIVE
    assert radio.receive(2000, 11) == 13.25, "it waits for the same promotion"
    assert radio.transmit(1000, 15) == 16.25, "the tail is awake"
    assert radio.active_s == 4


def test_some_packets_are_sent_twice_and_hold_up_those_behind() -> None:
    radio = Radio(replace(PLAIN, loss=0.5), seed=4)
    took_s, at_s = [], 0.0
    for _ in range(40):
        arrived_s = radio.transmit(1000, at_s)
        took_s.append(arrived_s - at_s - 0.25)
        at_s = arrived_s - 0.25
    assert sorted(set(took_s)) == [1, 2.5]
    assert took_s.count(2.5) == radio.retransmissions > 10
    again = Radio(replace(PLAIN, loss=0.5), seed=4)
    arrivals = [again.transmit(1000, 0) for _ in range(40)]
    assert arrivals[-1] == at_s + 0.25, "the same seed loses the same packets"


def test_room_is_a_burst_when_idle_and_then_what_keeps_a_second_queued() -> None:
    radio = Radio(PLAIN, seed=1)
    assert radio.room(0) == 4500
    assert radio.room_at(0) is None
    radio.transmit(4500, 0)
    assert radio.room(0) == 0
    assert radio.room_at(0) == 4
    assert radio.room(4) == 500
    assert radio.room_at(4) == 4.5
    assert radio.room(4.5) == 4500
    assert radio.room_at(4.5) is None


def test_room_never_exceeds_the_burst() -> None:
    radio = Radio(replace(PLAIN, up_bytes_s=1_000_000), seed=1)
    radio.transmit(1000, 0)
    assert radio.room(0) == 4500


@given(st.floats(0, 1e9), st.floats(10, 1e6), st.integers(1, 10_000))
def test_waiting_for_room_always_ends(start_s: float, bytes_s: float, size_bytes: int) -> None:
    radio = Radio(replace(PLAIN, up_bytes_s=bytes_s), seed=1)
    radio.transmit(size_bytes, start_s)
    now, wakes = start_s, 0
    while (at_s := radio.room_at(now)) is not None:
        assert at_s > now
        now, wakes = at_s, wakes + 1
    assert wakes <= 2
    assert radio.room(now) == 4500


def test_a_radio_that_is_off_draws_nothing_and_loses_what_was_booked() -> None:
    radio = Radio(PLAIN, seed=1)
    radio.transmit(3000, 0)
    radio.off(1)
    assert radio.phase(1) == (RadioState.OFF, 0, None)
    assert radio.active_s == 1
    assert (radio.attached, radio.room(1), radio.room_at(1)) == (False, 0, None)
    with pytest.raises(AssertionError):
        radio.receive(1, 1)
    radio.on()
    assert radio.phase(1) == (RadioState.IDLE, 8, None)
    assert radio.transmit(1000, 2) == 3.25


def test_out_of_coverage_it_searches_and_what_was_booked_is_lost() -> None:
    radio = Radio(PLAIN, seed=1)
    radio.receive(8000, 0)
    radio.cover(covered=False, now=1)
    radio.cover(covered=False, now=2)
    assert radio.phase(2) == (RadioState.NO_COVERAGE, 25, None)
    assert (radio.active_s, radio.room(2)) == (1, 0)
    radio.cover(covered=True, now=3)
    radio.cover(covered=True, now=3)
    assert radio.phase(3) == (RadioState.IDLE, 8, None)
    assert radio.active_s == 1


def test_switched_off_in_a_tunnel_it_comes_back_where_it_is() -> None:
    radio = Radio(PLAIN, seed=1)
    radio.cover(covered=False, now=0)
    radio.off(1)
    assert radio.state(1) is RadioState.OFF
    radio.on()
    assert radio.state(2) is RadioState.NO_COVERAGE


def test_off_during_the_tail_gives_back_no_active_time() -> None:
    radio = Radio(PLAIN, seed=1)
    radio.transmit(1000, 0)
    radio.off(3)
    assert radio.active_s == 1


def test_another_network_ends_a_tail_and_keeps_what_is_in_the_air() -> None:
    fast = replace(PLAIN, name="fast", up_bytes_s=10_000, active_ma=300, tails=(), idle_ma=5)
    radio = Radio(PLAIN, seed=1)
    radio.transmit(1000, 0)
    radio.set_profile(fast, 0.5)
    assert radio.phase(0.5) == (RadioState.ACTIVE, 300, 1)
    assert radio.transmit(1000, 0.5) == pytest.approx(1.35)
    assert radio.state(1.2) is RadioState.IDLE
    radio.set_profile(PLAIN, 1.2)
    assert radio.state(1.2) is RadioState.IDLE


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"up_bytes_s": 0}, "rates and burst"),
        ({"burst_bytes": 0}, "rates and burst"),
        ({"loss": 1}, "loss"),
        ({"loss": -0.1}, "loss"),
        ({"idle_ma": -1}, "negative"),
        ({"latency_s": -1}, "negative"),
        ({"tails": (Tail(1, 0),)}, "tail"),
        ({"tails": (Tail(-1, 1),)}, "tail"),
    ],
)
def test_a_profile_that_the_arithmetic_could_not_bear_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(LocalError, match=says):
        replace(PLAIN, **wrong)


class Powered:
    """A radio on a battery, composed as the radio's contract says."""

    def __init__(self, radio: Radio) -> None:
        self.radio = radio
        self.battery = Battery(1500)
        self.now = 0.0
        self._feed()

    def until(self, now: float) -> None:
        while (at_s := self.radio.changes_at(self.now)) is not None and at_s <= now:
            assert at_s > self.now
            self.now = at_s
            self._feed()
        self.now = now

    def transmit(self, size_bytes: int, now: float) -> None:
        self.until(now)
        self.radio.transmit(size_bytes, now)
        self._feed()

    def receive(self, size_bytes: int, now: float) -> None:
        self.until(now)
        self.radio.receive(size_bytes, now)
        self._feed()

    def _feed(self) -> None:
        self.battery.set_load("radio", self.radio.current_ma(self.now), self.now)


def test_a_packet_and_its_tail_cost_what_the_arithmetic_says() -> None:
    alice = Powered(Radio(PLAIN, seed=1))
    alice.transmit(2000, 100)
    alice.until(HOUR_S)
    in_the_air = 2 * 170
    lingering = 5 * 100 + 12 * 40
    idle = (HOUR_S - 2 - 17) * 8
    expected_mah = (in_the_air + lingering + idle) / HOUR_S
    assert alice.battery.spent_mah("radio", HOUR_S) == pytest.approx(expected_mah, rel=1e-12)
    assert alice.battery.charge_mah(HOUR_S) == pytest.approx(1500 - expected_mah, rel=1e-12)


def test_a_day_of_standby_costs_what_the_arithmetic_says() -> None:
    bob = Powered(Radio(PROMOTED, seed=1))
    heartbeat_s = 28 * 60
    beats = 24 * 3600 // heartbeat_s
    for beat in range(1, beats + 1):
        bob.transmit(100, beat * heartbeat_s)
    day_s = 24 * HOUR_S
    bob.until(day_s)
    busy_s = 2.1 + 17
    charge = beats * (2.1 * 170 + 5 * 100 + 12 * 40 - busy_s * 8) + day_s * 8
    assert bob.battery.spent_mah("radio", day_s) == pytest.approx(charge / HOUR_S, rel=1e-12)
    assert bob.radio.active_s == pytest.approx(beats * 2.1)


@given(
    packets=st.lists(st.tuples(st.floats(0, 40), st.booleans(), st.integers(0, 6000)), max_size=20),
    seed=st.integers(0, 99),
)
def test_the_active_seconds_are_the_active_seconds_that_the_battery_paid(
    packets: list[tuple[float, bool, int]], seed: int
) -> None:
    only_active = replace(PROMOTED, loss=0.3, idle_ma=0, tails=(Tail(0, 5),))
    alice = Powered(Radio(only_active, seed))
    now = 0.0
    for wait_s, up, size_bytes in packets:
        now += wait_s
        (alice.transmit if up else alice.receive)(size_bytes, now)
    alice.until(now + 1e6)
    paid_s = alice.battery.spent_mah("radio", now + 1e6) * HOUR_S / only_active.active_ma
    assert paid_s == pytest.approx(alice.radio.active_s, abs=1e-6)
    assert alice.radio.changes_at(inf) is None
