"""Mail: a draft that is written and sent, a mail that is moved and marked, and what no server takes."""

from __future__ import annotations

from hashlib import sha256

from examples import Example
from line_client import Submit
from thinline.commands import DELETE_SEEN_BYTES
from thinline.frames import Verdict
from thinline.intents import Change, Create, Delete, Intent, write_intent
from thinline.items import Blob, content_digest
from thinline.merge import BlobChange, Content, Edit, difference
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline.v1 import mail_pb2
from thinline.v1.mail_pb2 import Address, Delivery, DeliveryState, Mail

__all__ = ["EXAMPLES"]

TEA = b"mail     tea"
TYPE = 2
BODY = b"At four, in the garden? Bring the children.\n"
BETTER = BODY + b"And the cat.\n"


def body(text: bytes) -> Blob:
    return Blob("body", sha256(text).digest(), len(text))


def mail(*blobs: Blob, **fields: object) -> Content:
    return Content(Mail(**fields).SerializeToString(), blobs)  # type: ignore[arg-type]


def submit(intent: Intent, *parts: bytes) -> Submit:
    return Submit(*write_intent(intent), parts)


def edit(old: Content, new: Content) -> Edit:
    return difference(old, new, TYPES[TYPE].merges)


BOB = Address(name="Bob Børgesen", address="bob@example.org")
CAROL = Address(address="carol@example.org")
DRAFT = mail(body(BODY), folder="drafts", to=[BOB], subject="Tea?", first_line="At four, in the garden?", date_s=86_400)
TO_BOTH = mail(
    body(BODY), folder="drafts", to=[BOB, CAROL], subject="Tea?", first_line="At four, in the garden?", date_s=86_400
)
LONGER = Content(DRAFT.fields, (body(BETTER),))
CAME = mail(sender=BOB, subject="Tea!", first_line="With pleasure", date_s=90_000, thread=b"threadid")
READ = mail(sender=BOB, subject="Tea!", first_line="With pleasure", date_s=90_000, thread=b"threadid", seen=True)
MOVED = mail(folder="family", sender=BOB, subject="Tea!", first_line="With pleasure", date_s=90_000, thread=b"threadid")
WRITTEN = submit(Create(TEA, TYPE, DRAFT), BODY)
TAKEN = submit(Create(TEA, TYPE, CAME))
SEEN = content_digest(TYPE, DRAFT.fields, DRAFT.blobs, dead=False)[:DELETE_SEEN_BYTES]

SEND = Submit(16, mail_pb2.Submit(item=TEA, seen=SEEN).SerializeToString())
AGAIN = Submit(17, mail_pb2.SendAgain(item=TEA, recipients=[BOB.address]).SerializeToString())
FAILED = Delivery(recipient=BOB.address, state=DeliveryState.DELIVERY_STATE_FAILED, reason="550 no such user")
NOT_SENT = submit(Create(TEA, TYPE, mail(folder="sent", to=[BOB], subject="Tea?", deliveries=[FAILED])))

EXAMPLES = (
    Example("write a draft", WRITTEN),
    Example("address a draft to one more", submit(Change(TEA, edit(DRAFT, TO_BOTH))), (WRITTEN,)),
    Example("write on at a draft", submit(Change(TEA, edit(DRAFT, LONGER)), BETTER), (WRITTEN,)),
    Example(
        "write on at a draft that another handset changed",
        submit(Change(TEA, Edit(blobs=(BlobChange("body", body(BETTER), b"not seen"),))), BETTER),
        (WRITTEN,),
        Verdict.VERDICT_COPIED,
        heads=2,
    ),
    Example("mark as read", submit(Change(TEA, edit(CAME, READ))), (TAKEN,)),
    Example("move to a folder", submit(Change(TEA, edit(CAME, MOVED))), (TAKEN,)),
    Example(
        "move what was read meanwhile",
        submit(Change(TEA, edit(CAME, MOVED))),
        (TAKEN, submit(Change(TEA, edit(CAME, READ)))),
    ),
    Example(
        "write a header into a subject",
        submit(Create(TEA, TYPE, mail(subject="Tea?\r\nBcc: everybody@example.org"))),
        verdict=Verdict.VERDICT_REJECTED,
        reason=Reason.INVALID,
        heads=0,
    ),
    Example("send a draft", SEND, (WRITTEN,)),
    Example("send a draft that was sent", SEND, (WRITTEN, SEND)),
    Example(
        "send a draft that was edited",
        SEND,
        (WRITTEN, submit(Change(TEA, edit(DRAFT, TO_BOTH)))),
        Verdict.VERDICT_REJECTED,
        Reason.EDITED,
        heads=0,
    ),
    Example("send again what was not sent", AGAIN, (NOT_SENT,)),
    Example("delete a draft", submit(Delete(TEA, SEEN)), (WRITTEN,)),
)
