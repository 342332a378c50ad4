"""The radio: what turns bytes into seconds, and seconds into current.

Two queues, one for each direction, drain at the rates of a profile; a packet given to the radio
waits for those before it, is in the air for its size over the rate, and has crossed one latency
later. While either queue drains the radio is ACTIVE; then it lingers in the TAIL states in which a
real network holds it (most of the price of a small packet is this), and at last it is IDLE.

Nothing ticks. A queue is one number, the second at which it will be empty, because what is booked
is never reordered; the whole radio is a handful of such numbers.

**The contract with the battery.** The current is constant between `changes_at` seconds. Whoever
composes the two calls ``battery.set_load("radio", radio.current_ma(t), t)`` after each call that
changes the radio at ``t`` (`transmit`, `receive`, `on`, `off`, `cover`, `set_profile`) and at each
``t`` that `changes_at` named; then the charge spent is exact, not sampled. `phase` gives state,
current and next change at once.

A downlink packet is in the air from the second at which the network's edge has it, and its latency
comes after: the energy is right in amount and early by at most one latency.

What is booked when the radio goes off or out of coverage is lost: arrival seconds later than that,
told earlier, no longer hold, and the composer drops those packets and calls the link lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import inf

from thinline.errors import LocalError
from thinline_emulator.chance import unit

__all__ = ["Radio", "RadioProfile", "RadioState", "Tail"]

# The uplink is fed so that about this much of its rate waits: more would only make an interactive
# frame queue behind what is already handed over.
_QUEUE_S = 1.0
_REFILL_S = _QUEUE_S / 2
# Seconds that differ by less are the same second: rounding may not make room "grow" for ever.
_SAME_S = 1e-6


class RadioState(Enum):
    """What the radio is doing, and so what it draws."""

    OFF = "off"
    NO_COVERAGE = "no coverage"
    IDLE = "idle"
    ACTIVE = "active"
    TAIL = "tail"


@dataclass(frozen=True, slots=True)
class Tail:
    """One step of the lingering after traffic."""

    current_ma: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class RadioProfile:
    """A kind of network as a handset sees it.

    Attributes:
        name: What the verb `radio` calls it.
        up_bytes_s: The uplink's rate.
        down_bytes_s: The downlink's rate.
        latency_s: One way, beyond the time in the air.
        promotion_s: From IDLE to the first byte, drawing the active current.
        loss: The share of packets that need a link-layer retransmission, in [0, 1).
        retry_s: What a retransmission costs beyond its second time in the air.
        overhead_bytes: What the layers below add to each packet.
        burst_bytes: What may be handed to an idle uplink at once; at least one maximal frame.
        idle_ma: Attached and silent.
        search_ma: Out of coverage, looking for a cell.
        active_ma: While bytes move.
        tails: The steps after traffic, in order.
    """

    name: str
    up_bytes_s: float
    down_bytes_s: float
    latency_s: float
    promotion_s: float
    loss: float
    retry_s: float
    overhead_bytes: int
    burst_bytes: int
    idle_ma: float
    search_ma: float
    active_ma: float
    tails: tuple[Tail, ...]

    def __post_init__(self) -> None:
        """Refuse figures with which the arithmetic would not end.

        Raises:
            LocalError: A rate, size or duration is out of its range.
        """
        if min(self.up_bytes_s, self.down_bytes_s, self.burst_bytes) <= 0:
            raise LocalError(f"radio {self.name}: rates and burst must be above 0")
        if not 0 <= self.loss < 1:
            raise LocalError(f"radio {self.name}: loss must be in [0, 1)")
        currents_ma = (self.idle_ma, self.search_ma, self.active_ma)
        times_s = (self.latency_s, self.promotion_s, self.retry_s)
        if min(*currents_ma, *times_s, self.overhead_bytes) < 0:
            raise LocalError(f"radio {self.name}: currents, times and overhead must not be negative")
        if any(tail.duration_s <= 0 or tail.current_ma < 0 for tail in self.tails):
            raise LocalError(f"radio {self.name}: a tail lasts above 0 s and draws at least 0 mA")


class Radio:
    """One handset's radio: it books packets and knows its current at any second.

    Attributes:
        profile: The network it is on.
        bytes_up: Bytes booked on the uplink, overhead included, retransmissions not.
        bytes_down: The same for the downlink.
        active_s: Seconds of ACTIVE booked so far.
        retransmissions: Packets that had to be sent twice.
    """

    __slots__ = (
        "_active_until_s",
        "_covered",
        "_down_free_s",
        "_draws",
        "_on",
        "_ready_s",
        "_seed",
        "_up_free_s",
        "active_s",
        "bytes_down",
        "bytes_up",
        "profile",
        "retransmissions",
    )

    def __init__(self, profile: RadioProfile, seed: int) -> None:
        """Make a radio that is on and covered; ``seed`` decides which packets are lost."""
        self.profile = profile
        self.bytes_up = 0
        self.bytes_down = 0
        self.active_s = 0.0
        self.retransmissions = 0
        self._seed = seed
        self._draws = 0
        # Two switches, because they are two facts: the owner's, and the tunnel's.
        self._on = True
        self._covered = True
        self._up_free_s = self._down_free_s = self._ready_s = self._active_until_s = -inf

    def transmit(self, size_bytes: int, now: float) -> float:
        """Book an uplink packet; return the second at which the far side has its last byte."""
        profile = self.profile
        self._up_free_s = self._book(self._up_free_s, size_bytes, profile.up_bytes_s, now)
        self.bytes_up += size_bytes + profile.overhead_bytes
        return self._up_free_s + profile.latency_s

    def receive(self, size_bytes: int, now: float) -> float:
        """Book a downlink packet that the network's edge has at ``now``; return when it is here."""
        profile = self.profile
        self._down_free_s = self._book(self._down_free_s, size_bytes, profile.down_bytes_s, now)
        self.bytes_down += size_bytes + profile.overhead_bytes
        return self._down_free_s + profile.latency_s

    def room(self, now: float) -> int:
        """Return how many bytes may be given to the uplink now; 0 without a network."""
        if not self.attached:
            return 0
        profile = self.profile
        backlog_s = self._up_free_s - now
        if backlog_s <= 0:
            return profile.burst_bytes
        return max(0, min(profile.burst_bytes, int((_QUEUE_S - backlog_s) * profile.up_bytes_s)))

    def room_at(self, now: float) -> float | None:
        """Return the next second at which asking for `room` is worth while, None if never.

        Room grows all the time while the queue drains; the seconds told are when half a second is
        left in it, and when it is empty.
        """
        if not self.attached or self._up_free_s <= now:
            return None
        refill_s = self._up_free_s - _REFILL_S
        return refill_s if now < refill_s - _SAME_S else self._up_free_s

    @property
    def attached(self) -> bool:
        """Whether it is on and covered, so that packets can be booked."""
        return self._on and self._covered

    def phase(self, now: float) -> tuple[RadioState, float, float | None]:
        """Return the state, its current in mA, and the second at which it ends by itself."""
        profile = self.profile
        if not self._on:
            return RadioState.OFF, 0.0, None
        if not self._covered:
            return RadioState.NO_COVERAGE, profile.search_ma, None
        until_s = self._active_until_s
        if now < until_s:
            return RadioState.ACTIVE, profile.active_ma, until_s
        for tail in profile.tails:
            until_s += tail.duration_s
            if now < until_s:
                return RadioState.TAIL, tail.current_ma, until_s
        return RadioState.IDLE, profile.idle_ma, None

    def state(self, now: float) -> RadioState:
        """Return what the radio is doing."""
        return self.phase(now)[0]

    def current_ma(self, now: float) -> float:
        """Return what the radio draws."""
        return self.phase(now)[1]

    def changes_at(self, now: float) -> float | None:
        """Return when the current next changes by itself, None if it will not."""
        return self.phase(now)[2]

    def on(self) -> None:
        """Switch on: IDLE, or looking for a cell."""
        self._on = True

    def off(self, now: float) -> None:
        """Switch off: what is booked and not yet across is lost, and there is no tail."""
        self._on = False
        self._drop_booked(now)

    def cover(self, covered: bool, now: float) -> None:
        """Enter or leave coverage; leaving it loses what is booked."""
        if self._covered and not covered:
            self._drop_booked(now)
        self._covered = covered

    def set_profile(self, profile: RadioProfile, now: float) -> None:
        """Move to another network: a running tail ends; what is booked still crosses, as told."""
        if now >= self._active_until_s:
            self._active_until_s = -inf
        self.profile = profile

    def _book(self, free_s: float, size_bytes: int, bytes_s: float, now: float) -> float:
        """Take the air after ``free_s`` for one packet; return the second at which it is done."""
        assert self.attached, "no packet crosses a radio that is off or out of coverage"
        assert size_bytes >= 0, size_bytes
        profile = self.profile
        if profile.promotion_s and self.phase(now)[0] is RadioState.IDLE:
            self._ready_s = now + profile.promotion_s
        air_s = (size_bytes + profile.overhead_bytes) / bytes_s
        if profile.loss:
            self._draws += 1
            if unit(self._seed, self._draws) < profile.loss:
                # Delivery is in order, so the second attempt holds up all that queues behind it.
                air_s += air_s + profile.retry_s
                self.retransmissions += 1
        done_s = max(now, free_s, self._ready_s) + air_s
        if done_s > self._active_until_s:
            # No gap can open: a start later than `now` waits for a queue or a promotion.
            self.active_s += done_s - max(now, self._active_until_s)
            self._active_until_s = done_s
        return done_s

    def _drop_booked(self, now: float) -> None:
        self.active_s -= max(0.0, self._active_until_s - now)
        self._up_free_s = self._down_free_s = self._ready_s = self._active_until_s = -inf
