"""The demo as a film: what one of its handsets shows, in its frame, with what is told below it.

It is taken from the demo as it is played: the same acts, the same checks, the same screens. Nobody waits in it as long
as in life. A film becomes a cast, for a terminal, or a picture that moves, for a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import groupby
from textwrap import wrap
from typing import NamedTuple

from prompt_toolkit.data_structures import Size
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.styles import Style

from thinline_emulator.script import play
from thinline_emulator.terminal.device import draw_device
from thinline_emulator.terminal.lives import Lives, with_refill
from thinline_emulator.terminal.renderer import changes
from thinline_emulator.terminal.sheet import Ink, Sheet, runs
from thinline_emulator.terminal.sight import see
from thinline_emulator.terminal.themes import styles_of
from thinline_tools.cast import Cast
from thinline_tools.demo import Act, open_town
from thinline_tools.lab.town import HandsetNode

__all__ = ["HIGH", "READ_S", "WIDE", "Frame", "Stretch", "as_cast", "film_style", "shoot", "stretches"]

WIDE, HIGH = 80, 27
_DEVICE_HIGH = 24
_KEY_S = 0.12
_LOOK_S = 0.25
_IDLE_S = 0.4  # where nothing is to be seen, at most so long
READ_S = 3.0  # after each act
_SIGHT_S, _SIGHT_ROWS = 0.6, 6  # a picture of which so many rows are new is looked at for a moment
_THEME = "night"


class Frame(NamedTuple):
    """What is to be seen from a second on."""

    at_s: float
    rows: list[list[Ink]]


def film_style() -> Style:
    """What the names of styles mean."""
    return Style.from_dict(styles_of(_THEME))


def shoot(acts: Sequence[Act], star: str) -> list[Frame]:
    """Play the acts, and take the pictures of one handset.

    Raises:
        LocalError: a handset did not do what an act says.
    """
    town, benches = open_town()
    camera = _Camera(benches[star])
    for act in acts:
        camera.say(act.say)
        camera.look()
        for pause_s in play(act.script, benches, _KEY_S):
            until_s = town.now + pause_s
            while town.now < until_s:
                town.run_for(min(_LOOK_S, until_s - town.now))
                camera.look()
        camera.hold()
    return camera.frames


class _Camera:
    """Looks at one handset; what did not change is no frame."""

    def __init__(self, bench: HandsetNode) -> None:
        self.frames: list[Frame] = []
        self._bench = bench
        self._lives = Lives()
        self._said: list[str] = []
        self._seen_s = 0.0  # the handset's time at the last look
        self._idle_s = self._sight_s = self._film_s = 0.0

    def say(self, text: str) -> None:
        """What stands below from now on."""
        self._said = wrap(text, WIDE - 2)

    def look(self) -> None:
        """Take a picture, where something changed."""
        now = self._bench.now
        self._idle_s, self._seen_s = self._idle_s + now - self._seen_s, now
        rows = self._picture(now).inks
        before = self.frames[-1].rows if self.frames else [[]] * HIGH
        new = sum(map(list.__ne__, before, rows))
        if new:
            self._film_s += max(self._sight_s, min(self._idle_s, _IDLE_S)) if self.frames else 0.0
            self._idle_s, self._sight_s = 0.0, _SIGHT_S if new >= _SIGHT_ROWS else 0.0
            self.frames.append(Frame(round(self._film_s, 3), rows))

    def hold(self) -> None:
        """Leave time to read."""
        self._film_s += READ_S
        self._idle_s = self._sight_s = 0.0

    def _picture(self, now: float) -> Sheet:
        machine = self._bench.machine
        screen, fade = self._lives.look(machine, now, now)
        refill = self._lives.refill(machine, now)
        view = see(machine, now, with_refill(screen, refill) if refill else screen, "", "")
        sheet = Sheet(WIDE, HIGH)
        for y, row in enumerate(draw_device(view, WIDE, _DEVICE_HIGH).sheet.inks):
            sheet.cells(0, y, row)
        for y, line in enumerate(self._said, _DEVICE_HIGH + 1):
            sheet.put(1, y, line, "strong")
        assert not fade, "the demo pulls the battery, and puts it in again"
        return sheet


class Stretch(NamedTuple):
    """Cells that are others from a second on."""

    at_s: float
    x: int
    y: int
    inks: list[Ink]


def stretches(frames: Sequence[Frame]) -> Iterator[Stretch]:
    """What differs from frame to frame."""
    before: Sequence[Sequence[Ink]] = [[]] * HIGH
    for frame in frames:
        for y, (old, new) in enumerate(zip(before, frame.rows, strict=True)):
            for first, end in changes(old, new):
                yield Stretch(frame.at_s, first, y, new[first:end])
        before = frame.rows


def as_cast(frames: Sequence[Frame], title: str) -> str:
    """The film as an asciicast."""
    file, times = StringIO(), {"now": 0.0}
    cast = Cast(file, lambda: (WIDE, HIGH), lambda: times["now"], title)
    style = film_style()
    for at_s, together in groupby(stretches(frames), key=lambda one: one.at_s):
        times["now"] = at_s
        written = StringIO()
        output = Vt100_Output(written, lambda: Size(rows=HIGH, columns=WIDE), "xterm-256color", enable_cpr=False)
        output.hide_cursor()
        for one in together:
            output.cursor_goto(one.y + 1, one.x + 1)
            for run in runs(one.inks):
                attrs = style.get_attrs_for_style_str(f"class:{run.style}")
                output.set_attributes(attrs, ColorDepth.DEPTH_24_BIT)
                output.write(run.text)
        output.flush()
        cast.wrote(written.getvalue())
    return file.getvalue()
