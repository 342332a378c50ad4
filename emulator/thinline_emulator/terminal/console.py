"""The console pane: a line for verbs with completion and history, and above it what they answered."""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from textwrap import wrap
from typing import Any

from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.layout import BufferControl, HSplit, UIContent, UIControl, Window
from prompt_toolkit.layout.processors import AppendAutoSuggestion, BeforeInput

from thinline.errors import LocalError
from thinline_emulator.screen import Canvas
from thinline_emulator.terminal.completion import VerbCompleter, common_rest
from thinline_emulator.terminal.sheet import as_ascii
from thinline_emulator.verbs import Bench, do_verb

__all__ = ["ConsolePane", "Lines"]

_KEPT = 1_000  # lines; older ones scroll away
_HELLO = "Verbs: help lists them, Tab completes. Esc gives the keys back to the handset."


class Lines(UIControl):
    """Lines of a pane, the newest at the bottom."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        self._lines: deque[tuple[str, str]] = deque(maxlen=_KEPT)
        self._ascii = ascii_only

    def say(self, text: str, style: str = "pane") -> None:
        """Add a text, of one line or more."""
        self._lines.extend((style, line) for line in text.split("\n"))

    def create_content(self, width: int, height: int) -> UIContent:
        """What fits, folded into the width."""
        told = self.rows(width, height)
        rows: list[Any] = [[(f"class:{style}", as_ascii(text) if self._ascii else text)] for style, text in told]
        return UIContent(lambda row: rows[row], len(rows), show_cursor=False)

    def rows(self, width: int, height: int) -> list[tuple[str, str]]:
        """The newest lines, folded: style and text."""
        rows: list[tuple[str, str]] = []
        for style, line in reversed(self._lines):
            rows += [(style, one) for one in reversed(_folded(line, width))]
            if len(rows) >= height:
                break
        return rows[:height][::-1]


@lru_cache(maxsize=1024)
def _folded(line: str, width: int) -> list[str]:
    """A line in the rows that it takes."""
    return wrap(_clean(line), width, drop_whitespace=False, replace_whitespace=False) or [""]


def _clean(line: str) -> str:
    """Without what a terminal would obey."""
    if line.isascii() and line.isprintable():
        return line
    canvas = Canvas(max(1, 2 * len(line)), 1)
    end = canvas.put(0, 0, line)
    return "".join(cell.text for cell in canvas.screen().rows[0][:end])


class ConsolePane:
    """The pane of one handset.

    Attributes:
        input: the line that is being written.
        lines: what was answered.
        container: for the layout.
    """

    def __init__(self, bench: Bench, *, ascii_only: bool = False) -> None:
        self._bench = bench
        self.lines = Lines(ascii_only=ascii_only)
        self.lines.say(_HELLO, "pane-faint")
        self.input = Buffer(
            VerbCompleter(),
            complete_while_typing=True,
            history=InMemoryHistory(),  # a code is a verb's word, so nothing of this is ever written
            auto_suggest=AutoSuggestFromHistory(),
            accept_handler=self._accept,
            multiline=False,
        )
        prompt = [BeforeInput("> ", "class:strong"), AppendAutoSuggestion("class:pane-faint")]
        line = Window(BufferControl(self.input, input_processors=prompt), height=1, style="class:pane")
        self.container = HSplit([Window(self.lines, style="class:pane"), line])

    def do(self, line: str) -> None:
        """Carry out a verb, and write down what it answers."""
        self.lines.say(f"> {line}", "strong")
        try:
            self.lines.say(do_verb(line, self._bench).text)
        except LocalError as error:
            self.lines.say(f"! {error}", "strong")

    def complete(self) -> None:
        """Write what is certain to come, or show and turn through what could."""
        rest = common_rest(self.input.document.text_before_cursor)
        if rest:
            self.input.insert_text(rest)
        elif self.input.complete_state:
            self.input.complete_next()
        else:
            self.input.start_completion()

    def _accept(self, buffer: Buffer) -> bool:
        if buffer.text.strip():
            self.do(buffer.text.strip())
        return False  # the line is empty again
