"""What can be done with a conversation: send again, call the contact, delete, undo."""

from __future__ import annotations

from dataclasses import replace

from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.choices import draw_choices, is_press, turned
from thinline_emulator.apps.sms.listing import chosen
from thinline_emulator.apps.sms.pages import Menu, Talk, Threads
from thinline_emulator.apps.sms.people import Thread, again, deletions, read, thread
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Screen

__all__ = ["actions", "draw_menu", "key_menu"]

_AGAIN, _READ, _DELETE, _NEW = "Send again", "Mark as read", "Delete the conversation", "New text"


def _whose(page: Threads | Talk, desk: Desk) -> Thread | None:
    return thread(page.number, desk) if isinstance(page, Talk) else chosen(page, desk)


def actions(page: Threads | Talk, desk: Desk) -> list[str]:
    """What the menu offers on a page."""
    one = _whose(page, desk)
    told: list[str] = []
    if one is not None:
        told += [_AGAIN] if again(one) else []
        told += [_READ] if one.unread else []
        told += [_DELETE] if one.texts else []
    return [*told, _NEW, *([f"Undo ({desk.undoable})"] if desk.undoable else [])]


def draw_menu(menu: Menu, desk: Desk) -> Screen:
    """The actions."""
    one = _whose(menu.back, desk)
    canvas = begin_screen(desk, one.title if one is not None else "Texts", "press: do it   BACK")
    draw_choices(canvas, actions(menu.back, desk), menu.at)
    return canvas.screen()


def key_menu(menu: Menu, key: Key | Char, desk: Desk) -> Step:
    """Turn, and do what is chosen."""
    told = actions(menu.back, desk)
    at = turned(menu.at, key, len(told))
    if at is not None:
        return Step(replace(menu, at=at))
    if key in (Key.BACK, Key.CANCEL, Key.MENU):
        return Step(menu.back)
    return _do(menu.back, told[min(menu.at, len(told) - 1)], desk) if is_press(key) else Step(menu)


def _do(page: Threads | Talk, action: str, desk: Desk) -> Step:
    one = _whose(page, desk)
    home = page.back if isinstance(page, Talk) else page
    if action == _NEW:
        return Step(Threads(), note="Type a name or a number.")
    if action.startswith("Undo"):
        return Step(page, undo=True)
    assert one is not None, "every other action is about a conversation"
    if action == _AGAIN:
        return Step(page, make=again(one))
    if action == _READ:
        return Step(page, beside=read(one))
    return Step(home, make=deletions(one))
