"""`thinline demo` and what needs a terminal. With one: tests/system/test_face.py."""

from __future__ import annotations

import pytest

from commandline import run


def test_the_demo_gives_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thinline_tools.demo.main", lambda: 1)
    assert run("demo").exit_code == 1


def test_a_handset_without_a_terminal_says_what_to_do() -> None:
    ran = run("handset")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "a handset needs a terminal; without one" in ran.stderr
