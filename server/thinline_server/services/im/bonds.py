"""What comes of one account's words, requests and marks in another: pure functions of what lies there.

What is handed over says how things stand, not what was done: it may come late, twice or after something newer, and
both sides still end up alike (spec IM-5 to IM-8).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from thinline.errands import Handed, Parcel
from thinline.items import outside_id
from thinline.merge import Content
from thinline.types import TYPES
from thinline.v1 import im_pb2
from thinline.v1.im_pb2 import Bond, Buddy, Message
from thinline_server.services.fields import with_fields

__all__ = ["BUDDY", "MESSAGE", "SOURCE", "buddy_id", "hand_bond", "hand_mark", "hand_message"]

SOURCE = "im"  # of the items' ids
BUDDY, MESSAGE = (next(number for number, one in TYPES.items() if one.message is kind) for kind in (Buddy, Message))
_NONE, _ASKED, _ASKS, _FRIENDS = (
    im_pb2.BOND_UNSPECIFIED,
    im_pb2.BOND_ASKED,
    im_pb2.BOND_ASKS,
    im_pb2.BOND_FRIENDS,
)


def buddy_id(account: bytes, address: str) -> bytes:
    """The item that stands for somebody in an account: the same on every handset (spec IM-3)."""
    return outside_id(account, SOURCE, _of_buddy(address))


def _of_buddy(address: str) -> bytes:
    return hashlib.sha256(b"buddy\0" + address.encode()).digest()


def _is_here(address: str) -> bool:
    """Whether it is an account's name, and nobody's elsewhere."""
    return "@" not in address


def hand_message(parcel: Parcel) -> Handed | None:
    """Spec IM-5."""
    if not _is_here(parcel.errand.target):
        return None
    said = Message.FromString(parcel.content.fields)
    came = Message(peer=parcel.name, text=said.text, at_ms=parcel.at_ms)
    fresh = Content(came.SerializeToString(deterministic=True))
    origin = hashlib.sha256(b"message\0" + parcel.name.encode() + b"\0" + parcel.errand.item).digest()
    return Handed(SOURCE, origin, MESSAGE, lambda there: there or fresh, name=parcel.errand.target)


def hand_bond(parcel: Parcel) -> Handed | None:
    """Spec IM-7."""
    told = Buddy.FromString(parcel.content.fields)

    def become(there: Content | None) -> Content | None:
        buddy = Buddy.FromString(there.fields) if there else Buddy(address=parcel.name)
        bond = _met(buddy.bond, told.bond)
        if bond == buddy.bond:
            return None
        greeting = parcel.errand.detail.decode() if bond == _ASKS else ""
        buddy.bond, buddy.greeting = bond, greeting
        return with_fields(there or Content(), buddy, "address", "bond", "greeting")

    return _to_buddy(parcel, become)


def _met(mine: Bond.ValueType, theirs: Bond.ValueType) -> Bond.ValueType:
    """How things stand for one of two, who learns how they stand for the other."""
    if theirs == _ASKED:
        return _FRIENDS if mine == _ASKED else _ASKS
    if theirs == _FRIENDS:
        return _FRIENDS if mine in (_ASKED, _FRIENDS) else _ASKS
    return _NONE if theirs == _NONE else mine


def hand_mark(parcel: Parcel) -> Handed | None:
    """Spec IM-8."""
    told = Buddy.FromString(parcel.content.fields)

    def become(there: Content | None) -> Content | None:
        buddy = Buddy.FromString(there.fields) if there else Buddy()
        if there is None or buddy.bond != _FRIENDS or told.read_ms <= buddy.their_read_ms:
            return None
        return with_fields(there, Buddy(their_read_ms=told.read_ms), "their_read_ms")

    return _to_buddy(parcel, become)


def _to_buddy(parcel: Parcel, become: Callable[[Content | None], Content | None]) -> Handed | None:
    target = parcel.errand.target
    if not _is_here(target):
        return None
    return Handed(SOURCE, _of_buddy(parcel.name), BUDDY, become, name=target, revives=True)
