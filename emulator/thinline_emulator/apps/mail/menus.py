"""What can be done on a page, the folders, and moving from one to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from thinline.intents import Own
from thinline.merge import Content, difference
from thinline.types import TYPES
from thinline.v1 import mail_pb2
from thinline.v1.mail_pb2 import DeliveryState, Mail
from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.choices import draw_choices, is_press, turned
from thinline_emulator.apps.mail.letters import (
    DRAFTS,
    TRASH,
    TYPE,
    edited,
    folder_title,
    folders_of,
    mail_of,
)
from thinline_emulator.apps.mail.listing import delete, rows
from thinline_emulator.apps.mail.pages import Files, Folders, List, Menu, Move, Page, Read, Search, Write
from thinline_emulator.apps.mail.writing import answer, discard, forward, go_on, keep, send
from thinline_emulator.keys import Char, Key
from thinline_emulator.overlay import Shown
from thinline_emulator.screen import Screen, Style

__all__ = ["SEND_AGAIN", "actions", "draw_folders", "draw_menu", "draw_move", "key_folders", "key_menu", "key_move"]

SEND_AGAIN = 17
_OPEN = (DeliveryState.DELIVERY_STATE_FAILED, DeliveryState.DELIVERY_STATE_UNKNOWN)
_FOLDER_CHARACTERS = 64


# The menu


def _chosen(page: List | Read, desk: Desk) -> Shown | None:
    """The mail that a page's actions are about."""
    if isinstance(page, Read):
        return desk.item(page.item)
    listed = rows(page, desk)
    return next((shown for shown in listed if shown.item == page.item), listed[0] if listed else None)


def actions(page: List | Read | Write, desk: Desk) -> list[str]:
    """What the menu offers on a page."""
    undo = [f"Undo ({desk.undoable})"] if desk.undoable else []
    if isinstance(page, Write):
        return ["Send", "Keep as draft", *(["Take a file off"] if page.files else []), "Discard"]
    shown = _chosen(page, desk)
    if shown is None:
        return ["New mail", *undo, "Search", "Folders"]
    mail = mail_of(shown)
    told = ["New mail"]
    if mail.folder == DRAFTS:
        told += ["Go on writing"]
    else:
        told += ["Reply", *(["Reply to all"] if len(mail.to) + len(mail.cc) else []), "Forward"]
    told += ["Files"] if mail.attachments else []
    told += ["Send again"] if any(one.state in _OPEN for one in mail.deliveries) else []
    told += ["Conversation"] if mail.thread and not (isinstance(page, List) and page.thread) else []
    told += ["Take the flag off" if mail.flagged else "Flag", "Mark as unread" if mail.seen else "Mark as read"]
    return [
        *told,
        "Move",
        "Delete for good" if mail.folder in (DRAFTS, TRASH) else "Delete",
        *undo,
        "Search",
        "Folders",
    ]


def _do(page: List | Read, action: str, desk: Desk) -> Step:
    back = page if isinstance(page, List) else replace(page.back, item=page.item)
    shown = _chosen(page, desk)
    if action == "New mail":
        return Step(Write(back=page))
    if action in _ELSEWHERE:
        return Step(_ELSEWHERE[action])
    if action.startswith("Undo"):
        return Step(page, undo=True)
    if shown is None:
        return Step(page)
    mail = mail_of(shown)
    match action:
        case "Go on writing":
            return go_on(shown, page, desk)
        case "Reply" | "Reply to all":
            return answer(shown, page, everybody=action != "Reply")
        case "Forward":
            return forward(shown, page, desk)
        case "Files":
            return Step(Files(page if isinstance(page, Read) else Read(shown.item, page)))
        case "Send again":
            return Step(page, make=(_again(shown, mail),))
        case "Conversation":
            return Step(List(back.folder, shown.item, mail.thread))
        case "Move":
            return Step(Move(shown.item, page))
        case "Delete" | "Delete for good":
            return delete(back, shown, desk)
        case _:
            return _marked(page, shown, _MARKS[action])


_ELSEWHERE: Mapping[str, Page] = {"Folders": Folders(), "Search": Search()}
_MARKS: Mapping[str, dict[str, bool]] = {
    "Flag": {"flagged": True},
    "Take the flag off": {"flagged": False},
    "Mark as read": {"seen": True},
    "Mark as unread": {"seen": False},
}


def _marked(page: List | Read, shown: Shown, marks: dict[str, bool]) -> Step:
    change = edited(shown, **marks)
    return Step(page, make=(change,) if change is not None else ())


def _again(shown: Shown, mail: Mail) -> Own:
    """Send it once more to those who did not get it, or perhaps not: its owner says so (spec OUT-6)."""
    to = [one.recipient for one in mail.deliveries if one.state in _OPEN]
    body = mail_pb2.SendAgain(item=shown.item, recipients=to).SerializeToString()
    for one in mail.deliveries:
        if one.state in _OPEN:
            one.state, one.reason = DeliveryState.DELIVERY_STATE_QUEUED, ""
    content = Content(mail.SerializeToString(deterministic=True), shown.content.blobs)
    return Own(shown.item, SEND_AGAIN, body, difference(shown.content, content, TYPES[TYPE].merges))


def _do_write(form: Write, action: str, desk: Desk) -> Step:
    match action:
        case "Send":
            return send(form, desk)
        case "Keep as draft":
            return keep(form, desk)
        case "Take a file off":
            return Step(replace(form, files=form.files[:-1]))
        case _:
            return discard(form, desk)


def draw_menu(state: Menu, desk: Desk) -> Screen:
    """One action a line."""
    told = actions(state.back, desk)
    canvas = begin_screen(desk, "Mail", "wheel: turn   press: do it   BACK")
    draw_choices(canvas, told, min(state.at, len(told) - 1))
    return canvas.screen()


def key_menu(state: Menu, key: Key | Char, desk: Desk) -> Step:
    """Turn and press."""
    told = actions(state.back, desk)
    place = turned(state.at, key, len(told))
    if place is not None:
        return Step(replace(state, at=place))
    if is_press(key):
        action = told[min(state.at, len(told) - 1)]
        page = state.back
        return _do_write(page, action, desk) if isinstance(page, Write) else _do(page, action, desk)
    return Step(state.back) if key in (Key.BACK, Key.CANCEL, Key.MENU) else Step(state)


# Folders


def draw_folders(state: Folders, desk: Desk) -> Screen:
    """All of them, with what is new and what is here."""
    canvas = begin_screen(desk, "Folders", "press: open   BACK")
    told = folders_of(desk)
    for y, (name, count, new) in enumerate(told[: canvas.height - 2]):
        style = Style.INVERSE if y == state.at else Style.BOLD if new else Style.NORMAL
        canvas.line(1 + y, f"  {folder_title(name)}", f"{new or ''} / {count} ", style)
    return canvas.screen()


def key_folders(state: Folders, key: Key | Char, desk: Desk) -> Step:
    """Turn and open."""
    told = folders_of(desk)
    place = turned(state.at, key, len(told))
    if place is not None:
        return Step(Folders(place))
    if is_press(key) or key is Key.RIGHT:
        return Step(List(told[min(state.at, len(told) - 1)][0]))
    return Step(List()) if key in (Key.BACK, Key.CANCEL, Key.LEFT) else Step(state)


def _places(state: Move, desk: Desk) -> list[str]:
    """Where a mail can go; a typed name makes a folder."""
    shown = desk.item(state.item)
    here = mail_of(shown).folder if shown is not None else ""
    places = [name for name, _, _ in folders_of(desk) if name not in (here, DRAFTS)]
    return [state.name, *places] if state.name else places


def draw_move(state: Move, desk: Desk) -> Screen:
    """The folders, and what is typed."""
    canvas = begin_screen(desk, "Move to", "press: move   letters: a new folder   BACK")
    draw_choices(canvas, [folder_title(name) for name in _places(state, desk)], state.at)
    return canvas.screen()


def key_move(state: Move, key: Key | Char, desk: Desk) -> Step:
    """Turn, type, press."""
    places = _places(state, desk)
    place = turned(state.at, key, len(places))
    if place is not None:
        return Step(replace(state, at=place))
    match key:
        case Char(typed):
            return Step(replace(state, name=(state.name + typed)[:_FOLDER_CHARACTERS], at=0))
        case Key.DELETE:
            return Step(replace(state, name=state.name[:-1], at=0))
        case Key.BACK | Key.CANCEL:
            return Step(state.back)
    shown = desk.item(state.item)
    if not is_press(key) or shown is None:
        return Step(state)
    moved = edited(shown, folder=places[min(state.at, len(places) - 1)].strip())
    back: Page = state.back if isinstance(state.back, List) else state.back.back
    return Step(back, make=(moved,) if moved is not None else ())
