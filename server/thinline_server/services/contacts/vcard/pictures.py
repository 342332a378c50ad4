"""Is this a picture that a handset may be offered? Told from its first bytes; nothing is decoded here.

A few kilobytes can claim to be a picture of ten billion pixels. What its header says is believed, and bounded, before
anybody gives the bytes to a decoder.
"""

from __future__ import annotations

from thinline.errors import LocalError
from thinline.limits import LIMITS

__all__ = ["PICTURE_PIXELS", "PictureRefused", "check_picture"]

PICTURE_PIXELS = LIMITS.picture_pixels
_PNG = b"\x89PNG\r\n\x1a\n"
_SIZED = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # JPEG's frame headers
_BARE = frozenset((0x01, *range(0xD0, 0xD9)))  # JPEG's markers without a length


class PictureRefused(LocalError):
    """Not a picture, or too large a one."""


def check_picture(data: bytes) -> bytes:
    """The same bytes, if they are a PNG, GIF or JPEG of a bearable size.

    Raises:
        PictureRefused: why not.
    """
    if data.startswith(_PNG) and len(data) >= 24:
        wide, high = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    elif data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        wide, high = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    elif data.startswith(b"\xff\xd8"):
        wide, high = _jpeg(data)
    else:
        raise PictureRefused("it is no JPEG, PNG or GIF")
    if not wide or not high:
        raise PictureRefused("it does not say its size")
    if wide * high > PICTURE_PIXELS:
        raise PictureRefused(f"{wide} x {high} pixels are more than {PICTURE_PIXELS:,}")
    return data


def _jpeg(data: bytes) -> tuple[int, int]:
    """What the frame header says; nothing where there is none."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # filling
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker in _SIZED:
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        else:
            at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    return 0, 0
