"""Instant messaging: the roster, what is said, and how far each has read. The roster comes first, then the newest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from google.protobuf.message import DecodeError

from thinline.commands import Rule
from thinline.errands import ErrandKind
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.types import TYPES, ItemType
from thinline.v1.im_pb2 import Buddy, Message
from thinline_server.config import Settings
from thinline_server.gateways.base import Gateway, Outside
from thinline_server.services.im.presence import Presences
from thinline_server.services.im.rules import BUDDY, ERRANDS, RULES
from thinline_server.services.text import is_line, is_text
from thinline_server.softly import SoftPart

__all__ = ["Messenger"]

_ADDRESS_CHARACTERS = 256
_NAME_CHARACTERS = 256
_GROUP_CHARACTERS = 64
_GROUPS = 64
_TEXT_BYTES = 2_048
_LATEST_MS = 2**48 - 1  # of a time; the key counts down from here
_TIME_BYTES = 6
_TYPES = (Buddy, Message)


@lru_cache(maxsize=64)  # a content is checked, placed and searched one after the other
def _buddy(fields: bytes) -> Buddy | None:
    try:
        return Buddy.FromString(fields)  # refuses what is not UTF-8
    except DecodeError:
        return None


@lru_cache(maxsize=64)
def _message(fields: bytes) -> Message | None:
    try:
        return Message.FromString(fields)
    except DecodeError:
        return None


class Messenger:
    """The service."""

    name = "im"
    types: Mapping[int, ItemType] = {number: one for number, one in TYPES.items() if one.message in _TYPES}
    rules: Mapping[int, Rule] = RULES
    asks: frozenset[int] = frozenset()
    errands: Mapping[int, ErrandKind] = ERRANDS

    def gateways(self, settings: Settings, outside: Outside) -> Sequence[Gateway]:
        """What could not be handed over at once is handed over later."""
        # What only a server needs is loaded by one.
        from thinline_server.services.im.courier import Courier

        return [Courier(outside)]

    def soft(self) -> SoftPart:
        """Who is there, and who types."""
        return Presences()

    def key(self, item_type: int, fields: bytes) -> bytes:
        """The roster by address, then messages, the newest first (spec IM-1)."""
        if item_type == BUDDY:
            buddy = _buddy(fields)
            return b"\0" + (buddy.address.encode() if buddy is not None else b"")
        message = _message(fields)
        at_ms = min(message.at_ms, _LATEST_MS) if message is not None else 0
        return b"\1" + (_LATEST_MS - at_ms).to_bytes(_TIME_BYTES, "big")

    def check(self, item_type: int, content: Content) -> Reason | None:
        """INVALID for what is none of its types or breaks a bound (spec IM-2)."""
        fit = _fit_buddy(_buddy(content.fields)) if item_type == BUDDY else _fit_message(_message(content.fields))
        return None if fit else Reason.INVALID

    def search_text(self, item_type: int, fields: bytes) -> str:
        """Names and addresses of people; of messages what was said, and with whom."""
        if item_type == BUDDY:
            buddy = _buddy(fields)
            return "" if buddy is None else "\n".join((buddy.address, buddy.name, *buddy.groups))
        message = _message(fields)
        return "" if message is None else f"{message.peer}\n{message.text}"


def _fit_buddy(buddy: Buddy | None) -> bool:
    if buddy is None or not buddy.address or len(buddy.groups) > _GROUPS:
        return False
    lines = [(buddy.address, _ADDRESS_CHARACTERS), (buddy.name, _NAME_CHARACTERS), (buddy.greeting, _NAME_CHARACTERS)]
    lines.append((buddy.status, _NAME_CHARACTERS))
    return all(is_line(text, most) for text, most in lines + [(group, _GROUP_CHARACTERS) for group in buddy.groups])


def _fit_message(message: Message | None) -> bool:
    if message is None or not message.peer or len(message.text.encode()) > _TEXT_BYTES:
        return False
    lines = ((message.peer, _ADDRESS_CHARACTERS), (message.reason, _NAME_CHARACTERS))
    return is_text(message.text) and all(is_line(text, most) for text, most in lines)
