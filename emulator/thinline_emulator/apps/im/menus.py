"""What can be done with people: add, accept, refuse, call otherwise, put into groups, part."""

from __future__ import annotations

from dataclasses import replace

from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.choices import draw_choices, is_press, turned
from thinline_emulator.apps.im.pages import Add, Edit, Menu, Roster, Talk
from thinline_emulator.apps.im.people import (
    ACCEPT,
    ASK,
    ASKED,
    ASKS,
    END,
    FRIENDS,
    NONE,
    Person,
    again,
    bonded,
    edited,
    somebody,
)
from thinline_emulator.apps.im.presence import mood
from thinline_emulator.apps.im.roster import chosen
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Canvas, Screen, Style, clip_start

__all__ = ["actions", "draw_add", "draw_edit", "draw_menu", "key_add", "key_edit", "key_menu"]

_ADDRESS, _NAME, _GREETING = range(3)
_ADDING = ("Address", "Name", "Greeting")
_EDITING = ("Name", "Groups")
_LABEL_CELLS = 10
_MOST = 200  # characters of a line


def _who(page: Roster | Talk, desk: Desk) -> Person | None:
    return somebody(page.address, desk) if isinstance(page, Talk) else chosen(page, desk)


_OF_BOND = {
    NONE: ["Ask to be friends"],
    ASKED: ["Ask no more"],
    ASKS: ["Accept", "Refuse"],
    FRIENDS: ["Be friends no longer"],
}
_ACTS = {
    "Ask to be friends": ASK,
    "Ask no more": END,
    "Accept": ACCEPT,
    "Refuse": END,
    "Be friends no longer": END,
}


def actions(page: Roster | Talk, desk: Desk) -> list[str]:
    """What the menu offers on a page."""
    person = _who(page, desk)
    told: list[str] = []
    if person is not None:
        told += _OF_BOND.get(person.buddy.bond, [])
        told += ["Send again"] if again(person) else []
        if person.shown is not None:
            told += ["Name and groups"]
            told += ["Tell them what I read" if person.buddy.discreet else "Do not tell them what I read"]
    return [*told, "Add somebody", "How friends see me", *([f"Undo ({desk.undoable})"] if desk.undoable else [])]


def draw_menu(menu: Menu, desk: Desk) -> Screen:
    """The actions."""
    person = _who(menu.back, desk)
    canvas = begin_screen(desk, person.name if person is not None else "Messages", "press: do it   BACK")
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


def _do(page: Roster | Talk, action: str, desk: Desk) -> Step:
    person = _who(page, desk)
    roster = page if isinstance(page, Roster) else page.back
    if action == "Add somebody":
        return Step(Add(back=roster))
    if action == "How friends see me":
        return Step(mood(roster, desk))
    if action.startswith("Undo"):
        return Step(page, undo=True)
    assert person is not None, "every other action is about somebody"
    if action in _ACTS:
        return Step(page, make=(bonded(person, _ACTS[action], desk),))
    if action == "Send again":
        return Step(page, make=again(person))
    if action == "Name and groups":
        return Step(Edit(person.address, (person.buddy.name, ", ".join(person.buddy.groups)), back=page))
    change = edited(person, discreet=not person.buddy.discreet)
    return Step(page, make=(change,) if change is not None else ())


# Somebody new


def _draw_lines(canvas: Canvas, labels: tuple[str, ...], texts: tuple[str, ...], line: int) -> None:
    for at, (label, text) in enumerate(zip(labels, texts, strict=True)):
        here = at == line
        canvas.put(1, 2 + at, label, Style.DIM)
        shown = clip_start(f"{text}{'_' if here else ''}", canvas.width - _LABEL_CELLS - 2)
        canvas.put(_LABEL_CELLS + 1, 2 + at, shown, Style.BOLD if here else Style.NORMAL)


def draw_add(form: Add, desk: Desk) -> Screen:
    """Three lines."""
    canvas = begin_screen(desk, "Add somebody", "press: ask them   wheel: line   BACK")
    _draw_lines(canvas, _ADDING, form.texts, form.line)
    canvas.line(canvas.height - 2, f" {form.said}", style=Style.BOLD)
    return canvas.screen()


def key_add(form: Add, key: Key | Char, desk: Desk) -> Step:
    """Type, and ask."""
    form = replace(form, said="")
    if is_press(key) or key is Key.SEND:
        return _asked(form, desk)
    match key:
        case Key.WHEEL_DOWN | Key.DOWN:
            return Step(replace(form, line=min(_GREETING, form.line + 1)))
        case Key.WHEEL_UP | Key.UP:
            return Step(replace(form, line=max(0, form.line - 1)))
        case Key.BACK | Key.CANCEL:
            return Step(form.back)
        case _:
            address, name, greeting = (
                _typed(text, key) if at == form.line else text for at, text in enumerate(form.texts)
            )
            return Step(replace(form, texts=(address, name, greeting)))


def _typed(text: str, key: Key | Char) -> str:
    match key:
        case Char(letter):
            return (text + letter)[:_MOST]
        case Key.DELETE:
            return text[:-1]
        case _:
            return text


def _asked(form: Add, desk: Desk) -> Step:
    address, name, greeting = (text.strip() for text in form.texts)
    address = address.lower()
    if not address or any(letter.isspace() for letter in address) or address == desk.account:
        return Step(replace(form, said="Whose address is it?", line=_ADDRESS))
    person = somebody(address, desk)
    talk = Talk(address, back=form.back)
    if person.buddy.bond in (ASKED, FRIENDS):
        return Step(talk)
    return Step(talk, make=(bonded(person, ASK, desk, name=name, greeting=greeting),))


# What the owner calls them


def draw_edit(form: Edit, desk: Desk) -> Screen:
    """Two lines."""
    canvas = begin_screen(desk, form.address, "press: keep   wheel: line   BACK")
    _draw_lines(canvas, _EDITING, form.texts, form.line)
    canvas.put(1, 5, "Groups with commas between: friends, trains", Style.DIM)
    return canvas.screen()


def key_edit(form: Edit, key: Key | Char, desk: Desk) -> Step:
    """Type, and keep."""
    if is_press(key) or key is Key.SEND:
        person = somebody(form.address, desk)
        name, groups = form.texts
        told = list(dict.fromkeys(group.strip()[:64] for group in groups.split(",") if group.strip()))
        change = edited(person, name=name.strip(), groups=told) if person.shown is not None else None
        return Step(form.back, make=(change,) if change is not None else ())
    match key:
        case Key.WHEEL_DOWN | Key.DOWN | Key.WHEEL_UP | Key.UP:
            return Step(replace(form, line=int(key in (Key.WHEEL_DOWN, Key.DOWN))))
        case Key.BACK | Key.CANCEL:
            return Step(form.back)
        case _:
            name, groups = (_typed(text, key) if at == form.line else text for at, text in enumerate(form.texts))
            return Step(replace(form, texts=(name, groups)))
