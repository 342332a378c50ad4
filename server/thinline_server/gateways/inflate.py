"""Bodies as they come, inflated piece by piece: what a sender makes of a few bytes is counted before it is kept.

200 MB of zeros come in 204 KB of gzip and 512 MB in 16 KB of zstd, so no call here gives more than it is asked for.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from typing import Protocol

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from thinline.errors import LocalError

__all__ = ["ACCEPTED", "BadBody", "Inflater"]

ACCEPTED = "gzip, deflate, zstd"  # the header Accept-Encoding

_PIECE_BYTES = 65_536
_MEMBER = b"\x1f\x8b"
_NOTHING = b"\x00"  # what follows begins with this, and is none
_WINDOW_LOG = 23  # 8 MB, as RFC 9659 allows a content encoding


class BadBody(LocalError):
    """The body is not encoded as its head says."""


class _Decoder(Protocol):
    """Gives at most so many bytes, and says whether it has more without being given any."""

    @property
    def ended(self) -> bool: ...

    def feed(self, data: bytes, most_bytes: int) -> tuple[bytes, bool]: ...


class _Plain:
    ended = True

    def feed(self, data: bytes, most_bytes: int) -> tuple[bytes, bool]:
        return data, False


class _Zlib:
    """Gzip, zlib, and what is called deflate and has no head of its own."""

    def __init__(self, deflate: bool) -> None:
        self._deflate = deflate
        self._decoder = None if deflate else zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._rest = b""

    @property
    def ended(self) -> bool:
        return self._decoder is None or self._decoder.eof

    def feed(self, data: bytes, most_bytes: int) -> tuple[bytes, bool]:
        data = self._rest + data
        if self._decoder is None:
            if not data:
                return b"", False
            wrapped = data[0] & 0x0F == 8 and data[0] >> 4 <= 7
            self._decoder = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
        if self._decoder.eof:  # gzip: members in a row are one body; of anything else what follows is nothing
            self._rest = data[:2] if not self._deflate and _MEMBER.startswith(data[:2]) else _NOTHING
            if self._rest != _MEMBER:
                return b"", False
            self._decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)
        try:
            piece = self._decoder.decompress(data, most_bytes)
        except zlib.error as error:
            raise BadBody(f"The body is not as its head says: {error}") from None
        self._rest = self._decoder.unused_data if self._decoder.eof else self._decoder.unconsumed_tail
        return piece, bool(self._rest) or len(piece) == most_bytes


class _Zstd:
    def __init__(self) -> None:
        self._decoder = self._fresh()
        self._rest = b""
        self._begun = False

    @staticmethod
    def _fresh() -> zstd.ZstdDecompressor:
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WINDOW_LOG})

    @property
    def ended(self) -> bool:
        return self._decoder.eof or not self._begun

    def feed(self, data: bytes, most_bytes: int) -> tuple[bytes, bool]:
        data = self._rest + data
        self._rest = b""
        if self._decoder.eof:
            if not data:
                return b"", False
            self._decoder = self._fresh()  # frames in a row are one body
        self._begun = self._begun or bool(data)
        try:
            piece = self._decoder.decompress(data, most_bytes)
        except (zstd.ZstdError, EOFError) as error:
            raise BadBody(f"The body is not as its head says: {error}") from None
        if self._decoder.eof:
            self._rest = self._decoder.unused_data
            return piece, bool(self._rest)
        return piece, not self._decoder.needs_input


class Inflater:
    """Takes one body apart.

    Args:
        encoding: the header Content-Encoding.

    Raises:
        BadBody: it is none that was asked for.
    """

    def __init__(self, encoding: str) -> None:
        names = [name for name in _listed(encoding) if name != "identity"]
        if len(names) > 1:
            raise BadBody("The body is compressed more than once.")
        match names:
            case []:
                self._decoder: _Decoder = _Plain()
            case ["gzip" | "x-gzip"]:
                self._decoder = _Zlib(deflate=False)
            case ["deflate"]:
                self._decoder = _Zlib(deflate=True)
            case ["zstd"]:
                self._decoder = _Zstd()
            case _:
                raise BadBody(f"The body is compressed in a way that was not asked for: {names[0][:40]}")

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What comes of some bytes, in pieces of 64 KB at most; take one before the next is made.

        Raises:
            BadBody: it is not encoded as its head says.
        """
        more = True
        while more:
            piece, more = self._decoder.feed(data, _PIECE_BYTES)
            data = b""
            if piece:
                yield piece

    def finish(self) -> None:
        """There is no more.

        Raises:
            BadBody: the end is missing.
        """
        if not self._decoder.ended:
            raise BadBody("The body ends before its end.")


def _listed(encoding: str) -> list[str]:
    """The names in a header that is a list."""
    return [name for one in encoding.lower().split(",") if (name := one.strip())]
