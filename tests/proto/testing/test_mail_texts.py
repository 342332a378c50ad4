"""The corpus's own encoders, against the standard library's decoders."""

from __future__ import annotations

import binascii
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.testing.mail_texts import CHARSETS, Charset, base64_lines, date_field, encoded_words, quoted_printable


@given(st.integers(1_767_225_600, 1_798_700_000), st.sampled_from([0, 60, -300, 330, 540, -480]))
def test_a_date_is_the_moment(at_s: int, zone: int) -> None:
    at_s = max(at_s, 1_767_225_600 + 60 * 480)
    assert parsedate_to_datetime(date_field(at_s, zone)).timestamp() == at_s


@given(st.binary(max_size=300))
def test_encodings_come_back_and_have_short_lines(data: bytes) -> None:
    assert binascii.a2b_base64(base64_lines(data)) == data
    coded = quoted_printable(data)
    assert binascii.a2b_qp(coded) == data
    assert max(map(len, coded.split(b"\n"))) <= 76


@pytest.mark.parametrize("charset", CHARSETS, ids=lambda charset: charset.label)
@pytest.mark.parametrize("base64", [False, True])
def test_words_come_back_and_are_short(charset: Charset, base64: bool) -> None:
    for text in charset.sentences:
        words = encoded_words(text, charset, base64)
        assert max(map(len, words.split("\n "))) <= 75
        assert str(make_header(decode_header(words))) == text


def test_there_are_at_least_twelve_charsets() -> None:
    assert len({charset.codec for charset in CHARSETS}) >= 12
