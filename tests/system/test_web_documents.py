"""Thirty documents of Debian from a site to a handset: every word is there, links lead, forms stand, nothing raises.

A document whose package is not installed is left out, by name; `make test` installs them.
"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag

import pytest
from aiohttp import web

from surfing import GET_LINKS, Surfer, surfing
from thinline.limits import LIMITS
from thinline.pages import followable
from thinline.v1 import web_pb2
from thinline.v1.page_pb2 import CONTROL_KIND_UNSPECIFIED, Page
from thinline.v1.web_pb2 import Field, PageOpened, Pick
from thinline_tools.bench.documents import DOCUMENTS, Document, reference_words, share, shown_words
from websites import Handler, Site, site


class Forms(HTMLParser):
    """How many forms a document has, by the standard library."""

    count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count += tag == "form"


def serving(document: Document) -> dict[str, Handler]:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=document.file.read_bytes(), headers={"Content-Type": "text/html"})

    return {f"/{document.path}": answer}


async def led_to(alice: Surfer, opened: PageOpened) -> list[str]:
    """Where all links lead."""
    told: list[str] = []
    for first in range(1, opened.links + 1, LIMITS.links_asked):
        numbers = range(first, min(first + LIMITS.links_asked, opened.links + 1))
        ask = web_pb2.GetLinks(page=opened.page, numbers=numbers)
        told += (await alice.answered(GET_LINKS, ask, web_pb2.Links)).addresses
    return told


async def hold_links(alice: Surfer, tea: Site, opened: PageOpened, page: Page) -> None:
    """Each has an address, each stands in the page, and one is followed by its number."""
    leads = await led_to(alice, opened)
    assert len(leads) == opened.links
    assert all(followable(address) for address in leads)
    runs = [run for block in page.blocks for part in (block.runs, *[cell.runs for cell in block.cells]) for run in part]
    assert {run.link for run in runs} <= set(range(opened.links + 1))
    assert max((run.link for run in runs), default=0) == opened.links
    inside = [number for number, address in enumerate(leads, 1) if address.startswith(tea.address("/"))]
    if inside:
        followed = await alice.open(pick=Pick(page=opened.page, link=inside[-1]))
        assert followed.page
        assert followed.address == urldefrag(leads[inside[-1] - 1]).url


async def hold_forms(alice: Surfer, tea: Site, document: Document, opened: PageOpened, page: Page) -> None:
    """All of them are there, and one that asks is filled in and sent."""
    forms = Forms()
    forms.feed(document.html)
    assert len(page.forms) == opened.forms == forms.count
    lines = [
        (control.form, number)
        for number, control in enumerate(page.controls, 1)
        if control.kind == CONTROL_KIND_UNSPECIFIED and control.form and not page.forms[control.form - 1].post
    ]
    for form, control in lines[:1]:
        pick = Pick(page=opened.page, form=form, fields=[Field(control=control, value="green tea")])
        assert (await alice.open(pick=pick)).page
        assert "green+tea" in tea.asked[-1][1]


@pytest.mark.parametrize("document", DOCUMENTS, ids=[one.path for one in DOCUMENTS])
async def test_a_document_is_read_and_used(tmp_path: Path, document: Document) -> None:
    if not document.file.is_file():
        pytest.skip(f"left out: {document.path} (apt package {document.package}) is missing")
    async with site(serving(document)) as tea, surfing(tmp_path, tea.port) as alice:
        opened = await alice.open(tea.address(f"/{document.path}"))
        page = await alice.read(opened)
        assert not page.cut
        assert share(shown_words(page), reference_words(document.html)) >= 0.99
        await hold_links(alice, tea, opened, page)
        await hold_forms(alice, tea, document, opened, page)
