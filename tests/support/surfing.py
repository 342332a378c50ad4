"""A reader of the web for tests: a server with its gateways in this process, and a handset's line that asks.

async with surfing(tmp_path, site) as alice:
    opened = await alice.open(site.address("/"))
    page = await alice.read(opened)
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from google.protobuf.message import Message

from line_client import LineClient, Query, Submit
from live import LiveLine, memory_to
from thinline import frames
from thinline.bodies import Body, read_body, read_body_begun
from thinline.types import TYPES, Collection
from thinline.v1 import web_pb2
from thinline.v1.page_pb2 import Page
from thinline_server.config import Settings, load_settings
from thinline_server.engine import Engine, start_engine
from thinline_server.requests import AddAccount, NewCode
from thinline_server.world import open_world

__all__ = ["Surfer", "begun", "settings_for", "surfer", "surfing", "travels"]

OPEN_PAGE, READ_PAGE, GET_LINKS, GET_IMAGE, KEEP_PAGE, LIST_COOKIES, CLEAR_COOKIES = range(16, 23)
_Told = TypeVar("_Told", bound=Message)


@dataclass
class Surfer:
    """Somebody who reads.

    Attributes:
        line: the handset's.
        engine: the server.
        pages: what was opened, whole, by its name.
    """

    line: LiveLine
    engine: Engine
    pages: dict[bytes, Page] = field(default_factory=dict)

    async def ask(self, kind: int, body: Message | bytes) -> int:
        """Ask; the ask's number once it is answered to its end."""
        data = body if isinstance(body, bytes) else body.SerializeToString()
        client = self.line.client
        number = client._next_ask
        self.line.feed(Query(kind, data))
        await self.line.until(lambda: _over(client.answers.get(number, [])), 30.0)
        return number

    async def answered(self, kind: int, body: Message, told: type[_Told]) -> _Told:
        """The answer's message; an assertion where it was refused."""
        number = await self.ask(kind, body)
        answer = self.line.client.answers[number][0]
        assert isinstance(answer, frames.Answer), answer
        return told.FromString(answer.body)

    async def refused(self, kind: int, body: Message | bytes) -> int:
        """The reason of a refusal."""
        number = await self.ask(kind, body)
        refusal = self.line.client.answers[number][0]
        assert isinstance(refusal, frames.Refusal), refusal
        return refusal.reason

    async def open(self, address: str = "", **told: Any) -> web_pb2.PageOpened:
        """An address, or whatever else is told, as it is answered."""
        ask = web_pb2.OpenPage(**{"packed": True, **told})
        if address:
            ask.address = address
        return await self.answered(OPEN_PAGE, ask, web_pb2.PageOpened)

    async def read(self, opened: web_pb2.PageOpened) -> Page:
        """The page that was opened, whole."""
        assert opened.page, opened
        body = opened.first
        if len(body) < opened.encoded_size:
            number = await self.ask(READ_PAGE, web_pb2.ReadPage(page=opened.page, start=len(body)))
            body += self.line.client.parts[number]
        page = self.pages[opened.page] = read_body(travels(opened), body)
        return page

    async def see(self, address: str = "", **told: Any) -> tuple[web_pb2.PageOpened, str]:
        """What was opened, and its text as one line for each block."""
        opened = await self.open(address, **told)
        return opened, text_of(await self.read(opened))

    async def command(self, kind: int, body: Message) -> frames.Outcome:
        """Have something done; its outcome."""
        client = self.line.client
        before = len(client.outcomes)
        self.line.feed(Submit(kind, body.SerializeToString()))
        await self.line.until(lambda: len(client.outcomes) > before)
        return client.outcomes[max(client.outcomes)]

    def item(self, item: bytes) -> Any:
        """An item's message as this handset has it."""
        head = self.line.client.heads[item]
        return TYPES[head.type].message.FromString(head.fields)

    async def until_state(self, item: bytes, *states: int) -> Any:
        """Wait for a posting or a download to be so far; its message."""
        heads = self.line.client.heads
        await self.line.until(lambda: item in heads and self.item(item).state in states)
        return self.item(item)


def travels(opened: web_pb2.PageOpened) -> Body:
    """How its body was told to travel."""
    return Body(opened.packed, opened.dictionary, opened.size)


def begun(opened: web_pb2.PageOpened) -> Page:
    """What its answer says already."""
    return read_body_begun(travels(opened), opened.first)


def _over(told: list[frames.Frame]) -> bool:
    if not told:
        return False
    last = told[-1]
    match last:
        case frames.Refusal():
            return True
        case frames.Answer(more=more):
            return not more
        case frames.Chunk(last=last_piece):
            return last_piece
        case _:
            return False


def text_of(page: Page) -> str:
    """Its text, a line for each block, the cells of a row between bars."""
    lines = []
    for block in page.blocks:
        cells = ["".join(run.text for run in cell.runs) for cell in block.cells]
        lines.append(" | ".join(cells) if cells else "".join(run.text for run in block.runs))
    return "\n".join(lines)


def settings_for(folder: Path, *places: int, **web: Any) -> Settings:
    """A server that may fetch from ports of this machine."""
    allow = [f"{host}:{port}" for port in places for host in ("127.0.0.1", "localhost")]
    return load_settings(flags={"data": folder / "data", "web": {"allow": allow, **web}})


@asynccontextmanager
async def surfer(engine: Engine, name: str = "alice") -> AsyncIterator[Surfer]:
    """Another handset's line, of an account that is made."""
    await engine.operate(AddAccount(name))
    code = await engine.operate(NewCode(name))
    assert isinstance(code, str)
    client = LineClient(name, code, follows=(Collection.COLLECTION_PAGES,))
    async with LiveLine(client, memory_to(engine)) as line:
        assert await line.connect()
        yield Surfer(line, engine)


@asynccontextmanager
async def surfing(folder: Path, *places: int, **web: Any) -> AsyncIterator[Surfer]:
    """A server with gateways, and alice."""
    settings = settings_for(folder, *places, **web)
    async with start_engine(settings) as engine, open_world(engine), surfer(engine) as alice:
        yield alice
