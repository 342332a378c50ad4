"""What handsets ask for: to say something, to be friends or no longer, and that something is read.

Each makes an errand for the other's account. Nearly always it is carried out in the command's own transaction, and
nothing waits (spec OUT-13).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from google.protobuf.message import DecodeError

from thinline.commands import Changes, Decision, Rejection, Rule, Touches, Version, View, grow, revise
from thinline.convert import require
from thinline.errands import Errand, ErrandKind, ErrandState, Progress
from thinline.errors import RemoteError
from thinline.items import ITEM_ID_BYTES, NO_REVISION, Head
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.v1 import im_pb2
from thinline.v1.im_pb2 import Buddy, ChangeBond, MarkRead, Message, SendMessage, SendMessageAgain
from thinline_server.services.fields import with_fields
from thinline_server.services.im.bonds import (
    BUDDY,
    MESSAGE,
    buddy_id,
    hand_bond,
    hand_mark,
    hand_message,
)
from thinline_server.services.text import cut_line

__all__ = [
    "BUDDY", "CHANGE_BOND", "ERRANDS", "IM_BOND", "IM_MARK", "IM_OUT", "MARK_READ", "MESSAGE", "RULES", "SEND_AGAIN",
    "SEND_MESSAGE",
]  # fmt: skip

SEND_MESSAGE, CHANGE_BOND, MARK_READ, SEND_AGAIN = 20, 21, 22, 23  # kinds of commands
IM_OUT, IM_BOND, IM_MARK = 5, 6, 7  # kinds of errands
_REASON_CHARACTERS = 160
_GREETING_CHARACTERS = 200
_OPEN = (im_pb2.MESSAGE_STATE_UNKNOWN, im_pb2.MESSAGE_STATE_FAILED)
_NONE, _ASKED, _ASKS, _FRIENDS = (
    im_pb2.BOND_UNSPECIFIED,
    im_pb2.BOND_ASKED,
    im_pb2.BOND_ASKS,
    im_pb2.BOND_FRIENDS,
)

_B = TypeVar("_B", SendMessage, ChangeBond, MarkRead, SendMessageAgain)


def _read(schema: type[_B], body: bytes) -> _B:
    try:
        message = schema.FromString(body)
    except DecodeError as error:
        raise RemoteError(Reason.MALFORMED, "not a command's body") from error
    require(len(message.item) == ITEM_ID_BYTES, "an item id has 12 bytes")
    return message


def _touches(schema: type[_B]) -> Callable[[bytes], Touches]:
    return lambda body: Touches((_read(schema, body).item,))


def _made(version: Version | None, item: bytes, item_type: int, content: Content) -> Version:
    """The item with a content, whether it was there, had been deleted, or is new."""
    if version is not None:
        return revise(version, content)
    return grow(None, Head(item, 0, NO_REVISION, item_type, content.fields))


# Messages


def _send(body: bytes, view: View) -> Decision:
    """Spec IM-4."""
    told = _read(SendMessage, body)
    if told.item in view.items:  # spec CMD-13
        return Changes((), told=(told.item,))
    message = Message(peer=told.peer, text=told.text, out=True, at_ms=told.at_ms, state=im_pb2.MESSAGE_STATE_QUEUED)
    content = Content(message.SerializeToString(deterministic=True))
    reason = Reason.INVALID if not told.text.strip() else view.check(MESSAGE, content)
    if reason is not None:
        return Rejection(reason)
    errand = Errand(IM_OUT, told.item, told.peer)
    return Changes((_made(None, told.item, MESSAGE, content),), errands=(errand,))


def _send_again(body: bytes, view: View) -> Decision:
    """Spec IM-4; OUT-6."""
    told = _read(SendMessageAgain, body)
    version = view.items.get(told.item)
    if version is None or version.head.dead or version.head.type != MESSAGE:
        return Rejection(Reason.NO_SUCH_ITEM)
    message = Message.FromString(version.head.fields)
    if not message.out or message.state not in _OPEN:
        return Changes((), told=(told.item,))
    queued = Message(state=im_pb2.MESSAGE_STATE_QUEUED)
    content = with_fields(version.content, queued, "state", "reason")
    return Changes((revise(version, content),), errands=(Errand(IM_OUT, told.item, message.peer),))


def _progress(item_type: int, content: Content, progress: Progress) -> Content | None:
    """The message as far as it has come; delivered, it stands at the same time for both (spec IM-6)."""
    if item_type != MESSAGE:
        return None
    state = im_pb2.MessageState.ValueType(_STATES[progress.state])
    told = Message(state=state, reason=cut_line(progress.reason, _REASON_CHARACTERS), at_ms=progress.at_ms)
    at = ("at_ms",) if progress.state is ErrandState.DELIVERED else ()
    return with_fields(content, told, "state", "reason", *at)


_STATES: Mapping[ErrandState, int] = {
    ErrandState.QUEUED: im_pb2.MESSAGE_STATE_QUEUED,
    ErrandState.SENDING: im_pb2.MESSAGE_STATE_SENDING,
    ErrandState.UNKNOWN: im_pb2.MESSAGE_STATE_UNKNOWN,
    ErrandState.SENT: im_pb2.MESSAGE_STATE_SENT,
    ErrandState.DELIVERED: im_pb2.MESSAGE_STATE_DELIVERED,
    ErrandState.FAILED: im_pb2.MESSAGE_STATE_FAILED,
}


# People


def _buddy(item: bytes, address: str, view: View) -> tuple[Version | None, Buddy, Content] | Rejection:
    """Who a command names: as they stand here, or made from nothing (spec IM-3)."""
    if not address or item != buddy_id(view.account, address):
        return Rejection(Reason.INVALID)
    version = view.items.get(item)
    if version is None or version.head.dead:
        fresh = Buddy(address=address)
        return version, fresh, Content(fresh.SerializeToString(deterministic=True))
    return version, Buddy.FromString(version.head.fields), version.content


def _written(version: Version | None, item: bytes, content: Content, view: View) -> Version | Rejection:
    reason = view.check(BUDDY, content)
    return Rejection(reason) if reason is not None else _made(version, item, BUDDY, content)


def _change_bond(body: bytes, view: View) -> Decision:
    """Spec IM-7."""
    told = _read(ChangeBond, body)
    found = _buddy(told.item, told.address, view)
    if isinstance(found, Rejection):
        return found
    version, buddy, content = found
    bond = _BONDS.get(told.act, {}).get(buddy.bond)
    if bond is None:
        return Rejection(Reason.INVALID)
    fresh = version is None or version.head.dead
    if bond == buddy.bond and not fresh:
        return Changes((), told=(told.item,))
    buddy.bond, buddy.greeting = bond, ""
    if fresh:
        buddy.name = told.name
    if bond == _NONE:
        del buddy.groups[:]
    after = _written(version, told.item, with_fields(content, buddy, "bond", "greeting", "groups", "name"), view)
    if isinstance(after, Rejection):
        return after
    greeting = cut_line(told.greeting, _GREETING_CHARACTERS).encode()
    return Changes((after,), errands=(Errand(IM_BOND, told.item, told.address, greeting),))


# By what is done, then by how it stands: how it stands then.
_BONDS: Mapping[int, Mapping[int, im_pb2.Bond.ValueType]] = {
    im_pb2.BOND_ACT_ASK: {_NONE: _ASKED, _ASKED: _ASKED, _ASKS: _FRIENDS, _FRIENDS: _FRIENDS},
    im_pb2.BOND_ACT_ACCEPT: {_ASKS: _FRIENDS, _FRIENDS: _FRIENDS},
    im_pb2.BOND_ACT_END: {_NONE: _NONE, _ASKED: _NONE, _ASKS: _NONE, _FRIENDS: _NONE},
}


def _mark_read(body: bytes, view: View) -> Decision:
    """Spec IM-8."""
    told = _read(MarkRead, body)
    found = _buddy(told.item, told.address, view)
    if isinstance(found, Rejection):
        return found
    version, buddy, content = found
    if told.read_ms <= buddy.read_ms:
        return Changes((), told=(told.item,) if version is not None else ())
    after = _written(version, told.item, with_fields(content, Buddy(read_ms=told.read_ms), "read_ms"), view)
    if isinstance(after, Rejection):
        return after
    tells = buddy.bond == _FRIENDS and not buddy.discreet
    return Changes((after,), errands=(Errand(IM_MARK, told.item, told.address),) if tells else ())


RULES: Mapping[int, Rule] = {
    SEND_MESSAGE: Rule("send message", _touches(SendMessage), _send),
    CHANGE_BOND: Rule("change bond", _touches(ChangeBond), _change_bond),
    MARK_READ: Rule("mark read", _touches(MarkRead), _mark_read),
    SEND_AGAIN: Rule("send message again", _touches(SendMessageAgain), _send_again),
}
ERRANDS: Mapping[int, ErrandKind] = {
    IM_OUT: ErrandKind("message", progress=_progress, hand=hand_message),
    IM_BOND: ErrandKind("request", hand=hand_bond),
    IM_MARK: ErrandKind("read mark", hand=hand_mark),
}
