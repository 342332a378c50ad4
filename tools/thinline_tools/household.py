"""A server beside one handset, in the same process: its folders, a subscriber, and a small address book to begin with.

Where it has a web, that is the Corner, a site of our own on loopback, which its gate is allowed; what else there is on
the web it fetches as any server does.

The contacts are put there as a person would: by another handset of the subscriber, over the line, before the one that
is looked at is switched on. After the first start they are simply there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from thinline.bearers.memory import dial_memory
from thinline.errors import LocalError
from thinline.intents import Create
from thinline.merge import Content
from thinline.reasons import sentence_of
from thinline.testing.world import account_sample
from thinline.v1.web_pb2 import Bookmark
from thinline_emulator import Handset, Options
from thinline_emulator.events import Make
from thinline_emulator.host import Connect
from thinline_server.config import load_settings
from thinline_server.engine import Engine, start_engine
from thinline_server.requests import AddAccount, ListAccounts, NewCode, Refused
from thinline_server.world import open_world
from thinline_tools.corner_shop import open_shop

__all__ = ["Household", "open_household"]

_SEED = 2009
_CONTACTS = 60
_CONTACT_TYPE = 1
_BOOKMARK_TYPE, _CORNER = 3, b"The Corner.."
_HURRY = 50.0  # seconds of the filling handset's time in one of the world's


class Household:
    """An embedded server with one subscriber.

    Attributes:
        name: the subscriber's.
        connect: how a handset reaches it.
        site: the address of its own site; empty where it has none.
    """

    def __init__(self, engine: Engine, name: str, site: str = "") -> None:
        self.name = name
        self.site = site
        self.connect: Connect = partial(dial_memory, engine.accept)
        self._engine = engine

    async def code(self) -> str:
        """A new one-time code."""
        code: str = _granted(await self._engine.operate(NewCode(self.name)), self.name)
        return code

    async def furnish(self) -> None:
        """Make the subscriber and the address book, where they are not there yet."""
        if await self._engine.operate(ListAccounts(self.name)):
            return
        sample = account_sample(_SEED, 0, _CONTACTS)
        _granted(await self._engine.operate(AddAccount(self.name, sample.number)), self.name)
        options = Options(radio="wifi", rate=_HURRY, connect=self.connect)
        async with Handset(code=await self.code(), options=options) as desk:
            await desk.until("linked")
            for one in sample.contacts:
                desk.do(Make(Create(one.item, _CONTACT_TYPE, Content(one.fields))))
            if self.site:
                corner = Bookmark(title="The Corner", address=self.site).SerializeToString()
                desk.do(Make(Create(_CORNER, _BOOKMARK_TYPE, Content(corner))))
            await desk.until("settled")


def _granted(answer: Any, name: str) -> Any:
    """What the server answered; raises LocalError where it refused."""
    if isinstance(answer, Refused):
        raise LocalError(f"{name!r} cannot be a subscriber: {answer.detail or sentence_of(answer.reason)}")
    return answer


@asynccontextmanager
async def open_household(folder: Path, name: str, *, web: bool = False) -> AsyncIterator[Household]:
    """Start the server of a folder, with a web of its own if that is wanted.

    Raises:
        LocalError: another process has the folder.
    """
    given: dict[str, Any] = {"data": folder / "data", "state": folder / "state"}
    async with AsyncExitStack() as stack:
        site = ""
        if web:
            port = await stack.enter_async_context(open_shop())
            site, given["web"] = f"http://127.0.0.1:{port}/", {"allow": (f"127.0.0.1:{port}",)}
        engine = await stack.enter_async_context(start_engine(load_settings(None, given)))
        if web:
            await stack.enter_async_context(open_world(engine))
        household = Household(engine, name, site)
        await household.furnish()
        yield household
