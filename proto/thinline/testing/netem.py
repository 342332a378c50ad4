"""A network that does what networks do, from a seed: delay, loss, repeats, overtaking, cuts, and half-open lines.

It touches nothing: `carry` says when which copies of a packet arrive, and the caller's clock does the rest. Every
fault that happened is counted by its kind, so that a campaign can show that none of them stayed at zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum, unique
from random import Random

__all__ = ["Cut", "Delivery", "Fault", "Faults", "Netem"]


@unique
class Fault(Enum):
    """The kinds that are counted."""

    DELAY = "delay"
    LOSS = "loss"
    REPEAT = "repeat"
    OVERTAKE = "overtake"
    CUT = "cut"
    HALF_OPEN = "half-open"


@unique
class Cut(Enum):
    """How a connection is cut at a packet: the packet is lost with it, or it still arrives."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Faults:
    """Chances for each packet, between 0 and 1, and the delays in seconds."""

    least_s: float = 0.0
    most_s: float = 0.0
    loss: float = 0.0
    repeat: float = 0.0
    overtake: float = 0.0
    cut: float = 0.0
    half_open: float = 0.0

    @classmethod
    def draw(cls, seed: int, ceiling: Faults) -> Faults:
        """Some faults of a seed, none above the ceiling's chance, and each kind switched off in every other seed."""
        chance = Random(seed)
        names = [field.name for field in fields(cls) if not field.name.endswith("_s")]
        drawn = {name: getattr(ceiling, name) * chance.random() if chance.random() < 0.5 else 0.0 for name in names}
        return replace(ceiling, **drawn)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What happens on a wire at a time: a packet arrives at one end, or an end learns that the connection is lost.

    Attributes:
        towards: the direction in which it goes; None where both ends learn of a loss.
        data: the packet; None where the connection is lost.
    """

    at_s: float
    wire: Hashable
    towards: Hashable
    data: bytes | None


_NO_FAULTS = Faults()
_HELD_BACK_S = 0.1


class Netem:
    """The network between two ends of each wire. `wire` and `towards`, a direction of it, are the caller's names.

    Args:
        seed: of all chance.
        faults: how often what goes wrong; `heal` ends them.
        cuts: packets, counted from 1 over all wires and directions, at which their wire is cut.

    Attributes:
        carried: packets so far.
        counts: how often each fault happened.
    """

    def __init__(self, seed: int = 0, faults: Faults = _NO_FAULTS, cuts: Mapping[int, Cut] | None = None) -> None:
        self.carried = 0
        self.counts: Counter[Fault] = Counter(dict.fromkeys(Fault, 0))
        self._chance = Random(seed)
        self._faults = faults
        self._cuts = dict(cuts or {})
        self._perfect = faults == _NO_FAULTS and not cuts  # then nothing has to be drawn or remembered
        self._latest: dict[tuple[Hashable, Hashable], float] = {}  # nothing overtakes by itself
        self._held: dict[tuple[Hashable, Hashable], float] = {}  # arrival of a packet that may be overtaken
        self._gone: set[Hashable] = set()  # wires that were cut or hung up
        self._dumb: set[Hashable] = set()  # wires, or (wire, towards), that carry nothing and say nothing

    def heal(self) -> None:
        """From now on nothing new goes wrong; what is cut or half-open already stays so."""
        self._faults = Faults(self._faults.least_s, self._faults.least_s)
        self._cuts.clear()

    def carry(self, wire: Hashable, towards: Hashable, data: bytes, now: float) -> list[Delivery]:
        """A packet is sent; returns all that comes of it."""
        self.carried += 1
        if wire in self._gone or wire in self._dumb or (wire, towards) in self._dumb:
            return []
        if self._perfect:
            return [Delivery(now, wire, towards, data)]
        cut = self._cuts.get(self.carried)
        if cut is None and self._happens(Fault.HALF_OPEN, self._faults.half_open):
            self._dumb.add(self._chance.choice([wire, (wire, towards)]))
            return []
        if cut is None and self._chance.random() < self._faults.cut:
            cut = self._chance.choice(list(Cut))
        arrivals = [] if cut is Cut.BEFORE else self._arrivals(wire, towards, data, now)
        return arrivals if cut is None else [*arrivals, *self.cut(wire, now)]

    def cut(self, wire: Hashable, now: float) -> list[Delivery]:
        """Cut a wire here; both ends learn of it, after all that still arrives."""
        self.counts[Fault.CUT] += 1
        self._gone.add(wire)
        return [self._end(wire, None, now)]

    def hang(self, wire: Hashable, towards: Hashable, now: float) -> list[Delivery]:
        """An end hangs up: the other learns of it after all that still arrives, on a half-open wire never."""
        if wire in self._gone or wire in self._dumb or (wire, towards) in self._dumb:
            return []
        self._gone.add(wire)
        return [self._end(wire, towards, now)]

    def _end(self, wire: Hashable, towards: Hashable, now: float) -> Delivery:
        under_way = [at_s for times in (self._latest, self._held) for (one, _), at_s in times.items() if one == wire]
        return Delivery(max([now + self._faults.least_s, *under_way]), wire, towards, None)

    def _happens(self, fault: Fault, chance: float) -> bool:
        happens = self._chance.random() < chance
        self.counts[fault] += happens
        return happens

    def _arrivals(self, wire: Hashable, towards: Hashable, data: bytes, now: float) -> list[Delivery]:
        if self._happens(Fault.LOSS, self._faults.loss):
            return []
        copies = 2 if self._happens(Fault.REPEAT, self._faults.repeat) else 1
        return [Delivery(self._arrival((wire, towards), now), wire, towards, data) for _ in range(copies)]

    def _arrival(self, way: tuple[Hashable, Hashable], now: float) -> float:
        least, most = self._faults.least_s, self._faults.most_s
        extra = self._chance.uniform(0, most - least) if most > least else 0.0
        self.counts[Fault.DELAY] += extra > 0
        at_s = max(now + least + extra, self._latest.get(way, 0.0))
        if self._chance.random() < self._faults.overtake:  # held back, so that what comes behind may be there first
            at_s += self._chance.uniform(0, max(most, _HELD_BACK_S))
            self._held[way] = max(at_s, self._held.get(way, 0.0))
            return at_s
        self._latest[way] = at_s
        if at_s < self._held.get(way, 0.0):
            self.counts[Fault.OVERTAKE] += 1
        return at_s
