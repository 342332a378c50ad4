"""Rows in the order of a terminal, as a reader of Hebrew or Arabic would want them."""

from __future__ import annotations

import pytest

from thinline_emulator.screen import Canvas
from thinline_emulator.terminal.bidi import turned


def shown(text: str, x: int = 0) -> str:
    canvas = Canvas(40, 1)
    canvas.put(x, 0, text)
    cells = turned(canvas.screen().rows[0])
    assert len(cells) == 40
    return "".join(cell.text for cell in cells).rstrip()


# Each Hebrew letter stands for one of abc: אבג is turned to גבא.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", "abc"),
        ("Zoë", "Zoë"),
        ("אבג", "גבא"),
        (" אבג דהו", " והד גבא"),
        ("אבג 123 דהו", "והד 123 גבא"),
        ("אבג 12:30", "12:30 גבא"),
        ("אבג, דהו!", "!והד ,גבא"),
        ("אבג abc דהו", "והד abc גבא"),
        ("abc אבג דהו def", "abc והד גבא def"),
        ("abc 123 אבג", "abc 123 גבא"),
        ("10% אבג", "גבא 10%"),
        ("אבג -5", "5- גבא"),
        ("אבג 1-2", "1-2 גבא"),
        ("مرحبا 123 ab", "ab 123 ابحرم"),
        ("مرحبا 1/2", "1/2 ابحرم"),
        ("王秀英 אבג", "王秀英 גבא"),
        ("אבג 王秀英", "王秀英 גבא"),
        ("אבג…", "…גבא"),
    ],
)
def test_one_text(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("אבג (דהו)", "(והד) גבא"),
        ("Name: אבג (דהו)", "Name: (והד) גבא"),
        ("אבג (abc) דהו", "והד (abc) גבא"),
        ("abc (אבג) def", "abc (גבא) def"),
        ("abc (אבג) [1] {}", "abc (גבא) [1] {}"),
        ("אבג (דהו [abc", "abc] והד) גבא"),
        ("אבג) (דהו", "והד) (גבא"),
        ("אבג «דהו»", "«והד» גבא"),
    ],
)
def test_brackets_go_in_pairs_and_are_mirrored(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("אבג       ✓", "גבא       ✓"),
        ("אבג  דהו", "גבא  והד"),
        ("name      אבג דהו", "name      והד גבא"),
        ("      אבג, ב  7", "      ב ,גבא  7"),
    ],
)
def test_texts_with_a_gap_between_them_keep_their_places(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_marks_stay_with_their_letters_and_wide_characters_stay_whole() -> None:
    assert shown("א\N{HEBREW POINT QAMATS}ב") == "בא\N{HEBREW POINT QAMATS}"
    canvas = Canvas(6, 1)
    canvas.put(0, 0, "א字")
    assert [cell.text for cell in turned(canvas.screen().rows[0])][:3] == ["字", "", "א"]


def test_half_a_wide_character_at_the_edge_is_a_blank() -> None:
    canvas = Canvas(6, 1)
    canvas.put(0, 0, "字א")
    row = canvas.screen().rows[0][1:]
    assert [cell.text for cell in turned(row)][:2] == [" ", "א"]
