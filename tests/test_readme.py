"""The README shows what was run: its transcripts are the demo's own, and its example works as it stands."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from thinline_emulator.verbs import VERBS
from thinline_tools.demo import read_acts, tell

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def told() -> str:
    said: list[str] = []
    tell(read_acts(files("thinline_tools").joinpath("demo.toml").read_text("utf-8")), said.append)
    return "\n".join(said)


def test_its_transcripts_are_what_the_demo_prints(told: str) -> None:
    shown = re.findall(r"<!-- demo: \d+ -->\n```\n(.*?)\n```", README, re.DOTALL)
    assert len(shown) == 2
    for transcript in shown:
        assert transcript in told


def test_the_verbs_it_names_exist() -> None:
    for verb in ("battery", "tunnel", "radio", "clock", "cache", "export", "help"):
        assert verb in VERBS


def test_the_files_it_points_to_are_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (Path(__file__).resolve().parents[1] / target).exists(), target
