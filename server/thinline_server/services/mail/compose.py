"""A mail of ours as RFC 5322: the draft, its files, and by name the mail that it sends on or answers.

The same item gives the same bytes each time, so that an attempt which is made again, or a recipient who is served
later, gets the same mail: its Message-ID and its boundary come from the item's id, its date from the item. What was
forwarded goes as it came, byte for byte; it is never parsed here, and of an answered mail only its first lines are.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, EmailPolicy
from email.utils import format_datetime

from google.protobuf.message import DecodeError

from thinline.errors import LocalError
from thinline.merge import Content
from thinline.v1 import mail_pb2
from thinline.v1.mail_pb2 import Letter, Mail

__all__ = ["Outgoing", "Unwritable", "compose", "message_id", "thread_of"]

_HEAD_BYTES = 65_536  # of an answered mail, in which its ids are looked for
_REFERENCES = 20
_LINE_BYTES = 998  # RFC 5322, 2.1.1
_SOFT_BYTES = 76
_ID = re.compile(rb"<[!-;=?-~]{3,250}>")
_MEDIA_TYPE = re.compile(r"(application|audio|font|image|model|text|video)/[A-Za-z0-9][A-Za-z0-9.+_-]{0,80}")
_OURS = re.compile(rb"<([0-9a-f]{24})@")
_THREAD_BYTES = 8


class Unwritable(LocalError):
    """The item can not be written as a mail; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail of an account that is to be written out.

    Attributes:
        name, domain: of whom it is from.
        item: its id.
        content: as it is now.
        parts: the bytes of all its parts, by name.
    """

    name: str
    domain: str
    item: bytes
    content: Content
    parts: Mapping[str, bytes]


def message_id(item: bytes, domain: str) -> str:
    """The Message-ID of a mail of ours (spec MAIL-7)."""
    return f"<{item.hex()}@{domain}>"


def thread_of(head: bytes) -> bytes:
    """The 8 bytes that stand for the conversation which a mail with these first lines belongs to (spec MAIL-8).

    Nothing where it tells no id at all.
    """
    fields = _fields(head, (b"references", b"in-reply-to", b"message-id"))
    for name in (b"references", b"in-reply-to", b"message-id"):
        found = _ID.search(fields.get(name, b""))
        if found:
            ours = _OURS.match(found[0])
            told = bytes.fromhex(ours[1].decode()) if ours else hashlib.sha256(found[0]).digest()
            return told[:_THREAD_BYTES]
    return b""


def compose(outgoing: Outgoing) -> bytes:
    """The mail's bytes, with CR LF at its line ends.

    Raises:
        Unwritable: a line of it can not stand in a header, or a part is not what it should be.
    """
    try:
        return _written(outgoing)
    except (ValueError, IndexError, UnicodeError, DecodeError) as error:
        raise Unwritable(f"the mail can not be written: {error}") from error


def _written(outgoing: Outgoing) -> bytes:
    mail = Mail.FromString(outgoing.content.fields)
    addresses = [one.address for one in (*mail.to, *mail.cc)] + [f"{outgoing.name}@{outgoing.domain}"]
    policy = SMTP if all(map(str.isascii, addresses)) else SMTPUTF8
    head = EmailMessage(policy)
    for name, value in _headers(outgoing, mail):
        head[name] = value
    front = head.as_bytes(policy=policy).removesuffix(b"\r\n") + b"MIME-Version: 1.0\r\n"
    parts = list(_parts(outgoing, mail, policy))
    if len(parts) == 1:
        return front + parts[0]
    boundary = _boundary(outgoing.item, parts)
    kind = b'Content-Type: multipart/mixed; boundary="%b"\r\n' % boundary
    return (
        front + kind + b"".join(b"\r\n--%b\r\n%b" % (boundary, part) for part in parts) + b"\r\n--%b--\r\n" % boundary
    )


def _headers(outgoing: Outgoing, mail: Mail) -> Iterator[tuple[str, str | tuple[Address, ...]]]:
    yield "From", (Address("", outgoing.name, outgoing.domain),)
    for name, people in (("To", mail.to), ("Cc", mail.cc)):
        if people:
            yield name, tuple(map(_address, people))
    if not mail.to and not mail.cc:
        yield "To", "undisclosed-recipients:;"
    yield "Subject", mail.subject
    if mail.date_s:
        yield "Date", format_datetime(datetime.fromtimestamp(mail.date_s, UTC))
    yield "Message-ID", message_id(outgoing.item, outgoing.domain)
    if mail.answers and "reply" not in outgoing.parts:  # spec MAIL-12
        own = message_id(mail.answers, outgoing.domain)
        yield from (("In-Reply-To", own), ("References", own))
    yield from _references(outgoing.parts.get("reply"))


def _address(one: mail_pb2.Address) -> Address:
    local, _, domain = one.address.rpartition("@")
    return Address(one.name, local, domain)


def _references(reply: bytes | None) -> Iterator[tuple[str, str]]:
    """What it answers, by the ids that the answered mail tells."""
    if reply is None:
        return
    fields = _fields(Letter.FromString(reply).raw, (b"message-id", b"references"))
    answered = _ID.search(fields.get(b"message-id", b""))
    if answered is None:
        return
    before = _ID.findall(fields.get(b"references", b""))
    chain = list(dict.fromkeys((*before[:1], *before[1:][1 - _REFERENCES :], answered[0])))
    yield "In-Reply-To", answered[0].decode()
    yield "References", " ".join(one.decode() for one in chain)


def _fields(raw: bytes, wanted: Iterable[bytes]) -> dict[bytes, bytes]:
    """The first header field of each wanted name, unfolded. Linear, and no more than the first lines are looked at."""
    head = raw[:_HEAD_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    found: dict[bytes, bytes] = {}
    for field in re.sub(rb"\n[ \t]", b" ", head).split(b"\n"):
        name, colon, value = field.partition(b":")
        name = name.strip().lower()
        if colon and name in wanted:
            found.setdefault(name, value)
    return found


# Parts


def _parts(outgoing: Outgoing, mail: Mail, policy: EmailPolicy[EmailMessage]) -> Iterator[bytes]:
    body = outgoing.parts.get("body", b"").decode("utf-8", "replace")
    yield _text(body, policy)
    for file in mail.attachments:
        data = outgoing.parts.get(file.part)
        if data is None:
            raise ValueError(f"its part {file.part!r} is not there")
        yield _file(data, file.media_type, file.name, policy)
    forward = outgoing.parts.get("forward")
    if forward is not None:
        yield _forwarded(Letter.FromString(forward).raw, policy)


def _text(body: str, policy: EmailPolicy[EmailMessage]) -> bytes:
    part = EmailMessage(policy)
    plain = body.isascii() and all(len(line) <= _SOFT_BYTES for line in body.splitlines())
    part.set_content(body, charset="utf-8", cte="7bit" if plain else "quoted-printable")
    return _bytes(part, policy)


def _file(data: bytes, media_type: str, name: str, policy: EmailPolicy[EmailMessage]) -> bytes:
    fit = media_type if _MEDIA_TYPE.fullmatch(media_type) else "application/octet-stream"
    main, _, sub = fit.partition("/")
    part = EmailMessage(policy)
    part.set_content(data, main, sub, disposition="attachment", filename=name or "file", cte="base64")
    return _bytes(part, policy)


def _bytes(part: EmailMessage, policy: EmailPolicy[EmailMessage]) -> bytes:
    del part["MIME-Version"]
    return part.as_bytes(policy=policy).removesuffix(b"\r\n")


def _forwarded(raw: bytes, policy: EmailPolicy[EmailMessage]) -> bytes:
    """As a mail in the mail; where a relay could not carry its bytes as they are, as a file."""
    lines = raw.replace(b"\r\n", b"\n")
    if b"\r" in lines or b"\0" in lines or max(map(len, lines.split(b"\n"))) > _LINE_BYTES:
        return _file(raw, "application/octet-stream", "forwarded.eml", policy)
    encoding = b"7bit" if raw.isascii() else b"8bit"
    head = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: " + encoding
    return head + b"\r\nContent-Disposition: inline\r\n\r\n" + lines.replace(b"\n", b"\r\n")


def _boundary(item: bytes, parts: list[bytes]) -> bytes:
    """What none of the parts has in it."""
    boundary = hashlib.sha256(b"boundary" + item).hexdigest()[:32].encode()
    while any(boundary in part for part in parts):
        boundary = hashlib.sha256(boundary).hexdigest()[:32].encode()
    return boundary
