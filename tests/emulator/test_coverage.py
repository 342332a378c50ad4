"""Tunnels, dead zones and a commuter's track, at any second asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.errors import LocalError
from thinline_emulator.coverage import EVERYWHERE, FULL_BARS, Coverage, Span, Track

COMMUTE = Track((Span(0, 10, bars=2), Span(100, 30), Span(590, 10, bars=1)), period_s=600)


def test_without_a_track_there_is_always_full_signal() -> None:
    coverage = Coverage()
    assert coverage.bars(1e9) == FULL_BARS
    assert coverage.covered(1e9)
    assert coverage.changes_at(0) is None


def test_a_tunnel_begins_and_ends() -> None:
    coverage = Coverage()
    coverage.tunnel(100, 30)
    assert coverage.changes_at(50) == 100
    assert [coverage.covered(at_s) for at_s in (99.9, 100, 129.9, 130)] == [
        True,
        False,
        False,
        True,
    ]
    assert coverage.changes_at(100) == 130
    assert coverage.changes_at(130) is None


def test_tunnels_may_overlap_and_old_ones_are_forgotten() -> None:
    coverage = Coverage()
    coverage.tunnel(0, 30)
    coverage.tunnel(20, 30)
    assert not coverage.covered(40)
    assert coverage.covered(50)
    coverage.tunnel(60, 5)
    assert not coverage.covered(62)
    assert coverage.changes_at(0) == 60


def test_a_track_starts_where_it_is_laid() -> None:
    coverage = Coverage(Track((Span(10, 5, bars=1), Span(12, 2))), start_s=1000)
    assert [coverage.bars(at_s) for at_s in (1009, 1010, 1012, 1014, 1015)] == [4, 1, 0, 1, 4]
    assert coverage.changes_at(1000) == 1010
    assert coverage.changes_at(1020) is None


def test_a_repeating_track_comes_again() -> None:
    coverage = Coverage(COMMUTE, start_s=50)
    for turn in (-600, 0, 600, 600_000):
        seen = [coverage.bars(turn + 50 + at_s) for at_s in (0, 10, 100, 129, 130, 590, 599)]
        assert seen == [2, 4, 0, 0, 4, 1, 1]
        assert coverage.changes_at(turn + 50 + 10) == turn + 150


@given(start_s=st.floats(0, 1e6), period_s=st.floats(601, 10_000))
def test_walking_from_edge_to_edge_always_gets_on(start_s: float, period_s: float) -> None:
    coverage = Coverage(Track(COMMUTE.spans, period_s), start_s)
    now, seen = start_s, []
    for _ in range(18):
        seen.append(coverage.bars(now))
        edge_s = coverage.changes_at(now)
        assert edge_s is not None
        assert edge_s > now
        now = edge_s
    assert seen == [2, 4, 0, 4, 1, 4] * 3


@pytest.mark.parametrize(("duration_s", "bars"), [(0, 0), (-1, 0), (1, 5), (1, -1)])
def test_a_span_that_cannot_be_is_refused(duration_s: float, bars: int) -> None:
    with pytest.raises(LocalError):
        Span(0, duration_s, bars)


@pytest.mark.parametrize(("span", "period_s"), [(Span(0, 1), 0), (Span(-1, 1), 600), (Span(599, 2), 600)])
def test_a_track_that_cannot_repeat_is_refused(span: Span, period_s: float) -> None:
    with pytest.raises(LocalError):
        Track((span,), period_s)


def test_everywhere_is_shared_and_not_changed_by_tunnels() -> None:
    Coverage().tunnel(0, 10)
    assert EVERYWHERE.spans == ()
    assert Coverage().covered(5)
