"""Cells of the whole terminal: what leaves them is safe, and as wide as it was."""

from __future__ import annotations

import pytest
from prompt_toolkit.utils import get_cwidth

from thinline_emulator.terminal.sheet import Ink, Sheet, as_ascii, runs


def plain(sheet: Sheet) -> list[str]:
    return ["".join(run.text for run in runs(row)) for row in sheet.inks]


def test_cells_of_one_style_are_one_run() -> None:
    sheet = Sheet(12, 2)
    sheet.put(1, 0, "王 al", "strong")
    assert list(runs(sheet.inks[0])) == [("desk", " ", 1), ("strong", "王 al", 5), ("desk", " " * 6, 6)]
    assert sheet.text() == " 王 al\n"


def test_what_does_not_fit_is_cut_on_every_side() -> None:
    sheet = Sheet(5, 1)
    sheet.put(-2, 0, "alice", "key")
    sheet.put(3, 0, "bob", "key")
    sheet.put(0, 7, "nowhere", "key")
    sheet.put(9, 0, "nowhere", "key")
    sheet.cells(4, 0, [Ink("o", "key"), Ink("x", "key")])
    sheet.cells(-5, 0, [Ink("x", "key")])
    assert plain(sheet) == ["icebo"]


def test_half_of_a_wide_character_is_a_space() -> None:
    sheet = Sheet(8, 1)
    sheet.put(0, 0, "王秀英", "screen")
    sheet.put(1, 0, "ab", "screen")
    assert plain(sheet) == [" ab 英  "]


def test_a_box_and_a_centred_text() -> None:
    sheet = Sheet(6, 3)
    sheet.box(0, 0, (6, 3), "key")
    sheet.centre(1, "bob", "key")
    assert sheet.text() == "╭────╮\n│bob │\n╰────╯"


@pytest.mark.parametrize("text", ["王秀英", "สมชาย ใจดี", "आरव शर्मा", "Zoë", "👩‍👩‍👧", "z̀́̂̃", "\x1b[2J", "민준"])
def test_every_row_is_as_wide_as_the_terminal_believes(text: str) -> None:
    sheet = Sheet(20, 1)
    sheet.put(0, 0, text, "screen")
    sheet.put(19, 0, "|", "body")
    (row,) = plain(sheet)
    assert get_cwidth(row) == 20
    assert row.endswith("|")
    assert "\x1b" not in row


def test_without_utf_8_nothing_beyond_ascii_leaves() -> None:
    sheet = Sheet(10, 1)
    sheet.put(0, 0, "│王 é ▄…", "screen")
    assert next(runs(sheet.inks[0], ascii_only=True)) == ("screen", "|?? ? -~", 8)
    assert as_ascii("plain") == "plain"
