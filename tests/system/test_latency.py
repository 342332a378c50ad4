"""How long a key takes until the cell that it changes is on the terminal, while the screen's contents change under it.

Four processes: the server, the handset in a pseudo terminal, another handset of the account that makes 100 changes a
second, and this one, which presses keys and reads the terminal through pyte. What is measured holds all of them, and
pyte itself.

The bounds are those of a machine that does nothing else (`make soak`). The same run is made short in every check, where
other tests take the processors in the middle of it: there the slowest key is not judged, but half of the keys, and what
the handset itself spends, which is what the bounds are made of.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psutil
import pytest

from busy_author import SHOWN
from serving import ROOT, environment, serving
from terminals import Terminal
from thinline_emulator.console import ask_handset

PER_S = 100.0
LEFT, TOP = 16, 5  # of the first row below the screen's bar
DOWN, UP = "\x1b[B", "\x1b[A"


@dataclass(frozen=True, slots=True)
class Told:
    """What a run saw.

    Attributes:
        took_ms: by key, in order of size.
        arrived_per_s: changes that the handset took.
        cpu: of the handset's process, seconds in a second.
        bytes_per_s: written to the terminal.
    """

    took_ms: list[float]
    arrived_per_s: float
    cpu: float
    bytes_per_s: float

    def at(self, share: float) -> float:
        return self.took_ms[min(len(self.took_ms) - 1, int(len(self.took_ms) * share))]

    def __str__(self) -> str:
        return (
            f"{len(self.took_ms)} keys: p50 {self.at(0.5):.1f} ms, p95 {self.at(0.95):.1f} ms, "
            f"worst {self.took_ms[-1]:.1f} ms; {self.arrived_per_s:.0f} changes a second arrived; the handset took "
            f"{self.cpu:.0%} of a processor and wrote {self.bytes_per_s / 1000:.0f} KB/s; load {os.getloadavg()[0]:.1f}"
        )


@contextmanager
def author(server: str, code: str, contacts: int) -> Iterator[subprocess.Popen[str]]:
    path = environment()["PYTHONPATH"] + os.pathsep + str(ROOT / "tests" / "support")
    process = subprocess.Popen(
        [sys.executable, "-m", "busy_author", server, code, str(contacts), str(PER_S)],
        env=environment(PYTHONPATH=path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def chosen(terminal: Terminal, row: int) -> bool:
    """Whether the list's bar is on that row: it has the colours of the bar on top of the handset's screen."""
    rows = terminal.screen.buffer
    return bool(rows[TOP + row][LEFT].bg == rows[TOP - 1][LEFT].bg)


def until_chosen(terminal: Terminal, row: int, within_s: float = 10.0) -> float:
    """When it was seen there."""
    deadline_s = time.monotonic() + within_s
    while not chosen(terminal, row):
        assert time.monotonic() < deadline_s, f"row {row} was not chosen:\n{terminal.text}"
        terminal.read(0.1)
    return time.monotonic()


def press_for(terminal: Terminal, seconds: float, chance: Random) -> list[float]:
    """Turn the wheel at random moments; how long each turn took in ms."""
    took_ms: list[float] = []
    row = 0
    until_chosen(terminal, row)
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        pressed_s = time.monotonic() + chance.uniform(0.02, 0.15)
        while (left_s := pressed_s - time.monotonic()) > 0:
            terminal.read(left_s)
        to = 1 if row == 0 else row - 1 if row == SHOWN // 2 else row + chance.choice((-1, 1))
        pressed_s = time.monotonic()
        terminal.type(DOWN if to > row else UP)
        took_ms.append((until_chosen(terminal, to) - pressed_s) * 1_000)
        row = to
    return sorted(took_ms)


def console(folder: Path) -> Path:
    return folder / "thinline" / "handsets" / "alice" / "console.sock"


def position(folder: Path) -> int:
    return int(max(ask_handset(console(folder), "field").data["link"]["seen"]))


@contextmanager
def busy_list(folder: Path, contacts: int, size: tuple[int, int] = (80, 24)) -> Iterator[Terminal]:
    """A handset with its list of contacts open; those in it are changed as long as this lasts."""
    with serving(folder) as server:
        server.ask("account.add", name="alice")
        codes = [server.ask("account.enroll", name="alice")["code"] for _ in range(2)]
        environ = environment(XDG_STATE_HOME=str(folder), TERM="xterm-256color", LANG="C.UTF-8")
        flags = ["--server", server.address, "--code", codes[1], "--radio", "wifi"]
        command = [sys.executable, "-m", "thinline_tools.cli", "handset", *flags]
        with Terminal(command, environ, size) as terminal, author(server.address, codes[0], contacts) as busy:
            terminal.until("linked")
            terminal.type("\t\r")
            terminal.until(f"Contacts ({contacts})")
            tell(busy)
            yield terminal
            tell(busy)
            busy.wait(20)
            settle(terminal, folder)
            terminal.type("\x03")
            assert terminal.end() == 0


def settle(terminal: Terminal, folder: Path, within_s: float = 10.0) -> None:
    """Read until the terminal shows what the handset's screen is, cell by cell."""
    deadline_s = time.monotonic() + within_s
    while True:
        while terminal.read(0.2):
            pass
        rows = ask_handset(console(folder), "screen").data["rows"]
        shown = [row[LEFT : LEFT + len(rows[0])] for row in terminal.screen.display[TOP - 1 : TOP - 1 + len(rows)]]
        if shown == rows:
            return
        assert time.monotonic() < deadline_s, "\n".join([*shown, *rows])


def measured(terminal: Terminal, folder: Path, seconds: float, seed: int) -> Told:
    press_for(terminal, 0.5, Random(seed))  # everything was used once
    terminal.type(UP * SHOWN)
    began, began_s, cpu, wrote = (position(folder), time.monotonic(), spent(terminal), len(terminal.raw))
    took_ms = press_for(terminal, seconds, Random(seed))
    passed_s = time.monotonic() - began_s
    told = Told(
        took_ms,
        (position(folder) - began) / passed_s,
        (spent(terminal) - cpu) / passed_s,
        (len(terminal.raw) - wrote) / passed_s,
    )
    print(told)
    return told


def spent(terminal: Terminal) -> float:
    times = psutil.Process(terminal.pid).cpu_times()
    return float(times.user + times.system)


@pytest.mark.soak
@pytest.mark.alone
def test_a_key_is_answered_while_a_hundred_changes_arrive_a_second(tmp_path: Path) -> None:
    """A minute of it."""
    with busy_list(tmp_path, 300) as terminal:
        told = measured(terminal, tmp_path, 60.0, seed=2009)
    assert told.arrived_per_s >= 0.95 * PER_S, told
    assert told.at(0.95) <= 50, told
    assert told.took_ms[-1] <= 200, told


@pytest.mark.slow
def test_a_busy_handset_has_time_for_keys_and_follows_its_window(tmp_path: Path) -> None:
    """And when it is quiet again, the terminal shows just what the handset's screen is."""
    with busy_list(tmp_path, 40) as terminal:
        told = measured(terminal, tmp_path, 2.0, seed=2010)
        assert told.arrived_per_s >= 0.5 * PER_S, told
        assert told.at(0.5) <= 50, told
        assert told.cpu <= 0.6, told
        assert told.bytes_per_s <= 50_000, "redraws are gathered, and only what changed is sent"
        for size, wanted in (((60, 22), "JUMP  │"), ((30, 8), "Contacts"), ((100, 36), "too small")):
            terminal.resize(*size)
            terminal.until(wanted, gone=True)
        terminal.resize(80, 24)
        terminal.until("space", gone=True)
