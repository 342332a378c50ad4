"""The console pane without a terminal."""

from __future__ import annotations

import pytest

from thinline_emulator.terminal.console import ConsolePane, Lines
from thinline_tools.lab.town import HandsetNode, Town


@pytest.fixture
def phone() -> HandsetNode:
    town = Town(seed=4)
    town.account("alice")
    return town.handset("phone", "alice")


def told(lines: Lines, width: int = 60, height: int = 50) -> list[str]:
    return [text for _, text in lines.rows(width, height)]


async def test_a_verb_is_written_down_with_its_answer(phone: HandsetNode) -> None:
    pane = ConsolePane(phone)
    pane.input.text = " battery 12 "
    pane.input.validate_and_handle()
    assert pane.input.text == ""
    assert "> battery 12" in told(pane.lines)
    assert any(line.startswith("12%") for line in told(pane.lines))
    pane.do("fly")
    assert told(pane.lines)[-1] == "! there is no verb 'fly'; help lists them"
    pane.input.text = "  "
    pane.input.validate_and_handle()
    assert told(pane.lines)[-1].startswith("! there")


def test_lines_fold_and_the_newest_are_kept() -> None:
    lines = Lines()
    lines.say("one\n\ntwo three four")
    assert told(lines, 9) == ["one", "", "two three", " four"]
    assert told(lines, 9, 2) == ["two three", " four"]
    assert lines.create_content(9, 2).line_count == 2


def test_what_a_terminal_would_obey_does_not_reach_it() -> None:
    lines = Lines(ascii_only=True)
    lines.say("\x1b[2J王é")
    assert told(lines) == ["�[2J王é"]
    assert lines.create_content(60, 9).get_line(0) == [("class:pane", "?[2J???")]
