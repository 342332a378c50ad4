"""Sending: a draft becomes a mail on its way, one errand a recipient, and its deliveries show how far each has come.

The command names the draft by its digest, so that what goes out is what its writer saw. From then on the deliveries
are the server's to write; sending again what failed, or may have been sent, is a command of its own (spec OUT-6).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from google.protobuf.message import DecodeError, Message

from thinline.commands import DELETE_SEEN_BYTES, Changes, Decision, Rejection, Rule, Touches, Version, View, revise
from thinline.convert import require
from thinline.errands import Errand, ErrandKind, ErrandState, Progress
from thinline.errors import RemoteError
from thinline.items import ITEM_ID_BYTES, content_digest
from thinline.limits import LIMITS
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.types import TYPES
from thinline.v1 import mail_pb2
from thinline.v1.mail_pb2 import Delivery, DeliveryState, Mail
from thinline_server.services.fields import with_fields
from thinline_server.services.text import cut_line

__all__ = ["ERRANDS", "MAIL_IN", "MAIL_OUT", "RULES", "SEND_AGAIN", "SENT", "SUBMIT", "is_address", "recipients"]

SUBMIT, SEND_AGAIN = 16, 17  # kinds of commands
MAIL_OUT, MAIL_IN = 1, 2  # kinds of errands
SENT = "sent"
_RECIPIENTS = 32  # of a mail from here; each has a delivery in the head
_REASON_CHARACTERS = 120
_OPEN = (DeliveryState.DELIVERY_STATE_UNKNOWN, DeliveryState.DELIVERY_STATE_FAILED)
_QUEUED = DeliveryState.DELIVERY_STATE_QUEUED
_OWN = ("folder", "deliveries")  # fields that the server writes
_MAIL_TYPE = next(number for number, one in TYPES.items() if one.message is Mail)


def is_address(address: str) -> bool:
    """Whether it can stand in an envelope: local@domain, without spaces, quotes, brackets and controls."""
    local, at, domain = address.rpartition("@")
    unfit = any(letter.isspace() or not letter.isprintable() or letter in '"<>,;:\\' for letter in address)
    return bool(local and at and domain) and not unfit


def recipients(mail: Mail) -> list[str]:
    """All addresses that it goes to, each once."""
    return list(dict.fromkeys(one.address for one in (*mail.to, *mail.cc, *mail.bcc)))


def _read(schema: type[Message], body: bytes) -> Message:
    try:
        message = schema.FromString(body)
    except DecodeError as error:
        raise RemoteError(Reason.MALFORMED, "not a command's body") from error
    require(len(getattr(message, "item", b"")) == ITEM_ID_BYTES, "an item id has 12 bytes")
    return message


def _submit_body(body: bytes) -> mail_pb2.Submit:
    message = _read(mail_pb2.Submit, body)
    assert isinstance(message, mail_pb2.Submit)
    return message


def _again_body(body: bytes) -> mail_pb2.SendAgain:
    message = _read(mail_pb2.SendAgain, body)
    assert isinstance(message, mail_pb2.SendAgain)
    return message


def _mail(version: Version | None) -> tuple[Version, Mail] | Rejection:
    """The live mail that a command names."""
    if version is None or version.head.dead:
        return Rejection(Reason.NO_SUCH_ITEM)
    if version.head.type != _MAIL_TYPE:
        return Rejection(Reason.INVALID)
    return version, Mail.FromString(version.head.fields)


def _sending(version: Version, mail: Mail, to: Iterable[str], view: View) -> Decision:
    """The mail with its deliveries, and an errand for each that is to go out."""
    content = with_fields(version.content, mail, *_OWN)
    if len(content.fields) > LIMITS.head_bytes:
        return Rejection(Reason.TOO_LARGE)
    reason = view.check(version.head.type, content)
    if reason is not None:
        return Rejection(reason)
    errands = tuple(Errand(MAIL_OUT, version.head.item, address) for address in to)
    return Changes((revise(version, content),), errands=errands)


def _submit(body: bytes, view: View) -> Decision:
    """Spec MAIL-3, MAIL-4."""
    told = _submit_body(body)
    found = _mail(view.items.get(told.item))
    if isinstance(found, Rejection):
        return found
    version, mail = found
    if mail.folder == SENT and mail.deliveries:  # spec CMD-13: it is done
        return Changes((), told=(told.item,))
    head = version.head
    if content_digest(head.type, head.fields, head.blobs, dead=False)[:DELETE_SEEN_BYTES] != told.seen:
        return Rejection(Reason.EDITED)
    to = recipients(mail)
    if not 0 < len(to) <= _RECIPIENTS or not all(map(is_address, to)):
        return Rejection(Reason.INVALID)
    mail.folder = SENT
    del mail.deliveries[:]
    mail.deliveries.extend(Delivery(recipient=address, state=_QUEUED) for address in to)
    return _sending(version, mail, to, view)


def _send_again(body: bytes, view: View) -> Decision:
    """Spec MAIL-5."""
    told = _again_body(body)
    found = _mail(view.items.get(told.item))
    if isinstance(found, Rejection):
        return found
    version, mail = found
    wanted = set(told.recipients)
    again = [one for one in mail.deliveries if one.recipient in wanted and one.state in _OPEN]
    if not again:
        return Changes((), told=(told.item,))
    for one in again:
        one.CopyFrom(Delivery(recipient=one.recipient, state=_QUEUED))
    return _sending(version, mail, [one.recipient for one in again], view)


def _progress(item_type: int, content: Content, progress: Progress) -> Content | None:
    """The mail with a delivery in it as it stands now (spec MAIL-6)."""
    if item_type != _MAIL_TYPE:
        return None
    mail = Mail.FromString(content.fields)
    for one in mail.deliveries:
        if one.recipient == progress.target:
            one.state = DeliveryState.ValueType(_STATES[progress.state])
            one.reason = cut_line(progress.reason, _REASON_CHARACTERS)
            one.at_s = progress.at_ms // 1_000
    told = with_fields(content, mail, *_OWN)
    for one in mail.deliveries:  # the reasons give way to what was there before
        if len(told.fields) > LIMITS.head_bytes:
            one.reason = ""
            told = with_fields(content, mail, *_OWN)
    return told if told != content else None


_STATES: Mapping[ErrandState, int] = {
    ErrandState.QUEUED: DeliveryState.DELIVERY_STATE_QUEUED,
    ErrandState.SENDING: DeliveryState.DELIVERY_STATE_SENDING,
    ErrandState.UNKNOWN: DeliveryState.DELIVERY_STATE_UNKNOWN,
    ErrandState.SENT: DeliveryState.DELIVERY_STATE_SENT,
    ErrandState.DELIVERED: DeliveryState.DELIVERY_STATE_DELIVERED,
    ErrandState.FAILED: DeliveryState.DELIVERY_STATE_FAILED,
}

RULES: Mapping[int, Rule] = {
    SUBMIT: Rule("submit", lambda body: Touches((_submit_body(body).item,)), _submit),
    SEND_AGAIN: Rule("send again", lambda body: Touches((_again_body(body).item,)), _send_again),
}
ERRANDS: Mapping[int, ErrandKind] = {
    MAIL_OUT: ErrandKind("mail out", progress=_progress),
    MAIL_IN: ErrandKind("mail in", repeatable=True),
}
