"""What is written into the README: the demo's own words, at the places that ask for them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from thinline_tools import readme
from thinline_tools.readme import told_by_act, with_transcripts

PAGE = "Look:\n\n<!-- demo: 2 -->\n```\nstale\n```\n\nand\n\n<!-- demo: 1 -->\n```\n\n```\n"


def test_a_transcript_stands_where_the_page_asks_for_it() -> None:
    page = with_transcripts(PAGE, {1: "1. Linked.", 2: "2. Gone.\n\nAll of it."})
    assert page == (
        "Look:\n\n<!-- demo: 2 -->\n```\n2. Gone.\n\nAll of it.\n```\n\nand\n\n<!-- demo: 1 -->\n```\n1. Linked.\n```\n"
    )
    with pytest.raises(KeyError):
        with_transcripts(PAGE, {1: "1. Linked."})


def test_each_act_has_said_what_it_says() -> None:
    told = told_by_act()
    assert sorted(told) == list(range(1, len(told) + 1))
    assert told[8].startswith("8. Then the battery goes.")
    assert told[8].endswith("the server has them.")
    assert told[1].count("+----") == 4


def test_the_command_writes_what_is_stale_and_only_that(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, film = tmp_path / "README.md", tmp_path / "demo.svg"
    page.write_text("today's")
    monkeypatch.setattr(readme, "ROOT", tmp_path)
    monkeypatch.setattr(readme, "written", lambda: {page: "today's", film: "new"})
    monkeypatch.setattr(sys, "argv", ["readme", "--check"])
    assert readme.main() == 1
    assert capsys.readouterr().out == "stale: demo.svg\n"
    assert not film.exists()
    monkeypatch.setattr(sys, "argv", ["readme"])
    assert readme.main() == 0
    assert capsys.readouterr().out == "written: demo.svg\n"
    assert film.read_text() == "new"
    monkeypatch.setattr(sys, "argv", ["readme", "--check"])
    assert readme.main() == 0
