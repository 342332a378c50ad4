"""What a form sends: HTML's form submission, from what was filled in and what stayed behind of the page.

A text that nothing is told of has the value that it had at first; a box, a radio or a choice that nothing is told of is
off, and so is a button (spec WEB-14).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus, urlsplit, urlunsplit

from thinline.errors import LocalError
from thinline.limits import LIMITS
from thinline.v1 import page_pb2
from thinline.v1.web_pb2 import Field
from thinline_server.pages.order import HIDDEN, FieldLeft, FormLeft

__all__ = ["FormRefused", "Sent", "fields_bytes", "submission"]

_TEXTS = (page_pb2.CONTROL_KIND_UNSPECIFIED, page_pb2.CONTROL_KIND_AREA, page_pb2.CONTROL_KIND_PASSWORD)
_ON = (page_pb2.CONTROL_KIND_BOX, page_pb2.CONTROL_KIND_RADIO, page_pb2.CONTROL_KIND_BUTTON)
_FILE, _CHOICE = page_pb2.CONTROL_KIND_FILE, page_pb2.CONTROL_KIND_CHOICE


class FormRefused(LocalError):
    """A form can not be sent as it was filled in; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes to the site: for GET an address with everything in it."""

    address: str
    body: bytes = b""
    content_type: str = ""


def fields_bytes(fields: Iterable[Field]) -> int:
    """What was filled in, as it is bounded (spec WEB-13)."""
    return sum(one.ByteSize() for one in fields)


def submission(form: FormLeft, fields: Sequence[Field]) -> Sent:
    """What a form sends.

    Raises:
        FormRefused: a field is none of this form that may be filled in (spec WEB-13).
    """
    if fields_bytes(fields) > LIMITS.form_bytes:
        raise FormRefused("Too much was filled into the form.")
    told = _told(form, fields)
    codec = _codec(form.charset)
    pairs = [pair for one in form.fields for pair in _pairs(one, told, codec)]
    if form.post and form.multipart:
        return _multipart(form.action, pairs, codec)
    query = "&".join(f"{_quoted(name, codec)}={_quoted(value, codec)}" for name, value in pairs)
    if form.post:
        return Sent(form.action, query.encode(), "application/x-www-form-urlencoded")
    parts = urlsplit(form.action)
    return Sent(urlunsplit(parts._replace(query=query, fragment="")))


def _told(form: FormLeft, fields: Sequence[Field]) -> dict[int, list[str]]:
    """What was filled in, by control."""
    known = {one.control: one for one in form.fields if one.control}
    told: dict[int, list[str]] = {}
    for field in fields:
        one = known.get(field.control)
        if one is None:
            raise FormRefused("A field of the form is not in it; open the page again.")
        if one.kind == _FILE:
            raise FormRefused("A file can not be sent with a form from here.")
        if one.fixed or one.kind not in (*_TEXTS, *_ON, _CHOICE):
            raise FormRefused("A field of the form is not to be filled in.")
        told.setdefault(field.control, []).append(field.value)
    return told


def _pairs(one: FieldLeft, told: dict[int, list[str]], codec: str) -> list[tuple[str, str]]:
    """What one field adds: names and values."""
    if one.fixed:
        return []
    given = told.get(one.control, [])
    if one.place:
        dot = f"{one.name}." if one.name else ""
        return [(f"{dot}x", "0"), (f"{dot}y", "0")] if given else []
    if not one.name:
        return []
    if one.kind == HIDDEN:
        return [(one.name, codec if one.name == "_charset_" else one.value)]
    if one.kind in _TEXTS:
        text = given[-1] if given else one.value
        return [(one.name, "\r\n".join(text.replace("\r\n", "\n").split("\n")))]
    if one.kind == _CHOICE:
        numbers = [int(number) for number in given if number.isdecimal() and len(number) <= 5]
        if len(numbers) < len(given) or not all(0 < number <= len(one.values) for number in numbers):
            raise FormRefused("There is no such choice in the form; open the page again.")
        return [(one.name, one.values[number - 1]) for number in numbers]
    return [(one.name, one.value)] if one.kind in _ON and given else []


def _codec(charset: str) -> str:
    try:
        "".encode(charset)
    except LookupError:
        return "utf-8"
    return "utf-8" if charset.lower().startswith("utf-") else charset


def _quoted(text: str, codec: str) -> str:
    return quote_plus(text.encode(codec, "xmlcharrefreplace"), safe="*-._")


def _multipart(address: str, pairs: Sequence[tuple[str, str]], codec: str) -> Sent:
    boundary = f"thinline{secrets.token_hex(16)}"
    parts = []
    for name, value in pairs:
        named = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A").encode(codec, "xmlcharrefreplace")
        head = b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n' % (boundary.encode(), named)
        parts.append(head + value.encode(codec, "xmlcharrefreplace") + b"\r\n")
    body = b"".join([*parts, b"--%s--\r\n" % boundary.encode()])
    return Sent(address, body, f"multipart/form-data; boundary={boundary}")
