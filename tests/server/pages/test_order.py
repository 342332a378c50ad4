"""What goes to a worker and comes back of a document, byte for byte."""

from __future__ import annotations

from thinline_server.pages.order import (
    HIDDEN,
    DocumentOrder,
    FieldLeft,
    FormLeft,
    Made,
    read_made,
    read_order,
    write_made,
    write_order,
)

ORDER = DocumentOrder("http://tea.example/ü", "text/html", "utf-8", reader=True, dictionary=2)
FIELDS = (FieldLeft(0, HIDDEN, "shop", "7"), FieldLeft(1, 5, "kind", values=("l", "b"), fixed=True, place=True))
MADE = Made(
    title="Tea ☕",
    size=9,
    body=b"\x00\xff body",
    steps=((4, 3), (9, 7)),
    links=("http://tea.example/",),
    images=("data:,x", ""),
    forms=(FormLeft("http://tea.example/s", post=True, multipart=False, charset="utf-8", fields=FIELDS),),
    needs_script=True,
)


def test_an_order_comes_back() -> None:
    assert read_order(write_order(ORDER, b"\xff<p>")) == (ORDER, b"\xff<p>")


def test_what_was_made_comes_back() -> None:
    assert read_made(write_made(MADE)) == MADE
