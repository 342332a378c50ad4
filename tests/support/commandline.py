"""The command line run in this process, and an account as a server tells it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from thinline_tools import cli

__all__ = ["ALICE", "HANDSET", "Asked", "run"]

Asked = list[tuple[Path, str, dict[str, object]]]  # state folder, verb, arguments

HANDSET: dict[str, Any] = {"handset": "00ff", "life": 2, "done": 7, "revoked": False, "linked": True}
ALICE: dict[str, Any] = {
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
    """The command, with a wide terminal and no colours."""
    return CliRunner().invoke(cli.app, arguments, env={"COLUMNS": "200", "NO_COLOR": "1"})
