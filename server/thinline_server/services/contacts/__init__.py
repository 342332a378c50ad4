"""Contacts: people by name. The order is the name's, without regard to case; every field has a bound."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from google.protobuf.message import DecodeError

from thinline.commands import Rule
from thinline.errands import ErrandKind
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.search import number_tails
from thinline.types import TYPES, ItemType
from thinline.v1.contacts_pb2 import Contact
from thinline_server.config import Settings
from thinline_server.gateways.base import Gateway, Outside
from thinline_server.services.base import KEY_BYTES
from thinline_server.services.text import is_line

__all__ = ["Contacts", "cut_utf8"]

_LINE_CHARACTERS = 256  # of a name, a number, an address of mail
_LABEL_CHARACTERS = 64
_TEXT_CHARACTERS = 3_072  # of a postal address, of notes
_ENTRIES = 64  # numbers, mails, groups: of each


def cut_utf8(text: str, size_bytes: int) -> bytes:
    """The text's encoding, cut between characters."""
    data = text.encode()
    if len(data) <= size_bytes:
        return data
    while size_bytes and data[size_bytes] & 0xC0 == 0x80:
        size_bytes -= 1
    return data[:size_bytes]


def _parse(fields: bytes) -> Contact | None:
    try:
        return Contact.FromString(fields)  # refuses what is not UTF-8
    except DecodeError:
        return None


def _lines(contact: Contact) -> Iterable[tuple[str, int]]:
    yield contact.name, _LINE_CHARACTERS
    yield contact.organisation, _LINE_CHARACTERS
    for entry in (*contact.phones, *contact.mails):
        yield entry.label, _LABEL_CHARACTERS
        yield entry.value, _LINE_CHARACTERS
    for group in contact.groups:
        yield group, _LABEL_CHARACTERS


class Contacts:
    """The service."""

    name = "contacts"
    types: Mapping[int, ItemType] = {number: one for number, one in TYPES.items() if one.message is Contact}
    rules: Mapping[int, Rule] = {}
    asks: frozenset[int] = frozenset()
    errands: Mapping[int, ErrandKind] = {}

    def gateways(self, settings: Settings, outside: Outside) -> Sequence[Gateway]:
        """None: cards come and go by the operator's hand."""
        return ()

    def key(self, item_type: int, fields: bytes) -> bytes:
        """By name, else by organisation; those without either come first."""
        contact = _parse(fields)
        if contact is None:
            return b""
        return cut_utf8(unicodedata.normalize("NFC", (contact.name or contact.organisation).casefold()), KEY_BYTES)

    def check(self, item_type: int, content: Content) -> Reason | None:
        """INVALID for what is not a contact or breaks a bound."""
        contact = _parse(content.fields)
        if contact is None:
            return Reason.INVALID
        counts = max(len(contact.phones), len(contact.mails), len(contact.groups))
        texts = max(len(contact.address), len(contact.notes))
        if counts > _ENTRIES or texts > _TEXT_CHARACTERS:
            return Reason.INVALID
        sound = all(is_line(text, most) for text, most in _lines(contact))
        return None if sound else Reason.INVALID

    def search_text(self, item_type: int, fields: bytes) -> str:
        """Everything that a person typed."""
        contact = _parse(fields)
        if contact is None:
            return ""
        entries = [entry.value for entry in (*contact.phones, *contact.mails)]
        entries += [tail for phone in contact.phones for tail in number_tails(phone.value)]
        told = (contact.name, contact.organisation, *entries, *contact.groups, contact.address, contact.notes)
        return "\n".join(text for text in told if text)
