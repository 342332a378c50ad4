"""The jump screen: a wheel with the apps on its rim, which turns under the thumb.

The wheel stands on its edge, half of it beyond the left of the screen: the chosen app is where the rim is nearest, the
others bend away above and below, and the icon rolls by as on a drum. Where the wheel stands between two apps follows
from the second at which it was turned and the handset's time alone, so a turn is a function and not a row of ticks.
At once it moves more than half of the way: who turns fast reads the name under the thumb, never one that was there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import asin, floor, pi, sin, sqrt

from thinline_emulator.apps.base import App, Desk, Step, begin_screen
from thinline_emulator.apps.icons import ICON_PIXELS, icon
from thinline_emulator.asks import Wish
from thinline_emulator.keys import Char, Key
from thinline_emulator.raster import Raster
from thinline_emulator.screen import Canvas, Screen, Style, clip, width

__all__ = ["TURN_S", "Jump", "Wheel"]

TURN_S = 0.24
_BEGUN = 0.25  # of a turn, when it is first seen
_SLOT = 25 * pi / 180  # of the rim, from app to app
_SEEN = 3  # apps to either side of the chosen one, at most
_RIM_X, _RIM_RADIUS = 9, 6.35  # columns of the rim at its nearest; rows
_GAP = 4  # pixels between two icons


@dataclass(frozen=True, slots=True)
class Wheel:
    """Where the wheel stands.

    Attributes:
        at: the chosen app; it counts on with every round.
        came_from: where it was when it was last turned, between apps perhaps.
        turned_s: when that was.
    """

    at: int = 0
    came_from: float = 0.0
    turned_s: float = -TURN_S

    def place(self, now: float) -> float:
        """Where it is: it runs up and comes softly to rest."""
        gone = _BEGUN + (1 - _BEGUN) * (now - self.turned_s) / TURN_S
        if gone >= 1:
            return float(self.at)
        return self.at + (self.came_from - self.at) * (1 - max(gone, _BEGUN)) ** 3

    def turned(self, by: int, now: float) -> Wheel:
        """Turned on by so many apps."""
        return Wheel(self.at + by, self.place(now), now)


class Jump:
    """Its state is the wheel."""

    name = "jump"
    title = "Jump"
    collection = 0
    share = 0.0

    def begin(self) -> Wheel:
        """At the first app."""
        return Wheel()

    def view(self, state: Wheel, desk: Desk) -> Screen:
        """Draw the wheel as it stands now."""
        canvas = begin_screen(desk, self.title, "wheel: turn   press: open   BACK")
        place = state.place(desk.now)
        _draw_rim(canvas, place)
        _draw_names(canvas, desk.apps, place)
        chosen = desk.apps[state.at % len(desk.apps)]
        left = canvas.width - ICON_PIXELS - 3
        canvas.picture(left, 3, ICON_PIXELS, ICON_PIXELS // 2, _rolled(desk.apps, place))
        resting = place == state.at
        if resting and chosen.collection:
            _put_middle(canvas, left, 12, _held(desk, chosen.collection))
        if desk.memory.note:
            canvas.line(canvas.height - 2, f" {desk.memory.note}", style=Style.BOLD)
        return canvas.screen(moving=not resting)

    def along(self, desk: Desk) -> tuple[Wish, ...]:
        """Nothing."""
        return ()

    def came(self, state: Wheel, wish: Wish, desk: Desk) -> Step | None:
        """Nothing."""
        return None

    def on_key(self, state: Wheel, key: Key | Char, desk: Desk) -> Step:
        """Turn, open, or go back; a letter turns to the next app that begins with it."""
        match key:
            case Key.WHEEL_DOWN | Key.DOWN | Key.RIGHT:
                return Step(state.turned(1, desk.now))
            case Key.WHEEL_UP | Key.UP | Key.LEFT:
                return Step(state.turned(-1, desk.now))
            case Key.WHEEL_PRESS | Key.OK | Key.ENTER:
                at = state.at % len(desk.apps)
                return Step(Wheel(at, at), open=desk.apps[at].name)
            case Key.BACK | Key.CANCEL:
                return Step(replace(state, came_from=state.at), close=True)
            case Char(letter):
                return Step(state.turned(_steps_to(letter, state.at, desk.apps), desk.now))
            case _:
                return Step(state)


def _steps_to(letter: str, at: int, apps: tuple[App, ...]) -> int:
    """The shorter way to the next app with that initial; none where there is none."""
    count = len(apps)
    for by in range(1, count):
        if apps[(at + by) % count].title.casefold().startswith(letter.casefold()):
            return by if by <= count // 2 else by - count
    return 0


def _draw_rim(canvas: Canvas, place: float) -> None:
    """The rim in half cells, with a notch between two apps, so that one sees it turn even where there is only one."""
    middle = _middle(canvas)
    for y in range(1, canvas.height - 1):
        halves = [_rim_edge(y + half - 0.5 - middle, place) for half in (0.25, 0.75)]
        for x in range(_RIM_X):
            upper, lower = (edge is not None and edge[0] <= x + 0.5 < edge[1] for edge in halves)
            canvas.put(x, y, "█" if upper and lower else "▀" if upper else "▄" if lower else " ", Style.DIM)


def _rim_edge(dy: float, place: float) -> tuple[float, float] | None:
    """The columns between which the rim is at a height above or below the middle, a notch narrowing it."""
    if abs(dy) >= _RIM_RADIUS:
        return None
    sine = dy / _RIM_RADIUS
    angle = asin(sine) / _SLOT + place
    notch = abs((angle % 1.0) - 0.5) < 0.14
    outer = _rim_x(sine)
    return outer - (1.2 if notch else 2.6), outer


def _rim_x(sine: float) -> float:
    """The rim's outer column; a column is half as wide as a row is high."""
    radius = 2 * _RIM_RADIUS
    return _RIM_X - radius + radius * sqrt(1 - sine * sine)


def _middle(canvas: Canvas) -> int:
    """The row of the chosen app, between status bar and hint."""
    return (canvas.height - 2) // 2


def _draw_names(canvas: Canvas, apps: tuple[App, ...], place: float) -> None:
    """As many as there are, at most three to either side; a wheel of two or four shows one twice, as it comes round."""
    reach = min(_SEEN, len(apps) // 2)
    room = canvas.width - ICON_PIXELS - 5
    taken = set()
    for slot in sorted(range(floor(place) - reach, floor(place) + reach + 2), key=lambda one: abs(one - place)):
        off = slot - place
        y = _middle(canvas) + round(_RIM_RADIUS * sin(off * _SLOT))
        if abs(off) >= reach + 0.5 or y in taken:  # on the move two can come to one row: the nearer one is seen
            continue
        taken.add(y)
        x = max(4, round(_rim_x(sin(off * _SLOT)) + 2))
        title = apps[slot % len(apps)].title
        if abs(off) < 0.5:
            canvas.put(x - 1, y, f" {clip(title, room - x - 1)} ", Style.INVERSE)
        else:
            canvas.put(x, y, clip(title, room - x), Style.NORMAL if abs(off) < 1.5 else Style.DIM)


def _rolled(apps: tuple[App, ...], place: float) -> Raster:
    """The icons as on a drum behind a window: what stands in it now."""
    slot = floor(place)
    upper, lower = (icon(apps[(slot + by) % len(apps)].name) for by in (0, 1))
    gone = round((place - slot) * (ICON_PIXELS + _GAP))
    rows = upper.pixels + bytes([upper.clear]) * (_GAP * ICON_PIXELS) + lower.pixels
    shown = rows[gone * ICON_PIXELS : (gone + ICON_PIXELS) * ICON_PIXELS]
    return Raster(ICON_PIXELS, ICON_PIXELS, upper.palette, shown, upper.clear)


def _held(desk: Desk, collection: int) -> str:
    count = len(desk.items(collection))
    return "" if not count else "1 item" if count == 1 else f"{count} items"


def _put_middle(canvas: Canvas, left: int, y: int, text: str) -> None:
    canvas.put(left + (ICON_PIXELS - width(text)) // 2, y, text, Style.DIM)
