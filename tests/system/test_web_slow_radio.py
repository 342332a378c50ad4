"""A long page comes down on gprs: its first screen is there at once, and what matters does not wait behind the rest."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

from aiohttp import web

from serving import serving
from surfing import begun, settings_for
from thinline.bearers.memory import dial_memory
from thinline.intents import Change, Create
from thinline.merge import Content, difference
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
from websites import Handler, Site, site

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


async def told(desk: Handset, phone: Handset, notes: str) -> float:
    """One edit of Bob at the desk; the seconds of the phone until it shows it."""
    shown = desk.machine.desk(desk.now).item(BOB)
    assert shown is not None
    fields = contacts_pb2.Contact(name="Bob", notes=notes).SerializeToString()
    desk.do(Make(Change(BOB, difference(shown.content, Content(fields), TYPES[1].merges))))
    began_s = phone.now

    def is_there() -> bool:
        came = phone.machine.desk(phone.now).item(BOB)
        return came is not None and contacts_pb2.Contact.FromString(came.content.fields).notes == notes

    await phone.until(is_there)
    return phone.now - began_s


async def opened(phone: Handset, address: str) -> PageOpened:
    ask = Query(OPEN_PAGE, OpenPage(address=address, packed=True, first_bytes=1_536).SerializeToString())
    phone.do(Want(ask))
    desk = phone.machine.desk
    await phone.until(lambda: (at := desk(phone.now).asked(ask)) is not None and at.state is AskState.CAME, within_s=60)
    standing = desk(phone.now).asked(ask)
    assert standing is not None
    return PageOpened.FromString(standing.body)


class Reader:
    """Alice reads a page on gprs while something else happens.

    Args:
        phone: hers, on wifi at first.
        tea: a site with pages `/` and `/?warm`.
    """

    def __init__(self, phone: Handset, tea: Site) -> None:
        self.phone = phone
        self.tea = tea
        self.gprs = replace(load_radio("gprs"), loss=0.0)
        self._wish: Fetch | None = None

    async def prepare(self) -> None:
        """The server's worker runs, and the radio is slow."""
        await opened(self.phone, self.tea.address("/?warm"))
        self.phone.do(SetRadio(self.gprs))
        await self.phone.until("settled")

    async def begin(self, path: str) -> None:
        """The first screen is there within three seconds, and the rest is on its way."""
        began_s = self.phone.now
        page = await opened(self.phone, self.tea.address(path))
        assert self.phone.now - began_s < 3.0
        assert sum(len(run.text) for block in begun(page).blocks for run in block.runs) > 500
        rest = ReadPage(page=page.page, start=len(page.first)).SerializeToString()
        self._wish = Fetch(READ_PAGE, rest, READ_OFFSET)
        self.phone.do(Want(self._wish))

    def waited(self, quiet_s: float, busy_s: list[float]) -> None:
        """A chunk's time at most, and the page was on its way all the time."""
        assert self._wish is not None
        standing = self.phone.machine.desk(self.phone.now).asked(self._wish)
        assert standing is not None
        assert 0 < standing.got_bytes < standing.of_bytes, "the page is still on its way"
        assert max(busy_s) - quiet_s <= chunk_bytes(self.gprs) / self.gprs.down_bytes_s


async def test_the_first_screen_comes_at_once_and_an_edit_waits_for_a_chunk_at_most(tmp_path: Path) -> None:
    async with site({"/": document(200_000)}) as tea:
        settings = settings_for(tmp_path, tea.port)
        async with start_engine(settings) as engine, open_world(engine):
            await engine.operate(AddAccount("alice"))
            options = Options(radio="wifi", rate=RATE, connect=partial(dial_memory, engine.accept))
            async with Handset(code=await engine.operate(NewCode("alice")), options=options) as phone:
                await phone.until("settled")
                phone.do(Make(Create(BOB, 1, Content(contacts_pb2.Contact(name="Bob").SerializeToString()))))
                await phone.until("settled")
                reader = Reader(phone, tea)
                await reader.prepare()
                quiet_s = max([await edit(phone, f"quiet {number}") for number in range(QUIET_EDITS)])
                await reader.begin("/")
                reader.waited(quiet_s, [await edit(phone, f"busy {number}") for number in range(EDITS)])


async def test_over_grpc_an_edit_of_another_handset_waits_for_a_chunk_of_two_megabytes_at_most(tmp_path: Path) -> None:
    """What lies between here, besides the radio, are gRPC's own buffers and a server process."""
    async with site({"/": document(2_000_000)}) as tea:
        allowed = json.dumps([f"127.0.0.1:{tea.port}"])
        with serving(tmp_path, THINLINE_WEB__ALLOW=allowed) as process:
            process.ask("account.add", name="alice")
            codes = [process.ask("account.enroll", name="alice")["code"] for _ in range(2)]
            fast = Options(radio="wifi", rate=RATE)
            async with (
                Handset(server=process.address, code=codes[0], options=fast) as desk,
                Handset(server=process.address, code=codes[1], options=fast) as phone,
            ):
                await desk.until("settled")
                desk.do(Make(Create(BOB, 1, Content(contacts_pb2.Contact(name="Bob").SerializeToString()))))
                await desk.until("settled")
                await phone.until(lambda: phone.machine.desk(phone.now).item(BOB) is not None)
                reader = Reader(phone, tea)
                await reader.prepare()
                quiet_s = max([await told(desk, phone, f"quiet {number}") for number in range(QUIET_EDITS)])
                await reader.begin("/?warm")
                reader.waited(quiet_s, [await told(desk, phone, f"busy {number}") for number in range(EDITS)])
