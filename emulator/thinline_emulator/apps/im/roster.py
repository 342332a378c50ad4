"""The roster: people in their sections, what was said last, and what is unread."""

from __future__ import annotations

from dataclasses import replace

from thinline.v1.im_pb2 import Friend
from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.choices import first_row, is_press
from thinline_emulator.apps.grades import grade_mark
from thinline_emulator.apps.im.pages import Add, Menu, Roster, Talk
from thinline_emulator.apps.im.people import ASKED, ASKS, COLLECTION, Person, read, sections, unread
from thinline_emulator.apps.im.presence import friends_there, sign
from thinline_emulator.apps.mail.letters import when
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Canvas, Screen, Style, clip, width

__all__ = ["chosen", "draw_roster", "key_roster", "opened"]

_NAME_CELLS = 18


def chosen(state: Roster, desk: Desk) -> Person | None:
    """Who the wheel is at."""
    told = sections(desk, state.words)
    return told[_at(state, told)][1] if told else None


def _at(state: Roster, told: list[tuple[str, Person]]) -> int:
    """The place; of somebody who moved to another section there, else the first."""
    places = [(section, person.address) for section, person in told]
    if (state.section, state.address) in places:
        return places.index((state.section, state.address))
    return next((at for at, (_, address) in enumerate(places) if address == state.address), 0)


def draw_roster(state: Roster, desk: Desk) -> Screen:
    """A line for each, below the name of their section."""
    told = sections(desk, state.words)
    new = sum({person.address: unread(person) for _, person in told}.values())
    title = f"Messages ({new} new)" if new else "Messages"
    canvas = begin_screen(desk, title, "press: talk   MENU   type: find   BACK")
    at = _at(state, told)
    lines: list[tuple[str, Person | None, bool]] = []
    for place, (section, person) in enumerate(told):
        if not place or told[place - 1][0] != section:
            lines.append((section, None, False))
        lines.append((section, person, place == at))
    here = next((row for row, (_, _, is_at) in enumerate(lines) if is_at), 0)
    said = f" find: {state.words}_" if state.words else f" {desk.memory.note}" if desk.memory.note else ""
    room = canvas.height - 2 - bool(said)
    first = first_row(here, len(lines), room)
    there = friends_there(desk)
    for y, (section, who, is_at) in enumerate(lines[first : first + room], 1):
        if who is None:
            canvas.line(y, f" {section}", style=Style.DIM)
        else:
            _draw_person(canvas, y, (who, there.get(who.address)), desk, chosen=is_at)
    if not told:
        waits = desk.memory.welcome is None or COLLECTION in desk.memory.filling
        canvas.line(2, " More is on its way ..." if waits else " Nobody here. MENU adds somebody.")
    if said:
        canvas.line(canvas.height - 2, said, style=Style.BOLD)
    return canvas.screen()


def _draw_person(canvas: Canvas, y: int, who: tuple[Person, Friend | None], desk: Desk, *, chosen: bool) -> None:
    person, friend = who
    new = unread(person)
    style = Style.INVERSE if chosen else Style.BOLD if new or person.buddy.bond == ASKS else Style.NORMAL
    right = f"{when(person.last_ms // 1_000, desk)} {grade_mark(person.shown) if person.shown is not None else ' '}"
    count = f" ({new})" if new else ""
    canvas.line(y, f" {sign(friend)} {clip(person.name, _NAME_CELLS - len(count))}{count}", right, style)
    x = _NAME_CELLS + 4
    said = clip(_line(person, friend), canvas.width - x - width(right) - 2)
    canvas.put(x, y, said, Style.INVERSE if chosen else Style.DIM)


def _line(person: Person, friend: Friend | None) -> str:
    """What stands beside the name."""
    if friend is not None and friend.status and not unread(person):
        return friend.status
    if person.buddy.bond == ASKS:
        return person.buddy.greeting or "asks to be your friend"
    if person.messages:
        return person.messages[-1][1].text.split("\n", 1)[0]
    return "was asked" if person.buddy.bond == ASKED else ""


def key_roster(state: Roster, key: Key | Char, desk: Desk) -> Step:
    """Turn, open, find."""
    told = sections(desk, state.words)
    match key:
        case Key.WHEEL_DOWN | Key.DOWN | Key.WHEEL_UP | Key.UP if told:
            by = 1 if key in (Key.WHEEL_DOWN, Key.DOWN) else -1
            section, person = told[max(0, min(_at(state, told) + by, len(told) - 1))]
            return Step(replace(state, section=section, address=person.address))
        case Key.MENU:
            return Step(Menu(state))
        case Char(typed):
            return Step(replace(state, words=(state.words + typed).lstrip()[:60]))
        case Key.DELETE if state.words:
            return Step(replace(state, words=state.words[:-1]))
        case Key.BACK | Key.CANCEL:
            return Step(Roster()) if state.words else Step(state, close=True)
        case _ if is_press(key) and told:
            section, person = told[_at(state, told)]
            return opened(person, replace(state, section=section, address=person.address, words=""), desk)
        case _ if is_press(key):
            return Step(Add((state.words.strip(), "", ""), back=Roster()))
        case _:
            return Step(state)


def opened(person: Person, back: Roster, desk: Desk) -> Step:
    """The conversation; what stands there counts as read from now on."""
    mark = read(person, desk)
    return Step(Talk(person.address, back=back), beside=(mark,) if mark is not None else ())
