"""The form in which a contact is made or edited: any number of numbers and mails, each with a label that is chosen.

It keeps the contact as it was opened, so that what it makes is the difference: only the fields that somebody changed
travel, each with a digest of what it replaces (spec CMD-2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from thinline.intents import Change, Create
from thinline.items import ITEM_ID_BYTES
from thinline.merge import Content, difference
from thinline.types import TYPES
from thinline.v1.contacts_pb2 import Contact, Labelled
from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.contacts.pages import EVERYBODY, FAVOURITES, Form, Line, List, View
from thinline_emulator.apps.contacts.people import TYPE, contact_of
from thinline_emulator.keys import Char, Key
from thinline_emulator.overlay import Shown
from thinline_emulator.screen import Screen, Style, clip, clip_start

__all__ = ["draw_form", "empty_form", "filled_form", "key_form"]

_TEXTS = (("address", "Address"), ("organisation", "Company"), ("notes", "Notes"), ("groups", "Groups"))
_PHONES = ("mobile", "home", "work")  # lines that a form always has
_LABELS = {
    "phones": ("mobile", "home", "work", "main", "fax", "pager", "other"),
    "mails": ("mail", "home", "work", "other"),
}
_PLAIN = "mail"  # on the screen, for a mail without a label
_LABEL_CELLS = 11


def empty_form(back: List = EVERYBODY) -> Form:
    """For a new contact, in the group whose list it is made from."""
    contact = Contact(groups=[back.group] if back.group not in ("", FAVOURITES) else [])
    contact.favourite = back.group == FAVOURITES
    form = Form(b"", Content(), _lines(contact), back=back)
    return replace(form, opened=Content(Contact(favourite=contact.favourite).SerializeToString()))


def filled_form(shown: Shown, back: View) -> Form:
    """For one that is there."""
    return Form(shown.item, shown.content, _lines(contact_of(shown)), back=back)


def _lines(contact: Contact) -> tuple[Line, ...]:
    phones = [Line("phones", one.label, one.value, one.SerializeToString()) for one in contact.phones]
    mails = [Line("mails", one.label or _PLAIN, one.value, one.SerializeToString()) for one in contact.mails]
    texts = {name: getattr(contact, name) for name, _ in _TEXTS if name != "groups"}
    texts["groups"] = ", ".join(contact.groups)
    told = [Line("name", "Name", contact.name), *_usual_first(phones), *mails]
    told += [Line(name, label, texts[name]) for name, label in _TEXTS]
    return _roomy(told)


def _usual_first(phones: list[Line]) -> list[Line]:
    """The usual numbers have a line each, in their order, filled or not."""
    usual = [next((one for one in phones if one.label == label), Line("phones", label)) for label in _PHONES]
    return usual + [one for one in phones if one not in usual]


def _roomy(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Behind the last number and the last mail there is always a line for one more."""
    told = list(lines)
    for field, fresh in (("phones", "other"), ("mails", _PLAIN)):
        own = [at for at, line in enumerate(told) if line.field == field]
        if all(told[at].text for at in own):
            behind = own[-1] + 1 if own else next(at for at, line in enumerate(told) if line.field == "address")
            told.insert(behind, Line(field, fresh))
    return tuple(told)


def _written(form: Form) -> Content:
    """The contact as the form says it; what the form does not show stays as it is."""
    contact = Contact.FromString(form.opened.fields)
    for line in form.lines:
        if line.field not in (*_LABELS, "groups"):
            setattr(contact, line.field, line.text)
    for field in _LABELS:
        entries = [_entry(line) for line in form.lines if line.field == field and line.text]
        getattr(contact, field).clear()
        getattr(contact, field).extend(entries)
    groups = next(line.text for line in form.lines if line.field == "groups")
    del contact.groups[:]
    contact.groups.extend(dict.fromkeys(one.strip() for one in groups.split(",") if one.strip()))
    return Content(contact.SerializeToString(deterministic=True), form.opened.blobs)


def _entry(line: Line) -> Labelled:
    entry = Labelled.FromString(line.origin)
    bare = line.field == "mails" and line.label == _PLAIN != entry.label
    entry.label, entry.value = "" if bare else line.label, line.text
    return entry


# Drawing


def draw_form(form: Form, desk: Desk) -> Screen:
    """The lines around the one that is typed at, its end in sight."""
    labels = form.lines[form.at].field in _LABELS
    hint = "MENU: save   LEFT RIGHT: label   BACK: leave" if labels else "MENU: save   wheel: line   BACK: leave"
    canvas = begin_screen(desk, "Edit" if form.item else "New contact", hint)
    room = canvas.height - 3
    first = max(0, min(form.at - room // 2, len(form.lines) - room))
    for at, line in enumerate(form.lines[first : first + room], first):
        here, y = at == form.at, 1 + at - first
        label = (
            f"<{clip(line.label, _LABEL_CELLS - 4)}>" if here and labels else f" {clip(line.label, _LABEL_CELLS - 3)}"
        )
        canvas.put(0, y, label, Style.NORMAL if here else Style.DIM)
        cells = canvas.width - _LABEL_CELLS - 1
        text = clip_start(f"{line.text}_", cells) if here else clip(" ".join(line.text.split("\n")), cells)
        canvas.put(_LABEL_CELLS, y, text, Style.BOLD if here else Style.NORMAL)
    if desk.memory.note:
        canvas.line(canvas.height - 2, f" {desk.memory.note}", style=Style.BOLD)
    return canvas.screen()


# Keys


def key_form(form: Form, key: Key | Char, desk: Desk) -> Step:
    """Type, turn from line to line, choose labels, save."""
    line = form.lines[form.at]
    match key:
        case Char(typed):
            return Step(_put(form, replace(line, text=line.text + typed)))
        case Key.DELETE:
            return Step(_put(form, replace(line, text=line.text[:-1])))
        case Key.LEFT | Key.RIGHT if line.field in _LABELS:
            return Step(_put(form, replace(line, label=_beside(line, 1 if key is Key.RIGHT else -1))))
        case Key.WHEEL_DOWN | Key.DOWN | Key.ENTER:
            return Step(replace(form, at=min(len(form.lines) - 1, form.at + 1)))
        case Key.WHEEL_UP | Key.UP:
            return Step(replace(form, at=max(0, form.at - 1)))
        case Key.MENU | Key.WHEEL_PRESS | Key.OK | Key.SEND:
            return _save(form, desk)
        case Key.BACK | Key.CANCEL:
            return Step(form.back)
        case _:
            return Step(form)


def _put(form: Form, line: Line) -> Form:
    return replace(form, lines=_roomy((*form.lines[: form.at], line, *form.lines[form.at + 1 :])))


def _beside(line: Line, by: int) -> str:
    """The next label; one that somebody else chose is among them as long as it stands."""
    labels = _LABELS[line.field]
    if line.label not in labels:
        return labels[0 if by > 0 else -1]
    return labels[(labels.index(line.label) + by) % len(labels)]


def _save(form: Form, desk: Desk) -> Step:
    content = _written(form)
    back = form.back
    if content == form.opened or (not form.item and not any(line.text for line in form.lines)):
        return Step(back)
    if not form.item:
        item = desk.entropy(ITEM_ID_BYTES)
        return Step(replace(back, item=item), make=(Create(item, TYPE, content),))
    edit = difference(form.opened, content, TYPES[TYPE].merges)
    return Step(back, make=(Change(form.item, edit),) if edit.fields or edit.blobs else ())
