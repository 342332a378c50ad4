"""What a command of a core kind wants, to bytes and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.errors import RemoteError
from thinline.intents import (
    CHANGE,
    CREATE,
    DELETE,
    RESTORE,
    Change,
    Create,
    Delete,
    Intent,
    Own,
    Restore,
    part_hashes,
    read_intent,
    write_intent,
)
from thinline.items import Blob
from thinline.limits import LIMITS
from thinline.merge import BlobChange, Content, Edit, FieldChange
from thinline.reasons import Reason
from thinline.v1 import item_pb2

ITEM = b"item12345678"
BACK, FACE = Blob("back", bytes(32), 7), Blob("face", bytes(32), 9)


@pytest.mark.parametrize(
    ("intent", "kind"),
    [
        (Create(ITEM, 1, Content(b"\x0a\x03Bob", (BACK, FACE))), CREATE),
        (
            Change(
                ITEM,
                Edit(
                    (FieldChange(1, b"\x0a\x03Bob", b"seen1234"), FieldChange(6, add=(b"a",), remove=(b"b", b"c"))),
                    (BlobChange("face", FACE, b"seen1234"), BlobChange("back", None, b"seen1234")),
                ),
            ),
            CHANGE,
        ),
        (Delete(ITEM, b"seen1234"), DELETE),
        (Restore(ITEM, b"seen1234"), RESTORE),
    ],
)
def test_there_and_back(intent: Intent, kind: int) -> None:
    """Spec CMD-1, CMD-2, CMD-4, CMD-25."""
    assert write_intent(intent)[0] == kind
    assert read_intent(*write_intent(intent)) == intent


def test_a_service_s_own_command_travels_as_its_service_wrote_it() -> None:
    """How it shows until the answer comes stays here."""
    own = Own(ITEM, 16, b"send it", Edit((FieldChange(1, b"\x0a\x03Bob"),)))
    assert write_intent(own) == (16, b"send it")
    assert part_hashes(own) == ()


def test_blobs_are_ordered_by_name() -> None:
    """Spec ITEM-4: the digest does not depend on who wrote them down."""
    unordered = write_intent(Create(ITEM, 1, Content(b"", (FACE, BACK))))
    assert read_intent(*unordered) == Create(ITEM, 1, Content(b"", (BACK, FACE)))


def create(**fields: object) -> bytes:
    return item_pb2.Create(**{"item": ITEM, "type": 1, **fields}).SerializeToString()  # type: ignore[arg-type]


def blob(name: str = "face", blob_hash: bytes = bytes(32), size: int = 1) -> item_pb2.Blob:
    return item_pb2.Blob(name=name, hash=blob_hash, size=size)


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        (CREATE, b"\xff", Reason.MALFORMED),
        (DELETE, item_pb2.Delete(item=b"short").SerializeToString(), Reason.MALFORMED),
        (CREATE, create(blobs=[blob(), blob()]), Reason.MALFORMED),
        (CREATE, create(blobs=[blob(str(n)) for n in range(LIMITS.blobs_per_item + 1)]), Reason.TOO_LARGE),
        (CREATE, create(blobs=[blob("")]), Reason.MALFORMED),
        (CREATE, create(blobs=[blob("x" * 65)]), Reason.MALFORMED),
        (CREATE, create(blobs=[blob(blob_hash=b"short")]), Reason.MALFORMED),
        (CREATE, create(blobs=[blob(size=LIMITS.blob_bytes + 1)]), Reason.TOO_LARGE),
        (
            CHANGE,
            item_pb2.Change(item=ITEM, blobs=[item_pb2.BlobChange()] * (LIMITS.blobs_per_item + 1)).SerializeToString(),
            Reason.TOO_LARGE,
        ),
    ],
)
def test_a_bad_body_has_its_reason(kind: int, body: bytes, reason: Reason) -> None:
    """Spec LIMIT-1, ITEM-1."""
    with pytest.raises(RemoteError) as caught:
        read_intent(kind, body)
    assert caught.value.reason is reason


@given(st.sampled_from([CREATE, CHANGE, DELETE, RESTORE]), st.binary(max_size=80))
def test_any_bytes_give_an_intent_or_a_typed_error(kind: int, body: bytes) -> None:
    """T8."""
    try:
        intent = read_intent(kind, body)
    except RemoteError:
        return
    assert read_intent(*write_intent(intent)) == intent


def test_an_intent_names_the_parts_that_go_up_before_it() -> None:
    blob = Blob("photo", b"h" * 32, 5)
    assert part_hashes(Create(b"i" * 12, 1, Content(b"", (blob,)))) == (blob.hash,)
    changes = (BlobChange("photo", blob), BlobChange("old", None, b"12345678"))
    assert part_hashes(Change(b"i" * 12, Edit(blobs=changes))) == (blob.hash,)
    assert part_hashes(Delete(b"i" * 12, b"12345678")) == ()
