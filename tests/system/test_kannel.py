"""Texts to Kannel and back, by a message centre that nobody here wrote. Must 2 and 3 of texts; X7, X8.

The counterparts are npm's smpp and Debian's Kannel; see thinline_tools.bench.messaging.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import smsc
from smsc_scenes import ALICE, KANNEL, TEN, alphabet


@pytest.mark.slow  # three programs start
def test_all_that_a_text_can_be_goes_to_kannel_and_back(tmp_path: Path) -> None:
    """Spec SMS-4, SMS-6, SMS-7: receipts before the answers, and a centre that wants its time."""
    told = smsc.run("smsc_scenes:to_and_fro", str(tmp_path))
    assert told["alphabet"]["text"] == alphabet()
    assert told["alphabet"]["from"] == ALICE
    assert told["emoji"]["text"] == "Tea ☕ 😀?"
    assert told["ten"]["text"] == TEN
    assert told["throttled"] == ["Tea?"], "once"
    assert sorted(text for _, text in told["back"]) == sorted([alphabet(), "Tea ☕ 😀?", TEN])
    assert {number.removeprefix("+") for number, _ in told["back"]} == {KANNEL.removeprefix("+")}


@pytest.mark.slow  # three programs start
def test_a_centre_that_was_killed_is_found_again_and_a_gap_is_shown(tmp_path: Path) -> None:
    """Spec SMS-8: ten parts come in reverse order, the fifth never."""
    told = smsc.run("smsc_scenes:beyond", str(tmp_path))
    assert told["texts"] == ["Are you there?"], "once"
    assert told["kept"] == 0
    assert told["text"] == f"{TEN[: 4 * 153]} […] {TEN[5 * 153 :]}"
    assert told["missing"] == 1
