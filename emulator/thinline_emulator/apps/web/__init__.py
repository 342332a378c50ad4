"""The web: an address line, pages that are read as they come, forms, and what is kept of it all.

The state is the way that somebody took and what stands in front of it (`states`), each front drawn by one function and
turned by another. Pages are asked for and live in that state; what is kept is items.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from thinline_emulator.apps.base import Desk, Step
from thinline_emulator.apps.web import beside, menus
from thinline_emulator.apps.web.fetching import came
from thinline_emulator.apps.web.home import draw_home, key_home
from thinline_emulator.apps.web.keeping import COLLECTION, SAVED, kept, parts_of
from thinline_emulator.apps.web.reading import draw_read, key_read
from thinline_emulator.apps.web.states import (
    About,
    Choose,
    Cookies,
    Find,
    Home,
    Kept,
    Leads,
    Login,
    Menu,
    Picture,
    Read,
    State,
    bounded,
    held,
)
from thinline_emulator.asks import Wish
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Screen

__all__ = ["Browser"]

_SHARE = 1 / 8  # of the memory, for pages that are only looked at
_Draw = Callable[[State, Any, Desk], Screen]
_Press = Callable[[State, Any, Key | Char, Desk], Step]

_FRONTS: Mapping[type, tuple[_Draw, _Press]] = {
    Home: (draw_home, key_home),
    Read: (draw_read, key_read),
    Menu: (menus.draw_menu, menus.key_menu),
    Find: (beside.draw_find, beside.key_find),
    Choose: (beside.draw_choose, beside.key_choose),
    Login: (beside.draw_login, beside.key_login),
    Picture: (beside.draw_picture, beside.key_picture),
    Leads: (beside.draw_leads, beside.key_leads),
    About: (beside.draw_about, beside.key_about),
    Cookies: (menus.draw_cookies, menus.key_cookies),
    Kept: (menus.draw_kept, menus.key_kept),
}


class Browser:
    """The app."""

    name = "pages"
    title = "Web"
    collection: int = COLLECTION
    share = 0.15  # a few hundred heads; what is large about pages are their parts

    def begin(self) -> State:
        """With the address line."""
        return State()

    def view(self, state: State, desk: Desk) -> Screen:
        """Draw what stands in front."""
        return _FRONTS[type(state.front)][0](state, state.front, desk)

    def along(self, desk: Desk) -> tuple[Wish, ...]:
        """Saved pages: they are to be read in a tunnel."""
        saved = [shown for shown, _ in kept(desk) if shown.type == SAVED]
        wishes = [wish for shown in saved for wish in parts_of(shown)]
        return tuple([wish for wish in wishes if desk.part(wish.hash) is None and desk.asked(wish) is None])

    def came(self, state: State, wish: Wish, desk: Desk) -> Step | None:
        """A page, more of one, or a picture."""
        step = came(state, wish, desk)
        return None if step is None else _within(step, desk)

    def on_key(self, state: State, key: Key | Char, desk: Desk) -> Step:
        """Take a key on what stands in front."""
        return _within(_FRONTS[type(state.front)][1](state, state.front, key, desk), desk)


def _within(step: Step, desk: Desk) -> Step:
    """With what the pages take of the memory, bounded."""
    state: State = bounded(step.state, int(desk.memory.cache.budget_bytes * _SHARE))
    return replace(step, state=state, holds=held(state))
