"""What can be done on a page, the groups of one, two versions of one beside each other, and what the keys do."""

from __future__ import annotations

from dataclasses import replace

from thinline.intents import Create, Intent
from thinline.items import ITEM_ID_BYTES
from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.choices import draw_choices, is_press, turned
from thinline_emulator.apps.contacts.card import deleted, draw_gone, said_of
from thinline_emulator.apps.contacts.form import empty_form, filled_form, key_form
from thinline_emulator.apps.contacts.listing import opened
from thinline_emulator.apps.contacts.pages import FAVOURITES, UNDO, Groups, Help, List, Menu, Pick, Versions, View
from thinline_emulator.apps.contacts.people import (
    TYPE,
    changed,
    contact_of,
    copies_of,
    deletion,
    groups_of,
    name_of,
    photo_of,
)
from thinline_emulator.keys import Char, Key
from thinline_emulator.overlay import Shown
from thinline_emulator.screen import Screen, Style, clip

__all__ = [
    "draw_help", "draw_menu", "draw_pick", "draw_versions", "key_help", "key_menu", "key_pick", "key_versions",
]  # fmt: skip

_NEW = "New contact"
_GROUP_CHARACTERS = 64


# The menu


def _chosen(page: List | View, desk: Desk) -> Shown | None:
    return desk.item(page.item) if page.item else None


def _actions(page: List | View, desk: Desk) -> list[str]:
    """What the menu offers: the likeliest first."""
    shown = _chosen(page, desk)
    told = [] if isinstance(page, View) else [_NEW]
    undo = [f"{UNDO} ({desk.undoable})"] if desk.undoable else []
    if shown is not None:
        told += [
            "Edit",
            "No favourite any more" if contact_of(shown).favourite else "Make a favourite",
            "In groups ...",
        ]
        told += ["Versions"] if shown.copy_of or copies_of(shown.item, desk) else []
        told += ["Load the photo again", "Take the photo off"] if photo_of(shown) is not None else []
        told += ["Delete"]
    return [*told, *undo, "All groups", "Help"]


def draw_menu(state: Menu, desk: Desk) -> Screen:
    """One action a line."""
    told = _actions(state.back, desk)
    shown = _chosen(state.back, desk)
    new = "type a name: new contact   " if isinstance(state.back, List) else "wheel: turn   "
    canvas = begin_screen(desk, clip(name_of(shown), 20) if shown else "Contacts", f"{new}press: do it   BACK")
    draw_choices(canvas, told, _at(state, told))
    return canvas.screen()


def _at(state: Menu, told: list[str]) -> int:
    if state.at is None:
        return next((at for at, action in enumerate(told) if state.first and action.startswith(state.first)), 0)
    return min(state.at, len(told) - 1)


def key_menu(state: Menu, key: Key | Char, desk: Desk) -> Step:
    """Turn and press; a name that is typed is that of a new contact."""
    told = _actions(state.back, desk)
    place = turned(_at(state, told), key, len(told))
    if place is not None:
        return Step(replace(state, at=place))
    if is_press(key):
        return _do(state.back, told[_at(state, told)], desk)
    if isinstance(key, Char) and isinstance(state.back, List):
        return key_form(empty_form(state.back), key, desk)
    return Step(state.back) if key in (Key.BACK, Key.CANCEL, Key.MENU) else Step(state)


def _do(page: List | View, action: str, desk: Desk) -> Step:
    back = page if isinstance(page, List) else page.back
    shown = _chosen(page, desk)
    if action == _NEW:
        return Step(empty_form(back))
    if action == "All groups":
        return Step(Groups())
    if action == "Help":
        return Step(Help(page))
    if action.startswith(UNDO):
        return Step(page, undo=True, note=f"Undone ({desk.undoable})")
    if shown is None:
        return Step(page)
    view = page if isinstance(page, View) else View(shown.item, page)
    match action:
        case "Edit":
            return Step(filled_form(shown, view), used=shown.item)
        case "In groups ...":
            return Step(Pick(shown.item, view))
        case "Versions":
            return Step(Versions(shown.item if shown.copy_of else copies_of(shown.item, desk)[0].item, view))
        case "Load the photo again":
            return opened(shown, back)
        case "Take the photo off":
            without = tuple([blob for blob in shown.content.blobs if blob is not photo_of(shown)])
            return Step(page, make=changed(shown, contact_of(shown), without))
        case "Delete":
            return deleted(shown, back, desk)
        case _:
            contact = contact_of(shown)
            contact.favourite = not contact.favourite
            return Step(page, make=changed(shown, contact))


# The groups of one


def _offered(desk: Desk) -> list[str]:
    return [name for name, _ in groups_of(desk) if name != FAVOURITES]


def draw_pick(state: Pick, desk: Desk) -> Screen:
    """All groups, those that one is in marked; below them a new one."""
    shown = desk.item(state.item)
    if shown is None:
        return draw_gone(desk)
    canvas = begin_screen(desk, clip(name_of(shown), 20), "press: in or out   type: new group   BACK")
    mine = set(contact_of(shown).groups)
    told = [f"[{'x' if name in mine else ' '}] {name}" for name in _offered(desk)]
    draw_choices(canvas, [*told, f"New group: {state.name}_"], min(state.at, len(told)))
    return canvas.screen()


def key_pick(state: Pick, key: Key | Char, desk: Desk) -> Step:
    """Put it in or take it out."""
    shown = desk.item(state.item)
    offered = _offered(desk)
    place = turned(state.at, key, len(offered) + 1)
    if shown is None or key in (Key.BACK, Key.CANCEL):
        return Step(state.back)
    if place is not None:
        return Step(replace(state, at=place))
    match key:
        case Char(text):
            return Step(replace(state, at=len(offered), name=(state.name + text).lstrip()[:_GROUP_CHARACTERS]))
        case Key.DELETE:
            return Step(replace(state, name=state.name[:-1]))
        case Key.WHEEL_PRESS | Key.OK | Key.ENTER:
            name = offered[state.at] if state.at < len(offered) else state.name.strip()
            at = sorted({*offered, name}, key=str.casefold).index(name) if name else state.at
            return Step(replace(state, at=at, name=""), make=_toggled(shown, name))
        case _:
            return Step(state)


def _toggled(shown: Shown, name: str) -> tuple[Intent, ...]:
    contact = contact_of(shown)
    if name in contact.groups:
        contact.groups.remove(name)
    elif name:
        contact.groups.append(name)
    return changed(shown, contact)


# Two versions


_RESOLVE = ("Keep both", "Keep the contact", "Keep the other version", "Make the other one of its own")


def draw_versions(state: Versions, desk: Desk) -> Screen:
    """What differs: the contact's on the left, the other version's on the right; and what can be done."""
    copy, origin = _pair(state, desk)
    if copy is None:
        return draw_gone(desk)
    canvas = begin_screen(desk, f"{clip(name_of(copy), 16)} twice", "wheel: turn   press: do it   BACK")
    half = canvas.width // 2
    canvas.put(1, 1, "the contact" if origin else "the contact was deleted", Style.DIM)
    canvas.put(half, 1, "the other version", Style.DIM)
    sides = [[], _told(copy, half - 1)] if origin is None else [_told(origin, half - 2), _told(copy, half - 1)]
    same = set(sides[0]) & set(sides[1])
    bottom = canvas.height - 1 - len(_RESOLVE)
    for x, side in zip((1, half), sides, strict=True):
        for y, row in enumerate([row for row in side if row not in same][: bottom - 3], 2):
            canvas.put(x, y, clip(row, half - 2))
    for y, text in enumerate(_RESOLVE):
        canvas.line(bottom + y, f"  {text}", style=Style.INVERSE if y == state.at else Style.NORMAL)
    return canvas.screen()


def _told(shown: Shown, cells: int) -> list[str]:
    return [
        name_of(shown),
        *(f"{row.label}: {row.text}" if row.label else f"  {row.text}" for row in said_of(shown, cells)),
    ]


def _pair(state: Versions, desk: Desk) -> tuple[Shown | None, Shown | None]:
    copy = desk.item(state.copy)
    return copy, desk.item(copy.copy_of) if copy is not None else None


def key_versions(state: Versions, key: Key | Char, desk: Desk) -> Step:
    """Choose; each choice is a step that can be undone."""
    copy, origin = _pair(state, desk)
    place = turned(state.at, key, len(_RESOLVE))
    if copy is None or key in (Key.BACK, Key.CANCEL):
        return Step(state.back)
    if place is not None:
        return Step(replace(state, at=place))
    if not is_press(key):
        return Step(state)
    return _resolved(state, copy, origin, desk)


def _resolved(state: Versions, copy: Shown, origin: Shown | None, desk: Desk) -> Step:
    back = state.back.back
    if state.at == 0:
        return Step(state.back)
    if state.at == 1 and origin is not None:
        return Step(View(origin.item, back), make=(deletion(copy),))
    if state.at == 2 and origin is not None:
        change = changed(origin, contact_of(copy), copy.content.blobs)
        return Step(View(origin.item, back), make=(*change, deletion(copy)))
    if state.at == 1:  # the contact was deleted, and so is this
        return Step(back, make=(deletion(copy),))
    item = desk.entropy(ITEM_ID_BYTES)
    return Step(View(item, back), make=(Create(item, TYPE, copy.content), deletion(copy)))


# Help


_HELP = (
    ("In the list", ""),
    ("wheel", "turn; press opens, LEFT shows groups"),
    ("letters", "find: here, then on the server"),
    ("MENU", "what can be done, and undo"),
    ("In one", ""),
    ("wheel", "scroll; press edits"),
    ("LEFT", "RIGHT the one beside"),
    ("DELETE", "deletes; MENU brings it back"),
    ("In a form", ""),
    ("MENU", "saves; LEFT RIGHT choose a label"),
    ("Signs", ""),
    ("⇡", "exists only here   ✓ is in a copy too"),
    ("2", "another version    ! was not accepted"),
)


def draw_help(_state: Help, desk: Desk) -> Screen:
    """What the keys do."""
    canvas = begin_screen(desk, "Help", "BACK")
    for y, (key, text) in enumerate(_HELP, 1):
        canvas.put(1, y, key, Style.NORMAL if text else Style.BOLD)
        canvas.put(9, y, text, Style.DIM)
    return canvas.screen()


def key_help(state: Help, _key: Key | Char, _desk: Desk) -> Step:
    """Any key goes back."""
    return Step(state.back)
