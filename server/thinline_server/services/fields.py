"""Contents whose fields the server writes beside those that their handsets do."""

from __future__ import annotations

from google.protobuf.message import Message

from thinline.items import join_cells, split_fields
from thinline.merge import Content

__all__ = ["with_fields"]


def with_fields(content: Content, message: Message, *names: str) -> Content:
    """The content with some fields as they are in the message, all others byte for byte (spec ITEM-3)."""
    cells = split_fields(content.fields)
    written = split_fields(message.SerializeToString(deterministic=True))
    for name in names:
        number = message.DESCRIPTOR.fields_by_name[name].number
        cells.pop(number, None)
        if number in written:
            cells[number] = written[number]
    return Content(join_cells(cells), content.blobs)
