"""A long page comes down on gprs: its first screen is there at once, and what matters does not wait behind the rest."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web

from surfing import DICTIONARY, settings_for
from thinline.bearers.memory import dial_memory
from thinline.intents import Change, Create
from thinline.merge import Content, difference
from thinline.pages import read_begun
from thinline.squeeze import inflate_begun
from thinline.types import TYPES
from thinline.v1 import contacts_pb2
from thinline.v1.web_pb2 import OpenPage, PageOpened, ReadPage
from thinline_emulator import Handset, Options
from thinline_emulator.asks import AskState, Query
from thinline_emulator.events import Make, SetRadio, Want
from thinline_emulator.fetches import Fetch
from thinline_emulator.line import chunk_bytes
from thinline_emulator.profiles import load_radio
from thinline_server.engine import start_engine
from thinline_server.requests import AddAccount, NewCode
from thinline_server.world import open_world
from websites import Handler, site

BOB = b"item of bob!"
OPEN_PAGE, READ_PAGE, READ_OFFSET = 16, 17, 4
RATE = 2.0
EDITS, QUIET_EDITS = 8, 4


def document(size_bytes: int) -> Handler:
    """Words that hardly repeat, so that the page is long on the air too."""
    words = (f"{number * 2_654_435_761 % 4_294_967_291:x}" for number in range(size_bytes // 9))
    text = "<p>" + " ".join(word + ("<p>" if number % 60 == 59 else "") for number, word in enumerate(words))

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=text, content_type="text/html")

    return answer


async def edit(phone: Handset, notes: str) -> float:
    """One edit of Bob; the seconds of the handset until it was DURABLE."""
    shown = phone.machine.desk(phone.now).item(BOB)
    memory = phone.machine.memory
    assert shown is not None
    assert memory is not None
    fields = contacts_pb2.Contact(name="Bob", notes=notes).SerializeToString()
    phone.do(Make(Change(BOB, difference(shown.content, Content(fields), TYPES[1].merges))))
    began_s = phone.now
    await phone.until(lambda: not len(memory.outbox))
    return phone.now - began_s


async def opened(phone: Handset, address: str) -> PageOpened:
    ask = Query(OPEN_PAGE, OpenPage(address=address, dictionary=DICTIONARY, first_bytes=1_536).SerializeToString())
    phone.do(Want(ask))
    desk = phone.machine.desk
    await phone.until(lambda: (at := desk(phone.now).asked(ask)) is not None and at.state is AskState.CAME, within_s=60)
    standing = desk(phone.now).asked(ask)
    assert standing is not None
    return PageOpened.FromString(standing.body)


@pytest.mark.parametrize("size_bytes", [200_000, 2_000_000])
async def test_the_first_screen_comes_at_once_and_an_edit_waits_for_a_chunk_at_most(
    tmp_path: Path, size_bytes: int
) -> None:
    gprs = replace(load_radio("gprs"), loss=0.0)
    settings_site = site({"/": document(size_bytes)})
    async with settings_site as tea:
        settings = settings_for(tmp_path, tea.port)
        async with start_engine(settings) as engine, open_world(engine):
            await engine.operate(AddAccount("alice"))
            options = Options(radio="wifi", rate=RATE, connect=partial(dial_memory, engine.accept))
            async with Handset(code=await engine.operate(NewCode("alice")), options=options) as phone:
                await phone.until("settled")
                fields = contacts_pb2.Contact(name="Bob").SerializeToString()
                phone.do(Make(Create(BOB, 1, Content(fields))))
                await phone.until("settled")
                await opened(phone, tea.address("/?warm"))  # the server's worker runs
                phone.do(SetRadio(gprs))
                await phone.until("settled")
                quiet_s = max([await edit(phone, f"quiet {number}") for number in range(QUIET_EDITS)])
                began_s = phone.now
                page = await opened(phone, tea.address("/?warm" if size_bytes > 10**6 else "/"))
                assert phone.now - began_s < 3.0
                begun = read_begun(inflate_begun(page.first, page.dictionary, page.size))
                assert sum(len(run.text) for block in begun.blocks for run in block.runs) > 500
                rest = ReadPage(page=page.page, start=len(page.first)).SerializeToString()
                wish = Fetch(READ_PAGE, rest, READ_OFFSET)
                phone.do(Want(wish))
                waited_s = [await edit(phone, f"busy {number}") - quiet_s for number in range(EDITS)]
                standing = phone.machine.desk(phone.now).asked(wish)
                assert standing is not None
                assert 0 < standing.got_bytes < standing.of_bytes, "the page is still on its way"
                assert max(waited_s) <= chunk_bytes(gprs) / gprs.down_bytes_s
