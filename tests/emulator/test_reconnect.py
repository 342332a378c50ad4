"""A herd that comes back spread out, and never before it was told to."""

from __future__ import annotations

from thinline_emulator.reconnect import Backoff


def test_the_wait_is_somewhere_below_a_ceiling_that_doubles_up_to_the_cap() -> None:
    waits_s = [
        [backoff.failed(1000) - 1000 for _ in range(6)] for backoff in (Backoff(1, 10, seed) for seed in range(500))
    ]
    for ceiling_s, drawn_s in zip((1, 2, 4, 8, 10, 10), zip(*waits_s, strict=True), strict=True):
        assert min(drawn_s) < 0.05 * ceiling_s
        assert 0.95 * ceiling_s < max(drawn_s) < ceiling_s


def test_a_success_forgets_the_failures_but_not_the_place_in_the_draw() -> None:
    backoff = Backoff(1, 60, seed=3)
    first = [backoff.failed(0) for _ in range(5)]
    backoff.succeeded()
    assert backoff.failures == 0
    again = [backoff.failed(0) for _ in range(5)]
    assert again[0] < 1
    assert first != again


def test_the_same_seed_waits_the_same() -> None:
    alice, twin = Backoff(1, 60, seed=3), Backoff(1, 60, seed=3)
    assert [alice.failed(0) for _ in range(9)] == [twin.failed(0) for _ in range(9)]


def test_a_hint_is_never_undercut_and_the_herd_spreads_above_it() -> None:
    dials_s = [Backoff(1, 60, seed).failed(100, retry_after_s=40) for seed in range(1000)]
    assert min(dials_s) >= 140
    assert max(dials_s) > 155
    for second in range(140, 160):
        assert sum(1 for dial_s in dials_s if second <= dial_s < second + 1) < 90


def test_a_short_hint_does_not_narrow_the_jitter() -> None:
    herd = [Backoff(8, 60, seed) for seed in range(500)]
    assert max(backoff.failed(0, retry_after_s=1) for backoff in herd) > 8


def test_a_hint_in_the_past_is_no_hint() -> None:
    assert 0 <= Backoff(1, 60, seed=3).failed(0, retry_after_s=-50) < 1


def test_a_year_of_failures_is_still_a_wait() -> None:
    backoff = Backoff(1, 300, seed=3)
    for _ in range(5000):
        assert 0 <= backoff.failed(0) < 300
    assert backoff.failures == 5000
