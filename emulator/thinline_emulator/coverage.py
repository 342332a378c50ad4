"""Coverage: where on its way through the day a handset has signal.

A `Track` says what a route is like: spans with a number of bars, once or repeating (a commuter
train through the same tunnels every morning). It is frozen and shared by any number of handsets;
each has its own `Coverage`, which starts the track at its own second and adds the tunnels that
somebody typed. The answer at any second is computed, never advanced.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from thinline.errors import LocalError

__all__ = ["EVERYWHERE", "FULL_BARS", "Coverage", "Span", "Track"]

FULL_BARS = 4


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time with ``bars`` of signal; 0 is a dead zone."""

    start_s: float
    duration_s: float
    bars: int = 0

    def __post_init__(self) -> None:
        """Check the figures, which come from scripts.

        Raises:
            LocalError: The duration is not above 0, or the bars are not 0 to 4.
        """
        if self.duration_s <= 0:
            raise LocalError(f"a span lasts above 0 s, not {self.duration_s:g}")
        if not 0 <= self.bars <= FULL_BARS:
            raise LocalError(f"signal is 0 to {FULL_BARS} bars, not {self.bars}")


@dataclass(frozen=True, slots=True)
class Track:
    """Spans against a background of full signal, seconds counted from the track's start.

    With ``period_s`` the spans come again every so many seconds, before the start as well as
    after. Where spans overlap the weakest counts.
    """

    spans: tuple[Span, ...] = ()
    period_s: float | None = None

    def __post_init__(self) -> None:
        """Check that a repeating track can repeat.

        Raises:
            LocalError: The period is not above 0, or a span does not lie within it.
        """
        if self.period_s is None:
            return
        if self.period_s <= 0:
            raise LocalError(f"a period lasts above 0 s, not {self.period_s:g}")
        for span in self.spans:
            if span.start_s < 0 or span.start_s + span.duration_s > self.period_s:
                raise LocalError(f"{span} does not lie within the period of {self.period_s:g} s")


EVERYWHERE = Track()


class Coverage:
    """One handset's signal over time: a track from a start on, and tunnels of its own."""

    __slots__ = ("_start_s", "_track", "_tunnels")

    def __init__(self, track: Track = EVERYWHERE, start_s: float = 0.0) -> None:
        """Lay ``track`` so that its second 0 is ``start_s``."""
        self._track = track
        self._start_s = start_s
        self._tunnels: tuple[Span, ...] = ()

    def tunnel(self, now: float, duration_s: float) -> None:
        """Enter a tunnel at ``now`` and leave it ``duration_s`` later.

        Raises:
            LocalError: The duration is not above 0.
        """
        ahead = tuple(span for span in self._tunnels if span.start_s + span.duration_s > now)
        self._tunnels = (*ahead, Span(now, duration_s))

    def bars(self, now: float) -> int:
        """Return the signal, 0 (none) to 4."""
        bars = FULL_BARS
        for starts_s, ends_s, span_bars in self._near(now):
            if starts_s <= now < ends_s:
                bars = min(bars, span_bars)
        return bars

    def covered(self, now: float) -> bool:
        """Return whether there is any signal."""
        return self.bars(now) > 0

    def changes_at(self, now: float) -> float | None:
        """Return the next edge of a span after ``now``, None if all lie behind.

        Where spans overlap the bars may turn out to be the same after an edge.
        """
        edges_s = [edge_s for near in self._near(now) for edge_s in near[:2] if edge_s > now]
        return min(edges_s, default=None)

    def _near(self, now: float) -> Iterator[tuple[float, float, int]]:
        """Yield (start, end, bars) of every span that can matter at ``now`` or be next.

        Start and end come out of the same expressions whoever asks, so that at the very second of
        an edge `bars` and `changes_at` agree on which side of it they are.
        """
        for span in self._tunnels:
            yield span.start_s, span.start_s + span.duration_s, span.bars
        period_s = self._track.period_s
        origins_s = [self._start_s]
        if period_s is not None:
            # One period before and one after: the quotient may round across a boundary.
            turn = (now - self._start_s) // period_s
            origins_s = [self._start_s + (turn + step) * period_s for step in (-1, 0, 1, 2)]
        for origin_s in origins_s:
            for span in self._track.spans:
                starts_s = origin_s + span.start_s
                yield starts_s, starts_s + span.duration_s, span.bars
