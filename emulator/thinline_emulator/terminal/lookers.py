"""Panes that only show: what passes on the wire, and the field test. They are drawn on the device's sheet."""

from __future__ import annotations

from collections.abc import Sequence

from thinline_emulator.field import field_lines, field_of
from thinline_emulator.terminal.console import Lines
from thinline_emulator.terminal.device import Picture
from thinline_emulator.terminal.sheet import Sheet
from thinline_emulator.verbs import Bench
from thinline_emulator.wire import Packet, tell

__all__ = ["FieldLines", "WireLines", "beside"]

_FIELD_MOST = 1_000  # rows


class WireLines(Lines):
    """Frames as they pass, the newest at the bottom."""

    def __init__(self) -> None:
        super().__init__()
        self._mah = 0.0

    def passed(self, packet: Packet) -> None:
        """Tell a packet's frames."""
        for told in tell(packet, self._mah):
            self.say(told.line(), "strong")
            if told.detail:
                self.say(f"  {told.detail}")
        self._mah = packet.mah


class FieldLines:
    """The field test, made anew whenever it is drawn."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def rows(self, width: int, height: int) -> list[tuple[str, str]]:
        """As it stands now."""
        lines = Lines()
        lines.say("\n".join(field_lines(field_of(self._bench.machine, self._bench.now))))
        return lines.rows(width, _FIELD_MOST)[:height]


def beside(picture: Picture, width: int, title: str, rows: Sequence[tuple[str, str]]) -> Picture:
    """The picture of the device, and on its right a pane that takes what is left of so many columns."""
    device = picture.sheet
    sheet = Sheet(width, device.height, "pane")
    for y, inks in enumerate(device.inks):
        sheet.cells(0, y, inks)
    sheet.fill(device.width, 0, width - device.width, 1, "pane-title")
    for y, (style, text) in enumerate((("pane-title", title), *rows)):
        sheet.put(device.width, y, text, style)
    return Picture(sheet, picture.keys, picture.pictures)
