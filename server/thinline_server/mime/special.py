"""Parts that are written for programs, said in a few lines for people: invitations and delivery reports."""

from __future__ import annotations

import re
from collections.abc import Iterator

from thinline_server.mime.fields import read_fields
from thinline_server.mime.values import Bounced

__all__ = ["bounces_of", "tell_bounce", "tell_invitation"]

_GROUPS = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2,}")
_FOLD = re.compile(r"\r?\n[ \t]")
_PROPERTY = re.compile(r"([A-Z-]{1,40})((?:;[^:\"]{0,200}(?:\"[^\"]{0,200}\")?){0,10}):(.*)")
_WHEN = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z)?)?")
_ZONE = re.compile(r";TZID=\"?([^;:\"]{1,64})")
_ESCAPES = {"\\n": " ", "\\N": " ", "\\,": ",", "\\;": ";", "\\\\": "\\"}
_METHODS = {"CANCEL": "Cancelled", "REPLY": "Reply to", "COUNTER": "Proposal for"}
_CALENDAR_CHARACTERS = 262_144
_BOUNCES = 100


def tell_invitation(text: str) -> list[str]:
    """What the first event of an iCalendar text is, when, where and by whom."""
    said: dict[str, tuple[str, str]] = {}
    inside = False
    for line in _FOLD.sub("", text[:_CALENDAR_CHARACTERS]).splitlines():
        if line == "BEGIN:VEVENT" and not inside:
            inside = True
        elif line == "END:VEVENT":
            break
        elif (found := _PROPERTY.fullmatch(line)) and (inside or found[1] == "METHOD"):
            said.setdefault(found[1], (found[2], found[3]))
    if not inside:
        return []
    method = _METHODS.get(said.get("METHOD", ("", ""))[1].upper(), "Invitation")
    lines = [f"{method}: {_plain(said.get('SUMMARY', ('', 'no title'))[1])}"]
    when = [_when(*said[name]) for name in ("DTSTART", "DTEND") if name in said]
    lines += [f"When: {' to '.join(when)}"] if when else []
    lines += [f"Where: {_plain(said['LOCATION'][1])}"] if said.get("LOCATION", ("", ""))[1] else []
    lines += [f"By: {said['ORGANIZER'][1].lower().removeprefix('mailto:')}"] if "ORGANIZER" in said else []
    return lines


def _plain(text: str) -> str:
    return re.sub(r"\\[nN,;\\]", lambda found: _ESCAPES[found[0]], text)


def _when(parameters: str, value: str) -> str:
    found = _WHEN.match(value)
    if found is None:
        return value[:40]
    day = f"{found[1]}-{found[2]}-{found[3]}"
    if found[4] is None:
        return day
    zone = _ZONE.search(parameters)
    named = " UTC" if found[6] else f" {zone[1]}" if zone else ""
    return f"{day} {found[4]}:{found[5]}{named}"


def bounces_of(data: bytes) -> Iterator[Bounced]:
    """The recipients of a delivery status (RFC 3464)."""
    for group in _GROUPS.split(data)[: _BOUNCES + 1]:
        fields = read_fields(group)
        recipient = fields.text("final-recipient") or fields.text("original-recipient")
        if recipient:
            _, _, address = recipient.rpartition(";")
            detail = fields.text("diagnostic-code")
            yield Bounced(address.strip(), fields.token("action"), fields.token("status"), detail)


def tell_bounce(bounced: Bounced) -> str:
    """One line for a person."""
    status = f" ({bounced.status})" if bounced.status else ""
    return (
        f"{bounced.recipient}: {bounced.action or 'unknown'}{status}{f': {bounced.detail}' if bounced.detail else ''}"
    )
