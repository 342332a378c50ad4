"""`thinline demo` and what needs a terminal. With one: tests/system/test_face.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from commandline import run
from thinline_tools import cli


def test_the_demo_gives_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thinline_tools.demo.main", lambda: 1)
    assert run("demo").exit_code == 1


def test_a_handset_without_a_terminal_says_what_to_do() -> None:
    ran = run("handset")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "a handset needs a terminal; without one" in ran.stderr


def test_without_a_name_the_console_lists_who_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    ran = run("console")
    assert (ran.exit_code, ran.stderr) == (69, "thinline: no handset runs here; start one with: thinline handset\n")
    assert run("console", "--json").stdout == "[]\n"
    monkeypatch.setattr("thinline_tools.cli.handset.running_handsets", lambda _environ: ["alice", "bob"])
    assert run("console").stdout == "alice\nbob\n"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("handset --radio g", ["gprs"]),
        ("handset --theme a", ["amber"]),
        ("handset --profile c", ["classic"]),
        ("console alice batt", ["battery"]),
        ("console alice battery p", ["pull"]),
    ],
)
def test_the_shell_is_told_what_there_is(line: str, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    words = f"thinline {line}"
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    monkeypatch.setenv("_THINLINE_COMPLETE", "complete_bash")
    ran = CliRunner().invoke(cli.app, prog_name="thinline")
    assert ran.stdout.split() == told
