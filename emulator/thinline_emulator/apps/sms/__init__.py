"""Texts: conversations by number, and what is written to one. Everything it shows is items."""

from __future__ import annotations

from typing import assert_never

from thinline_emulator.apps.base import Desk, Step
from thinline_emulator.apps.sms.listing import draw_threads, key_threads
from thinline_emulator.apps.sms.menus import draw_menu, key_menu
from thinline_emulator.apps.sms.pages import Menu, Page, Talk, Threads
from thinline_emulator.apps.sms.people import COLLECTION
from thinline_emulator.apps.sms.talking import draw_talk, key_talk, saw
from thinline_emulator.asks import Wish
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Screen

__all__ = ["Texts"]


class Texts:
    """The app; its state is the page that is open."""

    name = "sms"
    title = "Texts"
    collection: int = COLLECTION
    share = 0.15  # some hundred texts

    def begin(self) -> Page:
        """With the conversations."""
        return Threads()

    def view(self, state: Page, desk: Desk) -> Screen:
        """Draw the page."""
        match state:
            case Threads():
                return draw_threads(state, desk)
            case Talk():
                return draw_talk(state, desk)
            case Menu():
                return draw_menu(state, desk)
            case _ as never:
                assert_never(never)

    def along(self, desk: Desk) -> tuple[Wish, ...]:
        """Nothing: a text is all in its head."""
        return ()

    def came(self, state: Page, wish: Wish, desk: Desk) -> Step | None:
        """Nothing is asked for."""
        return None

    def saw(self, state: Page, desk: Desk) -> Step | None:
        """What comes into the conversation that somebody looks at is read."""
        return saw(state, desk) if isinstance(state, Talk) else None

    def on_key(self, state: Page, key: Key | Char, desk: Desk) -> Step:
        """Take a key on the page."""
        match state:
            case Threads():
                return key_threads(state, key, desk)
            case Talk():
                return key_talk(state, key, desk)
            case Menu():
                return key_menu(state, key, desk)
            case _ as never:
                assert_never(never)
