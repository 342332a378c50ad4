"""A photo from one handset's contact to another's screen, and pictures that were made to break whoever decodes them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from thinline.intents import Create
from thinline.items import Blob
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.v1 import contacts_pb2
from thinline_emulator import Handset, Options
from thinline_emulator.asks import AskState, Query
from thinline_emulator.events import Make, Want
from thinline_emulator.pictures import GET_PICTURE, GetPicture, cost_bytes
from thinline_tools.household import Household, open_household

BOB = b"bob's contact"[:12]


def file_of(image: Image.Image, kind: str) -> bytes:
    file = BytesIO()
    image.save(file, kind)
    return file.getvalue()


def photo() -> bytes:
    """Twelve million pixels, as a telephone takes them."""
    return file_of(Image.linear_gradient("L").resize((4_000, 3_000)).convert("RGB"), "JPEG")


def options(household: Household) -> Options:
    return Options(radio="wifi", rate=50.0, connect=household.connect)


@asynccontextmanager
async def with_photo(folder: Path, data: bytes) -> AsyncIterator[tuple[Handset, GetPicture]]:
    """Alice's second handset, and the wish for the picture that her first one put on a contact."""
    digest = sha256(data).digest()
    async with open_household(folder, "alice") as household:
        async with Handset(code=await household.code(), options=options(household)) as first:
            fields = contacts_pb2.Contact(name="Bob").SerializeToString()
            create = Create(BOB, 1, Content(fields, (Blob("photo", digest, len(data)),)))
            await first.until("linked")
            first.do(Make(create, {digest: data}))
            await first.until("settled", within_s=60)
        async with Handset(code=await household.code(), options=options(household)) as second:
            await second.until("settled")
            yield second, GetPicture(BOB, "photo", digest, 60, 60)


async def ended(handset: Handset, wish: GetPicture) -> int:
    """Wish for it; the reason of its refusal, 0 where it came."""
    handset.do(Want(wish))
    desk = handset.machine.desk(handset.now)
    await handset.until(
        lambda: (
            desk.picture(wish) is not None
            or ((standing := desk.asked(wish)) is not None and standing.state is AskState.REFUSED)
        )
    )
    standing = desk.asked(wish)
    return standing.reason if standing is not None else 0


async def test_a_photo_is_seen_as_small_as_the_screen_wants_it(tmp_path: Path) -> None:
    """Spec PICT-1, PICT-2: what it costs can be known before."""
    data = photo()
    async with with_photo(tmp_path, data) as (handset, wish):
        desk = handset.machine.desk(handset.now)
        cost = Query(GET_PICTURE, wish.body(measure=True))
        handset.do(Want(cost))
        await handset.until(lambda: (answer := desk.asked(cost)) is not None and answer.state is AskState.CAME)
        answer = desk.asked(cost)
        assert answer is not None
        assert 0 < cost_bytes(answer.body) < len(data) // 20
        assert await ended(handset, wish) == 0
        raster = desk.picture(wish)
        assert raster is not None
        assert (raster.width, raster.height) == (60, 45)
        top, bottom = raster.colour(raster.pixels[30]), raster.colour(raster.pixels[-30])
        assert top is not None
        assert bottom is not None
        assert top[0] < 16 < 239 < bottom[0]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        # Thousands of times its size once decoded: a few kilobytes for 120 MB.
        (file_of(Image.new("RGB", (7_000, 6_000)), "PNG"), Reason.NO_PICTURE),
        (photo()[:50_000], Reason.NO_PICTURE),
        (b"\x89PNG\r\n\x1a\n" + bytes(1_000), Reason.NO_PICTURE),
        (b"no picture at all", Reason.NO_PICTURE),
    ],
    ids=["bomb", "truncated", "broken", "text"],
)
async def test_what_would_break_a_decoder_is_refused_in_time_and_in_bounds(
    data: bytes, reason: int, tmp_path: Path
) -> None:
    """Spec PICT-4, invariants T5 and T8."""
    async with with_photo(tmp_path, data) as (handset, wish):
        began_s = time.monotonic()
        assert await ended(handset, wish) == reason
        assert time.monotonic() - began_s < 10, "five seconds on a machine that does nothing else"
        assert await ended(handset, GetPicture(BOB, "photo", bytes(32), 60, 60)) == Reason.NO_SUCH_PART
