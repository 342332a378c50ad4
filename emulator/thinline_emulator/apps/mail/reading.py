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
from thinline_emulator.apps.pageview import cells_across, draw_lines, rows_down, scrolling, styled, within
from thinline_emulator.keys import Char, Key
from thinline_emulator.layout import Line, lay_out
from thinline_emulator.overlay import Shown
from thinline_emulator.screen import Screen, Style

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


def _lines(shown: Shown, desk: Desk, cells: int) -> list[Line]:
    """All that the page can be turned through."""
    mail = mail_of(shown)
    head = _head_texts(shown, mail, desk)
    lines = styled(head[0], cells, Style.BOLD)
    for text in head[1:]:
        lines += styled(text, cells, Style.DIM)
    lines += [(), *lay_out(text_page(shown, desk), cells)]
    told = [f"[{mail.trouble}; the whole mail is on the server]"] if mail.trouble else []
    if any(desk.part(wish.hash, (wish.start, wish.length)) is None for wish in text_wishes(shown)):
        told.append(f"[The text is {standing_text(text_standing(shown, desk))}]")
    told += [f"+ {file.name or file.media_type}" for file in mail.attachments]
    for text in told:
        lines += styled(text, cells, Style.DIM)
    return lines


def draw_read(state: Read, desk: Desk) -> Screen:
    """Draw it from the line on top."""
    shown = desk.item(state.item)
    canvas = begin_screen(desk, "Mail", "press: more to do   LEFT RIGHT: others   BACK")
    if shown is None:
        canvas.line(3, _GONE)
        return canvas.screen()
    draw_lines(canvas, _lines(shown, desk, cells_across(desk)), state.top)
    if desk.memory.note:
        canvas.line(canvas.height - 2, f" {desk.memory.note}", style=Style.BOLD)
    return canvas.screen()


def key_read(state: Read, key: Key | Char, desk: Desk) -> Step:
    """Turn through it, go to the mail beside, do something with it."""
    shown = desk.item(state.item)
    if shown is None or key in (Key.BACK, Key.CANCEL):
        return Step(replace(state.back, item=state.item))
    by = scrolling(key, desk)
    if by:
        return _scrolled(state, shown, by, desk)
    match key:
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
    count = len(_lines(shown, desk, cells_across(desk)))
    return Step(replace(state, top=within(state.top + by, count, rows_down(desk))))


def _beside(state: Read, by: int, desk: Desk) -> Step:
    shown_rows = rows(state.back, desk)
    items = [shown.item for shown in shown_rows]
    at = items.index(state.item) + by if state.item in items else 0
    if not 0 <= at < len(shown_rows):
        return Step(state)
    shown = shown_rows[at]
    is_draft = mail_of(shown).folder == DRAFTS
    return go_on(shown, state.back, desk) if is_draft else opened(shown, state.back, desk)
