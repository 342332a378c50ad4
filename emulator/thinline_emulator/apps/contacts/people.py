"""People as the list, the groups and a search see them: what is worked out of a head once, and kept by its bytes."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from thinline.commands import DELETE_SEEN_BYTES
from thinline.intents import Change, Delete
from thinline.items import Blob, content_digest
from thinline.merge import Content, difference
from thinline.search import found, haystack, needles, number_tails
from thinline.types import TYPES, Collection
from thinline.v1.contacts_pb2 import Contact
from thinline_emulator.apps.base import Desk
from thinline_emulator.apps.contacts.pages import FAVOURITES
from thinline_emulator.overlay import Shown

__all__ = [
    "COLLECTION", "NO_NAME", "PHOTO", "TYPE", "Person", "changed", "contact_of", "copies_of", "deletion", "groups_of",
    "name_of", "person", "photo_of", "rows",
]  # fmt: skip

COLLECTION: int = Collection.COLLECTION_CONTACTS
TYPE = 1
PHOTO = "photo"
NO_NAME = "(no name)"
_CACHED = 8_192  # heads; a list asks for all of them each time that it is drawn


class Person(NamedTuple):
    """What a list shows of one, and where."""

    key: str
    name: str
    number: str
    groups: tuple[str, ...]


@lru_cache(maxsize=_CACHED)
def person(fields: bytes) -> Person:
    """Read from a head's fields."""
    contact = Contact.FromString(fields)
    mail = next((mail.value for mail in contact.mails), "")
    name = contact.name or contact.organisation or mail or NO_NAME
    number = next((phone.value for phone in contact.phones), mail if mail != name else "")
    groups = (*([FAVOURITES] if contact.favourite else []), *contact.groups)
    return Person(unicodedata.normalize("NFC", name.casefold()), name, number, groups)


@lru_cache(maxsize=_CACHED)
def _hay(fields: bytes) -> str:
    """What a search looks at, as the server does."""
    contact = Contact.FromString(fields)
    told = [contact.name, contact.organisation, contact.address, contact.notes, *contact.groups]
    told += [entry.value for entry in (*contact.phones, *contact.mails)]
    told += [tail for phone in contact.phones for tail in number_tails(phone.value)]
    return haystack("\n".join(told))


def contact_of(shown: Shown) -> Contact:
    """All that it says."""
    return Contact.FromString(shown.content.fields)


def name_of(shown: Shown) -> str:
    """What it is called."""
    return person(shown.content.fields).name


def photo_of(shown: Shown) -> Blob | None:
    """The part that is its photo."""
    return next((blob for blob in shown.content.blobs if blob.name == PHOTO), None)


def rows(desk: Desk, group: str = "", find: str = "") -> list[Shown]:
    """Who is here, of a group, with all words of a text: by name."""
    some = desk.items(COLLECTION)
    if group:
        some = [shown for shown in some if group in person(shown.content.fields).groups]
    if find:
        wanted = needles(find)
        some = [shown for shown in some if found(wanted, _hay(shown.content.fields))]
    return sorted(some, key=lambda shown: (person(shown.content.fields).key, shown.item))


def groups_of(desk: Desk) -> list[tuple[str, int]]:
    """The groups that somebody is in, with how many are; the favourites first."""
    counts = Counter(group for shown in desk.items(COLLECTION) for group in person(shown.content.fields).groups)
    return sorted(counts.items(), key=lambda pair: (pair[0] != FAVOURITES, pair[0].casefold()))


def copies_of(item: bytes, desk: Desk) -> list[Shown]:
    """Its conflict copies, the oldest first as far as their ids tell."""
    return sorted((one for one in desk.items(COLLECTION) if one.copy_of == item), key=lambda one: one.item)


# What is made


def changed(shown: Shown, contact: Contact, blobs: tuple[Blob, ...] | None = None) -> tuple[Change, ...]:
    """The command that makes an item say this; none where it does."""
    content = Content(contact.SerializeToString(deterministic=True), shown.content.blobs if blobs is None else blobs)
    edit = difference(shown.content, content, TYPES[TYPE].merges)
    return (Change(shown.item, edit),) if edit.fields or edit.blobs else ()


def deletion(shown: Shown) -> Delete:
    """The command that deletes what is seen."""
    seen = content_digest(shown.type, shown.content.fields, shown.content.blobs, dead=False)
    return Delete(shown.item, seen[:DELETE_SEEN_BYTES])
