"""One contact: its photo, all that it says, how safe it is, and that there is another version of it."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from thinline.errors import LocalError
from thinline.limits import LIMITS
from thinline.reasons import name_of as reason_name
from thinline_emulator.apps.base import Desk, Step, begin_screen, new_part
from thinline_emulator.apps.contacts.form import filled_form
from thinline_emulator.apps.contacts.listing import PHOTO_SIDE, opened
from thinline_emulator.apps.contacts.pages import FAVOURITES, List, Menu, View
from thinline_emulator.apps.contacts.people import (
    PHOTO,
    changed,
    contact_of,
    copies_of,
    deletion,
    name_of,
    person,
    photo_of,
    rows,
)
from thinline_emulator.apps.grades import grade_text
from thinline_emulator.asks import AskState
from thinline_emulator.events import FileGiven
from thinline_emulator.keys import Char, Key
from thinline_emulator.overlay import Shown
from thinline_emulator.pictures import GetPicture
from thinline_emulator.screen import Canvas, Screen, Style, fitting, width

__all__ = ["Row", "deleted", "draw_card", "draw_gone", "key_card", "put_photo", "said_of"]

_LABEL_CELLS = 11
_PHOTO_CELLS = (14, 7)


class Row(NamedTuple):
    """A label, in the first row of what it labels, and a piece of the text."""

    label: str
    text: str


def said_of(shown: Shown, cells: int) -> list[Row]:
    """All that a contact says but for its name, in rows of so many cells."""
    contact = contact_of(shown)
    told = [(phone.label or "number", phone.value) for phone in contact.phones]
    told += [(mail.label or "mail", mail.value) for mail in contact.mails]
    told += [("company", contact.organisation), ("address", contact.address), ("notes", contact.notes)]
    told.append(("groups", ", ".join(contact.groups)))
    return [row for label, text in told if text for row in _rows(label, text, cells)]


def _rows(label: str, text: str, cells: int) -> list[Row]:
    pieces = [piece for line in text.splitlines() or [text] for piece in _wrapped(line, cells)]
    return [Row(label if at == 0 else "", piece) for at, piece in enumerate(pieces)]


def _wrapped(text: str, cells: int) -> list[str]:
    """Broken between words; a word that is longer than a row, inside."""
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if width(joined) <= cells:
            line = joined
            continue
        if line:
            lines.append(line)
        while width(word) > cells:
            fits = next(at for at in range(len(word), 0, -1) if width(word[:at]) <= cells)
            lines.append(word[:fits])
            word = word[fits:]
        line = word
    return [*lines, line]


def draw_card(state: View, desk: Desk) -> Screen:
    """Draw it from the line on top."""
    shown = desk.item(state.item)
    if shown is None:
        return draw_gone(desk)
    canvas = begin_screen(desk, "Contact", "press: edit   MENU: more   LEFT RIGHT: others")
    one = person(shown.content.fields)
    photo = photo_of(shown)
    wide = canvas.width - 2 - (_PHOTO_CELLS[0] + 1 if photo else 0)
    for y, piece in enumerate(_wrapped(f"{FAVOURITES} {one.name}" if FAVOURITES in one.groups else one.name, wide)[:2]):
        canvas.put(1, 1 + y, piece, Style.BOLD)
    if photo is not None:
        _draw_photo(canvas, GetPicture(shown.item, photo.name, photo.hash, PHOTO_SIDE, PHOTO_SIDE), desk)
    room = canvas.height - 5
    lines = said_of(shown, wide - _LABEL_CELLS + 1)
    top = max(0, min(state.top, len(lines) - room))
    for y, row in enumerate(lines[top : top + room], 3):
        canvas.put(1, y, row.label[: _LABEL_CELLS - 2], Style.DIM)
        canvas.put(_LABEL_CELLS, y, row.text)
    _say(canvas, shown, desk)
    return canvas.screen()


def _draw_photo(canvas: Canvas, wish: GetPicture, desk: Desk) -> None:
    """The photo in the corner, or how it stands."""
    wide, high = _PHOTO_CELLS
    left = canvas.width - wide - 1
    raster = desk.picture(wish)
    if raster is not None:
        cells = fitting(raster, wide, high)
        canvas.picture(left + wide - cells[0], 2, *cells, raster)
        return
    canvas.put(left, 2, "[photo]".rjust(wide), Style.DIM)
    standing = desk.asked(wish)
    if standing is None:
        told = "press MENU"
    elif standing.state is AskState.REFUSED:
        told = reason_name(standing.reason).lower().replace("_", " ")
    elif standing.of_bytes:
        told = f"{100 * standing.got_bytes // standing.of_bytes} %"
    else:
        told = "..." if standing.state is AskState.ASKED else desk.link
    canvas.put(left, 3, told[:wide].rjust(wide), Style.DIM)


def _say(canvas: Canvas, shown: Shown, desk: Desk) -> None:
    """The newest note, else how safe it is and what there is beside it."""
    if desk.memory.note:
        canvas.line(canvas.height - 2, f" {desk.memory.note}", style=Style.BOLD)
        return
    going_up = desk.going_up(shown.item)
    said = grade_text(shown)
    if going_up is not None and going_up[0] < going_up[1]:
        said = f"{said}, {100 * going_up[0] // going_up[1]} % up"
    if not shown.rejected and not shown.copy_of and copies_of(shown.item, desk):
        said = f"there is another version (MENU); {said}"
    canvas.line(canvas.height - 2, f" {said}", style=Style.DIM)


def draw_gone(desk: Desk) -> Screen:
    """Where one was that is not there any more."""
    canvas = begin_screen(desk, "Contact", "BACK")
    canvas.line(3, " This contact was deleted.")
    return canvas.screen()


# Keys


def key_card(state: View, key: Key | Char, desk: Desk) -> Step:
    """Scroll, edit, delete, or turn to the one beside."""
    shown = desk.item(state.item)
    if key in (Key.BACK, Key.CANCEL) or shown is None:
        return Step(state.back)
    match key:
        case Key.WHEEL_DOWN | Key.DOWN:
            return Step(replace(state, top=min(state.top + 1, _lowest(shown, desk))))
        case Key.WHEEL_UP | Key.UP:
            return Step(replace(state, top=max(0, state.top - 1)))
        case Key.LEFT | Key.RIGHT:
            return _beside(state, 1 if key is Key.RIGHT else -1, desk)
        case Key.WHEEL_PRESS | Key.OK | Key.ENTER:
            return Step(filled_form(shown, state))
        case Key.MENU:
            return Step(Menu(state))
        case Key.DELETE:
            return deleted(shown, state.back, desk)
        case _:
            return Step(state)


def _lowest(shown: Shown, desk: Desk) -> int:
    """The last line that may be on top."""
    profile = desk.power.profile
    cells = profile.cells_wide - 1 - _LABEL_CELLS - (_PHOTO_CELLS[0] + 1 if photo_of(shown) else 0)
    return max(0, len(said_of(shown, cells)) - (profile.cells_high - 5))


def _beside(state: View, by: int, desk: Desk) -> Step:
    some = rows(desk, state.back.group, state.back.find)
    at = next((place for place, one in enumerate(some) if one.item == state.item), 0) + by
    return opened(some[at], state.back) if 0 <= at < len(some) else Step(state)


def deleted(shown: Shown, back: List, desk: Desk) -> Step:
    """It goes at once: the menu brings it back. What was rejected is forgotten first."""
    if shown.rejected:
        return Step(back, dismiss=shown.item)
    some = [one.item for one in rows(desk, back.group, back.find)]
    at = some.index(shown.item) if shown.item in some else -1
    beside = some[at + 1] if 0 <= at < len(some) - 1 else some[at - 1] if at > 0 else b""
    return Step(
        replace(back, item=beside, gone=True), make=(deletion(shown),), note=f"Deleted {name_of(shown)}. MENU: undo"
    )


def put_photo(view: View, given: FileGiven, desk: Desk) -> Step:
    """A picture becomes the photo of the contact that is looked at, in place of the one before.

    Raises:
        LocalError: the contact is gone, or this is no picture.
    """
    shown = desk.item(view.item)
    if shown is None:
        raise LocalError("this contact is gone")
    if not given.media_type.startswith("image/") or not 0 < len(given.data) <= LIMITS.blob_bytes:
        raise LocalError(f"{given.name} is no picture: a photo is an image file")
    photo = new_part(PHOTO, given.data)
    others = [blob for blob in shown.content.blobs if blob.name != PHOTO]
    make = changed(shown, contact_of(shown), tuple(sorted([*others, photo], key=lambda blob: blob.name)))
    return Step(view, make=make, parts={photo.hash: given.data}, note="The photo goes up")
