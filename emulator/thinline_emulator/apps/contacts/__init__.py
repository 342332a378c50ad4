"""Contacts: the list and its groups, finding, one of them, the form, and two versions of one beside each other.

A page is a frozen state of its own (`pages`), drawn by one function and turned by another; what is asked, made and
undone goes through the step.
"""

from __future__ import annotations

from typing import assert_never

from thinline.errors import LocalError
from thinline_emulator.apps.base import Desk, Step
from thinline_emulator.apps.contacts.card import draw_card, key_card, put_photo
from thinline_emulator.apps.contacts.form import draw_form, key_form
from thinline_emulator.apps.contacts.listing import draw_groups, draw_list, key_groups, key_list
from thinline_emulator.apps.contacts.menus import (
    draw_help,
    draw_menu,
    draw_pick,
    draw_versions,
    key_help,
    key_menu,
    key_pick,
    key_versions,
)
from thinline_emulator.apps.contacts.pages import Form, Groups, Help, List, Menu, Page, Pick, Versions, View
from thinline_emulator.apps.contacts.people import COLLECTION
from thinline_emulator.asks import Wish
from thinline_emulator.events import FileGiven
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Screen

__all__ = ["Contacts"]


class Contacts:
    """The app; its state is the page that is open."""

    name = "contacts"
    title = "Contacts"
    collection: int = COLLECTION
    share = 1.0

    def begin(self) -> Page:
        """With the list."""
        return List()

    def view(self, state: Page, desk: Desk) -> Screen:
        """Draw the page."""
        match state:
            case List():
                return draw_list(state, desk)
            case Groups():
                return draw_groups(state, desk)
            case View():
                return draw_card(state, desk)
            case Form():
                return draw_form(state, desk)
            case Menu():
                return draw_menu(state, desk)
            case Pick():
                return draw_pick(state, desk)
            case Versions():
                return draw_versions(state, desk)
            case Help():
                return draw_help(state, desk)
            case _ as never:
                assert_never(never)

    def along(self, desk: Desk) -> tuple[Wish, ...]:
        """Nothing."""
        return ()

    def came(self, state: Page, wish: Wish, desk: Desk) -> Step | None:
        """Nothing."""
        return None

    def on_file(self, state: Page, given: FileGiven, desk: Desk) -> Step:
        """A picture for the contact that is looked at.

        Raises:
            LocalError: none is, or this is no picture.
        """
        page = state.back if isinstance(state, Menu) else state
        if not isinstance(page, View):
            raise LocalError("open a contact: the picture becomes its photo")
        return put_photo(page, given, desk)

    def on_key(self, state: Page, key: Key | Char, desk: Desk) -> Step:
        """Take a key on the page."""
        match state:
            case List():
                return key_list(state, key, desk)
            case Groups():
                return key_groups(state, key, desk)
            case View():
                return key_card(state, key, desk)
            case Form():
                return key_form(state, key, desk)
            case Menu():
                return key_menu(state, key, desk)
            case Pick():
                return key_pick(state, key, desk)
            case Versions():
                return key_versions(state, key, desk)
            case Help():
                return key_help(state, key, desk)
            case _ as never:
                assert_never(never)
