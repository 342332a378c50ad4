"""The worker's side: any picture file into a raster. Only a worker loads this, because it may die of it.

What a header claims is held against a bound before a pixel is decoded, and only the first picture of a file is. A JPEG
is decoded at a fraction of its size where that is enough. Colours are reduced to a palette of the picture's own,
without dithering: on a small screen that is noise, and noise does not compress.
"""

from __future__ import annotations

import importlib
import math
import struct
import sys
import warnings
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageChops, ImageStat, UnidentifiedImageError

from thinline.errors import LocalError
from thinline.limits import LIMITS
from thinline_server.pictures.order import Order, Print, read_order, write_print

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["develop"]

_FORMATS = ["JPEG", "PNG", "GIF", "WEBP"]
_OPAQUE_FROM = 128  # of 255: what is less is more clear than painted
_LEVEL = 19  # a raster is small, and is made once for all who ask
_TOO_MANY = f"it claims more than {LIMITS.picture_pixels:,} pixels"
_HARDLY_SEEN = 6.0  # of 255, between a picture and it in fewer colours
_COARSE = 4  # times the size that is asked for
_ORIENTATION = 0x0112  # EXIF's tag
_UPRIGHT: Mapping[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_TURNED = (5, 6, 7, 8)

with suppress(ImportError):  # the extra `heif`
    importlib.import_module("pillow_heif").register_heif_opener()
    _FORMATS.append("HEIF")

Image.preinit()
Image.init()


class _Refused(LocalError):
    """It is no picture, or not one for us; a sentence says why."""


def develop(data: bytes) -> bytes:
    """The job: an order with a file in, a print out.

    Raises:
        LocalError: the file is no picture that can be shown.
    """
    order, stored = read_order(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a damaged tag; what matters is raised
            return write_print(_printed(_decoded(order, _content(order, stored)), order))
    except LocalError:
        raise
    except Image.DecompressionBombError as error:
        raise _Refused(_TOO_MANY) from error
    except UnidentifiedImageError as error:
        raise _Refused(f"it is no {', '.join(_FORMATS)}") from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, struct.error) as error:
        raise _Refused(f"it is damaged: {error}"[:200]) from error


def _content(order: Order, stored: memoryview) -> BytesIO:
    if not order.packed:
        return BytesIO(stored)
    content = zstd.ZstdDecompressor().decompress(stored, max_length=order.size)
    return BytesIO(content)


class _Decoded(NamedTuple):
    """A small picture as its owner would look at it, and how large the file's is that way round."""

    image: Image.Image
    width: int
    height: int


def _decoded(order: Order, file: BytesIO) -> _Decoded:
    image: Image.Image = Image.open(file, formats=_FORMATS)
    wide, high = image.size
    if wide * high > LIMITS.picture_pixels:
        raise _Refused(_TOO_MANY)
    image.draft("RGB", (max(order.width, order.height),) * 2)  # at least so large, whichever way up
    orientation = image.getexif().get(_ORIENTATION, 1)
    turned = orientation in _TURNED
    image.load()
    most = (order.height, order.width) if turned else (order.width, order.height)
    image = _in_colours(image, most)
    image.thumbnail(most, Image.Resampling.HAMMING)  # a sharper one leaves rings, which are noise
    if orientation in _UPRIGHT:
        image = image.transpose(_UPRIGHT[orientation])
    return _Decoded(image, *((high, wide) if turned else (wide, high)))


def _in_colours(image: Image.Image, most: tuple[int, int]) -> Image.Image:
    """As RGB or RGBA. What takes a byte a pixel would take four then: it is made smaller first."""
    clear = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    if image.mode in ("P", "1", "L", "PA", "LA"):
        image.thumbnail((_COARSE * most[0], _COARSE * most[1]), Image.Resampling.NEAREST)
    if image.mode.startswith("I"):  # sixteen bits of grey
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    wanted = "RGBA" if clear else "RGB"
    return image if image.mode == wanted else image.convert(wanted)


def _printed(decoded: _Decoded, order: Order) -> Print:
    """In few colours, as it travels."""
    image = decoded.image
    holes = _holes(image)
    flat = _flat(image.convert("RGB"), order.colours - bool(holes))
    pixels = flat.tobytes()
    colours = max(pixels) + 1
    palette = bytes(flat.getpalette() or ())[: 3 * colours]
    if holes:
        palette += bytes(3)
        pixels = bytes([colours if hole else pixel for hole, pixel in zip(holes, pixels, strict=True)])
        colours += 1
    raster = palette + pixels
    packed = zstd.compress(raster, _LEVEL)
    shorter = len(packed) < len(raster)
    return Print(
        image.width,
        image.height,
        colours,
        colours if holes else 0,
        decoded.width,
        decoded.height,
        shorter,
        sha256(raster).digest(),
        packed if shorter else raster,
    )


def _flat(image: Image.Image, most: int) -> Image.Image:
    """In as few colours as can hardly be told from all of them: what is next to nothing costs most."""
    few = 2
    while True:
        flat = image.quantize(min(few, most), Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        if few >= most or _apart(flat.convert("RGB"), image) <= _HARDLY_SEEN:
            return flat
        few *= 2


def _apart(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures lie apart, of 255: the root of the mean of squares."""
    bands = ImageStat.Stat(ImageChops.difference(one, other)).rms
    return math.sqrt(sum(band * band for band in bands) / len(bands))


def _holes(image: Image.Image) -> bytes:
    """A byte for each pixel, not 0 where it is more clear than painted; none where no pixel is."""
    if image.mode != "RGBA":
        return b""
    holes = image.getchannel("A").point(lambda alpha: 255 * (alpha < _OPAQUE_FROM))
    return holes.tobytes() if holes.getbbox() else b""
