"""What a worker is told to make of a document of the web, and what it made: each a header of JSON with bytes behind it.

What goes to the handset is the body; where links lead, pictures lie and forms go stays behind, on the server.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = [
    "HIDDEN", "JOB", "DocumentOrder", "FieldLeft", "FormLeft", "Made", "read_made", "read_order", "write_made",
    "write_order",
]  # fmt: skip

JOB = "document"
HIDDEN = -1  # in place of a control's kind
_LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class DocumentOrder:
    """A document as it came.

    Attributes:
        base: the address that it came from.
        media_type: text/html, text/plain, image/png.
        charset: what its header said, if anything.
        reader: only its main text is wanted.
        packed: the body is to be packed (spec WEB-18); else it is a zstd frame
        dictionary: with this dictionary.
    """

    base: str
    media_type: str
    charset: str = ""
    reader: bool = False
    packed: bool = False
    dictionary: int = 0


@dataclass(frozen=True, slots=True)
class FieldLeft:
    """One field of a form, as HTML's submission needs it.

    Attributes:
        control: its number in the page; 0 where it is hidden.
        kind: as the page tells it, or `HIDDEN`.
        name, value: on the wire; a value of a text is what it is at first.
        values: of a choice's options, in their order.
        fixed: it is never sent.
        place: it is a picture that is pressed, and tells where.
    """

    control: int
    kind: int
    name: str
    value: str = ""
    values: tuple[str, ...] = ()
    fixed: bool = False
    place: bool = False


@dataclass(frozen=True, slots=True)
class FormLeft:
    """A form: where it goes, how, and its fields in the order of the page."""

    action: str
    post: bool
    multipart: bool
    charset: str
    fields: tuple[FieldLeft, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A page, and what stays behind.

    Attributes:
        title: of the page.
        size: bytes of its marked text.
        body: that, compressed.
        steps: how much can be read of how much: bytes of the text, and bytes of the body.
        links, images: addresses, by number; a picture's may be a `data:` one.
        needs_script: it shows little without its programs.
    """

    title: str
    size: int
    body: bytes = field(repr=False)
    steps: tuple[tuple[int, int], ...]
    links: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    forms: tuple[FormLeft, ...] = ()
    needs_script: bool = False


def _pack(header: Mapping[str, Any], data: bytes) -> bytes:
    told = json.dumps(header).encode()
    return b"".join([len(told).to_bytes(_LENGTH_BYTES, "big"), told, data])


def _unpack(packed: bytes) -> tuple[dict[str, Any], bytes]:
    end = _LENGTH_BYTES + int.from_bytes(packed[:_LENGTH_BYTES], "big")
    return json.loads(packed[_LENGTH_BYTES:end]), packed[end:]


def write_order(order: DocumentOrder, data: bytes) -> bytes:
    """The input of the job."""
    return _pack(asdict(order), data)


def read_order(packed: bytes) -> tuple[DocumentOrder, bytes]:
    """The order, and the document's bytes."""
    told, data = _unpack(packed)
    return DocumentOrder(**told), data


def write_made(made: Made) -> bytes:
    """The result of the job."""
    told = asdict(made)
    del told["body"]
    return _pack(told, made.body)


def read_made(packed: bytes) -> Made:
    """What was made."""
    told, body = _unpack(packed)
    forms = tuple(
        FormLeft(**{**form, "fields": tuple(FieldLeft(**{**one, "values": tuple(one["values"])}) for one in fields)})
        for form in told.pop("forms")
        for fields in [form["fields"]]
    )
    steps = tuple((size, end) for size, end in told.pop("steps"))
    return Made(
        **{**told, "links": tuple(told["links"]), "images": tuple(told["images"])}, body=body, steps=steps, forms=forms
    )
