"""The header of a part: written, read, and broken in all ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline_server.services.sms.headers import Place, read_header, sound_place, write_header


def test_a_place_is_told_as_everybody_reads_it() -> None:
    """Spec SMS-4."""
    assert write_header(Place(0x1AB, 3, 2)) == b"\x05\x00\x03\xab\x03\x02"
    assert read_header(b"\x05\x00\x03\xab\x03\x02Tea") == (Place(0xAB, 3, 2), b"Tea")


@pytest.mark.parametrize(
    ("header", "place"),
    [
        (b"\x06\x08\x04\x01\xab\x03\x02", Place(0x1AB, 3, 2)),  # 16 bits
        (b"\x0b\x05\x04\x00\x01\x00\x02\x00\x03\x07\x02\x01", Place(7, 2, 1)),  # behind a port
        (b"\x05\x00\x03\x07\x02\x00", None),  # number 0
        (b"\x05\x00\x03\x07\x02\x03", None),  # beyond the total
        (b"\x05\x00\x03\x07\x01\x01", None),  # alone
        (b"\x05\x00\x04\x07\x02\x01", None),  # longer than it says
        (b"\x03\x00\x03\x07", None),  # cut off
        (b"\x01\x00", None),
        (b"\x00", None),
    ],
)
def test_what_is_behind_a_header_is_never_lost(header: bytes, place: Place | None) -> None:
    assert read_header(header + b"Tea") == (place, b"Tea")


def test_a_header_that_is_longer_than_the_message_leaves_nothing() -> None:
    assert read_header(b"\x09\x00\x03") == (None, b"")
    assert read_header(b"") == (None, b"")


@given(st.binary(max_size=140))
def test_whatever_comes_is_read(data: bytes) -> None:
    place, text = read_header(data)
    assert len(text) <= len(data)
    assert place is None or 1 <= place.number <= place.total <= 255


@given(st.integers(0, 255), st.integers(2, 255), st.data())
def test_what_was_written_is_read(reference: int, total: int, data: st.DataObject) -> None:
    place = sound_place(reference, total, data.draw(st.integers(1, total)))
    assert place is not None
    assert read_header(write_header(place) + b"x") == (place, b"x")
