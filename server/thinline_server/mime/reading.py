"""A mail's bytes to its value, whatever the bytes are: what a worker does (invariants T5 and T8).

First its parts are counted, then its fields read, then its content. A mail that is not understood comes back with its
headers and with the reason as `trouble`; its bytes are kept whole by whoever asked.
"""

from __future__ import annotations

from dataclasses import replace

from thinline.errors import LocalError
from thinline_server.mime.body import Body
from thinline_server.mime.bounds import MIME_BOUNDS
from thinline_server.mime.fields import Fields
from thinline_server.mime.structure import TooManyParts, cut_mail, read_header
from thinline_server.mime.values import ParsedMail, encode_mail

__all__ = ["mail_headers_job", "mail_job", "parse_headers", "parse_mail"]


def mail_job(data: bytes) -> bytes:
    """The job: all of a mail.

    Raises:
        LocalError: it is larger than any mail that is taken in.
    """
    return encode_mail(parse_mail(data))


def mail_headers_job(data: bytes) -> bytes:
    """The job for a mail that killed the worker which read all of it: its header only."""
    return encode_mail(parse_headers(data))


def parse_mail(data: bytes) -> ParsedMail:
    """All that there is to say of a mail.

    Raises:
        LocalError: it is larger than any mail that is taken in.
    """
    if len(data) > MIME_BOUNDS.mail_bytes:
        raise LocalError(f"a mail of {len(data):,} bytes; at most {MIME_BOUNDS.mail_bytes:,} are taken in")
    try:
        root = cut_mail(data)
    except TooManyParts as error:
        return replace(parse_headers(data), trouble=str(error))
    body = Body(data)
    body.add(root)
    first_line = body.writer.first_line()
    pieces = body.writer.pieces(MIME_BOUNDS.piece_bytes)
    return replace(
        _headers(root.fields),
        text=pieces.text,
        rest=pieces.rest,
        first_line=first_line,
        attachments=tuple(body.attachments),
        calendar=body.calendar,
        signed=body.signed,
        encrypted=body.encrypted,
        bounces=tuple(body.bounces),
    )


def parse_headers(data: bytes) -> ParsedMail:
    """What a mail's header says."""
    return _headers(read_header(data[: MIME_BOUNDS.header_bytes]))


def _headers(fields: Fields) -> ParsedMail:
    senders = fields.mailboxes("from").kept or fields.mailboxes("sender").kept
    to, cc = fields.mailboxes("to"), fields.mailboxes("cc")
    return ParsedMail(
        sender=senders[0] if senders else None,
        to=to.kept,
        cc=cc.kept,
        reply_to=fields.mailboxes("reply-to").kept,
        more_recipients=to.more + cc.more,
        subject=fields.text("subject")[: MIME_BOUNDS.subject_characters],
        date_ms=fields.date_ms("date"),
        message_id="".join(fields.ids("message-id")[:1]),
        in_reply_to="".join(fields.ids("in-reply-to")[:1]),
        references=fields.ids("references"),
    )
