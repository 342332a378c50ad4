"""Buddies and messages as a server tells them to a handset, and a desk with the app in front."""

from __future__ import annotations

import hashlib
from itertools import count
from typing import Any

from desks import DeskBench
from thinline.intents import Intent, Own
from thinline.items import Head, Revision, outside_id
from thinline.v1.im_pb2 import Buddy, Message
from thinline_emulator.apps.im import Messages
from thinline_emulator.apps.im.menus import actions
from thinline_emulator.apps.im.pages import Menu, Page

__all__ = ["AT_MS", "ChatBench", "buddy", "message"]

AT_MS = 1_700_000_000_000
_NUMBERS = count(1)


def buddy(address: str, **told: object) -> Head:
    """Somebody, under the item that they have in the account of the desk."""
    fields = Buddy(address=address, **told).SerializeToString(deterministic=True)  # type: ignore[arg-type]
    item = outside_id(b"account1", "im", hashlib.sha256(b"buddy\0" + address.encode()).digest())
    return Head(item, next(_NUMBERS), Revision(1, bytes(8)), 7, fields)


def message(number: int, peer: str, text: str, **told: object) -> Head:
    """The n-th message, a minute later with each."""
    said = Message(peer=peer, text=text, at_ms=AT_MS + 60_000 * number, **told)  # type: ignore[arg-type]
    fields = said.SerializeToString(deterministic=True)
    return Head(b"said" + number.to_bytes(8), next(_NUMBERS), Revision(1, bytes(8)), 8, fields)


class ChatBench(DeskBench):
    """The app is in front, linked, with some items."""

    def __init__(self, *heads: Head) -> None:
        super().__init__()
        for head in heads:
            self.memory.cache.take(head)
        self.apps = (*self.apps, Messages())
        self.open(Messages())
        self.link()

    @property
    def page(self) -> Any:
        """The page that is open."""
        return self.memory.screens[Messages.name]

    @property
    def made(self) -> list[Intent]:
        """What waits to go up, in its order."""
        return [entry.intent for entry in self.memory.outbox.entries()]

    @property
    def kinds(self) -> list[int]:
        """The kinds of what waits."""
        return [intent.kind if isinstance(intent, Own) else 0 for intent in self.made]

    def show(self, page: Page) -> None:
        """Open a page."""
        self.memory.screens[Messages.name] = page

    def choose(self, action: str) -> None:
        """Open the menu, turn to an action, press it."""
        self.keys("menu")
        page = self.page
        assert isinstance(page, Menu)
        told = actions(page.back, self.desk)
        assert action in told, told
        self.keys("wheel-down " * told.index(action) + "ok")
