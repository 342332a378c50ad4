"""Any picture file becomes a small raster, as its owner would look at it; and what is none is refused with a reason."""

from __future__ import annotations

import struct
import sys
import zlib
from hashlib import sha256
from io import BytesIO
from random import Random

import pytest
from PIL import Image

from thinline.errors import LocalError
from thinline_server.pictures.develop import develop
from thinline_server.pictures.order import Order, Print, read_print, write_order

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

RED, BLUE, WHITE = (200, 30, 30), (30, 40, 200), (255, 255, 255)


def two_halves(wide: int = 60, high: int = 40) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (wide, high), RED)
    image.paste(BLUE, (wide // 2, 0, wide, high))
    return image


def file_of(image: Image.Image, kind: str, **more: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def order(width: int = 30, height: int = 30, colours: int = 256) -> Order:
    return Order(width, height, colours, packed=False, size=0)


def made(data: bytes, wanted: Order | None = None) -> Print:
    return read_print(develop(write_order(wanted or order(), data)))


def raster(told: Print) -> list[list[tuple[int, int, int] | None]]:
    """Colours by row; None where it is clear."""
    data = zstd.decompress(told.encoded) if told.packed else told.encoded
    assert sha256(data).digest() == told.hash
    palette, pixels = data[: 3 * told.colours], data[3 * told.colours :]
    assert len(pixels) == told.width * told.height
    colours = [(palette[at], palette[at + 1], palette[at + 2]) for at in range(0, len(palette), 3)]
    shown = [None if one + 1 == told.clear else colours[one] for one in pixels]
    return [shown[at : at + told.width] for at in range(0, len(shown), told.width)]


def near(colour: tuple[int, int, int] | None, wanted: tuple[int, int, int]) -> bool:
    return colour is not None and all(abs(one - other) < 24 for one, other in zip(colour, wanted, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_every_kind_of_file_becomes_the_same_small_picture(kind: str) -> None:
    """Spec PICT-2: its own shape, no larger than asked."""
    told = made(file_of(two_halves(), kind))
    assert (told.width, told.height, told.full_width, told.full_height) == (30, 20, 60, 40)
    rows = raster(told)
    assert near(rows[10][3], RED)
    assert near(rows[10][26], BLUE)
    assert told.clear == 0


def test_what_is_small_is_not_enlarged() -> None:
    told = made(file_of(two_halves(8, 4), "PNG"))
    assert (told.width, told.height) == (8, 4)


def test_it_has_no_more_colours_than_were_asked() -> None:
    noise = Image.frombytes("RGB", (64, 64), Random(3).randbytes(64 * 64 * 3))
    assert made(file_of(noise, "PNG"), order(64, 64, 16)).colours <= 16
    assert made(file_of(noise, "PNG"), order(64, 64, 256)).colours > 100


def test_it_has_no_more_colours_than_can_be_told_apart() -> None:
    """A drawing needs few; what they cost is what it costs."""
    drawing = two_halves(200, 100)
    told = made(file_of(drawing.rotate(20, Image.Resampling.BICUBIC, fillcolor=WHITE), "PNG"), order(100, 100))
    assert 3 <= told.colours <= 32
    grey = made(file_of(Image.linear_gradient("L"), "PNG"), order(256, 256))
    assert 8 <= grey.colours <= 64
    assert len(grey.encoded) < 2_000


@pytest.mark.parametrize(
    ("orientation", "left_top", "right_bottom"),
    [(1, RED, BLUE), (2, BLUE, RED), (3, BLUE, RED), (6, RED, BLUE), (8, BLUE, RED)],
)
def test_a_camera_that_was_held_another_way_is_seen_upright(
    orientation: int, left_top: tuple[int, int, int], right_bottom: tuple[int, int, int]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    told = made(file_of(two_halves(), "JPEG", exif=exif.tobytes()), order(30, 40))
    sides = (26, 40) if orientation >= 5 else (30, 20)
    assert (told.width, told.height) in (sides, (sides[0] + 1, sides[1]))
    assert (told.full_width > told.full_height) is (orientation < 5)
    rows = raster(told)
    assert near(rows[1][1], left_top)
    assert near(rows[-2][-2], right_bottom)


def test_a_large_photo_is_decoded_at_a_fraction_of_its_size() -> None:
    told = made(file_of(two_halves(6_000, 4_000), "JPEG"), order(60, 60))
    assert (told.width, told.height, told.full_width) == (60, 40, 6_000)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_clear_stays_clear(mode: str) -> None:
    """Spec PICT-3."""
    image = Image.new("RGBA", (20, 10), (*RED, 255))
    image.paste((0, 0, 0, 0), (0, 0, 10, 10))
    told = made(file_of(image.convert(mode), "PNG"))
    rows = raster(told)
    assert rows[5][2] is None
    assert rows[5][15] is not None
    assert told.clear == told.colours


@pytest.mark.parametrize("mode", ["L", "1", "CMYK", "I;16"])
def test_every_kind_of_pixel_is_understood(mode: str) -> None:
    sixteen = Image.new("I;16", (20, 10), 0x8000)
    image = sixteen if mode == "I;16" else Image.new("L", (20, 10), 255).convert(mode)
    told = made(file_of(image, "JPEG" if mode == "CMYK" else "PNG"))
    ((colour, *_), *_) = raster(told)
    assert colour is not None
    assert near(colour, (0x80, 0x80, 0x80) if mode == "I;16" else WHITE)


def test_of_an_animation_it_is_the_first_picture() -> None:
    first, second = two_halves(), Image.new("RGB", (60, 40), WHITE)
    told = made(file_of(first, "GIF", save_all=True, append_images=[second]))
    assert near(raster(told)[5][2], RED)


def test_what_the_store_squeezed_is_unpacked_here() -> None:
    data = file_of(two_halves(), "PNG")
    packed = Order(30, 30, 256, packed=True, size=len(data))
    assert read_print(develop(write_order(packed, zstd.compress(data)))).width == 30


def png_claiming(wide: int, high: int) -> bytes:
    """A few bytes that claim to be a large picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))

    header = struct.pack("!IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is no JPEG, PNG, GIF, WEBP"),
        (b"BEGIN:VCARD\r\n", "it is no JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "it is no JPEG"),
        (png_claiming(100_000, 100_000), "it claims more than 50,000,000 pixels"),
        (png_claiming(7_072, 7_071), "it claims more than 50,000,000 pixels"),
        (png_claiming(300, 300), "it is damaged"),
        (file_of(two_halves(600, 400), "JPEG")[:900], "it is damaged"),
        (file_of(two_halves(600, 400), "PNG")[:200], "it is damaged"),
        (b"GIF89a" + bytes(4), "it is damaged|it is no"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_reason(data: bytes, said: str) -> None:
    """Spec PICT-4."""
    with pytest.raises(LocalError, match=said):
        develop(write_order(order(), data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_whatever_is_damaged_is_a_picture_or_a_refusal(kind: str) -> None:
    """Invariant T8: every byte of it may be another."""
    whole = file_of(two_halves(24, 16), kind)
    for at in range(0, len(whole), 3):
        damaged = bytearray(whole)
        damaged[at] ^= 0xA5
        try:
            told = made(bytes(damaged))
        except LocalError:
            continue
        assert told.width <= 30
        assert told.height <= 30
