"""Conversations by number, joined with the contacts, and the commands that are about texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from thinline.commands import DELETE_SEEN_BYTES
from thinline.intents import Change, Create, Delete, Own
from thinline.items import ITEM_ID_BYTES, content_digest
from thinline.merge import Content, difference
from thinline.numbers import number_key, read_number
from thinline.search import found, haystack, needles
from thinline.types import TYPES, Collection
from thinline.v1.contacts_pb2 import Contact
from thinline.v1.mail_pb2 import DeliveryState
from thinline.v1.sms_pb2 import SendText, Text
from thinline_emulator.apps.base import Desk
from thinline_emulator.overlay import Shown

__all__ = ["COLLECTION", "SEND_TEXT", "Thread", "again", "deletions", "read", "text_of", "thread", "threads", "written"]

COLLECTION: int = Collection.COLLECTION_SMS
SEND_TEXT = 30
_TYPE = next(number for number, one in TYPES.items() if one.message is Text)
_OPEN = (DeliveryState.DELIVERY_STATE_UNKNOWN, DeliveryState.DELIVERY_STATE_FAILED)
_QUEUED = DeliveryState.DELIVERY_STATE_QUEUED
_MOST_AT_ONCE = 32  # commands of one press; the rest follow with the next
_CACHED = 8_192


@dataclass(slots=True)
class Thread:
    """A conversation.

    Attributes:
        number: as it was written last; what a text goes to.
        name: of the contact who has it; empty where nobody has.
        texts: the oldest first.
    """

    number: str
    name: str = ""
    texts: list[tuple[Shown, Text]] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What is equal for the same number."""
        return number_key(self.number)

    @property
    def title(self) -> str:
        """Who it is."""
        return self.name or self.number

    @property
    def last_s(self) -> int:
        """When something was written last."""
        return self.texts[-1][1].date_s if self.texts else 0

    @property
    def unread(self) -> int:
        """Texts that came and nobody looked at."""
        return sum(not one.out and not one.seen for _, one in self.texts)


@lru_cache(maxsize=_CACHED)
def text_of(fields: bytes) -> Text:
    """Read from a head's fields. Not to be changed."""
    return Text.FromString(fields)


@lru_cache(maxsize=_CACHED)
def _numbers_of(fields: bytes) -> tuple[str, tuple[str, ...]]:
    """A contact's name, and its numbers that can be texted."""
    contact = Contact.FromString(fields)
    numbers = tuple([number for phone in contact.phones if (number := read_number(phone.value)) is not None])
    return contact.name or contact.organisation, numbers


def _names(items: Iterable[Shown]) -> dict[str, str]:
    """Who has a number, by its key."""
    told: dict[str, str] = {}
    for shown in items:
        name, numbers = _numbers_of(shown.content.fields)
        for number in numbers:
            told.setdefault(number_key(number), name)
    return told


def _gathered(items: Iterable[Shown]) -> dict[str, Thread]:
    told: dict[str, Thread] = {}
    texts = [(shown, text_of(shown.content.fields)) for shown in items]
    texts.sort(key=lambda pair: (pair[1].date_s, pair[0].item))
    for pair in texts:
        one = told.setdefault(number_key(pair[1].number), Thread(pair[1].number))
        one.number = pair[1].number
        one.texts.append(pair)
    return told


def threads(desk: Desk, words: str = "") -> list[Thread]:
    """Conversations, the newest first; with words those that they are in, then contacts, then the number typed."""
    names = desk.arranged(Collection.COLLECTION_CONTACTS, "texted", _names)
    known = desk.arranged(COLLECTION, "threads", _gathered)
    for key, one in known.items():
        one.name = names.get(key, "")
    newest = sorted(known.values(), key=lambda one: (-one.last_s, one.key))
    wanted = needles(words)
    if not wanted:
        return newest
    told = [one for one in newest if found(wanted, _hay(one))]
    for shown in desk.items(Collection.COLLECTION_CONTACTS):
        name, numbers = _numbers_of(shown.content.fields)
        if found(wanted, haystack("\n".join((name, *numbers)))):
            told += [Thread(number, name) for number in numbers if number_key(number) not in known]
    number = read_number(words)
    if number is not None and number_key(number) not in {one.key for one in told}:
        told.append(thread(number, desk))
    return told


def _hay(one: Thread) -> str:
    return haystack("\n".join((one.name, one.number, *(text.text for _, text in one.texts))))


def thread(number: str, desk: Desk) -> Thread:
    """The conversation with a number, also where nothing was written yet."""
    key = number_key(number)
    found_one = next((one for one in threads(desk) if one.key == key), None)
    names = desk.arranged(Collection.COLLECTION_CONTACTS, "texted", _names)
    return found_one or Thread(number, names.get(key, ""))


# Commands


def _content(text: Text) -> Content:
    return Content(text.SerializeToString(deterministic=True))


def written(number: str, text: str, desk: Desk) -> tuple[Create, Own]:
    """The commands that write a text and send it (spec SMS-3)."""
    item = desk.entropy(ITEM_ID_BYTES)
    date_s = (desk.memory.clock.read(desk.now) or 0) // 1_000
    draft = _content(Text(number=number, text=text, out=True, date_s=date_s))
    return Create(item, _TYPE, draft), _sending(item, draft)


def _sending(item: bytes, content: Content) -> Own:
    seen = content_digest(_TYPE, content.fields, content.blobs, dead=False)[:DELETE_SEEN_BYTES]
    after = Text.FromString(content.fields)
    after.state, after.reason, after.at_s = _QUEUED, "", 0
    edit = difference(content, Content(after.SerializeToString(deterministic=True), content.blobs), TYPES[_TYPE].merges)
    return Own(item, SEND_TEXT, SendText(item=item, seen=seen).SerializeToString(), edit)


def again(one: Thread) -> tuple[Own, ...]:
    """Commands that send once more what failed, or may have been sent."""
    told = [_sending(shown.item, shown.content) for shown, text in one.texts if text.out and text.state in _OPEN]
    return tuple(told[-_MOST_AT_ONCE:])


def read(one: Thread) -> tuple[Change, ...]:
    """The edits that mark what came as read."""
    told = []
    for shown, text in one.texts:
        if not text.out and not text.seen:
            after = Text()
            after.CopyFrom(text)
            after.seen = True
            told.append(Change(shown.item, difference(shown.content, _seen(shown, after), TYPES[_TYPE].merges)))
    return tuple(told[-_MOST_AT_ONCE:])


def _seen(shown: Shown, after: Text) -> Content:
    return Content(after.SerializeToString(deterministic=True), shown.content.blobs)


def deletions(one: Thread) -> tuple[Delete, ...]:
    """The commands that delete a conversation, the newest of it first."""
    told = []
    for shown, _ in reversed(one.texts):
        seen = content_digest(shown.type, shown.content.fields, shown.content.blobs, dead=False)
        told.append(Delete(shown.item, seen[:DELETE_SEEN_BYTES]))
    return tuple(told[:_MOST_AT_ONCE])
