"""Mail: folders, lists, one mail, its files, and the form in which one is written. Everything it shows is items.

A page is a frozen state of its own (`pages`), drawn by one function and turned by another; what is asked, made and
undone goes through the step.
"""

from __future__ import annotations

from typing import assert_never

from thinline.errors import LocalError
from thinline_emulator.apps.base import Desk, Step
from thinline_emulator.apps.mail.files import draw_files, key_files
from thinline_emulator.apps.mail.form import draw_form, key_form
from thinline_emulator.apps.mail.letters import COLLECTION, missing, newest
from thinline_emulator.apps.mail.listing import draw_list, draw_search, key_list, key_search, searched
from thinline_emulator.apps.mail.menus import draw_folders, draw_menu, draw_move, key_folders, key_menu, key_move
from thinline_emulator.apps.mail.pages import Files, Folders, List, Menu, Move, Page, Read, Search, Write
from thinline_emulator.apps.mail.reading import draw_read, key_read
from thinline_emulator.apps.mail.writing import attach
from thinline_emulator.asks import Wish
from thinline_emulator.events import FileGiven
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Screen

__all__ = ["Mailer"]

_NEWEST = 50  # mails of which the text comes along


class Mailer:
    """The app; its state is the page that is open."""

    name = "mail"
    title = "Mail"
    collection: int = COLLECTION
    share = 3.0

    def begin(self) -> Page:
        """With the inbox."""
        return List()

    def view(self, state: Page, desk: Desk) -> Screen:
        """Draw the page."""
        match state:
            case List():
                return draw_list(state, desk)
            case Folders():
                return draw_folders(state, desk)
            case Search():
                return draw_search(state, desk)
            case Read():
                return draw_read(state, desk)
            case Files():
                return draw_files(state, desk)
            case Write():
                return draw_form(state, desk)
            case Menu():
                return draw_menu(state, desk)
            case Move():
                return draw_move(state, desk)
            case _ as never:
                assert_never(never)

    def along(self, desk: Desk) -> tuple[Wish, ...]:
        """The first of the text of the newest."""
        return tuple([wish for shown in newest(desk, _NEWEST) for wish in missing(shown, desk)[:1] if not wish.start])

    def came(self, state: Page, wish: Wish, desk: Desk) -> Step | None:
        """A search that has not filled the screen goes on where the server stopped looking."""
        return searched(state, wish, desk) if isinstance(state, List) else None

    def on_file(self, state: Page, given: FileGiven, desk: Desk) -> Step:
        """Into the mail that is being written.

        Raises:
            LocalError: none is, or it takes no more.
        """
        page = state.back if isinstance(state, Menu) else state
        if not isinstance(page, Write):
            raise LocalError("open a mail that is being written: the file goes into that")
        return attach(page, given, desk)

    def on_key(self, state: Page, key: Key | Char, desk: Desk) -> Step:
        """Take a key on the page."""
        match state:
            case List():
                return key_list(state, key, desk)
            case Folders():
                return key_folders(state, key, desk)
            case Search():
                return key_search(state, key, desk)
            case Read():
                return key_read(state, key, desk)
            case Files():
                return key_files(state, key, desk)
            case Write():
                return key_form(state, key, desk)
            case Menu():
                return key_menu(state, key, desk)
            case Move():
                return key_move(state, key, desk)
            case _ as never:
                assert_never(never)
