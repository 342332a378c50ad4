"""Buckets for pairs: alice may write to bob as fast as she types, and nobody may bury him."""

from __future__ import annotations

from thinline.limits import LIMITS
from thinline_server.store import floods
from thinline_server.store.floods import Floods

PAIR, OTHER = b"alice to bob", b"carol to bob"


def test_a_burst_then_so_many_a_second() -> None:
    """Spec OUT-15."""
    told = Floods()
    assert {told.wait_ms(PAIR, 0) for _ in range(LIMITS.handed_burst)} == {0}
    assert told.wait_ms(PAIR, 0) == 1_000 // LIMITS.handed_a_s
    assert told.wait_ms(OTHER, 0) == 0, "who is flooded by one still hears from everybody else"
    passed = [told.wait_ms(PAIR, now_ms) for now_ms in range(0, 10_000, 7)].count(0)
    assert passed == 10 * LIMITS.handed_a_s - 1


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing() -> None:
    told = Floods()
    for _ in range(LIMITS.handed_burst):
        told.wait_ms(PAIR, 1_000_000)
    assert told.wait_ms(PAIR, 0) > 0
    assert told.wait_ms(PAIR, 1_000) == 0


def test_pairs_are_bounded(monkeypatch: object) -> None:
    told = Floods()
    for number in range(floods._PAIRS + 3):
        told.wait_ms(number.to_bytes(4), 0)
    assert len(told._left) == floods._PAIRS


def test_each_moment_is_later_than_the_last_one() -> None:
    """Spec IM-6: what waited in a tunnel comes in one packet, and in its order."""
    told = Floods()
    assert [told.moment_ms(now_ms) for now_ms in (5, 5, 5, 9, 3)] == [5, 6, 7, 9, 10]
