"""Pictures that were asked for: what is told is held against what was asked, and against what came."""

from __future__ import annotations

from hashlib import sha256

import pytest
from google.protobuf.message import DecodeError

from thinline.errors import RemoteError
from thinline.frames import Answer, Chunk
from thinline.reasons import Reason
from thinline.squeeze import squeeze
from thinline.v1 import line_pb2
from thinline_emulator.asks import Asks
from thinline_emulator.pictures import GET_PICTURE, GetPicture, PictureCame, cost_bytes, raster_of, read_info
from thinline_emulator.raster import Raster

WISH = GetPicture(b"a" * 12, "photo", bytes(32), 4, 3, 16)
RASTER = Raster(4, 2, bytes([0, 0, 0, 255, 0, 0]), bytes([0, 1, 0, 1, 1, 1, 0, 0]), 0)
DATA = RASTER.palette + RASTER.pixels


def info(**other: object) -> line_pb2.PictureInfo:
    told: dict[str, object] = {
        "encoding": line_pb2.ENCODING_IDENTITY,
        "encoded_size": len(DATA),
        "width": 4,
        "height": 2,
        "colours": 2,
        "clear": 1,
        "hash": sha256(DATA).digest(),
        "full_width": 4_000,
        "full_height": 2_000,
    }
    return line_pb2.PictureInfo(**{**told, **other})  # type: ignore[arg-type]


def answer(told: line_pb2.PictureInfo, number: int = 1) -> Answer:
    return Answer(number, told.SerializeToString(), more=True)


def wishing() -> Asks:
    asks = Asks()
    asks.put(WISH)
    (ask,) = asks.ready(0.0)
    assert (ask.kind, ask.body) == (GET_PICTURE, WISH.body())
    return asks


def test_the_ask_names_size_and_colours() -> None:
    body = line_pb2.GetPicture.FromString(WISH.body(offset=7))
    assert (body.item, body.name, body.hash) == (WISH.item, "photo", WISH.hash)
    assert (body.width, body.height, body.colours, body.offset, body.measure) == (4, 3, 16, 7, False)
    assert WISH.wanted_bytes == 3 * 16 + 12


def test_it_comes_in_chunks_and_becomes_a_raster() -> None:
    """Spec PICT-1."""
    asks = wishing()
    assert asks.came(answer(info()), 0.0) is None
    assert asks.came(Chunk(1, 0, DATA[:5]), 0.0) is None
    assert asks.came(Chunk(1, 5, DATA[5:], last=True), 0.0) == PictureCame(WISH, RASTER)
    assert len(asks) == 0


def test_compressed_it_is_inflated_when_it_is_whole() -> None:
    packed = squeeze(DATA, 0)
    asks = wishing()
    asks.came(answer(info(encoding=line_pb2.ENCODING_ZSTD, encoded_size=len(packed))), 0.0)
    assert asks.came(Chunk(1, 0, packed, last=True), 0.0) == PictureCame(WISH, RASTER)


def test_halves_under_two_hashes_are_never_joined() -> None:
    """Spec PICT-5: the next link goes on, unless the server made it anew in another way."""
    asks = wishing()
    asks.came(answer(info()), 0.0)
    asks.came(Chunk(1, 0, DATA[:5]), 0.0)
    asks.linked()
    (ask,) = asks.ready(0.0)
    assert line_pb2.GetPicture.FromString(ask.body).offset == 5
    asks.came(answer(info(hash=bytes(32))), 0.0)
    assert asks.came(Chunk(1, 5, DATA[5:], last=True), 0.0) is None
    (again,) = asks.ready(0.0)
    assert line_pb2.GetPicture.FromString(again.body).offset == 0


@pytest.mark.parametrize(
    "told",
    [{"width": 5}, {"height": 4}, {"width": 0}, {"height": 0}, {"colours": 17}, {"colours": 0}, {"clear": 3}],
)
def test_what_was_not_asked_for_is_refused(told: dict[str, object]) -> None:
    """Spec PICT-5."""
    with pytest.raises(RemoteError) as raised:
        read_info(WISH, info(**told).SerializeToString())
    assert raised.value.reason is Reason.MALFORMED


def test_what_is_no_answer_is_none() -> None:
    with pytest.raises(DecodeError):
        read_info(WISH, b"\xff")


@pytest.mark.parametrize("data", [DATA[:-1], DATA + b"\0", DATA[:-1] + b"\1", DATA[:-1] + b"\2"])
def test_what_came_otherwise_than_told_is_refused(data: bytes) -> None:
    """Spec PICT-5: another length, another hash, a colour that is not there."""
    with pytest.raises(RemoteError) as raised:
        raster_of(info(), data)
    assert raised.value.reason is Reason.MALFORMED


def test_the_cost_is_told_before_it_travels() -> None:
    assert line_pb2.GetPicture.FromString(WISH.body(measure=True)).measure
    assert cost_bytes(info().SerializeToString()) == len(DATA)
    assert cost_bytes(b"\xff") == 0
