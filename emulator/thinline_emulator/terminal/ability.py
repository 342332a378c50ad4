r"""What a terminal can do with pictures: it is asked, and answers in a moment or not at all.

The last question is one that every terminal answers (its device attributes), so that nobody waits for one that knows
nothing of the others. Only a terminal that keeps silent altogether costs the time that is allowed.
"""

from __future__ import annotations

import errno
import os
import re
import select
import struct
import termios
import time
import tty
from collections.abc import Mapping
from dataclasses import dataclass
from fcntl import ioctl

from thinline.errors import LocalError

__all__ = ["PICTURES", "Ability", "ask_terminal", "cell_pixels", "chosen", "read_replies"]

PICTURES = ("auto", "half", "sixel", "kitty", "none")
_USUAL_CELL = (10, 20)
_WITHIN_S = 0.3
_QUESTION = b"\x1b_Gi=7299,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\" + b"\x1b[16t" + b"\x1b[c"
_ATTRIBUTES = re.compile(rb"\x1b\[\?([0-9;]*)c")
_CELL = re.compile(rb"\x1b\[6;([0-9]{1,4});([0-9]{1,4})t")
_NOT_ASKED = ("dumb", "linux", "unknown")  # what they would make of the question is seen


@dataclass(frozen=True, slots=True)
class Ability:
    """What a terminal answered; `cell` is the width and height of one in pixels, zeros where it did not say."""

    kitty: bool = False
    sixel: bool = False
    cell: tuple[int, int] = (0, 0)


def read_replies(data: bytes) -> Ability | None:
    """What the answers say; None while the last one has not come."""
    attributes = _ATTRIBUTES.search(data)
    if attributes is None:
        return None
    cell = _CELL.search(data)
    sixel = b"4" in attributes[1].split(b";")[1:]  # the first number is the terminal's class
    return Ability(b"\x1b_Gi=7299;OK" in data, sixel, (int(cell[2]), int(cell[1])) if cell else (0, 0))


def ask_terminal(handle: int, environ: Mapping[str, str]) -> Ability:
    """Ask the terminal behind a descriptor. It is left as it was; keys pressed in that moment are lost."""
    if environ.get("TERM", "dumb") in _NOT_ASKED or environ.get("TERM_PROGRAM") == "Apple_Terminal":
        return Ability()
    before = termios.tcgetattr(handle)
    try:
        tty.setcbreak(handle)
        os.write(handle, _QUESTION)
        return _answers(handle) or Ability()
    finally:
        termios.tcsetattr(handle, termios.TCSAFLUSH, before)


def _answers(handle: int) -> Ability | None:
    deadline_s = time.monotonic() + _WITHIN_S
    data = b""
    while (left_s := deadline_s - time.monotonic()) > 0 and read_replies(data) is None:
        ready, _, _ = select.select([handle], [], [], left_s)
        if ready:
            data += os.read(handle, 4_096)
    return read_replies(data)


def cell_pixels(handle: int, told: tuple[int, int] = (0, 0)) -> tuple[int, int]:
    """The size of a cell: what the terminal's window says now, else what it told, else a usual one."""
    try:
        rows, columns, wide, high = struct.unpack("HHHH", ioctl(handle, termios.TIOCGWINSZ, bytes(8)))
    except OSError:
        rows = columns = wide = high = 0
    if rows and columns and wide >= columns and high >= rows:
        return wide // columns, high // rows
    return told if all(told) else _USUAL_CELL


def hung_up(handle: int) -> bool:
    """Whether a terminal is gone, as when its window is closed."""
    try:
        termios.tcgetattr(handle)
    except termios.error as error:
        return bool(error.args[0] == errno.EIO)
    return False


def chosen(wish: str, ability: Ability) -> str:
    """Which of the ways it is: the one that was wished, or the best that the terminal has.

    Raises:
        LocalError: there is no such way.
    """
    if wish not in PICTURES:
        raise LocalError(f"pictures cannot be shown as {wish!r}; there are {', '.join(PICTURES)}")
    if wish != "auto":
        return wish
    return "kitty" if ability.kitty else "sixel" if ability.sixel else "half"
