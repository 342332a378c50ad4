"""The list of conversations: who, what was written last, and how much is new."""

from __future__ import annotations

from dataclasses import replace

from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.choices import first_row, is_press
from thinline_emulator.apps.mail.letters import when
from thinline_emulator.apps.sms.pages import Menu, Talk, Threads
from thinline_emulator.apps.sms.people import COLLECTION, Thread, read, threads
from thinline_emulator.apps.troubles import trouble_text
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Canvas, Screen, Style, clip

__all__ = ["chosen", "draw_threads", "key_threads"]

_NAME_CELLS = 18
_MOST = 60  # characters that are typed


def chosen(state: Threads, desk: Desk) -> Thread | None:
    """The conversation that the wheel is at."""
    told = threads(desk, state.words)
    return told[_at(state, told)] if told else None


def _at(state: Threads, told: list[Thread]) -> int:
    return next((at for at, one in enumerate(told) if one.key == state.key), 0)


def draw_threads(state: Threads, desk: Desk) -> Screen:
    """A line for each."""
    told = threads(desk, state.words)
    new = sum(one.unread for one in told)
    title = f"Texts ({new} new)" if new else "Texts"
    canvas = begin_screen(desk, title, "press: open   MENU   type: whom   BACK")
    typed = f"to: {state.words}_" if state.words else ""
    said = desk.memory.note or typed or trouble_text(COLLECTION, desk)
    room = canvas.height - 2 - bool(said)
    at = _at(state, told)
    first = first_row(at, len(told), room)
    for y, one in enumerate(told[first : first + room], 1):
        _draw_thread(canvas, y, one, desk, chosen=first + y - 1 == at)
    if not told:
        waits = desk.memory.welcome is None or COLLECTION in desk.memory.filling
        canvas.line(2, " More is on its way ..." if waits else " No texts. Type a name or a number to write one.")
    if said:
        canvas.line(canvas.height - 2, f" {said}", style=Style.BOLD)
    return canvas.screen()


def _draw_thread(canvas: Canvas, y: int, one: Thread, desk: Desk, *, chosen: bool) -> None:
    style = Style.INVERSE if chosen else Style.BOLD if one.unread else Style.NORMAL
    count = f" ({one.unread})" if one.unread else ""
    title = one.title if one.texts or not chosen else f"{one.title}  {one.number}" if one.name else one.number
    canvas.line(y, f"  {clip(title, canvas.width - 20)}{count}", when(one.last_s, desk), style)
    line = _line(one)
    if line and not chosen:
        canvas.put(_NAME_CELLS + 4, y, clip(line, canvas.width - _NAME_CELLS - 13), Style.DIM)


def _line(one: Thread) -> str:
    """What stands beside the name: what was written last, or the number of somebody who was not texted yet."""
    if not one.texts:
        return one.number if one.name else ""
    last = one.texts[-1][1]
    return ("> " if last.out else "") + last.text.replace("\n", " ")


def key_threads(state: Threads, key: Key | Char, desk: Desk) -> Step:
    """Turn, open, find."""
    told = threads(desk, state.words)
    match key:
        case Key.WHEEL_DOWN | Key.DOWN | Key.WHEEL_UP | Key.UP if told:
            by = 1 if key in (Key.WHEEL_DOWN, Key.DOWN) else -1
            return Step(replace(state, key=told[max(0, min(_at(state, told) + by, len(told) - 1))].key))
        case Key.MENU:
            return Step(Menu(state))
        case Char(typed):
            return Step(Threads(words=(state.words + typed).lstrip()[:_MOST]))
        case Key.DELETE if state.words:
            return Step(Threads(words=state.words[:-1]))
        case Key.BACK | Key.CANCEL:
            return Step(Threads()) if state.words else Step(state, close=True)
        case _ if is_press(key) and told:
            one = told[_at(state, told)]
            return Step(Talk(one.number, back=Threads(key=one.key)), beside=read(one))
        case _ if is_press(key):
            return Step(state, note="Nobody is called so; it is no number.")
        case _:
            return Step(state)
