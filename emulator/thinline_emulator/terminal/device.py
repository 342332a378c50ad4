"""The device: its body, its keys and its screen, drawn on a sheet, and which key is where.

With 80 x 24 there is the whole device, with more rows a keyboard too, with less only the screen in its frame; and a
terminal too small for that is told how large it would have to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Cell, Placed, Screen, Style, clip
from thinline_emulator.terminal.bidi import turned
from thinline_emulator.terminal.keymap import LEGEND, SHORT_LEGEND
from thinline_emulator.terminal.paint import Brush, Tint, dimmed, painted, tinted
from thinline_emulator.terminal.sheet import Ink, Sheet

__all__ = ["Picture", "View", "draw_device", "least_size"]

_WIDE, _HIGH = 80, 24
_SIDE = 14  # cells of the body at either side of the screen
_KEYBOARD = ("1234567890", "qwertyuiop", "asdfghjkl'", "zxcvbnm,.-")
_STYLES = {
    Style.NORMAL: "screen",
    Style.BOLD: "screen-bold",
    Style.INVERSE: "screen-inverse",
    Style.DIM: "screen-dim",
    Style.LINK: "screen-link",
}
_UNLIT = {**dict.fromkeys(Style, "unlit"), Style.INVERSE: "screen-inverse"}


@dataclass(frozen=True, slots=True)
class View:
    """All that is to be seen.

    Attributes:
        screen: the handset's.
        title: whose handset it is.
        place: where its card lives.
        banner: something that just happened; empty when it is a while ago.
        status: battery, link and what exists only here, in a line.
        light: green, amber, red or off.
        keys: of its profile.
        lit: whether the screen has its light on.
        fade: how much of the picture is gone: 0 nothing, 1 all.
        brush: how pictures on the screen are painted.
        tint: the colours of a screen that has but one; None for any other.
    """

    screen: Screen
    title: str = ""
    place: str = ""
    banner: str = ""
    status: str = ""
    light: str = "off"
    keys: frozenset[Key] = field(default_factory=lambda: frozenset(Key))
    lit: bool = True
    fade: float = 0.0
    brush: Brush = Brush.HALF
    tint: Tint | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """What was drawn, the pictures to hang over it, and the keys on it: left, top, right, bottom, all inside."""

    sheet: Sheet
    keys: tuple[tuple[int, int, int, int, Key | Char], ...] = ()
    pictures: tuple[Placed, ...] = ()

    def key_at(self, x: int, y: int) -> Key | Char | None:
        """The key under a mouse."""
        for left, top, right, bottom, key in self.keys:
            if left <= x <= right and top <= y <= bottom:
                return key
        return None


def least_size(screen: Screen) -> tuple[int, int]:
    """The smallest terminal: the screen in its frame, a line of status, a legend."""
    return screen.width + 2, screen.height + 4


def draw_device(view: View, width: int, height: int) -> Picture:
    """Draw it as large as it fits."""
    sheet = Sheet(width, height)
    least_wide, least_high = least_size(view.screen)
    if width < least_wide or height < least_high:
        return _too_small(sheet, least_wide, least_high)
    if width < max(_WIDE, view.screen.width + 2 * _SIDE + 4) or height < max(_HIGH, view.screen.height + 8):
        return _draw_slim(view, sheet)
    return _draw_whole(view, sheet)


def _too_small(sheet: Sheet, wide: int, high: int) -> Picture:
    said = (
        f"{sheet.width} x {sheet.height} is too small.",
        f"The handset needs {wide} x {high}:",
        "enlarge the terminal.",
    )
    for y, text in enumerate(said):
        sheet.put(0, y, text, "strong")
    return Picture(sheet)


def _draw_slim(view: View, sheet: Sheet) -> Picture:
    left = (sheet.width - view.screen.width - 2) // 2
    sheet.box(left, 0, (view.screen.width + 2, view.screen.height + 2), "bezel")
    pictures = tuple(_draw_screen(view, sheet, left + 1, 1))
    y = view.screen.height + 2
    told = clip(f"{_lamp(view)} {view.banner or view.status}", view.screen.width + 2)
    sheet.put(left, y, told, "banner" if view.banner else "strong")
    sheet.put(left, y + 1, SHORT_LEGEND, "desk")
    if sheet.height > y + 2:
        sheet.put(left, y + 2, clip(view.place, view.screen.width + 2), "desk")
    return Picture(sheet, pictures=pictures)


def _draw_whole(view: View, sheet: Sheet) -> Picture:
    wide, high = view.screen.width + 2 * _SIDE + 4, view.screen.height + 4
    keyboard = sheet.height >= high + 4 + len(_KEYBOARD) + 2
    body_high = high + (len(_KEYBOARD) + 2 if keyboard else 0)
    left, top = (sheet.width - wide) // 2, (sheet.height - body_high - 4) // 2
    sheet.put(left + 1, top, clip(view.title, wide - 2), "strong")
    if view.banner:
        sheet.fill(left, top + 1, wide, 1, "banner")
        sheet.put(left + 1, top + 1, clip(view.banner, wide - 2), "banner")
    else:
        sheet.put(left + 1, top + 1, clip(view.place, wide - 2), "desk")
    top += 2
    sheet.box(left, top, (wide, body_high), "body")
    bezel = left + 1 + _SIDE
    sheet.box(bezel, top + 1, (view.screen.width + 2, view.screen.height + 2), "bezel")
    pictures = tuple(_draw_screen(view, sheet, bezel + 1, top + 2))
    hits = _left_side(view, sheet, left + 1, top + 1)
    hits += _right_side(view, sheet, bezel + view.screen.width + 2, top + 1)
    if keyboard:
        hits += _keyboard(sheet, left + 1, top + high - 1, wide - 2)
    sheet.put(left + 1, top + body_high, clip(view.status, wide - 2), "strong")
    sheet.put(left, top + body_high + 1, LEGEND, "desk")
    return Picture(sheet, tuple(hits), pictures)


def _lamp(view: View) -> str:
    return "○" if view.light == "off" else "●"


_Hits = list[tuple[int, int, int, int, Key | Char]]


def _button(sheet: Sheet, x: int, y: int, label: str, key: Key | Char) -> _Hits:
    wide = max(5, len(label) + 4)
    sheet.box(x, y, (wide, 3), "key")
    sheet.put(x + (wide - len(label)) // 2, y + 1, label, "key")
    return [(x, y, x + wide - 1, y + 2, key)]


def _left_side(view: View, sheet: Sheet, x: int, y: int) -> _Hits:
    hits: _Hits = []
    for row, label, key in ((1, " JUMP ", Key.JUMP), (4, " MENU ", Key.MENU), (13, " SEND ", Key.SEND)):
        if key in view.keys:
            hits += _button(sheet, x + 2, y + row, label, key)
    for dx, row, sign, key in (
        (6, 8, "▲", Key.UP),
        (3, 9, "◀", Key.LEFT),
        (9, 9, "▶", Key.RIGHT),
        (6, 10, "▼", Key.DOWN),
    ):
        if key in view.keys:
            sheet.put(x + dx - 1, y + row, f" {sign} ", "key")
            hits.append((x + dx - 1, y + row, x + dx + 1, y + row, key))
    sheet.put(x + 3, y + 17, "thinline", "brand")
    return hits


def _right_side(view: View, sheet: Sheet, x: int, y: int) -> _Hits:
    hits: _Hits = []
    sheet.put(x + 6, y, _lamp(view), f"light-{view.light}")
    if Key.WHEEL_PRESS in view.keys:
        sheet.box(x + 3, y + 1, (8, 7), "key")
        for row, sign in ((2, "▲"), (4, "press"), (6, "▼")):
            sheet.put(x + 7 - (len(sign) + 1) // 2, y + row, sign, "key")
        hits += [
            (x + 3, y + 1, x + 10, y + 2, Key.WHEEL_UP),
            (x + 3, y + 3, x + 10, y + 5, Key.WHEEL_PRESS),
            (x + 3, y + 6, x + 10, y + 7, Key.WHEEL_DOWN),
        ]
    for row, label, key in ((9, " BACK ", Key.BACK), (12, "CANCEL", Key.CANCEL), (15, "  OK  ", Key.OK)):
        if key in view.keys:
            hits += _button(sheet, x + 2, y + row, label, key)
    return hits


def _keyboard(sheet: Sheet, x: int, y: int, wide: int) -> _Hits:
    hits: _Hits = []
    for row, letters in enumerate(_KEYBOARD):
        at = x + (wide - 5 * len(letters)) // 2 + row
        for letter in letters:
            sheet.put(at, y + row, f" {letter} ", "key")
            hits.append((at, y + row, at + 2, y + row, Char(letter)))
            at += 5
    row, at = y + len(_KEYBOARD), x + wide // 2 - 22
    for label, key in ((" delete ", Key.DELETE), ("        space        ", Char(" ")), (" enter ", Key.ENTER)):
        sheet.put(at, row, label, "key")
        hits.append((at, row, at + len(label) - 1, row, key))
        at += len(label) + 3
    return hits


def _draw_screen(view: View, sheet: Sheet, x: int, y: int) -> Iterator[Placed]:
    """Draw it there; what is to hang over it in pixels, by the sheet's cells."""
    for row, cells in enumerate(view.screen.rows):
        sheet.cells(x, y + row, _faded(view, _inked(cells, view.lit), 0, row))
    brush = Brush.HALF if view.fade and view.brush is Brush.PIXELS else view.brush  # cells can go one by one
    for placed in view.screen.pictures:
        raster = tinted(placed.raster, view.tint) if view.tint is not None else placed.raster
        shown = placed._replace(raster=raster if view.lit else dimmed(raster))
        for row, inks in enumerate(painted(shown, brush, "screen" if view.lit else "unlit"), placed.y):
            sheet.cells(x + placed.x, y + row, _faded(view, inks, placed.x, row))
        if brush is Brush.PIXELS:
            yield shown._replace(x=x + placed.x, y=y + placed.y)


@lru_cache(maxsize=256)
def _inked(row: tuple[Cell, ...], lit: bool) -> tuple[Ink, ...]:
    """A row of the screen; most are the same from one picture to the next."""
    styles = _STYLES if lit else _UNLIT
    return tuple([Ink(cell.text, styles[cell.style]) for cell in turned(row)])


def _faded(view: View, inks: tuple[Ink, ...], x: int, y: int) -> Sequence[Ink]:
    """A row of which cells go out one by one; a wide character goes with the first of its halves."""
    if not view.fade:
        return inks
    gone = [_grain(at, y) < view.fade for at, _ in enumerate(inks, x)]
    for at, ink in enumerate(inks):
        if not ink.text and at:
            gone[at - 1] = gone[at] = gone[at - 1] or gone[at]
    out = Ink(" ", "unlit")
    return [out if one else ink for one, ink in zip(gone, inks, strict=True)]


def _grain(x: int, y: int) -> float:
    """When a cell goes out, between 0 and 1: scattered, and the same every time."""
    return ((x * 7919 + y * 104_729 + x * y * 31) % 97) / 97
