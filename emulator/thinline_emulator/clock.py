"""Two clocks: the one the handset shows, and the one that the emulator runs on.

`HandsetClock` is a part of the handset. It lives in volatile memory, so after a power loss the
handset does not know the time until a server tells it; and it may be wrong, by a skew or by
running fast. `VirtualRate` is the emulator's own: it maps the host's seconds to virtual ones, so
that a day can pass in a minute and the verb `clock x60` can be given at any moment. Both are
straight lines that are bent without a jump.
"""

from __future__ import annotations

__all__ = ["HandsetClock", "VirtualRate"]


class HandsetClock:
    """The wall clock of a handset: milliseconds since 1970, once somebody has told it.

    Attributes:
        skew_ms: How far it is ahead of the time it was told; what a wrong setting looks like.
    """

    __slots__ = ("_rate", "_set_at_s", "_time_ms", "skew_ms")

    def __init__(self, rate: float = 1.0, skew_ms: int = 0) -> None:
        """Make a clock that does not know the time, ticking ``rate`` seconds a second."""
        self.skew_ms = skew_ms
        self._rate = rate
        self._set_at_s = 0.0
        self._time_ms: float | None = None

    @property
    def rate(self) -> float:
        """How many of its seconds pass in one true second: 1.0001 gains 8.6 s a day."""
        return self._rate

    def set_rate(self, rate: float, now: float) -> None:
        """Run at ``rate`` from ``now`` on, without a jump."""
        if self._time_ms is not None:
            self._time_ms = self._elapsed_to(self._time_ms, now)
            self._set_at_s = now
        self._rate = rate

    def set(self, time_ms: int, now: float) -> None:
        """Learn that it is ``time_ms`` at ``now``."""
        self._time_ms = time_ms
        self._set_at_s = now

    def unset(self) -> None:
        """Forget the time, as volatile memory does."""
        self._time_ms = None

    def read(self, now: float) -> int | None:
        """Return the time that it shows, None while it does not know."""
        if self._time_ms is None:
            return None
        return round(self._elapsed_to(self._time_ms, now)) + self.skew_ms

    def _elapsed_to(self, time_ms: float, now: float) -> float:
        return time_ms + (now - self._set_at_s) * 1000 * self._rate


class VirtualRate:
    """The line from host seconds to virtual seconds; its slope is the rate, 0 is a pause."""

    __slots__ = ("_host_s", "_virtual_s", "rate")

    def __init__(self, host_s: float, virtual_s: float = 0.0, rate: float = 1.0) -> None:
        """Begin at ``virtual_s`` when the host's clock shows ``host_s``."""
        assert rate >= 0, rate
        self.rate = rate
        self._host_s = host_s
        self._virtual_s = virtual_s

    def set_rate(self, rate: float, host_s: float) -> None:
        """Let ``rate`` virtual seconds pass a second from ``host_s`` on, without a jump."""
        assert rate >= 0, rate
        self._virtual_s = self.virtual_s(host_s)
        self._host_s = host_s
        self.rate = rate

    def virtual_s(self, host_s: float) -> float:
        """Return the virtual second at the host's ``host_s``."""
        return self._virtual_s + (host_s - self._host_s) * self.rate

    def host_s(self, virtual_s: float) -> float | None:
        """Return the host's second at which it is ``virtual_s``, None while time stands still."""
        if self.rate == 0:
            return None
        return self._host_s + (virtual_s - self._virtual_s) / self.rate
