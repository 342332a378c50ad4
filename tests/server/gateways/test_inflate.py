"""Bodies inflated piece by piece: any bytes end, in bounds, as a value or a named error. T5, T8."""

from __future__ import annotations

import gzip
import sys
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from thinline_server.gateways.inflate import BadBody, Inflater

TEXT = bytes(range(256)) * 2_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKED: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("", bytes),
    ("identity", bytes),
    ("gzip", gzip.compress),
    ("X-GZIP", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("identity, zstd", zstd.compress),
]


def inflated(encoding: str, *pieces: bytes) -> bytes:
    inflater = Inflater(encoding)
    body = b"".join(part for piece in pieces for part in inflater.feed(piece))
    inflater.finish()
    return body


@pytest.mark.parametrize(("encoding", "pack"), PACKED)
@pytest.mark.parametrize("size_bytes", [1, 7, 65_536, 10**9])
def test_a_body_is_the_same_however_it_is_cut(encoding: str, pack: Callable[[bytes], bytes], size_bytes: int) -> None:
    packed = pack(TEXT)
    size_bytes = max(size_bytes, len(packed) // 2_000)
    assert inflated(encoding, *(packed[at : at + size_bytes] for at in range(0, len(packed), size_bytes))) == TEXT


@pytest.mark.parametrize(("encoding", "pack"), PACKED)
def test_nothing_is_nothing(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    assert inflated(encoding, pack(b"")) == b""


@pytest.mark.parametrize(("encoding", "pack"), [one for one in PACKED if one[0] not in ("", "identity")])
def test_a_body_that_is_cut_short_says_so(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    with pytest.raises(BadBody, match="ends before its end"):
        inflated(encoding, pack(TEXT)[:-20])


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress])
def test_parts_in_a_row_are_one_body(pack: Callable[[bytes], bytes]) -> None:
    name = pack.__module__.rpartition(".")[2].replace("_shared", "zstd")
    encoding = "gzip" if name == "gzip" else "zstd"
    packed = pack(b"one ") + pack(b"two")
    assert inflated(encoding, packed) == b"one two"
    assert inflated(encoding, *(packed[at : at + 1] for at in range(len(packed)))) == b"one two"


def test_what_follows_a_gzip_body_and_is_none_is_dropped() -> None:
    assert inflated("gzip", gzip.compress(b"all") + bytes(64), b"more") == b"all"


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "compress", "gzip, zstd"])
def test_what_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(BadBody):
        Inflater(encoding)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd"])
def test_a_bomb_comes_in_pieces_and_nothing_grows(encoding: str) -> None:
    """T5: 200 MB of zeros, of which somebody takes what he wants."""
    pack = next(pack for name, pack in PACKED if encoding in name)
    bomb = pack(bytes(200 * 1024 * 1024))
    tracemalloc.start()
    taken_bytes = 0
    for piece in Inflater(encoding).feed(bomb):
        assert len(piece) <= 65_536
        taken_bytes += len(piece)
        if taken_bytes > 8 * 1024 * 1024:
            break
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 4 * len(bomb) + 1024 * 1024


def test_a_window_of_zstd_beyond_the_web_s_is_refused() -> None:
    """T5: the sender of 30 bytes would have 128 MB set aside."""
    options: dict[int, int] = {zstd.CompressionParameter.window_log: 27}
    packer = zstd.ZstdCompressor(options=options)
    with pytest.raises(BadBody, match="not as its head says"):
        inflated("zstd", packer.compress(b"x") + packer.flush())


@given(st.sampled_from(["gzip", "deflate", "zstd"]), st.lists(st.binary(), max_size=5), st.booleans())
def test_any_bytes_are_a_body_or_a_named_error(encoding: str, pieces: list[bytes], packed: bool) -> None:
    """T8."""
    packers = {"gzip": gzip.compress, "deflate": raw_deflate, "zstd": zstd.compress}
    whole = [packers[encoding](one) for one in pieces] if packed else pieces
    try:
        body = inflated(encoding, *whole)
    except BadBody:
        return
    if packed and encoding != "deflate":
        assert body == b"".join(pieces)
