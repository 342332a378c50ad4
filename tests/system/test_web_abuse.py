"""Pages of people who mean harm: the server asks nobody by itself, and nothing grows. T5, T6, T7."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from aiohttp import web

from surfing import GET_IMAGE, GET_LINKS, surfing
from thinline.pages import followable
from thinline.reasons import Reason
from thinline.v1 import web_pb2
from thinline.v1.web_pb2 import Pick
from websites import Handler, site

INSIDE = "http://169.254.169.254/latest"
HARM = f"""<!doctype html><html><head><title>Free tea</title>
<meta http-equiv=refresh content="0;url={INSIDE}"><base href="/b/">
<link rel=stylesheet href="/style.css"><link rel=prefetch href="/prefetch"><link rel=icon href="/icon.png">
<style>@import "/import.css"; body {{ background: url(/background.png) }}
input[value^=a] {{ content: url(/leak) }}</style>
<script src="/script.js"></script></head><body onload="fetch('/onload')">
<p>Hello <svg onload=alert(1)><image href="/svg.png"/><foreignObject><iframe src="/foreign"></iframe></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=/mutation onerror=alert(1)&gt;">
<iframe src="{INSIDE}" srcdoc="<script>x</script>"></iframe><object data="/object"></object><embed src="/embed">
<video poster="/poster.png" src="/video"></video><audio src="/audio"></audio>
<img src="{INSIDE}/1.png" alt="one" width=20 height=20><img src="//127.0.0.1:1/2.png" alt="two" width=20 height=20>
<img src="data:image/svg+xml,<svg onload=alert(1)>" alt="three" width=20 height=20>
<a href="javascript:alert(1)">a</a> <a href="data:text/html,<script>">b</a> <a href="file:///etc/passwd">c</a>
<a href="{INSIDE}">d</a> <a href="//[::ffff:127.0.0.1]/">e</a> <a href="http://0x7f000001/">f</a>
<a href="gopher://127.0.0.1:6379/_INFO">g</a> <a href="http://home.test:25/">h</a> <a href="//alice@tea.example/">i</a>
<form action="{INSIDE}"><input name=q><button>go</button></form>
<form action="javascript:alert(1)"><input name=q><button formaction="file:///etc/passwd">go</button></form></body></html>"""


def page(text: str) -> Handler:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=text, content_type="text/html")

    return answer


async def test_a_page_makes_the_server_ask_nobody(tmp_path: Path) -> None:
    """T6, T7: what it refers to is asked for when its reader wants it, and judged then."""
    async with site({"/": page(HARM)}) as there, surfing(tmp_path, there.port) as alice:
        told = await alice.open(there.address("/"))
        assert told.title == "Free tea"
        await alice.read(told)
        assert there.asked == [("GET", "/")]
        ask = web_pb2.GetLinks(page=told.page, numbers=range(1, told.links + 1))
        links = (await alice.answered(GET_LINKS, ask, web_pb2.Links)).addresses
        assert all(followable(address) for address in links)
        assert INSIDE in links
        for number, address in enumerate(links, 1):
            if not address.startswith(there.address("")):
                inside = await alice.open(pick=Pick(page=told.page, link=number))
                assert (inside.page, inside.reason) == (b"", Reason.NOT_ALLOWED), address
        for number in range(1, told.forms + 1):
            assert not (await alice.open(pick=Pick(page=told.page, form=number))).page
        for number in range(1, told.images + 1):
            image = web_pb2.GetImage(page=told.page, image=number, width=20, height=20)
            assert await alice.refused(GET_IMAGE, image) in (Reason.NO_PICTURE, Reason.NOT_ALLOWED, Reason.UNREACHABLE)
        assert there.asked == [("GET", "/")]


BOMBS = (
    "<div>" * 300_000,
    "<b><p>" * 100_000,
    "<table><tr><td>" * 60_000,
    "<a href=/x>" * 60_000,
    "<form><input name=a value=b>" * 40_000,
    "<option>" * 100_000,
    f"<p>{'word ' * 600_000}",
    f"<img src='data:image/png;base64,{'A' * 4_000_000}'>",
    "&" * 1_000_000,
    "<!--" * 300_000,
)


@pytest.mark.slow
async def test_a_bomb_of_html_is_a_page_or_none_in_time(tmp_path: Path) -> None:
    """T5, T8: and the next page comes."""
    routes = {f"/{number}": page(bomb) for number, bomb in enumerate(BOMBS)}
    async with site(routes | {"/": page("<p>tea")}) as there, surfing(tmp_path, there.port) as alice:
        for number, bomb in enumerate(BOMBS):
            began_s = time.monotonic()
            told = await alice.open(there.address(f"/{number}"))
            assert told.page or told.sentence, bomb[:20]
            assert time.monotonic() - began_s < 15.0, bomb[:20]
            assert (await alice.open(there.address("/"), fresh=True)).page
