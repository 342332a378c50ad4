"""`thinline serve`: how a server is, and settings that are wrong. With a real one: tests/system/test_serve.py."""

from __future__ import annotations

import json

import pytest

from commandline import ALICE, run
from thinline_tools.cli.serve import _tell


@pytest.mark.usefixtures("asked")
def test_a_server_tells_how_it_is() -> None:
    assert "epoch       1" in run("serve", "--status").stdout
    assert json.loads(run("serve", "--status", "--json").stdout) == ALICE


def test_a_wrong_setting_is_a_wrong_command_line() -> None:
    ran = run("serve", "--listen", "alice")
    assert ran.exit_code == 2
    assert ran.stderr.startswith("thinline: --listen: give HOST:PORT")


def test_each_gateway_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    gateways = [
        {"name": "mail in", "state": "CONNECTED", "why": "listens on 127.0.0.1:25", "until_ms": 0},
        {"name": "mail out", "state": "BAD_CREDENTIALS", "why": "", "until_ms": 0},
    ]
    _tell({"links": 3, "gateways": gateways})
    assert capsys.readouterr().out.splitlines() == [
        "links       3",
        "gateway     mail in: connected, listens on 127.0.0.1:25",
        "gateway     mail out: bad credentials",
    ]
