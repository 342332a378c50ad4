"""A use of a handset, recorded in a pseudo terminal and played again: without one, in one, and against a lie."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from serving import cli, environment, serving
from terminals import Terminal
from thinline_emulator.script import read_script
from thinline_tools.cli import app

pytestmark = pytest.mark.slow

MENU, CONSOLE = "\x1b[15~", "\x1bOQ"


def handset(folder: Path, *flags: str, size: tuple[int, int] = (80, 24)) -> Terminal:
    environ = environment(XDG_STATE_HOME=str(folder), TERM="xterm-256color", LANG="C.UTF-8")
    return Terminal([sys.executable, "-m", "thinline_tools.cli", "handset", *flags], environ, size)


def played(folder: Path, *flags: str) -> Result:
    """`thinline handset` in this process, without a terminal."""
    return CliRunner().invoke(app, ["handset", *flags], env={"XDG_STATE_HOME": str(folder)})


def look(terminal: Terminal, wanted: str) -> None:
    """Wait for a text, and then look at it until the recorder knows that it was seen."""
    terminal.until(wanted)
    while terminal.read(0.8):  # the clock in the face ticks once a second at most
        pass


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Alice makes a contact, goes out of coverage by the console, and makes one that exists only there."""
    folder = tmp_path_factory.mktemp("recorded")
    day = folder / "day.toml"
    with handset(folder, "--record", str(day), "--radio", "wifi", size=(120, 30)) as terminal:
        look(terminal, "linked")
        terminal.type("\t\r")
        look(terminal, "Contacts (60)")
        terminal.type(f"{MENU}Zoë O'Hara{MENU}")
        look(terminal, "Contacts (61)")
        terminal.type(f"{CONSOLE}radio off\r\x1b")
        look(terminal, "radio off")
        terminal.type(f"{MENU}Carol{MENU}")
        look(terminal, "Contacts (62)")
        terminal.type("\x03")
        terminal.until("Pull the battery?")
        terminal.type("y")
        assert terminal.end() == 0
        assert "recorded: " in terminal.text
    assert [one.name for one in folder.iterdir()] == ["day.toml"], "a recording has a world that is gone afterwards"
    return day


def test_a_recording_says_what_was_done_and_what_was_seen(recorded: Path) -> None:
    steps = read_script(recorded.read_text()).steps
    assert [step.key or step.verb for step in steps if step.key or step.verb] == [
        "radio wifi",
        "jump wheel-press",
        "menu 'Zoë O' quote 'Hara' menu",
        "radio off",
        "menu 'Carol' menu",
    ]
    seen = [step.screen for step in steps if step.screen]
    assert len(seen) == 5
    assert "Contacts (61)" in seen[2]
    assert "⇡" in seen[4]
    assert recorded.stat().st_mode & 0o777 == 0o600


def test_it_plays_without_a_terminal_to_the_same_screens(recorded: Path, tmp_path: Path) -> None:
    ran = cli("handset", "--script", str(recorded), XDG_STATE_HOME=str(tmp_path))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "5 screens as expected" in ran.stdout


def test_it_plays_in_a_terminal_to_the_same_screens_and_a_cast_shows_them(recorded: Path, tmp_path: Path) -> None:
    day = tmp_path / "day.cast"
    with handset(tmp_path, "--script", str(recorded), "--cast", str(day)) as terminal:
        terminal.until("Zoë O'Hara")
        assert terminal.end() == 0
        assert terminal.sane()
        assert "5screensasexpected" in "".join(terminal.text.split()), "wrapped wherever its path is long"
    head, *events = map(json.loads, day.read_text().splitlines())
    assert (head["version"], head["width"], head["height"]) == (2, 80, 24)
    assert {kind for _, kind, _ in events} == {"o"}
    assert [at_s for at_s, _, _ in events] == sorted(at_s for at_s, _, _ in events)
    written = "".join(data for _, _, data in events)
    assert written.replace("\r", "") in terminal.raw.decode().replace("\r", "")


def test_where_a_screen_is_another_both_are_shown(recorded: Path, tmp_path: Path) -> None:
    lie = tmp_path / "lie.toml"
    lie.write_text(recorded.read_text().replace(" Astrid de-Vries ", " Astrid de-Fries "))
    lie.write_text(lie.read_text().replace('until = "screen"', 'until = "screen"\nwithin = "1s"'))
    lie.write_text(lie.read_text().replace('until = "screen"\nwithin = "1s"', 'until = "screen"', 1))
    ran = played(tmp_path, "--script", str(lie))
    assert ran.exit_code == 3
    assert "not 'screen' within 1 s" in ran.stderr
    assert "≠" in next(row for row in ran.stderr.splitlines() if "de-Fries" in row and "de-Vries" in row)


def test_a_script_that_is_none_is_told_by_line_and_nothing_starts(tmp_path: Path) -> None:
    (tmp_path / "day.toml").write_text('[[step]]\nkey = "jump"\n\n[[step]]\nkye = "ok"\n')
    ran = played(tmp_path / "none", "--script", str(tmp_path / "day.toml"))
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "day.toml: line 5, step 2: a step has no 'kye'; it may have handset, key, verb," in ran.stderr
    assert not (tmp_path / "none").exists()


def test_a_signal_ends_it_and_its_world(tmp_path: Path) -> None:
    (tmp_path / "day.toml").write_text('[[step]]\nwait = "1h"\n')
    (tmp_path / "worlds").mkdir()
    playing = subprocess.Popen(
        [sys.executable, "-m", "thinline_tools.cli", "handset", "--script", str(tmp_path / "day.toml")],
        env=environment(XDG_STATE_HOME=str(tmp_path), TMPDIR=str(tmp_path / "worlds")),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert playing.stdout is not None
    assert "starting a server" in playing.stdout.readline()
    assert list((tmp_path / "worlds").iterdir())
    playing.terminate()
    _, said = playing.communicate(timeout=30)
    assert (playing.returncode, said) == (1, "thinline: stopped by a signal\n")
    assert not list((tmp_path / "worlds").iterdir())


def test_two_handsets_of_one_owner_are_played_beside_each_other(tmp_path: Path) -> None:
    script = """
        [[step]]
        handset = "alice"
        key = "jump ok menu 'Zoë' menu"
        [[step]]
        handset = "desk"
        key = "jump ok"
        until = "shows (61)"
    """
    (tmp_path / "two.toml").write_text(script)
    cast = tmp_path / "two.cast"
    flags = ("--radio", "wifi", "--script", str(tmp_path / "two.toml"), "--cast", str(cast))
    ran = played(tmp_path, *flags)
    assert ran.exit_code == 0, ran.output
    assert "Zoë" in cast.read_text()


def test_a_script_is_played_on_a_server_too(tmp_path: Path) -> None:
    script = tmp_path / "day.toml"
    script.write_text('[[step]]\nuntil = "settled"\nshows = "bob"\n')
    flags = ("--script", str(script), "--headless", "--radio", "wifi", "--sim", str(tmp_path / "bob.sim"))
    with serving(tmp_path) as server:
        server.ask("account.add", name="bob")
        code = server.ask("account.enroll", name="bob")["code"]
        ran = played(tmp_path, *flags, "--server", server.address, "--code", code)
    assert ran.exit_code == 0, ran.output
