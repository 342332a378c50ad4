"""One line, within its bound. T8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline_server.services.text import cut_line, is_line


@pytest.mark.parametrize("text", ["", "Bob Børgesen", "خالد\u200c\u200f", "👩‍👩‍👦", "n" * 10])
def test_what_is_a_line(text: str) -> None:
    assert is_line(text, 10 if text.startswith("n") else 20)


@pytest.mark.parametrize("text", ["two\nlines", "two\r\nlines", "bell\x07", "line\u2028line", "a\x00", "n" * 21])
def test_what_is_none(text: str) -> None:
    assert not is_line(text, 20)


@given(st.text(max_size=60), st.integers(1, 20))
def test_whatever_a_stranger_says_becomes_a_line(text: str, most: int) -> None:
    assert is_line(cut_line(text, most), most)


def test_a_line_keeps_its_words() -> None:
    assert cut_line(" 450\r\n try  again\x00 later ", 40) == "450 try again later"
    assert cut_line("a word", 2) == "a"
