"""`thinline serve`: how a server is, and settings that are wrong. With a real one: tests/system/test_serve.py."""

from __future__ import annotations

import json

import pytest

from commandline import ALICE, run


@pytest.mark.usefixtures("asked")
def test_a_server_tells_how_it_is() -> None:
    assert "epoch       1" in run("serve", "--status").stdout
    assert json.loads(run("serve", "--status", "--json").stdout) == ALICE


def test_a_wrong_setting_is_a_wrong_command_line() -> None:
    ran = run("serve", "--listen", "alice")
    assert ran.exit_code == 2
    assert ran.stderr.startswith("thinline: --listen: give HOST:PORT")
