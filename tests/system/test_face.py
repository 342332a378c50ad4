"""`thinline handset` in a real pseudo terminal, read through a terminal emulator.

A start takes seconds, so a test looks at more than one thing; and a handset whose server does not answer starts sooner.
"""

from __future__ import annotations

import json
import re
import signal
import sys
from pathlib import Path

import pytest

from serving import cli, environment, verb
from terminals import Terminal
from thinline.errors import LocalError
from thinline_emulator.console import ask_handset

pytestmark = pytest.mark.slow
ALONE = ("--server", "127.0.0.1:1", "--code", "nobody listens")


def handset(folder: Path, *flags: str, size: tuple[int, int] = (80, 24), **told: str) -> Terminal:
    environ = environment(XDG_STATE_HOME=str(folder), TERM="xterm-256color", LANG="C.UTF-8", **told)
    return Terminal([sys.executable, "-m", "thinline_tools.cli", "handset", *flags], environ, size)


def of(folder: Path, name: str = "alice") -> Path:
    return folder / "thinline" / "handsets" / name


def test_a_handset_from_its_start_to_pulling_its_battery(tmp_path: Path) -> None:
    """And what libraries say is in the log, not on the screen."""
    with handset(tmp_path) as terminal:
        terminal.until("linked")
        assert "SIM" in terminal.text
        assert "event" not in terminal.text
        terminal.type("\t")
        terminal.until("wheel: turn")
        terminal.type("\r")
        terminal.until("Contacts (60)")
        terminal.resize(60, 22)
        terminal.until("JUMP  │", gone=True)
        terminal.until("Contacts (60)")
        terminal.resize(30, 8)
        terminal.until("too small")
        terminal.resize(100, 36)
        terminal.until("space")
        terminal.type("\x03")
        assert terminal.end() == 0
        assert terminal.sane()
        assert "SIM: " in terminal.text
    assert {one.name for one in of(tmp_path).iterdir()} == {"data", "state", "sim", "log", "lock"}
    assert "linked" in (of(tmp_path) / "log").read_text()


def test_what_exists_only_here_is_asked_for(tmp_path: Path) -> None:
    """Quitting pulls the battery, and what that destroys is named before and after."""
    with handset(tmp_path, "--name", "bob", "--theme", "amber", *ALONE) as terminal:
        terminal.until("not enrolled")
        terminal.type("\t\r\x1b[15~")
        terminal.until("type a name")
        terminal.type("Carol")
        terminal.until("MENU: save")
        terminal.type("\r\x03")
        terminal.until("Pull the battery?")
        terminal.until("new: Carol")
        terminal.type("y")
        assert terminal.end() == 0
        assert "the battery was taken out: memory is gone." in terminal.text
        assert "new: Carol" in terminal.text.rsplit("taken out", 1)[1]


def test_the_panes_and_the_same_verbs_from_outside(tmp_path: Path) -> None:
    recording = tmp_path / "recording"
    console = of(tmp_path) / "console.sock"
    with handset(tmp_path, "--wire", str(recording), size=(120, 40)) as terminal:
        terminal.until("linked")
        terminal.type("\x1bOQ")
        terminal.until("Console")
        terminal.type("battery 12\r")
        terminal.until("h left at")
        terminal.until("memory would be lost")
        asked = cli("console", "alice", "battery", "--json", XDG_STATE_HOME=str(tmp_path))
        assert json.loads(asked.stdout)["percent"] == 12
        with pytest.raises(LocalError, match="there is no verb 'fly'; help lists them"):
            ask_handset(console, "fly")
        asked = cli("console", "bob", XDG_STATE_HOME=str(tmp_path))
        assert asked.returncode == 69
        assert "there are alice" in asked.stderr
        terminal.type("\x1bOR")
        terminal.until("window #")
        assert "mAh" in terminal.text
        terminal.type("\x1bOS")
        terminal.until("contacts: 60 items")
        terminal.type("\x1bOS")
        terminal.until("Field test", gone=True)
        terminal.type("\x03")
        assert terminal.end() == 0
    assert recording.stat().st_mode & 0o777 == 0o600
    told = json.loads(verb("wire", "show", str(recording), "--json").stdout)
    assert {"hello", "challenge", "proof", "welcome", "window"} <= {one["kind"] for one in told}
    assert {one["direction"] for one in told} == {"up", "down"}
    assert "welcome #" in verb("wire", "show", str(recording)).stdout
    (tmp_path / "other").write_text("{}\n")
    assert "no recorded packet" in verb("wire", "show", str(tmp_path / "other")).stderr


def test_two_handsets_have_two_names(tmp_path: Path) -> None:
    with handset(tmp_path, *ALONE) as first, handset(tmp_path, *ALONE) as second:
        for terminal in (first, second):
            terminal.until("not enrolled")
        assert {one.name for one in of(tmp_path).parent.iterdir()} == {"alice", "bob"}
        with handset(tmp_path, "--name", "alice", *ALONE) as third:
            assert third.end() == 1
            assert "runs already" in third.text
            assert b"\x1b[?1049h" not in third.raw


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_leaves_the_terminal_sane(number: signal.Signals, tmp_path: Path) -> None:
    with handset(tmp_path, *ALONE) as terminal:
        terminal.until("not enrolled")
        terminal.kill(number)
        assert terminal.end() == 0
        assert terminal.sane()


def test_a_crash_leaves_the_terminal_sane(tmp_path: Path) -> None:
    """What went wrong stands in the log; on the terminal stands where that is."""
    program = (
        "from thinline_emulator.terminal import face; from thinline_tools.cli import main; del face.help_page; main()"
    )
    environ = environment(XDG_STATE_HOME=str(tmp_path), TERM="xterm-256color", LANG="C.UTF-8")
    with Terminal([sys.executable, "-c", program, "handset", *ALONE], environ) as terminal:
        terminal.until("not enrolled")
        terminal.type("?")
        assert terminal.end() == 1
        assert terminal.sane()
        assert "the handset crashed" in terminal.text
        assert "Traceback" not in terminal.text
    assert "NameError: name 'help_page'" in (of(tmp_path) / "log").read_text()


def test_a_terminal_that_is_gone_ends_it(tmp_path: Path) -> None:
    """Its end is SIGHUP, and nothing can be written any more."""
    with handset(tmp_path, *ALONE) as terminal:
        terminal.until("not enrolled")
        terminal.hang_up()
        terminal.end()
    assert "Traceback" not in (of(tmp_path) / "log").read_text()


def test_no_colours_and_no_utf_8(tmp_path: Path) -> None:
    """On no screen, and in no pane."""
    with handset(tmp_path, *ALONE, size=(120, 24), NO_COLOR="1", LC_ALL="C") as terminal:
        terminal.until("not enrolled")
        for keys, wanted in (
            ("\t", "Contacts"),
            ("?", "any key leaves"),
            ("\x1bOQ", "Console"),
            ("b\t", "battery"),
            ("\x1bOR", "Wire"),
            ("\x1bOS", "radio"),
            ("\x1bOS\x1b\x1b", "not enrolled"),
        ):
            terminal.type(keys)
            terminal.until(wanted)
        terminal.type("\x03")
        assert terminal.end() == 0
        assert terminal.raw.isascii()
        styles = {
            int(one) for said in re.findall(rb"\x1b\[([0-9;]*)m", terminal.raw) for one in said.split(b";") if one
        }
        assert styles <= {0, 1, 4, 5, 7}


def test_pictures_as_the_terminal_has_them(tmp_path: Path) -> None:
    """This one answers that it has no graphics: half blocks; or it is told to take them all the same."""
    with handset(tmp_path, *ALONE, COLORTERM="truecolor") as terminal:
        terminal.until("not enrolled")
        terminal.type("\t")
        terminal.sends(b"38;2;240;140;52")
        assert b"\x1bP" not in terminal.raw
        terminal.type("\x03")
        assert terminal.end() == 0
        assert terminal.raw.index(b"\x1b[8l") < terminal.raw.rindex(b"\x1b[8h"), "rows are its own again"
    with handset(tmp_path, *ALONE, "--pictures", "sixel") as terminal:
        terminal.until("not enrolled")
        terminal.type("\t")
        terminal.sends(b'\x1bP0;1;0q"1;1;160;160')
        terminal.type("\x03")
        assert terminal.end() == 0
        assert terminal.sane()
