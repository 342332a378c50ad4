r"""A cast: what a terminal showed and when, as asciicast v2, which players and converters for documentation read.

{"version": 2, "width": 80, "height": 24, ...}
[0.25, "o", "\u001b[?1049h..."]
[3.5, "r", "100x30"]
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TextIO, cast

from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import Input, create_pipe_input
from prompt_toolkit.output import ColorDepth, Output, create_output
from prompt_toolkit.output.vt100 import Vt100_Output

__all__ = ["Cast", "Tee", "open_terminal"]

_UNSEEN = Size(rows=24, columns=80)

_VERSION = 2
_IDLE_S = 2.0  # players need not wait longer than this where nothing happens


class Cast:
    """One cast, written as it happens.

    Args:
        file: where to.
        size: asked for columns and rows at each writing.
        clock: seconds, from any beginning.
        title: of the cast.
    """

    def __init__(
        self, file: TextIO, size: Callable[[], tuple[int, int]], clock: Callable[[], float], title: str
    ) -> None:
        self._file = file
        self._size = size
        self._clock = clock
        self._began_s = clock()
        self._shown = size()
        wide, high = self._shown
        head = {"version": _VERSION, "width": wide, "height": high, "idle_time_limit": _IDLE_S, "title": title}
        self._write({**head, "env": {"TERM": "xterm-256color"}})

    def wrote(self, text: str) -> None:
        """The program wrote this to its terminal."""
        size = self._size()
        if size != self._shown:
            self._shown = size
            self._event("r", f"{size[0]}x{size[1]}")
        self._event("o", text)

    def _event(self, kind: str, data: str) -> None:
        self._write([round(self._clock() - self._began_s, 6), kind, data])

    def _write(self, line: object) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")


class Tee:
    """A terminal's file that a cast is made of beside; without a file it is a terminal that nobody sees."""

    def __init__(self, cast: Cast, beside: TextIO | None) -> None:
        self._cast = cast
        self._beside = beside
        self.encoding = "utf-8" if beside is None else beside.encoding

    def write(self, text: str) -> int:
        """To both."""
        self._cast.wrote(text)
        if self._beside is not None:
            self._beside.buffer.write(text.encode(self.encoding, "replace"))
        return len(text)

    def flush(self) -> None:
        """The terminal's."""
        if self._beside is not None:
            self._beside.flush()

    def fileno(self) -> int:
        """The terminal's.

        Raises:
            OSError: there is none.
        """
        if self._beside is None:
            raise OSError("no terminal")
        return self._beside.fileno()

    def isatty(self) -> bool:
        """Whether somebody sees it."""
        return self._beside is not None and self._beside.isatty()


def open_terminal(
    stack: AsyncExitStack, path: Path | None, title: str, *, seen: bool
) -> tuple[Input | None, Output | None]:
    """Where a face is shown: this process's terminal, or one that nobody sees; a cast of it goes into the file.

    Raises:
        OSError: the file cannot be written.
    """
    if path is None:
        return None, None
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    file = stack.enter_context(os.fdopen(handle, "w", encoding="utf-8"))
    if seen:
        output = sys.stdout
        tee = Tee(Cast(file, lambda: os.get_terminal_size(output.fileno()), time.monotonic, title), output)
        return None, create_output(cast(TextIO, tee))
    tee = Tee(Cast(file, lambda: (_UNSEEN.columns, _UNSEEN.rows), time.monotonic, title), None)
    output = Vt100_Output(
        cast(TextIO, tee), lambda: _UNSEEN, "xterm-256color", ColorDepth.DEPTH_24_BIT, enable_cpr=False
    )
    return stack.enter_context(create_pipe_input()), output
