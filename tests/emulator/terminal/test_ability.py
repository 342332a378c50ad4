"""What terminals answer, as some of them really do, and what follows from it."""

from __future__ import annotations

import os
import pty
import termios
from fcntl import ioctl
from struct import pack
from threading import Thread

import pytest

from thinline.errors import LocalError
from thinline_emulator.terminal.ability import Ability, ask_terminal, cell_pixels, chosen, hung_up, read_replies


@pytest.mark.parametrize(
    ("replies", "ability"),
    [
        (b"\x1b[?6c", Ability()),
        (b"\x1b[?62;22c", Ability()),
        (b"\x1b[?4c", Ability()),  # a VT132; the first number is no list of abilities
        (b"\x1b[6;20;10t\x1b[?62;4;22;28c", Ability(sixel=True, cell=(10, 20))),
        (b"\x1b_Gi=7299;OK\x1b\\\x1b[6;34;16t\x1b[?62;52;c", Ability(kitty=True, cell=(16, 34))),
        (b"\x1b_Gi=7299;ENOTSUPPORTED:\x1b\\\x1b[?64;4c", Ability(sixel=True)),
        (b"abc\x1b[6;20;10t", None),
        (b"", None),
    ],
)
def test_answers(replies: bytes, ability: Ability | None) -> None:
    assert read_replies(replies) == ability


def test_the_best_that_there_is_unless_another_was_wished() -> None:
    assert chosen("auto", Ability()) == "half"
    assert chosen("auto", Ability(sixel=True)) == "sixel"
    assert chosen("auto", Ability(sixel=True, kitty=True)) == "kitty"
    assert chosen("none", Ability(kitty=True)) == "none"
    with pytest.raises(LocalError, match="there are auto, half, sixel, kitty, none"):
        chosen("oil", Ability())


class Answering:
    """The other side of a pseudo terminal, which answers the first question, or nothing."""

    def __init__(self, reply: bytes) -> None:
        self._other, self.handle = pty.openpty()
        self._reply = reply
        self.asked = b""
        self._thread = Thread(target=self._run)

    def __enter__(self) -> Answering:
        self._thread.start()
        return self

    def _run(self) -> None:
        while not self.asked.endswith(b"\x1b[c"):
            try:
                self.asked += os.read(self._other, 1_024)
            except OSError:  # nobody asks
                return
        os.write(self._other, self._reply)

    def __exit__(self, *raised: object) -> None:
        os.close(self.handle)
        self._thread.join()
        os.close(self._other)


def test_a_terminal_is_asked_and_left_as_it_was() -> None:
    with Answering(b"\x1b[6;20;10t\x1b[?62;4c") as terminal:
        before = termios.tcgetattr(terminal.handle)
        assert ask_terminal(terminal.handle, {"TERM": "xterm"}) == Ability(sixel=True, cell=(10, 20))
        assert termios.tcgetattr(terminal.handle) == before


def test_a_silent_terminal_has_no_pictures() -> None:
    with Answering(b"") as terminal:
        assert ask_terminal(terminal.handle, {"TERM": "xterm"}) == Ability()


@pytest.mark.parametrize("environ", [{}, {"TERM": "linux"}, {"TERM": "xterm", "TERM_PROGRAM": "Apple_Terminal"}])
def test_some_are_not_asked(environ: dict[str, str]) -> None:
    with Answering(b"\x1b[?62;4c") as terminal:
        assert ask_terminal(terminal.handle, environ) == Ability()
        assert terminal.asked == b""


def test_the_size_of_a_cell_is_what_the_window_says_now() -> None:
    other, handle = pty.openpty()
    try:
        assert cell_pixels(handle) == (10, 20)
        assert cell_pixels(handle, (8, 16)) == (8, 16)
        ioctl(handle, termios.TIOCSWINSZ, pack("HHHH", 24, 80, 80 * 9, 24 * 19))
        assert cell_pixels(handle, (8, 16)) == (9, 19)
    finally:
        os.close(other)
        os.close(handle)
    assert cell_pixels(handle, (8, 16)) == (8, 16)


def test_a_terminal_whose_window_was_closed_is_gone() -> None:
    other, handle = pty.openpty()
    try:
        assert not hung_up(handle)
        os.close(other)
        assert hung_up(handle)
    finally:
        os.close(handle)
    assert not hung_up(handle), "a closed file says nothing of a terminal"
