"""A conversation with somebody: what was said, how far it has come, and what is being typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from thinline.reasons import name_of
from thinline.v1 import im_pb2
from thinline.v1.im_pb2 import Message
from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.conversation import Said, draw_conversation, turned_back, typed_on
from thinline_emulator.apps.im.pages import Menu, Talk
from thinline_emulator.apps.im.people import ASKS, TEXT_BYTES, Person, read, said, somebody
from thinline_emulator.apps.im.presence import friends_there, seen_text, typists
from thinline_emulator.cache import Grade
from thinline_emulator.keys import Char, Key
from thinline_emulator.overlay import Shown
from thinline_emulator.screen import Screen

__all__ = ["draw_talk", "key_talk", "saw"]

_NOTES = {
    im_pb2.MESSAGE_STATE_QUEUED: "waits",
    im_pb2.MESSAGE_STATE_SENDING: "is being sent",
    im_pb2.MESSAGE_STATE_UNKNOWN: "perhaps sent, perhaps not",
    im_pb2.MESSAGE_STATE_SENT: "sent",
}


def draw_talk(state: Talk, desk: Desk) -> Screen:
    """The newest at the bottom, above what is typed."""
    person = somebody(state.address, desk)
    canvas = begin_screen(desk, person.name, "press: send   wheel: back   MENU   BACK")
    beneath = desk.memory.note or _going_on(person, desk)
    draw_conversation(canvas, list(_told(person)), state.typed, state.up, beneath)
    return canvas.screen()


def _going_on(person: Person, desk: Desk) -> str:
    if person.address in typists(desk):
        return f"{person.name} is typing ..."
    if person.buddy.bond == ASKS:
        return "asks to be your friend: MENU"
    return seen_text(friends_there(desk).get(person.address))


def _told(person: Person) -> Iterator[Said]:
    """What was said; below the newest of each kind of fate stands which."""
    read_at = max((at for at, (_, one) in enumerate(person.messages) if _is_read(one, person)), default=-1)
    there_at = max((at for at, (_, one) in enumerate(person.messages) if _is_there(one)), default=-1)
    for at, (shown, message) in enumerate(person.messages):
        note = "read" if at == read_at else "delivered" if at == there_at > read_at else _trouble(shown, message)
        sign = "!" if shown.rejected or message.state == im_pb2.MESSAGE_STATE_FAILED else _SIGNS[shown.grade]
        yield Said(message.text, message.out, message.at_ms, sign, note)


_SIGNS = {Grade.LOCAL: "⇡", Grade.DURABLE: "", Grade.SAFE: "✓"}


def _is_there(message: Message) -> bool:
    return message.out and message.state == im_pb2.MESSAGE_STATE_DELIVERED


def _is_read(message: Message, person: Person) -> bool:
    return _is_there(message) and message.at_ms <= person.buddy.their_read_ms


def _trouble(shown: Shown, message: Message) -> str:
    if shown.rejected:
        return f"not accepted: {name_of(shown.rejected)}"
    if shown.grade is Grade.LOCAL and message.out:
        return "exists only here"
    if message.state == im_pb2.MESSAGE_STATE_FAILED:
        return f"not sent: {message.reason}" if message.reason else "not sent"
    why = f" ({message.reason})" if message.reason else ""
    return _NOTES[message.state] + why if message.out and message.state in _NOTES else ""


def key_talk(state: Talk, key: Key | Char, desk: Desk) -> Step:
    """Type, send, turn back."""
    person = somebody(state.address, desk)
    profile = desk.power.profile
    typed = typed_on(state.typed, key, TEXT_BYTES)
    if typed is not None:
        return Step(replace(state, typed=typed, up=0))
    up = turned_back(state.up, key, list(_told(person)), profile.cells_wide, profile.cells_high)
    if up is not None:
        return Step(replace(state, up=up))
    match key:
        case Key.WHEEL_PRESS | Key.OK | Key.ENTER | Key.SEND if state.typed.strip():
            return Step(replace(state, typed="", up=0), make=(said(state.address, state.typed.strip(), desk),))
        case Key.MENU:
            return Step(Menu(state))
        case Key.BACK | Key.CANCEL:
            return Step(state.back)
        case _:
            return saw(state, desk) or Step(state)


def saw(state: Talk, desk: Desk) -> Step | None:
    """Somebody looks at it: what they said is read."""
    mark = read(somebody(state.address, desk), desk)
    return Step(state, beside=(mark,)) if mark is not None else None
