"""What came by the message centre, as it is kept until it is whole, and as the item that it becomes."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thinline.limits import LIMITS
from thinline.v1.sms_pb2 import Text
from thinline_server.outside import Incoming
from thinline_server.services.sms.coding import Coding, coding_of, is_flash, join_texts
from thinline_server.services.sms.headers import Place, read_header, sound_place
from thinline_server.services.sms.numbers import number_of
from thinline_server.services.sms.pdu import Message, Tag
from thinline_server.services.sms.rules import TEXT_TYPE

__all__ = ["Arrival", "arrival_of", "item_of", "read_detail"]

_HEADER = 0x40  # in esm_class: a user data header stands before the text
_HEAD_BYTES = 3_072
_TEXT_BYTES = LIMITS.blob_bytes
_BREAKS = "\n\r\f"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message, or one part of a long one.

    Attributes:
        sender, to: numbers; a sender may be a name.
        place: among the parts of a text; None where it is whole.
    """

    sender: str
    to: str
    coding: Coding
    flash: bool
    data: bytes
    place: Place | None = None

    def detail(self) -> bytes:
        """All but its data, to be kept beside that."""
        place = self.place
        told = [place.reference, place.total, place.number] if place else None
        kept = {"from": self.sender, "to": self.to, "coding": self.coding.value, "flash": self.flash, "place": told}
        return json.dumps(kept).encode()

    @property
    def seal(self) -> bytes:
        """Equal for what can not be told apart."""
        return hashlib.sha256(self.detail() + self.data).digest()


def read_detail(detail: bytes, data: bytes) -> Arrival:
    """What was kept."""
    told: Mapping[str, object] = json.loads(detail)
    place = told["place"]
    at = Place(*place) if isinstance(place, list) else None
    return Arrival(str(told["from"]), str(told["to"]), Coding(told["coding"]), bool(told["flash"]), data, at)


def arrival_of(message: Message) -> Arrival:
    """What a `deliver_sm` carries, whatever it is."""
    place, data = None, message.text
    if message.esm_class & _HEADER:
        place, data = read_header(data)
    elif message.number(Tag.SEGMENTS):
        reference = message.number(Tag.REFERENCE)
        place = sound_place(reference & 0xFFFF, message.number(Tag.SEGMENTS), message.number(Tag.SEGMENT))
    sender, to = number_of(message.source), number_of(message.destination)
    return Arrival(sender, to, coding_of(message.coding), is_flash(message.coding), data, place)


def item_of(parts: Sequence[Arrival | None], origin: bytes, at_ms: int) -> Incoming:
    """The text of its parts in their order, None for each that did not come; one came at least.

    A text that no head can hold is whole in the part `text`.
    """
    first = next(part for part in parts if part is not None)
    whole = _shown(join_texts([(part.coding, part.data) if part else None for part in parts]))
    raw = whole.encode()
    text = Text(number=_shown(first.sender), text=raw[:_HEAD_BYTES].decode(errors="ignore"), date_s=at_ms // 1_000)
    text.flash, text.missing = first.flash, sum(part is None for part in parts)
    kept = (("text", raw[:_TEXT_BYTES]),) if len(raw) > _HEAD_BYTES else ()
    return Incoming(origin, TEXT_TYPE, text.SerializeToString(deterministic=True), kept)


def _shown(text: str) -> str:
    """What controls becomes a space, but for the breaks of the 7-bit alphabet."""
    if text.isprintable():
        return text
    return "".join(letter if letter in _BREAKS or not _controls(letter) else " " for letter in text)


def _controls(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Zl", "Zp")
