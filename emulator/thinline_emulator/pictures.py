"""A part asked for as a picture: the server decodes, scales and reduces it; what comes is a raster (spec PICT).

An app wishes for one in a step, `Step(state, ask=(GetPicture(item, "photo", blob.hash, 60, 60),))`, asks its desk for
it whenever it draws, `desk.picture(wish)`, and puts it on its canvas in as many cells as `screen.fitting` gives.
Meanwhile `desk.asked(wish)` says how it stands, with the bytes that came and all there will be; a refusal is final, and
its reason is one of `thinline.reasons`. What it would cost can be asked before, with
`Query(GET_PICTURE, wish.body(measure=True))`, whose answer `cost_bytes` reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from google.protobuf.message import DecodeError

from thinline.convert import require
from thinline.v1 import line_pb2
from thinline_emulator.raster import COLOURS_MOST, Raster

__all__ = ["GET_PICTURE", "GetPicture", "PictureCame", "cost_bytes", "raster_of", "read_info", "size_of"]

GET_PICTURE = 4


@dataclass(frozen=True, slots=True)
class GetPicture:
    """A part is wanted as a picture: so many pixels across and down at most, in so many colours."""

    item: bytes
    name: str
    hash: bytes
    width: int
    height: int
    colours: int = COLOURS_MOST

    @property
    def wanted_bytes(self) -> int:
        """What it takes of the memory at most."""
        return 3 * self.colours + self.width * self.height

    def body(self, *, offset: int = 0, measure: bool = False) -> bytes:
        """The ask: from that byte on, or only what it would cost."""
        message = line_pb2.GetPicture(item=self.item, name=self.name, hash=self.hash, offset=offset, measure=measure)
        message.width, message.height, message.colours = self.width, self.height, self.colours
        return message.SerializeToString()


@dataclass(frozen=True, slots=True)
class PictureCame:
    """A picture is here, as it was asked for."""

    wish: GetPicture
    raster: Raster


class _Bounds(Protocol):
    """What a picture was asked to have at most."""

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def colours(self) -> int: ...


def read_info(wish: _Bounds, body: bytes) -> line_pb2.PictureInfo:
    """The answer, held against what was asked (spec PICT-5).

    Raises:
        DecodeError: it is none.
        RemoteError: MALFORMED, it does not fit the wish.
    """
    info = line_pb2.PictureInfo.FromString(body)
    require(0 < info.width <= wish.width and 0 < info.height <= wish.height, "the picture is larger than was asked")
    require(0 < info.colours <= wish.colours and info.clear <= info.colours, "the picture has other colours")
    return info


def size_of(info: line_pb2.PictureInfo) -> int:
    """Bytes of the raster, once inflated."""
    return 3 * info.colours + info.width * info.height


def raster_of(info: line_pb2.PictureInfo, data: bytes) -> Raster:
    """What came, if it is what was told (spec PICT-5).

    Raises:
        RemoteError: MALFORMED.
    """
    palette, pixels = data[: 3 * info.colours], data[3 * info.colours :]
    require(len(pixels) == info.width * info.height, "the picture has another size")
    require(max(pixels) < info.colours, "the picture names a colour that it has not")
    require(sha256(data).digest() == info.hash, "the picture has another hash")
    return Raster(info.width, info.height, palette, pixels, info.clear - 1)


def cost_bytes(body: bytes) -> int:
    """The bytes that would travel, from the answer to `measure`; 0 where it is none."""
    try:
        return line_pb2.PictureInfo.FromString(body).encoded_size
    except DecodeError:
        return 0
