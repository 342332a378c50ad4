"""Delivery reports: which of the mails that were written here did not arrive, and for whom.

A report tells the recipients (RFC 3464), and carries the mail or its header back; in that our own Message-ID names the
item, however it is encoded. Who knows that id has had the mail, or is on its way: nobody else can say that it failed.
"""

from __future__ import annotations

import re

from thinline.errands import ErrandState
from thinline_server.mime.values import ParsedMail
from thinline_server.outside import Report
from thinline_server.services.mail.rules import MAIL_OUT

__all__ = ["reports_of"]

_OURS = re.compile(
    rb"^(?:message-id|references|in-reply-to):(?:\r?\n)?[ \t]*<([0-9a-f]{24})@([a-z0-9.-]{1,253})>", re.I | re.M
)
_LOOKED_BYTES = 1_048_576
_RETURNED = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")  # RFC 3462, 6533


def reports_of(raw: bytes, parsed: ParsedMail, domain: str) -> tuple[Report, ...]:
    """What a mail that came says of an earlier one of ours (spec MAIL-13); nothing for most."""
    failed = [one for one in parsed.bounces if one.action.lower() == "failed"]
    if not failed:
        return ()
    returned = (file.data for file in parsed.attachments if file.media_type in _RETURNED)
    told = (raw[:_LOOKED_BYTES], *(data[:_LOOKED_BYTES] for data in returned))
    named = [item for one in told for item, of in _OURS.findall(one) if of.decode().lower() == domain]
    if not named:
        return ()
    item = bytes.fromhex(named[-1].decode())
    return tuple(
        Report(MAIL_OUT, item, one.recipient, ErrandState.FAILED, _why(one.status, one.detail)) for one in failed
    )


def _why(status: str, detail: str) -> str:
    return " ".join(word for word in ("It came back:", status, detail) if word)
