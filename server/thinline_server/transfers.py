"""Parts on their way over one link: down they take turns, up they stay within what the store keeps up with.

The credit for what comes up grows as pieces are stored, not as they arrive, so that a fast radio in front of a slow
disk never fills the server's memory (spec FLOW-2, T5).
"""

from __future__ import annotations

from typing import Any

from thinline import frames
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.v1 import line_pb2
from thinline_server.asks import Download, Upload
from thinline_server.requests import PutChunk, PutState, Refused

__all__ = ["Transfers"]

_CHUNK_OVERHEAD_BYTES = 32
_RETRY_AFTER_MS = 1_000


class Transfers:
    """All parts of one link, by the number of their ask."""

    __slots__ = ("_downloads", "_storing_bytes", "_uploads")

    def __init__(self) -> None:
        self._downloads: dict[int, Download] = {}
        self._uploads: dict[int, Upload] = {}
        self._storing_bytes = 0

    def __len__(self) -> int:
        return len(self._downloads) + len(self._uploads)

    def begin(self, ask: int, follows: Download | Upload | None) -> Refused | None:
        """What follows an answer; refused where this link's parts would take more memory than the largest part."""
        match follows:
            case Download(data):
                held = sum(len(one.data) for one in self._downloads.values())
                if held and held + len(data) > LIMITS.blob_bytes:
                    return Refused(Reason.LIMIT, retry_after_ms=_RETRY_AFTER_MS)
                self._downloads[ask] = follows
            case Upload():
                self._uploads[ask] = follows
            case None:
                pass
        return None

    # Down

    def piece(self, piece_bytes: int) -> frames.Chunk | None:
        """The next chunk to say, of whichever part's turn it is."""
        if not self._downloads:
            return None
        ask, download = next(iter(self._downloads.items()))
        del self._downloads[ask]
        end = download.offset + piece_bytes - _CHUNK_OVERHEAD_BYTES
        last = end >= len(download.data)
        if not last:
            self._downloads[ask] = Download(download.data, end)  # behind the others
        return frames.Chunk(ask, download.offset, download.data[download.offset : end], last)

    # Up

    def came(self, account: bytes, chunk: frames.Chunk) -> PutChunk | None:
        """What the store is to keep; nothing of an ask that was refused meanwhile."""
        upload = self._uploads.get(chunk.ask)
        if upload is None:
            return None
        self._storing_bytes += len(chunk.data)
        return PutChunk(account, upload.hash, upload.size, chunk.offset, chunk.data)

    def stored(self, chunk: frames.Chunk, answer: Any) -> Refused | frames.Answer | None:
        """The store answered: what to say of it, if anything."""
        self._storing_bytes -= len(chunk.data)
        upload = self._uploads.get(chunk.ask)
        if upload is None:
            return None
        if isinstance(answer, Refused):
            del self._uploads[chunk.ask]
            return answer
        assert isinstance(answer, PutState), answer
        if not answer.whole:
            return None
        del self._uploads[chunk.ask]
        return frames.Answer(chunk.ask, line_pb2.PutReady(offset=upload.size).SerializeToString())

    def credit(self, received: int, granted: int) -> frames.Credit | None:
        """More credit, once a good part of it was used and stored."""
        up_to = received - self._storing_bytes + LIMITS.credit_bytes
        return frames.Credit(up_to) if up_to - granted >= LIMITS.credit_bytes // 2 else None
