"""`thinline handset` in a real pseudo terminal, read through a terminal emulator."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest

from serving import cli, environment
from terminals import Terminal

pytestmark = pytest.mark.slow


def handset(folder: Path, *flags: str, size: tuple[int, int] = (80, 24), **told: str) -> Terminal:
    environ = environment(XDG_STATE_HOME=str(folder), TERM="xterm-256color", LANG="C.UTF-8", **told)
    return Terminal([sys.executable, "-m", "thinline_tools.cli", "handset", *flags], environ, size)


def test_a_handset_from_its_start_to_pulling_its_battery(tmp_path: Path) -> None:
    with handset(tmp_path) as terminal:
        terminal.until("linked")
        assert "SIM" in terminal.text
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
    folder = tmp_path / "thinline" / "handsets" / "alice"
    assert {one.name for one in folder.iterdir()} == {"data", "state", "sim", "log", "lock"}


def test_what_exists_only_here_is_asked_for(tmp_path: Path) -> None:
    """Quitting pulls the battery, and what that destroys is named before and after."""
    with handset(tmp_path, "--name", "bob", "--radio", "gprs", "--theme", "amber") as terminal:
        terminal.until("linked")
        terminal.type("\t\r")
        terminal.until("Contacts (60)")
        terminal.type("\x1b[15~")
        terminal.until("New contact", gone=False)
        terminal.until("MENU: save")
        terminal.type("Carol\r\x03")
        terminal.until("Pull the battery?")
        terminal.until("new: Carol")
        terminal.type("y")
        assert terminal.end() == 0
        assert "new: Carol" in terminal.text


def test_the_same_verbs_in_the_pane_and_from_outside(tmp_path: Path) -> None:
    with handset(tmp_path, size=(120, 30)) as terminal:
        terminal.until("linked")
        terminal.type("\x1bOQ")
        terminal.until("Console")
        terminal.type("battery 12\r")
        terminal.until("h left at")
        assert "memory would be lost" in terminal.text
        asked = cli("console", "alice", "battery", "--json", XDG_STATE_HOME=str(tmp_path))
        assert json.loads(asked.stdout)["percent"] == 12
        asked = cli("console", "alice", "fly", XDG_STATE_HOME=str(tmp_path))
        assert (asked.returncode, asked.stderr) == (1, "thinline: there is no verb 'fly'; help lists them\n")
        asked = cli("console", "bob", XDG_STATE_HOME=str(tmp_path))
        assert asked.returncode == 69
        assert "there are alice" in asked.stderr


def test_the_wire_and_the_field_test_beside_the_device(tmp_path: Path) -> None:
    recording = tmp_path / "recording"
    with handset(tmp_path, "--wire", str(recording), size=(120, 40)) as terminal:
        terminal.until("linked")
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
    told = json.loads(cli("wire", "show", str(recording), "--json").stdout)
    assert {"hello", "challenge", "proof", "welcome", "window"} <= {one["kind"] for one in told}
    assert {one["direction"] for one in told} == {"up", "down"}
    plain = cli("wire", "show", str(recording))
    assert "welcome #" in plain.stdout
    (tmp_path / "other").write_text("{}\n")
    assert "no recorded packet" in cli("wire", "show", str(tmp_path / "other")).stderr


def test_two_handsets_have_two_names(tmp_path: Path) -> None:
    with handset(tmp_path) as first:
        first.until("alice, classic handset")
        with handset(tmp_path) as second:
            second.until("bob, classic handset")
        with handset(tmp_path, "--name", "alice") as third:
            assert third.end() == 1
            assert "runs already" in third.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_the_terminal_sane(number: signal.Signals, tmp_path: Path) -> None:
    with handset(tmp_path) as terminal:
        terminal.until("linked")
        terminal.kill(number)
        assert terminal.end() == 0
        assert terminal.sane()


def test_no_colours_and_no_utf_8(tmp_path: Path) -> None:
    with handset(tmp_path, NO_COLOR="1", LC_ALL="C") as terminal:
        terminal.until("linked")
        assert terminal.text.isascii()
        assert b"38;5" not in terminal.raw
        assert b"48;5" not in terminal.raw
        terminal.type("\x03")
        assert terminal.end() == 0


def test_pictures_as_the_terminal_has_them(tmp_path: Path) -> None:
    """This one answers that it has no graphics: half blocks; or it is told to take them all the same."""
    with handset(tmp_path, COLORTERM="truecolor") as terminal:
        terminal.until("linked")
        terminal.type("\t")
        terminal.sends(b"38;2;240;140;52")
        assert b"\x1bP" not in terminal.raw
    with handset(tmp_path, "--pictures", "sixel") as terminal:
        terminal.until("linked")
        terminal.type("\t")
        terminal.sends(b'\x1bP0;1;0q"1;1;160;160')
        terminal.type("\x03")
        assert terminal.end() == 0
        assert terminal.sane()


def test_nothing_but_the_face_lands_on_the_screen(tmp_path: Path) -> None:
    with handset(tmp_path) as terminal:
        terminal.until("linked")
        assert "event" not in terminal.text
    log = tmp_path / "thinline" / "handsets" / "alice" / "log"
    assert "linked" in log.read_text()


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--theme", "pink"), "no theme is called"),
        (("--pictures", "oil"), "there are auto, half"),
        (("--profile", "brick"), "no handset is called"),
        (("--radio", "string"), "string"),
        (("--server", "127.0.0.1:1"), "give --code"),
    ],
)
def test_what_does_not_exist_is_refused_before_the_screen_is_taken(
    flags: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    with handset(tmp_path, *flags) as terminal:
        assert terminal.end() == 1
        assert said in terminal.text.replace("\n", " ")
        assert b"\x1b[?1049h" not in terminal.raw
