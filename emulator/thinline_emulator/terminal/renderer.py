"""The device on the terminal: prompt_toolkit draws what lies beside it, and its cells are sent from here.

A library that lays out any screen anew and compares all of it cell by cell needs some ten milliseconds for a picture of
which one row changed. The device changes with every push and every key, and it is cells already: it is compared with
what was sent last, row by row, and only the stretches that differ go out. To prompt_toolkit its place is a blank that
never changes; it draws at the beginning, after a resize, and while the console is open. Pictures in pixels are hung
over the cells when those were sent, and taken down before the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from prompt_toolkit.application import Application
from prompt_toolkit.data_structures import Point
from prompt_toolkit.layout import Layout, UIContent, UIControl
from prompt_toolkit.mouse_events import MouseEvent, MouseEventType
from prompt_toolkit.output import Output
from prompt_toolkit.renderer import Renderer
from prompt_toolkit.styles import BaseStyle

from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Placed
from thinline_emulator.terminal.device import Picture
from thinline_emulator.terminal.graphics import Gallery
from thinline_emulator.terminal.sheet import Ink, Sheet, runs

__all__ = ["DeviceControl", "DeviceRenderer", "Place", "changes"]

# Before and after: the cursor stays where prompt_toolkit believes it to be (DECSC, DECRC).
_SAVE, _RESTORE = "\x1b7", "\x1b8"
_NEAR_CELLS = 8  # to write so many again is shorter than to jump over them


class Place(NamedTuple):
    """Where the device is: in the upper left corner, so large.

    Attributes:
        width: 0 where something took the device's place.
        beside: whether there is something that prompt_toolkit draws.
    """

    width: int
    height: int
    beside: bool


class DeviceControl(UIControl):
    """The device as a control of prompt_toolkit: its keys and its mouse. Its cells are the renderer's.

    Args:
        picture: makes its picture, in that width and height.
        press: presses a key of it.
    """

    def __init__(self, picture: Callable[[int, int], Picture], press: Callable[[Key | Char], None]) -> None:
        self._make = picture
        self._press = press
        self._picture = Picture(Sheet(1, 1))

    def draw(self, width: int, height: int) -> Picture:
        """As it looks now; that is what the mouse is over."""
        self._picture = self._make(width, height)
        return self._picture

    def create_content(self, width: int, height: int) -> UIContent:
        """Its place: nothing, that reaches to its right edge.

        A row whose end has no style is one that prompt_toolkit may clear to the end of the line, with all that was
        sent there. A blank that blinks shows nothing, and has a style under every theme.
        """
        row: Any = [("class:desk", " " * (width - 1)), ("class:desk blink", " ")]
        return UIContent(lambda _: row, height, Point(0, 0), show_cursor=False)

    def is_focusable(self) -> bool:
        """Keys go to the handset."""
        return True

    def mouse_handler(self, mouse_event: MouseEvent) -> None:
        """Turn the wheel, or press the key under the mouse."""
        match mouse_event.event_type:
            case MouseEventType.SCROLL_UP:
                self._press(Key.WHEEL_UP)
            case MouseEventType.SCROLL_DOWN:
                self._press(Key.WHEEL_DOWN)
            case MouseEventType.MOUSE_UP:
                key = self._picture.key_at(mouse_event.position.x, mouse_event.position.y)
                if key is not None:
                    self._press(key)
            case _:
                pass


class DeviceRenderer(Renderer):
    """The renderer of an application that shows a device.

    Args:
        style: of the application.
        output: the terminal.
        place: where the device is to be now.
        draw: makes its picture, in that width and height.
        gallery: where pictures in pixels hang; None in a terminal without them.
        ascii_only: for a terminal without UTF-8.
    """

    def __init__(
        self,
        style: BaseStyle,
        output: Output,
        place: Callable[[], Place],
        draw: Callable[[int, int], Picture],
        gallery: Gallery | None = None,
        *,
        ascii_only: bool,
    ) -> None:
        self._place = place
        self._draw = draw
        self._gallery = gallery
        self._ascii = ascii_only
        self._attrs = lru_cache(maxsize=4_096)(lambda name: style.get_attrs_for_style_str(f"class:{name}"))
        self._sent: list[list[Ink]] = []  # what of the device is on the terminal
        self._at: Place | None = None
        super().__init__(style, output, full_screen=True, mouse_support=True)

    def reset(self, *reset: Any, **how: Any) -> None:
        """Forget what is on the terminal."""
        self._at = None
        super().reset(*reset, **how)

    def render(self, app: Application[Any], layout: Layout, is_done: bool = False) -> None:
        """Bring the terminal up to date."""
        place = self._place()
        moved = place != self._at
        if is_done:
            self._hang((), [])
        if is_done or moved:
            super().render(app, layout, is_done)
        if is_done:
            return
        if moved:
            self._at, self._sent = place, []
        self._show(app, place)
        if place.beside and not moved:  # after the device, where somebody waits for what his key does
            super().render(app, layout)

    def refresh(self, app: Application[Any]) -> None:
        """Bring the device up to date, when nothing happened to what prompt_toolkit draws."""
        place = self._place()
        if place == self._at:
            self._show(app, place)
        else:  # it is not there yet, or was elsewhere
            app.invalidate()

    def _show(self, app: Application[Any], place: Place) -> None:
        if place.width:
            picture = self._draw(place.width, place.height)
            self._hang(picture.pictures, self._paint(app, picture.sheet.inks))
        else:
            self._hang((), [])

    def _hang(self, pictures: Sequence[Placed], written: list[tuple[int, int, int]]) -> None:
        told = self._gallery.hang(pictures, written) if self._gallery is not None else ""
        if told:
            self.output.write_raw(told)
            self.output.flush()

    def _paint(self, app: Application[Any], rows: list[list[Ink]]) -> list[tuple[int, int, int]]:
        """Send what differs from what is there; which stretches that was: row, first and end."""
        output, depth = self.output, app.color_depth
        sent = self._sent or [[] for _ in rows]
        style = ""
        stretches = [
            (y, *stretch) for y, (old, new) in enumerate(zip(sent, rows, strict=True)) for stretch in changes(old, new)
        ]
        for x, y, text, style_now in self._runs(stretches, rows):
            if not style:
                output.write_raw(_SAVE)
            if x >= 0:
                output.cursor_goto(y + 1, x + 1)
            if style_now != style:
                style = style_now
                output.set_attributes(self._attrs(style), depth)
            output.write(text)
        self._sent = rows
        if style:
            output.write_raw(_RESTORE)
            output.flush()
        return stretches

    def _runs(
        self, stretches: list[tuple[int, int, int]], rows: list[list[Ink]]
    ) -> Iterator[tuple[int, int, str, str]]:
        """Column (negative: where the last one ended), row, text and style of what is to be sent."""
        for y, first, end in stretches:
            x = first
            for style, text, cells in runs(rows[y][first:end], ascii_only=self._ascii):
                yield x, y, text, style
                # After anything but ASCII the terminal may stand elsewhere than we believe.
                first += cells
                x = -1 if text.isascii() else first


def changes(old: Sequence[Ink], new: Sequence[Ink]) -> list[tuple[int, int]]:
    """The stretches of a row that differ, first and end; all of it where there was no such row.

    A stretch begins and ends between characters, in the old row and in the new one.
    """
    if len(old) != len(new):
        return [(0, len(new))]
    if old == new:
        return []
    differing = [at for at, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    found: list[tuple[int, int]] = []
    first = end = differing[0]
    for at in differing:
        if at > end + _NEAR_CELLS:
            found.append(_whole(old, new, first, end))
            first = at
        end = at + 1
    found.append(_whole(old, new, first, end))
    return found


def _whole(old: Sequence[Ink], new: Sequence[Ink], first: int, end: int) -> tuple[int, int]:
    """Not half of a wide character at either end."""
    while first and not (old[first].text and new[first].text):
        first -= 1
    while end < len(new) and not (old[end].text and new[end].text):
        end += 1
    return first, end
