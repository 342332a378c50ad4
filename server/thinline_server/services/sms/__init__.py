"""Texts: between the numbers of this server, and by a message centre with all others. The newest comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from google.protobuf.message import DecodeError

from thinline.commands import Rule
from thinline.errands import ErrandKind
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.types import TYPES, ItemType
from thinline.v1.sms_pb2 import Text
from thinline_server.config import Settings
from thinline_server.gateways.base import Gateway, Outside
from thinline_server.services.sms.rules import ERRANDS, RULES
from thinline_server.services.text import is_line

__all__ = ["Texts"]

_NUMBER_CHARACTERS = 32
_REASON_CHARACTERS = 256
_TEXT_BYTES = 3_072  # ten messages of any characters
_BREAKS = str.maketrans("", "", "\n\r\f")  # which are characters of the 7-bit alphabet
_LATEST_S = 2**40 - 1  # of a date; the key counts down from here
_DATE_BYTES = 5


@lru_cache(maxsize=64)  # a content is checked, placed and searched one after the other
def _parse(fields: bytes) -> Text | None:
    try:
        return Text.FromString(fields)  # refuses what is not UTF-8
    except DecodeError:
        return None


class Texts:
    """The service."""

    name = "sms"
    types: Mapping[int, ItemType] = {number: one for number, one in TYPES.items() if one.message is Text}
    rules: Mapping[int, Rule] = RULES
    asks: frozenset[int] = frozenset()
    errands: Mapping[int, ErrandKind] = ERRANDS

    def gateways(self, settings: Settings, outside: Outside) -> Sequence[Gateway]:
        """Out and in by the message centre, where the settings name one; and parts become texts."""
        # What only a server needs is loaded by one.
        from thinline_server.services.sms.centre import Centre
        from thinline_server.services.sms.intake import Intake

        return [Centre(settings.sms, outside), Intake(outside)]

    def key(self, item_type: int, fields: bytes) -> bytes:
        """By date, the newest first; what has none comes last (spec SMS-1)."""
        text = _parse(fields)
        date_s = min(text.date_s, _LATEST_S) if text is not None else 0
        return (_LATEST_S - date_s).to_bytes(_DATE_BYTES, "big")

    def check(self, item_type: int, content: Content) -> Reason | None:
        """INVALID for what is no text or breaks a bound (spec SMS-2)."""
        text = _parse(content.fields)
        if text is None or len(text.text.encode()) > _TEXT_BYTES:
            return Reason.INVALID
        lines = (text.number, _NUMBER_CHARACTERS), (text.reason, _REASON_CHARACTERS)
        plain = text.text.translate(_BREAKS), _TEXT_BYTES
        return None if all(is_line(line, most) for line, most in (*lines, plain)) else Reason.INVALID

    def search_text(self, item_type: int, fields: bytes) -> str:
        """The number and the text."""
        text = _parse(fields)
        return f"{text.number}\n{text.text}" if text is not None else ""
