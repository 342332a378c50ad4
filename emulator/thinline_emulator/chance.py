"""Chance without a generator: a pure function of a seed and a count.

A handset needs very little randomness (which packet is retransmitted, how long to wait before the
next dial), but thousands of them in one thread may not hold a generator of 2.5 KB each. So every
part keeps one integer, how often it has drawn, and asks this function for the n-th number of its
seed. The same seed gives the same day, whatever the other handsets do.
"""

from __future__ import annotations

__all__ = ["unit"]

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def unit(seed: int, count: int) -> float:
    """Return the ``count``-th number of ``seed``, uniform in [0, 1).

    It is the output function of splitmix64 (Steele, Lea and Flood, OOPSLA 2014), which can be
    entered at any count. Give parts of one handset different seeds, or they draw alike.
    """
    mixed = (seed + (count + 1) * _GOLDEN) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((mixed ^ (mixed >> 31)) >> 11) * 2.0**-53
