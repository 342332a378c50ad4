"""The tour of the README, walked as it stands there: each command is taken from its text, in its order."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from serving import ROOT, environment
from terminals import Terminal
from thinline_tools.cli import app

pytestmark = pytest.mark.slow

TOUR = (ROOT / "README.md").read_text("utf-8").split("## A tour in ten minutes")[1].split("\n## ")[0]
USUAL = "127.0.0.1:7300"  # in a test any port that is free
MENU = "\x1b[15~"


class Tourist:
    """Somebody in the tree, with a home of their own and one command after the other."""

    def __init__(self, home: Path) -> None:
        self.home = home
        blocks = re.findall(r"```\n(.*?)```", TOUR, re.DOTALL)
        self._commands = iter([line for block in blocks for line in block.splitlines()])
        folders = {name: str(home / name) for name in ("data", "state")}
        self.environ = environment(
            HOME=str(home), XDG_DATA_HOME=folders["data"], XDG_STATE_HOME=folders["state"],
            TERM="xterm-256color", LANG="C.UTF-8", THINLINE_LISTEN="127.0.0.1:0",
        )  # fmt: skip

    def next(self, begins: str, **told: str) -> list[str]:
        """The next command of the README, which begins like this."""
        line = next(self._commands)
        assert line.startswith(f".venv/bin/thinline {begins}"), line
        for name, value in told.items():
            assert name in line
            line = line.replace(name, value)
        return shlex.split(line)[1:]

    def run(self, command: list[str]) -> str:
        """To its end; what it said."""
        ran = CliRunner().invoke(app, command, env=self.environ)
        assert (ran.exit_code, ran.stderr) == (0, ""), command
        return ran.stdout

    def open(self, command: list[str]) -> Terminal:
        """In a terminal."""
        return Terminal([sys.executable, "-m", "thinline_tools.cli", *command], self.environ)


def test_a_newcomer_takes_the_tour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the server on; the handset of the demo has its own tests, and so has the recording at the end."""
    monkeypatch.chdir(ROOT)
    tourist = Tourist(tmp_path)
    tourist.next("console alice battery")
    serve, add = tourist.next("serve"), tourist.next("account add alice")
    with tourist.open(serve) as server:
        server.until("version=")  # the end of the line that says that it listens
        listens = re.search(r"listen=([0-9.]+:\d+)", server.text.replace("\n", ""))
        assert listens is not None, server.text
        tourist.run(add)
        codes = [tourist.run(tourist.next("account enroll alice")).strip() for _ in range(2)]
        there = {USUAL: listens[1]}
        phone_command = tourist.next("handset --name phone --server", CODE=codes[0], **there)
        desk_command = tourist.next("handset --name desk --server", CODE=codes[1], **there)
        with tourist.open(phone_command) as phone, tourist.open(desk_command) as desk:
            two_handsets(tourist, phone, desk)
            assert "new" in tourist.run(tourist.next("import alice"))
            desk.until("Contacts (1)", gone=True)
            out = tmp_path / "alice.vcf"
            tourist.run(tourist.next("export alice --to alice.vcf", **{"alice.vcf": str(out)}))
            assert "FN:Bob" in out.read_text()


def two_handsets(tourist: Tourist, phone: Terminal, desk: Terminal) -> None:
    for one in (phone, desk):
        one.until("linked")
        one.type("\t")
        one.until("wheel: turn")
        one.type("\r")
        one.until("Contacts (0)")
    phone.type(f"{MENU}Bob{MENU}")
    desk.until("Contacts (1)")
    assert "no signal for 60 s" in tourist.run(tourist.next("console phone tunnel 60s"))
    phone.until("no signal")
    phone.type(f"{MENU}Carol{MENU}")
    phone.until("⇡")
    told = tourist.run(tourist.next("console phone battery pull"))
    assert "lost for good: new: Carol" in told
    assert "1 item was held; the server has it." in told
    phone.until("life 2")
