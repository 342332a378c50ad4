"""What came, as an item: a lean head, the letter with its text and all of it, and its files.

A head crosses the air for every mail of a list, so it holds what a list and an answer need and is bounded whatever a
stranger wrote: long lists are cut and counted, texts become lines. Nothing is lost by that: the letter has it all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from thinline.limits import LIMITS
from thinline.types import TYPES
from thinline.v1.mail_pb2 import Address, Attachment, Letter, Mail
from thinline_server.mime.values import Attached, Mailbox, ParsedMail
from thinline_server.outside import Incoming
from thinline_server.services.mail.compose import thread_of
from thinline_server.services.text import cut_line

__all__ = ["Arrival", "incoming", "origin_of"]

_MAIL_TYPE = next(number for number, one in TYPES.items() if one.message is Mail)
_FILES = LIMITS.blobs_per_item - 1  # with a part of their own; the letter is one
_FIRST_LINE = 48  # characters: as much of it as a list shows
_SUBJECT_BYTES, _NAME_BYTES, _ADDRESS_BYTES, _TROUBLE_BYTES, _TYPE_BYTES = 500, 120, 256, 200, 100
_PEOPLE = 32  # of `to` and `cc` together
_LISTED = 64  # files
_PEOPLE_BYTES, _FILES_BYTES = 1_200, 800  # of a head
_DAY_S = 86_400
_HEAD_BYTES = 65_536  # in which the conversation is looked for


@dataclass(frozen=True, slots=True)
class Arrival:
    """When it came and to whom.

    Attributes:
        at_s: since 1970.
        own: addresses of the account, in lower case; they are left out of its recipients.
        imported: from a mailbox: then its own date tells when it came, and it counts as read.
        folder: where it goes.
    """

    at_s: int
    own: Collection[str] = ()
    imported: bool = False
    folder: str = ""


def origin_of(raw: bytes) -> bytes:
    """What makes the same mail the same item: SHA-256 of it as it came."""
    return hashlib.sha256(raw).digest()


def incoming(raw: bytes, parsed: ParsedMail, arrival: Arrival) -> Incoming:
    """The item.

    Args:
        raw: the mail, without what this server put before it.
        parsed: what a worker made of it.
        arrival: when and for whom.
    """
    letter = Letter(text=parsed.text, rest=parsed.rest, raw=raw)
    if letter.ByteSize() > LIMITS.blob_bytes:
        letter.ClearField("rest")
    mail = Mail(
        subject=_line(parsed.subject, _SUBJECT_BYTES),
        first_line=cut_line(parsed.first_line, _FIRST_LINE),
        folder=arrival.folder,
        seen=arrival.imported,
        date_s=_date_s(parsed.date_ms // 1_000, arrival),
        thread=thread_of(raw[:_HEAD_BYTES]) or origin_of(raw)[:8],
        trouble=_trouble(parsed),
        text_bytes=Letter(text=letter.text).ByteSize(),
        rest_bytes=Letter(rest=letter.rest).ByteSize(),
    )
    mail.sender.CopyFrom(_address(parsed.sender) if parsed.sender is not None else Address())
    if parsed.reply_to and parsed.reply_to[0].address != mail.sender.address:
        mail.reply_to.CopyFrom(_address(parsed.reply_to[0]))
    _add_people(mail, parsed, {one.lower() for one in arrival.own})
    parts = [("mail", letter.SerializeToString(deterministic=True)), *_add_files(mail, parsed.attachments)]
    fields = mail.SerializeToString(deterministic=True)
    assert len(fields) <= LIMITS.head_bytes
    return Incoming(origin_of(raw), _MAIL_TYPE, fields, tuple(parts))


def _date_s(told_s: int, arrival: Arrival) -> int:
    """Where it stands in the order: at its own date where that can be, else when it came (spec MAIL-10)."""
    latest = arrival.at_s
    earliest = 1 if arrival.imported else latest - _DAY_S
    return told_s if earliest <= told_s <= latest else latest


def _trouble(parsed: ParsedMail) -> str:
    if parsed.trouble:
        return _line(parsed.trouble, _TROUBLE_BYTES)
    return _line(f"it is encrypted ({parsed.encrypted})", _TROUBLE_BYTES) if parsed.encrypted else ""


def _address(one: Mailbox) -> Address:
    return Address(name=_line(one.name, _NAME_BYTES), address=_line(one.address, _ADDRESS_BYTES))


def _line(text: str, most_bytes: int) -> str:
    """One line of at most so many bytes, cut between characters."""
    return cut_line(text, most_bytes).encode()[:most_bytes].decode("utf-8", "ignore")


def _add_people(mail: Mail, parsed: ParsedMail, own: Collection[str]) -> None:
    """Recipients but the account itself, as far as there is room; the others are counted."""
    room = _PEOPLE_BYTES
    for place, people in ((mail.to, parsed.to), (mail.cc, parsed.cc)):
        for one in _others(people, own):
            address = _address(one)
            room -= address.ByteSize() + 4
            if room < 0 or len(mail.to) + len(mail.cc) == _PEOPLE:
                mail.more_recipients += 1
            else:
                place.append(address)
    mail.more_recipients += parsed.more_recipients


def _others(people: Iterable[Mailbox], own: Collection[str]) -> Iterator[Mailbox]:
    told: set[str] = set()
    for one in people:
        address = one.address.lower()
        if address not in told and address not in own:
            told.add(address)
            yield one


def _add_files(mail: Mail, attachments: Iterable[Attached]) -> Iterator[tuple[str, bytes]]:
    """The files, those meant as such before what is only seen with the text; parts for as many as there may be."""
    room = _FILES_BYTES
    ordered = sorted(attachments, key=lambda file: file.inline)
    for number, file in enumerate(ordered[:_LISTED], 1):
        told = Attachment(name=_line(file.name, _NAME_BYTES), media_type=_line(file.media_type, _TYPE_BYTES))
        has_part = number <= _FILES and len(file.data) <= LIMITS.blob_bytes
        if has_part:
            told.part = f"a{number}"
        else:
            told.size = len(file.data)
        room -= told.ByteSize() + 4
        if room < 0:
            return
        mail.attachments.append(told)
        if has_part:
            yield told.part, file.data
