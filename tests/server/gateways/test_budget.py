"""What one account may have fetched, and that it comes back."""

from __future__ import annotations

import pytest

from thinline_server.gateways import budget
from thinline_server.gateways.budget import Allowance, Budgets, Rate

ALICE, BOB = b"alice", b"bob"
SMALL = Allowance(requests=Rate(3, 0.5), body_bytes=Rate(1_000, 10), misses=Rate(2, 0.1))


def test_a_bucket_empties_and_refills_and_is_one_account_s() -> None:
    """T1."""
    budgets = Budgets(SMALL)
    assert [budgets.ask(ALICE, 100.0) for _ in range(4)] == [0, 0, 0, 2.0]
    assert budgets.ask(BOB, 100.0) == 0
    assert budgets.ask(ALICE, 101.0) == 1.0
    assert [budgets.ask(ALICE, 102.0), budgets.ask(ALICE, 102.0)] == [0, 2.0]
    assert [budgets.ask(ALICE, 1_000.0) for _ in range(4)] == [0, 0, 0, 2.0]


def test_whoever_walks_through_hosts_is_stopped_first() -> None:
    budgets = Budgets(SMALL)
    for _ in range(2):
        assert budgets.ask(ALICE, 0.0) == 0
        budgets.missed(ALICE, 0.0)
    assert budgets.ask(ALICE, 0.0) == pytest.approx(10.0)
    assert budgets.ask(ALICE, 10.1) == 0


def test_a_body_that_was_larger_than_what_was_left_is_paid_for_before_the_next() -> None:
    budgets = Budgets(SMALL)
    assert budgets.ask(ALICE, 0.0) == 0
    budgets.received(ALICE, 1_500, 0.0)
    assert budgets.ask(ALICE, 0.0) == pytest.approx(50.1)
    assert budgets.ask(ALICE, 50.2) == 0


def test_purses_that_are_full_again_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "_KEPT", 10)
    budgets = Budgets(SMALL)
    for number in range(100):
        now = 100.0 * number
        budgets.ask(ALICE, now)
        budgets.ask(bytes([number]), now)
    assert len(budgets._purses) <= 11
    assert [budgets.ask(ALICE, 9_900.0) for _ in range(3)] == [0, 0, 2.0]
