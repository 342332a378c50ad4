"""Numbers as a message centre tells them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline_server.services.sms.numbers import Address, address_of, number_of


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("+441200000001", Address(1, 1, "441200000001")),
        ("12345", Address(0, 1, "12345")),
        ("TEA SHOP", Address(0, 0, "TEA SHOP")),
    ],
)
def test_a_number_goes_out_and_comes_back(number: str, address: Address) -> None:
    assert address_of(number) == address
    assert number_of(address) == number


def test_a_name_may_text() -> None:
    assert number_of(Address(5, 0, "Tea\x1bShop")) == "Tea?Shop"
    assert number_of(Address(1, 1, "Tea")) == "Tea"
    assert len(number_of(Address(1, 1, "1" * 99))) == 21


@given(st.builds(Address, st.integers(0, 255), st.integers(0, 255), st.text(max_size=40)))
def test_whoever_it_is_from_it_is_one_line(address: Address) -> None:
    number = number_of(address)
    assert number.isprintable()
    assert len(number) <= 21
