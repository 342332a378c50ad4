"""Panes that only show: what passes on the wire, and the field test."""

from __future__ import annotations

from typing import Any

from prompt_toolkit.layout import UIContent, UIControl

from thinline_emulator.field import field_lines, field_of
from thinline_emulator.terminal.console import Lines
from thinline_emulator.verbs import Bench
from thinline_emulator.wire import Packet, tell

__all__ = ["FieldLines", "WireLines"]


class WireLines(Lines):
    """Frames as they pass, the newest at the bottom."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__(ascii_only=ascii_only)
        self._mah = 0.0

    def passed(self, packet: Packet) -> None:
        """Tell a packet's frames."""
        for told in tell(packet, self._mah):
            self.say(told.line(), "strong")
            if told.detail:
                self.say(f"  {told.detail}")
        self._mah = packet.mah


class FieldLines(UIControl):
    """The field test, made anew whenever it is drawn."""

    def __init__(self, bench: Bench, *, ascii_only: bool = False) -> None:
        self._bench = bench
        self._ascii = ascii_only

    def create_content(self, width: int, height: int) -> UIContent:
        """As it stands now."""
        lines = Lines(ascii_only=self._ascii)
        lines.say("\n".join(field_lines(field_of(self._bench.machine, self._bench.now))))
        rows: list[Any] = lines.rows(width, 1_000)[:height]
        return UIContent(lambda row: rows[row], len(rows), show_cursor=False)
