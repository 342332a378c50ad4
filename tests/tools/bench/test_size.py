"""What a reconnect and a refill cost in bytes: the figures that the bench must hold, held in every run (N1, N3, N4)."""

from __future__ import annotations

import pytest

from thinline_tools.bench.size import mailed, sizes


def test_a_reconnect_and_a_refill_stay_within_their_bytes() -> None:
    """N1 ≤ 400 and ≤ 2 round trips, N3 ≤ 90,000; the counts depend on nothing but the protocol."""
    figures = {figure.id: figure.value for figure in sizes()}
    assert figures.keys() == {"N1", "N1.trips", "N2", "N2.trips", "N3", "N3.first", "N3.trips"}
    found = {name: value for name, value in figures.items() if value is not None}
    assert found["N1"] <= 400
    assert found["N1.trips"] <= 2
    assert found["N3"] <= 90_000
    assert found["N3.first"] < found["N3"] / 10
    assert found["N2"] < 2_000


def refilled(contacts: int, mails: int, most: int) -> None:
    found = {figure.id: figure.value for figure in mailed(contacts, mails)}
    assert found.keys() == {"N4", "N4.heads", "N4.trips"}
    heads, whole = found["N4.heads"], found["N4"]
    assert heads is not None
    assert whole is not None
    assert 100 * mails < heads < whole <= most


def test_mails_and_their_first_texts_stay_within_their_bytes() -> None:
    """N4, a tenth of it with all of its 50 texts."""
    refilled(100, 100, 50_000)


@pytest.mark.soak
def test_a_thousand_mails_and_their_first_texts_stay_within_their_bytes() -> None:
    """N4 ≤ 300,000."""
    refilled(1_000, 1_000, 300_000)
