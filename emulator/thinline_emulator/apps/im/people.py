"""People as the roster shows them, worked out of buddies and messages, and the commands that are about them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from thinline.intents import Change, Own
from thinline.items import ITEM_ID_BYTES, outside_id
from thinline.merge import Content, difference
from thinline.search import found, haystack, needles
from thinline.types import TYPES, Collection
from thinline.v1 import im_pb2
from thinline.v1.im_pb2 import Buddy, Message
from thinline_emulator.apps.base import Desk
from thinline_emulator.overlay import Shown

__all__ = [
    "ACCEPT", "ASK", "ASKED", "ASKS", "BUDDY", "COLLECTION", "END", "FRIENDS", "NONE", "TEXT_BYTES", "Person", "again",
    "bonded", "edited", "hay", "item_of", "message_of", "people", "read", "said", "sections", "somebody", "unread",
]  # fmt: skip

COLLECTION: int = Collection.COLLECTION_IM
BUDDY, MESSAGE = (next(number for number, one in TYPES.items() if one.message is kind) for kind in (Buddy, Message))
SEND_MESSAGE, CHANGE_BOND, MARK_READ, SEND_AGAIN = 20, 21, 22, 23
TEXT_BYTES = 2_048
NONE, ASKED, ASKS, FRIENDS = im_pb2.BOND_UNSPECIFIED, im_pb2.BOND_ASKED, im_pb2.BOND_ASKS, im_pb2.BOND_FRIENDS
ASK, ACCEPT, END = im_pb2.BOND_ACT_ASK, im_pb2.BOND_ACT_ACCEPT, im_pb2.BOND_ACT_END
_OPEN = (im_pb2.MESSAGE_STATE_UNKNOWN, im_pb2.MESSAGE_STATE_FAILED)
_AFTER = {ASK: {NONE: ASKED, ASKS: FRIENDS}, ACCEPT: {ASKS: FRIENDS}}
_CACHED = 8_192


@dataclass(slots=True)
class Person:
    """Somebody on the roster, or somebody with whom there is a conversation.

    Attributes:
        shown: the item; None of whom nothing but messages is here.
        messages: what was said, the oldest first.
    """

    address: str
    buddy: Buddy
    shown: Shown | None = None
    messages: list[tuple[Shown, Message]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What the owner calls them."""
        return self.buddy.name or self.address

    @property
    def last_ms(self) -> int:
        """When something was said last."""
        return self.messages[-1][1].at_ms if self.messages else 0


@lru_cache(maxsize=_CACHED)
def message_of(fields: bytes) -> Message:
    """Read from a head's fields. Not to be changed."""
    return Message.FromString(fields)


def people(desk: Desk) -> dict[str, Person]:
    """Everybody, by address. Not to be changed."""
    return desk.arranged(COLLECTION, "people", _gathered)


def _gathered(items: Iterable[Shown]) -> dict[str, Person]:
    told: dict[str, Person] = {}
    messages: list[tuple[Shown, Message]] = []
    for shown in items:
        if shown.type == BUDDY and not shown.copy_of:
            buddy = Buddy.FromString(shown.content.fields)
            told[buddy.address] = Person(buddy.address, buddy, shown)
        elif shown.type == MESSAGE:
            messages.append((shown, message_of(shown.content.fields)))
    messages.sort(key=lambda pair: (pair[1].at_ms, pair[0].item))
    for pair in messages:
        peer = pair[1].peer
        told.setdefault(peer, Person(peer, Buddy(address=peer))).messages.append(pair)
    return told


def somebody(address: str, desk: Desk) -> Person:
    """One of them, or somebody of whom nothing is here yet."""
    return people(desk).get(address) or Person(address, Buddy(address=address))


def unread(person: Person) -> int:
    """How much of what they said the owner has not read."""
    return sum(not one.out and one.at_ms > person.buddy.read_ms for _, one in person.messages)


def hay(person: Person) -> str:
    """What a search looks at."""
    return haystack("\n".join((person.address, person.buddy.name, *person.buddy.groups)))


def sections(desk: Desk, words: str = "") -> list[tuple[str, Person]]:
    """Everybody in their section: who asks, groups by name, friends in none, who was asked, who else was talked to."""
    wanted = needles(words)
    told: list[tuple[str, Person]] = []
    for person in people(desk).values():
        if wanted and not found(wanted, hay(person)):
            continue
        bond = person.buddy.bond
        if bond == ASKS:
            told.append((_REQUESTS, person))
        elif bond in (FRIENDS, ASKED) and person.buddy.groups:
            told += [(group, person) for group in sorted(set(person.buddy.groups))]
        elif bond in (FRIENDS, ASKED):
            told.append((_FRIENDS if bond == FRIENDS else _ASKED, person))
        elif person.messages:
            told.append((_OTHERS, person))
    return sorted(told, key=lambda pair: (*_rank(pair[0]), pair[1].name.casefold(), pair[1].address))


_REQUESTS, _FRIENDS, _ASKED, _OTHERS = "Requests", "Friends", "Asked", "Others"
_RANKS = {_REQUESTS: 0, _FRIENDS: 2, _ASKED: 3, _OTHERS: 4}


def _rank(section: str) -> tuple[int, str]:
    return _RANKS.get(section, 1), section.casefold()


# Commands


def item_of(address: str, desk: Desk) -> bytes:
    """A buddy's: the same on every handset of the account (spec IM-3)."""
    return outside_id(desk.account_id, "im", hashlib.sha256(b"buddy\0" + address.encode()).digest())


def _content(item: Buddy | Message) -> Content:
    return Content(item.SerializeToString(deterministic=True))


def _own(person: Person, kind: int, body: bytes, after: Buddy, desk: Desk) -> Own:
    before = person.shown.content if person.shown is not None else Content()
    edit = difference(before, _content(after), TYPES[BUDDY].merges)
    return Own(item_of(person.address, desk), kind, body, edit, creates=BUDDY)


def said(address: str, text: str, desk: Desk) -> Own:
    """The command that says something."""
    item = desk.entropy(ITEM_ID_BYTES)
    at_ms = desk.memory.clock.read(desk.now) or 0
    body = im_pb2.SendMessage(item=item, peer=address, text=text, at_ms=at_ms)
    queued = im_pb2.MESSAGE_STATE_QUEUED
    after = Message(peer=address, text=text, out=True, at_ms=at_ms, state=queued)
    edit = difference(Content(), _content(after), TYPES[MESSAGE].merges)
    return Own(item, SEND_MESSAGE, body.SerializeToString(), edit, creates=MESSAGE)


def again(person: Person) -> tuple[Own, ...]:
    """Commands that send once more what failed, or may have been sent."""
    told = []
    for shown, message in person.messages:
        if message.out and message.state in _OPEN:
            after = Message()
            after.CopyFrom(message)
            after.state, after.reason = im_pb2.MESSAGE_STATE_QUEUED, ""
            edit = difference(shown.content, _content(after), TYPES[MESSAGE].merges)
            body = im_pb2.SendMessageAgain(item=shown.item).SerializeToString()
            told.append(Own(shown.item, SEND_AGAIN, body, edit))
    return tuple(told)


def read(person: Person, desk: Desk) -> Own | None:
    """The command that says how far was read; None where that is known."""
    read_ms = max((one.at_ms for _, one in person.messages if not one.out), default=0)
    if read_ms <= person.buddy.read_ms:
        return None
    after = _changed(person)
    after.read_ms = read_ms
    body = im_pb2.MarkRead(item=item_of(person.address, desk), address=person.address, read_ms=read_ms)
    return _own(person, MARK_READ, body.SerializeToString(), after, desk)


def bonded(person: Person, act: im_pb2.BondAct.ValueType, desk: Desk, *, name: str = "", greeting: str = "") -> Own:
    """The command that asks them, accepts them, or ends it."""
    after = _changed(person)
    bond = person.buddy.bond
    after.bond = NONE if act == END else _AFTER[act].get(bond, bond)
    after.name = name if person.shown is None else after.name
    after.greeting = ""
    if act == END:
        del after.groups[:]
    item = item_of(person.address, desk)
    body = im_pb2.ChangeBond(item=item, address=person.address, act=act, name=name, greeting=greeting)
    return _own(person, CHANGE_BOND, body.SerializeToString(), after, desk)


def edited(person: Person, **told: object) -> Change | None:
    """The edit of what is the owner's: name, groups, whether they are told what is read."""
    assert person.shown is not None, "there is an item to edit"
    after = _changed(person)
    groups = told.pop("groups", None)
    if isinstance(groups, list):
        del after.groups[:]
        after.groups.extend(groups)
    for field_name, value in told.items():
        setattr(after, field_name, value)
    edit = difference(person.shown.content, _content(after), TYPES[BUDDY].merges)
    return Change(person.shown.item, edit) if edit.fields else None


def _changed(person: Person) -> Buddy:
    after = Buddy()
    after.CopyFrom(person.buddy)
    return after
