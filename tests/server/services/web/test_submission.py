"""What a form sends, as HTML's form submission has it."""

from __future__ import annotations

from email import message_from_bytes

import pytest

from thinline.limits import LIMITS
from thinline.v1 import page_pb2
from thinline.v1.web_pb2 import Field
from thinline_server.pages.order import HIDDEN, FieldLeft, FormLeft
from thinline_server.services.web.submission import FormRefused, submission

LINE, AREA, BOX = page_pb2.CONTROL_KIND_UNSPECIFIED, page_pb2.CONTROL_KIND_AREA, page_pb2.CONTROL_KIND_BOX
CHOICE, BUTTON, FILE = page_pb2.CONTROL_KIND_CHOICE, page_pb2.CONTROL_KIND_BUTTON, page_pb2.CONTROL_KIND_FILE
FIELDS = (
    FieldLeft(0, HIDDEN, "shop", "7&8"),
    FieldLeft(1, LINE, "q", "first"),
    FieldLeft(2, AREA, "text", "one\ntwo"),
    FieldLeft(3, BOX, "box", "on"),
    FieldLeft(4, CHOICE, "kind", values=("l", "b", "ß")),
    FieldLeft(5, BUTTON, "go", "1"),
    FieldLeft(6, BUTTON, "map", place=True),
    FieldLeft(7, FILE, "up"),
    FieldLeft(8, LINE, "fixed", "no", fixed=True),
    FieldLeft(9, LINE, "", "nameless"),
    FieldLeft(0, HIDDEN, "_charset_", ""),
)
ASK = FormLeft("http://tea.example/s?old=1#top", post=False, multipart=False, charset="utf-8", fields=FIELDS)
POST = FormLeft("http://tea.example/s?old=1", post=True, multipart=False, charset="utf-8", fields=FIELDS)


def test_what_nothing_is_told_of_is_as_it_was_and_boxes_are_off() -> None:
    """Spec WEB-14."""
    sent = submission(ASK, [])
    assert sent.address == "http://tea.example/s?shop=7%268&q=first&text=one%0D%0Atwo&_charset_=utf-8"
    assert (sent.body, sent.content_type) == (b"", "")


def test_what_was_filled_in_goes_in_the_order_of_the_page() -> None:
    """Spec WEB-14."""
    told = [(5, ""), (4, "3"), (4, "1"), (3, ""), (1, "a b"), (2, ""), (6, "")]
    sent = submission(POST, [Field(control=control, value=value) for control, value in told])
    assert sent.address == "http://tea.example/s?old=1"
    assert sent.content_type == "application/x-www-form-urlencoded"
    assert sent.body == (b"shop=7%268&q=a+b&text=&box=on&kind=%C3%9F&kind=l&go=1&map.x=0&map.y=0&_charset_=utf-8")


def test_the_page_s_charset_holds() -> None:
    latin = FormLeft("http://tea.example/", False, False, "iso-8859-1", FIELDS[1:2])
    assert submission(latin, [Field(control=1, value="ü茶")]).address == "http://tea.example/?q=%FC%26%2333590%3B"
    unknown = FormLeft("http://tea.example/", False, False, "no-such", FIELDS[1:2])
    assert submission(unknown, [Field(control=1, value="ü")]).address == "http://tea.example/?q=%C3%BC"


def test_several_parts_are_a_body_of_mime() -> None:
    form = FormLeft("http://tea.example/", True, True, "utf-8", (FieldLeft(1, LINE, 'a"b\r\n', ""), FIELDS[0]))
    sent = submission(form, [Field(control=1, value="ü\n--x")])
    read = message_from_bytes(f"Content-Type: {sent.content_type}\r\n\r\n".encode() + sent.body)
    names = [part.get_param("name", header="content-disposition") for part in read.get_payload()]  # type: ignore[union-attr]
    texts = [part.get_payload(decode=True) for part in read.get_payload()]  # type: ignore[union-attr]
    assert names == ["a%22b%0D%0A", "shop"]
    assert texts == ["ü\r\n--x".encode(), b"7&8"]


@pytest.mark.parametrize(
    "field",
    [
        Field(control=7, value="x"),
        Field(control=8, value="x"),
        Field(control=10, value="x"),
        Field(control=0, value="x"),
        Field(control=4, value="4"),
        Field(control=4, value="0"),
        Field(control=4, value="b"),
        Field(control=4, value="9" * 400),
        Field(control=1, value="x" * LIMITS.form_bytes),
    ],
)
def test_what_can_not_be_sent(field: Field) -> None:
    """Spec WEB-13."""
    with pytest.raises(FormRefused):
        submission(POST, [field])
