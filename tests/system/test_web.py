"""The web from a handset's ask to a site and back: pages, their addresses, their pictures, their forms. T2, T8."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import web
from PIL import Image

from surfing import (
    CLEAR_COOKIES,
    GET_IMAGE,
    GET_LINKS,
    KEEP_PAGE,
    LIST_COOKIES,
    READ_PAGE,
    begun,
    surfer,
    surfing,
    text_of,
)
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.squeeze import inflate_begun
from thinline.v1 import item_pb2, line_pb2, page_pb2, web_pb2
from thinline.v1.web_pb2 import Field, Pick
from thinline_server.gateways.render import missing
from websites import Handler, site

HOME = """<!doctype html><title>Alice's teas</title><h1>Teas</h1>
<p>Try <a href="/assam">Assam</a>, <a href="//tea.example/ceylon#best">Ceylon</a> or
<a href="mailto:bob@tea.example">ask Bob</a>. <img src="/leaf.png" alt="a leaf" width="8" height="4"></p>
<form action="/search"><input type="hidden" name="shop" value="7"><label for="q">Search</label>
<input id="q" name="q" value="green"><select name="kind"><option value="l">loose<option value="b">bags</select>
<input type="checkbox" name="organic" checked><button name="go" value="1">Find</button></form>"""
LONG = "<title>Long</title>" + "".join(f"<p>Paragraph {number} of {number * 7919 % 1013}.</p>" for number in range(900))


def html(text: str, **more: object) -> Handler:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=text, content_type="text/html", **more)  # type: ignore[arg-type]

    return answer


async def found(request: web.Request) -> web.Response:
    return web.Response(text=f"<p>You asked {request.rel_url.raw_query_string}</p>", content_type="text/html")


async def leaf(_request: web.Request) -> web.Response:
    file = BytesIO()
    Image.new("RGB", (80, 40), "green").save(file, "PNG")
    return web.Response(body=file.getvalue(), content_type="image/png")


async def visits(request: web.Request) -> web.Response:
    count = int(request.cookies.get("visits", "0")) + 1
    answer = web.Response(text=f"visit {count}")
    answer.set_cookie("visits", str(count), max_age=3_600)
    return answer


async def private(request: web.Request) -> web.Response:
    if request.headers.get("Authorization") != "Basic YWxpY2U6dGVh":
        return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="Alice\'s cellar"'})
    return web.Response(text="Darjeeling")


async def archive(_request: web.Request) -> web.Response:
    return web.Response(body=b"PK\x03\x04", content_type="application/zip")


ROUTES = {
    "/": html(HOME),
    "/assam": html("<p>Strong.</p>"),
    "/search": found,
    "/leaf.png": leaf,
    "/visits": visits,
    "/private": private,
    "/archive.zip": archive,
    "/long": html(LONG),
    "/script": html("<script src=x.js></script><noscript>Please enable JavaScript.</noscript><div id=app></div>"),
}


async def test_a_page_is_opened_read_and_left_by_a_link(tmp_path: Path) -> None:
    """Spec WEB-3, WEB-4, WEB-7: the addresses stay on the server until they are asked for."""
    async with site(ROUTES) as tea, surfing(tmp_path, tea.port) as alice:
        opened, text = await alice.see(tea.address("/"))
        assert (opened.title, opened.status, opened.address) == ("Alice's teas", 200, tea.address("/"))
        assert (opened.links, opened.images, opened.forms) == (3, 1, 1)
        assert text.startswith("Teas\nTry Assam, Ceylon or ask Bob. [a leaf]\nSearch")
        page = alice.pages[opened.page]
        assert not page.links
        assert b"assam" not in page.SerializeToString() + opened.first
        links = await alice.answered(
            GET_LINKS, web_pb2.GetLinks(page=opened.page, numbers=[3, 2, 1, 0, 9]), web_pb2.Links
        )
        there = tea.address("/assam")
        assert list(links.addresses) == ["mailto:bob@tea.example", "http://tea.example/ceylon#best", there, "", ""]
        further, text = await alice.see(pick=Pick(page=opened.page, link=1))
        assert (further.address, text) == (there, "Strong.")
        mail = await alice.open(pick=Pick(page=opened.page, link=3))
        assert (mail.reason, mail.page) == (Reason.NOT_ALLOWED, b"")


async def test_the_first_screen_comes_with_the_answer_and_the_rest_in_pieces(tmp_path: Path) -> None:
    """Spec WEB-4, WEB-5."""
    async with site(ROUTES) as tea, surfing(tmp_path, tea.port) as alice:
        opened = await alice.open(tea.address("/long"), first_bytes=2_000)
        first = begun(opened)
        assert len(opened.first) < opened.encoded_size < opened.size
        assert text_of(first).startswith("Paragraph 0 of 0.\nParagraph 1 of")
        assert 2_000 <= first.ByteSize() < opened.size // 2
        whole = await alice.read(opened)
        assert len(whole.blocks) == 900
        client = alice.line.client
        ask = web_pb2.ReadPage(page=opened.page, start=100, length=500, offset=40)
        number = await alice.ask(READ_PAGE, ask)
        info = line_pb2.PartInfo.FromString(client.answers[number][0].body)  # type: ignore[union-attr]
        assert (info.encoding, info.encoded_size, info.size) == (line_pb2.ENCODING_IDENTITY, 500, 500)
        body = opened.first + client.parts[number - 1]
        assert client.parts[number] == body[140:600]
        for start, length, offset in ((opened.encoded_size + 1, 0, 0), (0, opened.encoded_size + 1, 0), (0, 9, 10)):
            ask = web_pb2.ReadPage(page=opened.page, start=start, length=length, offset=offset)
            assert await alice.refused(READ_PAGE, ask) == Reason.OFFSET


async def test_a_form_that_only_asks_goes_into_an_address(tmp_path: Path) -> None:
    """Spec WEB-13, WEB-14: what is hidden and what options are called never left the server."""
    async with site(ROUTES) as tea, surfing(tmp_path, tea.port) as alice:
        opened, _ = await alice.see(tea.address("/"))
        page = alice.pages[opened.page]
        assert [control.label for control in page.controls] == ["Search", "kind", "organic", "Find"]
        assert [control.form for control in page.controls] == [1, 1, 1, 1]
        fields = [Field(control=2, value="2"), Field(control=1, value="grün & süß"), Field(control=4)]
        _, text = await alice.see(pick=Pick(page=opened.page, form=1, fields=fields))
        assert text == "You asked shop=7&q=gr%C3%BCn+%26+s%C3%BC%C3%9F&kind=b&go=1"
        _, text = await alice.see(pick=Pick(page=opened.page, form=1))
        assert text == "You asked shop=7&q=green"
        lost = await alice.open(pick=Pick(page=opened.page, form=1, fields=[Field(control=9)]))
        assert lost.reason == Reason.INVALID
        long = Field(control=1, value="x" * LIMITS.form_bytes)
        refused = await alice.open(pick=Pick(page=opened.page, form=1, fields=[long]))
        assert refused.reason == Reason.INVALID


async def test_a_picture_is_as_small_as_the_screen(tmp_path: Path) -> None:
    """Spec WEB-9."""
    async with site(ROUTES) as tea, surfing(tmp_path, tea.port) as alice:
        opened = await alice.open(tea.address("/"))
        ask = web_pb2.GetImage(page=opened.page, image=1, width=20, height=20, measure=True)
        cost = await alice.answered(GET_IMAGE, ask, line_pb2.PictureInfo)
        assert (cost.width, cost.height, cost.full_width, cost.full_height) == (20, 10, 80, 40)
        ask.measure = False
        number = await alice.ask(GET_IMAGE, ask)
        assert len(alice.line.client.parts[number]) == cost.encoded_size
        assert [path for _, path in tea.asked] == ["/", "/leaf.png"]
        for image in (0, 2):
            none = web_pb2.GetImage(page=opened.page, image=image)
            assert await alice.refused(GET_IMAGE, none) == Reason.NO_PICTURE


async def test_a_page_is_its_reader_s_alone_and_not_for_ever(tmp_path: Path) -> None:
    """Spec WEB-8; T2."""
    async with site(ROUTES) as tea, surfing(tmp_path, tea.port) as alice, surfer(alice.engine, "bob") as bob:
        opened = await alice.open(tea.address("/"))
        for page in (opened.page, bytes(16)):
            asks = [
                (READ_PAGE, web_pb2.ReadPage(page=page)),
                (GET_LINKS, web_pb2.GetLinks(page=page, numbers=[1])),
                (GET_IMAGE, web_pb2.GetImage(page=page, image=1)),
                (KEEP_PAGE, web_pb2.KeepPage(page=page)),
            ]
            assert [await bob.refused(kind, ask) for kind, ask in asks] == [Reason.NO_SUCH_PAGE] * 4
            assert (await bob.open(pick=Pick(page=page, link=1))).reason == Reason.NO_SUCH_PAGE
            assert (await bob.open(page=page)).reason == Reason.NO_SUCH_PAGE
        for number in range(64):
            await alice.open(tea.address(f"/{number}"))
        assert await alice.refused(READ_PAGE, web_pb2.ReadPage(page=opened.page)) == Reason.NO_SUCH_PAGE
        assert await alice.refused(READ_PAGE, web_pb2.ReadPage(page=b"short")) == Reason.MALFORMED
        assert await alice.refused(READ_PAGE, b"\xff") == Reason.MALFORMED


async def test_what_was_opened_a_moment_ago_is_told_again(tmp_path: Path) -> None:
    async with site(ROUTES) as tea, surfing(tmp_path, tea.port) as alice:
        first = await alice.open(tea.address("/#one"))
        again = await alice.open(tea.address("/"))
        assert (first.kept, again.kept, first.page) == (False, True, again.page)
        fresh = await alice.open(tea.address("/"), fresh=True)
        assert not fresh.kept
        assert fresh.page != first.page
        assert len(tea.asked) == 2


async def test_cookies_stay_on_the_server(tmp_path: Path) -> None:
    """Spec WEB-11."""
    async with site(ROUTES) as tea, surfing(tmp_path, tea.port) as alice, surfer(alice.engine, "bob") as bob:
        seen = [(await alice.see(tea.address("/visits"), fresh=True))[1] for _ in range(3)]
        assert seen == ["visit 1", "visit 2", "visit 3"]
        assert (await bob.see(tea.address("/visits")))[1] == "visit 1"
        told = await alice.answered(LIST_COOKIES, web_pb2.ListCookies(), web_pb2.Cookies)
        assert [(one.host, one.name) for one in told.cookies] == [("127.0.0.1", "visits")]
        assert told.cookies[0].until_s > 0
        left = await alice.answered(CLEAR_COOKIES, web_pb2.ClearCookies(host="elsewhere.example"), web_pb2.Cookies)
        assert len(left.cookies) == 1
        left = await alice.answered(CLEAR_COOKIES, web_pb2.ClearCookies(host="127.0.0.1"), web_pb2.Cookies)
        assert not left.cookies
        assert (await alice.see(tea.address("/visits"), fresh=True))[1] == "visit 1"


async def test_cookies_survive_the_server(tmp_path: Path) -> None:
    async with site(ROUTES) as tea:
        async with surfing(tmp_path, tea.port) as alice:
            assert (await alice.see(tea.address("/visits")))[1] == "visit 1"
        async with surfing(tmp_path, tea.port) as alice:
            assert (await alice.see(tea.address("/visits")))[1] == "visit 2"


async def test_a_login_is_asked_for_once(tmp_path: Path) -> None:
    """Spec WEB-16, WEB-17."""
    async with site(ROUTES) as tea, site(ROUTES) as other, surfing(tmp_path, tea.port, other.port) as alice:
        asked = await alice.open(tea.address("/private"))
        assert (asked.reason, asked.realm, asked.page) == (Reason.UNAUTHORIZED, "Alice's cellar", b"")
        wrong = await alice.open(tea.address("/private"), user="alice", password="coffee")
        assert wrong.reason == Reason.UNAUTHORIZED
        _, text = await alice.see(tea.address("/private"), user="alice", password="tea")
        assert text == "Darjeeling"
        assert (await alice.see(tea.address("/private"), fresh=True))[1] == "Darjeeling"
        assert (await alice.open(other.address("/private"))).reason == Reason.UNAUTHORIZED
        assert all("Authorization" not in head for head in other.heads)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("file:///etc/passwd", Reason.NOT_ALLOWED),
        ("http://169.254.169.254/latest", Reason.NOT_ALLOWED),
        ("127.0.0.1:1", Reason.NOT_ALLOWED),
        ("ftp://tea.example/", Reason.NOT_ALLOWED),
        ("", Reason.NOT_ALLOWED),
    ],
)
async def test_what_is_not_fetched(tmp_path: Path, path: str, reason: Reason) -> None:
    """Spec WEB-16."""
    async with surfing(tmp_path) as alice:
        opened = await alice.open(path)
        assert (opened.reason, opened.page) == (reason, b"")
        assert opened.sentence


async def test_what_is_no_page_is_named(tmp_path: Path) -> None:
    """Spec WEB-16."""
    async with site(ROUTES) as tea, surfing(tmp_path, tea.port) as alice:
        opened = await alice.open(tea.address("/archive.zip"))
        assert (opened.reason, opened.media_type, opened.page) == (Reason.NO_PAGE, "application/zip", b"")
        missing, text = await alice.see(tea.address("/nowhere"))
        assert (missing.status, text) == (404, "There is no such page.")
        picture, text = await alice.see(tea.address("/leaf.png"))
        assert (picture.images, text) == (1, "[leaf.png]")
        ask = web_pb2.GetImage(page=picture.page, image=1, width=8)
        assert (await alice.answered(GET_IMAGE, ask, line_pb2.PictureInfo)).width == 8
        assert (await alice.open(tea.address("/script"))).needs_script
        assert not (await alice.open(tea.address("/long"))).needs_script


async def test_a_page_that_is_kept_needs_nothing_sent_up(tmp_path: Path) -> None:
    """Spec WEB-10: its parts are there, and with its addresses it is whole."""
    async with site(ROUTES) as tea, surfing(tmp_path, tea.port) as alice:
        opened, _ = await alice.see(tea.address("/"))
        kept = await alice.answered(KEEP_PAGE, web_pb2.KeepPage(page=opened.page), web_pb2.PageKept)
        saved = web_pb2.SavedPage(title=opened.title, address=opened.address, at_s=1)
        create = item_pb2.Create(
            item=b"saved tea 12", type=4, fields=saved.SerializeToString(), blobs=[kept.body, kept.links]
        )
        await alice.command(1, create)
        parts = []
        for blob in (kept.body, kept.links):
            ask = line_pb2.GetPart(item=b"saved tea 12", name=blob.name, hash=blob.hash)
            number = await alice.ask(1, ask)
            info = line_pb2.PartInfo.FromString(alice.line.client.answers[number][0].body)  # type: ignore[union-attr]
            data = alice.line.client.parts[number]
            parts.append(data if info.encoding == line_pb2.ENCODING_IDENTITY else inflate_begun(data, 0, info.size))
        whole = page_pb2.Page.FromString(b"".join(parts))
        assert list(whole.links) == [
            tea.address("/assam"), "http://tea.example/ceylon#best", "mailto:bob@tea.example"
        ]  # fmt: skip
        assert whole.blocks == alice.pages[opened.page].blocks


async def test_the_reader_view_is_a_page_of_its_own(tmp_path: Path) -> None:
    story = "".join(f"<p>Long sentence number {number} about how tea is grown on hills.</p>" for number in range(12))
    noise = "<nav><a href=/a>Home</a> <a href=/b>Shop</a></nav><footer>All rights reserved</footer>"
    page = f"<title>Growing</title><body>{noise}<article><h1>Growing</h1>{story}<a href=/more>More</a></article>"
    routes: dict[str, Handler] = {**ROUTES, "/growing": html(page)}
    async with site(routes) as tea, surfing(tmp_path, tea.port) as alice:
        plain, text = await alice.see(tea.address("/growing"))
        assert "Shop" in text
        reader, text = await alice.see(page=plain.page, view=web_pb2.VIEW_READER)
        assert reader.view == web_pb2.VIEW_READER
        assert reader.page != plain.page
        assert "number 11" in text
        assert "Shop" not in text
        assert len(tea.asked) == 1


async def test_a_page_that_needs_its_programs_is_run_where_something_runs_them(tmp_path: Path) -> None:
    async with site(ROUTES) as tea, surfing(tmp_path, tea.port) as alice:
        opened, text = await alice.see(tea.address("/script"))
        assert (opened.needs_script, text) == (True, "Please enable JavaScript.")


async def test_a_browser_runs_the_programs_of_a_page(tmp_path: Path) -> None:
    """With [render] a page that needs JavaScript reads right, and what needs none is not run."""
    if why := missing():
        pytest.skip(why)
    script = "<div id=app></div><script>document.getElementById('app').textContent = 'Assam ' + 6 * 7;</script>"
    async with site({**ROUTES, "/app": html(script)}) as tea, surfing(tmp_path, tea.port, render=True) as alice:
        opened, text = await alice.see(tea.address("/app"))
        assert (text, opened.address) == ("Assam 42", tea.address("/app"))
        before = len(tea.asked)
        await alice.see(tea.address("/assam"))
        assert len(tea.asked) == before + 1
