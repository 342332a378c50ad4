"""Who is there and who types, as the server tells it for a time; and how the owner is to be seen (IM-10 to IM-12)."""

from __future__ import annotations

from dataclasses import replace

from google.protobuf.message import DecodeError

from thinline.frames import Soft
from thinline.intents import Change, Create, Intent
from thinline.merge import Content, difference
from thinline.types import TYPES
from thinline.v1 import im_pb2
from thinline.v1.im_pb2 import Buddy, Friend, Friends, Presence, Typing, Typists
from thinline_emulator.apps.base import Desk, Saying, Step, begin_screen
from thinline_emulator.apps.choices import is_press
from thinline_emulator.apps.im.pages import Mood, Page, Roster, Talk
from thinline_emulator.apps.im.people import BUDDY, COLLECTION, FRIENDS, item_of, people, somebody
from thinline_emulator.keys import Char, Key
from thinline_emulator.screen import Screen, Style

__all__ = ["draw_mood", "friends_there", "key_mood", "mood", "says", "seen_text", "sign", "typists"]

_BASE = 4_096 * COLLECTION
_PRESENCE_KEY, _TYPING_KEY, _TYPISTS_KEY, _FRIENDS_KEYS = _BASE, _BASE + 1, _BASE + 2, range(_BASE + 16, _BASE + 32)
_TTL_S, _EVERY_S = 90, 30.0
_TYPING_TTL_S, _TYPING_EVERY_S = 8, 4.0
_STATUS_CHARACTERS = 64
_THERE, _BUSY, _INVISIBLE = (
    im_pb2.PRESENCE_STATE_THERE,
    im_pb2.PRESENCE_STATE_BUSY,
    im_pb2.PRESENCE_STATE_INVISIBLE,
)
_STATES = {_THERE: "there", _BUSY: "busy", _INVISIBLE: "invisible"}


def friends_there(desk: Desk) -> dict[str, Friend]:
    """Who is there, by address."""
    told: dict[str, Friend] = {}
    for key in _FRIENDS_KEYS:
        try:
            told.update({one.address: one for one in Friends.FromString(desk.soft(key)).friends})
        except DecodeError:
            continue
    return told


def typists(desk: Desk) -> list[str]:
    """Who types something to the owner."""
    try:
        return list(Typists.FromString(desk.soft(_TYPISTS_KEY)).addresses)
    except DecodeError:
        return []


def sign(friend: Friend | None) -> str:
    """A cell for a list."""
    if friend is None:
        return " "
    return "○" if friend.idle else "×" if friend.state == _BUSY else "●"


def seen_text(friend: Friend | None) -> str:
    """The same in words; empty of whom nothing is known."""
    if friend is None:
        return ""
    told = "idle" if friend.idle else _STATES.get(friend.state, "there")
    return f"{told}: {friend.status}" if friend.status else told


# The owner


def _own(desk: Desk) -> Buddy:
    return somebody(desk.account, desk).buddy


def says(state: Page, desk: Desk) -> tuple[Saying, ...]:
    """That the owner is there, as far as there is anybody to see it; and to whom they type."""
    if not any(person.buddy.bond == FRIENDS for person in people(desk).values()):
        return ()
    own = _own(desk)
    presence = Presence(state=own.state or _THERE, status=own.status)
    typed = b""
    if isinstance(state, Talk) and state.typed and desk.memory.focus[-1:] == ["im"]:
        buddy = somebody(state.address, desk).buddy
        if buddy.bond == FRIENDS and not buddy.discreet and own.state != _INVISIBLE:
            typed = Typing(address=state.address).SerializeToString()
    return (
        Saying(Soft(_PRESENCE_KEY, presence.SerializeToString(), _TTL_S), _EVERY_S),
        Saying(Soft(_TYPING_KEY, typed, _TYPING_TTL_S), _TYPING_EVERY_S),
    )


def mood(back: Roster, desk: Desk) -> Mood:
    """The page, as things are."""
    own = _own(desk)
    return Mood(own.state or _THERE, own.status, back)


def draw_mood(page: Mood, desk: Desk) -> Screen:
    """The states, and what is typed."""
    canvas = begin_screen(desk, "How friends see me", "press: keep   wheel: state   BACK")
    for y, (state, text) in enumerate(_STATES.items(), 2):
        canvas.line(y, f"   {text}", style=Style.INVERSE if state == page.state else Style.NORMAL)
    canvas.put(1, 6, "With a word:", Style.DIM)
    canvas.put(3, 7, f"{page.status}_", Style.BOLD)
    return canvas.screen()


def key_mood(page: Mood, key: Key | Char, desk: Desk) -> Step:
    """Turn, type, keep."""
    match key:
        case Key.WHEEL_DOWN | Key.DOWN:
            return Step(replace(page, state=min(_INVISIBLE, page.state + 1)))
        case Key.WHEEL_UP | Key.UP:
            return Step(replace(page, state=max(_THERE, page.state - 1)))
        case Char(text):
            return Step(replace(page, status=(page.status + text)[:_STATUS_CHARACTERS]))
        case Key.DELETE:
            return Step(replace(page, status=page.status[:-1]))
        case Key.BACK | Key.CANCEL:
            return Step(page.back)
        case _ if is_press(key):
            return Step(page.back, make=_kept(page, desk))
        case _:
            return Step(page)


def _kept(page: Mood, desk: Desk) -> tuple[Intent, ...]:
    """In the owner's own item, which all their handsets have."""
    person = somebody(desk.account, desk)
    after = Buddy()
    after.CopyFrom(person.buddy)
    after.state, after.status = im_pb2.PresenceState.ValueType(page.state), page.status.strip()
    content = Content(after.SerializeToString(deterministic=True))
    if person.shown is None:
        return (Create(item_of(desk.account, desk), BUDDY, content),)
    edit = difference(person.shown.content, content, TYPES[BUDDY].merges)
    return (Change(person.shown.item, edit),) if edit.fields else ()
