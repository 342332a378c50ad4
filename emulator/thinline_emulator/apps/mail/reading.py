"""One mail: who, when, how far it came, its text as that arrives, and its files."""

from __future__ import annotations

from dataclasses import replace

from thinline.items import Blob
from thinline.reasons import name_of
from thinline.v1.mail_pb2 import Attachment, Mail
from thinline.v1.page_pb2 import BlockKind
from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.grades import grade_text
from thinline_emulator.apps.mail.letters import (
    DRAFTS,
    deliveries,
    mail_of,
    mails,
    missing,
    plain,
    size_text,
    text_page,
    text_standing,
    text_wishes,
    when,
)
from thinline_emulator.apps.mail.listing import delete, opened
from thinline_emulator.apps.mail.pages import Files, Menu, Read
from thinline_emulator.apps.mail.people import address_text, people_text
from thinline_emulator.apps.mail.writing import go_on
from thinline_emulator.asks import AskState, GetPart, Standing
from thinline_emulator.keys import Char, Key
from thinline_emulator.layout import Line, lay_out
from thinline_emulator.overlay import Shown
from thinline_emulator.screen import Canvas, Screen, Style

__all__ = ["draw_files", "draw_read", "key_files", "key_read"]

_GONE = " This mail was deleted."


def _standing_text(standing: Standing | None) -> str:
    """How something stands that is not here."""
    match standing:
        case None:
            return "not here; press to fetch it"
        case Standing(state=AskState.REFUSED, reason=reason):
            return f"not to be had: {name_of(reason)}"
        case Standing(got_bytes=got, of_bytes=whole) if whole:
            return f"{size_text(got)} of {size_text(whole)} came ..."
        case _:
            return "asked for ..."


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
        told.append(f"[The text is {_standing_text(text_standing(shown, desk))}]")
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
    rows = mails(desk, state.back.folder, state.back.thread)
    items = [shown.item for shown in rows]
    at = items.index(state.item) + by if state.item in items else 0
    if not 0 <= at < len(rows):
        return Step(state)
    shown = rows[at]
    is_draft = mail_of(shown).folder == DRAFTS
    return go_on(shown, state.back, desk) if is_draft else opened(shown, state.back, desk)


# Its files


def _files(shown: Shown) -> list[tuple[Attachment, Blob | None]]:
    parts = {blob.name: blob for blob in shown.content.blobs}
    return [(file, parts.get(file.part)) for file in mail_of(shown).attachments]


def _wish(item: bytes, blob: Blob) -> GetPart:
    return GetPart(item, blob.name, blob.hash, blob.size)


def _file_lines(file: Attachment, data: bytes, cells: int) -> list[Line]:
    """A file as text, where it is one."""
    if not file.media_type.startswith("text/"):
        return _styled("This handset can not show it; the console's export brings it out.", cells, Style.DIM)
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    return lay_out(plain(text, BlockKind.BLOCK_KIND_PREFORMATTED), cells)


def draw_files(state: Files, desk: Desk) -> Screen:
    """The list of a mail's files, or one of them."""
    shown = desk.item(state.read.item)
    canvas = begin_screen(desk, "Files", "press: fetch, open   BACK")
    files = _files(shown) if shown is not None else []
    if shown is None or not files:
        canvas.line(3, _GONE if shown is None else " It has no files.")
        return canvas.screen()
    file, blob = files[state.at % len(files)]
    data = desk.part(blob.hash) if blob is not None else None
    if state.top is not None and data is not None:
        _draw_lines(canvas, _file_lines(file, data, canvas.width - 2), state.top)
        return canvas.screen()
    for at, (one, part) in enumerate(files):
        chosen = Style.INVERSE if at == state.at % len(files) else Style.NORMAL
        size = part.size if part is not None else one.size
        canvas.line(1 + 2 * at, f" {one.name or one.media_type}", f"{size_text(size)} ", chosen)
        canvas.line(2 + 2 * at, f"   {_file_standing(shown.item, part, desk)}", style=Style.DIM)
    return canvas.screen()


def _file_standing(item: bytes, part: Blob | None, desk: Desk) -> str:
    if part is None:
        return "in the whole mail, on the server"
    return "here" if desk.part(part.hash) is not None else _standing_text(desk.asked(_wish(item, part)))


def key_files(state: Files, key: Key | Char, desk: Desk) -> Step:
    """Turn to a file, fetch it, open it, turn through it."""
    shown = desk.item(state.read.item)
    files = _files(shown) if shown is not None else []
    if key in (Key.BACK, Key.CANCEL, Key.LEFT):
        return Step(state.read if state.top is None else replace(state, top=None))
    if shown is None or not files:
        return Step(state.read)
    by = {Key.WHEEL_DOWN: 1, Key.DOWN: 1, Key.WHEEL_UP: -1, Key.UP: -1}.get(key, 0) if isinstance(key, Key) else 0
    file, blob = files[state.at % len(files)]
    if by and state.top is not None:
        return Step(replace(state, top=_within(state.top + by, file, blob, desk)))
    if by:
        return Step(replace(state, at=(state.at + by) % len(files)))
    if key not in (Key.WHEEL_PRESS, Key.OK, Key.ENTER, Key.RIGHT) or blob is None:
        return Step(state)
    if desk.part(blob.hash) is not None:
        return Step(replace(state, top=0), used=shown.item)
    wish = _wish(shown.item, blob)
    return Step(state, ask=(wish,) if desk.asked(wish) is None else ())


def _within(top: int, file: Attachment, blob: Blob | None, desk: Desk) -> int:
    """A line of an open file that leaves a screen full below it."""
    profile = desk.power.profile
    data = desk.part(blob.hash) if blob is not None else None
    count = len(_file_lines(file, data, profile.cells_wide - 2)) if data is not None else 0
    return max(0, min(top, count - (profile.cells_high - 2)))
