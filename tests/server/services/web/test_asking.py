"""Asks of the web whose answers need no site."""

from __future__ import annotations

import pytest

from gates import Gate
from thinline.bodies import Body
from thinline.errors import RemoteError
from thinline.limits import LIMITS
from thinline.marks import mark
from thinline.reasons import Reason
from thinline.squeeze import squeeze
from thinline.v1 import line_pb2, web_pb2
from thinline.v1.page_pb2 import Block, Page, Run
from thinline_server.asks import Download, Reply
from thinline_server.pages.order import Made
from thinline_server.requests import PutChunk, Refused
from thinline_server.services.web.asking import ASKS, GET_IMAGE, GET_LINKS, KEEP_PAGE, READ_PAGE, Asking
from thinline_server.services.web.browsing import Browsing
from thinline_server.services.web.cache import Cache, Held
from thinline_server.services.web.jars import Jars
from thinline_server.services.web.opening import Opener

PAGE = b"a page of alice."


WORDS = Page(title="Tea", blocks=[Block(runs=[Run(text=f"word {number}", link=1)]) for number in range(300)])
LINKS = ("http://tea.example/assam", "mailto:bob@tea.example")


def asking(*images: str) -> tuple[Asking, bytes]:
    made, alice, _ = asking_at(Gate(), *images)
    return made, alice


def asking_at(gate: Gate, *images: str) -> tuple[Asking, bytes, bytes]:
    """What answers asks, alice, and the body of her page as it travels."""
    cache = Cache()
    alice, page = gate.account("alice"), mark(WORDS.blocks)
    body = Body(packed=False, dictionary=0, size=len(page))
    made = Made("Tea", len(page), squeeze(page, 0), ((len(page), 0),), links=LINKS, images=images)
    cache.put(alice, Held(PAGE, "http://t/", "", 200, "text/html", "", False, body, b"", 0, made, 0))
    jars = Jars(gate.operate, lambda: gate.now_ms)
    outside = gate.outside()
    return Asking(outside, cache, jars, Opener(outside, cache, jars, lambda size: bytes(size))), alice, made.body


def test_every_kind_has_its_answer() -> None:
    made, _ = asking()
    assert frozenset(made.answers) == ASKS == frozenset(Browsing(Gate().outside()).answers)


async def test_a_page_comes_in_any_stretches_of_its_body() -> None:
    """Spec WEB-5."""
    made, alice, body = asking_at(Gate())
    for start, length, offset in (
        (0, 0, 0),
        (10, 0, 0),
        (10, 100, 0),
        (10, 100, 40),
        (10, 100, 100),
        (len(body), 0, 0),
    ):
        ask = web_pb2.ReadPage(page=PAGE, start=start, length=length, offset=offset)
        reply = await made.answers[READ_PAGE](alice, ask.SerializeToString())
        assert isinstance(reply, Reply)
        stretch = body[start : start + length] if length else body[start:]
        info = line_pb2.PartInfo.FromString(reply.body)
        assert (info.encoding, info.encoded_size) == (line_pb2.ENCODING_IDENTITY, len(stretch))
        assert isinstance(reply.follows, Download)
        assert reply.follows.data[reply.follows.offset :] == stretch[offset:]
    for start, length, offset in ((len(body) + 1, 0, 0), (0, len(body) + 1, 0), (0, 9, 10)):
        ask = web_pb2.ReadPage(page=PAGE, start=start, length=length, offset=offset)
        refused = await made.answers[READ_PAGE](alice, ask.SerializeToString())
        assert isinstance(refused, Refused)
        assert refused.reason is Reason.OFFSET


async def test_addresses_are_told_by_their_numbers_so_many_at_once() -> None:
    """Spec WEB-7."""
    made, alice = asking()
    ask = web_pb2.GetLinks(page=PAGE, numbers=[2, 0, 1, 3] + [1] * 60)
    reply = await made.answers[GET_LINKS](alice, ask.SerializeToString())
    assert isinstance(reply, Reply)
    told = list(web_pb2.Links.FromString(reply.body).addresses)
    assert (told[:4], len(told)) == ([LINKS[1], "", LINKS[0], ""], LIMITS.links_asked)
    ask.numbers.append(1)
    with pytest.raises(RemoteError) as caught:
        await made.answers[GET_LINKS](alice, ask.SerializeToString())
    assert caught.value.reason is Reason.TOO_LARGE


async def test_another_account_s_page_is_as_none_at_all() -> None:
    """Spec WEB-8; T2."""
    gate = Gate()
    made, _, _ = asking_at(gate, "")
    bob = gate.account("bob")
    told = []
    for page in (PAGE, bytes(16)):
        for kind, ask in (
            (READ_PAGE, web_pb2.ReadPage(page=page)),
            (GET_LINKS, web_pb2.GetLinks(page=page)),
            (GET_IMAGE, web_pb2.GetImage(page=page, image=1)),
            (KEEP_PAGE, web_pb2.KeepPage(page=page)),
        ):
            told.append(await made.answers[kind](bob, ask.SerializeToString()))
    assert told == [Refused(Reason.NO_SUCH_PAGE)] * 8


async def test_what_is_kept_is_on_stable_storage_before_it_is_told() -> None:
    """Spec WEB-10: the body as it is, and its addresses as a piece of the same page."""
    gate = Gate()
    made, alice, _ = asking_at(gate)
    reply = await made.answers[KEEP_PAGE](alice, web_pb2.KeepPage(page=PAGE).SerializeToString())
    assert isinstance(reply, Reply)
    told = web_pb2.PageKept.FromString(reply.body)
    assert [(blob.name, blob.size > 0) for blob in (told.body, told.links)] == [("page", True), ("links", True)]
    written = {one.hash: one.data for one in gate.asked if isinstance(one, PutChunk)}
    whole = Page.FromString(written[told.body.hash] + written[told.links.hash])
    assert (list(whole.links), whole.blocks) == (list(LINKS), WORDS.blocks)


@pytest.mark.parametrize("address", ["", "data:image/png;base64,R"])
async def test_a_picture_that_is_nowhere(address: str) -> None:
    """Spec WEB-9."""
    made, alice = asking(address)
    ask = web_pb2.GetImage(page=PAGE, image=1).SerializeToString()
    refused = await made.answers[19](alice, ask)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.NO_PICTURE


async def test_cookies_are_told_without_their_values() -> None:
    """Spec WEB-11."""
    gate = Gate()
    jars = Jars(gate.operate, lambda: gate.now_ms)
    alice = gate.account("alice")
    (await jars.of(alice)).keep("http://tea.example/", ["visit=secret; Max-Age=60"])
    outside = gate.outside()
    made = Asking(outside, Cache(), jars, Opener(outside, Cache(), jars, lambda size: bytes(size)))
    reply = await made.answers[21](alice, b"")
    assert isinstance(reply, Reply)
    assert b"secret" not in reply.body
    (cookie,) = web_pb2.Cookies.FromString(reply.body).cookies
    assert (cookie.host, cookie.name, cookie.until_s) == ("tea.example", "visit", gate.now_ms // 1_000 + 60)
