"""Instant messages: said, asked and read, by somebody whose buddies are of no account of the server, or of one."""

from __future__ import annotations

import hashlib

from google.protobuf.message import Message as Body

from examples import Example, Outside
from line_client import Submit
from thinline.commands import DELETE_SEEN_BYTES
from thinline.frames import Verdict
from thinline.intents import Change, Create, Delete, Intent, write_intent
from thinline.items import content_digest
from thinline.merge import Content, difference
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline.v1 import im_pb2
from thinline.v1.im_pb2 import Buddy, Message
from thinline_server.outside import Incoming

__all__ = ["EXAMPLES", "OUTSIDE"]

TEA, DORA = b"message  tea", b"buddy   dora"
BUDDY, MESSAGE = 7, 8


def own(kind: int, body: Body) -> Submit:
    return Submit(kind, body.SerializeToString())


def submit(intent: Intent) -> Submit:
    return Submit(*write_intent(intent))


def content(item: Body) -> Content:
    return Content(item.SerializeToString(deterministic=True))


SAY = own(20, im_pb2.SendMessage(item=TEA, peer="bob", text="Tea?\nAt four.", at_ms=86_400_000))
NAMED = content(Buddy(address="dora", name="Dora"))
GROUPED = content(Buddy(address="dora", name="Dora", groups=["friends"]))
NOTED = submit(Create(DORA, BUDDY, NAMED))
FAILED = content(Message(peer="dora", text="Tea?", out=True, state=im_pb2.MESSAGE_STATE_FAILED, reason="nobody"))
NOT_SENT = submit(Create(TEA, MESSAGE, FAILED))
SEEN = content_digest(BUDDY, NAMED.fields, (), dead=False)[:DELETE_SEEN_BYTES]
REJECTED = (Verdict.VERDICT_REJECTED, Reason.INVALID)

EXAMPLES = (
    Example("say something", SAY),
    Example("say what was said", SAY, (SAY,)),
    Example("say nothing", own(20, im_pb2.SendMessage(item=TEA, peer="bob", text=" \n")), (), *REJECTED, heads=0),
    Example("say it again where it was not sent", own(23, im_pb2.SendMessageAgain(item=TEA)), (NOT_SENT,)),
    Example(
        "ask somebody under another's item",
        own(21, im_pb2.ChangeBond(item=DORA, address="dora", act=im_pb2.BOND_ACT_ASK)),
        (),
        *REJECTED,
        heads=0,
    ),
    Example(
        "read under another's item",
        own(22, im_pb2.MarkRead(item=DORA, address="dora", read_ms=1)),
        (),
        *REJECTED,
        heads=0,
    ),
    Example(
        "put a buddy into a group", submit(Change(DORA, difference(NAMED, GROUPED, TYPES[BUDDY].merges))), (NOTED,)
    ),
    Example("delete a buddy", submit(Delete(DORA, SEEN)), (NOTED,)),
)

OUTSIDE = (
    Outside(
        "a message",
        "im",
        Incoming(
            hashlib.sha256(b"message").digest(), MESSAGE, content(Message(peer="dora", text="Tea!", at_ms=9)).fields
        ),
    ),
)
