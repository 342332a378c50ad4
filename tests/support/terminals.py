r"""A program in a terminal of its own: a pseudo terminal, and a screen that shows what the program wrote.

    with Terminal([sys.executable, "-m", "thinline_tools.cli", "handset"], folder) as terminal:
        terminal.until("linked")
        terminal.type("\t\r")
        print(terminal.text)

It is ended by its id, whatever happens. `read` waits in select for the program's next words, never by the clock.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import pyte

__all__ = ["Terminal"]


class _Answering(pyte.Screen):
    """A screen that answers what terminals are asked."""

    def __init__(self, columns: int, lines: int, answer: Callable[[str], None]) -> None:
        super().__init__(columns, lines)
        self._answer = answer

    def write_process_input(self, data: str) -> None:
        """Send an answer to the program."""
        self._answer(data)


class Terminal:
    """A child process on a pseudo terminal.

    Attributes:
        raw: every byte that it wrote.
        screen: what it shows.
        pid: the child's.
        status: how it ended; None while it runs.
    """

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], size: tuple[int, int] = (80, 24)) -> None:
        self.raw = b""
        self.status: int | None = None
        self.screen = _Answering(*size, answer=self.type)
        self._stream = pyte.ByteStream(self.screen)
        self.pid, self._handle = pty.fork()
        if self.pid == 0:
            try:
                os.execvpe(command[0], list(command), dict(environ))
            finally:
                os._exit(127)
        self.resize(*size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            _, self.status = os.waitpid(self.pid, 0)
        os.close(self._handle)

    def resize(self, width: int, height: int) -> None:
        """Make the window another size."""
        fcntl.ioctl(self._handle, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.screen.resize(height, width)

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._handle, text.encode())

    def kill(self, number: signal.Signals) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Close the terminal under the program, as closing its window does."""
        os.close(self._handle)
        self._handle = os.open(os.devnull, os.O_RDWR)

    def read(self, within_s: float = 0.0) -> bool:
        """Take what it wrote by now, or within so many seconds; whether there was something."""
        ready, _, _ = select.select([self._handle], [], [], within_s)
        if not ready:
            return False
        try:
            data = os.read(self._handle, 65_536)
        except OSError:  # Linux's way to say that the other side is closed
            data = b""
        if not data:
            _, self.status = os.waitpid(self.pid, 0)
            return False
        self.raw += data
        self._stream.feed(data)
        return True

    @property
    def text(self) -> str:
        """The screen as text."""
        return "\n".join(row.rstrip() for row in self.screen.display)

    def until(self, wanted: str, *, gone: bool = False, within_s: float = 30.0) -> None:
        """Read until a text is there, or is there no more."""
        deadline_s = time.monotonic() + within_s
        while (wanted in self.text) is gone:
            going = time.monotonic() < deadline_s and self.status is None
            assert going, f"{wanted!r}, gone={gone}:\n{self.text}"
            self.read(0.1)

    def sends(self, wanted: bytes, within_s: float = 30.0) -> None:
        """Read until the program has written these bytes."""
        deadline_s = time.monotonic() + within_s
        while wanted not in self.raw:
            going = time.monotonic() < deadline_s and self.status is None
            assert going, f"{wanted!r} was not sent:\n{self.text}"
            self.read(0.1)

    def end(self, within_s: float = 30.0) -> int:
        """Read until it ends; its exit code."""
        deadline_s = time.monotonic() + within_s
        while self.status is None:
            assert time.monotonic() < deadline_s, f"it goes on:\n{self.text}"
            self.read(0.1)
        return os.waitstatus_to_exitcode(self.status)

    def sane(self) -> bool:
        """Whether the terminal echoes and reads lines again, and the full screen was left."""
        local = termios.tcgetattr(self._handle)[3]
        left = self.raw.rfind(b"\x1b[?1049l") > self.raw.rfind(b"\x1b[?1049h")
        return bool(local & termios.ECHO and local & termios.ICANON) and left
