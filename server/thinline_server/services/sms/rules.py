"""Sending a text: a draft becomes a text on its way, with one errand, and shows how far that has come.

The command names the draft by its digest, so that what goes out is what its writer saw, and the errand carries the
text. To another number of this server it is handed over in the command's own transaction (spec SMS-5).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from google.protobuf.message import DecodeError

from thinline.commands import DELETE_SEEN_BYTES, Changes, Decision, Rejection, Rule, Touches, View, revise
from thinline.convert import require
from thinline.errands import Errand, ErrandKind, ErrandState, Handed, Parcel, Progress
from thinline.errors import RemoteError
from thinline.gsm import cut
from thinline.items import ITEM_ID_BYTES, content_digest
from thinline.merge import Content
from thinline.numbers import read_number
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline.v1.mail_pb2 import DeliveryState
from thinline.v1.sms_pb2 import SendText, Text
from thinline_server.services.fields import with_fields
from thinline_server.services.sms.coding import MOST_PARTS
from thinline_server.services.text import cut_line

__all__ = ["ERRANDS", "RULES", "SEND_TEXT", "SMS_IN", "SMS_OUT", "SOURCE", "TEXT_TYPE"]

SEND_TEXT = 30  # a kind of commands
SMS_OUT, SMS_IN = 30, 31  # kinds of errands
SOURCE = "sms"  # of items from outside
TEXT_TYPE = next(number for number, one in TYPES.items() if one.message is Text)
_REASON_CHARACTERS = 160
_SENDABLE = (
    DeliveryState.DELIVERY_STATE_UNSPECIFIED,
    DeliveryState.DELIVERY_STATE_UNKNOWN,
    DeliveryState.DELIVERY_STATE_FAILED,
)
_OWN = ("state", "reason", "at_s")  # fields that the server writes


def _body(body: bytes) -> SendText:
    try:
        told = SendText.FromString(body)
    except DecodeError as error:
        raise RemoteError(Reason.MALFORMED, "not a command's body") from error
    require(len(told.item) == ITEM_ID_BYTES, "an item id has 12 bytes")
    return told


def _send(body: bytes, view: View) -> Decision:
    """Spec SMS-3."""
    told = _body(body)
    version = view.items.get(told.item)
    if version is None or version.head.dead:
        return Rejection(Reason.NO_SUCH_ITEM)
    head = version.head
    if head.type != TEXT_TYPE:
        return Rejection(Reason.INVALID)
    text = Text.FromString(head.fields)
    if text.state not in _SENDABLE:  # spec CMD-13: it is done
        return Changes((), told=(told.item,))
    if content_digest(head.type, head.fields, head.blobs, dead=False)[:DELETE_SEEN_BYTES] != told.seen:
        return Rejection(Reason.EDITED)
    number = read_number(text.number)
    if number is None or not text.out or not text.text or len(cut(text.text).parts) > MOST_PARTS:
        return Rejection(Reason.INVALID)
    content = with_fields(version.content, Text(state=DeliveryState.DELIVERY_STATE_QUEUED), *_OWN)
    detail = Text(text=text.text, flash=text.flash).SerializeToString()
    return Changes((revise(version, content),), errands=(Errand(SMS_OUT, told.item, number, detail),))


def _progress(item_type: int, content: Content, progress: Progress) -> Content | None:
    """The text as far as it has come (spec SMS-6)."""
    if item_type != TEXT_TYPE:
        return None
    text = Text(reason=cut_line(progress.reason, _REASON_CHARACTERS), at_s=progress.at_ms // 1_000)
    text.state = DeliveryState.ValueType(_STATES[progress.state])
    told = with_fields(content, text, *_OWN)
    return told if told != content else None


def _hand(parcel: Parcel) -> Handed | None:
    """The text as it comes to another number of this server; who has no number sends none (spec SMS-5)."""
    sender = read_number(parcel.number)
    if sender is None:
        return None
    sent = Text.FromString(parcel.errand.detail)
    came = Text(number=sender, text=sent.text, flash=sent.flash, date_s=parcel.at_ms // 1_000)
    came_as = Content(came.SerializeToString(deterministic=True))
    origin = hashlib.sha256(b"text" + parcel.name.encode() + b"\0" + parcel.errand.item).digest()
    target = parcel.errand.target
    return Handed(SOURCE, origin, TEXT_TYPE, lambda here: None if here else came_as, number=target)


_STATES: Mapping[ErrandState, int] = {
    ErrandState.QUEUED: DeliveryState.DELIVERY_STATE_QUEUED,
    ErrandState.SENDING: DeliveryState.DELIVERY_STATE_SENDING,
    ErrandState.UNKNOWN: DeliveryState.DELIVERY_STATE_UNKNOWN,
    ErrandState.SENT: DeliveryState.DELIVERY_STATE_SENT,
    ErrandState.DELIVERED: DeliveryState.DELIVERY_STATE_DELIVERED,
    ErrandState.FAILED: DeliveryState.DELIVERY_STATE_FAILED,
}

RULES: Mapping[int, Rule] = {SEND_TEXT: Rule("send text", lambda body: Touches((_body(body).item,)), _send)}
ERRANDS: Mapping[int, ErrandKind] = {
    SMS_OUT: ErrandKind("text out", progress=_progress, hand=_hand),
    SMS_IN: ErrandKind("part of a text in", repeatable=True),
}
