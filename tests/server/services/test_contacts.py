"""Contacts by name, and the bounds of their fields. T8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.merge import Content
from thinline.reasons import Reason
from thinline.v1.contacts_pb2 import Contact, Labelled
from thinline_server.services.base import KEY_BYTES
from thinline_server.services.contacts import Contacts, cut_utf8

SERVICE = Contacts()


def fields(**told: object) -> bytes:
    return Contact(**told).SerializeToString()  # type: ignore[arg-type]


def test_the_order_is_the_name_s_without_regard_to_case() -> None:
    """CONTACT-1."""
    assert SERVICE.key(1, fields(name="Ærø STRASSE")) == "ærø strasse".encode()
    assert SERVICE.key(1, fields(name="Straße")) == SERVICE.key(1, fields(name="STRASSE"))
    assert SERVICE.key(1, fields(name="e\u0301")) == SERVICE.key(1, fields(name="\u00e9"))
    assert SERVICE.key(1, fields(organisation="ACME")) == b"acme"
    assert SERVICE.key(1, b"") == SERVICE.key(1, b"\xff") == b""


@given(st.text(max_size=40), st.integers(0, 30))
def test_a_cut_text_is_a_text(text: str, size: int) -> None:
    cut = cut_utf8(text, size)
    assert len(cut) <= size
    assert text.startswith(cut.decode())
    assert len(cut) > size - 4 or cut.decode() == text


@given(st.text(max_size=40))
def test_keys_are_bounded(name: str) -> None:
    assert len(SERVICE.key(1, fields(name=name))) <= KEY_BYTES


PHONE = Labelled(label="mobile", value="+45 20 30 40 50")


@pytest.mark.parametrize(
    "good",
    [
        {},
        {"name": "Bob Børgesen", "phones": [PHONE] * 64, "notes": "two\nlines\tand a tab", "favourite": True},
        {"name": "خالد\u200c\u200f", "groups": ["👩‍👩‍👦"]},
        {"name": "n" * 256, "address": "a" * 3_072},
    ],
)
def test_contacts_that_are_taken(good: dict[str, object]) -> None:
    assert SERVICE.check(1, Content(fields(**good))) is None


@pytest.mark.parametrize(
    "bad",
    [
        {"name": "line\nline"},
        {"name": "bell\x07"},
        {"name": "line\u2028line"},
        {"organisation": "n" * 257},
        {"phones": [PHONE] * 65},
        {"phones": [Labelled(label="l" * 65)]},
        {"mails": [Labelled(value="v" * 257)]},
        {"groups": ["g" * 65]},
        {"notes": "n" * 3_073},
    ],
)
def test_contacts_that_break_a_bound(bad: dict[str, object]) -> None:
    """CONTACT-2."""
    assert SERVICE.check(1, Content(fields(**bad))) is Reason.INVALID


@given(st.binary(max_size=60))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    assert SERVICE.check(1, Content(data)) in (None, Reason.INVALID)
    SERVICE.key(1, data)
    SERVICE.search_text(1, data)


def test_what_is_not_utf8_is_refused() -> None:
    assert SERVICE.check(1, Content(b"\x0a\x02\xff\xfe")) is Reason.INVALID


def test_what_a_later_version_adds_is_taken_as_it_is() -> None:
    assert SERVICE.check(1, Content(fields(name="Bob") + b"\xfa\x07\x03new")) is None


def test_a_search_looks_at_everything_that_a_person_typed() -> None:
    data = fields(name="Bob", organisation="ACME", phones=[PHONE], groups=["chess"], notes="tunnel")
    number = ["+45 20 30 40 50", "4520304050", "20304050", "304050", "4050"]
    assert SERVICE.search_text(1, data).splitlines() == ["Bob", "ACME", *number, "chess", "tunnel"]
    assert SERVICE.search_text(1, b"\xff") == ""
