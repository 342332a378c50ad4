"""`thinline bench` and `version`."""

from __future__ import annotations

from commandline import run


def test_an_unknown_figure_is_a_wrong_command_line() -> None:
    ran = run("bench", "--only", "Z9")
    assert ran.exit_code == 2
    assert "no such figure: Z9" in ran.output


def test_it_tells_its_version() -> None:
    assert run("version").stdout.startswith("thinline ")
