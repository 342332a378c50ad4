"""Contacts: the three core kinds on the first type of items, with a photo, a conflict and a rejection among them."""

from __future__ import annotations

from hashlib import sha256

from examples import Example, Outside
from line_client import Submit
from thinline.commands import DELETE_SEEN_BYTES
from thinline.frames import Verdict
from thinline.intents import Change, Create, Delete, Intent, Restore, write_intent
from thinline.items import Blob, content_digest
from thinline.merge import BlobChange, Content, Edit, FieldChange, difference
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline.v1.contacts_pb2 import Contact, Labelled
from thinline_server.outside import Incoming

__all__ = ["EXAMPLES", "OUTSIDE"]

BOB = b"contact  bob"
TYPE = 1
FACE = bytes(range(256)) * 24  # some chunks
FACE_BLOB = Blob("face", sha256(FACE).digest(), len(FACE))


def contact(**fields: object) -> Content:
    return Content(Contact(**fields).SerializeToString())  # type: ignore[arg-type]


def submit(intent: Intent, *parts: bytes) -> Submit:
    return Submit(*write_intent(intent), parts)


def edit(old: Content, new: Content) -> Edit:
    return difference(old, new, TYPES[TYPE].merges)


PLAIN = contact(name="Bob", notes="met in a tunnel")
RENAMED = contact(name="Robert", notes="met in a tunnel")
CALLED = contact(name="Bob", notes="met in a tunnel", phones=[Labelled(label="mobile", value="+4520304050")])
MADE = submit(Create(BOB, TYPE, PLAIN))
SEEN = content_digest(TYPE, PLAIN.fields, (), dead=False)[:DELETE_SEEN_BYTES]
DELETED = submit(Delete(BOB, SEEN))

EXAMPLES = (
    Example("create", MADE),
    Example("create with a photo", submit(Create(BOB, TYPE, Content(PLAIN.fields, (FACE_BLOB,))), FACE)),
    Example(
        "create what is no contact",
        submit(Create(BOB, TYPE, Content(b"\x0a\x02\xff\xfe"))),
        verdict=Verdict.VERDICT_REJECTED,
        reason=Reason.INVALID,
        heads=0,
    ),
    Example("change a field", submit(Change(BOB, edit(PLAIN, RENAMED))), (MADE,)),
    Example("add to a set", submit(Change(BOB, edit(PLAIN, CALLED))), (MADE,)),
    Example("change a photo", submit(Change(BOB, Edit(blobs=(BlobChange("face", FACE_BLOB),))), FACE), (MADE,)),
    Example(
        "change what was changed",
        submit(Change(BOB, Edit((FieldChange(1, contact(name="Bobby").fields, b"not seen"),)))),
        (MADE,),
        verdict=Verdict.VERDICT_COPIED,
        heads=2,
    ),
    Example(
        "change what was deleted",
        submit(Change(BOB, edit(PLAIN, RENAMED))),
        (MADE, DELETED),
        Verdict.VERDICT_COPIED,
        heads=2,
    ),
    Example("delete", DELETED, (MADE,)),
    Example(
        "delete what was edited",
        submit(Delete(BOB, b"not seen")),
        (MADE,),
        verdict=Verdict.VERDICT_REJECTED,
        reason=Reason.EDITED,
        heads=0,
    ),
    Example("restore", submit(Restore(BOB, SEEN)), (MADE, DELETED)),
)

CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bob\r\nN:Bob;;;;\r\nNOTE:met in a tunnel\r\nEND:VCARD\r\n"

OUTSIDE = (
    Outside("a card", "vcard", Incoming(sha256(CARD).digest(), TYPE, PLAIN.fields, (("vcard", CARD),))),
    Outside(
        "a card with a photo",
        "vcard",
        Incoming(sha256(b"with photo").digest(), TYPE, PLAIN.fields, (("vcard", CARD), ("photo", FACE))),
    ),
)
