"""What goes wrong is a sentence and an exit code, whatever the command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, NamedTuple

import pytest
import typer
from typer.testing import CliRunner

from commandline import run
from thinline.errors import LocalError
from thinline_server.config import SettingsError
from thinline_server.control import NoServer
from thinline_server.engine import StoreLost
from thinline_server.verbs import ControlRefused
from thinline_tools.cli.shared import command, group


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


def test_a_server_that_is_named_is_named_in_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thinline_server.control.ask_server", _raise(NoServer("none runs")))
    ran = run("account", "list", "--data", "/srv/my data")
    assert ran.stderr == "thinline: none runs; start one with: thinline serve --data '/srv/my data'\n"


class Drink(NamedTuple):
    """Some options."""

    milk: Annotated[bool, typer.Option("--milk")] = False
    cups: Annotated[int, typer.Option()] = 1


def test_a_command_takes_the_options_of_a_named_tuple() -> None:
    commands = group()
    served: list[tuple[str, Drink]] = []

    @command(commands)
    def tea(name: Annotated[str, typer.Argument()], drink: Drink) -> None:
        """Serve tea."""
        served.append((name, drink))

    ran = CliRunner().invoke(commands, ["alice", "--cups", "2"])
    assert (ran.exit_code, served) == (0, [("alice", Drink(milk=False, cups=2))])
    told = CliRunner().invoke(commands, ["--help"]).output
    assert "Serve tea." in told
    assert "Exit codes: 0 done" in told


def test_our_own_mistakes_are_not_told_as_the_user_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thinline_server.control.ask_server", _raise(KeyError("a bug")))
    ran = run("account", "list")
    assert isinstance(ran.exception, KeyError)
