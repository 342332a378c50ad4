"""What a data coding scheme makes of bytes, and what a text goes out as."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline_server.services.sms.coding import Coding, coding_of, is_flash, join_texts, parts_out
from thinline_server.services.sms.headers import read_header

GSM, UCS2 = Coding.GSM, Coding.UCS2


@pytest.mark.parametrize(
    ("scheme", "coding", "flash"),
    [
        (0x00, Coding.GSM, False),
        (0x01, Coding.LATIN, False),
        (0x03, Coding.LATIN, False),
        (0x04, Coding.BINARY, False),
        (0x05, Coding.BINARY, False),  # Japanese, which nobody sends
        (0x08, Coding.UCS2, False),
        (0x10, Coding.GSM, True),
        (0x11, Coding.GSM, False),
        (0x14, Coding.BINARY, True),
        (0x18, Coding.UCS2, True),
        (0x20, Coding.BINARY, False),  # compressed
        (0xC8, Coding.GSM, False),
        (0xE0, Coding.UCS2, False),
        (0xF0, Coding.GSM, True),
        (0xF1, Coding.GSM, False),
        (0xF6, Coding.BINARY, False),
    ],
)
def test_a_scheme_says_how_bytes_are_read(scheme: int, coding: Coding, flash: bool) -> None:
    """Spec SMS-7."""
    assert (coding_of(scheme), is_flash(scheme)) == (coding, flash)


def test_parts_are_read_as_one_text() -> None:
    tea = "☕😀".encode("utf-16-be")
    assert join_texts([(UCS2, tea[:4]), (UCS2, tea[4:])]) == "☕😀", "cut within a character"
    assert join_texts([(GSM, b"\x1b"), (GSM, b"e5")]) == "€5"
    assert join_texts([(GSM, b"Tea "), (UCS2, tea[:2]), (GSM, b"!")]) == "Tea ☕!"
    assert join_texts([(Coding.LATIN, b"caf\xe9 "), (Coding.BINARY, b"\0" * 9)]) == "café [9 bytes that are no text]"
    assert join_texts([(GSM, b" Tea ")]) == " Tea "


def test_a_part_that_did_not_come_is_a_gap() -> None:
    """Spec SMS-8."""
    assert join_texts([(GSM, b"At "), None, (GSM, b"four")]) == "At  […] four"
    assert join_texts([None, (GSM, b"four"), None]) == "[…] four […]"


@given(st.text(max_size=400), st.booleans())
def test_what_goes_out_is_read_as_it_was_written(text: str, flash: bool) -> None:
    """Spec SMS-4: the header's places, and the scheme."""
    scheme, parts = parts_out(text, 200, flash=flash)
    assert is_flash(scheme) == flash
    if len(parts) == 1:
        bodies = [parts[0]]
    else:
        read = [read_header(part) for part in parts]
        assert [(place.reference, place.total, place.number) for place, _ in read if place] == [
            (200, len(parts), number) for number in range(1, len(parts) + 1)
        ]
        bodies = [body for _, body in read]
        assert all(len(part) <= 160 for part in parts)
    assert join_texts([(coding_of(scheme), body) for body in bodies]) == text
