"""Casts: asciicast v2, line by line, and a terminal that nobody sees."""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from prompt_toolkit.output.vt100 import Vt100_Output

from thinline_tools.cast import Cast, Tee, open_terminal


class Time:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_cast_says_what_was_written_when_and_in_which_size() -> None:
    file, clock, size = io.StringIO(), Time(), [80, 24]
    cast = Cast(file, lambda: (size[0], size[1]), clock, "alice")
    clock.now += 1.5
    cast.wrote("\x1b[1mÅse\r\n")
    size[0] = 100
    clock.now += 1
    cast.wrote("x")
    head, *events = lines(file.getvalue())
    assert head == {
        "version": 2,
        "width": 80,
        "height": 24,
        "idle_time_limit": 2.0,
        "title": "alice",
        "env": {"TERM": "xterm-256color"},
    }
    assert events == [[1.5, "o", "\x1b[1mÅse\r\n"], [2.5, "r", "100x24"], [2.5, "o", "x"]]


def test_a_tee_writes_to_both_and_says_what_the_terminal_cannot_show() -> None:
    file, beside = io.StringIO(), io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    tee = Tee(Cast(file, lambda: (80, 24), Time(), ""), beside)
    assert tee.write("Å!") == 2
    tee.flush()
    assert beside.buffer.getvalue() == b"?!"
    assert lines(file.getvalue())[1][2] == "Å!"
    assert not tee.isatty()
    assert tee.encoding == "ascii"


def test_without_a_terminal_there_is_none() -> None:
    tee = Tee(Cast(io.StringIO(), lambda: (80, 24), Time(), ""), None)
    tee.write("x")
    tee.flush()
    assert not tee.isatty()
    with pytest.raises(OSError, match="no terminal"):
        tee.fileno()


async def test_a_terminal_that_nobody_sees_is_as_large_as_the_classic_one(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        assert open_terminal(stack, None, "alice", seen=True) == (None, None)
        keys, output = open_terminal(stack, tmp_path / "day.cast", "alice", seen=False)
        assert keys is not None
        assert isinstance(output, Vt100_Output)
        assert tuple(output.get_size()) == (24, 80)
        output.write("Bob")
        output.flush()
    head, event = lines((tmp_path / "day.cast").read_text())
    assert (head["title"], event[2]) == ("alice", "Bob")
    assert (tmp_path / "day.cast").stat().st_mode & 0o777 == 0o600


async def test_a_terminal_that_is_seen_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    near, far = os.openpty()
    with os.fdopen(far, "w") as shown, os.fdopen(near, "rb") as seen:
        monkeypatch.setattr(sys, "stdout", shown)
        monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((90, 30)))
        async with AsyncExitStack() as stack:
            keys, output = open_terminal(stack, tmp_path / "day.cast", "alice", seen=True)
            assert keys is None
            assert output is not None
            output.write("Bob")
            output.flush()
        assert os.read(seen.fileno(), 3) == b"Bob"
    head, event = lines((tmp_path / "day.cast").read_text())
    assert (head["width"], head["height"], event[2]) == (90, 30, "Bob")
