"""Texts: a draft that is written and sent, to a number elsewhere and again, and what comes from a message centre."""

from __future__ import annotations

from hashlib import sha256

from examples import Example, Outside
from line_client import Submit
from thinline.commands import DELETE_SEEN_BYTES
from thinline.frames import Verdict
from thinline.intents import Change, Create, Delete, Intent, write_intent
from thinline.items import content_digest
from thinline.merge import Content, difference
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline.v1.mail_pb2 import DeliveryState
from thinline.v1.sms_pb2 import SendText, Text
from thinline_server.outside import Incoming

__all__ = ["EXAMPLES", "OUTSIDE"]

TEA = b"text     tea"
TYPE = 9
CAROL = "+441200000001"


def text(**fields: object) -> Content:
    return Content(Text(**fields).SerializeToString())  # type: ignore[arg-type]


def submit(intent: Intent) -> Submit:
    return Submit(*write_intent(intent))


def change(old: Content, new: Content) -> Submit:
    return submit(Change(TEA, difference(old, new, TYPES[TYPE].merges)))


def seen(content: Content) -> bytes:
    return content_digest(TYPE, content.fields, content.blobs, dead=False)[:DELETE_SEEN_BYTES]


def send(content: Content) -> Submit:
    return Submit(30, SendText(item=TEA, seen=seen(content)).SerializeToString())


DRAFT = text(number=CAROL, text="Tea? ☕", out=True, date_s=86_400)
LONGER = text(number=CAROL, text="Tea? ☕ And cake?", out=True, date_s=86_400)
WRITTEN = submit(Create(TEA, TYPE, DRAFT))
CAME = text(number=CAROL, text="With pleasure", date_s=90_000)
READ = text(number=CAROL, text="With pleasure", date_s=90_000, seen=True)
TAKEN = submit(Create(TEA, TYPE, CAME))
FAILED = text(number=CAROL, text="Tea?", out=True, state=DeliveryState.DELIVERY_STATE_FAILED, reason="no such number")

EXAMPLES = (
    Example("write a text", WRITTEN),
    Example("write on at a text", change(DRAFT, LONGER), (WRITTEN,)),
    Example("send a text", send(DRAFT), (WRITTEN,)),
    Example("send a text that was sent", send(DRAFT), (WRITTEN, send(DRAFT))),
    Example(
        "send a text that was edited",
        send(DRAFT),
        (WRITTEN, change(DRAFT, LONGER)),
        Verdict.VERDICT_REJECTED,
        Reason.EDITED,
        heads=0,
    ),
    Example("send a text again that was not sent", send(FAILED), (submit(Create(TEA, TYPE, FAILED)),)),
    Example("mark a text as read", change(CAME, READ), (TAKEN,)),
    Example(
        "write a control into a text",
        submit(Create(TEA, TYPE, text(number=CAROL, text="Tea?\x1b[2J", out=True))),
        verdict=Verdict.VERDICT_REJECTED,
        reason=Reason.INVALID,
        heads=0,
    ),
    Example("delete a text", submit(Delete(TEA, seen(DRAFT))), (WRITTEN,)),
)

OUTSIDE = (Outside("a text", "sms", Incoming(sha256(b"With pleasure").digest(), TYPE, CAME.fields)),)
