"""A terminal's glass: what a picture of the device looks like when a terminal emulator has read what was sent."""

from __future__ import annotations

import io

import pyte
from prompt_toolkit.application import Application, create_app_session
from prompt_toolkit.application.current import set_app
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import DummyInput
from prompt_toolkit.layout import Layout, Window
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.styles import Style

from thinline_emulator.terminal.device import View, draw_device
from thinline_emulator.terminal.renderer import DeviceControl, DeviceRenderer, Place
from thinline_emulator.terminal.themes import styles_of

__all__ = ["Wire", "on_glass"]


class Wire(io.StringIO):
    """What prompt_toolkit writes to, with the terminal at its end.

    Attributes:
        screen: what the terminal shows.
        sent: every byte so far; empty it to see what comes next.
    """

    encoding = "utf-8"

    def __init__(self, wide: int, high: int) -> None:
        super().__init__()
        self.screen = pyte.Screen(wide, high)
        self.stream = pyte.Stream(self.screen)
        self.sent = ""

    def fileno(self) -> int:
        """It is no file."""
        raise io.UnsupportedOperation

    def write(self, text: str) -> int:
        """Have the terminal read it."""
        self.sent += text
        self.stream.feed(text)
        return len(text)


def on_glass(view: View, wide: int, high: int, *, ascii_only: bool = False) -> str:
    """The rows of the terminal, as text."""
    wire = Wire(wide, high)
    style = Style.from_dict(styles_of("night"))
    output = Vt100_Output(wire, lambda: Size(high, wide), term="xterm-256color")
    with create_app_session(input=DummyInput(), output=output):
        control = DeviceControl(lambda width, height: draw_device(view, width, height), lambda _: None)
        app: Application[None] = Application(Layout(Window(control)), style, full_screen=True)
    place = Place(wide, high, beside=False)
    renderer = DeviceRenderer(style, output, lambda: place, control.draw, ascii_only=ascii_only)
    with set_app(app):
        renderer.render(app, app.layout)
    return "\n".join(row.rstrip() for row in wire.screen.display).rstrip("\n")
