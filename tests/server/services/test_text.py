"""One line, within its bound. T8."""

from __future__ import annotations

import pytest

from thinline_server.services.text import is_line


@pytest.mark.parametrize("text", ["", "Bob Børgesen", "خالد\u200c\u200f", "👩‍👩‍👦", "n" * 10])
def test_what_is_a_line(text: str) -> None:
    assert is_line(text, 10 if text.startswith("n") else 20)


@pytest.mark.parametrize("text", ["two\nlines", "two\r\nlines", "bell\x07", "line\u2028line", "a\x00", "n" * 21])
def test_what_is_none(text: str) -> None:
    assert not is_line(text, 20)
