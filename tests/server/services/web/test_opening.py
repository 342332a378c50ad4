"""What a site's answer is taken for, and how much of a page comes with the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from gates import Gate
from thinline.bodies import Body
from thinline.reasons import Reason
from thinline.v1.web_pb2 import OpenPage, PageOpened
from thinline_server.gateways.wish import Cause, Fetched, FetchFailed, Login, Wish
from thinline_server.pages.order import Made
from thinline_server.services.web.cache import Cache, Held
from thinline_server.services.web.jars import Jars
from thinline_server.services.web.opening import NoPage, Opener, kind_of, told

BODY = bytes(range(90))
MADE = Made("Tea", 9_000, BODY, ((1_024, 20), (3_072, 40), (7_168, 70), (9_000, 90)), links=("http://a/",))
HELD = Held(
    bytes(16),
    "http://tea.example/",
    "",
    200,
    "text/html",
    "",
    True,
    Body(packed=False, dictionary=2, size=9_000),
    b"",
    77,
    MADE,
    5,
)


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


class Web:
    """In place of the gate: what each address answers, and what was wished for."""

    def __init__(self, answers: Mapping[str, Fetched | FetchFailed]) -> None:
        self.answers = answers
        self.wishes: list[Wish] = []

    async def __call__(self, wish: Wish) -> Fetched:
        self.wishes.append(wish)
        answer = self.answers[wish.address]
        if isinstance(answer, FetchFailed):
            raise answer
        return answer


def answered(address: str, status: int = 200, body: bytes = b"PK", **headers: str) -> Fetched:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fetched(status, address, told, body, len(body))


def opener(answers: Mapping[str, Fetched | FetchFailed]) -> tuple[Opener, Web, Gate, bytes]:
    gate, there = Gate(), Web(answers)
    outside = replace(gate.outside(), fetch=there)  # type: ignore[arg-type]
    jars = Jars(outside.operate, outside.now_ms)
    return Opener(outside, Cache(), jars, lambda size: bytes(size)), there, gate, gate.account("alice")


CELLAR, SHOP = "https://tea.example/cellar", "https://shop.example/"
WANTS = 'Basic realm="The cellar"'


@pytest.mark.parametrize(
    ("answer", "reason", "more"),
    [
        (FetchFailed(Cause.ADDRESS, "That is inside."), Reason.NOT_ALLOWED, {}),
        (FetchFailed(Cause.UNREACHABLE, "It is away."), Reason.UNREACHABLE, {}),
        (FetchFailed(Cause.TOO_SLOW, "It takes too long."), Reason.UNREACHABLE, {}),
        (FetchFailed(Cause.BUDGET, "Later."), Reason.LIMIT, {}),
        (answered(CELLAR, 401, www_authenticate=WANTS), Reason.UNAUTHORIZED, {"realm": "The cellar"}),
        (answered(CELLAR, content_type="application/zip"), Reason.NO_PAGE, {"media_type": "application/zip"}),
    ],
)
async def test_each_way_not_to_have_a_page_has_its_reason(
    answer: Fetched | FetchFailed, reason: Reason, more: dict[str, str]
) -> None:
    """Spec WEB-16."""
    made, _, _, alice = opener({CELLAR: answer})
    opened = await made.open(alice, OpenPage(address=CELLAR))
    assert isinstance(opened, PageOpened)
    assert (opened.page, opened.reason) == (b"", reason)
    assert opened.sentence
    assert {name: getattr(opened, name) for name in more} == more


async def test_a_password_goes_to_the_origin_that_asked_for_it_and_to_no_disk() -> None:
    """Spec WEB-17."""
    zips = {address: answered(address, content_type="application/zip") for address in (CELLAR, SHOP)}
    made, there, gate, alice = opener(zips)
    await made.open(alice, OpenPage(address=CELLAR, user="alice", password="assam"))
    for address in (SHOP, CELLAR):
        await made.open(alice, OpenPage(address=address, fresh=True))
    bob = gate.account("bob")
    await made.open(bob, OpenPage(address=CELLAR))
    assert [wish.login for wish in there.wishes] == [Login("alice", "assam"), None, Login("alice", "assam"), None]
    assert "assam" not in repr(gate.asked)
    assert "assam" not in repr(there.wishes)
