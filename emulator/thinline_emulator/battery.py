"""The battery: a charge that runs down along straight lines.

Between two events every current in the handset is constant, so the charge at any second is one
multiplication away and nothing ever ticks. Each consumer is a named load ("idle", "screen",
"cpu", "radio") whose current somebody sets when it changes; the sum of the loads, less what a
charger brings, is the slope. The second of death is therefore known in advance: `empty_at` is
where the line meets zero, and it moves when a load does.

An empty battery feeds nobody: from that second on no load spends anything, and the charge stays
at zero as long as the loads exceed the charger. Whoever owns the battery must switch its loads
off at `empty_at` (the brown-out), and then a charger can fill it again.
"""

from __future__ import annotations

from math import ceil

from thinline.errors import LocalError

__all__ = ["Battery"]

_HOUR_S = 3600.0
# Below this the cell is empty. It swallows what rounding leaves over at the second of `empty_at`:
# without it a handset could wake for its death, find 1e-16 mAh left, and wake for it for ever.
_EMPTY_MAH = 1e-9


class _Load:
    """One consumer: its current, and what it had spent when that current was set."""

    __slots__ = ("current_ma", "live_s", "spent_mah")

    def __init__(self) -> None:
        self.current_ma = 0.0
        self.spent_mah = 0.0
        self.live_s = 0.0


class Battery:
    """A charge in mAh under named loads in mA; time is absolute seconds and never goes back."""

    __slots__ = (
        "_at_s",
        "_charge_mah",
        "_draw_ma",
        "_live_s",
        "_loads",
        "capacity_mah",
        "charger_ma",
    )

    def __init__(self, capacity_mah: float, charge_mah: float | None = None) -> None:
        """Make a battery, full unless told otherwise; nothing draws from it yet."""
        charge_mah = capacity_mah if charge_mah is None else charge_mah
        assert 0 <= charge_mah <= capacity_mah > 0, (capacity_mah, charge_mah)
        self.capacity_mah = capacity_mah
        self.charger_ma = 0.0
        self._charge_mah = charge_mah
        self._draw_ma = 0.0
        self._at_s = 0.0
        # Seconds in which the battery could feed its loads, up to `_at_s`. A load's spending is its
        # current times the growth of this, so that one clock serves all loads.
        self._live_s = 0.0
        self._loads: dict[str, _Load] = {}

    @property
    def draw_ma(self) -> float:
        """The sum of the loads, whether battery or charger carries it."""
        return self._draw_ma

    def set_load(self, name: str, current_ma: float, now: float) -> None:
        """Let the load ``name`` draw ``current_ma`` from ``now`` on; the same value is no event."""
        load = self._loads.get(name)
        if load is None:
            load = self._loads[name] = _Load()
        if load.current_ma == current_ma:
            return
        assert current_ma >= 0, (name, current_ma)
        self._settle(now)
        load.spent_mah += load.current_ma * (self._live_s - load.live_s) / _HOUR_S
        load.live_s = self._live_s
        load.current_ma = current_ma
        # Summed afresh, not adjusted: the draw must come back to exactly zero.
        draw_ma = 0.0
        for each in self._loads.values():
            draw_ma += each.current_ma
        self._draw_ma = draw_ma

    def set_charger(self, current_ma: float, now: float) -> None:
        """Plug in a charger that brings ``current_ma``; 0 unplugs it."""
        assert current_ma >= 0, current_ma
        self._settle(now)
        self.charger_ma = current_ma

    def set_percent(self, percent: float, now: float) -> None:
        """Put the charge at ``percent`` of the capacity.

        Raises:
            LocalError: It is not between 0 and 100.
        """
        if not 0 <= percent <= 100:
            raise LocalError(f"a battery holds 0 to 100 percent, not {percent:g}")
        self._settle(now)
        self._charge_mah = self.capacity_mah * percent / 100

    def charge_mah(self, now: float) -> float:
        """Return the charge at ``now``, 0 up to the capacity."""
        return self._after(now)[0]

    def percent(self, now: float) -> int:
        """Return the charge in percent, rounded up: 0 is empty and nothing else is."""
        charge_mah = self.charge_mah(now)
        if charge_mah == 0:
            return 0
        # The inner rounding drops float dust, so that 12 percent is 12 and not ceil(12.000000001).
        return max(1, ceil(round(charge_mah * 100 / self.capacity_mah, 9)))

    def empty_at(self, now: float) -> float | None:
        """Return the second at which the charge meets 0 under today's loads, None if never.

        An empty battery that still has more load than charger answers ``now``.
        """
        slope_ma = self.charger_ma - self._draw_ma
        if slope_ma >= 0:
            return None
        return max(now, self._at_s - self._charge_mah * _HOUR_S / slope_ma)

    def reaches_at(self, percent: float, now: float) -> float | None:
        """Return the second at which the charge is ``percent``, None if it never will be."""
        level_mah = self.capacity_mah * percent / 100
        missing_mah = level_mah - self.charge_mah(now)
        if abs(missing_mah) <= _EMPTY_MAH:
            return now
        slope_ma = self.charger_ma - self._draw_ma
        if missing_mah * slope_ma <= 0:
            return None
        return max(now, self._at_s + (level_mah - self._charge_mah) * _HOUR_S / slope_ma)

    def spent_mah(self, name: str, now: float) -> float:
        """Return what the load ``name`` has drawn since the start, 0 for one never heard of."""
        load = self._loads.get(name)
        if load is None:
            return 0.0
        return load.spent_mah + load.current_ma * (self._after(now)[1] - load.live_s) / _HOUR_S

    def _settle(self, now: float) -> None:
        """Move the line's origin to ``now``, before a slope changes."""
        self._charge_mah, self._live_s = self._after(now)
        self._at_s = now

    def _after(self, now: float) -> tuple[float, float]:
        """Return the charge at ``now``, and for how long the loads have been fed until then."""
        elapsed_s = now - self._at_s
        assert elapsed_s >= 0, (self._at_s, now)
        slope_ma = self.charger_ma - self._draw_ma
        charge_mah = self._charge_mah + slope_ma * elapsed_s / _HOUR_S
        if charge_mah > _EMPTY_MAH:
            return min(charge_mah, self.capacity_mah), self._live_s + elapsed_s
        if slope_ma < 0:
            elapsed_s = min(elapsed_s, -self._charge_mah * _HOUR_S / slope_ma)
        return 0.0, self._live_s + elapsed_s
