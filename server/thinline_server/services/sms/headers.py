"""What stands before the text in a part of a long one: the user data header of 3GPP TS 23.040, 9.2.3.24.

Of all that such a header may carry only the place among several is read. A header that is broken is no reason to lose
the text behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Place", "read_header", "write_header"]

_SHORT, _LONG = 0x00, 0x08  # concatenation, with 8 and with 16 bits of reference
_SIZES = {_SHORT: 3, _LONG: 4}


@dataclass(frozen=True, slots=True)
class Place:
    """Which one of several a part is.

    Attributes:
        reference: what the parts of one text share.
        total: how many there are, 1 to 255.
        number: from 1 on.
    """

    reference: int
    total: int
    number: int


def write_header(place: Place) -> bytes:
    """With 8 bits of reference, as everybody reads it."""
    return bytes((5, _SHORT, 3, place.reference & 0xFF, place.total, place.number))


def read_header(data: bytes) -> tuple[Place | None, bytes]:
    """The place, where one is told that can be, and what is behind the header."""
    if not data or data[0] >= len(data):
        return None, data[1:] if data[:1] == b"\0" else b""
    header, text = data[1 : data[0] + 1], data[data[0] + 1 :]
    place = None
    while len(header) >= 2:
        kind, size = header[0], header[1]
        value, header = header[2 : 2 + size], header[2 + size :]
        if len(value) == size == _SIZES.get(kind):  # the last one counts (TS 23.040, 9.2.3.24)
            place = sound_place(int.from_bytes(value[:-2], "big"), value[-2], value[-1]) or place
    return place, text


def sound_place(reference: int, total: int, number: int) -> Place | None:
    """The place, if there can be such a one; that of a text which is whole by itself tells nothing."""
    return Place(reference, total, number) if total > 1 and 1 <= number <= total <= 255 else None
