"""A contact as a card: the original with only those lines put anew that mean something else now.

What a contact says is compared with what its card said when it was read. A line whose meaning stands keeps its bytes,
its folds, its parameters, its place; a number of which only the digits changed keeps all but the digits. A contact
without a card, one made on a handset, becomes a card of version 3.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence

from thinline.v1.contacts_pb2 import Contact, Labelled
from thinline_server.services.contacts.vcard.lines import escape, fold, split_value, unescape
from thinline_server.services.contacts.vcard.naming import renamed
from thinline_server.services.contacts.vcard.reading import CUT, Card, Entry, read_card

__all__ = ["write_card"]

_PLAIN = "BEGIN:VCARD\r\nVERSION:3.0\r\n{}FN:\r\nN:;;;;\r\nEND:VCARD\r\n"
_TYPES = {"mobile": "CELL", "home": "HOME", "work": "WORK", "fax": "FAX", "pager": "PAGER", "main": "MAIN"}
_ENCODING_PARAMS = ("ENCODING", "CHARSET", "VALUE", "QUOTED-PRINTABLE", "BASE64")
_ADDRESS_PARTS, _STREET = 7, 2


def write_card(contact: Contact, card: Card | None, photo: bytes | None, uid: str) -> bytes:
    """The card of a contact.

    Args:
        contact: as it is now.
        card: what it was read from, if it was.
        photo: the picture's bytes as they are now.
        uid: for a card that has none: what names the contact for ever.
    """
    if card is None:
        card = read_card(_PLAIN.format(f"UID:{uid}\r\n").encode())
    return _Patch(card).written(contact, photo)


class _Patch:
    """Lines of a card, some of them put anew."""

    def __init__(self, card: Card) -> None:
        self._card = card
        self._new: dict[int, bytes] = {}  # by place: what stands there now; nothing where the line goes
        self._behind: dict[int, list[bytes]] = {}  # by place: what follows it now
        begin = next(line.raw for line in card.lines if line.name == "BEGIN")
        self._end = begin[len(begin.rstrip(b"\r\n")) :] or b"\r\n"
        version = next((line.text.strip() for line in card.lines if line.name == "VERSION"), "")
        self._old = version.startswith("2")
        self._version = version
        own = [place for place, line in enumerate(card.lines) if line.name == "END"]
        self._last = own[-1] - 1

    def written(self, contact: Contact, photo: bytes | None) -> bytes:
        """The card with the contact in it."""
        was = self._card.contact
        if contact.name != was.name:
            self._name(contact.name)
        if contact.organisation != was.organisation:
            self._text("ORG", _structured(contact.organisation, ", ", self._first_text("ORG")))
        if contact.address != was.address:
            self._text("ADR", _address(contact.address, self._first_text("ADR")))
        if contact.notes != was.notes:
            self._notes(contact.notes)
        if contact.favourite != was.favourite:
            self._text("X-THINLINE-FAVOURITE", "1" if contact.favourite else "")
        self._entries("TEL", self._card.phones, contact.phones)
        self._entries("EMAIL", self._card.mails, contact.mails)
        self._groups(contact.groups)
        if photo != self._card.photo:
            self._photo(photo)
        return self._joined()

    def _joined(self) -> bytes:
        self._drop_lone_labels()
        out = []
        for place, line in enumerate(self._card.lines):
            out.append(self._new.get(place, line.raw))
            out += self._behind.get(place, ())
        return b"".join(out)

    # Single texts

    def _places(self, name: str) -> list[int]:
        """The lines of a name, not those of a card inside the card."""
        depth, found = 0, []
        for place, line in enumerate(self._card.lines):
            depth += line.name == "BEGIN"
            if line.name == name and depth == 1:
                found.append(place)
            depth -= line.name == "END"
        return found

    def _first_text(self, name: str) -> str:
        return next((line.text for line in map(self._card.lines.__getitem__, self._places(name)) if line.text), "")

    def _text(self, name: str, value: str) -> None:
        """Set the first line of a name, or take it away."""
        lines = self._card.lines
        place = next((place for place in self._places(name) if lines[place].text.strip()), None)
        place = place if place is not None else next(iter(self._places(name)), None)
        if place is None:
            if value:
                self._add(name, self._line("", name, (), value))
        else:
            line = lines[place]
            keep = value or name in ("FN", "N")  # what a card must have stays, empty
            self._new[place] = self._line(line.group, line.name, line.params, value) if keep else b""

    def _name(self, name: str) -> None:
        """The name as it is said, and in parts."""
        parts = split_value(self._first_text("N"), ";")
        self._text("N", ";".join(renamed(parts, self._card.contact.name, name)))
        self._text("FN", escape(name))

    def _notes(self, notes: str) -> None:
        cut, shown = self._card.cut_notes, self._card.contact.notes
        if cut and notes.endswith(CUT):
            notes = notes.removesuffix(CUT) + cut
        elif cut and not shown:  # what did not fit at all was not seen by whoever wrote this
            notes = f"{notes}\n{cut}"
        for place in self._places("NOTE"):
            self._new[place] = b""
        first = next(iter(self._places("NOTE")), None)
        if first is None or not notes:
            self._text("NOTE", escape(notes))
        else:
            line = self._card.lines[first]
            self._new[first] = self._line(line.group, line.name, line.params, escape(notes))

    # Sets

    def _entries(self, name: str, shown: Sequence[Entry], now: Iterable[Labelled]) -> None:
        """Numbers or mails: those that stand keep their line, one that was rewritten keeps its parameters."""
        gone = list(shown)
        fresh = []
        for one in now:
            same = next((entry for entry in gone if (entry.label, entry.value) == (one.label, one.value)), None)
            if same is None:
                fresh.append(one)
            else:
                gone.remove(same)
        for one in fresh:
            before = next((entry for entry in gone if entry.label == one.label), None)
            if before is None:
                self._add(name, self._labelled(name, one))
                continue
            gone.remove(before)
            line = self._card.lines[before.line]
            self._new[before.line] = self._line(line.group, line.name, line.params, escape(one.value))
        for entry in gone:
            self._new[entry.line] = b""

    def _labelled(self, name: str, one: Labelled) -> bytes:
        kinds = [_TYPES.get(word) for word in one.label.split()]
        if None not in kinds:
            told = ",".join(kind for kind in kinds if kind)
            params: tuple[str, ...] = (
                tuple(told.split(",")) if self._old and told else (f"TYPE={told}",) if told else ()
            )
            return self._line("", name, params, escape(one.value))
        taken = {line.group for line in self._card.lines} | {added.split(b".")[0].decode() for added in self._added()}
        group = next(group for number in range(1, 100_000) if (group := f"item{number}") not in taken)
        label = self._line(group, "X-ABLabel", (), escape(one.label))
        return self._line(group, name, (), escape(one.value)) + label

    def _added(self) -> list[bytes]:
        return [line for lines in self._behind.values() for line in lines]

    def _groups(self, now: Iterable[str]) -> None:
        wanted = list(now)
        gone = {entry.value for entry in self._card.groups} - set(wanted)
        fresh = [group for group in wanted if group not in {entry.value for entry in self._card.groups}]
        for place in dict.fromkeys(entry.line for entry in self._card.groups if entry.value in gone):
            line = self._card.lines[place]
            parts = [part for part in split_value(line.text, ",") if unescape(part).strip() not in gone]
            self._new[place] = self._line(line.group, line.name, line.params, ",".join(parts)) if parts else b""
        if fresh:
            self._add("CATEGORIES", self._line("", "CATEGORIES", (), ",".join(map(escape, fresh))))

    def _drop_lone_labels(self) -> None:
        """A label of Apple's that labels nothing any more."""
        lines = self._card.lines
        gone = {lines[place].group for place, new in self._new.items() if not new and lines[place].group}
        for group in gone:
            mine = [place for place, line in enumerate(lines) if line.group == group]
            if all(lines[place].name == "X-ABLABEL" or self._new.get(place) == b"" for place in mine):
                self._new.update(dict.fromkeys(mine, b""))

    # Photo

    def _photo(self, photo: bytes | None) -> None:
        places = self._places("PHOTO")[:1]
        for place in places:
            self._new[place] = b""
        if photo is None:
            return
        kind = {b"\x89P": "PNG", b"GI": "GIF"}.get(photo[:2], "JPEG")
        if self._version.startswith("4"):
            head = f"PHOTO:data:image/{kind.lower()};base64,"
        else:
            head = f"PHOTO;ENCODING=BASE64;{kind}:" if self._old else f"PHOTO;ENCODING=b;TYPE={kind}:"
        line = fold(head.encode() + base64.b64encode(photo), self._end)
        self._add("PHOTO", line + self._end if self._old else line)  # 2.1 ends base64 with an empty line

    # Lines

    def _add(self, name: str, line: bytes) -> None:
        """Behind the last line of that name, else as the card's last."""
        place = (self._places(name) or [self._last])[-1]
        self._behind.setdefault(place, []).append(line)

    def _line(self, group: str, name: str, params: Sequence[str], value: str) -> bytes:
        kept = [one for one in params if one.partition("=")[0].strip().upper() not in _ENCODING_PARAMS]
        if self._old:
            value = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[0], value)
            if not value.isascii() or "\n" in value:
                kept += ["CHARSET=UTF-8", "ENCODING=QUOTED-PRINTABLE"]
                return self._head(group, name, kept) + _quoted(value, self._end) + self._end
        return fold(self._head(group, name, kept) + value.encode(), self._end)

    def _head(self, group: str, name: str, params: Sequence[str]) -> bytes:
        return ";".join([f"{group}.{name}" if group else name, *params]).encode("latin-1", "replace") + b":"


def _quoted(text: str, end: bytes) -> bytes:
    """Quoted-printable with its own soft line ends."""
    data = binascii.b2a_qp(text.replace("\n", "\r\n").encode(), istext=False)
    return data.replace(b"=\n", b"=" + end)


def _structured(text: str, between: str, was: str) -> str:
    """A text of parts: in its parts where there are as many as there were, else as one."""
    parts = text.split(between)
    before = [unescape(part).strip() for part in split_value(was, ";")]
    filled = [place for place, part in enumerate(before) if part]
    if len(filled) != len(parts):
        return escape(text)
    for place, part in zip(filled, parts, strict=True):
        before[place] = part
    return ";".join(map(escape, before))


def _address(text: str, was: str) -> str:
    """A line for each part where there are as many lines as there were parts, else all of it as the street."""
    told = _structured(text, "\n", was) if text else ""
    if text and ";" not in told.replace("\\;", ""):
        parts = [""] * _ADDRESS_PARTS
        parts[_STREET] = told
        return ";".join(parts)
    return told
