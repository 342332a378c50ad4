"""The list of mails: two rows each, newest first, and what lies beyond memory by asking as the wheel comes near it."""

from __future__ import annotations

from dataclasses import replace

from thinline.commands import DELETE_SEEN_BYTES
from thinline.intents import Delete
from thinline.items import content_digest
from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.grades import grade_mark
from thinline_emulator.apps.mail.letters import (
    COLLECTION,
    DRAFTS,
    TRASH,
    correspondent,
    edited,
    flags,
    folder_title,
    is_new,
    mail_of,
    mails,
    missing,
    size_text,
    when,
)
from thinline_emulator.apps.mail.pages import Folders, List, Menu, Read, Search
from thinline_emulator.apps.mail.writing import go_on
from thinline_emulator.apps.pageview import draw_lines, styled
from thinline_emulator.apps.troubles import trouble_text
from thinline_emulator.asks import AskState, Find, Listing, Standing, Wish
from thinline_emulator.keys import Char, Key
from thinline_emulator.overlay import Shown
from thinline_emulator.screen import Canvas, Screen, Style

__all__ = ["delete", "draw_list", "draw_search", "key_list", "key_search", "opened", "rows", "searched", "turned"]

_ROWS_EACH = 2
_AHEAD = 16  # mails before the end of what is here, from which on more is asked for
_BLOCK = 32  # mails, of which each is asked for once where memory has holes; an answer holds twice as many
_DAY_CELLS = 8
_SEARCH_CHARACTERS = 60  # of at most four bytes each, within what a server takes


def rows(state: List, desk: Desk) -> list[Shown]:
    """What a list shows, in its order."""
    if not state.words:
        return mails(desk, state.folder, state.thread)
    told = [desk.asked(_finding(state, cursor)) for cursor in state.cursors]
    items = dict.fromkeys(item for standing in told if standing is not None for item in standing.items)
    return [shown for item in items if (shown := desk.item(item)) is not None]


def _finding(state: List, cursor: bytes) -> Find:
    return Find(COLLECTION, state.words, cursor)


def _at(state: List, listed: list[Shown]) -> int:
    """The place of the wheel; the first where its mail is gone."""
    return next((at for at, shown in enumerate(listed) if shown.item == state.item), 0)


def draw_list(state: List, desk: Desk) -> Screen:
    """Two listed a mail: who, how large, when and how safe; then subject and first line."""
    listed = rows(state, desk)
    title = "Found" if state.words else "Conversation" if state.thread else folder_title(state.folder)
    new = sum(map(is_new, listed))
    canvas = begin_screen(desk, f"{title} ({new}/{len(listed)})", "press: open   MENU   LEFT: folders   BACK")
    room = (canvas.height - 3) // _ROWS_EACH
    at = _at(state, listed)
    first = max(0, min(at - room // 2, len(listed) - room))
    for place, shown in enumerate(listed[first : first + room]):
        _draw_mail(canvas, 1 + place * _ROWS_EACH, shown, desk, chosen=first + place == at)
    if not listed:
        canvas.line(2, " Nothing here." if not _waits(state, desk) else " More is on its way ...")
    _draw_note(canvas, state, desk, last=bool(listed) and at == len(listed) - 1)
    return canvas.screen()


def _draw_mail(canvas: Canvas, y: int, shown: Shown, desk: Desk, *, chosen: bool) -> None:
    mail = mail_of(shown)
    style = Style.INVERSE if chosen else Style.BOLD if is_new(shown) else Style.NORMAL
    size = size_text(sum(blob.size for blob in shown.content.blobs)) if shown.content.blobs else ""
    right = f"{size}  {when(mail.date_s, desk):>{_DAY_CELLS}} {grade_mark(shown):>2}"
    canvas.line(y, f"{flags(mail)} {correspondent(mail)}", right, style)
    said = " · ".join(text for text in (mail.subject or "(no subject)", mail.first_line) if text)
    canvas.line(y + 1, f"   {said}", style=Style.INVERSE if chosen else Style.DIM)


def _draw_note(canvas: Canvas, state: List, desk: Desk, *, last: bool) -> None:
    said = desk.memory.note
    if not said and last and _waits(state, desk):
        said = "More is on its way ..."
    if said:
        canvas.line(canvas.height - 2, f" {said}", style=Style.BOLD)
    else:
        _draw_trouble(canvas, desk)


def _draw_trouble(canvas: Canvas, desk: Desk) -> None:
    """What keeps mail from going out or coming in, in the lines that the list leaves."""
    room = (canvas.height - 2) - (canvas.height - 3) // _ROWS_EACH * _ROWS_EACH
    lines = styled(trouble_text(COLLECTION, desk), canvas.width - 2, Style.BOLD)[:room]
    draw_lines(canvas, lines, 0, canvas.height - 1 - len(lines))


def _waits(state: List, desk: Desk) -> bool:
    if desk.memory.welcome is None or COLLECTION in desk.memory.filling:
        return True
    wish = _finding(state, state.cursors[-1]) if state.words else Listing(COLLECTION, behind=state.asked)
    standing = desk.asked(wish)
    return standing is not None and standing.state in (AskState.WAITING, AskState.ASKED)


# Keys


def key_list(state: List, key: Key | Char, desk: Desk) -> Step:
    """Turn, open, delete; the rest is in the menu."""
    match key:
        case Key.WHEEL_DOWN | Key.DOWN:
            return turned(state, 1, desk)
        case Key.WHEEL_UP | Key.UP:
            return turned(state, -1, desk)
        case Key.MENU:
            return Step(Menu(state))
        case Key.LEFT:
            return Step(Folders())
        case Key.WHEEL_PRESS | Key.OK | Key.ENTER | Key.RIGHT:
            return _open(state, desk)
        case Key.DELETE:
            listed = rows(state, desk)
            return delete(state, listed[_at(state, listed)], desk) if listed else Step(state)
        case Key.BACK | Key.CANCEL:
            within = state.thread or state.words
            return Step(List(state.folder, state.item)) if within else Step(state, close=True)
        case _:
            return Step(state)


def turned(state: List, by: int, desk: Desk) -> Step:
    """The mail beside; near the end of what is here, the server is asked for more."""
    listed = rows(state, desk)
    if not listed:
        return _asking(state, desk)
    holes = not state.words and COLLECTION in desk.memory.cache.holes
    if by < 0 and holes and not _is_known_above(state, listed, desk):
        wish = Listing(COLLECTION, before=listed[_at(state, listed)].item)
        standing = desk.asked(wish)
        waits = standing is not None and standing.state in (AskState.WAITING, AskState.ASKED)
        return Step(state, ask=() if waits else (wish,))
    at = max(0, min(len(listed) - 1, _at(state, listed) + by))
    return replace(_asking(replace(state, item=listed[at].item), desk), used=listed[at].item)


def _is_known_above(state: List, listed: list[Shown], desk: Desk) -> bool:
    """Where memory has holes: whether an answer told what stands above the wheel, and all that it told is here."""
    at = _at(state, listed)
    here, above = listed[at].item, listed[at - 1].item if at else b""
    for wish, standing in desk.memory.answers.items():
        if not isinstance(wish, Listing):
            continue
        told = (wish.behind, *standing.items, wish.before)
        known = (above and here in told and above in told) or (wish.before == here and not standing.items)
        if known and _is_told(standing, desk):
            return True
    return False


def _asking(state: List, desk: Desk) -> Step:
    """Ask for what stands around the wheel in the collection's order, where memory may not hold all of it."""
    if state.words:
        return _finding_on(state, desk)
    order = [shown.item for shown in mails(desk)]
    at = order.index(state.item) if state.item in order else 0
    if COLLECTION in desk.memory.cache.holes:
        block = at // _BLOCK * _BLOCK
        behind = order[block - 1] if block else b""
    elif at + _AHEAD >= len(order):
        behind = order[-1] if order else b""
    else:
        return Step(state)
    state = replace(state, asked=behind)
    wish = Listing(COLLECTION, behind=behind)
    return Step(state) if _is_told(desk.asked(wish), desk) else Step(state, ask=(wish,))


def _finding_on(state: List, desk: Desk) -> Step:
    """At the end of what was found, look on where the server stopped looking (spec ASK-11)."""
    listed = rows(state, desk)
    wish = _finding(state, state.cursors[-1])
    standing = desk.asked(wish)
    if standing is None:
        return Step(state, ask=(wish,))
    if standing.state is not AskState.CAME or not standing.cursor or _at(state, listed) + _AHEAD < len(listed):
        return Step(state)
    state = replace(state, cursors=(*state.cursors, standing.cursor))
    return Step(state, ask=(_finding(state, standing.cursor),))


def searched(state: List, wish: Wish, desk: Desk) -> Step | None:
    """An answer to a search came: the server bounds its work, so it may have found little yet (spec ASK-11)."""
    if not state.words or wish != _finding(state, state.cursors[-1]):
        return None
    return _finding_on(state, desk)


def _is_told(standing: Standing | None, desk: Desk) -> bool:
    """Whether an answer is under way, or here with all that it brought."""
    return standing is not None and all(desk.memory.cache.get(item) is not None for item in standing.items)


def _open(state: List, desk: Desk) -> Step:
    listed = rows(state, desk)
    if not listed:
        return _asking(state, desk)
    shown = listed[_at(state, listed)]
    state = replace(state, item=shown.item)
    if mail_of(shown).folder == DRAFTS:
        return go_on(shown, state, desk)
    return opened(shown, state, desk)


def opened(shown: Shown, back: List, desk: Desk) -> Step:
    """The mail's page: it counts as read from now on, and its text is asked for where it is not here."""
    read = edited(shown, seen=True)
    make = (read,) if read is not None else ()
    return Step(Read(shown.item, back), make=make, ask=tuple(missing(shown, desk)), used=shown.item)


def delete(back: List, shown: Shown, desk: Desk) -> Step:
    """Into the trash; what lies there, or was never sent, goes for good. Undo brings either back."""
    listed = rows(back, desk)
    at = next((place for place, one in enumerate(listed) if one.item == shown.item), 0)
    beside = listed[at + 1] if at + 1 < len(listed) else listed[at - 1] if at else None
    after = replace(back, item=beside.item if beside else b"")
    if shown.rejected:
        return Step(after, dismiss=shown.item)
    if mail_of(shown).folder in (TRASH, DRAFTS):
        seen = content_digest(shown.type, shown.content.fields, shown.content.blobs, dead=False)
        return Step(after, make=(Delete(shown.item, seen[:DELETE_SEEN_BYTES]),))
    moved = edited(shown, folder=TRASH)
    return Step(after, make=(moved,) if moved is not None else ())


# Searching


def draw_search(state: Search, desk: Desk) -> Screen:
    """What is typed."""
    canvas = begin_screen(desk, "Search", "press: search on the server   BACK")
    canvas.put(1, 2, "People, subjects, texts, names of files:", Style.DIM)
    canvas.put(1, 4, f"{state.words}_", Style.BOLD)
    return canvas.screen()


def key_search(state: Search, key: Key | Char, desk: Desk) -> Step:
    """Type, and look."""
    match key:
        case Char(typed):
            return Step(Search((state.words + typed)[:_SEARCH_CHARACTERS]))
        case Key.DELETE:
            return Step(Search(state.words[:-1]))
        case Key.BACK | Key.CANCEL:
            return Step(List())
        case Key.WHEEL_PRESS | Key.OK | Key.ENTER if state.words.strip():
            return _finding_on(List(words=state.words.strip()), desk)
        case _:
            return Step(state)
