"""What a picture's first bytes claim. T5."""

from __future__ import annotations

import pytest

from thinline_server.services.contacts.vcard.pictures import PictureRefused, check_picture


def png(wide: int, high: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + wide.to_bytes(4, "big") + high.to_bytes(4, "big") + b"\x08\x02\0\0\0"


def gif(wide: int, high: int) -> bytes:
    return b"GIF89a" + wide.to_bytes(2, "little") + high.to_bytes(2, "little") + b"\0"


def jpeg(wide: int, high: int) -> bytes:
    frame = b"\xff\xc2\x00\x0b\x08" + high.to_bytes(2, "big") + wide.to_bytes(2, "big") + b"\x03"
    return b"\xff\xd8\xff\xe0\x00\x04ab\xff\x01\xff\xff\xff\xdb\x00\x03a" + frame


@pytest.mark.parametrize("picture", [png, gif, jpeg])
def test_a_bearable_picture_is_taken_as_it_is(picture: object) -> None:
    assert callable(picture)
    data = picture(640, 480)
    assert check_picture(data) == data


BAD = [
    png(100_000, 100_000),
    jpeg(65_000, 65_000),
    png(0, 5),
    gif(1, 0),
    b"",
    b"GIF89a",
    b"\xff\xd8",
    b"\xff\xd8\xff\xc2",
    b"\xff\xd8" + b"\xff\xe0\0\0" * 1_000,
    b"<svg/>",
    b"\x89PNG\r\n\x1a\n",
]


@pytest.mark.parametrize("data", BAD)
def test_bombs_and_what_is_no_picture_are_refused(data: bytes) -> None:
    with pytest.raises(PictureRefused):
        check_picture(data)
