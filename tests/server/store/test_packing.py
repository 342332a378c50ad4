"""Columns that hold several values come apart as they were put together."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from thinline.items import Blob
from thinline_server.store.packing import (
    join_ids,
    pack_blobs,
    pack_spooled,
    split_ancestors,
    split_ids,
    unpack_blobs,
    unpack_spooled,
)

blobs = st.builds(Blob, st.text(max_size=70), st.binary(min_size=32, max_size=32), st.integers(0, 2**40))


@given(st.lists(blobs, max_size=4).map(tuple))
def test_blobs(some: tuple[Blob, ...]) -> None:
    assert unpack_blobs(pack_blobs(some)) == some


@given(st.lists(st.binary(min_size=12, max_size=12)).map(tuple))
def test_ids(some: tuple[bytes, ...]) -> None:
    assert split_ids(join_ids(some)) == some


def test_ancestors() -> None:
    assert split_ancestors(b"") == ()
    assert split_ancestors(b"newest__older___") == (b"newest__", b"older___")


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=300)), max_size=4))
def test_spooled_content(parts: list[tuple[bool, bytes]]) -> None:
    hashes = [sha256(data).digest() for _, data in parts]
    packed = pack_spooled([data if inline else None for inline, data in parts], hashes)
    told = [(b"", data) if inline else (name, b"") for (inline, data), name in zip(parts, hashes, strict=True)]
    assert unpack_spooled(packed) == told
