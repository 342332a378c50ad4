"""Text packed for the air: one brotli stream, of which a reader has what its bytes say before the last of them came.

Of a page's marked text it leaves a tenth less than zstd at its best, which pages are worth: they are packed once, by a
worker, and travel for seconds. Spec WEB-18.
"""

from __future__ import annotations

import brotli

from thinline.convert import require
from thinline.errors import RemoteError
from thinline.limits import LIMITS
from thinline.reasons import Reason

__all__ = ["pack", "steps_of", "unpack", "unpack_begun"]

_QUALITY, _WINDOW, _BLOCK = 11, 20, 16  # of 64 KiB, so that a worker's memory is enough
_STEP_BYTES = 64
_ALL_OUT = 65_536  # what a decoder gives at once


def pack(data: bytes) -> bytes:
    """One stream of the data."""
    packed: bytes = brotli.compress(data, mode=brotli.MODE_TEXT, quality=_QUALITY, lgwin=_WINDOW, lgblock=_BLOCK)
    return packed


def steps_of(packed: bytes, wanted_bytes: int) -> list[tuple[int, int]]:
    """How many bytes the beginnings of a stream say, and how long these are, until one says as many as are wanted."""
    decoder, said, steps = brotli.Decompressor(), 0, []
    for at in range(0, len(packed), _STEP_BYTES):
        said += len(decoder.process(packed[at : at + _STEP_BYTES]))
        steps.append((said, min(at + _STEP_BYTES, len(packed))))
        if said >= wanted_bytes:
            break
    return steps


def unpack(data: bytes, size_bytes: int) -> bytes:
    """The data again, which must come to exactly the size told.

    Raises:
        RemoteError: MALFORMED where it does not, TOO_LARGE beyond the bounds of a page.
    """
    said, ended = _unpacked(data, size_bytes)
    require(ended and len(said) == size_bytes, "another size than told")
    return said


def unpack_begun(data: bytes, size_bytes: int) -> bytes:
    """As much as the beginning of a stream says, and at most what the whole of it was told to come to.

    Raises:
        RemoteError: as `unpack` does.
    """
    return _unpacked(data, size_bytes)[0]


def _unpacked(data: bytes, size_bytes: int) -> tuple[bytes, bool]:
    """What a stream says, and whether it ended."""
    require(size_bytes <= LIMITS.page_bytes, "packed text of too many bytes", Reason.TOO_LARGE)
    decoder, said = brotli.Decompressor(), bytearray()
    try:
        more: bytes = decoder.process(data, output_buffer_limit=_ALL_OUT) if data else b""
        while more:
            said += more
            require(len(said) <= size_bytes, "another size than told")
            more = b"" if decoder.is_finished() else decoder.process(b"", output_buffer_limit=_ALL_OUT)
    except brotli.error as error:
        raise RemoteError(Reason.MALFORMED, "packed text that is broken") from error
    return bytes(said), bool(decoder.is_finished())
