"""Recipients as they are typed: read into addresses, and completed from the contacts."""

from __future__ import annotations

import re

from thinline.search import found, haystack, needles
from thinline.types import Collection
from thinline.v1.contacts_pb2 import Contact
from thinline.v1.mail_pb2 import Address
from thinline_emulator.apps.base import Desk

__all__ = ["address_text", "candidates", "completed", "people_text", "read_people", "unfit"]

_SPECIAL = set('",<>@;:()[]\\')
_MOST = 5


def address_text(address: Address) -> str:
    """As people write it: Bob <bob@example.org>."""
    if not address.name:
        return address.address
    name = address.name
    if _SPECIAL & set(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{address.address}>"


def people_text(people: list[Address]) -> str:
    """Some of them in a line."""
    return ", ".join(map(address_text, people))


def read_people(text: str) -> list[Address]:
    """The addresses in a typed line, each once; what is none stands there as it was typed."""
    people: dict[str, Address] = {}
    for entry in _entries(text):
        name, bracket, rest = entry.rpartition("<")
        one = Address(name=_unquoted(name.strip()), address=rest.removesuffix(">").strip() if bracket else entry)
        people.setdefault(one.address, one)
    return list(people.values())


def _entries(text: str) -> list[str]:
    """What stands between the commas that are outside of quotes."""
    entries, entry, quoted, escaped = [], "", False, False
    for letter in text:
        if letter == "," and not quoted:
            entries.append(entry)
            entry = ""
            continue
        quoted ^= letter == '"' and not escaped
        escaped = letter == "\\" and not escaped
        entry += letter
    return [one.strip() for one in (*entries, entry) if one.strip()]


def _unquoted(name: str) -> str:
    if len(name) < 2 or not (name.startswith('"') and name.endswith('"')):
        return name
    return re.sub(r"\\(.)", r"\1", name[1:-1])


def unfit(people: list[Address]) -> str:
    """The first that is no address; empty where all are."""
    for one in people:
        local, at, domain = one.address.rpartition("@")
        if not (local and at and domain) or any(letter.isspace() or letter in _SPECIAL for letter in local + domain):
            return address_text(one) or "<>"
    return ""


def _typed(text: str) -> str:
    """What is being typed: the entry behind the last comma."""
    return text.rpartition(",")[2].strip()


def candidates(text: str, desk: Desk) -> list[Address]:
    """People of the contacts whom the entry being typed may mean: by the beginnings of words, accents aside."""
    typed = _typed(text)
    wanted = needles(typed)
    if not wanted or "<" in typed:
        return []
    people = []
    for shown in desk.items(Collection.COLLECTION_CONTACTS):
        contact = Contact.FromString(shown.content.fields)
        people += [
            Address(name=contact.name, address=mail.value)
            for mail in contact.mails
            if mail.value.casefold() != typed.casefold() and found(wanted, haystack(f"{contact.name}\n{mail.value}"))
        ]
    return sorted(people, key=lambda one: (one.name.casefold(), one.address))[:_MOST]


def completed(text: str, chosen: Address) -> str:
    """The line with the entry being typed replaced, ready for the next."""
    before, comma, _ = text.rpartition(",")
    return f"{before}{comma}{' ' if comma else ''}{address_text(chosen)}, "
