"""How much one account may hand to another: a burst, then so many a second (spec OUT-15; abuse of the kind 32).

Counted for each pair, so that who is flooded by one still hears from everybody else.
"""

from __future__ import annotations

from thinline.limits import LIMITS

__all__ = ["Floods"]

_PAIRS = 65_536
_MOST = LIMITS.handed_burst * 1_000  # thousandths of one


class Floods:
    """Buckets that fill with time, for pairs of accounts; a full one is not kept."""

    def __init__(self) -> None:
        self._left: dict[bytes, tuple[int, int]] = {}  # by pair: thousandths that are left, and when (ms)
        self._moment_ms = 0

    def moment_ms(self, now_ms: int) -> int:
        """When something is handed over: later than all before it, so that what comes at once keeps its order."""
        self._moment_ms = max(now_ms, self._moment_ms + 1)
        return self._moment_ms

    def wait_ms(self, pair: bytes, now_ms: int) -> int:
        """Take one for a pair: 0, or how long to wait where none is left."""
        left, at_ms = self._left.pop(pair, (_MOST, now_ms))
        left = min(_MOST, left + max(0, now_ms - at_ms) * LIMITS.handed_a_s)
        wait_ms = 0
        if left >= 1_000:
            left -= 1_000
        else:
            wait_ms = -(-(1_000 - left) // LIMITS.handed_a_s)
        if len(self._left) >= _PAIRS:  # whoever was quiet the longest begins anew
            del self._left[next(iter(self._left))]
        self._left[pair] = (left, now_ms)
        return wait_ms
