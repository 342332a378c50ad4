"""What one account may have fetched: so often, so many bytes, and so many misses, each as a bucket that refills.

A server that fetches for whoever asks is a scanner's eye and a flood's mirror. A person who reads needs far less than
these buckets hold; somebody who walks through hosts empties the one of misses first.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Allowance", "Budgets", "Rate"]

_KEPT = 4_096  # accounts, before those whose buckets are full again are forgotten


@dataclass(frozen=True, slots=True)
class Rate:
    """A bucket: what it holds when it is full, and what comes back in a second."""

    most: float
    per_s: float


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an account may take.

    Attributes:
        requests: each hop of a redirect is one.
        body_bytes: as they came over the wire.
        misses: addresses that were refused, and hosts that did not answer.
    """

    requests: Rate = Rate(240, 1.0)
    body_bytes: Rate = Rate(256 * 1024 * 1024, 128 * 1024)
    misses: Rate = Rate(40, 1 / 15)


@dataclass(slots=True)
class _Bucket:
    rate: Rate
    taken: float = 0.0  # below `most`, but for what a whole body took beyond
    at_s: float = 0.0

    def take(self, amount: float, now: float) -> None:
        self.taken = self.owed(now) + amount
        self.at_s = now

    def owed(self, now: float) -> float:
        return max(0.0, self.taken - (now - self.at_s) * self.rate.per_s)

    def wait_s(self, now: float) -> float:
        """Until there is room for one more."""
        return max(0.0, (self.owed(now) + 1 - self.rate.most) / self.rate.per_s)


@dataclass(slots=True)
class _Purse:
    requests: _Bucket
    body_bytes: _Bucket
    misses: _Bucket

    @property
    def buckets(self) -> tuple[_Bucket, ...]:
        return self.requests, self.body_bytes, self.misses


@dataclass(slots=True)
class Budgets:
    """The purses of all accounts, in memory. `now` is in seconds of any clock that does not go back."""

    allowance: Allowance = Allowance()
    _purses: dict[bytes, _Purse] = field(default_factory=dict)

    def ask(self, account: bytes, now: float) -> float:
        """Take one request, or say how many seconds to wait for it."""
        purse = self._purse(account, now)
        wait_s = max(bucket.wait_s(now) for bucket in purse.buckets)
        if not wait_s:
            purse.requests.take(1, now)
        return wait_s

    def missed(self, account: bytes, now: float) -> None:
        """A request led nowhere."""
        self._purse(account, now).misses.take(1, now)

    def received(self, account: bytes, size_bytes: int, now: float) -> None:
        """So much came."""
        self._purse(account, now).body_bytes.take(size_bytes, now)

    def _purse(self, account: bytes, now: float) -> _Purse:
        purse = self._purses.get(account)
        if purse is None:
            if len(self._purses) >= _KEPT:
                self._forget(now)
            allowed = self.allowance
            purse = _Purse(_Bucket(allowed.requests), _Bucket(allowed.body_bytes), _Bucket(allowed.misses))
            self._purses[account] = purse
        return purse

    def _forget(self, now: float) -> None:
        for account, purse in list(self._purses.items()):
            if not any(bucket.owed(now) for bucket in purse.buckets):
                del self._purses[account]
