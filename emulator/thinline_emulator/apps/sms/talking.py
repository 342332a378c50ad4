"""A conversation with a number: what was written, how far it has come, and what is being typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from thinline.gsm import cut, room_left
from thinline.numbers import read_number
from thinline.reasons import name_of
from thinline.v1.mail_pb2 import DeliveryState
from thinline.v1.sms_pb2 import Text
from thinline_emulator.apps.base import Desk, Step, begin_screen
from thinline_emulator.apps.conversation import Said, draw_conversation, turned_back, typed_on
from thinline_emulator.apps.sms.pages import Menu, Talk
from thinline_emulator.apps.sms.people import COLLECTION, Thread, read, thread, written
from thinline_emulator.apps.troubles import trouble_text
from thinline_emulator.cache import Grade
from thinline_emulator.keys import Char, Key
from thinline_emulator.overlay import Shown
from thinline_emulator.screen import Screen

__all__ = ["draw_talk", "key_talk", "saw"]

_TEXT_BYTES = 3_072
_MOST_PARTS = 10
_FEW_LEFT = 20  # places, from which on they are counted
_NOTES = {
    DeliveryState.DELIVERY_STATE_QUEUED: "waits",
    DeliveryState.DELIVERY_STATE_SENDING: "is being sent",
    DeliveryState.DELIVERY_STATE_UNKNOWN: "perhaps sent, perhaps not",
    DeliveryState.DELIVERY_STATE_SENT: "sent",
    DeliveryState.DELIVERY_STATE_DELIVERED: "delivered",
    DeliveryState.DELIVERY_STATE_FAILED: "not sent",
}
_SIGNS = {Grade.LOCAL: "⇡", Grade.DURABLE: "", Grade.SAFE: "✓"}


def draw_talk(state: Talk, desk: Desk) -> Screen:
    """The newest at the bottom, above what is typed."""
    one = thread(state.number, desk)
    canvas = begin_screen(desk, one.title, "press: send   wheel: back   MENU   BACK")
    beneath = desk.memory.note or _counted(state.typed) or trouble_text(COLLECTION, desk)
    beneath = beneath or (one.number if one.name else "")
    draw_conversation(canvas, list(_told(one)), state.typed, state.up, beneath)
    return canvas.screen()


def _counted(typed: str) -> str:
    """How many messages it takes, where that is more than one or will be soon."""
    told = cut(typed)
    left = room_left(told)
    if len(told.parts) == 1:
        return f"{left} left" if left < _FEW_LEFT else ""
    return f"{len(told.parts)} messages, {left} left"


def _told(one: Thread) -> Iterator[Said]:
    """What was written, and below it what should be known."""
    last_at = max((at for at, (_, text) in enumerate(one.texts) if text.out), default=-1)
    for at, (shown, text) in enumerate(one.texts):
        failed = text.state == DeliveryState.DELIVERY_STATE_FAILED
        sign = "!" if shown.rejected or failed else _SIGNS[shown.grade]
        note = _note(shown, text) if text.out else _gap(shown, text)
        common = text.state in (DeliveryState.DELIVERY_STATE_SENT, DeliveryState.DELIVERY_STATE_DELIVERED)
        yield Said(text.text, text.out, 1_000 * text.date_s, sign, "" if common and at < last_at else note)


def _note(shown: Shown, text: Text) -> str:
    if shown.rejected:
        return f"not accepted: {name_of(shown.rejected)}"
    if shown.grade is Grade.LOCAL:
        return "exists only here"
    why = f" ({text.reason})" if text.reason else ""
    return _NOTES[text.state] + why if text.state in _NOTES else "a draft"


def _gap(shown: Shown, text: Text) -> str:
    told = ["flash"] if text.flash else []
    if text.missing:
        told.append("a part did not come" if text.missing == 1 else f"{text.missing} parts did not come")
    told += ["cut: all of it is on the server"] if shown.content.blobs else []
    return ", ".join(told)


def key_talk(state: Talk, key: Key | Char, desk: Desk) -> Step:
    """Type, send, turn back; whoever presses a key looks at it."""
    one = thread(state.number, desk)
    return replace(_pressed(state, key, one, desk), beside=read(one))


def _pressed(state: Talk, key: Key | Char, one: Thread, desk: Desk) -> Step:
    typed = typed_on(state.typed, key, _TEXT_BYTES)
    if typed is not None:
        if len(typed) > len(state.typed) and len(cut(typed).parts) > _MOST_PARTS:
            return Step(state, note="A text has at most ten messages.")
        return Step(replace(state, typed=typed, up=0))
    profile = desk.power.profile
    up = turned_back(state.up, key, list(_told(one)), profile.cells_wide, profile.cells_high)
    if up is not None:
        return Step(replace(state, up=up))
    match key:
        case Key.WHEEL_PRESS | Key.OK | Key.ENTER | Key.SEND if state.typed.strip():
            if read_number(state.number) is None:
                return Step(state, note="That is a name: nobody can answer it.")
            return Step(replace(state, typed="", up=0), make=written(state.number, state.typed.strip(), desk))
        case Key.MENU:
            return Step(Menu(state))
        case Key.BACK | Key.CANCEL:
            return Step(state.back)
        case _:
            return Step(state)


def saw(state: Talk, desk: Desk) -> Step | None:
    """Somebody looks at it: what came is read."""
    marks = read(thread(state.number, desk))
    return Step(state, beside=marks) if marks else None
