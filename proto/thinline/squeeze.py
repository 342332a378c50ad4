"""Compression of single frames, with dictionaries that ship with the package and have ids.

Nothing is carried from frame to frame: a lost frame costs only itself, and no tenant's bytes can shape another's
(spec FRAME-8). The size once inflated is told and bounded before a byte is inflated (spec FRAME-9).

What is read while it comes, a page, is one frame too, but one whose blocks end every few kilobytes: the bytes that came
can be inflated without those that did not, and what a block says still leans on all that was said before it.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files

from thinline.errors import RemoteError
from thinline.reasons import Reason

if sys.version_info >= (3, 14):  # pragma: no cover: one interpreter runs one of the two
    from compression import zstd
else:
    from backports import zstd

__all__ = [
    "DICTIONARIES",
    "best_dictionary",
    "inflate",
    "inflate_begun",
    "squeeze",
    "squeeze_pieces",
]

# A short frame gains next to nothing from a thorough level, which costs it four times the time.
_QUICK_LEVEL, _THOROUGH_LEVEL = 3, 9
_BODY_LEVEL = 19  # of what is compressed once, in a worker, and travels for minutes
_THOROUGH_FROM_BYTES = 1_024
_OPTIONS: Mapping[int, int] = {
    zstd.CompressionParameter.dict_id_flag: 0,  # the frame says it already
    zstd.CompressionParameter.checksum_flag: 0,  # bearers carry bytes whole
}

# Dictionary id to the file that holds it. A dictionary is never changed once released: a better one gets a new id.
_FILES = {1: "heads-1.zdict", 2: "heads-2.zdict"}
DICTIONARIES: tuple[int, ...] = (0, *_FILES)


@cache
def _dictionary(number: int) -> zstd.ZstdDict | None:
    if number == 0:
        return None
    content = files("thinline").joinpath("dictionaries", _FILES[number]).read_bytes()
    return zstd.ZstdDict(content)


@cache
def _compressor(number: int, level: int) -> zstd.ZstdCompressor:
    options = {**_OPTIONS, zstd.CompressionParameter.compression_level: level}
    return zstd.ZstdCompressor(options=options, zstd_dict=_dictionary(number))


def best_dictionary(offered: Collection[int]) -> int:
    """The newest dictionary that both sides have; 0, none, where they share no other (spec FRAME-10)."""
    return max((number for number in DICTIONARIES if number in offered), default=0)


def squeeze(data: bytes, dictionary: int) -> bytes:
    """One zstd frame of the data."""
    level = _THOROUGH_LEVEL if len(data) >= _THOROUGH_FROM_BYTES else _QUICK_LEVEL
    return _compressor(dictionary, level).compress(data, zstd.ZstdCompressor.FLUSH_FRAME)


def squeeze_pieces(pieces: Sequence[bytes], dictionary: int) -> list[bytes]:
    """One zstd frame in as many pieces: each can be inflated once it and those before it came."""
    compressor = _compressor(dictionary, _BODY_LEVEL)
    *begun, last = pieces or [b""]
    told = [compressor.compress(piece, zstd.ZstdCompressor.FLUSH_BLOCK) for piece in begun]
    return [*told, compressor.compress(last, zstd.ZstdCompressor.FLUSH_FRAME)]


def inflate_begun(data: bytes, dictionary: int, size_bytes: int) -> bytes:
    """As much as the beginning of a frame says, and at most what the whole of it was told to come to.

    Raises:
        RemoteError: MALFORMED, for an unknown dictionary, a broken frame or more than was told.
    """
    return _inflated(data, dictionary, size_bytes)[0]


def _inflated(data: bytes, dictionary: int, size_bytes: int) -> tuple[bytes, bool]:
    """What a frame says, and whether it ended."""
    if dictionary not in DICTIONARIES:
        raise RemoteError(Reason.MALFORMED, "unknown dictionary")
    decompressor = zstd.ZstdDecompressor(zstd_dict=_dictionary(dictionary))
    try:
        said = decompressor.decompress(data, max_length=size_bytes + 1)
    except zstd.ZstdError as error:
        raise RemoteError(Reason.MALFORMED, "broken zstd frame") from error
    if len(said) > size_bytes:
        raise RemoteError(Reason.MALFORMED, "another size than told")
    return said, decompressor.eof


def inflate(data: bytes, dictionary: int, size_bytes: int) -> bytes:
    """The data again, which must come to exactly the size told.

    Raises:
        RemoteError: MALFORMED, for an unknown dictionary, a broken frame or another size.
    """
    whole, ended = _inflated(data, dictionary, size_bytes)
    if len(whole) != size_bytes or not ended:
        raise RemoteError(Reason.MALFORMED, "another size than told")
    return whole
