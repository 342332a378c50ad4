"""What a service's own ask brings in chunks: bytes or a picture, over as many links as it takes."""

from __future__ import annotations

from hashlib import sha256

import pytest

from thinline.errors import RemoteError
from thinline.frames import Answer, Ask, Chunk, Refusal
from thinline.reasons import Reason
from thinline.v1 import line_pb2
from thinline_emulator.asks import Answered, Asks, Failed
from thinline_emulator.fetches import Fetch
from thinline_emulator.raster import Raster

KIND = 17
BODY = line_pb2.ListHeads(limit=7).SerializeToString()
STORY = b"Alice came into the garden." * 40
WISH = Fetch(KIND, BODY, 2)
PALETTE, PIXELS = bytes([0, 0, 0, 255, 255, 255]), bytes([0, 1, 1, 0])


def info(size: int) -> bytes:
    return line_pb2.PartInfo(encoding=line_pb2.ENCODING_IDENTITY, encoded_size=size, size=size).SerializeToString()


def begun(wish: Fetch = WISH) -> Asks:
    asks = Asks()
    asks.put(wish)
    assert list(asks.ready(0.0)) == [Ask(1, KIND, BODY)]
    return asks


def test_it_goes_on_over_another_link_from_where_it_stood() -> None:
    asks = begun()
    assert asks.came(Answer(1, info(len(STORY)), more=True), 0.0) is None
    assert asks.came(Chunk(1, 0, STORY[:300]), 0.0) is None
    asks.linked()
    (again,) = asks.ready(0.0)
    assert line_pb2.ListHeads.FromString(BODY).limit == 7
    assert again.body == BODY + b"\x10\xac\x02", "field 2 says 300"
    asks.came(Answer(1, info(len(STORY)), more=True), 0.0)
    assert asks.came(Chunk(1, 300, STORY[300:], last=True), 0.0) == Answered(WISH, STORY)
    assert len(asks) == 0


def test_a_picture_is_held_against_the_wish() -> None:
    """Spec PICT-5."""
    wish = Fetch(KIND, BODY, 2, 2, 2, 16)
    data = PALETTE + PIXELS
    told = line_pb2.PictureInfo(
        encoding=line_pb2.ENCODING_IDENTITY, encoded_size=len(data), width=2, height=2, colours=2
    )
    told.hash = sha256(data).digest()
    asks = begun(wish)
    asks.came(Answer(1, told.SerializeToString(), more=True), 0.0)
    assert asks.came(Chunk(1, 0, data, last=True), 0.0) == Answered(wish, b"", Raster(2, 2, PALETTE, PIXELS, -1))
    asks = begun(wish)
    told.width = 3
    with pytest.raises(RemoteError, match="larger than was asked"):
        asks.came(Answer(1, told.SerializeToString(), more=True), 0.0)


def test_a_refusal_is_told_and_what_is_under_way_can_not_be_called_back() -> None:
    asks = begun()
    asks.drop(WISH)
    assert len(asks) == 1
    assert asks.came(Refusal(Reason.NO_SUCH_PART, "no", ask=1), 0.0) == Failed(WISH, Reason.NO_SUCH_PART)
    asks.put(WISH)
    asks.drop(WISH)
    assert len(asks) == 0
