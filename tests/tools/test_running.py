"""Where handsets are on a machine. Which of them run, with real sockets: tests/system/test_shell.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from thinline_tools.running import CONSOLE, base_folder, running_handsets


def test_the_folders_are_where_state_belongs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert base_folder({"XDG_STATE_HOME": "/var/tmp/x"}) == Path("/var/tmp/x/thinline/handsets")
    assert base_folder({"XDG_STATE_HOME": "relative"}) == tmp_path / ".local/state/thinline/handsets"


def test_where_no_handset_was_there_is_none(tmp_path: Path) -> None:
    assert running_handsets({"XDG_STATE_HOME": str(tmp_path)}) == []
    assert CONSOLE.endswith(".sock")
