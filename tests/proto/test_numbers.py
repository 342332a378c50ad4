"""Numbers as people write them."""

from __future__ import annotations

import pytest

from thinline.numbers import number_key, read_number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+1 (555) 000-0001", "+15550000001"),
        ("0044 1200 000001", "+441200000001"),
        ("555.0001", "5550001"),
        ("12345", "12345"),  # a short code
        ("\u202a+15550000001\u202c", "+15550000001"),  # as some address books copy it
        ("+0123456789", None),
        ("1", None),
        ("1234567890123456", None),
        ("TEA SHOP", None),
        ("", None),
        ("+", None),
        ("1" * 65, None),
        ("١٢٣٤٥", None),
    ],
)
def test_a_number_is_what_can_be_texted(written: str, number: str | None) -> None:
    """SMS-3."""
    assert read_number(written) == number


def test_a_number_is_the_same_with_its_country_and_without() -> None:
    assert number_key("+44 1200 000001") == number_key("01200 000001") == number_key("0044 1200-000001")
    assert number_key("+44 1200 000001") != number_key("+44 1200 000002")
    assert number_key("12345") == "12345"
    assert number_key("Tea Shop") == number_key("TEA SHOP") == "tea shop"
