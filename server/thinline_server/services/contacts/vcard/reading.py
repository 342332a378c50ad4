"""What a card says: a contact, the photo in it, and which line each piece came from.

A contact is smaller than a card may be: it has bounds, and fits a head with room for an edit. What does not fit, or
is not known here, is left to the card, which is kept whole; a `Card` remembers what was taken from where, so that
writing can tell what changed. The same bytes always read the same.
"""

from __future__ import annotations

import binascii
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from thinline.errors import LocalError
from thinline.limits import LIMITS
from thinline.v1.contacts_pb2 import Contact, Labelled
from thinline_server.services.contacts.vcard.lines import Line, cut_lines, split_value, unescape
from thinline_server.services.contacts.vcard.pictures import PictureRefused, check_picture

__all__ = ["CARD_BYTES", "CUT", "Card", "Entry", "VcardRefused", "address_text", "organisation_text", "read_card"]

CARD_BYTES = 4 * 1024 * 1024
CUT = "…"  # ends what was cut to fit; the rest is in the card
_LINES = 20_000
_SPARE_BYTES = 256  # of a head, for edits
_LINE_CHARACTERS, _LABEL_CHARACTERS, _TEXT_CHARACTERS, _ENTRIES = 256, 64, 3_072, 64
_MUTE_TYPES = {"pref", "voice", "internet", "msg", "text", "textphone", "video", "x400", "quoted-printable", "base64"}
_LABELS = {"cell": "mobile", "iphone": "mobile"}


class VcardRefused(LocalError):
    """A card that is not taken, and why."""


class Entry(NamedTuple):
    """A number, an address of mail or a group, and the line that says it."""

    line: int
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it was understood.

    Attributes:
        lines: all of it.
        contact: what fits.
        phones, mails, groups: what of `contact` stands in which line.
        cut_notes: what `contact.notes` leaves out at its end.
        photo: the picture's bytes.
        left: what was left in the card only, in words.
    """

    lines: tuple[Line, ...]
    contact: Contact
    phones: tuple[Entry, ...]
    mails: tuple[Entry, ...]
    groups: tuple[Entry, ...]
    cut_notes: str
    photo: bytes | None
    left: tuple[str, ...]


def read_card(data: bytes) -> Card:
    """Understand one card, from BEGIN to END.

    Raises:
        VcardRefused: it is no card, or beyond the bounds.
    """
    if len(data) > CARD_BYTES:
        raise VcardRefused(f"it has more than {CARD_BYTES} bytes")
    if data.count(b"\n") + data.count(b"\r") > 2 * _LINES:
        raise VcardRefused(f"it has more than {_LINES} lines")
    lines = tuple(cut_lines(data))
    known = list(_own(lines))
    said = [(line.name, line.text.strip().upper()) for _, line in known if line.name in ("BEGIN", "END")]
    if said != [("BEGIN", "VCARD"), ("END", "VCARD")]:
        raise VcardRefused("it does not begin with BEGIN:VCARD and end with END:VCARD")
    return _understood(lines, known)


def _own(lines: Iterable[Line]) -> Iterable[tuple[int, Line]]:
    """The card's own lines with their places: not those of a card inside it (2.1's AGENT)."""
    depth = 0
    for place, line in enumerate(lines):
        ends = line.name == "END" and line.text.strip().upper() == "VCARD"
        begins = line.name == "BEGIN" and line.text.strip().upper() == "VCARD"
        depth += begins
        if line.name and (depth == 1 or (depth == 0 and ends)):
            yield place, line
        depth -= ends


def _understood(lines: tuple[Line, ...], known: list[tuple[int, Line]]) -> Card:
    ab_labels = {line.group: _apple(line.text) for _, line in known if line.name == "X-ABLABEL" and line.group}

    def entries(name: str) -> list[Entry]:
        named = ((place, line) for place, line in known if line.name == name)
        found = (Entry(place, _label(line, ab_labels), _number(line)) for place, line in named)
        return [entry for entry in found if entry.value]

    def first(name: str) -> str:
        return next((line.text for _, line in known if line.name == name and line.text.strip()), "")

    groups = [
        Entry(place, "", _clean(unescape(part), _LABEL_CHARACTERS))
        for place, line in known
        if line.name == "CATEGORIES"
        for part in split_value(line.text, ",")
    ]
    notes = "\n".join(_plain(unescape(line.text)) for _, line in known if line.name == "NOTE")
    contact = Contact(
        name=_clean(unescape(first("FN")), _LINE_CHARACTERS) or _from_parts(first("N")),
        organisation=_clean(organisation_text(first("ORG")), _LINE_CHARACTERS),
        address=_bounded(_plain(address_text(first("ADR"))), _TEXT_CHARACTERS),
        notes=_bounded(notes, _TEXT_CHARACTERS),
        favourite=first("X-THINLINE-FAVOURITE").strip() == "1",
    )
    found = (_once(entries("TEL")), _once(entries("EMAIL")), _once(entry for entry in groups if entry.value))
    phones, mails, kept_groups = _fit(contact, *found)
    dropped = sum(map(len, found)) - len(phones) - len(mails) - len(kept_groups)
    photo, why = _photo(known)
    left = [why] if why else []
    if dropped:
        left.append(f"{dropped} numbers, addresses or groups do not fit and stay in the card")
    cut_notes = notes[len(contact.notes.removesuffix(CUT)) :] if contact.notes != notes else ""
    return Card(lines, contact, phones, mails, kept_groups, cut_notes, photo, tuple(left))


# Pieces


def _clean(text: str, most: int) -> str:
    """One line of text within bounds."""
    text = text[: 4 * most].strip()
    kept = "".join(" " if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") else one for one in text)
    return _bounded(" ".join(kept.split()) if kept != text else kept, most)


def _plain(text: str) -> str:
    """Text of several lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return "".join(one for one in text if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cs"))


def _bounded(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + CUT


def _from_parts(text: str) -> str:
    """A name of its parts, in the order in which it is said."""
    family, given, middle, before, behind = (*split_value(text, ";"), "", "", "", "", "")[:5]
    spoken = (_clean(unescape(part), _LINE_CHARACTERS) for part in (before, given, middle, family, behind))
    return _bounded(" ".join(part for part in spoken if part), _LINE_CHARACTERS)


def organisation_text(text: str) -> str:
    """Company and departments in one line."""
    return ", ".join(part for part in (unescape(one).strip() for one in split_value(text, ";")) if part)


def address_text(text: str) -> str:
    """A postal address, a line for each of its parts."""
    return "\n".join(part for part in (unescape(one).strip() for one in split_value(text, ";")) if part)


def _apple(text: str) -> str:
    """Apple's own labels are in a wrapping: `_$!<HomeFax>!$_`."""
    if text.startswith("_$!<") and text.endswith(">!$_"):
        return text[4:-4].lower()
    return unescape(text)


def _label(line: Line, ab_labels: dict[str, str]) -> str:
    if line.group in ab_labels:
        label = _clean(ab_labels[line.group], _LABEL_CHARACTERS)
        return _LABELS.get(label, label)
    spoken = [kind for kind in dict.fromkeys(line.types) if kind not in _MUTE_TYPES]
    if "cell" in spoken or "iphone" in spoken:
        return "mobile"
    spoken.sort(key=lambda kind: kind in ("fax", "pager"))  # "work fax"
    return _clean(" ".join(kind.removeprefix("x-") for kind in spoken), _LABEL_CHARACTERS)


def _number(line: Line) -> str:
    text = unescape(line.text).strip()
    for scheme in ("tel:", "mailto:"):
        if text.lower().startswith(scheme):
            text = unquote(text[len(scheme) :])
    return _clean(text, _LINE_CHARACTERS)


def _once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Each element once, as in a set, and no more than there may be."""
    kept: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        kept.setdefault((entry.label, entry.value), entry)
    return tuple(kept.values())


def _fit(contact: Contact, *found: tuple[Entry, ...]) -> tuple[tuple[Entry, ...], ...]:
    """Fill the sets, and cut until the contact fits a head: notes first, then address, then the last of the sets."""
    kept = [list(entries[:_ENTRIES]) for entries in found]
    most = LIMITS.head_bytes - _SPARE_BYTES
    notes = contact.notes
    contact.notes = ""
    _fill(contact, kept)
    if contact.ByteSize() > most:
        contact.address = ""
    while contact.ByteSize() > most:
        max(kept, key=len).pop()
        _fill(contact, kept)
    contact.notes = _cut_bytes(notes, most - contact.ByteSize() - 8)
    return tuple(map(tuple, kept))


def _fill(contact: Contact, kept: list[list[Entry]]) -> None:
    phones, mails, groups = kept
    for field, entries in (("phones", phones), ("mails", mails)):
        contact.ClearField(field)  # type: ignore[arg-type]
        getattr(contact, field).extend(Labelled(label=one.label, value=one.value) for one in entries)
    contact.ClearField("groups")
    contact.groups.extend(one.value for one in groups)


def _cut_bytes(text: str, most: int) -> str:
    data = text.encode()
    if len(data) <= most:
        return text
    room = most - len(CUT.encode())
    return data[:room].decode(errors="ignore") + CUT if room > 0 else ""


def _photo(known: list[tuple[int, Line]]) -> tuple[bytes | None, str]:
    """The first picture that is in the card itself, or why there is none."""
    for _, line in known:
        if line.name != "PHOTO":
            continue
        data = _inline(line)
        if data is None:
            continue
        try:
            return check_picture(data), ""
        except PictureRefused as refused:
            return None, f"the photo stays in the card: {refused}"
    return None, ""


def _inline(line: Line) -> bytes | None:
    value = line.value
    if value[:5].lower() == b"data:":
        head, _, value = value.partition(b",")
        if not head.lower().rstrip().endswith(b";base64"):
            return None
    elif not line.base64:
        return None
    try:
        return binascii.a2b_base64(value)
    except binascii.Error:
        return b""
