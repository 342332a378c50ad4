"""Texts as a server tells them to a handset, and a desk with the app in front."""

from __future__ import annotations

from itertools import count
from typing import Any

from desks import DeskBench, bob
from thinline.intents import Intent, Own
from thinline.items import Head, Revision
from thinline.v1.sms_pb2 import Text
from thinline_emulator.apps.sms import Texts
from thinline_emulator.apps.sms.menus import actions
from thinline_emulator.apps.sms.pages import Menu, Page

__all__ = ["AT_S", "BOB", "CAROL", "TextBench", "text"]

AT_S = 1_700_000_000
BOB, CAROL = "+4520304050", "+441200000001"  # bob is in the contacts
_NUMBERS = count(1)


def text(number: int, whose: str, words: str, **told: object) -> Head:
    """The n-th text, a minute later with each."""
    said = Text(number=whose, text=words, date_s=AT_S + 60 * number, **told)  # type: ignore[arg-type]
    fields = said.SerializeToString(deterministic=True)
    return Head(b"text" + number.to_bytes(8), next(_NUMBERS), Revision(1, bytes(8)), 9, fields)


class TextBench(DeskBench):
    """The app is in front, linked, with bob in the contacts and some texts."""

    def __init__(self, *heads: Head) -> None:
        super().__init__(bob())
        for head in heads:
            self.memory.cache.take(head)
        self.apps = (*self.apps, Texts())
        self.open(Texts())
        self.link()

    @property
    def page(self) -> Any:
        """The page that is open."""
        return self.memory.screens[Texts.name]

    @property
    def made(self) -> list[Intent]:
        """What waits to go up, in its order."""
        return [entry.intent for entry in self.memory.outbox.entries()]

    @property
    def kinds(self) -> list[str]:
        """The kinds of what waits."""
        return ["send" if isinstance(intent, Own) else type(intent).__name__.lower() for intent in self.made]

    def show(self, page: Page) -> None:
        """Open a page."""
        self.memory.screens[Texts.name] = page

    def choose(self, action: str) -> None:
        """Open the menu, turn to an action, press it."""
        self.keys("menu")
        page = self.page
        assert isinstance(page, Menu)
        told = actions(page.back, self.desk)
        assert action in told, told
        self.keys("wheel-down " * told.index(action) + "ok")
