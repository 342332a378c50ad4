"""The 7-bit alphabet, UTF-16, and the messages that a text takes."""

from __future__ import annotations

import pytest
from gsm0338 import Codec  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from thinline.gsm import ESCAPE, Alphabet, alphabet_of, cut, decode_gsm, decode_ucs2, encode_gsm, room_left

OTHERS = Codec()  # a library's view of TS 23.038
BASIC = "".join(decode_gsm(bytes([code])) for code in range(128) if code != ESCAPE)
EXTENDED = "\f^{}\\[~]|€"
LETTERS = st.sampled_from(BASIC + EXTENDED)


def decoded(alphabet: Alphabet, part: bytes) -> str:
    return decode_gsm(part) if alphabet is Alphabet.GSM else decode_ucs2(part)


def test_each_character_is_where_the_standard_has_it() -> None:
    """SMS-4: against another table of it."""
    assert len(set(BASIC)) == 127
    for letter in BASIC + EXTENDED:
        assert encode_gsm(letter) == OTHERS.encode(letter)[0], letter
        assert decode_gsm(encode_gsm(letter)) == letter
    assert [len(encode_gsm(letter)) for letter in EXTENDED] == [2] * 10
    assert encode_gsm("Ω€ж") == b"\x15\x1be?"


def test_whatever_bytes_come_are_a_text() -> None:
    assert decode_gsm(b"\x1bA") == "A", "an unknown extension is read as the basic character"
    assert decode_gsm(b"a\x1b") == "a "
    assert decode_gsm(b"\x1b\x1bb") == " b"
    assert decode_gsm(b"\x80") == "\ufffd"
    assert decode_ucs2(b"\x00a\xd8\x3d") == "a\ufffd"
    assert decode_ucs2(b"\x00a\x00") == "a\ufffd"


@given(st.binary(max_size=300))
def test_nothing_that_comes_raises(data: bytes) -> None:
    assert len(decode_gsm(data)) <= len(data)
    assert len(decode_ucs2(data)) <= len(data)


@pytest.mark.parametrize(
    ("text", "parts", "left"),
    [
        ("", 1, 160),
        ("a" * 160, 1, 0),
        ("a" * 161, 2, 153 - 8),
        ("€" * 80, 1, 0),
        ("€" * 81, 2, 153 - 10),
        ("a" * 152 + "€" + "b" * 10, 2, 153 - 12),  # the euro sign does not fit whole
        ("ж" * 70, 1, 0),
        ("ж" * 71, 2, 63),
        ("😀" * 35, 1, 0),
        ("😀" * 36, 2, 67 - 6),  # 33 whole ones in the first
    ],
)
def test_a_text_takes_as_many_messages_as_it_must(text: str, parts: int, left: int) -> None:
    """SMS-4."""
    told = cut(text)
    assert (len(told.parts), room_left(told)) == (parts, left)


@given(st.one_of(st.text(LETTERS, max_size=700), st.text(max_size=300)))
def test_no_part_ends_within_a_character(text: str) -> None:
    """SMS-4."""
    told = cut(text)
    assert "".join(decoded(told.alphabet, part) for part in told.parts) == text
    most = told.alphabet.alone if len(told.parts) == 1 else told.alphabet.joined
    assert all(len(part) <= most * (2 if told.alphabet is Alphabet.UCS2 else 1) for part in told.parts)
    assert told.alphabet is alphabet_of(text)
