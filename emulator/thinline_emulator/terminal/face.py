"""The handset full screen: keys and mouse become the handset's, and what it shows is drawn when it changed.

Redraws are gathered: however often the handset changes, the terminal is drawn at most some thirty times a second; a key
is answered at once. Whatever ends the face, the terminal is as it was before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.filters import Condition, has_focus
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import (
    ConditionalContainer,
    Container,
    Float,
    FloatContainer,
    FormattedTextControl,
    HSplit,
    Layout,
    VSplit,
    Window,
)
from prompt_toolkit.layout.menus import CompletionsMenu
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.styles import Style, default_ui_style, merge_styles

from thinline.errors import LocalError
from thinline_emulator.events import Charge, KeyPressed
from thinline_emulator.host import Handset
from thinline_emulator.keys import Char, Key
from thinline_emulator.memory import only_here_text
from thinline_emulator.terminal.ability import cell_pixels, hung_up
from thinline_emulator.terminal.bidi import AS_THEY_RUN, AS_THEY_STAND
from thinline_emulator.terminal.console import ConsolePane
from thinline_emulator.terminal.device import Picture, draw_device
from thinline_emulator.terminal.graphics import Gallery, Graphics
from thinline_emulator.terminal.keymap import handset_key
from thinline_emulator.terminal.lives import Lives, with_refill
from thinline_emulator.terminal.lookers import FieldLines, WireLines, beside
from thinline_emulator.terminal.pages import help_page, quit_page
from thinline_emulator.terminal.paint import Brush
from thinline_emulator.terminal.renderer import DeviceControl, DeviceRenderer, Place
from thinline_emulator.terminal.sheet import Sheet
from thinline_emulator.terminal.sight import see
from thinline_emulator.terminal.themes import styles_of, tint_of
from thinline_emulator.titles import doing
from thinline_emulator.wire import Packet

__all__ = ["Face", "Looks", "pane_width"]

_FRAME_S = 1 / 30
_CLOCK_S = 1.0  # the clock on the screen tells nobody that it moved
_BANNER_S = 6.0
_WHOLE, _PANE_LEAST, _PANE_MOST = 80, 29, 64  # columns
_ESCAPE_S = 0.03  # how long the rest of an escape sequence may take


_TITLES = {"console": " Console   F2 closes", "wire": " Wire   F3 closes", "field": " Field test   F4 closes"}


def pane_width(columns: int) -> int:
    """How wide a pane is beside the device; in a narrow terminal it takes the device's place."""
    return columns if columns < _WHOLE else max(_PANE_LEAST, min(_PANE_MOST, columns - _WHOLE - 1))


@dataclass(frozen=True, slots=True)
class Looks:
    """How it is drawn.

    Attributes:
        theme: see `themes`.
        no_color: whatever the theme says.
        ascii_only: for a terminal without UTF-8.
        place: where the card and the rest live, for the line above the device.
        true_color: the terminal shows every colour, not only 256.
        pictures: how the screen's are shown: half, sixel, kitty or none.
        cell: the size of a terminal's cell in pixels, where it told it.
    """

    theme: str = "night"
    no_color: bool = False
    ascii_only: bool = False
    place: str = ""
    true_color: bool = False
    pictures: str = "half"
    cell: tuple[int, int] = (0, 0)

    @property
    def brush(self) -> Brush:
        """How a picture is painted."""
        if self.pictures == "none":
            return Brush.NONE
        if self.no_color or self.ascii_only or self.theme == "none":
            return Brush.SHADE
        return Brush.HALF if self.pictures == "half" else Brush.PIXELS


class Face:
    """A handset in a terminal.

    Args:
        handset: a running one.
        looks: how it is drawn.
        input: the terminal's; the process's own where none is given.
        output: likewise.
    """

    def __init__(
        self, handset: Handset, looks: Looks, input: Input | None = None, output: Output | None = None
    ) -> None:
        self.handset = handset
        self.looks = looks
        self._page = ""  # "help" or "quit" lies over the handset's screen
        self._banner = ""
        self._banner_until = 0.0
        self._told = len(handset.notices)
        self._lives = Lives()
        self._tint = tint_of(looks.theme)
        self._moving = False  # the screen changes by itself
        self.pane = ""  # which pane is open
        self.console = ConsolePane(handset, ascii_only=looks.ascii_only)
        self.wire = WireLines()
        self._lookers: Mapping[str, WireLines | FieldLines] = {"wire": self.wire, "field": FieldLines(handset)}
        device = DeviceControl(self.picture, self.press)
        self._device = Window(device, style="class:desk", always_hide_cursor=True)
        style = merge_styles([default_ui_style(), Style.from_dict(styles_of(looks.theme, no_color=looks.no_color))])
        self.app: Application[None] = Application(
            Layout(self._laid_out(), self._device),
            style,
            include_default_pygments_style=False,
            key_bindings=self._bindings(),
            full_screen=True,
            color_depth=ColorDepth.DEPTH_24_BIT if looks.true_color else None,
            mouse_support=True,
            max_render_postpone_time=None,
            input=input,
            output=output,
        )
        gallery = Gallery(Graphics(looks.pictures), self._cell) if looks.brush is Brush.PIXELS else None
        self.app.renderer = self._renderer = DeviceRenderer(
            style, self.app.output, self._place, device.draw, gallery, ascii_only=looks.ascii_only
        )
        self.app.ttimeoutlen = _ESCAPE_S

    async def run(self) -> None:
        """Show it until somebody quits. What goes wrong is raised when the terminal is restored."""
        loop = asyncio.get_running_loop()
        before = loop.get_exception_handler()

        def begin() -> None:
            self.app.create_background_task(self._watch())

        loop.set_exception_handler(self._failed)
        self.app.output.write_raw(AS_THEY_STAND)
        try:
            await self.app.run_async(pre_run=begin, set_exception_handler=False)
        except OSError:
            if not hung_up(self.app.output.fileno()):  # nobody is there to see it
                raise
        finally:
            loop.set_exception_handler(before)
            with suppress(OSError):  # the terminal may be gone
                self.app.output.write_raw(AS_THEY_RUN)
                self.app.output.flush()

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """An error in a callback, a key's for instance: it ends the face, instead of the loop writing over it."""
        error = context.get("exception") or RuntimeError(context["message"])
        if self.app.future is not None and not self.app.future.done():
            self.app.exit(exception=error)

    def passed(self, packet: Packet) -> None:
        """A packet went over the wire; for the wire pane."""
        self.wire.passed(packet)
        if self.pane == "wire":
            self.handset.changes.happen()

    def leave(self) -> None:
        """Quit without a question: whoever could answer is gone."""
        if self.app.future is not None and not self.app.future.done():
            self.app.exit()

    # Where it is seen

    def _laid_out(self) -> Container:
        """The device, and beside it or instead of it the console; the other panes are drawn with the device."""
        title = Window(FormattedTextControl(_TITLES["console"]), height=1, style="class:pane-title")
        pane = HSplit([title, self.console.container], width=lambda: pane_width(self._columns()), style="class:pane")
        # What floats stays in the pane, beside the device.
        floating = FloatContainer(pane, [Float(CompletionsMenu(max_height=8), xcursor=True, ycursor=True)])
        opened = Condition(lambda: self.pane == "console")
        device = ConditionalContainer(self._device, Condition(lambda: not opened() or self._columns() >= _WHOLE))
        return VSplit([device, ConditionalContainer(floating, opened)])

    def _cell(self) -> tuple[int, int]:
        return cell_pixels(self.app.output.fileno(), self.looks.cell)

    def _columns(self) -> int:
        return self.app.output.get_size().columns

    def _place(self) -> Place:
        """Where the device is: all of the terminal, or what the console leaves of it."""
        size = self.app.output.get_size()
        console = pane_width(size.columns) if self.pane == "console" else 0
        return Place(size.columns - console, size.rows, bool(console))

    def toggle(self, pane: str) -> None:
        """Open a pane, go to it, or close it."""
        if self.pane != pane:
            self.pane = pane
        elif pane != "console" or self.app.layout.has_focus(self.console.input):
            self.pane = ""
        self.app.layout.focus(self.console.input if self.pane == "console" else self._device)
        self.app.invalidate()

    # What is seen

    def picture(self, width: int, height: int) -> Picture:
        """All of it, drawn now, and what a pane looks at."""
        looker = self._lookers.get(self.pane)
        if looker is None:
            return self._drawn(width, height)
        pane_wide = pane_width(width)
        device = self._drawn(width - pane_wide, height) if width > pane_wide else Picture(Sheet(0, height))
        return beside(device, width, _TITLES[self.pane], looker.rows(pane_wide, height - 1))

    def _drawn(self, width: int, height: int) -> Picture:
        machine, now = self.handset.machine, self.handset.now
        screen, fade = self._lives.look(machine, now, asyncio.get_running_loop().time())
        refill = self._lives.refill(machine, now)
        screen = with_refill(screen, refill) if refill else screen
        self._moving = screen.moving and machine.memory is not None
        view = replace(
            see(machine, now, screen, self.looks.place, self._newest()),
            fade=fade,
            brush=self.looks.brush,
            tint=self._tint,
        )
        wide, high = view.screen.width, view.screen.height
        memory = machine.memory
        if self._page == "help":
            app = memory.focus[-1] if memory is not None and memory.focus else "idle"
            view = replace(view, screen=help_page(app, wide, high), lit=True)
        elif self._page == "quit" and memory is not None:
            names = [doing(entry, memory.cache) for entry in memory.outbox.entries()]
            view = replace(view, screen=quit_page(only_here_text(memory.only_here), names, wide, high), lit=True)
        return draw_device(view, width, height)

    def _newest(self) -> str:
        """The newest notice, for a while."""
        loop_s = asyncio.get_running_loop().time()
        if len(self.handset.notices) > self._told:
            self._told = len(self.handset.notices)
            self._say(self.handset.notices[-1])
        return self._banner if loop_s < self._banner_until else ""

    def _say(self, text: str) -> None:
        self._banner = text
        self._banner_until = asyncio.get_running_loop().time() + _BANNER_S

    async def _watch(self) -> None:
        """Have it drawn when it changed, and when the clock did."""
        loop, changes = asyncio.get_running_loop(), self.handset.changes
        seen = -1
        while True:
            moving = self._moving or self._lives.fading(loop.time())
            with suppress(TimeoutError):
                async with asyncio.timeout(_FRAME_S if moving else _CLOCK_S):  # wait_for may swallow this task's end
                    await changes.beyond(seen)
            seen, began_s = changes.count, loop.time()
            self._renderer.refresh(self.app)
            await asyncio.sleep(max(_FRAME_S, 2 * (loop.time() - began_s)))  # drawing leaves time for the keys

    # What is pressed

    def press(self, key: Key | Char) -> None:
        """Press a key of the handset, or answer a page of the emulator's."""
        page, self._page = self._page, ""
        if page == "quit" and key == Char("y"):
            self.leave()
        elif not page and key == Char("?") and not self._typing():
            self._page = "help"
        elif not page:
            self._do(KeyPressed(key))
        self.app.invalidate()

    def quit(self) -> None:
        """Pull the battery; where something exists only here, ask first."""
        memory = self.handset.machine.memory
        if memory is not None and memory.only_here:
            self._page = "quit"
            self.pane = ""
            self.app.layout.focus(self._device)
            self.app.invalidate()
        else:
            self.leave()

    def _typing(self) -> bool:
        """Whether a letter would be taken by an app."""
        memory = self.handset.machine.memory
        return memory is not None and bool(memory.focus) and memory.focus[-1] != "jump"

    def _do(self, event: Any) -> None:
        try:
            self.handset.do(event)
        except LocalError as error:
            self._say(str(error))

    def _help(self) -> None:
        self._page = "" if self._page else "help"
        self.app.layout.focus(self._device)
        self.app.invalidate()

    def _bindings(self) -> KeyBindings:
        bindings = KeyBindings()
        on_device, on_console = has_focus(self._device), has_focus(self.console.input)
        bindings.add("f1", eager=True)(lambda event: self._help())
        bindings.add("f2", eager=True)(lambda event: self.toggle("console"))
        bindings.add("f3", eager=True)(lambda event: self.toggle("wire"))
        bindings.add("f4", eager=True)(lambda event: self.toggle("field"))
        bindings.add("f9", eager=True)(lambda event: self._plug())
        bindings.add("c-c", eager=True)(lambda event: self.quit())
        bindings.add("c-q", eager=True)(lambda event: self.quit())
        bindings.add("<sigint>")(lambda event: self.quit())
        bindings.add("escape", eager=True, filter=on_console)(lambda event: self.app.layout.focus(self._device))

        bindings.add("tab", filter=on_console)(lambda event: self.console.complete())

        @bindings.add(Keys.BracketedPaste, eager=True, filter=on_device)
        def _paste(event: KeyPressEvent) -> None:
            for letter in event.data:
                if letter.isprintable():
                    self.press(Char(letter))

        @bindings.add("escape", eager=True, filter=on_device)
        @bindings.add(Keys.Any, filter=on_device)
        def _key(event: KeyPressEvent) -> None:
            name = event.key_sequence[0].key
            key = handset_key(name.value if isinstance(name, Keys) else name, event.data)
            if key is not None:
                self.press(key)

        return bindings

    def _plug(self) -> None:
        """Put the charger in, or take it out."""
        self._do(Charge(not self.handset.machine.power.battery.charger_ma))
        self.app.invalidate()
