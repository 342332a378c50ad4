"""What a mail says, as plain values, and how they cross from a worker to the server.

    u32: length of the JSON | JSON of all fields, bytes as their lengths | the bytes, one behind another

The server takes a worker's answer apart by type and length, and never executes any of it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from thinline.errors import LocalError

__all__ = ["Attached", "Bounced", "Mailbox", "ParsedMail", "decode_mail", "encode_mail"]

_LENGTH = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Who: an address, and the name that goes with it."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file in a mail.

    Attributes:
        name: without a path; made up where it has none.
        media_type: as told, in lower case.
        data: its bytes, transfer encoding undone.
        content_id: what `cid:` addresses of the page name; empty where there is none.
        inline: whether it was meant to be seen with the text.
    """

    name: str
    media_type: str
    data: bytes
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Bounced:
    """What a delivery status says of one recipient."""

    recipient: str
    action: str  # failed, delayed, delivered, relayed, expanded
    status: str  # as 5.1.1
    detail: str


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One mail.

    Attributes:
        sender: the first of From, else Sender; None where neither says an address.
        more_recipients: how many of `to` and `cc` were left out.
        date_ms: since 1970, of the Date field; 0 where it says none.
        message_id: without its angle brackets, as are in_reply_to and references.
        text: the page's first piece, at most `MIME_BOUNDS.piece_bytes`.
        rest: the piece that follows, empty where all is in the first.
        first_line: how the text begins.
        calendar: the first invitation, iCalendar text in UTF-8.
        signed: by which scheme it says to be signed; nobody verified that.
        encrypted: by which scheme it is encrypted, so that there is nothing to read.
        trouble: why it could not be understood; then there are headers only, as far as they could be read.
    """

    sender: Mailbox | None = None
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    reply_to: tuple[Mailbox, ...] = ()
    more_recipients: int = 0
    subject: str = ""
    date_ms: int = 0
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    text: bytes = b""
    rest: bytes = b""
    first_line: str = ""
    attachments: tuple[Attached, ...] = ()
    calendar: bytes = b""
    signed: str = ""
    encrypted: str = ""
    bounces: tuple[Bounced, ...] = ()
    trouble: str = ""


def encode_mail(mail: ParsedMail) -> bytes:
    """As a worker answers it."""
    blobs = [mail.text, mail.rest, mail.calendar, *(one.data for one in mail.attachments)]
    bare = replace(
        mail, text=b"", rest=b"", calendar=b"", attachments=tuple(replace(one, data=b"") for one in mail.attachments)
    )
    told = {"sizes": [len(blob) for blob in blobs], "mail": asdict(bare)}
    text = json.dumps(told, ensure_ascii=False, default=lambda empty: None).encode("utf-8", "replace")
    return b"".join([_LENGTH.pack(len(text)), text, *blobs])


def decode_mail(data: bytes) -> ParsedMail:
    """The value again.

    Raises:
        LocalError: no worker of ours says that.
    """
    try:
        (length,) = _LENGTH.unpack_from(data)
        told = json.loads(data[_LENGTH.size : _LENGTH.size + length])
        return _mail(told["mail"], _blobs(data, _LENGTH.size + length, told["sizes"]))
    except (struct.error, ValueError, LookupError, TypeError, RecursionError, StopIteration) as error:
        raise LocalError(f"a worker's answer is no mail: {error}") from error


def _blobs(data: bytes, at: int, sizes: list[int]) -> Iterator[bytes]:
    if any(size < 0 for size in sizes) or at + sum(sizes) != len(data):
        raise ValueError("lengths that do not add up")
    found = []
    for size in sizes:
        found.append(data[at : at + size])
        at += size
    return iter(found)


def _mailboxes(told: list[dict[str, str]]) -> tuple[Mailbox, ...]:
    return tuple(Mailbox(**one) for one in told)


def _mail(told: dict[str, Any], blobs: Iterator[bytes]) -> ParsedMail:
    fields = dict(told)
    fields.update(text=next(blobs), rest=next(blobs), calendar=next(blobs))
    fields["sender"] = Mailbox(**told["sender"]) if told["sender"] is not None else None
    for name in ("to", "cc", "reply_to"):
        fields[name] = _mailboxes(told[name])
    fields["references"] = tuple(told["references"])
    fields["attachments"] = tuple(Attached(**{**one, "data": next(blobs)}) for one in told["attachments"])
    fields["bounces"] = tuple(Bounced(**one) for one in told["bounces"])
    return ParsedMail(**fields)
