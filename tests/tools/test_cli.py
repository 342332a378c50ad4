"""The command line: what it says, where, and with which exit code. With a real server: tests/system/test_serve.py."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from thinline.errors import LocalError
from thinline_server.config import SettingsError
from thinline_server.control import NoServer
from thinline_server.engine import StoreLost
from thinline_server.verbs import ControlRefused
from thinline_tools import accounts, cli

HANDSET = {"handset": "00ff", "life": 2, "done": 7, "revoked": False, "linked": True}
ALICE = {
    "account": "aabb",
    "name": "alice",
    "number": "+4520304050",
    "epoch": 1,
    "position": 9,
    "careful": False,
    "items": {"contacts": 3},
    "handsets": [HANDSET, {**HANDSET, "handset": "00aa", "revoked": True, "linked": False}],
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, arguments, env={"COLUMNS": "200", "NO_COLOR": "1"})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, str, dict[str, object]]]:
    """A server that answers every verb as alice's would; what it was asked."""
    noted: list[tuple[Path, str, dict[str, object]]] = []
    answers = {"account.list": [ALICE], "account.enroll": {"code": "CODE"}, "account.revoke": {"handset": "00ff"}}

    def ask(folder: Path, verb: str, **arguments: object) -> object:
        noted.append((folder, verb, arguments))
        return answers.get(verb, ALICE)

    monkeypatch.setattr("thinline_server.control.ask_server", ask)
    return noted


def test_without_a_word_it_helps() -> None:
    for arguments in ((), ("account",)):
        ran = run(*arguments)
        assert ran.exit_code in (0, 2)
        assert "Exit codes: 0 done; 1 it failed" in ran.output


@pytest.mark.parametrize(
    ("arguments", "verb", "told", "said"),
    [
        (("add", "alice"), "account.add", {"name": "alice", "number": ""}, "added alice"),
        (("add", "alice", "--number", "12"), "account.add", {"name": "alice", "number": "12"}, "added alice"),
        (("list",), "account.list", {}, "alice  +4520304050  3      1         1"),
        (("show", "alice"), "account.show", {"name": "alice"}, "handset 00ff: life 2, 7 commands, linked"),
        (("enroll", "alice"), "account.enroll", {"name": "alice"}, "CODE"),
        (("revoke", "00ff"), "account.revoke", {"handset": "00ff"}, "revoked 00ff"),
    ],
)
def test_a_verb_asks_the_server_of_the_state_folder(
    asked: list[tuple[Path, str, dict[str, object]]],
    arguments: tuple[str, ...],
    verb: str,
    told: dict[str, object],
    said: str,
) -> None:
    ran = run("account", *arguments, "--data", "/srv/thinline")
    assert ran.exit_code == 0, ran.output
    assert asked == [(Path("/srv/thinline-state"), verb, told)]
    assert said in ran.stdout


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("verb", [("list",), ("show", "alice"), ("add", "alice")])
def test_machines_get_json(verb: tuple[str, ...]) -> None:
    told = json.loads(run("account", *verb, "--json").stdout)
    assert told in (ALICE, [ALICE])


@pytest.mark.usefixtures("asked")
def test_a_server_tells_how_it_is() -> None:
    assert "epoch       1" in run("serve", "--status").stdout
    assert json.loads(run("serve", "--status", "--json").stdout) == ALICE


def test_an_account_that_went_back_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    accounts.print_account({**ALICE, "careful": True})
    told = capsys.readouterr().out
    assert "keep its handsets powered" in told
    assert "handset 00aa: life 2, 7 commands, revoked" in told
    accounts.print_account({**ALICE, "handsets": [{**HANDSET, "linked": False}]})
    assert "away" in capsys.readouterr().out


def test_an_empty_list_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    accounts.print_accounts([])
    assert "make one with: thinline account add NAME" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (NoServer("no server runs on /srv"), 69, "no server runs on /srv; start one with: thinline serve"),
        (SettingsError("--listen: give HOST:PORT"), 2, "--listen: give HOST:PORT"),
        (StoreLost("the store failed"), 74, "the store failed"),
        (ControlRefused("INVALID", "the name is taken"), 1, "the name is taken"),
        (LocalError("another server is running"), 1, "another server is running"),
        (PermissionError(13, "Permission denied", "/srv"), 74, "/srv: Permission denied"),
        (OSError(5, "Input/output error"), 74, "the system: Input/output error"),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_a_code(
    monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, said: str
) -> None:
    monkeypatch.setattr("thinline_server.control.ask_server", _raise(error))
    ran = run("account", "list")
    assert (ran.exit_code, ran.stdout) == (code, "")
    assert ran.stderr == f"thinline: {said}\n"


def _raise(error: Exception) -> Callable[..., object]:
    def ask(*_told: object, **_more: object) -> object:
        raise error

    return ask


def test_a_wrong_setting_is_a_wrong_command_line() -> None:
    ran = run("serve", "--listen", "alice")
    assert ran.exit_code == 2
    assert ran.stderr.startswith("thinline: --listen: give HOST:PORT")


def test_an_unknown_figure_is_a_wrong_command_line() -> None:
    ran = run("bench", "--only", "Z9")
    assert ran.exit_code == 2
    assert "no such figure: Z9" in ran.output


def test_the_demo_gives_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thinline_tools.demo.main", lambda: 1)
    assert run("demo").exit_code == 1


def test_it_tells_its_version() -> None:
    assert run("version").stdout.startswith("thinline ")


def test_help_is_there_at_once() -> None:
    """Nothing heavy is loaded before a verb needs it."""
    heavy = "import sys, thinline_tools.cli as _; print([m for m in ('grpc', 'apsw', 'pydantic') if m in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", heavy],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "[]\n"


def test_the_program_is_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["thinline", "version"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
