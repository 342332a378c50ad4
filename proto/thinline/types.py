"""The item types that this version knows, read from the options in the services' .proto files.

The registry: a new service adds its message here, one line. Which fields keep both sides of a conflict, which are
sets, and in which collection the items live stands in the .proto (spec ITEM-7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from google.protobuf.message import Message

from thinline.v1 import contacts_pb2, im_pb2, item_pb2, mail_pb2, sms_pb2, web_pb2

__all__ = ["TYPES", "Collection", "ItemType", "Merge", "registry"]

Collection = item_pb2.Collection
Merge = item_pb2.Merge


@dataclass(frozen=True, slots=True)
class ItemType:
    """One kind of item: its number, its collection, its message and the merge rule of each field."""

    number: int
    collection: int
    message: type[Message]
    merges: Mapping[int, int]

    @property
    def name(self) -> str:
        """The message's name in lower case."""
        return self.message.DESCRIPTOR.name.lower()


def _item_type(message: type[Message]) -> ItemType:
    option = message.DESCRIPTOR.GetOptions().Extensions[item_pb2.item_type]
    assert option.number and option.collection, f"{message.DESCRIPTOR.name} lacks the item_type option"
    merges = {field.number: field.GetOptions().Extensions[item_pb2.merge] for field in message.DESCRIPTOR.fields}
    return ItemType(option.number, option.collection, message, MappingProxyType(merges))


def registry(messages: Iterable[type[Message]]) -> Mapping[int, ItemType]:
    """Item types by number. A number given twice is a bug."""
    types = [_item_type(message) for message in messages]
    by_number = {one.number: one for one in types}
    assert len(by_number) == len(types), "an item type number is given twice"
    return MappingProxyType(by_number)


TYPES = registry(
    [
        contacts_pb2.Contact,
        mail_pb2.Mail,
        web_pb2.Bookmark,
        web_pb2.SavedPage,
        web_pb2.Posting,
        web_pb2.Download,
        im_pb2.Buddy,
        im_pb2.Message,
        sms_pb2.Text,
    ]
)
