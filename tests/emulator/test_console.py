"""The console's lines: each request has one answer, whatever it is. The socket itself is tested in tests/system."""

from __future__ import annotations

import json

import pytest

from thinline_emulator.console import answer_line
from thinline_tools.lab.town import HandsetNode, Town


@pytest.fixture
def phone() -> HandsetNode:
    town = Town(seed=4)
    town.account("alice")
    return town.handset("phone", "alice")


def test_a_verb_is_answered_with_text_and_data(phone: HandsetNode) -> None:
    told = answer_line(json.dumps({"line": "battery 12"}).encode(), phone)
    assert told["ok"] is True
    assert told["text"].startswith("12%")
    assert told["data"]["percent"] == 12


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"not json\n", "one line of JSON"),
        (b"\xff\n", "one line of JSON"),
        (b"[" * 100_000, "one line of JSON"),
        (b"[]", 'a request is {"line": VERB}'),
        (b'{"line": 3}', 'a request is {"line": VERB}'),
        (b'{"line": "fly"}', "no verb 'fly'"),
        (b'{"line": "tunnel fast"}', "a duration is a number"),
    ],
)
def test_what_can_not_be_done_is_answered_with_a_sentence(line: bytes, sentence: str, phone: HandsetNode) -> None:
    told = answer_line(line, phone)
    assert told["ok"] is False
    assert sentence in told["sentence"]
