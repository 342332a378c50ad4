"""The command as a whole: its registry, its help, and how soon that is there. Its groups: tests/tools/cli."""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from commandline import run
from thinline_tools import cli
from thinline_tools.cli.shared import CODES


def test_every_group_is_registered() -> None:
    found = {one.name for one in pkgutil.iter_modules(cli.__path__)} - {"__main__", "shared"}
    assert found == {one.__name__.rpartition(".")[2] for one in cli.GROUPS}


def test_without_a_word_it_helps() -> None:
    for arguments in ((), ("account",)):
        ran = run(*arguments)
        assert ran.exit_code in (0, 2)
        assert "Exit codes: 0 done; 1 it failed" in ran.output


def test_the_readme_tells_the_exit_codes_of_the_help() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    table = readme.split("| exit code | meaning |\n|---|---|\n")[1].split("\n\n")[0]
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()]
    told = " ".join(CODES.split()).removeprefix("Exit codes: ").removesuffix(".")
    assert [" ".join(row).replace(",", "") for row in rows] == [one.replace(",", "") for one in told.split("; ")]


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
