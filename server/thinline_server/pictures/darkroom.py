"""Where pictures are made for handsets: a part from the store, a worker that decodes it, and what came of it lately.

The store is always asked first, so whoever does not have the part learns nothing, however often another made it. What
cannot be decoded within memory and time is refused as no picture; what only has to wait is refused with a time.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Self, TypeAlias

from thinline.reasons import Reason
from thinline.v1 import line_pb2
from thinline_server.pictures.order import JOB, Order, Print, read_print, write_order
from thinline_server.requests import BlobRead, GetBlob, GetPicture, Refused
from thinline_server.workers.pool import Pool
from thinline_server.workers.wire import Cause, WorkerError

__all__ = ["DEADLINE_S", "KEPT_BYTES", "Darkroom"]

DEADLINE_S = 4.0  # a handset hears within five seconds
KEPT_BYTES = 8 * 1024 * 1024
_RETRY_AFTER_MS = 2_000

Callback: TypeAlias = Callable[[Any], None]


class Darkroom:
    """An async context; leaving it ends what is being made.

    Args:
        pool: the workers.
        read: asks the store and calls back, as the writer's `submit` does.
    """

    def __init__(self, pool: Pool, read: Callable[[GetBlob, Callback], None]) -> None:
        self._pool = pool
        self._read = read
        self._tasks = asyncio.TaskGroup()
        self._kept: OrderedDict[GetPicture, Print] = OrderedDict()
        self._kept_bytes = 0

    async def __aenter__(self) -> Self:
        """Take work."""
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *raised: object) -> None:
        """Wait for what is being made; who closes the pool before need not wait long."""
        await self._tasks.__aexit__(None, None, None)

    def submit(self, request: GetPicture, callback: Callback) -> None:
        """Make a picture; answered in the loop's thread by a `Print` or a `Refused`."""

        def came(blob: Any) -> None:
            if not isinstance(blob, BlobRead):
                callback(blob)
            elif request in self._kept:
                self._kept.move_to_end(request)
                callback(self._kept[request])
            else:
                self._tasks.create_task(self._make(request, blob, callback))

        self._read(GetBlob(request.account, request.item, request.name, request.hash), came)

    async def _make(self, request: GetPicture, blob: BlobRead, callback: Callback) -> None:
        packed = blob.encoding == line_pb2.ENCODING_ZSTD
        order = Order(request.width, request.height, request.colours, packed, blob.size)
        try:
            made = read_print(await self._pool.run(JOB, write_order(order, blob.encoded), DEADLINE_S))
        except WorkerError as error:
            callback(_refused(error))
            return
        self._keep(request, made)
        callback(made)

    def _keep(self, request: GetPicture, made: Print) -> None:
        if request not in self._kept:
            self._kept[request] = made
            self._kept_bytes += len(made.encoded)
        while self._kept_bytes > KEPT_BYTES:
            _, old = self._kept.popitem(last=False)
            self._kept_bytes -= len(old.encoded)


def _refused(error: WorkerError) -> Refused:
    """Why there is no picture. A worker's words on its own death are not for a handset."""
    match error.cause:
        case Cause.FULL:
            return Refused(Reason.BUSY, "too many pictures are asked for at once", _RETRY_AFTER_MS)
        case Cause.STOPPED:
            return Refused(Reason.STOPPING, retry_after_ms=_RETRY_AFTER_MS)
        case Cause.REFUSED:
            return Refused(Reason.NO_PICTURE, error.detail)
        case Cause.TOO_BIG:
            return Refused(Reason.NO_PICTURE, "it takes too much memory")
        case Cause.TOO_SLOW:
            return Refused(Reason.NO_PICTURE, "it takes too long")
        case Cause.CRASHED:
            return Refused(Reason.NO_PICTURE, "it broke what decodes it")
