"""The darkroom: the store is asked first, a worker makes it, and what was made lately is made once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from thinline.reasons import Reason
from thinline.v1 import line_pb2
from thinline_server.pictures.darkroom import DEADLINE_S, KEPT_BYTES, Callback, Darkroom
from thinline_server.pictures.order import JOB, Order, Print, read_order, write_print
from thinline_server.requests import BlobRead, GetBlob, GetPicture, Refused
from thinline_server.workers.wire import Cause, WorkerError
from waiting import until

WANTED = GetPicture(b"account1", b"a" * 12, "photo", bytes(32), 60, 40, 256)
MADE = Print(60, 40, 3, 0, 600, 400, packed=True, hash=bytes(32), encoded=b"raster")


@dataclass
class Workers:
    """In place of a pool: what it was asked, and what it answers."""

    made: Print = MADE
    cause: Cause | None = None
    orders: list[Order] = field(default_factory=list)

    async def run(self, job: str, data: bytes, deadline_s: float) -> bytes:
        assert (job, deadline_s) == (JOB, DEADLINE_S)
        self.orders.append(read_order(data)[0])
        if self.cause is not None:
            raise WorkerError(job, self.cause, "why")
        return write_print(self.made)


@dataclass
class Shelf:
    """In place of the store: one part, or its refusal."""

    answer: BlobRead | Refused
    asked: list[GetBlob] = field(default_factory=list)

    def __call__(self, request: GetBlob, callback: Callback) -> None:
        self.asked.append(request)
        callback(self.answer)


PART = BlobRead(line_pb2.ENCODING_ZSTD, b"squeezed", 99)


async def made(workers: Workers, shelf: Shelf, *requests: GetPicture) -> list[Any]:
    came: list[Any] = []
    async with Darkroom(workers, shelf) as darkroom:  # type: ignore[arg-type]
        for number, request in enumerate(requests, 1):
            darkroom.submit(request, came.append)
            await until(lambda number=number: len(came) == number)  # type: ignore[misc]
    return came


async def test_a_part_becomes_a_picture_and_is_made_once() -> None:
    workers, shelf = Workers(), Shelf(PART)
    assert await made(workers, shelf, WANTED, WANTED) == [MADE, MADE]
    assert workers.orders == [Order(60, 40, 256, packed=True, size=99)]
    assert len(shelf.asked) == 2, "whoever asks must have the part"


async def test_another_size_and_another_account_are_made_for_themselves() -> None:
    workers = Workers()
    await made(workers, Shelf(PART), WANTED, replace(WANTED, width=30), replace(WANTED, account=b"account2"))
    assert len(workers.orders) == 3


async def test_who_does_not_have_the_part_learns_nothing() -> None:
    """Spec PICT-4, invariant T2: as PART-3 refuses."""
    workers = Workers()
    assert await made(workers, Shelf(Refused(Reason.NO_SUCH_PART)), WANTED) == [Refused(Reason.NO_SUCH_PART)]
    assert workers.orders == []


@pytest.mark.parametrize(
    ("cause", "refused"),
    [
        (Cause.REFUSED, Refused(Reason.NO_PICTURE, "why")),
        (Cause.TOO_BIG, Refused(Reason.NO_PICTURE, "it takes too much memory")),
        (Cause.TOO_SLOW, Refused(Reason.NO_PICTURE, "it takes too long")),
        (Cause.CRASHED, Refused(Reason.NO_PICTURE, "it broke what decodes it")),
        (Cause.FULL, Refused(Reason.BUSY, "too many pictures are asked for at once", 2_000)),
        (Cause.STOPPED, Refused(Reason.STOPPING, retry_after_ms=2_000)),
    ],
)
async def test_what_does_not_become_a_picture_is_refused_with_a_reason(cause: Cause, refused: Refused) -> None:
    """Spec PICT-4."""
    assert await made(Workers(cause=cause), Shelf(PART), WANTED) == [refused]


async def test_what_is_kept_is_bounded_and_the_oldest_goes() -> None:
    workers = Workers(MADE._replace(encoded=bytes(KEPT_BYTES // 2)))
    first, second, third = (replace(WANTED, width=width) for width in (1, 2, 3))
    await made(workers, Shelf(PART), first, second, first, third, first, second)
    assert [order.width for order in workers.orders] == [1, 2, 3, 2]
