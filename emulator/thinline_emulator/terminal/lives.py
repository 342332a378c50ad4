"""A handset's lives as its owner sees them: the screen that fades when the power goes, and the bar of a refill.

The handset itself remembers nothing of a life that is over. What stands here is kept by the emulator around it: the
last picture, and how many items were held, against which a refill is measured.
"""

from __future__ import annotations

from dataclasses import dataclass

from thinline_emulator.handset import Handset
from thinline_emulator.line import Phase
from thinline_emulator.screen import Canvas, Screen, Style

__all__ = ["Lives", "Refill", "with_refill"]

_FADE_S = 1.6
_BAR = 30


@dataclass(frozen=True, slots=True)
class Refill:
    """How far a memory that came up empty has been filled.

    Attributes:
        of: items that the life before held; 0 where nobody knows.
        left_s: by the rate so far; None while it cannot be told.
    """

    items: int
    of: int
    size_bytes: int
    left_s: float | None

    def bar(self) -> str:
        """The bar; without a known end it only says how much came."""
        if not self.of:
            return f"{self.items} items"
        full = min(_BAR, _BAR * self.items // self.of)
        return f"{'█' * full}{'░' * (_BAR - full)} {self.items} of {self.of}"

    def text(self) -> str:
        """Bytes and time."""
        left = "" if self.left_s is None else f", ≈ {self.left_s:.0f} s left"
        return f"{self.size_bytes / 1000:.1f} KB{left}"


class Lives:
    """Follows one handset; looked at whenever it is drawn."""

    def __init__(self) -> None:
        self._life = 0
        self._began_s = 0.0
        self._held = self._before = 0
        self._last: Screen | None = None
        self._died_s: float | None = None

    def look(self, machine: Handset, now: float, real_s: float) -> tuple[Screen, float]:
        """What to show, and how much of it is gone; `real_s` is the world's time, in which a screen fades."""
        memory = machine.memory
        if memory is not None:
            if machine.sim.life != self._life:
                self._life, self._began_s = machine.sim.life, now
                self._before, self._held = self._held, 0
            self._held = max(self._held, len(memory.cache))
            self._died_s = None
            self._last = machine.look(now)
            return self._last, 0.0
        if self._died_s is None:
            self._died_s = real_s
        return self._last or machine.look(now), min(1.0, (real_s - self._died_s) / _FADE_S)

    def fading(self, real_s: float) -> bool:
        """Whether the picture changes by itself."""
        return self._died_s is not None and real_s - self._died_s < _FADE_S

    def refill(self, machine: Handset, now: float) -> Refill | None:
        """The refill under way, if there is one."""
        memory = machine.memory
        if memory is None or machine.talk.who is None or not (memory.filling or memory.welcome is None):
            return None
        if memory.line.phase in (Phase.DOWN, Phase.WAITING):
            return None  # refused perhaps, or out of coverage: nothing comes
        items, size_bytes = len(memory.cache), memory.line.bytes_down
        left_s = None
        if items and self._before > items:
            left_s = (now - self._began_s) * (self._before - items) / items
        return Refill(items, self._before, size_bytes, left_s)


def with_refill(screen: Screen, refill: Refill) -> Screen:
    """The screen with the bar over its lower part."""
    canvas = Canvas(screen.width, 3)
    canvas.put(1, 0, "Refilling the memory", Style.BOLD)
    canvas.put(1, 1, refill.bar())
    canvas.put(1, 2, refill.text(), Style.DIM)
    at = screen.height - 5
    apart = tuple([placed for placed in screen.pictures if placed.y + placed.high <= at or placed.y >= at + 3])
    return Screen((*screen.rows[:at], *canvas.screen().rows, *screen.rows[at + 3 :]), apart, screen.moving)
