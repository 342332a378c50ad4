"""When to dial again: back-off with full jitter, and the server's word above it.

In March 2005 a dropped batch of handsets came back all at once and the service fell over. So a
handset waits a random part of a ceiling that doubles with each failure, and a server that says
"come back in 40 s" is never asked earlier; what is random is then added on top, in proportion to
the hint, so that a herd told one number still comes back spread out.
"""

from __future__ import annotations

from thinline_emulator.chance import unit

__all__ = ["Backoff"]

# A herd that was told one hint spreads over at least this share of it.
_HINT_SPREAD = 0.5
# 2 ** 62 times any base is above any cap; the exponent stops there and the float stays finite.
_MOST_DOUBLINGS = 62


class Backoff:
    """The wait before the next dial, from a base and a cap in seconds.

    Attributes:
        failures: Dials in a row that came to nothing.
    """

    __slots__ = ("_base_s", "_cap_s", "_draws", "_seed", "failures")

    def __init__(self, base_s: float, cap_s: float, seed: int) -> None:
        """Start without failures; ``seed`` should differ from handset to handset."""
        assert 0 < base_s <= cap_s, (base_s, cap_s)
        self.failures = 0
        self._base_s = base_s
        self._cap_s = cap_s
        self._seed = seed
        self._draws = 0

    def failed(self, now: float, retry_after_s: float | None = None) -> float:
        """Count a failure; return the second of the next dial, never before the server's hint."""
        ceiling_s = min(self._cap_s, self._base_s * 2.0 ** min(self.failures, _MOST_DOUBLINGS))
        hint_s = max(0.0, retry_after_s or 0.0)
        self.failures += 1
        self._draws += 1
        return now + hint_s + unit(self._seed, self._draws) * max(ceiling_s, hint_s * _HINT_SPREAD)

    def succeeded(self) -> None:
        """Forget the failures: the next one waits as little as the first."""
        self.failures = 0
