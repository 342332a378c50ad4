"""Instant messages: the roster, conversations, and what can be done with people. Everything it shows is items."""

from __future__ import annotations

from typing import assert_never

from thinline_emulator.apps.base import Desk, Saying, Step
from thinline_emulator.apps.im.menus import draw_add, draw_edit, draw_menu, key_add, key_edit, key_menu
from thinline_emulator.apps.im.pages import Add, Edit, Menu, Mood, Page, Roster, Talk
from thinline_emulator.apps.im.people import COLLECTION
from thinline_emulator.apps.im.presence import draw_mood, key_mood, says
from thinline_emulator.apps.im.roster import draw_roster, key_roster
from thinline_emulator.apps.im.talking import draw_talk, key_talk, saw
from thinline_emulator.asks import Wish
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Screen

__all__ = ["Messages"]


class Messages:
    """The app; its state is the page that is open."""

    name = "im"
    title = "Messages"
    collection: int = COLLECTION
    share = 0.25  # a thousand messages and more

    def begin(self) -> Page:
        """With the roster."""
        return Roster()

    def view(self, state: Page, desk: Desk) -> Screen:
        """Draw the page."""
        match state:
            case Roster():
                return draw_roster(state, desk)
            case Talk():
                return draw_talk(state, desk)
            case Add():
                return draw_add(state, desk)
            case Edit():
                return draw_edit(state, desk)
            case Mood():
                return draw_mood(state, desk)
            case Menu():
                return draw_menu(state, desk)
            case _ as never:
                assert_never(never)

    def along(self, desk: Desk) -> tuple[Wish, ...]:
        """Nothing: a message is all in its head."""
        return ()

    def came(self, state: Page, wish: Wish, desk: Desk) -> Step | None:
        """Nothing is asked for."""
        return None

    def saw(self, state: Page, desk: Desk) -> Step | None:
        """What comes into the conversation that somebody looks at is read."""
        return saw(state, desk) if isinstance(state, Talk) else None

    def says(self, state: Page, desk: Desk) -> tuple[Saying, ...]:
        """That its owner is there, and to whom they type."""
        return says(state, desk)

    def on_key(self, state: Page, key: Key | Char, desk: Desk) -> Step:
        """Take a key on the page."""
        match state:
            case Roster():
                return key_roster(state, key, desk)
            case Talk():
                return key_talk(state, key, desk)
            case Add():
                return key_add(state, key, desk)
            case Edit():
                return key_edit(state, key, desk)
            case Mood():
                return key_mood(state, key, desk)
            case Menu():
                return key_menu(state, key, desk)
            case _ as never:
                assert_never(never)
