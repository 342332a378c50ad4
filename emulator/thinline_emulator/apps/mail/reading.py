"""One mail: who, when, how far it came, and its text as that arrives."""

from __future__ import annotations

from dataclasses import replace

from thinline.v1.mail_pb2 import Mail
from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.grades import grade_text
from thinline_emulator.apps.mail.letters import (
    DRAFTS,
    deliveries,
    mail_of,
    missing,
    plain,
    size_text,
    standing_text,
    text_page,
    text_standing,
    text_wishes,
    when,
)
from thinline_emulator.apps.mail.listing import delete, opened, rows
from thinline_emulator.apps.mail.pages import Menu, Read
from thinline_emulator.apps.mail.people import address_text, people_text
from thinline_emulator.apps.mail.writing import go_on
from thinline_emulator.keys import Char, Key
from thinline_emulator.layout import Line, lay_out
from thinline_emulator.overlay import Shown
from thinline_emulator.screen import Canvas, Screen, Style

__all__ = ["draw_read", "key_read"]

_GONE = " This mail was deleted."


# The page


def _head_texts(shown: Shown, mail: Mail, desk: Desk) -> list[str]:
    told = [mail.subject or "(no subject)"]
    if mail.HasField("sender"):
        told.append(f"From: {address_text(mail.sender)}")
    people = people_text(list(mail.to)) or ("you" if mail.HasField("sender") else "nobody yet")
    more = f" and {mail.more_recipients} more" if mail.more_recipients else ""
    told.append(f"To: {people}{more}")
    told += [f"{label}: {people_text(list(some))}" for label, some in (("Cc", mail.cc), ("Bcc", mail.bcc)) if some]
    size = size_text(sum(blob.size for blob in shown.content.blobs))
    told.append(f"{when(mail.date_s, desk)}  {size}  {grade_text(shown)}".strip())
    return [*told, *deliveries(mail, desk)]


def _styled(text: str, cells: int, style: Style) -> list[Line]:
    """A text of one style in lines."""
    return [tuple(piece._replace(style=style) for piece in line) for line in lay_out(plain(text), cells)]


def _lines(shown: Shown, desk: Desk, cells: int) -> list[Line]:
    """All that the page can be turned through."""
    mail = mail_of(shown)
    head = _head_texts(shown, mail, desk)
    lines = _styled(head[0], cells, Style.BOLD)
    for text in head[1:]:
        lines += _styled(text, cells, Style.DIM)
    lines += [(), *lay_out(text_page(shown, desk), cells)]
    told = [f"[{mail.trouble}; the whole mail is on the server]"] if mail.trouble else []
    if any(desk.part(wish.hash, (wish.start, wish.length)) is None for wish in text_wishes(shown)):
        told.append(f"[The text is {standing_text(text_standing(shown, desk))}]")
    told += [f"+ {file.name or file.media_type}" for file in mail.attachments]
    for text in told:
        lines += _styled(text, cells, Style.DIM)
    return lines


def _draw_lines(canvas: Canvas, lines: list[Line], top: int) -> None:
    room = canvas.height - 2
    top = max(0, min(top, len(lines) - room))
    for y, line in enumerate(lines[top : top + room], 1):
        for piece in line:
            canvas.put(1 + piece.x, y, piece.text, piece.style)


def draw_read(state: Read, desk: Desk) -> Screen:
    """Draw it from the line on top."""
    shown = desk.item(state.item)
    canvas = begin_screen(desk, "Mail", "press: more to do   LEFT RIGHT: others   BACK")
    if shown is None:
        canvas.line(3, _GONE)
        return canvas.screen()
    _draw_lines(canvas, _lines(shown, desk, canvas.width - 2), state.top)
    if desk.memory.note:
        canvas.line(canvas.height - 2, f" {desk.memory.note}", style=Style.BOLD)
    return canvas.screen()


def key_read(state: Read, key: Key | Char, desk: Desk) -> Step:
    """Turn through it, go to the mail beside, do something with it."""
    shown = desk.item(state.item)
    if shown is None or key in (Key.BACK, Key.CANCEL):
        return Step(replace(state.back, item=state.item))
    match key:
        case Key.WHEEL_DOWN | Key.DOWN:
            return _scrolled(state, shown, 1, desk)
        case Key.WHEEL_UP | Key.UP:
            return _scrolled(state, shown, -1, desk)
        case Char(" "):
            return _scrolled(state, shown, desk.power.profile.cells_high - 3, desk)
        case Key.LEFT | Key.RIGHT:
            return _beside(state, -1 if key is Key.LEFT else 1, desk)
        case Key.MENU:
            return Step(Menu(state))
        case Key.WHEEL_PRESS | Key.OK | Key.ENTER:
            wishes = tuple(missing(shown, desk))
            return Step(state, ask=wishes) if wishes else Step(Menu(state))
        case Key.DELETE:
            return delete(replace(state.back, item=state.item), shown, desk)
        case _:
            return Step(state)


def _scrolled(state: Read, shown: Shown, by: int, desk: Desk) -> Step:
    profile = desk.power.profile
    last = max(0, len(_lines(shown, desk, profile.cells_wide - 2)) - (profile.cells_high - 2))
    return Step(replace(state, top=max(0, min(last, state.top + by))))


def _beside(state: Read, by: int, desk: Desk) -> Step:
    shown_rows = rows(state.back, desk)
    items = [shown.item for shown in shown_rows]
    at = items.index(state.item) + by if state.item in items else 0
    if not 0 <= at < len(shown_rows):
        return Step(state)
    shown = shown_rows[at]
    is_draft = mail_of(shown).folder == DRAFTS
    return go_on(shown, state.back, desk) if is_draft else opened(shown, state.back, desk)
