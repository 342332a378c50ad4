"""The README shows what was run: its transcripts are the demo's own, and its example works as it stands."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pyte
import pytest
from typer.main import get_command

from thinline_emulator.verbs import VERBS
from thinline_tools.cli import app
from thinline_tools.readme import ROOT, written

README = (ROOT / "README.md").read_text(encoding="utf-8")
STALE = "stale: run make readme"


@pytest.fixture(scope="module")
def fresh() -> dict[str, str]:
    return {str(path.relative_to(ROOT)): text for path, text in written().items()}


def test_its_transcripts_are_what_the_demo_prints(fresh: dict[str, str]) -> None:
    assert len(re.findall(r"<!-- demo: \d+ -->", README)) >= 2
    assert README.splitlines() == fresh["README.md"].splitlines(), STALE


def test_its_picture_is_the_demo_as_it_is_today(fresh: dict[str, str]) -> None:
    assert "docs/demo.svg" in README
    assert (ROOT / "docs/demo.svg").read_text("utf-8") == fresh["docs/demo.svg"], STALE


def test_the_cast_beside_it_ends_with_the_same_screen(fresh: dict[str, str]) -> None:
    """Its bytes are the terminal library's; what they show is the demo's."""
    shown = []
    for text in ((ROOT / "docs/demo.cast").read_text("utf-8"), fresh["docs/demo.cast"]):
        head, *events = map(json.loads, text.splitlines())
        screen = pyte.Screen(head["width"], head["height"])
        stream = pyte.Stream(screen)
        for _, _, data in events:
            stream.feed(data)
        shown.append(screen.display)
    assert shown[0] == shown[1], STALE
    assert any("Bring the cello." in row for row in shown[0])


def test_the_verbs_it_names_exist() -> None:
    for verb in ("battery", "tunnel", "radio", "clock", "cache", "export", "help"):
        assert verb in VERBS


def test_the_files_it_points_to_are_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("page", ["README.md", "docs/scripts.md", "docs/pytest.md"])
def test_the_commands_it_shows_are_commands(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / page).read_text("utf-8")
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    (tmp_path / "day.toml").touch()  # it was recorded in the line before
    monkeypatch.chdir(tmp_path)
    for line in re.findall(r"^(?:\.venv/bin/)?thinline (.*)$", text, re.MULTILINE):
        name, words = "thinline", shlex.split(line)
        command: Any = get_command(app)
        while hasattr(command, "commands"):
            name = words.pop(0)
            command = command.commands[name]
        command.make_context(name, words)  # raises for an option or a word that it does not take
