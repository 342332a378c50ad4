"""What is kept of the web as items: bookmarks, saved pages, forms that were sent, files."""

from __future__ import annotations

from typing import TypeAlias

from google.protobuf.message import Message

from thinline.commands import DELETE_SEEN_BYTES
from thinline.intents import Create, Delete, Own
from thinline.items import ITEM_ID_BYTES, Blob, content_digest
from thinline.merge import Content
from thinline.types import TYPES, Collection
from thinline.v1.item_pb2 import Blob as BlobMessage
from thinline.v1.web_pb2 import (
    Bookmark,
    Download,
    FetchFile,
    Field,
    PageKept,
    Pick,
    PostForm,
    Posting,
    SavedPage,
    TransferState,
    View,
)
from thinline_emulator.apps.base import Desk
from thinline_emulator.apps.web.states import Opened
from thinline_emulator.asks import GetPart
from thinline_emulator.overlay import Shown

__all__ = [
    "BOOKMARK", "COLLECTION", "DOWNLOAD", "POSTING", "SAVED", "KeptMessage", "deletion", "file_wish", "kept",
    "message_of", "new_bookmark", "new_download", "new_posting", "new_saved", "parts_of", "posting_text",
    "transfer_text",
]  # fmt: skip

COLLECTION: int = Collection.COLLECTION_PAGES
BOOKMARK, SAVED, POSTING, DOWNLOAD = 3, 4, 5, 6
_POST_FORM, _FETCH_FILE = 18, 19
_LINE_CHARACTERS = 256
KeptMessage: TypeAlias = Bookmark | SavedPage | Posting | Download

_STATES = {
    TransferState.TRANSFER_STATE_QUEUED: "It waits on the server.",
    TransferState.TRANSFER_STATE_SENDING: "The server is at it.",
    TransferState.TRANSFER_STATE_UNKNOWN: "It may have arrived, or not. It is not sent again by itself.",
    TransferState.TRANSFER_STATE_SENT: "The site answered. Press to read what.",
    TransferState.TRANSFER_STATE_DELIVERED: "The file is on the server.",
    TransferState.TRANSFER_STATE_FAILED: "It did not work",
}


def message_of(shown: Shown) -> KeptMessage:
    """What the head says."""
    message = TYPES[shown.type].message.FromString(shown.content.fields)
    assert isinstance(message, Bookmark | SavedPage | Posting | Download)
    return message


def kept(desk: Desk) -> list[tuple[Shown, KeptMessage]]:
    """All of it, as the server orders it (spec WEB-1)."""
    found = [(shown, message_of(shown)) for shown in desk.items(COLLECTION) if shown.type in TYPES]
    return sorted(found, key=lambda pair: (-pair[1].at_s, pair[0].item))


def _now_s(desk: Desk) -> int:
    at_ms = desk.memory.clock.read(desk.now)
    return 0 if at_ms is None else at_ms // 1_000


def _line(text: str) -> str:
    return " ".join(text.split())[:_LINE_CHARACTERS]


def _create(item_type: int, message: Message, desk: Desk, blobs: tuple[Blob, ...] = ()) -> Create:
    content = Content(message.SerializeToString(deterministic=True), blobs)
    return Create(desk.entropy(ITEM_ID_BYTES), item_type, content)


def new_bookmark(title: str, address: str, desk: Desk) -> Create:
    """The command that keeps an address."""
    return _create(BOOKMARK, Bookmark(title=_line(title), address=address, at_s=_now_s(desk)), desk)


def new_saved(opened: Opened, told: PageKept, desk: Desk) -> Create:
    """The command that keeps a page: its parts are on the server already (spec WEB-10)."""
    saved = SavedPage(title=_line(opened.title), address=opened.address, at_s=_now_s(desk))
    saved.reader = opened.view == View.VIEW_READER
    blobs = sorted([_blob(told.body), _blob(told.links)], key=lambda blob: blob.name)
    return _create(SAVED, saved, desk, tuple([blob for blob in blobs if blob.name]))


def _blob(told: BlobMessage) -> Blob:
    return Blob(told.name, told.hash, told.size)


def new_posting(opened: Opened, form: int, fields: list[Field], desk: Desk) -> Own:
    """The command that sends a form, once (spec WEB-12)."""
    item = desk.entropy(ITEM_ID_BYTES)
    told = PostForm(item=item, page=opened.page, form=form, fields=fields, title=_line(opened.title))
    told.at_s = _now_s(desk)
    return Own(item, _POST_FORM, told.SerializeToString(deterministic=True))


def new_download(target: str | Pick, name: str, desk: Desk) -> Own:
    """The command that has the server fetch a file."""
    item = desk.entropy(ITEM_ID_BYTES)
    told = FetchFile(item=item, name=_line(name), at_s=_now_s(desk))
    if isinstance(target, str):
        told.address = target
    else:
        told.pick.CopyFrom(target)
    return Own(item, _FETCH_FILE, told.SerializeToString(deterministic=True))


def deletion(shown: Shown) -> Delete:
    """The command that deletes what is seen."""
    seen = content_digest(shown.type, shown.content.fields, shown.content.blobs, dead=False)
    return Delete(shown.item, seen[:DELETE_SEEN_BYTES])


# Parts


def parts_of(shown: Shown) -> list[GetPart]:
    """What is to be asked for to have all of it here."""
    return [GetPart(shown.item, blob.name, blob.hash, blob.size) for blob in shown.content.blobs]


def file_wish(shown: Shown) -> GetPart | None:
    """What brings a download's file; None while the server has none."""
    return next((wish for wish in parts_of(shown) if wish.name == "file"), None)


# In words


def transfer_text(message: Posting | Download) -> str:
    """How far it has come."""
    why = f": {message.reason}" if message.reason else ""
    return f"{_STATES.get(message.state, 'It waits.')}{why}"


def posting_text(item: bytes, desk: Desk) -> str:
    """The same, also while only this handset knows of it."""
    shown = desk.item(item)
    if shown is None:
        waits = bool(desk.memory.outbox.of(item))
        return f"The form is on its way to the server ({desk.link})." if waits else "The server did not take the form."
    message = message_of(shown)
    return transfer_text(message) if isinstance(message, Posting) else ""
