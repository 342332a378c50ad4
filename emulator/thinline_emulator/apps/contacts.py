"""Contacts: the list, one of them, and the form in which one is made or edited.

The four pages are four frozen states. A form keeps the contact as it was opened, so that what it makes is the
difference: only the fields that somebody changed travel, each with a digest of what it replaces (spec CMD-2).
"""

from __future__ import annotations

from collections.abc import MutableSequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias, assert_never

from thinline.intents import Change, Create, Delete
from thinline.items import ITEM_ID_BYTES, content_digest
from thinline.merge import Content, difference
from thinline.reasons import name_of
from thinline.types import TYPES, Collection
from thinline.v1 import contacts_pb2
from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.asks import Wish
from thinline_emulator.cache import Grade
from thinline_emulator.keys import Char, Key
from thinline_emulator.overlay import Shown
from thinline_emulator.screen import Canvas, Screen, Style

__all__ = ["Contacts", "Form", "List", "Page", "View"]

_TYPE = 1
_SEEN_BYTES = 8
_MARKS = {Grade.LOCAL: "⇡", Grade.DURABLE: " ", Grade.SAFE: "✓"}
_GRADES = {
    Grade.LOCAL: "exists only here",
    Grade.DURABLE: "on the server",
    Grade.SAFE: "on the server and in a copy",
}
_ACTIONS = ("Edit", "Delete")


@dataclass(frozen=True, slots=True)
class List:
    """The list, and the item that the wheel is at; none stands for the line `New contact`."""

    item: bytes = b""


@dataclass(frozen=True, slots=True)
class View:
    """One contact, and the action that the wheel is at."""

    item: bytes
    action: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """A contact being written.

    Attributes:
        item: the one that is edited; empty for a new one.
        opened: its content when the form was opened.
        texts: by line of the form.
    """

    item: bytes
    opened: Content
    texts: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Sure:
    """Really delete?"""

    item: bytes


Page: TypeAlias = List | View | Form | Sure

_LINES = ("Name", "Mobile", "Home", "Work", "Mail", "Address", "Company", "Notes")
_PHONES = {1: "mobile", 2: "home", 3: "work"}
_TEXTS = {0: "name", 5: "address", 6: "organisation", 7: "notes"}
_MAIL = 4


class Contacts:
    """The app; its state is the page that is open."""

    name = "contacts"
    title = "Contacts"
    collection: int = Collection.COLLECTION_CONTACTS
    share = 1.0

    def begin(self) -> Page:
        """With the list."""
        return List()

    def view(self, state: Page, desk: Desk) -> Screen:
        """Draw the page."""
        match state:
            case List(item):
                return _draw_list(item, desk)
            case View(item, action):
                return _draw_view(item, action, desk)
            case Form():
                return _draw_form(state, desk)
            case Sure(item):
                return _draw_sure(item, desk)
            case _ as never:
                assert_never(never)

    def along(self, desk: Desk) -> tuple[Wish, ...]:
        """Nothing."""
        return ()

    def on_key(self, state: Page, key: Key | Char, desk: Desk) -> Step:
        """Take a key on the page."""
        match state:
            case List(item):
                return _key_list(item, key, desk)
            case View():
                return _key_view(state, key, desk)
            case Form():
                return _key_form(state, key, desk)
            case Sure(item):
                return _key_sure(item, key, desk)
            case _ as never:
                assert_never(never)


# The list


def _sorted(desk: Desk) -> list[tuple[str, Shown]]:
    named = [(_name(shown), shown) for shown in desk.items(Contacts.collection)]
    return sorted(named, key=lambda pair: (pair[0].casefold(), pair[1].item))


def _draw_list(item: bytes, desk: Desk) -> Screen:
    named = _sorted(desk)
    canvas = begin_screen(desk, f"Contacts ({len(named)})", "press: open   MENU: new   BACK")
    room = canvas.height - 3
    at = next((place for place, (_, shown) in enumerate(named, 1) if shown.item == item), 0)
    first = max(0, min(at - room // 2, len(named) + 1 - room))
    for y, place in enumerate(range(first, min(first + room, len(named) + 1)), 1):
        name, mark = (named[place - 1][0], _mark(named[place - 1][1])) if place else ("New contact", " ")
        canvas.line(y, f" {name}", mark, Style.INVERSE if place == at else Style.NORMAL)
    if desk.memory.note:
        canvas.line(canvas.height - 2, f" {desk.memory.note}", style=Style.BOLD)
    return canvas.screen()


def _mark(shown: Shown) -> str:
    if shown.rejected:
        return "!"
    return f"{'2' if shown.copy_of else ''}{_MARKS[shown.grade]}"


def _key_list(item: bytes, key: Key | Char, desk: Desk) -> Step:
    match key:
        case Key.WHEEL_DOWN | Key.DOWN:
            return Step(List(_beside(item, 1, desk)))
        case Key.WHEEL_UP | Key.UP:
            return Step(List(_beside(item, -1, desk)))
        case Key.MENU:
            return Step(_empty_form())
        case Key.WHEEL_PRESS | Key.OK | Key.ENTER:
            if desk.item(item) is None:
                return Step(_empty_form())
            return Step(View(item), used=item)
        case Key.BACK | Key.CANCEL:
            return Step(List(item), close=True)
        case _:
            return Step(List(item))


def _beside(item: bytes, by: int, desk: Desk) -> bytes:
    order = [b"", *(shown.item for _, shown in _sorted(desk))]
    at = order.index(item) if item in order else 0
    return order[max(0, min(len(order) - 1, at + by))]


# One contact


def _draw_view(item: bytes, action: int, desk: Desk) -> Screen:
    shown = desk.item(item)
    if shown is None:
        return _gone(desk)
    canvas = begin_screen(desk, "Contact", f"press: {_ACTIONS[action]}   wheel: other   BACK")
    contact = _contact(shown)
    canvas.line(1, f" {_name(shown)}", style=Style.BOLD)
    lines = [(phone.label, phone.value) for phone in contact.phones]
    lines += [(mail.label or "mail", mail.value) for mail in contact.mails]
    lines += [("address", contact.address), ("company", contact.organisation), ("notes", contact.notes)]
    lines += [("groups", ", ".join(contact.groups))]
    y = 3
    for label, value in lines:
        if value and y < canvas.height - 3:
            canvas.put(1, y, label, Style.DIM)
            canvas.put(10, y, value)
            y += 1
    _say_grade(canvas, shown)
    return canvas.screen()


def _say_grade(canvas: Canvas, shown: Shown) -> None:
    said = _GRADES[shown.grade]
    if shown.copy_of:
        said = f"another version; {said}"
    if shown.rejected:
        said = f"not accepted: {name_of(shown.rejected)}; DELETE forgets it"
    canvas.line(canvas.height - 2, f" {said}", style=Style.DIM)


def _gone(desk: Desk) -> Screen:
    canvas = begin_screen(desk, "Contact", "BACK")
    canvas.line(3, " This contact was deleted.")
    return canvas.screen()


def _key_view(state: View, key: Key | Char, desk: Desk) -> Step:
    shown = desk.item(state.item)
    if key in (Key.BACK, Key.CANCEL) or shown is None:
        return Step(List(state.item))
    match key:
        case Key.WHEEL_DOWN | Key.DOWN | Key.WHEEL_UP | Key.UP:
            return Step(replace(state, action=1 - state.action))
        case Key.MENU:
            return Step(_form(shown))
        case Key.WHEEL_PRESS | Key.OK | Key.ENTER:
            return Step(_form(shown) if _ACTIONS[state.action] == "Edit" else Sure(state.item))
        case Key.DELETE if shown.rejected:
            return Step(List(state.item), dismiss=state.item)
        case Key.DELETE:
            return Step(Sure(state.item))
        case _:
            return Step(state)


# The form


def _empty_form() -> Form:
    return Form(b"", Content(), ("",) * len(_LINES))


def _form(shown: Shown) -> Form:
    contact = _contact(shown)
    texts = [""] * len(_LINES)
    for line, field in _TEXTS.items():
        texts[line] = getattr(contact, field)
    for line, label in _PHONES.items():
        texts[line] = next((phone.value for phone in contact.phones if phone.label == label), "")
    texts[_MAIL] = contact.mails[0].value if contact.mails else ""
    return Form(shown.item, shown.content, tuple(texts))


def _written(form: Form) -> Content:
    """The contact as the form says it; what the form does not show stays as it is."""
    contact = contacts_pb2.Contact.FromString(form.opened.fields)
    for line, field in _TEXTS.items():
        setattr(contact, field, form.texts[line])
    for line, label in _PHONES.items():
        _put(contact.phones, label, form.texts[line])
    mails = [mail.label for mail in contact.mails]
    _put(contact.mails, mails[0] if mails else "", form.texts[_MAIL])
    return Content(contact.SerializeToString(deterministic=True), form.opened.blobs)


def _put(entries: MutableSequence[contacts_pb2.Labelled], label: str, value: str) -> None:
    """Set the first entry of a label, or take it away where nothing is written."""
    for at, entry in enumerate(entries):
        if entry.label == label:
            if value:
                entry.value = value
            else:
                del entries[at]
            return
    if value:
        entries.append(contacts_pb2.Labelled(label=label, value=value))


def _draw_form(form: Form, desk: Desk) -> Screen:
    canvas = begin_screen(desk, "Edit" if form.item else "New contact", "MENU: save   wheel: line   BACK: leave")
    for at, (label, text) in enumerate(zip(_LINES, form.texts, strict=True)):
        canvas.put(1, 2 + at, label, Style.DIM)
        here = at == form.line
        canvas.put(10, 2 + at, f"{text}{'_' if here else ''}", Style.BOLD if here else Style.NORMAL)
    if desk.memory.note:
        canvas.line(canvas.height - 2, f" {desk.memory.note}", style=Style.BOLD)
    return canvas.screen()


def _key_form(form: Form, key: Key | Char, desk: Desk) -> Step:
    text = form.texts[form.line]
    match key:
        case Char(typed):
            return Step(_typed(form, text + typed))
        case Key.DELETE:
            return Step(_typed(form, text[:-1]))
        case Key.WHEEL_DOWN | Key.DOWN | Key.ENTER:
            return Step(replace(form, line=min(len(_LINES) - 1, form.line + 1)))
        case Key.WHEEL_UP | Key.UP:
            return Step(replace(form, line=max(0, form.line - 1)))
        case Key.MENU | Key.WHEEL_PRESS | Key.OK | Key.SEND:
            return _save(form, desk)
        case Key.BACK | Key.CANCEL:
            return Step(View(form.item) if form.item else List())
        case _:
            return Step(form)


def _typed(form: Form, text: str) -> Form:
    return replace(form, texts=(*form.texts[: form.line], text, *form.texts[form.line + 1 :]))


def _save(form: Form, desk: Desk) -> Step:
    content = _written(form)
    if not any(form.texts) or content == form.opened:
        return Step(View(form.item) if form.item else List())
    if not form.item:
        item = desk.entropy(ITEM_ID_BYTES)
        return Step(List(item), make=(Create(item, _TYPE, content),))
    edit = difference(form.opened, content, TYPES[_TYPE].merges)
    return Step(View(form.item), make=(Change(form.item, edit),))


# Deleting


def _draw_sure(item: bytes, desk: Desk) -> Screen:
    shown = desk.item(item)
    if shown is None:
        return _gone(desk)
    canvas = begin_screen(desk, "Delete", "press: delete   BACK: keep")
    canvas.line(3, f" Delete {_name(shown)}?", style=Style.BOLD)
    return canvas.screen()


def _key_sure(item: bytes, key: Key | Char, desk: Desk) -> Step:
    shown = desk.item(item)
    if shown is None:
        return Step(List())
    match key:
        case Key.WHEEL_PRESS | Key.OK | Key.ENTER:
            seen = content_digest(shown.type, shown.content.fields, shown.content.blobs, dead=False)
            return Step(List(_beside(item, 1, desk)), make=(Delete(item, seen[:_SEEN_BYTES]),))
        case Key.BACK | Key.CANCEL:
            return Step(View(item))
        case _:
            return Step(Sure(item))


def _contact(shown: Shown) -> contacts_pb2.Contact:
    return contacts_pb2.Contact.FromString(shown.content.fields)


def _name(shown: Shown) -> str:
    return _name_in(shown.content.fields)


@lru_cache(maxsize=8192)
def _name_in(fields: bytes) -> str:
    """A list asks for all names each time it is drawn."""
    contact = contacts_pb2.Contact.FromString(fields)
    return contact.name or contact.organisation or next((mail.value for mail in contact.mails), "") or "(no name)"
