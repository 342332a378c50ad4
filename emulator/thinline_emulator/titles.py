"""What a person calls an item, read from its schema alone: the first text of its message that says something."""

from __future__ import annotations

from typing import assert_never

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError

from thinline.intents import Change, Create, Delete, Own, Restore
from thinline.types import TYPES
from thinline_emulator.cache import Cache
from thinline_emulator.outbox import Entry

__all__ = ["doing", "title"]


def title(item: bytes, type_number: int, fields: bytes) -> str:
    """The item's first text, else its id."""
    kind = TYPES.get(type_number)
    if kind is not None:
        try:
            message = kind.message.FromString(fields)
        except DecodeError:
            return item.hex()
        for field, value in message.ListFields():
            if field.type == FieldDescriptor.TYPE_STRING and isinstance(value, str) and value.strip():
                return value
    return item.hex()


def doing(entry: Entry, cache: Cache) -> str:
    """A command in words: what it does to what."""
    match entry.intent:
        case Create(item, type_number, content):
            return f"new: {title(item, type_number, content.fields)}"
        case Restore(item):
            assert entry.kept is not None
            return f"restored: {title(item, entry.kept.type, entry.kept.content.fields)}"
        case Own(item) if cache.get(item) is None:
            return "something new"  # a service's own command makes it: a form that is sent, a file that is fetched
        case Change(item) | Own(item) | Delete(item):
            head = cache.get(item)
            name = title(item, head.type, head.fields) if head is not None else item.hex()
            return f"{'deleted' if isinstance(entry.intent, Delete) else 'changed'}: {name}"
        case _ as never:
            assert_never(never)
