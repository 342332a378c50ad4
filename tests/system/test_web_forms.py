"""Forms that are sent once and files that are fetched, from a handset's command to its item. X7, X8."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import apsw
import pytest
from aiohttp import web

from surfing import Surfer, settings_for, surfer, surfing
from thinline.frames import Verdict
from thinline.v1 import line_pb2, web_pb2
from thinline.v1.web_pb2 import FetchFile, Field, Pick, PostForm, TransferState
from thinline_server.engine import start_engine
from thinline_server.world import open_world
from websites import Handler, Site, site

POST_FORM, FETCH_FILE = 18, 19
SENT, UNKNOWN = TransferState.TRANSFER_STATE_SENT, TransferState.TRANSFER_STATE_UNKNOWN
DELIVERED, FAILED = TransferState.TRANSFER_STATE_DELIVERED, TransferState.TRANSFER_STATE_FAILED
ITEM = b"order of tea"
ORDER = """<title>Order</title><form method=post action=/order><input type=hidden name=token value=t0k3n>
<input name=what><input type=password name=pin><input type=file name=up><button>Order</button></form>
<form action=/find><input name=q></form><a href=/leaves.pdf>Leaves</a><a href=/nowhere>No</a>"""
WHAT = [Field(control=1, value="Assam"), Field(control=2, value="s3cret"), Field(control=4)]
PDF = b"%PDF-1.4 " + bytes(range(256)) * 4_000


class Shop:
    """Takes orders, once each."""

    def __init__(self) -> None:
        self.orders: list[str] = []

    @property
    def routes(self) -> dict[str, Handler]:
        return {"/": self.home, "/order": self.order, "/thanks": self.thanks, "/leaves.pdf": self.leaves}

    async def home(self, _request: web.Request) -> web.Response:
        return web.Response(text=ORDER, content_type="text/html")

    async def order(self, request: web.Request) -> web.Response:
        self.orders.append((await request.read()).decode())
        raise web.HTTPSeeOther("/thanks")

    async def thanks(self, _request: web.Request) -> web.Response:
        return web.Response(text=f"<p>Thanks for order {len(self.orders)}</p>", content_type="text/html")

    async def leaves(self, _request: web.Request) -> web.Response:
        told = "attachment; filename*=UTF-8''..%2Fgr%C3%BCn.pdf"
        return web.Response(body=PDF, content_type="application/pdf", headers={"Content-Disposition": told})


def kept_details(folder: Path) -> list[bytes]:
    """What the store has of errands beside their items."""
    store = apsw.Connection(str(folder / "data" / "store.db"), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return [row[0] for row in store.execute("SELECT detail FROM errands")]
    finally:
        store.close()


async def filled(alice: Surfer, tea: Site, *fields: Field, form: int = 1, item: bytes = ITEM) -> PostForm:
    opened = await alice.open(tea.address("/"))
    return PostForm(item=item, page=opened.page, form=form, fields=fields, title="Order", at_s=9)


async def test_a_form_is_sent_once_and_its_answer_read(tmp_path: Path) -> None:
    """Spec WEB-12, WEB-14."""
    shop = Shop()
    async with site(shop.routes) as tea, surfing(tmp_path, tea.port) as alice:
        command = await filled(alice, tea, *WHAT)
        outcome = await alice.command(POST_FORM, command)
        assert outcome.verdict == Verdict.VERDICT_APPLIED
        again = await alice.command(POST_FORM, command)
        assert again.verdict == Verdict.VERDICT_APPLIED
        told = await alice.until_state(ITEM, SENT)
        assert (told.title, told.at_s, told.reason) == ("Order", 9, "")
        assert shop.orders == ["token=t0k3n&what=Assam&pin=s3cret"]
        answer, text = await alice.see(posting=ITEM)
        assert (answer.address, text) == (tea.address("/thanks"), "Thanks for order 1")
        fresh = await alice.open(tea.address("/"))
        assert not fresh.kept
    assert kept_details(tmp_path) == [b""]


async def test_the_answer_to_a_form_is_read_after_a_restart_too(tmp_path: Path) -> None:
    """It can not be asked for again."""
    shop = Shop()
    async with site(shop.routes) as tea:
        async with surfing(tmp_path, tea.port) as alice:
            await alice.command(POST_FORM, await filled(alice, tea, *WHAT))
            await alice.until_state(ITEM, SENT)
        async with surfing(tmp_path, tea.port) as alice:
            answer, text = await alice.see(posting=ITEM)
            assert (answer.address, answer.status, text) == (tea.address("/thanks"), 200, "Thanks for order 1")
            assert len(shop.orders) == 1
            reader, _ = await alice.see(posting=ITEM, view=web_pb2.VIEW_READER)
            assert reader.page != answer.page


async def test_what_was_not_sent_says_so(tmp_path: Path) -> None:
    """Spec WEB-13: a form that is gone, a file, a form that is not sent by POST, a site that is not there."""
    shop = Shop()
    async with site(shop.routes) as tea, surfing(tmp_path, tea.port) as alice:
        file = await filled(alice, tea, Field(control=3, value="x"))
        gone = PostForm(item=b"gone    page", page=bytes(16), form=1)
        asks = await filled(alice, tea, form=2, item=b"form by  GET")
        for command, why in ((file, "file can not be sent"), (gone, "does not have the page"), (asks, "no such form")):
            await alice.command(POST_FORM, command)
            told = await alice.until_state(command.item, FAILED)
            assert why in told.reason
        assert shop.orders == []
        command = await filled(alice, tea, item=b"site is away")
    async with start_engine(settings_for(tmp_path, 1)) as engine, open_world(engine), surfer(engine, "bob") as bob:
        await bob.command(POST_FORM, command)
        assert (await bob.until_state(command.item, FAILED)).reason


async def test_a_site_that_hangs_up_behind_the_form_leaves_it_unknown(tmp_path: Path) -> None:
    """X7: nobody sends it again."""
    shop = Shop()

    async def hang_up(request: web.Request) -> web.Response:
        await request.read()
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with site({**shop.routes, "/order": hang_up}) as tea, surfing(tmp_path, tea.port) as alice:
        command = await filled(alice, tea, *WHAT)
        await alice.command(POST_FORM, command)
        told = await alice.until_state(ITEM, UNKNOWN)
        assert "whether it took the form" in told.reason
        assert [method for method, _ in tea.asked] == ["GET", "POST"]


@pytest.mark.parametrize("by_link", [False, True])
async def test_a_file_is_kept_as_an_item(tmp_path: Path, by_link: bool) -> None:
    """Spec WEB-15."""
    async with site(Shop().routes) as tea, surfing(tmp_path, tea.port) as alice:
        opened = await alice.open(tea.address("/"))
        command = FetchFile(item=ITEM, name="leaves", at_s=9)
        if by_link:
            command.pick.CopyFrom(Pick(page=opened.page, link=1))
        else:
            command.address = tea.address("/leaves.pdf")
        await alice.command(FETCH_FILE, command)
        told = await alice.until_state(ITEM, DELIVERED)
        assert (told.name, told.media_type) == ("_grün.pdf", "application/pdf")
        (blob,) = alice.line.client.heads[ITEM].blobs
        assert (blob.name, blob.hash, blob.size) == ("file", sha256(PDF).digest(), len(PDF))
        ask = line_pb2.GetPart(item=ITEM, name="file", hash=blob.hash)
        number = await alice.ask(1, ask)
        assert line_pb2.PartInfo.FromString(alice.line.client.answers[number][0].body).size == len(PDF)  # type: ignore[union-attr]


async def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    async with site(Shop().routes) as tea, surfing(tmp_path, tea.port) as alice:
        opened = await alice.open(tea.address("/"))
        for item, pick in (
            (b"no such link", Pick(page=opened.page, link=9)),
            (b"a missing pg", Pick(page=opened.page, link=2)),
        ):
            await alice.command(FETCH_FILE, FetchFile(item=item, pick=pick))
            assert (await alice.until_state(item, FAILED)).reason
        await alice.command(FETCH_FILE, FetchFile(item=ITEM, address="file:///etc/passwd"))
        assert (await alice.until_state(ITEM, FAILED)).reason
