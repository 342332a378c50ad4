"""What the handset runs on, and what it spends: battery, radio, signal and screen as one straight line at a time.

Loads change only at known seconds: when a packet is booked, when a radio's tail ends, when the screen goes dark. They
are settled in order whenever somebody looks, so that a tail costs no event of its own; the second of the next warning,
or of death, is told in advance. That second is early rather than late: a load that will fall by itself is counted as
staying, and whoever wakes for it finds that there is still charge and asks again.
"""

from __future__ import annotations

from thinline_emulator.battery import Battery
from thinline_emulator.coverage import Coverage
from thinline_emulator.profiles import HandsetProfile
from thinline_emulator.radio import Radio, RadioProfile

__all__ = ["WARNINGS_PERCENT", "Power"]

NEVER = float("inf")
WARNINGS_PERCENT = (20, 10, 5)


class Power:
    """Battery, radio, coverage and the screen's light of one handset.

    Attributes:
        on: whether the handset runs.
        lit_until: when the screen goes dark.
        level_at: when the next warning, or the end, is due at the earliest.
        cover_at: when the signal changes next.
        change_at: when a load changes by itself: the radio's or the screen's.
    """

    __slots__ = (
        "_foreseen_ma", "_level", "_wished", "battery", "change_at", "cover_at", "coverage", "level_at", "lit_until",
        "on", "profile", "radio",
    )  # fmt: skip

    def __init__(self, profile: HandsetProfile, radio: Radio, coverage: Coverage) -> None:
        """A handset that is off, its battery full."""
        self.profile = profile
        self.battery = Battery(profile.capacity_mah)
        self.radio = radio
        self.coverage = coverage
        self.on = False
        self.lit_until = 0.0
        self.level_at = self.cover_at = self.change_at = NEVER
        self._foreseen_ma = 0.0  # the slope for which `level_at` was worked out
        self._wished = True  # whether its owner wants the radio on
        self._level = 0  # of the next warning, an index; behind the last one comes the end
        radio.off(0.0)

    def next_at(self, now: float) -> float:
        """When something is due."""
        if self.on and self.battery.draw_ma - self.battery.charger_ma > self._foreseen_ma:
            self.foresee(now)
        return min(self.level_at, self.cover_at, self.lit_until or NEVER)

    @property
    def radio_on(self) -> bool:
        """Whether its owner wants the radio on."""
        return self._wished

    def percent(self, now: float) -> int:
        """The charge."""
        return self.battery.percent(now)

    # On and off

    def start(self, now: float) -> bool:
        """Switch the handset on; whether there is enough charge for it."""
        if self.battery.charge_mah(now) == 0 and not self.battery.charger_ma:
            return False
        self.on = True
        self.battery.set_load("idle", self.profile.idle_ma, now)
        self.cover(now)
        self.switch_radio(self._wished, now)
        self.light(now)
        self.relevel(now)
        return True

    def stop(self, now: float) -> None:
        """Switch everything off: nothing is spent any more."""
        self.on = False
        self.lit_until = 0.0
        self.radio.off(now)
        self.level_at = self.cover_at = self.change_at = NEVER
        for load in ("idle", "screen", "cpu", "radio"):
            self.battery.set_load(load, 0.0, now)

    def light(self, now: float) -> None:
        """Somebody touched it: the screen is lit for a while."""
        self.lit_until = now + self.profile.screen_timeout_s
        self.battery.set_load("screen", self.profile.screen_ma, now)
        self.battery.set_load("cpu", self.profile.cpu_ma, now)
        self.booked(now)

    # The radio and its signal

    def switch_radio(self, on: bool, now: float) -> None:
        """Its owner wants the radio on, or off."""
        self._wished = on
        if on and self.on:
            self.radio.on()
        else:
            self.radio.off(now)
        self.booked(now)

    def set_radio(self, profile: RadioProfile, now: float) -> None:
        """Move to another network."""
        self.radio.set_profile(profile, now)
        self.switch_radio(True, now)

    def tunnel(self, duration_s: float, now: float) -> None:
        """Lose the signal for so long."""
        self.coverage.tunnel(now, duration_s)
        self.cover(now)

    def cover(self, now: float) -> None:
        """Look at the signal again."""
        self.radio.cover(self.coverage.covered(now), now)
        self.cover_at = self.coverage.changes_at(now) or NEVER
        self.booked(now)

    # The line along which the charge runs

    def settle(self, now: float) -> None:
        """Carry out what changed by itself since the last look, each at its own second."""
        while now >= self.change_at:
            at_s = self.change_at
            if self.lit_until and at_s >= self.lit_until:
                self.lit_until = 0.0
                self.battery.set_load("screen", 0.0, at_s)
                self.battery.set_load("cpu", 0.0, at_s)
            self.booked(at_s)

    def booked(self, now: float) -> None:
        """The radio may draw another current from now on, after what was booked or switched."""
        _, current_ma, until_s = self.radio.phase(now)
        self.battery.set_load("radio", current_ma if self.on else 0.0, now)
        self.change_at = NEVER if until_s is None else until_s
        if self.lit_until and self.lit_until < self.change_at:
            self.change_at = self.lit_until

    def charge(self, on: bool, now: float) -> None:
        """Plug the charger in, or out."""
        self.battery.set_charger(self.profile.charger_ma if on else 0.0, now)
        self.relevel(now)

    def set_percent(self, percent: float, now: float) -> None:
        """Put the charge there, as a verb does; falling past a warning counts as reaching it."""
        rises = percent > self.percent(now)
        self.battery.set_percent(percent, now)
        if rises:
            self.relevel(now)
        else:
            self.foresee(now)

    def relevel(self, now: float) -> None:
        """Find the next warning below the charge."""
        percent = self.percent(now)
        self._level = sum(1 for level in WARNINGS_PERCENT if level >= percent)
        self.foresee(now)

    def foresee(self, now: float) -> None:
        """Work out when the next warning or the end is due."""
        if not self.on:
            self.level_at = NEVER
            return
        self._foreseen_ma = self.battery.draw_ma - self.battery.charger_ma
        if self._level < len(WARNINGS_PERCENT):
            at_s = self.battery.reaches_at(WARNINGS_PERCENT[self._level], now)
        else:
            at_s = self.battery.empty_at(now)
        self.level_at = NEVER if at_s is None else at_s

    def level_reached(self, now: float) -> int | None:
        """The charge in percent, where a warning is due with it; 0 is the end, None is not yet."""
        percent = self.percent(now)
        if percent == 0 and not self.battery.charger_ma:
            return 0
        if self._level < len(WARNINGS_PERCENT) and percent <= WARNINGS_PERCENT[self._level]:
            self.relevel(now)
            return percent
        self.foresee(now)
        return None
