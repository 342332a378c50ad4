"""Cells of the whole terminal: what leaves them is safe, and as wide as it was."""

from __future__ import annotations

import pytest
from prompt_toolkit.utils import get_cwidth

from thinline_emulator.screen import Canvas
from thinline_emulator.terminal.sheet import Ink, Sheet, as_ascii, turned


def plain(sheet: Sheet) -> list[str]:
    return ["".join(text for _, text in row) for row in sheet.rows()]


def test_runs_of_one_style_are_one_fragment_and_the_empty_end_is_left_out() -> None:
    sheet = Sheet(12, 2)
    sheet.put(1, 0, "alice", "strong")
    assert sheet.rows() == [[("class:desk", " "), ("class:strong", "alice")], []]
    assert sheet.text() == " alice\n"


def test_what_does_not_fit_is_cut_on_every_side() -> None:
    sheet = Sheet(5, 1)
    sheet.put(-2, 0, "alice", "key")
    sheet.put(3, 0, "bob", "key")
    sheet.put(0, 7, "nowhere", "key")
    sheet.put(9, 0, "nowhere", "key")
    sheet.cells(4, 0, [Ink("o", "key"), Ink("x", "key")])
    assert plain(sheet) == ["icebo"]


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
    (row,) = sheet.rows(ascii_only=True)
    assert row == [("class:screen", "|?? ? -~")]
    assert as_ascii("plain") == "plain"


def test_right_to_left_runs_are_turned_round_and_numbers_are_not() -> None:
    canvas = Canvas(14, 1)
    canvas.put(0, 0, "a נועה כהן 12")
    assert "".join(cell.text for cell in turned(canvas.screen().rows[0])) == "a ןהכ העונ 12 "
    canvas.put(0, 0, "alice         ")
    assert turned(canvas.screen().rows[0]) == list(canvas.screen().rows[0])
