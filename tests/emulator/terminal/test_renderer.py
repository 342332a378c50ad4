"""What the terminal shows, as a terminal emulator reads it, is what was drawn; and only what changed is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import pytest
from prompt_toolkit.application import Application, create_app_session
from prompt_toolkit.application.current import set_app
from prompt_toolkit.data_structures import Point, Size
from prompt_toolkit.input import DummyInput
from prompt_toolkit.layout import FormattedTextControl, HSplit, Layout, VSplit, Window
from prompt_toolkit.mouse_events import MouseButton, MouseEvent, MouseEventType
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.styles import Style

from glass import Wire
from thinline_emulator.apps.icons import icon
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Placed
from thinline_emulator.terminal.device import Picture
from thinline_emulator.terminal.graphics import Gallery, Graphics
from thinline_emulator.terminal.paint import Brush, painted
from thinline_emulator.terminal.renderer import DeviceControl, DeviceRenderer, Place, changes
from thinline_emulator.terminal.sheet import Ink, Sheet
from thinline_emulator.terminal.themes import styles_of

WIDE, HIGH = 40, 6


@dataclass
class Desk:
    """A terminal with a device, and a pane beside it, if it is open."""

    no_color: bool = False
    pane: int = 0
    said: str = ""
    drawn: list[tuple[int, int, str, str]] = field(default_factory=list)
    graphics: Graphics | None = None
    pictures: list[Placed] = field(default_factory=list)
    wire: Wire = field(default_factory=lambda: Wire(WIDE, HIGH))

    def __post_init__(self) -> None:
        style = Style.from_dict(styles_of("night", no_color=self.no_color))
        output = Vt100_Output(self.wire, lambda: Size(HIGH, WIDE), term="xterm-256color")
        self.pressed: list[Key | Char] = []
        self.control = DeviceControl(self.draw, self.pressed.append)
        with create_app_session(input=DummyInput(), output=output):
            self.app: Application[None] = Application(Layout(Window(self.control)), style, full_screen=True)
        self.app.renderer = DeviceRenderer(
            style,
            output,
            lambda: Place(WIDE - self.pane, HIGH, bool(self.pane)),
            self.control.draw,
            Gallery(self.graphics, lambda: (1, 2)) if self.graphics else None,
            ascii_only=False,
        )

    def draw(self, width: int, height: int) -> Picture:
        sheet = Sheet(width, height)
        for x, y, text, style in self.drawn:
            sheet.put(x, y, text, style)
        for placed in self.pictures:
            for row, inks in enumerate(painted(placed, Brush.PIXELS, "screen"), placed.y):
                sheet.cells(placed.x, row, inks)
        return Picture(sheet, ((2, 1, 5, 2, Key.JUMP),), tuple(self.pictures))

    def render(self, *, is_done: bool = False) -> str:
        """Bring the terminal up to date; what was sent for it."""
        windows = [Window(self.control)] if self.pane < WIDE else []
        if self.pane:
            beside = HSplit([Window(FormattedTextControl(lambda: self.said))], width=self.pane)
            layout = Layout(VSplit([*windows, beside]))
        else:
            layout = Layout(*windows)
        self.wire.sent = ""
        with set_app(self.app):
            self.app.renderer.render(self.app, layout, is_done)
        return self.wire.sent

    def shown(self) -> list[str]:
        return [row.rstrip() for row in self.wire.screen.display]

    def wanted(self) -> list[str]:
        return [row.rstrip() for row in self.draw(WIDE - self.pane, HIGH).sheet.text().split("\n")]


def test_only_the_cells_that_changed_are_sent() -> None:
    desk = Desk(drawn=[(0, 0, "Contacts", "strong"), (2, 3, "alice, version 1", "screen")])
    desk.render()
    assert desk.shown() == desk.wanted()
    desk.drawn[1] = (2, 3, "alice, version 2", "screen")
    sent = desk.render()
    assert desk.shown() == desk.wanted()
    assert "\x1b[4;18H" in sent
    assert sent.endswith("2\x1b8")
    assert desk.render() == ""


@pytest.mark.parametrize("seed", range(10))
def test_whatever_changes_the_terminal_shows_what_was_drawn(seed: int) -> None:
    """Wide characters that lose a half, texts over texts, panes that come and go and clear their rows."""
    chance = Random(seed)
    desk = Desk(no_color=bool(seed % 2))
    texts = ("alice", "王秀英", "Zoë …", "│", "          ", "a王b秀c英", "Κώστας", "─" * 30)
    for _ in range(40):
        what = chance.random()
        if what < 0.1:
            desk.pane = chance.choice((0, 10, WIDE))
        elif what < 0.2:
            desk.app.renderer.erase(leave_alternate_screen=False)
        elif what < 0.4:
            desk.said = chance.choice(("", "status\n\nlinked", "\n\n\nhelp"))
        elif what < 0.5:
            desk.drawn.clear()
        else:
            styles = ("screen", "screen-inverse", "key")
            desk.drawn.append(
                (chance.randrange(-3, WIDE), chance.randrange(HIGH), chance.choice(texts), chance.choice(styles))
            )
        desk.render()
        wide = WIDE - desk.pane
        rows = [desk.wire.screen.buffer[y] for y in range(HIGH)]
        if wide:
            shown = ["".join(row[x].data for x in range(wide)).rstrip() for row in rows]
            assert [one.replace("  ", " ") for one in shown] == [one.replace("  ", " ") for one in desk.wanted()]
        if desk.pane:
            said = ["".join(row[x].data for x in range(wide, WIDE)).rstrip() for row in rows]
            assert "\n".join(said).rstrip() == desk.said
        assert (desk.wire.screen.cursor.x, desk.wire.screen.cursor.y) == (0, 0), "where prompt_toolkit left it"


def test_a_picture_hangs_once_again_after_a_wipe_and_not_at_the_end() -> None:
    desk = Desk(graphics=Graphics.KITTY, pictures=[Placed(2, 1, 4, 2, icon("mail"))])
    hung, taken = "\x1b_Ga=T", "\x1b_Ga=d"
    assert hung in desk.render()
    assert desk.render() == ""
    desk.app.renderer.erase(leave_alternate_screen=False)  # as a resize does
    assert hung in desk.render()
    desk.pane = WIDE
    assert taken in desk.render()
    desk.pane = 0
    assert hung in desk.render()
    assert taken in desk.render(is_done=True)


def test_sixels_whose_cells_were_written_hang_again() -> None:
    """A text at either side is sent in one stretch, with the empty cells between: that wipes the picture."""
    desk = Desk(graphics=Graphics.SIXEL, pictures=[Placed(4, 1, 4, 2, icon("mail"))], drawn=[(0, 0, "alice", "screen")])
    hung = "\x1bP0;1;0q"
    assert hung in desk.render()
    desk.drawn = [(0, 0, "carol", "screen")]
    assert hung not in desk.render()
    desk.drawn.append((2, 2, "<        >", "screen"))
    assert hung in desk.render()


def test_where_a_picture_was_its_cells_are_written() -> None:
    """That takes sixels away."""
    desk = Desk(graphics=Graphics.SIXEL, pictures=[Placed(4, 1, 3, 2, icon("mail"))])
    desk.render()
    desk.pictures = []
    sent = desk.render()
    assert "\x1b[2;5H" in sent
    assert "\x1b[3;5H" in sent


def test_stretches_of_a_row_cut_no_wide_character() -> None:
    def row(text: str) -> list[Ink]:
        sheet = Sheet(24, 1)
        sheet.put(0, 0, text, "screen")
        return sheet.inks[0]

    assert changes([], row("alice")) == [(0, 24)]
    assert changes(row("alice"), row("alice")) == []
    assert changes(row("a王b"), row("acdb")) == [(1, 3)]
    assert changes(row("acdb"), row("a王b")) == [(1, 3)]
    assert changes(row("a王b"), row("a秀b")) == [(1, 3)]
    assert changes(row("a" * 24), row("b" + "a" * 22 + "b")) == [(0, 1), (23, 24)]
    assert changes(row("a" * 24), row("b" + "a" * 8 + "b")[:24]) == [(0, 24)]


def test_the_mouse_presses_what_is_under_it() -> None:
    desk = Desk()
    desk.render()
    for kind, x, y in (
        ("SCROLL_UP", 9, 5),
        ("SCROLL_DOWN", 9, 5),
        ("MOUSE_UP", 3, 2),
        ("MOUSE_UP", 9, 5),
        ("MOUSE_DOWN", 3, 2),
    ):
        desk.control.mouse_handler(MouseEvent(Point(x, y), MouseEventType[kind], MouseButton.LEFT, frozenset()))
    assert desk.pressed == [Key.WHEEL_UP, Key.WHEEL_DOWN, Key.JUMP]
