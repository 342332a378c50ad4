"""Heads, cells and revisions: what is verbatim stays so, and what grew from what can be told."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.errors import RemoteError
from thinline.items import (
    NO_REVISION,
    Blob,
    Head,
    Revision,
    blob_cell,
    content_digest,
    digest,
    footprint,
    join_cells,
    next_revision,
    outside_id,
    put_varint,
    split_fields,
    take_varint,
)
from thinline.reasons import Reason
from thinline.v1 import contacts_pb2, item_pb2

FACE = Blob("face", bytes(32), 300)
numbers = st.integers(1, 2**29 - 1)
records = st.one_of(
    st.builds(lambda number, value: put_varint(number << 3) + put_varint(value), numbers, st.integers(0, 2**64 - 1)),
    st.builds(lambda number, value: put_varint(number << 3 | 1) + value, numbers, st.binary(min_size=8, max_size=8)),
    st.builds(lambda number, value: put_varint(number << 3 | 5) + value, numbers, st.binary(min_size=4, max_size=4)),
    st.builds(
        lambda number, value: put_varint(number << 3 | 2) + put_varint(len(value)) + value,
        numbers,
        st.binary(max_size=40),
    ),
)


@given(st.integers(0, 2**64 - 1), st.binary(max_size=3))
def test_varints_are_protobuf_s(value: int, rest: bytes) -> None:
    assert take_varint(put_varint(value) + rest, 0) == (value, len(put_varint(value)))
    assert b"\x10" + put_varint(value) == item_pb2.Head(position=value).SerializeToString() or value == 0


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xff" * 10])
def test_a_varint_cut_off_or_endless_is_malformed(data: bytes) -> None:
    with pytest.raises(RemoteError, match="bad varint"):
        take_varint(data, 0)


@given(st.lists(records, max_size=20))
def test_cells_join_to_what_was_split(encoded: list[bytes]) -> None:
    """Spec ITEM-2, ITEM-3: records keep their bytes and, within a field, their order."""
    cells = split_fields(b"".join(encoded))
    joined = join_cells(cells)
    assert sorted(encoded) == sorted(record for values in cells.values() for record in values)
    assert split_fields(joined) == cells
    assert join_cells(split_fields(joined)) == joined


def test_what_a_later_version_adds_survives_verbatim() -> None:
    """Spec ITEM-3."""
    known = contacts_pb2.Contact(name="Bob", groups=["chess"]).SerializeToString()
    unknown = put_varint(500 << 3 | 2) + b"\x03new"
    cells = split_fields(known + unknown)
    assert cells[500] == (unknown,)
    assert join_cells(cells) == known + unknown


@given(st.binary(max_size=60))
def test_any_bytes_give_cells_or_a_typed_error(data: bytes) -> None:
    """T8."""
    try:
        cells = split_fields(data)
    except RemoteError:
        return
    assert sum(len(record) for values in cells.values() for record in values) == len(data)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x0a\x05ab", "bad record"),
        (b"\x02\x00", "bad record"),  # field 0
        (put_varint(2**29 << 3) + b"\x01", "bad record"),
        (b"\x09abc", "bad record"),
        (b"\x0dab", "bad record"),
        (b"\x0b\x0c", "groups"),
        (b"\x08\x80", "bad varint"),
    ],
)
def test_what_is_no_encoding_is_malformed(data: bytes, what: str) -> None:
    """Spec ITEM-9."""
    with pytest.raises(RemoteError, match=what) as caught:
        split_fields(data)
    assert caught.value.reason is Reason.MALFORMED


def test_too_many_records_are_too_large() -> None:
    """Spec ITEM-9."""
    assert len(split_fields(b"\x08\x01" * 1_024)[1]) == 1_024
    with pytest.raises(RemoteError, match="too many") as caught:
        split_fields(b"\x08\x01" * 1_025)
    assert caught.value.reason is Reason.TOO_LARGE


def test_the_digest_of_a_value_seen() -> None:
    """Spec CMD-2."""
    assert digest(b"") == b""
    assert digest(b"value") == hashlib.sha256(b"value").digest()[:8]
    assert blob_cell(FACE) == bytes(32) + put_varint(300)


def test_the_content_digest_covers_type_fields_blobs_and_death() -> None:
    """Spec ITEM-4."""
    other = Blob("back", bytes(32), 1)
    blobs = b"".join(put_varint(len(one.name)) + one.name.encode() + blob_cell(one) for one in (other, FACE))
    told = b"\x00" + put_varint(1) + put_varint(3) + b"abc" + blobs
    assert content_digest(1, b"abc", [FACE, other], dead=False) == hashlib.sha256(told).digest()
    digests = {
        content_digest(1, b"abc", [FACE], dead=False),
        content_digest(1, b"abc", [FACE], dead=True),
        content_digest(2, b"abc", [FACE], dead=False),
        content_digest(1, b"abd", [FACE], dead=False),
        content_digest(1, b"abc", [], dead=False),
        content_digest(1, b"abc", [Blob("facf", bytes(32), 300)], dead=False),
    }
    assert len(digests) == 6


def test_revisions_grow_from_their_parent() -> None:
    """Spec ITEM-5."""
    content = content_digest(1, b"abc", [], dead=False)
    first = next_revision(None, content)
    assert first == Revision(1, hashlib.sha256(content).digest()[:8])
    second = next_revision(first, content)
    assert second == Revision(2, hashlib.sha256(first.encode() + content).digest()[:8])
    assert Revision.decode(second.encode()) == second
    assert next_revision(first, content) == second  # the same edit after a rollback is the same revision
    assert NO_REVISION.encode() == b"\x00"


@pytest.mark.parametrize("data", [b"", b"\x01abc", b"\x01abcdefghi", b"\x80"])
def test_a_bad_revision_is_malformed(data: bytes) -> None:
    """Spec ITEM-5."""
    with pytest.raises(RemoteError):
        Revision.decode(data)


def test_the_footprint_is_what_budgets_count() -> None:
    """Spec SYNC-12."""
    head = Head(bytes(12), 1, Revision(3, bytes(8)), 1, b"x" * 100, (FACE,), (bytes(8), bytes(8)))
    assert footprint(head) == 64 + 100 + 2 * 8 + len("face") + 48


def test_a_revision_is_its_own_encoding() -> None:
    """Spec ITEM-5: handsets hold thousands of them."""
    revision = Revision(300, b"12345678")
    assert (revision.generation, revision.digest) == (300, b"12345678")
    assert revision.encode() == b"\xac\x0212345678" == bytes(revision)
    assert repr(revision) == "Revision(300, b'12345678')"
    assert (NO_REVISION.generation, NO_REVISION.digest) == (0, b"")
    assert Revision.decode(b"\xac\x82\x0012345678") == revision, "however its number was written"


def test_the_id_of_what_comes_from_outside_is_of_account_source_and_raw_content() -> None:
    """Spec ITEM-12: so that any two servers say the same one."""
    assert outside_id(b"account1", "vcard", hashlib.sha256(b"BEGIN:VCARD").digest()).hex() == "be27223fd329f82f1c60b210"
    assert outside_id(b"a", "bc", b"d") != outside_id(b"ab", "c", b"d")
