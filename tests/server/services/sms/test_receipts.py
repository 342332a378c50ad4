"""Receipts as message centres write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline_server.services.sms.receipts import Receipt, read_receipt

LINE = b"id:m1 sub:001 dlvrd:001 submit date:2611231400 done date:2611231400 stat:%s err:%s text:Tea"


@pytest.mark.parametrize(
    ("text", "receipt"),
    [
        (LINE % (b"DELIVRD", b"000"), Receipt("m1", delivered=True)),
        ((LINE % (b"DELIVRD", b"000")).upper(), Receipt("M1", delivered=True)),
        (LINE % (b"UNDELIV", b"011"), Receipt("m1", delivered=False, reason="not deliverable (011)")),
        (LINE % (b"EXPIRED", b"000"), Receipt("m1", delivered=False, reason="expired")),
        (LINE % (b"REJECTD", b"00A"), Receipt("m1", delivered=False, reason="rejected (00A)")),
        (b"id: m1 stat: deleted", Receipt("m1", delivered=False, reason="deleted")),
        (LINE % (b"ENROUTE", b"000"), None),
        (LINE % (b"ACCEPTD", b"000"), None),
        (b"stat:DELIVRD", None),
        (b"Tea?", None),
        (b"", None),
    ],
)
def test_a_line_says_what_became_of_it(text: bytes, receipt: Receipt | None) -> None:
    """Spec SMS-6."""
    assert read_receipt(text, "", 0) == receipt


def test_fields_of_their_own_are_believed_before_the_line() -> None:
    assert read_receipt(LINE % (b"DELIVRD", b"000"), "0a7f", 5) == Receipt("0a7f", False, "not deliverable")
    assert read_receipt(b"", "0a7f", 2) == Receipt("0a7f", delivered=True)
    assert read_receipt(b"", "0a7f", 1) is read_receipt(b"", "0a7f", 99) is read_receipt(b"", "x" * 99, 2) is None


@given(st.binary(max_size=200), st.text(max_size=70), st.integers(0, 2**32))
def test_whatever_comes_is_a_receipt_or_none(text: bytes, message: str, state: int) -> None:
    receipt = read_receipt(text, message, state)
    assert receipt is None or 0 < len(receipt.message) <= 64
