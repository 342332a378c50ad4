"""What passes between server and worker comes back as it was."""

from __future__ import annotations

import pytest

from thinline_server.pictures.order import Order, Print, read_order, read_print, write_order, write_print


@pytest.mark.parametrize("order", [Order(1, 2, 3, packed=True, size=2**40), Order(1_024, 1_024, 256, False, 0)])
def test_an_order(order: Order) -> None:
    told, stored = read_order(write_order(order, b"bytes"))
    assert (told, bytes(stored)) == (order, b"bytes")


def test_a_print() -> None:
    made = Print(1, 2, 3, 4, 50_000, 6, packed=True, hash=bytes(range(32)), encoded=b"bytes")
    assert read_print(write_print(made)) == made
