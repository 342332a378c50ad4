"""Mail: what came from the world, what is being written, and what goes out. The newest comes first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from google.protobuf.message import DecodeError

from thinline.commands import Rule
from thinline.errands import ErrandKind
from thinline.items import ITEM_ID_BYTES
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.types import TYPES, ItemType
from thinline.v1.mail_pb2 import Mail
from thinline_server.config import Settings
from thinline_server.gateways.base import Gateway, Outside
from thinline_server.services.base import PartTexts
from thinline_server.services.mail.rules import ERRANDS, RULES
from thinline_server.services.mail.texts import PART_TEXTS
from thinline_server.services.text import is_line

__all__ = ["Mailbox"]

_LINE_CHARACTERS = 256  # of a name, an address, an attachment's name, a reason
_SUBJECT_CHARACTERS = 512
_WORD_CHARACTERS = 64  # of a folder, a part
_MEDIA_CHARACTERS = 128
_ENTRIES = 64  # recipients of a kind, attachments, deliveries: of each
_THREAD_BYTES, _ANSWERS_BYTES = (0, 8), (0, ITEM_ID_BYTES)
_LATEST_S = 2**40 - 1  # of a date; the key counts down from here
_DATE_BYTES = 5


@lru_cache(maxsize=64)  # a content is checked, placed and searched one after the other
def _parse(fields: bytes) -> Mail | None:
    try:
        return Mail.FromString(fields)  # refuses what is not UTF-8
    except DecodeError:
        return None


def _lines(mail: Mail) -> Iterable[tuple[str, int]]:
    yield mail.folder, _WORD_CHARACTERS
    yield mail.subject, _SUBJECT_CHARACTERS
    yield mail.first_line, _LINE_CHARACTERS
    yield mail.trouble, _LINE_CHARACTERS
    for one in (mail.sender, mail.reply_to, *mail.to, *mail.cc, *mail.bcc):
        yield one.name, _LINE_CHARACTERS
        yield one.address, _LINE_CHARACTERS
    for file in mail.attachments:
        yield file.name, _LINE_CHARACTERS
        yield file.media_type, _MEDIA_CHARACTERS
        yield file.part, _WORD_CHARACTERS
    for delivery in mail.deliveries:
        yield delivery.recipient, _LINE_CHARACTERS
        yield delivery.reason, _LINE_CHARACTERS


class Mailbox:
    """The service."""

    name = "mail"
    types: Mapping[int, ItemType] = {number: one for number, one in TYPES.items() if one.message is Mail}
    rules: Mapping[int, Rule] = RULES
    asks: frozenset[int] = frozenset()
    errands: Mapping[int, ErrandKind] = ERRANDS
    part_texts: PartTexts = PART_TEXTS

    def gateways(self, settings: Settings, outside: Outside) -> Sequence[Gateway]:
        """Out by the relay; in by SMTP, where the settings name a place to listen; and what came becomes items."""
        # What only a server needs is loaded by one.
        from thinline_server.services.mail.intake import Intake
        from thinline_server.services.mail.relay import Relay
        from thinline_server.services.mail.smtp_in import SmtpIn

        listeners = [SmtpIn(settings, outside)] if settings.mail.listen else []
        return [Intake(settings.mail, outside), Relay(settings.mail, outside), *listeners]

    def key(self, item_type: int, fields: bytes) -> bytes:
        """By date, the newest first; what has none comes last."""
        mail = _parse(fields)
        date_s = min(mail.date_s, _LATEST_S) if mail is not None else 0
        return (_LATEST_S - date_s).to_bytes(_DATE_BYTES, "big")

    def check(self, item_type: int, content: Content) -> Reason | None:
        """INVALID for what is not a mail or breaks a bound (spec MAIL-2)."""
        mail = _parse(content.fields)
        if mail is None or len(mail.thread) not in _THREAD_BYTES or len(mail.answers) not in _ANSWERS_BYTES:
            return Reason.INVALID
        if any(len(entries) > _ENTRIES for entries in (mail.to, mail.cc, mail.bcc, mail.attachments, mail.deliveries)):
            return Reason.INVALID
        return None if all(is_line(text, most) for text, most in _lines(mail)) else Reason.INVALID

    def search_text(self, item_type: int, fields: bytes) -> str:
        """What a list shows: people, the subject, how it begins, the names of files."""
        mail = _parse(fields)
        if mail is None:
            return ""
        people = [text for one in (mail.sender, *mail.to, *mail.cc, *mail.bcc) for text in (one.name, one.address)]
        told = (mail.subject, *people, mail.first_line, *(file.name for file in mail.attachments))
        return "\n".join(text for text in told if text)
