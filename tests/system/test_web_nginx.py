"""The web from a handset's ask to nginx and an application behind it: encodings, redirects, logins, bombs. T5, T6."""

from __future__ import annotations

import resource
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from surfing import surfing, text_of
from thinline.reasons import Reason
from thinline.v1.web_pb2 import Field, Pick
from thinline_server.gateways.dial import Dialer
from thinline_server.gateways.fetch import Fetcher
from thinline_server.gateways.render import missing
from thinline_server.gateways.wish import Cause, FetchBounds, FetchFailed, Wish
from webserver import TEA, WebServer, nginx
from websites import site

FORM = """<title>Orders</title><p>Order {count} of {who}.</p><form action="/app/order"><label for=t>Tea</label>
<input id=t name=tea value=Assam><select name=size><option>small<option selected>large</select>
<input type=hidden name=shop value=7><button name=go value=1>Order</button></form>"""


async def order(request: web.Request) -> web.Response:
    """It counts by a cookie, and says what was asked."""
    count = int(request.cookies.get("orders", "0")) + 1
    who = request.rel_url.query.get("tea", "nothing")
    answer = web.Response(text=FORM.format(count=count, who=who), content_type="text/html")
    answer.set_cookie("orders", str(count), path="/app/", httponly=True)
    return answer


@pytest.fixture
async def there() -> AsyncIterator[WebServer]:
    async with site({"/app/order": order}) as application:
        with nginx(application.port) as running:
            yield running


async def test_a_page_is_the_same_in_every_encoding(there: WebServer, tmp_path: Path) -> None:
    read = TEA.count("<p>")
    async with surfing(tmp_path, there.http, there.https, trust=there.trust) as alice:
        for path, scheme in (
            ("/tea.html", "http"),
            ("/tea.html", "https"),
            ("/gz/tea.html", "http"),
            ("/zst/tea.html", "http"),
        ):
            opened = await alice.open(there.address(path, scheme))
            assert (opened.title, opened.status) == ("Tea", 200), opened
            assert opened.fetched_bytes < len(TEA) / 3
            text = text_of(await alice.read(opened))
            assert text.count("picked by bob.") == read
    assert [one.split()[:2] for one in there.asked()][:2] == [["GET", "/tea.html"]] * 2


async def test_where_it_sends_is_followed_or_refused(there: WebServer, tmp_path: Path) -> None:
    """T6."""
    async with surfing(tmp_path, there.http, there.https, trust=there.trust) as alice:
        assert (await alice.open(there.address("/moved"))).address == there.address("/tea.html")
        assert (await alice.open(there.address("/over"))).address == there.address("/tea.html", "https")
        told = {path: await alice.open(there.address(path)) for path in ("/loop", "/inside", "/file")}
    assert not any(one.page for one in told.values())
    assert told["/inside"].reason == told["/file"].reason == Reason.NOT_ALLOWED
    assert "169.254.169.254:80 has no address that may be dialled" in told["/inside"].sentence
    assert "more than 10 times" in told["/loop"].sentence
    assert there.asked().count("GET /loop HTTP/1.1") == 11


async def test_who_vouches_for_nobody_known_is_not_read(there: WebServer, tmp_path: Path) -> None:
    """T6."""
    async with surfing(tmp_path, there.https) as alice:
        opened = await alice.open(there.address("/tea.html", "https"))
    assert (opened.page, there.asked()) == (b"", [])
    assert "localhost is not who it should be" in opened.sentence


async def test_a_cellar_opens_with_a_name_and_a_password(there: WebServer, tmp_path: Path) -> None:
    async with surfing(tmp_path, there.http) as alice:
        address = there.address("/private/tea.html")
        closed = await alice.open(address)
        assert (closed.reason, closed.realm) == (Reason.UNAUTHORIZED, "The cellar")
        assert (await alice.open(address, user="alice", password="coffee")).reason == Reason.UNAUTHORIZED
        assert (await alice.open(address, user="alice", password="tea")).title == "Tea"
        assert (await alice.open(address, fresh=True)).title == "Tea"


@pytest.mark.parametrize("path", ["/gz/bomb.html", "/zst/bomb.html"])
async def test_a_bomb_is_refused_in_bounds(path: str, there: WebServer, tmp_path: Path) -> None:
    """T5: 100 MB of zeros."""
    async with surfing(tmp_path, there.http) as alice:
        await alice.open(there.address("/tea.html"))
        before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        opened = await alice.open(there.address(path))
        assert opened.page == b""
        assert "too much to fetch" in opened.sentence
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 40_000
        assert (await alice.open(there.address("/tea.html"), fresh=True)).title == "Tea"


async def test_a_byte_a_second_is_not_waited_for(there: WebServer) -> None:
    """T5."""
    fetch = Fetcher(Dialer([("localhost", there.http)]), bounds=FetchBounds(total_s=0.5))
    with pytest.raises(FetchFailed) as failed:
        await fetch(Wish(b"alice", there.address("/slow/tea.html")))
    assert (failed.value.cause, failed.value.sent) == (Cause.TOO_SLOW, True)


async def test_an_application_knows_who_comes_again(there: WebServer, tmp_path: Path) -> None:
    async with surfing(tmp_path, there.http) as alice:
        opened, text = await alice.see(there.address("/app/order"))
        assert text.startswith("Order 1 of nothing.")
        fields = [Field(control=1, value="Ceylon"), Field(control=2, value="1"), Field(control=3)]
        opened, text = await alice.see(pick=Pick(page=opened.page, form=1, fields=fields))
        assert text.startswith("Order 2 of Ceylon.")
        assert opened.address == there.address("/app/order?tea=Ceylon&size=small&shop=7&go=1")


@pytest.mark.slow
async def test_a_page_that_needs_its_programs_says_so_or_reads_right(there: WebServer, tmp_path: Path) -> None:
    """With a browser on the server, and without one."""
    async with surfing(tmp_path / "without", there.http) as alice:
        opened, text = await alice.see(there.address("/shop.html"))
        assert (opened.needs_script, text) == (True, "Please switch JavaScript on.")
    if lacks := missing():
        pytest.skip(lacks)
    async with surfing(tmp_path / "with", there.http, render=True) as alice:
        opened, text = await alice.see(there.address("/shop.html"))
        assert (opened.needs_script, opened.links) == (False, 1)
        assert text == "On offer: Leaf 7, picked by bob.\nAll leaves"
        assert (await alice.open(pick=Pick(page=opened.page, link=1))).title == "Tea"
