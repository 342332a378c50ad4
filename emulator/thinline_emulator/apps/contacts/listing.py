"""The list, by group, and finding as one types: what memory holds at once, and what the server finds beside it."""

from __future__ import annotations

from dataclasses import replace

from thinline.reasons import name_of as reason_name
from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.contacts.form import empty_form
from thinline_emulator.apps.contacts.pages import FAVOURITES, UNDO, Groups, List, Menu, View
from thinline_emulator.apps.contacts.people import COLLECTION, groups_of, person, photo_of, rows
from thinline_emulator.apps.grades import grade_mark
from thinline_emulator.asks import AskState, Find
from thinline_emulator.keys import Char, Key
from thinline_emulator.overlay import Shown
from thinline_emulator.pictures import GetPicture
from thinline_emulator.screen import Canvas, Screen, Style

__all__ = ["PHOTO_SIDE", "draw_groups", "draw_list", "key_groups", "key_list", "opened"]

PHOTO_SIDE = 60  # pixels
_AT_ONCE = 16  # that the server is asked for
_FIND_BYTES = 128
_NEW = "New contact"
_HINT = "press: open  type: find  LEFT: groups  MENU"


def _items(state: List, desk: Desk) -> list[Shown | None]:
    """The rows; None for the line of a new contact, which only the whole list has."""
    told: list[Shown | None] = [] if state.find or state.group else [None]
    return told + rows(desk, state.group, state.find)


def _place(state: List, items: list[Shown | None]) -> int:
    """Where the wheel is; at the first where its item is gone."""
    return next((at for at, shown in enumerate(items) if (shown.item if shown else b"") == state.item), 0)


def draw_list(state: List, desk: Desk) -> Screen:
    """A row each: name, number, how safe."""
    items = _items(state, desk)
    title = "Favourites" if state.group == FAVOURITES else state.group or "Contacts"
    canvas = begin_screen(desk, f"{title} ({sum(one is not None for one in items)})", _hint(state))
    top = 1
    if state.find:
        canvas.put(canvas.put(1, 1, "Find: ", Style.DIM), 1, f"{state.find}_", Style.BOLD)
        top = 2
    room = canvas.height - 2 - top
    at = _place(state, items)
    first = max(0, min(at - room // 2, len(items) - room))
    for place, shown in enumerate(items[first : first + room], first):
        _draw_row(canvas, top + place - first, shown, Style.INVERSE if place == at else Style.NORMAL)
    said = desk.memory.note or _finding(state, desk) or _nobody(items, desk)
    if said:
        canvas.line(canvas.height - 2, f" {said}", style=Style.BOLD if desk.memory.note else Style.DIM)
    return canvas.screen()


def _hint(state: List) -> str:
    if state.find:
        return "press: open   wheel: on   BACK: all"
    return "press: open   type: find   LEFT: groups   BACK" if state.group else _HINT


def _draw_row(canvas: Canvas, y: int, shown: Shown | None, style: Style) -> None:
    if shown is None:
        canvas.line(y, f"  {_NEW}", style=style)
        return
    one = person(shown.content.fields)
    star = FAVOURITES if FAVOURITES in one.groups else " "
    number = one.number if len(one.number) <= canvas.width // 2 else ""
    canvas.line(y, f"{star} {one.name}", f"{number} {grade_mark(shown):>2}", style)


def _nobody(items: list[Shown | None], desk: Desk) -> str:
    if any(items):
        return ""
    return "Nobody is here." if desk.link == "linked" else f"Nobody is here yet ({desk.link})."


def _finding(state: List, desk: Desk) -> str:
    """How the server's part of a search stands."""
    standing = desk.asked(state.asked[-1]) if state.asked else None
    if not state.find or standing is None:
        return ""
    match standing.state:
        case AskState.CAME:
            return "More is on the server: wheel on." if standing.cursor else "That is all, here and on the server."
        case AskState.REFUSED:
            return f"The server did not search: {reason_name(standing.reason)}"
        case AskState.ASKED:
            return "This is here; asking the server ..."
        case AskState.WAITING:
            return f"This is here; the server waits ({desk.link})."


# Keys


def key_list(state: List, key: Key | Char, desk: Desk) -> Step:
    """Turn, open, find; the rest is in the menu."""
    gone, state = state.gone, replace(state, gone=False)
    match key:
        case Char(text):
            return _typed(state, state.find + text, desk)
        case Key.DELETE:
            return _typed(state, state.find[:-1], desk)
        case Key.WHEEL_DOWN | Key.DOWN:
            return _turned(state, 1, desk)
        case Key.WHEEL_UP | Key.UP:
            return _turned(state, -1, desk)
        case Key.MENU:
            return Step(Menu(state, first=UNDO if gone else ""))
        case Key.LEFT:
            return Step(Groups(), unask=state.asked)
        case Key.WHEEL_PRESS | Key.OK | Key.ENTER | Key.RIGHT:
            return _pressed(state, desk)
        case Key.BACK | Key.CANCEL if state.find:
            return Step(replace(state, find="", asked=()), unask=state.asked)
        case Key.BACK | Key.CANCEL if state.group:
            return Step(replace(state, group=""))
        case Key.BACK | Key.CANCEL:
            return Step(state, close=True)
        case _:
            return Step(state)


def _pressed(state: List, desk: Desk) -> Step:
    items = _items(state, desk)
    if not items:
        return Step(state)
    shown = items[_place(state, items)]
    return Step(empty_form(state)) if shown is None else opened(shown, state)


def opened(shown: Shown, back: List) -> Step:
    """The page of one; its photo is asked for where it has one."""
    photo = photo_of(shown)
    ask = (GetPicture(shown.item, photo.name, photo.hash, PHOTO_SIDE, PHOTO_SIDE),) if photo else ()
    return Step(View(shown.item, replace(back, item=shown.item)), ask=ask, used=shown.item)


def _turned(state: List, by: int, desk: Desk) -> Step:
    """The row beside; at the end of what was found, the server looks on."""
    items = _items(state, desk)
    at = _place(state, items) + by if items else 0
    standing = desk.asked(state.asked[-1]) if state.asked else None
    if at >= len(items) and standing is not None and standing.cursor:
        on = Find(COLLECTION, state.asked[0].text, standing.cursor, _AT_ONCE)
        return Step(replace(state, asked=(*state.asked, on)), ask=(on,))
    if not items:
        return Step(state)
    chosen = items[max(0, min(len(items) - 1, at))]
    return Step(replace(state, item=chosen.item if chosen else b""))


def _typed(state: List, find: str, desk: Desk) -> Step:
    """Another text to find. Typing on only narrows, so that a search which found all need not be made again."""
    find = find.lstrip()
    if find == state.find or len(find.encode()) > _FIND_BYTES:
        return Step(state)
    if not find:
        return Step(replace(state, find="", asked=()), unask=state.asked)
    first = next(iter(rows(desk, state.group, find)), None)
    state = replace(state, find=find, item=first.item if first else b"")
    if _is_known(state, desk):
        return Step(state)
    wish = Find(COLLECTION, find, limit=_AT_ONCE)
    return Step(replace(state, asked=(wish,)), ask=(wish,), unask=state.asked)


def _is_known(state: List, desk: Desk) -> bool:
    if not state.asked or not state.find.startswith(state.asked[0].text):
        return False
    standing = desk.asked(state.asked[-1])
    if standing is None or standing.state is not AskState.CAME or standing.cursor:
        return False
    return all(desk.memory.cache.get(item) is not None for item in standing.items)


# Groups


def _all_groups(desk: Desk) -> list[tuple[str, int]]:
    return [("", len(desk.items(COLLECTION))), *groups_of(desk)]


def draw_groups(state: Groups, desk: Desk) -> Screen:
    """All of them, with how many are in each."""
    canvas = begin_screen(desk, "Groups", "press: open   BACK")
    told = _all_groups(desk)
    room = canvas.height - 2
    at = min(state.at, len(told) - 1)
    first = max(0, min(at - room // 2, len(told) - room))
    for y, (name, count) in enumerate(told[first : first + room]):
        title = f"{FAVOURITES} Favourites" if name == FAVOURITES else f"  {name or 'Everybody'}"
        canvas.line(1 + y, title, f"{count} ", Style.INVERSE if first + y == at else Style.NORMAL)
    return canvas.screen()


def key_groups(state: Groups, key: Key | Char, desk: Desk) -> Step:
    """Turn and open."""
    told = _all_groups(desk)
    at = min(state.at, len(told) - 1)
    match key:
        case Key.WHEEL_DOWN | Key.DOWN:
            return Step(Groups((at + 1) % len(told)))
        case Key.WHEEL_UP | Key.UP:
            return Step(Groups((at - 1) % len(told)))
        case Key.WHEEL_PRESS | Key.OK | Key.ENTER | Key.RIGHT:
            return Step(_first_of(told[at][0], desk))
        case Key.BACK | Key.CANCEL | Key.LEFT:
            return Step(List())
        case _:
            return Step(state)


def _first_of(group: str, desk: Desk) -> List:
    first = next(iter(rows(desk, group)), None) if group else None
    return List(first.item if first else b"", group)
