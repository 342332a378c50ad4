"""Ten documents from a site to a handset: every word is there, links and forms work, nothing raises. T8."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web

from surfing import GET_IMAGE, GET_LINKS, surfing
from thinline.limits import LIMITS
from thinline.v1 import line_pb2, web_pb2
from thinline.v1.web_pb2 import Field, Pick
from thinline_tools.bench.documents import share, shown_words
from websamples import SAMPLES, Sample
from websites import Handler, site

NAMES = [one.name for one in SAMPLES]


def serving(*samples: Sample) -> dict[str, Handler]:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(text=f"<p>{request.method} {request.rel_url}", content_type="text/html")

    def handler(sample: Sample) -> Handler:
        async def answer(_request: web.Request) -> web.Response:
            return web.Response(body=sample.body, headers={"Content-Type": sample.content_type})

        return answer

    routes: dict[str, Handler] = {f"/{SAMPLES.index(one)}": handler(one) for one in samples}
    return {**routes, "/p/499": echo}


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
async def test_every_word_of_it_is_read(tmp_path: Path, sample: Sample) -> None:
    async with site(serving(sample)) as tea, surfing(tmp_path, tea.port) as alice:
        opened = await alice.open(tea.address(f"/{SAMPLES.index(sample)}"))
        page = await alice.read(opened)
        shown, wanted = shown_words(page), sample.words
        if page.cut:  # what a page may hold: all of it is used
            assert opened.size > 0.99 * LIMITS.page_bytes
            wanted = wanted[: len(shown) - 1]
        assert share(shown, wanted) >= 0.99


async def test_its_links_forms_and_pictures_work(tmp_path: Path) -> None:
    samples = {one.name: one for one in SAMPLES}
    links, form, pictures, frames = (
        samples[name] for name in ("five hundred links", "a form", "pictures inside the page", "frames")
    )
    async with site(serving(*samples.values())) as tea, surfing(tmp_path, tea.port) as alice:
        opened = await alice.open(tea.address(f"/{SAMPLES.index(links)}"))
        assert opened.links == 500
        _, text = await alice.see(pick=Pick(page=opened.page, link=500))
        assert text == "GET /p/499?a=1&b=499"
        opened = await alice.open(tea.address(f"/{SAMPLES.index(form)}"))
        page = await alice.read(opened)
        assert [one.label for one in page.controls] == ["a", "n", "gift", "t", "Order"]
        refused = await alice.open(pick=Pick(page=opened.page, form=1, fields=[Field(control=1, value="1")]))
        assert refused.reason, "a form that is sent by POST is no ask"
        opened = await alice.open(tea.address(f"/{SAMPLES.index(pictures)}"))
        ask = web_pb2.GetImage(page=opened.page, image=1, width=16, height=16)
        assert opened.images == 1, "the same one thirty times"
        assert (await alice.answered(GET_IMAGE, ask, line_pb2.PictureInfo)).width == 16
        opened = await alice.open(tea.address(f"/{SAMPLES.index(frames)}"))
        told = await alice.answered(GET_LINKS, web_pb2.GetLinks(page=opened.page, numbers=[1, 2]), web_pb2.Links)
        assert list(told.addresses) == [tea.address("/inner.html"), tea.address("/o.swf")]
