"""What a command wants: create, change, delete or restore one item, or what a service's own kind says.

As values, and as bytes.

The outbox builds them, the rules of `commands` read them. Their bytes are the body of a command and go through every
layer between untouched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias, assert_never

from google.protobuf.message import DecodeError, Message

from thinline.convert import blob_of, require
from thinline.errors import RemoteError
from thinline.items import ITEM_ID_BYTES, Blob
from thinline.limits import LIMITS
from thinline.merge import BlobChange, Content, Edit, FieldChange
from thinline.reasons import Reason
from thinline.v1 import item_pb2

__all__ = [
    "CHANGE",
    "CREATE",
    "DELETE",
    "RESTORE",
    "Change",
    "Create",
    "Delete",
    "Intent",
    "Own",
    "Restore",
    "part_hashes",
    "read_intent",
    "write_intent",
]

CREATE, CHANGE, DELETE, RESTORE = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Create:
    """A new item, under an id that its maker drew."""

    item: bytes
    type: int
    content: Content


@dataclass(frozen=True, slots=True)
class Change:
    """Some fields or blobs of an item."""

    item: bytes
    edit: Edit


@dataclass(frozen=True, slots=True)
class Delete:
    """The item as it was seen: 8 bytes of its content digest."""

    item: bytes
    seen: bytes


@dataclass(frozen=True, slots=True)
class Restore:
    """A deleted item again, as it was seen: 8 bytes of the content digest that it had."""

    item: bytes
    seen: bytes


@dataclass(frozen=True, slots=True)
class Own:
    """A command of a service's own kind about one item; only the service reads the body.

    `edit` is how the item is shown until the server has answered, and `creates` the type of one that the command makes
    where it is not there; neither travels.
    """

    item: bytes
    kind: int
    body: bytes
    edit: Edit = field(default_factory=Edit)
    creates: int = 0


Intent: TypeAlias = Create | Change | Delete | Restore | Own


def part_hashes(intent: Intent) -> tuple[bytes, ...]:
    """Hashes of the parts that an intent names: they go up before its command."""
    match intent:
        case Create():
            return tuple(blob.hash for blob in intent.content.blobs)
        case Change():
            return tuple(change.blob.hash for change in intent.edit.blobs if change.blob)
        case Delete() | Restore() | Own():
            return ()
        case _ as never:
            assert_never(never)


def _blob(blob: Blob) -> item_pb2.Blob:
    return item_pb2.Blob(name=blob.name, hash=blob.hash, size=blob.size)


def _change_message(intent: Change) -> item_pb2.Change:
    message = item_pb2.Change(item=intent.item)
    for change in intent.edit.fields:
        message.fields.add(
            number=change.number, value=change.value, seen=change.seen, add=change.add, remove=change.remove
        )
    for one in intent.edit.blobs:
        blob = _blob(one.blob) if one.blob else item_pb2.Blob(name=one.name)
        message.blobs.add(blob=blob, seen=one.seen)
    return message


def write_intent(intent: Intent) -> tuple[int, bytes]:
    """A command's kind and body."""
    match intent:
        case Create():
            message = item_pb2.Create(item=intent.item, type=intent.type, fields=intent.content.fields)
            message.blobs.extend(_blob(blob) for blob in intent.content.blobs)
            return CREATE, message.SerializeToString()
        case Change():
            return CHANGE, _change_message(intent).SerializeToString()
        case Delete():
            return DELETE, item_pb2.Delete(item=intent.item, seen=intent.seen).SerializeToString()
        case Own(_, kind, body):
            return kind, body
        case Restore():
            return RESTORE, item_pb2.Restore(item=intent.item, seen=intent.seen).SerializeToString()
        case _ as never:
            assert_never(never)


def _create(message: item_pb2.Create) -> Create:
    require(len(message.blobs) <= LIMITS.blobs_per_item, "too many blobs", Reason.TOO_LARGE)
    blobs = sorted((blob_of(blob) for blob in message.blobs), key=lambda blob: blob.name)
    require(len({blob.name for blob in blobs}) == len(blobs), "a blob's name stands twice")
    return Create(message.item, message.type, Content(message.fields, tuple(blobs)))


def _change(message: item_pb2.Change) -> Change:
    require(len(message.blobs) <= LIMITS.blobs_per_item, "too many blobs", Reason.TOO_LARGE)
    fields = tuple(
        FieldChange(one.number, one.value, one.seen, tuple(one.add), tuple(one.remove)) for one in message.fields
    )
    blobs = tuple(
        BlobChange(one.blob.name, blob_of(one.blob) if one.blob.hash else None, one.seen) for one in message.blobs
    )
    return Change(message.item, Edit(fields, blobs))


_SCHEMAS: Mapping[int, type[Message]] = {
    CREATE: item_pb2.Create,
    CHANGE: item_pb2.Change,
    DELETE: item_pb2.Delete,
    RESTORE: item_pb2.Restore,
}


@lru_cache(maxsize=64)  # a rule reads a body twice: for what it touches, and to decide
def read_intent(kind: int, body: bytes) -> Intent:
    """The intent in a command of a core kind.

    Raises:
        RemoteError: MALFORMED or TOO_LARGE.
    """
    try:
        message = _SCHEMAS[kind].FromString(body)
    except DecodeError as error:
        raise RemoteError(Reason.MALFORMED, "not a command's body") from error
    assert isinstance(message, item_pb2.Create | item_pb2.Change | item_pb2.Delete | item_pb2.Restore)
    require(len(message.item) == ITEM_ID_BYTES, "an item id has 12 bytes")
    if isinstance(message, item_pb2.Create):
        return _create(message)
    if isinstance(message, item_pb2.Change):
        return _change(message)
    if isinstance(message, item_pb2.Restore):
        return Restore(message.item, message.seen)
    return Delete(message.item, message.seen)
