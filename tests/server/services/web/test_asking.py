"""Asks of the web whose answers need no site."""

from __future__ import annotations

import pytest

from gates import Gate
from thinline.reasons import Reason
from thinline.v1 import web_pb2
from thinline_server.asks import Reply
from thinline_server.pages.order import Made
from thinline_server.requests import Refused
from thinline_server.services.web.asking import ASKS, Asking
from thinline_server.services.web.browsing import Browsing
from thinline_server.services.web.cache import Cache, Held
from thinline_server.services.web.jars import Jars
from thinline_server.services.web.opening import Opener

PAGE = b"a page of alice."


def asking(*images: str) -> tuple[Asking, bytes]:
    gate, cache = Gate(), Cache()
    alice = gate.account("alice")
    made = Made("Tea", 0, b"", ((0, 0),), images=images)
    cache.put(alice, Held(PAGE, "http://t/", "", 200, "text/html", "", False, 0, b"", 0, made, 0))
    jars = Jars(gate.operate, lambda: gate.now_ms)
    outside = gate.outside()
    return Asking(outside, cache, jars, Opener(outside, cache, jars, lambda size: bytes(size))), alice


def test_every_kind_has_its_answer() -> None:
    made, _ = asking()
    assert frozenset(made.answers) == ASKS == frozenset(Browsing(Gate().outside()).answers)


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
