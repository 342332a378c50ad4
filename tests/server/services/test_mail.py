"""Mails, the newest first, and the bounds of their fields. T8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.merge import Content
from thinline.reasons import Reason
from thinline.v1.mail_pb2 import Address, Attachment, Delivery, DeliveryState, Mail
from thinline_server.services.base import KEY_BYTES
from thinline_server.services.mail import Mailbox

SERVICE = Mailbox()
BOB = Address(name="Bob Børgesen", address="bob@example.org")


def fields(**told: object) -> bytes:
    return Mail(**told).SerializeToString()  # type: ignore[arg-type]


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**40 - 1))
def test_the_newest_comes_first(one_s: int, other_s: int) -> None:
    """MAIL-1."""
    one, other = SERVICE.key(2, fields(date_s=one_s)), SERVICE.key(2, fields(date_s=other_s))
    assert len(one) == len(other) <= KEY_BYTES
    assert (one < other) == (one_s > other_s and other_s < 2**40 - 1)


def test_what_tells_no_date_comes_last() -> None:
    """MAIL-1."""
    assert SERVICE.key(2, b"") == SERVICE.key(2, b"\xff") > SERVICE.key(2, fields(date_s=1))


@pytest.mark.parametrize(
    "good",
    [
        {},
        {
            "sender": BOB,
            "subject": "s" * 512,
            "thread": bytes(8),
            "answers": bytes(12),
            "date_s": 2**64 - 1,
            "seen": True,
        },
        {"to": [BOB] * 64, "cc": [BOB] * 64, "folder": "Recipes / cakes", "more_recipients": 19_872},
        {"subject": "خالد\u200c\u200f", "first_line": "👩‍👩‍👦", "trouble": "200,000 parts"},
        {"deliveries": [Delivery(recipient="bob@example.org", state=DeliveryState.DELIVERY_STATE_SENT, at_s=1)]},
        {"attachments": [Attachment(name="cat.jpg", media_type="image/jpeg", part="a1")] * 64},
    ],
)
def test_mails_that_are_taken(good: dict[str, object]) -> None:
    assert SERVICE.check(2, Content(fields(**good))) is None


@pytest.mark.parametrize(
    "bad",
    [
        {"subject": "Hello\r\nBcc: everybody@example.org"},
        {"subject": "s" * 513},
        {"sender": Address(name="Bob\nTo: carol@example.org")},
        {"to": [Address(address="bob@example.org\r")]},
        {"reply_to": Address(name="Bob\nTo: carol@example.org")},
        {"bcc": [Address(address="b" * 257)]},
        {"to": [BOB] * 65},
        {"folder": "f" * 65},
        {"folder": "in\x00box"},
        {"thread": b"short"},
        {"answers": b"short"},
        {"first_line": "f" * 257},
        {"attachments": [Attachment(name="a\u2028b")]},
        {"attachments": [Attachment(media_type="m" * 129)]},
        {"attachments": [Attachment(part="p" * 65)]},
        {"deliveries": [Delivery(recipient="b" * 257)]},
        {"deliveries": [Delivery(reason="550\nno")]},
        {"deliveries": [Delivery()] * 65},
        {"trouble": "t" * 257},
    ],
)
def test_mails_that_break_a_bound(bad: dict[str, object]) -> None:
    """MAIL-2."""
    assert SERVICE.check(2, Content(fields(**bad))) is Reason.INVALID


@given(st.binary(max_size=60))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    assert SERVICE.check(2, Content(data)) in (None, Reason.INVALID)
    SERVICE.key(2, data)
    SERVICE.search_text(2, data)


def test_what_is_not_utf8_is_refused() -> None:
    assert SERVICE.check(2, Content(b"\x0a\x02\xff\xfe")) is Reason.INVALID


def test_what_a_later_version_adds_is_taken_as_it_is() -> None:
    assert SERVICE.check(2, Content(fields(subject="Tea") + b"\xfa\x07\x03new")) is None


def test_a_search_looks_at_what_a_list_shows() -> None:
    data = fields(subject="Tea?", sender=BOB, to=[Address(address="carol@example.org")], first_line="At four")
    told = ["Tea?", "Bob Børgesen", "bob@example.org", "carol@example.org", "At four"]
    assert SERVICE.search_text(2, data).splitlines() == told
    assert SERVICE.search_text(2, fields(attachments=[Attachment(name="cat.jpg")])) == "cat.jpg"
    assert SERVICE.search_text(2, b"\xff") == ""
