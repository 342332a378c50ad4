"""Completion on the console's line."""

from __future__ import annotations

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from thinline_emulator.terminal.completion import VerbCompleter, common_rest, next_words
from thinline_emulator.verbs import VERBS


def words(line: str) -> list[str]:
    return [word for word, _ in next_words(line)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", list(VERBS)),
        ("bat", ["battery"]),
        ("battery ", ["pull"]),
        ("radio o", ["on", "off"]),
        ("radio w", ["wifi"]),
        ("charge ", ["on", "off"]),
        ("tunnel ", []),
        ("help au", ["autopsy"]),
        ("help autopsy ", []),
        ("key jump wheel-p", ["wheel-press"]),
        ("reset hard ", []),
        ("fly ", []),
    ],
)
def test_words(line: str, expected: list[str]) -> None:
    assert words(line) == expected


def test_the_completer_replaces_the_begun_word_and_tells_what_a_verb_does() -> None:
    assert not list(VerbCompleter().get_completions(Document(""), CompleteEvent(text_inserted=True)))
    assert list(VerbCompleter().get_completions(Document(""), CompleteEvent(completion_requested=True)))
    found = list(VerbCompleter().get_completions(Document("rad"), CompleteEvent()))
    assert [(one.text, one.start_position) for one in found] == [("radio", -3)]
    assert "network" in found[0].display_meta_text


@pytest.mark.parametrize(("line", "rest"), [("bat", "tery"), ("r", ""), ("re", "set"), ("radio o", ""), ("fly ", "")])
def test_what_is_certain_to_come(line: str, rest: str) -> None:
    assert common_rest(line) == rest
