"""What a site's answer is taken for, and how much of a page comes with the answer."""

from __future__ import annotations

import pytest

from thinline.reasons import Reason
from thinline_server.pages.order import Made
from thinline_server.services.web.cache import Held
from thinline_server.services.web.opening import NoPage, kind_of, told

BODY = bytes(range(90))
MADE = Made("Tea", 9_000, BODY, ((1_024, 20), (3_072, 40), (7_168, 70), (9_000, 90)), links=("http://a/",))
HELD = Held(bytes(16), "http://tea.example/", "", 200, "text/html", "", True, 2, b"", 77, MADE, 5)


@pytest.mark.parametrize(
    ("header", "body", "kind"),
    [
        ("text/html; charset=UTF-8", b"", ("text/html", "UTF-8")),
        ('Text/HTML;Charset = "koi8-r"', b"", ("text/html", "koi8-r")),
        ("", b"\n<!DOCTYPE html><p>", ("text/html", "")),
        ("", b"Just text", ("text/plain", "")),
        ("", b"\x00\x01", ("application/octet-stream", "")),
        ("application/octet-stream", b"<html>", ("text/html", "")),
        ("application/octet-stream", b"text", ("application/octet-stream", "")),
        ("image/png", b"<html>", ("image/png", "")),
    ],
)
def test_what_an_answer_is(header: str, body: bytes, kind: tuple[str, str]) -> None:
    assert kind_of(header, body) == kind


@pytest.mark.parametrize(("wanted", "got"), [(0, 20), (1, 20), (1_024, 20), (1_025, 40), (4_096, 70), (2**32 - 1, 70)])
def test_the_answer_brings_the_beginning_that_was_wanted(wanted: int, got: int) -> None:
    """Spec WEB-4: 0 stands for 1,024, and more than 4,096 for that."""
    opened = told(HELD, wanted)
    assert opened.first == BODY[:got]
    assert (opened.encoded_size, opened.size, opened.links, opened.dictionary) == (90, 9_000, 1, 2)


def test_a_page_that_is_not_there_says_why() -> None:
    """Spec WEB-3."""
    opened = NoPage(Reason.UNAUTHORIZED, realm="cellar").opened
    assert (opened.page, opened.reason, opened.realm) == (b"", Reason.UNAUTHORIZED, "cellar")
    assert opened.sentence == "The site wants a name and a password."
    assert "\n" not in NoPage(Reason.UNREACHABLE, "a\nb" * 400).opened.sentence
