"""What is kept of the web, as the server would tell it."""

from __future__ import annotations

from hashlib import sha256

from google.protobuf.message import Message

from desks import item_id
from thinline.items import Blob, Head, Revision
from thinline.v1.web_pb2 import Bookmark, Download, Posting, SavedPage, TransferState

__all__ = ["BOOKMARK", "DOWNLOAD", "FILE", "POSTING", "SAVED", "bookmark", "download", "posting", "saved"]

BOOKMARK, SAVED, DOWNLOAD, POSTING = (item_id(number) for number in range(1, 5))
FILE = b"Leaves of Assam. " * 200
_NEWEST_S = 1_254_355_200


def _head(number: int, item_type: int, message: Message, blobs: tuple[Blob, ...] = ()) -> Head:
    fields = message.SerializeToString(deterministic=True)
    return Head(item_id(number), number, Revision(1, bytes(8)), item_type, fields, blobs)


def bookmark(number: int, title: str, address: str) -> Head:
    """An address."""
    return _head(number, 3, Bookmark(title=title, address=address, at_s=_NEWEST_S - number))


def saved(number: int, title: str, address: str, **parts: bytes) -> Head:
    """A page, with its parts."""
    blobs = tuple(Blob(name, sha256(data).digest(), len(data)) for name, data in sorted(parts.items()))
    return _head(number, 4, SavedPage(title=title, address=address, at_s=_NEWEST_S - number), blobs)


def posting(number: int, title: str, state: TransferState.ValueType = TransferState.TRANSFER_STATE_SENT) -> Head:
    """A form that was sent."""
    return _head(number, 5, Posting(title=title, state=state, at_s=_NEWEST_S - number))


def download(number: int, name: str, *, has_file: bool = True) -> Head:
    """A file; without it the server is still at it."""
    blobs = (Blob("file", sha256(FILE).digest(), len(FILE)),) if has_file else ()
    states = TransferState.TRANSFER_STATE_DELIVERED, TransferState.TRANSFER_STATE_SENDING
    told = Download(name=name, at_s=_NEWEST_S - number, media_type="application/pdf")
    told.state = states[0 if has_file else 1]
    return _head(number, 6, told, blobs)
