"""Pages as their programs made them: a real browser that ends in bounds (T5). What it may reach is test_gate's."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest
from aiohttp import web

from thinline_server.config import SettingsError
from thinline_server.gateways import render
from thinline_server.gateways.budget import Budgets
from thinline_server.gateways.dial import Dialer
from thinline_server.gateways.render import RenderBounds, Renderer
from thinline_server.gateways.wish import Cause, Fetched, FetchFailed, Wish
from websites import Handler, Site, site

ALICE = b"alice"
PAGE = """<!doctype html><title>News</title><p id=news>Loading…<noscript>Switch JavaScript on!</noscript></p>
<script>
document.cookie = "seen=1; Max-Age=1000";
fetch("/news").then(r => r.text()).then(text => { document.getElementById("news").textContent = text; });
</script>"""
LOOP = "<script>while (true);</script>"
GROWING = "<p id=p><script>while (true) document.getElementById('p').append('x'.repeat(1e5));</script>"
HUGE = "<p id=p><script>document.getElementById('p').append('x'.repeat(2e6));</script>"


class Cookies:
    def __init__(self) -> None:
        self.kept: list[str] = []

    def cookies(self, address: str) -> str:
        return "id=alice; theme=dark"

    def keep(self, address: str, lines: Sequence[str]) -> None:
        self.kept += lines


def page(text: str) -> Handler:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=text, content_type="text/html")

    return answer


@pytest.fixture
def needs_browser() -> None:
    if lacks := render.missing():
        pytest.skip(lacks)


def renderer(*sites: Site, bounds: RenderBounds | None = None) -> Renderer:
    return Renderer(Dialer([("127.0.0.1", one.port) for one in sites]), Budgets(), bounds=bounds)


async def ended(fetch: Renderer, address: str) -> Fetched | Cause:
    try:
        return await fetch(Wish(ALICE, address))
    except FetchFailed as failed:
        return failed.cause


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.usefixtures("needs_browser")
async def test_a_page_is_as_its_programs_made_it() -> None:
    async def news(request: web.Request) -> web.Response:
        return web.Response(text=f"Rain for {request.cookies['id']}")

    jar = Cookies()
    async with site({"/": page(PAGE), "/news": news}) as home:
        told = await renderer(home)(Wish(ALICE, home.address(), jar=jar))
    assert (told.status, told.address) == (200, home.address())
    assert '<p id="news">Rain for alice</p>' in told.body.decode()
    assert b"script" not in told.body.lower()
    assert told.received_bytes > len(PAGE)
    (kept,) = jar.kept  # and not those that were given
    assert kept.startswith("seen=1; Path=/; Max-Age=")


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.usefixtures("needs_browser")
async def test_programs_that_never_end_are_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """T5: time, memory and the page's own size; and no process and no file stays."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    bounds = RenderBounds(html_characters=1_000_000, total_s=8.0, load_s=2.0, settle_s=0.5)
    async with site({"/loop": page(LOOP), "/growing": page(GROWING), "/huge": page(HUGE)}) as home:
        fetch = renderer(home, bounds=bounds)
        told = await asyncio.gather(*(ended(fetch, home.address(path)) for path in ("/loop", "/growing", "/huge")))
    assert told[0] is Cause.TOO_SLOW
    assert told[1] in (Cause.TOO_SLOW, Cause.TOO_LARGE, Cause.UNREACHABLE)  # whichever bound comes first
    assert told[2] in (Cause.TOO_LARGE, Cause.TOO_SLOW)
    assert not [one for one in psutil.Process().children(recursive=True) if "unshare" in one.name()]
    assert os.listdir(tmp_path) == []


@pytest.mark.usefixtures("needs_browser")
async def test_an_address_that_is_none_starts_no_browser() -> None:
    """T6."""
    for address in ("file:///etc/passwd", "http://127.1/", "http://a.test:25/"):
        assert await ended(renderer(), address) is Cause.ADDRESS


@pytest.mark.parametrize("lacking", ["chromium-headless-shell", "unshare"])
def test_what_is_missing_is_said_with_what_to_do(lacking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if name == lacking else f"/usr/bin/{name}")
    assert render.missing().startswith(f"rendering needs {lacking} (Debian: apt install ")
    with pytest.raises(SettingsError, match=r"web\.render: rendering needs"):
        Renderer(Dialer(), Budgets())
