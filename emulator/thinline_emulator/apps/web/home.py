"""The address line: what is typed, and below it what it may mean: bookmarks, what is kept, pages that were seen."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from thinline.search import found, haystack, needles
from thinline.v1.web_pb2 import Bookmark, Download, Posting, SavedPage
from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.choices import first_row, is_press
from thinline_emulator.apps.grades import grade_mark
from thinline_emulator.apps.web.going import gone_to, read_saved
from thinline_emulator.apps.web.keeping import KeptMessage, deletion, kept
from thinline_emulator.apps.web.states import Home, Kept, Menu, Read, State
from thinline_emulator.keys import Char, Key
from thinline_emulator.overlay import Shown
from thinline_emulator.screen import Screen, Style, clip_start

__all__ = ["Row", "chosen", "draw_home", "key_home", "rows"]

_TOP = 2  # the first row below the address line
_MOST = 2_048  # characters of an address


class Row(NamedTuple):
    """Something to go to: an item, or a page that was seen."""

    sign: str
    title: str
    address: str
    shown: Shown | None = None


def rows(front: Home, desk: Desk, state: State) -> list[Row]:
    """What the typed line may mean; all where nothing is typed. What is kept comes first."""
    told = [_row(shown, message) for shown, message in kept(desk)]
    known = {row.address for row in told}
    told += [Row(" ", title, address) for title, address in state.seen if address not in known]
    wanted = needles(front.typed)
    if not wanted:
        return told
    return [row for row in told if found(wanted, haystack(f"{row.title}\n{row.address}"))]


def _row(shown: Shown, message: KeptMessage) -> Row:
    match message:
        case Bookmark():
            return Row("★", message.title or message.address, message.address, shown)
        case SavedPage():
            return Row("▣", message.title or message.address, message.address, shown)
        case Posting():
            return Row("»", message.title or "A form", "", shown)
        case Download():
            return Row("↓", message.name or "A file", "", shown)


def chosen(front: Home, desk: Desk, state: State) -> Row | None:
    """What the wheel is at; None where that is the line itself."""
    told = rows(front, desk, state)
    return told[min(front.at, len(told)) - 1] if front.at and told else None


def draw_home(state: State, front: Home, desk: Desk) -> Screen:
    """The line and the rows."""
    row = chosen(front, desk, state)
    hint = "type an address   ENTER: go   wheel: these" if row is None else "press: open   RIGHT: its address   MENU"
    canvas = begin_screen(desk, "Web", hint)
    canvas.put(1, 1, "Go to: ", Style.DIM)
    typed = clip_start(f"{front.typed}_", canvas.width - 9)
    canvas.put(8, 1, typed, Style.BOLD if row is None else Style.NORMAL)
    told = rows(front, desk, state)
    room = canvas.height - 1 - _TOP
    at = min(front.at, len(told)) - 1
    first = first_row(max(0, at), len(told), room)
    for place, one in enumerate(told[first : first + room], first):
        style = Style.INVERSE if place == at else Style.NORMAL
        mark = f"{grade_mark(one.shown):>2}" if one.shown is not None else ""
        canvas.line(_TOP + place - first, f"{one.sign} {one.title}", mark, style)
    said = desk.memory.note or ("" if told or front.typed else _nothing(desk))
    if said:
        canvas.line(canvas.height - 2, f" {said}", style=Style.BOLD if desk.memory.note else Style.DIM)
    return canvas.screen()


def _nothing(desk: Desk) -> str:
    return "No bookmarks yet." if desk.link == "linked" else f"Nothing is here yet ({desk.link})."


def key_home(state: State, front: Home, key: Key | Char, desk: Desk) -> Step:
    """Type, turn, go."""
    row = chosen(front, desk, state)
    match key:
        case Char(text):
            return _at(state, replace(front, typed=(front.typed + text).lstrip()[:_MOST], at=0))
        case Key.DELETE if row is not None and row.shown is not None:
            return Step(replace(state, front=replace(front, at=front.at - 1)), make=(deletion(row.shown),))
        case Key.DELETE:
            return _at(state, replace(front, typed=front.typed[:-1], at=0))
        case Key.WHEEL_DOWN | Key.DOWN:
            return _at(state, replace(front, at=min(front.at + 1, len(rows(front, desk, state)))))
        case Key.WHEEL_UP | Key.UP:
            return _at(state, replace(front, at=max(0, front.at - 1)))
        case Key.RIGHT if row is not None and row.address:
            return _at(state, replace(front, typed=row.address, at=0))
        case Key.RIGHT if state.visits:
            return _at(state, Read())
        case Key.MENU:
            return Step(replace(state, front=Menu(front)))
        case Key.BACK | Key.CANCEL:
            return _left(state, front)
    if not is_press(key):
        return Step(state)
    return gone_to(state, front.typed, desk) if row is None else _opened(state, row, desk)


def _left(state: State, front: Home) -> Step:
    """Back: first what was typed goes, then to the page that it lies over, then out."""
    if front != Home(over=front.over):
        return _at(state, Home(over=front.over))
    return _at(state, Read()) if front.over else Step(state, close=True)


def _at(state: State, front: Home | Read) -> Step:
    return Step(replace(state, front=front))


def _opened(state: State, row: Row, desk: Desk) -> Step:
    match row:
        case Row("▣", title, _, shown) if shown is not None:
            return read_saved(state, shown, title, desk)
        case Row(_, _, "", shown) if shown is not None:
            return Step(replace(state, front=Kept(shown.item)), used=shown.item)
        case Row(address=address):
            return gone_to(state, address, desk)
