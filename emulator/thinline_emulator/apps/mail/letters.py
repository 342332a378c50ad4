"""A mail as the screens tell it: who, when, how large, what its text says, and the edits that mark or move it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from heapq import nsmallest
from typing import NamedTuple

from thinline.intents import Change
from thinline.items import Blob
from thinline.merge import Content, difference
from thinline.pages import read_page
from thinline.reasons import name_of
from thinline.types import TYPES, Collection
from thinline.v1.mail_pb2 import DeliveryState, Letter, Mail
from thinline.v1.page_pb2 import Page
from thinline_emulator.apps.base import Desk
from thinline_emulator.apps.pageview import plain
from thinline_emulator.asks import AskState, GetPart, Standing
from thinline_emulator.overlay import Shown

__all__ = [
    "ARCHIVE", "COLLECTION", "DRAFTS", "FOLDERS", "INBOX", "JUNK", "SENT", "TRASH", "TYPE", "blob_of",
    "correspondent", "deliveries", "edited", "flags", "folder_title", "folders_of", "is_new", "mail_of", "mails",
    "missing", "newest", "own_words", "size_text", "standing_text",
    "text_page", "text_standing", "text_wishes", "when",
]  # fmt: skip

TYPE = 2
COLLECTION: int = Collection.COLLECTION_MAIL
INBOX, DRAFTS, SENT, ARCHIVE, JUNK, TRASH = "", "drafts", "sent", "archive", "junk", "trash"
FOLDERS = (INBOX, DRAFTS, SENT, ARCHIVE, JUNK, TRASH)
_LETTER, _BODY = "mail", "body"
_RULES = TYPES[TYPE].merges
_STATES = {
    DeliveryState.DELIVERY_STATE_QUEUED: "waits",
    DeliveryState.DELIVERY_STATE_SENDING: "is being sent",
    DeliveryState.DELIVERY_STATE_UNKNOWN: "perhaps sent, perhaps not",
    DeliveryState.DELIVERY_STATE_SENT: "sent",
    DeliveryState.DELIVERY_STATE_DELIVERED: "delivered",
    DeliveryState.DELIVERY_STATE_FAILED: "not sent",
}


def mail_of(shown: Shown) -> Mail:
    """What the head says."""
    return Mail.FromString(shown.content.fields)


def blob_of(shown: Shown, name: str) -> Blob | None:
    """One of its parts."""
    return next((blob for blob in shown.content.blobs if blob.name == name), None)


class _Place(NamedTuple):
    """Where a mail stands in the lists."""

    folder: str
    date_s: int
    thread: bytes
    is_new: bool


@lru_cache(maxsize=8_192)
def _place(fields: bytes) -> _Place:
    """A list asks for all of them each time it is drawn."""
    mail = Mail.FromString(fields)
    return _Place(mail.folder, mail.date_s, mail.thread, not mail.seen and mail.HasField("sender"))


def mails(desk: Desk, folder: str | None = None, thread: bytes = b"") -> list[Shown]:
    """Mails of a folder or a conversation, or all, as the server orders them (spec MAIL-1). Not to be changed."""
    return desk.arranged(COLLECTION, ("mails", folder, thread), lambda items: _ordered(items, folder, thread))


def newest(desk: Desk, count: int) -> list[Shown]:
    """So many of what the server told, in that order; without laying out the others, for each mail that comes asks."""
    heads = (head for head in desk.memory.cache.heads(COLLECTION) if not head.dead)
    first = nsmallest(count, heads, key=lambda head: (-_place(head.fields).date_s, head.item))
    return [shown for head in first if (shown := desk.item(head.item)) is not None]


def _ordered(items: list[Shown], folder: str | None, thread: bytes) -> list[Shown]:
    placed = [(_place(shown.content.fields), shown) for shown in items]
    if thread:
        placed = [(place, shown) for place, shown in placed if place.thread == thread]
    elif folder is not None:
        placed = [(place, shown) for place, shown in placed if place.folder == folder]
    placed.sort(key=lambda pair: (-pair[0].date_s, pair[1].item))
    return [shown for _, shown in placed]


def is_new(shown: Shown) -> bool:
    """Whether it came and nobody has read it."""
    return _place(shown.content.fields).is_new


def folders_of(desk: Desk) -> list[tuple[str, int, int]]:
    """All folders with how many mails and how many new ones are here of each; its owner's by name."""
    counts = {name: [0, 0] for name in FOLDERS}
    for shown in desk.items(COLLECTION):
        place = _place(shown.content.fields)
        count = counts.setdefault(place.folder, [0, 0])
        count[0] += 1
        count[1] += place.is_new
    own = sorted(set(counts) - set(FOLDERS))
    return [(name, counts[name][0], counts[name][1]) for name in (*FOLDERS, *own)]


def folder_title(folder: str) -> str:
    """A folder as people call it."""
    return (folder or "inbox").capitalize() if folder in FOLDERS else folder


# In few cells


def correspondent(mail: Mail) -> str:
    """Who it is from; for what was written here, whom it is to."""
    if mail.HasField("sender"):
        return mail.sender.name or mail.sender.address or "(no sender)"
    names = [one.name or one.address for one in (*mail.to, *mail.cc, *mail.bcc)]
    return f"to {', '.join(names)}" if names else "to nobody yet"


def flags(mail: Mail) -> str:
    """Two cells: whether it is new or what was done to it, and whether it is flagged or brings files."""
    first = "<" if mail.answered else ">" if mail.forwarded else " "
    if not mail.seen and mail.HasField("sender"):
        first = "•"
    return first + ("!" if mail.trouble else "*" if mail.flagged else "+" if mail.attachments else " ")


def when(date_s: int, desk: Desk) -> str:
    """The time of today, the day of this year, the year of others."""
    if not date_s:
        return ""
    try:
        at = datetime.fromtimestamp(date_s, UTC)
    except (OverflowError, ValueError, OSError):
        return "?"
    now_ms = desk.memory.clock.read(desk.now)
    now = datetime.fromtimestamp(now_ms / 1000, UTC) if now_ms is not None else None
    if now is not None and at.date() == now.date():
        return at.strftime("%H:%M")
    return at.strftime("%d %b") if now is not None and at.year == now.year else at.strftime("%b %Y")


def size_text(size_bytes: int) -> str:
    """Bytes as people say them."""
    if size_bytes < 1_000:
        return f"{size_bytes} B"
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1_000:.0f} KB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def deliveries(mail: Mail, desk: Desk) -> Iterator[str]:
    """How far it has come, a line for each recipient."""
    for one in mail.deliveries:
        said = f"{one.recipient}: {_STATES.get(one.state, 'waits')}"
        why = f" ({one.reason})" if one.reason else ""
        yield f"{said} {when(one.at_s, desk)}".rstrip() + why


# The text


def _stretches(shown: Shown) -> list[tuple[int, int]]:
    """Where its text lies in its part `mail`: what the head of it tells, then the rest."""
    mail = mail_of(shown)
    found = [(0, mail.text_bytes), (mail.text_bytes, mail.rest_bytes)]
    return [(start, length) for start, length in found if length]


def text_wishes(shown: Shown) -> list[GetPart]:
    """What to ask for to read it, whether it is here or not."""
    body = blob_of(shown, _BODY)
    if body is not None:
        return [GetPart(shown.item, body.name, body.hash, body.size)]
    letter = blob_of(shown, _LETTER)
    if letter is None:
        return []
    return [GetPart(shown.item, letter.name, letter.hash, letter.size, *stretch) for stretch in _stretches(shown)]


def missing(shown: Shown, desk: Desk) -> list[GetPart]:
    """What of its text is neither here nor on its way."""
    return [
        wish for wish in text_wishes(shown) if desk.part(wish.hash, _held(wish)) is None and desk.asked(wish) is None
    ]


def text_standing(shown: Shown, desk: Desk) -> Standing | None:
    """How the first of its text stands that is not here."""
    absent = (wish for wish in text_wishes(shown) if desk.part(wish.hash, _held(wish)) is None)
    return next((standing for wish in absent if (standing := desk.asked(wish)) is not None), None)


def text_page(shown: Shown, desk: Desk) -> Page:
    """Its text as a page, as far as it is here: the pieces of a page joined are the page (spec PAGE-2)."""
    pieces: list[bytes] = []
    for wish in text_wishes(shown):
        data = desk.part(wish.hash, _held(wish))
        if data is None:
            break
        if wish.name == _BODY:
            return plain(data.decode("utf-8", "replace"))
        letter = Letter.FromString(data)
        pieces += (letter.text, letter.rest)
    return read_page(b"".join(pieces))


def own_words(shown: Shown, desk: Desk) -> str | None:
    """The text of what was written here; None where it is not here."""
    body = blob_of(shown, _BODY)
    if body is None:
        return ""
    data = desk.part(body.hash)
    return None if data is None else data.decode("utf-8", "replace")


def _held(wish: GetPart) -> tuple[int, int]:
    return wish.start, wish.length


# Edits


def edited(shown: Shown, **marks: object) -> Change | None:
    """The edit that sets some fields of a mail; None where they are so already."""
    mail = mail_of(shown)
    for name, value in marks.items():
        setattr(mail, name, value)
    content = Content(mail.SerializeToString(deterministic=True), shown.content.blobs)
    edit = difference(shown.content, content, _RULES)
    return Change(shown.item, edit) if edit.fields else None


def standing_text(standing: Standing | None) -> str:
    """How something stands that is not here."""
    match standing:
        case None:
            return "not here; press to fetch it"
        case Standing(state=AskState.REFUSED, reason=reason):
            return f"not to be had: {name_of(reason)}"
        case Standing(got_bytes=got, of_bytes=whole) if whole:
            return f"{size_text(got)} of {size_text(whole)} came ..."
        case _:
            return "asked for ..."
