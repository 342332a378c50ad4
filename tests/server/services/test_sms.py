"""The texts' service: their order, what it refuses, and what a search looks at."""

from __future__ import annotations

import pytest

from thinline.merge import Content
from thinline.reasons import Reason
from thinline.v1.sms_pb2 import Text
from thinline_server.services.sms import Texts
from thinline_server.services.sms.rules import TEXT_TYPE


def check(**fields: object) -> Reason | None:
    return Texts().check(TEXT_TYPE, Content(Text(**fields).SerializeToString()))  # type: ignore[arg-type]


def test_the_newest_comes_first() -> None:
    """SMS-1."""
    keys = [Texts().key(TEXT_TYPE, Text(date_s=date_s).SerializeToString()) for date_s in (2**60, 9, 8, 0)]
    assert keys == sorted(set(keys))
    assert Texts().key(TEXT_TYPE, b"\xff") == keys[-1]


@pytest.mark.parametrize(
    "fields",
    [
        {"number": "1" * 33},
        {"number": "1\n2"},
        {"text": "é" * 1_537},
        {"text": "a\x1b[31m"},
        {"text": "a\u2028b"},
        {"reason": "x" * 257},
        {"reason": "a\nb"},
    ],
)
def test_what_breaks_a_bound_is_refused(fields: dict[str, str]) -> None:
    """SMS-2."""
    assert check(**fields) is Reason.INVALID


def test_what_the_alphabet_has_is_taken() -> None:
    """SMS-2."""
    assert check(number="TEA SHOP", text="Tea?\r\n\f☕ שלום", reason="no such number") is None
    assert check(text="é" * 1_536) is None
    assert Texts().check(TEXT_TYPE, Content(b"\x0a\x02\xff\xff")) is Reason.INVALID


def test_a_search_looks_at_number_and_text() -> None:
    assert Texts().search_text(TEXT_TYPE, Text(number="+4412", text="Tea?").SerializeToString()) == "+4412\nTea?"
    assert Texts().search_text(TEXT_TYPE, b"\xff") == ""
